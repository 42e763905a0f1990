package triage

import (
	"encoding/json"
	"errors"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/concern"
	"kith/internal/sync"
)

// shown is the answer of an open.
type shown struct {
	Concern map[string]any `json:"concern"`
	Notes   []shownNote    `json:"notes"`
	Linked  []string       `json:"linked"`
	Glasses []shownGlass   `json:"glasses,omitempty"` // for coordinators
}

type shownNote struct {
	ID    string `json:"id"`
	Kind  string `json:"kind"`
	By    string `json:"by"`
	Hour  string `json:"hour"`
	Words string `json:"words"`
	Lost  bool   `json:"lost,omitempty"` // its key is gone
}

type shownGlass struct {
	ID     string `json:"id"`
	By     string `json:"by"`
	At     string `json:"at"`
	Reason string `json:"reason"`
	Lost   bool   `json:"lost,omitempty"`
}

// show opens a concern and what was written about it. NB! Only after record has
// committed.
func (o *opening) show(app core.App) (*shown, error) {
	r := o.concern
	plain, err := o.unseal(concern.Facts{Kind: concern.KindConcern, ID: r.Id, Urgency: r.GetString("urgency"), Area: r.GetString("area"), Hour: r.GetString("hour")}, r)
	if err != nil {
		return nil, lost(err)
	}
	out := &shown{Notes: []shownNote{}, Linked: []string{}}
	if err := json.Unmarshal(plain, &out.Concern); err != nil {
		return nil, lost(err)
	}
	if o.how != asCoordinator {
		withoutSender(out.Concern)
	}
	if err := o.notes(app, out); err != nil {
		return nil, err
	}
	if err := o.linked(app, out); err != nil || o.how != asCoordinator {
		return out, err
	}
	return out, o.glasses(app, out)
}

// withoutSender takes out who passed it on, and the minute, by which somebody who
// knows the shop's rota could tell.
func withoutSender(c map[string]any) {
	delete(c, "by")
	if at, _ := c["at"].(string); at != "" {
		c["at"] = ""
		if t, err := time.Parse(time.RFC3339, at); err == nil {
			c["at"] = sync.Stamp(t.Truncate(time.Hour))
		}
	}
}

func (o *opening) notes(app core.App, out *shown) error {
	rows, err := app.FindAllRecords("concernNotes", dbx.HashExp{"concern": o.concern.Id})
	if err != nil {
		return err
	}
	for _, r := range rows {
		n := shownNote{ID: r.Id, Kind: r.GetString("kind"), By: r.GetString("by"), Hour: r.GetString("hour")}
		plain, err := o.unseal(concern.Facts{Kind: concern.KindNote, ID: r.Id, Area: o.concern.Id, Hour: n.Hour}, r)
		if n.Lost, err = gone(err); err != nil {
			return err
		}
		if !n.Lost {
			note, err := concern.ReadNote(plain)
			if err != nil {
				return lost(err)
			}
			n.Words = note.Words
		}
		out.Notes = append(out.Notes, n)
	}
	return nil
}

// gone tells a key that was destroyed from all that is our fault: one lost note
// must not hide the concern.
func gone(err error) (bool, error) {
	if errors.Is(err, concern.ErrOtherKey) {
		return true, nil
	}
	if err != nil {
		return false, lost(err)
	}
	return false, nil
}

// linked are the other concerns about the same person; of those for coordinators
// alone, nobody else is told.
func (o *opening) linked(app core.App, out *shown) error {
	group := o.concern.GetString("grouped")
	if group == "" {
		return nil
	}
	rows, err := app.FindAllRecords("concerns", dbx.HashExp{"grouped": group})
	if err != nil {
		return err
	}
	for _, r := range rows {
		if r.Id != o.concern.Id && there(r) && (o.how == asCoordinator || !r.GetBool("lead")) {
			out.Linked = append(out.Linked, r.Id)
		}
	}
	return nil
}

func (o *opening) glasses(app core.App, out *shown) error {
	rows, err := app.FindAllRecords("breakGlasses", dbx.HashExp{"concern": o.concern.Id})
	if err != nil {
		return err
	}
	for _, r := range rows {
		g := shownGlass{ID: r.Id, By: r.GetString("by"), At: r.GetString("at")}
		at, err := time.Parse(time.RFC3339, g.At)
		if err != nil {
			return lost(err)
		}
		plain, err := o.unseal(concern.Facts{Kind: concern.KindGlass, ID: r.Id, Area: o.concern.Id, Hour: concern.HourOf(at)}, r)
		if g.Lost, err = gone(err); err != nil {
			return err
		}
		if !g.Lost {
			var said concern.Glass
			if err := json.Unmarshal(plain, &said); err != nil {
				return lost(err)
			}
			g.Reason = said.Reason
		}
		out.Glasses = append(out.Glasses, g)
	}
	return nil
}
