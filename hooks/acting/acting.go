// Package acting is how somebody takes part through another: a person lets a
// helper act for them, for some things and for some time, and can see all that
// was done so. Without a consent that holds now, nobody acts for anybody.
package acting

import (
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/audit"
	"kith/internal/limits"
	"kith/internal/sync"
)

// Hourly is the name of the job that ends what ran out.
const Hourly = "kithActing"

// Room is the room, and what it asks of others.
type Room struct {
	// Apart says whether one of two members wants nothing to do with the other.
	Apart func(c *sync.Call, one, other string) (bool, error)
	// Over ends what a helper kept for a person by an agreement that may hold no more.
	// doer is who ended it; "": its day came.
	Over func(tx core.App, now time.Time, key, doer, person, helper string) error
}

// Register binds the room.
func (w Room) Register(app core.App, r *sync.Registry) {
	both := []sync.Audience{
		{Key: "'member/' || {row}.member"}, {Key: "'member/' || {row}.helper", When: "{row}.helper <> ''"}, {Key: "'coordinators'"},
	}
	r.Sync(sync.Collection{
		Name:    "consents",
		Columns: append(sync.Texts("member", "helper", "how", "starts", "until", "status", "recordedBy", "witness", "endedBy", "endedAt"), sync.Objects("scopes")...),
		To:      both,
	})
	r.Sync(sync.Collection{Name: "acts", Columns: sync.Texts("consent", "member", "helper", "command", "at"), To: both})
	r.Prioritise("helped", 1)
	r.Lease("helped", limits.LeaseHelped)
	r.Grant(sync.Grant{Table: "consents", Member: "{row}.helper", Audience: "'helped/' || {row}.member", When: "{row}.status = 'active'"})
	r.Keep(keepings()...)

	r.Handle("acting.record", w.record)
	r.Handle("acting.offer", offer)
	r.Handle("acting.accept", w.accept)
	r.Handle("acting.end", w.end)
	r.Acting, r.Acted = mayAct, acted
	app.Cron().MustAdd(Hourly, "13 * * * *", func() {
		if _, err := w.Expire(app, time.Now()); err != nil {
			app.Logger().Error("acting: could not end what ran out", "error", err)
		}
	})
}

// mayAct is asked before each command that somebody does for another. The person
// must take part themselves: nobody acts for somebody who left.
func mayAct(c *sync.Call, scope string) error {
	var may bool
	err := c.App.DB().NewQuery(`SELECT EXISTS (SELECT 1 FROM consents c JOIN members m ON m.id = c.member AND m.standing = 'active'
		JOIN json_each(c.scopes) s ON s.value = {:scope}
		WHERE c.member = {:member} AND c.helper = {:helper} AND c.status = 'active' AND c.until > {:now})`).
		Bind(dbx.Params{"member": c.Member, "helper": c.Helper, "now": sync.Stamp(c.Now), "scope": scope}).Row(&may)
	if err == nil && !may {
		return sync.Reject("not_acting", "You are not recorded as acting for this person, or that has ended.")
	}
	return err
}

// acted writes down what was done, where the person and the helper can read it.
func acted(c *sync.Call, name string) error {
	var consent string // NB! the command may just have ended it
	err := c.App.DB().NewQuery(`SELECT id FROM consents WHERE member = {:member} AND helper = {:helper} AND status <> 'offered'
		ORDER BY status = 'active' DESC, endedAt DESC, id LIMIT 1`).Bind(dbx.Params{"member": c.Member, "helper": c.Helper}).Row(&consent)
	if err != nil {
		return err
	}
	act, err := c.Fresh("acts", sync.DerivedID("act", c.Nonce), map[string]any{
		"consent": consent, "member": c.Member, "helper": c.Helper, "command": name, "at": sync.Stamp(c.OccurredAt),
	})
	if err != nil {
		return err
	}
	return c.App.Save(act)
}

// note puts an agreement's beginning or end into the record of power over others.
func note(c *sync.Call, action string, consent *core.Record) error {
	actor := c.Member
	if c.Helper != "" {
		actor = c.Helper
	}
	return audit.Append(c.App.DB(), entry(c.Now, actor, c.Device, action, consent))
}

func entry(at time.Time, actor, device, action string, consent *core.Record) audit.Entry {
	return audit.Entry{
		At: at, Actor: actor, Device: device, Action: action, Subject: consent.Id,
		Detail: map[string]string{"member": consent.GetString("member"), "helper": consent.GetString("helper"), "how": consent.GetString("how")},
	}
}
