package circles

import (
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/notice"
	"kith/internal/sync"
)

// ActingOver ends that somebody organises the circles of a person for whom they may not
// arrange them any more, however they came to: nobody is organised without their leave.
// What they help with there is theirs as before, and so is what others do: a circle goes
// on when a paper runs out. doer is who ended it; "": its day came.
func ActingOver(tx core.App, now time.Time, key, doer, person, helper string) error {
	var still bool
	err := tx.DB().NewQuery(`SELECT EXISTS (SELECT 1 FROM consents c JOIN json_each(c.scopes) s ON s.value = 'circles'
		WHERE c.member = {:person} AND c.helper = {:helper} AND c.status = 'active' AND c.until > {:now})`).
		Bind(dbx.Params{"person": person, "helper": helper, "now": sync.Stamp(now)}).Row(&still)
	if err != nil || still {
		return err
	}
	theirs, err := tx.FindAllRecords("circles", dbx.HashExp{"person": person, "status": "open"})
	if err != nil {
		return err
	}
	d := &desk{tx: tx, now: now, key: key, doer: doer}
	for _, circle := range theirs {
		if err := d.unorganise(circle, helper); err != nil {
			return err
		}
	}
	return nil
}

// unorganise has somebody organise a circle no more, and sees to it that whoever has to
// keep it from now on knows.
func (d *desk) unorganise(circle *core.Record, member string) error {
	rows, err := d.tx.FindAllRecords("organisers", dbx.HashExp{"circle": circle.Id, "member": member})
	if err != nil {
		return err
	}
	for _, o := range rows {
		if err := d.tx.Delete(o); err != nil {
			return err
		}
	}
	if circle.GetString("status") != "open" {
		return nil
	}
	return d.led(circle, len(rows) > 0)
}

// led tells the person that their circle is theirs alone to keep, if somebody has just
// gone who kept it with them; of somebody without a phone that is whoever acts for them.
// Where there is nobody, coordinators are told: they can't see the circle, and can ask
// the person who may act for them.
func (d *desk) led(circle *core.Record, gone bool) error {
	var by struct {
		Others bool `db:"others"`
		Person bool `db:"person"`
	}
	if resting, err := d.resting(circle); err != nil || resting {
		return err
	}
	person := circle.GetString("person")
	err := d.tx.DB().NewQuery(`SELECT
		EXISTS (SELECT 1 FROM organisers o JOIN members m ON m.id = o.member AND m.standing = 'active' WHERE o.circle = {:circle} AND o.member <> {:person}) AS others,
		EXISTS (SELECT 1 FROM members p WHERE p.id = {:person} AND p.standing = 'active' AND (NOT p.noPhone OR EXISTS (
			SELECT 1 FROM consents c JOIN json_each(c.scopes) s ON s.value = 'circles' JOIN members m ON m.id = c.helper AND m.standing = 'active'
			WHERE c.member = p.id AND c.status = 'active' AND c.until > {:now}))) AS person`).
		Bind(dbx.Params{"circle": circle.Id, "person": person, "now": sync.Stamp(d.now)}).One(&by)
	switch {
	case err != nil || by.Others:
		return err
	case !by.Person:
		return notice.Tell(d.tx.DB(), notice.Telling{Key: d.key, To: "coordinators", Template: "circle.nobody", Ref: person, At: d.now})
	case gone:
		return d.tell("circle.yours", person, circle.Id)
	}
	return nil
}
