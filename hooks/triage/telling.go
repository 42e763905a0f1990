package triage

import (
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/concern"
	"kith/internal/notice"
	"kith/internal/sync"
)

// waiting are the templates that ask somebody to pick up an urgent concern.
var waiting = []string{"concern.urgent", "concern.waits", "concern.phone"}

// all are those who are told when nobody has picked one up: of what is for the lead
// alone, nobody but coordinators may know that it is there.
func all(lead bool) string {
	if lead {
		return "coordinators"
	}
	return "responders"
}

// pickedUp ends what asked for somebody, and tells whom another gave it to.
func pickedUp(c *sync.Call, r *core.Record) error {
	if err := notice.Over(c.App.DB(), r.Id, "", waiting...); err != nil {
		return err
	}
	if r.GetString("assignee") == c.Member {
		return nil
	}
	template := "concern.yours"
	if r.GetString("urgency") == concern.Urgent {
		template = "concern.yoursUrgent"
	}
	return notice.By(c, template, notice.Member(r.GetString("assignee")), r.Id)
}

// letGo has nobody look into a concern any more.
func letGo(app core.App, r *core.Record) error {
	was := r.GetString("assignee")
	r.Load(map[string]any{"state": "new", "assignee": "", "given": "", "escalated": 0})
	if err := app.Save(r); err != nil || was == "" {
		return err
	}
	return notice.Over(app.DB(), r.Id, was, "concern.yours", "concern.yoursUrgent")
}

// waitsAnew tells the coordinators of an urgent one that somebody let go of, as when it
// came. key makes that one of its kind; but is who let go of it themselves.
func waitsAnew(app core.App, r *core.Record, key, but string, now time.Time) error {
	if r.GetString("urgency") != concern.Urgent {
		return nil
	}
	return notice.Tell(app.DB(), notice.Telling{Key: key, To: "coordinators", But: but, Template: "concern.urgent", Ref: r.Id, At: now})
}

// over says that nobody is asked for anything about a concern any more.
func over(c *sync.Call, r *core.Record) error {
	return notice.Over(c.App.DB(), r.Id, "", append([]string{"concern.yours", "concern.yoursUrgent", "concern.listener"}, waiting...)...)
}

// tellGlass tells the coordinators that somebody has opened what isn't theirs. Until
// somebody has seen the last one of theirs it is said once: many of those hide the
// urgent ones.
func (o *opening) tellGlass(tx core.App, glass string) error {
	var unseen int
	err := tx.DB().NewQuery(`SELECT count(*) FROM breakGlasses WHERE "by" = {:by} AND NOT seen`).Bind(dbx.Params{"by": o.who.Member}).Row(&unseen)
	if err != nil || unseen > 1 {
		return err
	}
	return notice.Tell(tx.DB(), notice.Telling{Key: glass, To: "coordinators", But: o.who.Member, Template: "concern.glass", Ref: o.concern.Id, At: o.now})
}

// reach says whether anybody of an audience can be written to: somebody has an address,
// and there is a mail server. NB! That a phone may ring is not enough: nothing urgent
// travels by push alone.
func reach(app core.App, aud string) (bool, error) {
	var has bool
	err := app.DB().NewQuery(`SELECT EXISTS (SELECT 1 FROM sync_grant g JOIN members m ON m.id = g.member
		WHERE g.aud = {:aud} AND m.standing = 'active' AND m.email <> '')`).Bind(dbx.Params{"aud": aud}).Row(&has)
	return has && app.Settings().SMTP.Enabled, err
}
