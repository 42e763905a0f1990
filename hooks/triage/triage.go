// Package triage is the desk of the responders: who looks into a concern, what
// they did, and how it ended. The words of a concern are opened by a route, and
// only after the record of it is on disk.
//
// What is synced of a concern has no words in it. An area is a word for sorting,
// and no right: a town has a handful of responders, and a worry must not wait
// because its area has nobody today.
package triage

import (
	"github.com/pocketbase/pocketbase/core"

	"kith/hooks/doorman"
	"kith/internal/audit"
	"kith/internal/concern"
	"kith/internal/sync"
)

// room is the desk of one community.
type room struct {
	doorman *doorman.Doorman
	ring    *concern.Ring
	watch   *Watch
}

// Register binds the room. man stands at the door; ring has the keys of concerns.
func Register(app core.App, r *sync.Registry, man *doorman.Doorman, ring *concern.Ring) {
	w := &room{doorman: man, ring: ring, watch: NewWatch()}
	declare(r)
	r.Keep(keepings()...)
	for name, handler := range map[string]sync.Handler{
		"concerns.assign": assign, "concerns.take": take, "concerns.release": release,
		"concerns.note": w.noteDown, "concerns.link": link, "concerns.unlink": unlink,
		"concerns.close": closeConcern, "concerns.reopen": reopen, "breakGlasses.seen": seeGlass,
	} {
		r.Handle(name, handler)
	}
	app.OnServe().BindFunc(w.serve)
	w.jobs(app)
}

func declare(r *sync.Registry) {
	r.Sync(sync.Collection{
		Name: "concernNotes", Columns: sync.Texts("concern", "by", "kind", "hour"),
		To: []sync.Audience{{Key: "'coordinators'"}, {Key: "'responders'", When: "NOT {row}.lead"}},
	})
	r.Sync(sync.Collection{
		Name: "breakGlasses", Columns: append(sync.Texts("concern", "by", "at"), sync.Bools("seen")...),
		To: []sync.Audience{{Key: "'coordinators'"}},
	})
	r.Sync(sync.Collection{
		Name: "concernFigures", Columns: sync.Texts("quarter", "area", "measure", "shown"),
		To: []sync.Audience{{Key: "'coordinators'"}},
	})
}

// What more than one command says no with. NB! A concern that a responder may not
// see is told of in the same words as one that isn't there.
var (
	errUnknown      = sync.Reject("concern_unknown", "This is not here any more, or it is somebody else's.")
	errCoordinators = sync.Reject("not_allowed", "Only a coordinator can do this.")
	errClosed       = sync.Reject("concern_closed", "Somebody has closed this already. Open it again first.")
	errNotAssigned  = sync.Reject("not_assigned", "Nobody looks into this yet. Take it first.")
)

// find gives a concern to a responder who may see it, and says whether they are a
// coordinator.
func find(c *sync.Call, id string) (r *core.Record, boss bool, err error) {
	if err := c.Allowed(errUnknown, "responders"); err != nil {
		return nil, false, err
	}
	if boss, err = c.In("coordinators"); err != nil {
		return nil, false, err
	}
	if r, err = c.Find("concerns", id, errUnknown); err != nil {
		return nil, boss, err
	}
	if !there(r) || r.GetBool("lead") && !boss {
		return nil, boss, errUnknown
	}
	return r, boss, nil
}

// there says whether a concern is still one: not withdrawn, and not emptied when
// its days were over.
func there(r *core.Record) bool {
	return r.GetString("state") != "withdrawn" && r.GetString("received") != "" && r.GetString("sealed") != ""
}

// mine gives a concern to whoever looks into it, and to coordinators.
func mine(c *sync.Call, id string) (*core.Record, error) {
	r, boss, err := find(c, id)
	if err == nil && !boss && r.GetString("assignee") != c.Member {
		return nil, errUnknown
	}
	return r, err
}

// theLead gives a concern to coordinators.
func theLead(c *sync.Call, id string) (*core.Record, error) {
	if err := c.Allowed(errCoordinators, "coordinators"); err != nil {
		return nil, err
	}
	r, _, err := find(c, id)
	return r, err
}

// note puts what was done into the record, in the same transaction.
func note(c *sync.Call, action, subject string, detail map[string]string) error {
	return audit.Append(c.App.DB(), audit.Entry{At: c.Now, Actor: c.Member, Device: c.Device, Action: action, Subject: subject, Detail: detail})
}

// done saves a concern, and notes it.
func done(c *sync.Call, r *core.Record, action string, detail map[string]string) (sync.Result, error) {
	if err := c.App.Save(r); err != nil {
		return sync.Result{}, err
	}
	return sync.Result{}, note(c, action, r.Id, detail)
}
