// Package surgery is the one-way note to a surgery: anybody may hand one in, and
// nothing that the surgery does is visible outside of it.
//
// NB! Whether somebody is known here, as a patient, a member or by an earlier
// note, must show neither in the answer nor in how long it takes. So nothing is
// looked up when a note comes: it is opened once, to know that it can be read
// later, and stored. TestSurgery_… counts the statements.
package surgery

import (
	"kith/hooks/doorman"
	"kith/internal/audit"
	"kith/internal/concern"
	"kith/internal/limits"
	"kith/internal/notice"
	"kith/internal/sync"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
)

// room is the tray of the surgery.
type room struct {
	doorman *doorman.Doorman
	ring    *concern.Ring
	rate    *limits.Rate
}

// Register binds the room. man stands at the door of those who read; ring has the
// keys; rates switches the limits of requests on.
func Register(app core.App, r *sync.Registry, man *doorman.Doorman, ring *concern.Ring, rates bool) {
	r.Sync(sync.Collection{Name: "surgeryNotes", Columns: sync.Texts("received", "state"), To: []sync.Audience{{Key: "'surgery'"}}})
	r.Keep(keepings()...)
	r.Handle("surgery.done", done)
	w := &room{doorman: man, ring: ring, rate: limits.NewHourlyRate(limits.NotesPerHour, rates)}
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.Router.POST("/api/notes", w.take).Bind(apis.BodyLimit(limits.NoteBody))
		e.Router.POST("/api/notes/open", w.open).Bind(apis.BodyLimit(limits.SmallBody))
		return e.Next()
	})
}

// keepings of notes to the surgery. Whom one is about stands in the sealed part
// alone.
func keepings() []sync.Keeping {
	const what, why = "Notes to the surgery, sealed: ", "So that the surgery can read what somebody wanted it to know."
	return []sync.Keeping{
		{Collection: "surgeryNotes", What: what + "those that it has dealt with", Why: why, When: "{row}.state = 'done'", Days: 30, From: "{row}.received"},
		{Collection: "surgeryNotes", What: what + "those that nobody has dealt with", Why: why, When: "{row}.state = 'new'", Days: 366, From: "{row}.received"},
	}
}

// done takes a note off the tray.
//
// NB! The record says that somebody of the surgery dealt with a note, and not with
// which: coordinators read the record, and the tray isn't theirs.
func done(c *sync.Call) (sync.Result, error) {
	id, err := sync.IDArg(c)
	if err != nil {
		return sync.Result{}, err
	}
	if err := c.Allowed(sync.Reject("not_allowed", "Only the surgery can do this."), "surgery"); err != nil {
		return sync.Result{}, err
	}
	r, err := c.Find("surgeryNotes", id, sync.Reject("note_unknown", "This note is not here any more."))
	if err != nil || r.GetString("state") == "done" {
		return sync.Result{}, err
	}
	r.Set("state", "done")
	if err := c.App.Save(r); err != nil {
		return sync.Result{}, err
	}
	if err := trayIsEmpty(c); err != nil {
		return sync.Result{}, err
	}
	return sync.Result{}, audit.Append(c.App.DB(), audit.Entry{At: c.Now, Actor: c.Member, Device: c.Device, Action: "surgery.done"})
}

// trayIsEmpty ends what the surgery was told, when nothing waits for it any more.
func trayIsEmpty(c *sync.Call) error {
	var waits bool
	err := c.App.DB().NewQuery("SELECT EXISTS (SELECT 1 FROM surgeryNotes WHERE state = 'new')").Row(&waits)
	if err != nil || waits {
		return err
	}
	return notice.Over(c.App.DB(), "", "", "note.new")
}
