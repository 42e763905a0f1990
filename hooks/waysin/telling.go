package waysin

import (
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/notice"
	"kith/internal/sync"
)

// tellNew tells a member that another phone has just come into their account, if they
// had one: whoever has only this one is holding it.
func tellNew(tx core.App, device *core.Record, now time.Time) error {
	var others bool
	err := tx.DB().NewQuery("SELECT EXISTS (SELECT 1 FROM devices WHERE member = {:member} AND id <> {:id} AND NOT revoked)").
		Bind(dbx.Params{"member": device.GetString("member"), "id": device.Id}).Row(&others)
	if err != nil || !others {
		return err
	}
	return tellMember(tx, device.GetString("member"), "device.new", device.Id, now)
}

// tellMember tells a member something about their own account that a route has done.
func tellMember(tx core.App, member, template, ref string, now time.Time) error {
	return notice.Tell(tx.DB(), notice.Telling{Key: member + sync.Stamp(now), To: notice.Member(member), Template: template, Ref: ref, At: now})
}

// tellWaits tells the owners of a shop that a phone waits to be let in there; where a
// shop has none who takes part, the coordinators.
func tellWaits(tx core.App, device *core.Record, now time.Time) error {
	to := "owners/" + device.GetString("shop")
	var there bool
	err := tx.DB().NewQuery("SELECT EXISTS (SELECT 1 FROM sync_grant g JOIN members m ON m.id = g.member WHERE g.aud = {:aud} AND m.standing = 'active')").
		Bind(dbx.Params{"aud": to}).Row(&there)
	if err != nil {
		return err
	}
	if !there {
		to = "coordinators"
	}
	return notice.Tell(tx.DB(), notice.Telling{Key: device.Id, To: to, Template: "device.pending", Ref: device.Id, At: now})
}

// shutOut ends what was told of a device that somebody shut out: that it waits, and to
// its own member, where it was them, that it is new.
func shutOut(c *sync.Call, device *core.Record) error {
	over := []string{"device.pending"}
	if device.GetString("member") == c.Member {
		over = append(over, "device.new")
	}
	return notice.Over(c.App.DB(), device.Id, "", over...)
}

// settled ends what asked somebody to look at a device that waits, or a recovery.
func settled(app core.App, id string) error {
	return notice.Over(app.DB(), id, "", "device.pending", "recovery.open")
}
