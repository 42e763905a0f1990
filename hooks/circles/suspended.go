package circles

import (
	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/notice"
	"kith/internal/sync"
)

// Stands sees to the circles of a member whom a coordinator has just suspended, or let in
// again, as the members table says by now.
//
// Suspended, they come to nobody: their turns are free at once, and nobody's address is
// theirs. Nobody is sent to them either: their own circles rest, with nobody in any turn
// and no address given, until they are restored. What they organised is kept by whoever
// else can, who are told as when they had left. They keep their place, and what they take
// every time, and have all of it again when they are restored; but no turn that is
// somebody else's by then.
func Stands(c *sync.Call, member string) error {
	d := deskOf(c)
	if err := d.rests(member); err != nil {
		return err
	}
	if err := d.comes(member); err != nil {
		return err
	}
	return d.keeps(member)
}

// rests ends all turns in a member's own circles while they are suspended.
func (d *desk) rests(member string) error {
	own, err := d.tx.FindAllRecords("circles", dbx.HashExp{"person": member, "status": "open"})
	if err != nil {
		return err
	}
	for _, circle := range own {
		if resting, err := d.resting(circle); err != nil || !resting {
			return err
		}
		slots, err := d.tx.FindAllRecords("slots", dbx.HashExp{"circle": circle.Id, "status": "on"})
		if err != nil {
			return err
		}
		for _, slot := range slots {
			if err := d.each(circle, slot, "TRUE", "", func(t *turn) error { return t.save() }); err != nil {
				return err
			}
		}
		if err := takeBack(d.tx, dbx.HashExp{"circle": circle.Id}, nil); err != nil {
			return err
		}
	}
	return nil
}

// resting says whether the person of a circle is suspended.
func (d *desk) resting(circle *core.Record) (bool, error) {
	if is, known := d.rest[circle.Id]; known {
		return is, nil
	}
	is, err := suspended(d.tx, circle.GetString("person"))
	if d.rest == nil {
		d.rest = map[string]bool{}
	}
	d.rest[circle.Id] = is
	return is, err
}

func suspended(tx core.App, member string) (is bool, err error) {
	err = tx.DB().NewQuery("SELECT EXISTS (SELECT 1 FROM members WHERE id = {:id} AND standing = 'suspended')").Bind(dbx.Params{"id": member}).Row(&is)
	return is, err
}

// comes takes a member who is suspended off the turns that they had, where they help.
func (d *desk) comes(member string) error {
	if out, err := suspended(d.tx, member); err != nil || !out {
		return err
	}
	helps, err := d.tx.FindAllRecords("circleHelpers", dbx.HashExp{"member": member, "status": "in"})
	if err != nil {
		return err
	}
	for _, h := range helps {
		circle, err := d.tx.FindRecordById("circles", h.GetString("circle"))
		if err != nil {
			return err
		}
		if err := d.withoutHelper(circle, h.Id, member); err != nil {
			return err
		}
		if err := forgetAddress(d.tx, circle.Id, member); err != nil {
			return err
		}
	}
	return nil
}

// keeps tells who has to keep the circles that a member organises, or kept for somebody
// for whom they act, while they are suspended; restored, they do it again.
func (d *desk) keeps(member string) error {
	out, err := suspended(d.tx, member)
	if err != nil {
		return err
	}
	var ids []string
	err = d.tx.DB().NewQuery(`SELECT c.id FROM circles c WHERE c.status = 'open' AND c.person <> {:member} AND (
		EXISTS (SELECT 1 FROM organisers o WHERE o.circle = c.id AND o.member = {:member})
		OR EXISTS (SELECT 1 FROM consents a JOIN json_each(a.scopes) s ON s.value = 'circles' WHERE a.member = c.person AND a.helper = {:member} AND a.status = 'active'))
		ORDER BY c.id`).Bind(dbx.Params{"member": member}).Column(&ids)
	if err != nil {
		return err
	}
	for _, id := range ids {
		circle, err := d.tx.FindRecordById("circles", id)
		if err != nil {
			return err
		}
		if out {
			err = d.led(circle, true)
		} else {
			err = notice.Over(d.tx.DB(), circle.GetString("person"), "", "circle.nobody")
		}
		if err != nil {
			return err
		}
	}
	return nil
}
