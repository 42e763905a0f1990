package circles

import (
	"time"

	"github.com/pocketbase/pocketbase/core"

	"kith/internal/calendar"
	"kith/internal/rota"
	"kith/internal/sync"
)

type turnArgs struct {
	ID         string `json:"id"`
	Slot       string `json:"slot"`
	Occurrence string `json:"occurrence"`
	Helper     string `json:"helper"`
}

// slotOf finds a slot that is on, and its circle; whoever isn't in it is told what
// anybody is told of one that isn't there. me is the caller as a helper: "" is an
// organiser who is none.
func slotOf(c *sync.Call, d *desk, id string) (circle, slot *core.Record, me string, err error) {
	if slot, err = c.Find("slots", id, errSlot); err != nil {
		return nil, nil, "", err
	}
	if circle, err = c.Find("circles", slot.GetString("circle"), errSlot); err != nil {
		return nil, nil, "", err
	}
	all, err := d.helpers(circle)
	if err != nil {
		return nil, nil, "", err
	}
	for _, h := range all {
		if h.Member == c.Member {
			me = h.ID
		}
	}
	if me == "" {
		if err := c.Allowed(errSlot, "organise/"+circle.Id); err != nil {
			return nil, nil, "", err
		}
	}
	if slot.GetString("status") != "on" || circle.GetString("status") != "open" {
		return nil, nil, "", errOver
	}
	return circle, slot, me, nil
}

// turnOf puts the occurrence that a command names on the desk, and says whom it is of.
// Where the hour was changed meanwhile, it is the one of that day.
func turnOf(c *sync.Call) (t *turn, me string, args turnArgs, err error) {
	if args, err = sync.Args[turnArgs](c); err != nil {
		return nil, "", args, err
	}
	d := deskOf(c)
	circle, slot, me, err := slotOf(c, d, args.Slot)
	if err != nil {
		return nil, "", args, err
	}
	schedule, err := scheduleOf(slot)
	if err != nil {
		return nil, "", args, err
	}
	when, found := resolve(schedule, args.Occurrence)
	if !found {
		return nil, "", args, errTurn
	}
	if t, err = d.turn(circle, slot, when); err != nil {
		return nil, "", args, err
	}
	if t.past() {
		return nil, "", args, errOver
	}
	return t, me, args, nil
}

// mine is turnOf, for what only a helper can do. Who does it for themselves knows how it
// stands by the answer.
func mine(c *sync.Call) (t *turn, me string, args turnArgs, err error) {
	t, me, args, err = turnOf(c)
	if err == nil && me == "" {
		err = errHelpers
	}
	if err == nil && c.Helper == "" && t.when.Key == args.Occurrence {
		t.silent = []string{me}
	}
	return t, me, args, err
}

// taking is mine, for what gives somebody a turn: it must be on, and they known enough.
func taking(c *sync.Call) (*turn, string, turnArgs, error) {
	t, me, args, err := mine(c)
	switch {
	case err != nil:
		return nil, "", args, err
	case t.when.Cancelled, t.resting:
		return nil, "", args, errOff
	case t.far():
		return nil, "", args, errFar
	case !t.all[me].May:
		return nil, "", args, errSafety
	}
	return t, me, args, nil
}

// take has the turn be the caller's, if it is nobody's: whoever's word comes first.
func take(c *sync.Call) (sync.Result, error) {
	t, me, args, err := taking(c)
	if err != nil {
		return sync.Result{}, err
	}
	return t.answer(args, me, t.Take(me, t.stamp()))
}

// standby puts the caller down for when its helper can't.
func standby(c *sync.Call) (sync.Result, error) {
	t, me, args, err := taking(c)
	if err != nil {
		return sync.Result{}, err
	}
	out := t.Standby(me, sync.Stamp(c.OccurredAt), t.stamp())
	if out == rota.Taken { // as they meant it
		return t.done(args, false, nil)
	}
	t.silent = nil // they meant to stand by, and have it
	return t.done(args, true, map[string]any{"yours": true})
}

// answer says what became of asking for a turn.
func (t *turn) answer(args turnArgs, me string, out rota.Outcome) (sync.Result, error) {
	if out != rota.Taken {
		return t.done(args, out == rota.Already, nil)
	}
	t.lost, t.silent = []string{me}, nil
	return t.done(args, true, map[string]any{"taken": true})
}

// done saves the turn. NB! Who has lost it is told though they did it: on their phone it
// was theirs.
func (t *turn) done(args turnArgs, merged bool, data map[string]any) (sync.Result, error) {
	if t.when.Key != args.Occurrence {
		if merged = true; data == nil {
			data = map[string]any{}
		}
		data["occurrence"] = t.when.Key
	}
	res := sync.Result{Merged: merged}
	if data != nil {
		res.Data = data
	}
	if merged {
		t.d.doer = ""
	}
	return res, t.save()
}

// drop gives the caller's turn back.
func drop(c *sync.Call) (sync.Result, error) {
	t, me, args, err := mine(c)
	if err != nil {
		return sync.Result{}, err
	}
	return t.done(args, !t.Drop(me, rotaOf(t.all), t.stamp()), nil)
}

func unstandby(c *sync.Call) (sync.Result, error) {
	t, me, args, err := mine(c)
	if err != nil {
		return sync.Result{}, err
	}
	t.Unstandby(me)
	return t.done(args, false, nil)
}

// assign is an organiser's word, of who was rung: it is that helper's; "" is nobody's.
func assign(c *sync.Call) (sync.Result, error) {
	t, me, args, err := turnOf(c)
	if err != nil {
		return sync.Result{}, err
	}
	if err := c.Allowed(errOrganisers, "organise/"+t.circle.Id); err != nil {
		return sync.Result{}, err
	}
	h, in := t.all[args.Helper]
	switch {
	case args.Helper != "" && !in:
		return sync.Result{}, errHelper
	case t.when.Cancelled, t.resting:
		return sync.Result{}, errOff
	case in && t.far():
		return sync.Result{}, errFar
	case in && !h.May:
		return sync.Result{}, errSafetyOf
	}
	if me != "" && c.Helper == "" {
		t.silent = []string{me}
	}
	same := t.Helper == args.Helper
	t.Assign(args.Helper, rotaOf(t.all), t.stamp())
	return t.done(turnArgs{Occurrence: args.Occurrence}, same, nil)
}

// scheduleOf is when a slot is on.
func scheduleOf(slot *core.Record) (s calendar.Schedule, err error) {
	return s, slot.UnmarshalJSONField("schedule", &s)
}

// resolve finds an occurrence by its name, or by its day where there is one and no other:
// what was at half past and is at eleven now is the same, and a phone that hadn't heard
// of it names the hour of before.
func resolve(s calendar.Schedule, key string) (calendar.Occurrence, bool) {
	if o, found := s.Find(key); found {
		return o, true
	}
	at, err := time.Parse(calendar.Local, key)
	if err != nil {
		return calendar.Occurrence{}, false
	}
	var day []calendar.Occurrence
	for _, o := range s.Occurrences(at.AddDate(0, 0, -2), at.AddDate(0, 0, 3), 100) {
		if o.Key[:len(time.DateOnly)] == key[:len(time.DateOnly)] {
			day = append(day, o)
		}
	}
	if len(day) != 1 {
		return calendar.Occurrence{}, false
	}
	return day[0], true
}
