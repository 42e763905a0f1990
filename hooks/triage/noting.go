package triage

import (
	"slices"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/concern"
	"kith/internal/notice"
	"kith/internal/sync"
)

// acts are what a responder can have done.
var acts = []string{"rang", "visited", "spoke", "wrote", "handedCoach", "handedSurgery", "handedCouncil", "handedGroup", askedCoordinator, spokeListener, "other"}

// spokeListener is that somebody spoke with whoever passed a concern on: nobody but
// a coordinator is shown who that was, so all others ask one.
const (
	askedCoordinator = "askedCoordinator"
	spokeListener    = "spokeListener"
)

// noteDown keeps what a responder did. Its words come sealed, and stay so; they
// are opened once, to know that the desk can read them later.
func (w *room) noteDown(c *sync.Call) (sync.Result, error) {
	args, err := sync.Args[struct {
		ID      string `json:"id"`
		Concern string `json:"concern"`
		Kind    string `json:"kind"`
		Hour    string `json:"hour"`
		Sealed  string `json:"sealed"`
	}](c)
	if err != nil {
		return sync.Result{}, err
	}
	r, err := mine(c, args.Concern)
	if err != nil {
		return sync.Result{}, err
	}
	if r.GetString("state") == "new" {
		return sync.Result{}, errNotAssigned
	}
	if err := mayHaveDone(c, args.Kind); err != nil {
		return sync.Result{}, err
	}
	facts := concern.Facts{Kind: concern.KindNote, ID: args.ID, Area: r.Id, Hour: args.Hour}
	name, err := w.readable(facts, args.Sealed)
	if err != nil {
		return sync.Result{}, err
	}
	n, err := c.Fresh("concernNotes", args.ID, map[string]any{
		"concern": r.Id, "by": c.Member, "kind": args.Kind, "hour": args.Hour, "lead": r.GetBool("lead"), "keyName": name, "sealed": args.Sealed,
	})
	if err != nil {
		return sync.Result{}, err
	}
	if err := c.App.Save(n); err != nil {
		return sync.Result{}, err
	}
	if err := noted(c, r, args.Kind); err != nil {
		return sync.Result{}, err
	}
	return sync.Result{}, note(c, "concerns.note", r.Id, map[string]string{"kind": args.Kind})
}

// noted is what follows from a note: whoever wrote one has looked, and who asked for a
// coordinator to speak with whoever passed it on is heard by one.
func noted(c *sync.Call, r *core.Record, kind string) error {
	if r.GetString("assignee") == c.Member {
		if err := looked(c.App, r); err != nil {
			return err
		}
	}
	switch kind {
	case askedCoordinator:
		return notice.By(c, "concern.listener", "coordinators", r.Id)
	case spokeListener:
		return notice.Over(c.App.DB(), r.Id, "", "concern.listener")
	}
	return nil
}

// looked says that whom an urgent concern was given to has looked into it.
func looked(app core.App, r *core.Record) error {
	if r.GetString("given") == "" {
		return nil
	}
	_, err := app.DB().NewQuery("UPDATE concerns SET given = '' WHERE id = {:id}").Bind(dbx.Params{"id": r.Id}).Execute()
	return err
}

// mayHaveDone refuses what nobody can have done, or not this one.
func mayHaveDone(c *sync.Call, kind string) error {
	if !slices.Contains(acts, kind) {
		return sync.ErrShape
	}
	if kind != spokeListener {
		return nil
	}
	return c.Allowed(errCoordinators, "coordinators")
}

// readable refuses a note that couldn't be read later, and names its key.
func (w *room) readable(f concern.Facts, sealed string) (name string, err error) {
	keys := w.ring.Keys()
	if keys == nil {
		return "", sync.Reject("concerns_off", "This server takes no notes just now. Ask the people who run it.")
	}
	broken := sync.Reject("note_invalid", "This note could not be read here. Write it again.")
	raw, err := concern.OfText(sealed)
	if err != nil || !f.Valid() {
		return "", broken
	}
	if name, _, err = concern.Names(raw); err != nil {
		return "", broken
	}
	plain, err := keys.Open(f, raw)
	if err != nil {
		return "", broken
	}
	if _, err := concern.ReadNote(plain); err != nil {
		return "", sync.Reject("text_invalid", "A note has up to 1,000 letters, and no hidden ones.")
	}
	return name, nil
}
