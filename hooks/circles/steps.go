package circles

import (
	"slices"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"kith/internal/calendar"
	"kith/internal/notice"
	"kith/internal/sync"
)

// How long before a turn its helper can be on their way, and how long after it can still
// say how it went.
const (
	stepsBefore = 3 * time.Hour
	stepsAfter  = 6 * time.Hour
)

var errEarly = sync.Reject("step_early", "It is too early for that. You can say so from three hours before it begins.")

// step is how it stands with a turn on the day, by its helper's own word: on their way,
// there, home again; or that nobody answers. Nothing takes it back. Nobody's place is
// ever asked for.
func step(c *sync.Call) (sync.Result, error) {
	args, err := sync.Args[struct {
		Slot       string `json:"slot"`
		Occurrence string `json:"occurrence"`
		Step       string `json:"step"`
	}](c)
	if err != nil {
		return sync.Result{}, err
	}
	if !slices.Contains([]string{"", "onWay", "here", "home", "noAnswer"}, args.Step) {
		return sync.Result{}, sync.ErrShape
	}
	turn, when, err := onTheDay(c, args.Slot, args.Occurrence)
	if err != nil {
		return sync.Result{}, err
	}
	id := sync.DerivedID("step", turn.Id)
	r, err := c.Find("turnSteps", id, nil)
	switch {
	case err != nil:
		return sync.Result{}, err
	case args.Step == "" && r == nil, r != nil && r.GetString("step") == args.Step:
		return sync.Result{Merged: true}, nil
	case args.Step == "":
		err = c.App.Delete(r)
	default:
		err = putStep(c, turn, r, args.Step)
	}
	if err != nil {
		return sync.Result{}, err
	}
	return sync.Result{}, tellStep(c, turn, when, args.Step)
}

func putStep(c *sync.Call, turn, r *core.Record, step string) (err error) {
	if r == nil {
		if r, err = c.Fresh("turnSteps", sync.DerivedID("step", turn.Id), nil); err != nil {
			return err
		}
	}
	r.Load(map[string]any{
		"turn": turn.Id, "circle": turn.GetString("circle"), "slot": turn.GetString("slot"), "occurrence": turn.GetString("occurrence"),
		"step": step, "at": sync.Stamp(c.OccurredAt), "member": c.Member, "person": turn.GetString("person"),
	})
	return c.App.Save(r)
}

// onTheDay finds a turn of the caller's that is on about now, by the time at which they
// said so.
func onTheDay(c *sync.Call, slotID, occurrence string) (*core.Record, calendar.Occurrence, error) {
	var when calendar.Occurrence
	slot, err := c.Find("slots", slotID, errTurn)
	if err != nil {
		return nil, when, err
	}
	schedule, err := scheduleOf(slot)
	if err != nil {
		return nil, when, err
	}
	when, found := resolve(schedule, occurrence)
	if !found {
		return nil, when, errTurn
	}
	turn, err := takenTurn(c.App, slot.Id, when.Key)
	if err != nil {
		return nil, when, err
	}
	switch {
	case turn == nil || turn.GetString("member") != c.Member || when.Cancelled:
		return nil, when, errTurn
	case c.OccurredAt.Before(when.Start.Add(-stepsBefore)):
		return nil, when, errEarly
	case c.OccurredAt.After(when.End.Add(stepsAfter)):
		return nil, when, errOver
	}
	return turn, when, nil
}

// tellStep tells those who organise the circle what they are waiting for: that somebody
// is home, and that nobody answers; which is so no more once anything else is said. What
// a phone brings long after it is history, and nobody is called for it.
func tellStep(c *sync.Call, turn *core.Record, when calendar.Occurrence, step string) error {
	if err := notice.Over(c.App.DB(), turn.Id, "", "turn.noAnswer", "turn.home"); err != nil {
		return err
	}
	template := map[string]string{"noAnswer": "turn.noAnswer", "home": "turn.home"}[step]
	if template == "" || c.Now.After(when.End.Add(stepsAfter)) {
		return nil
	}
	return notice.By(c, template, "organise/"+turn.GetString("circle"), turn.Id)
}
