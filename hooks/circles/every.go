package circles

import (
	"database/sql"
	"errors"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"kith/internal/calendar"
	"kith/internal/rota"
	"kith/internal/sync"
)

// every has the caller take a slot each time it is on.
func every(c *sync.Call) (sync.Result, error) {
	d, circle, slot, me, err := whole(c)
	if err != nil {
		return sync.Result{}, err
	}
	all, err := d.helpers(circle)
	if err != nil {
		return sync.Result{}, err
	}
	h, in := all[me]
	switch {
	case !in:
		return sync.Result{}, errHelpers
	case !h.May:
		return sync.Result{}, errSafety
	}
	id := sync.DerivedID("every", slot.Id)
	there, err := c.Find("everies", id, nil)
	if err != nil {
		return sync.Result{}, err
	}
	if there != nil {
		if there.GetString("helper") != me {
			return sync.Result{}, errEvery
		}
		return sync.Result{Merged: true}, nil
	}
	e, err := c.Fresh("everies", id, map[string]any{
		"circle": circle.Id, "slot": slot.Id, "helper": me, "helperName": h.Name, "since": sync.Stamp(c.Now)[:10],
		"member": h.Member, "person": circle.GetString("person"),
	})
	if err != nil {
		return sync.Result{}, err
	}
	if err := c.App.Save(e); err != nil {
		return sync.Result{}, err
	}
	return sync.Result{}, d.fill(circle, slot)
}

// whole reads a command about a slot as a whole.
func whole(c *sync.Call) (d *desk, circle, slot *core.Record, me string, err error) {
	args, err := sync.Args[struct {
		Slot string `json:"slot"`
	}](c)
	if err != nil {
		return nil, nil, nil, "", err
	}
	d = deskOf(c)
	circle, slot, me, err = slotOf(c, d, args.Slot)
	return d, circle, slot, me, err
}

// fill gives whoever takes every one of a slot those that are theirs by now.
func (d *desk) fill(circle, slot *core.Record) error {
	if resting, err := d.resting(circle); err != nil || resting {
		return err
	}
	e, err := d.tx.FindRecordById("everies", sync.DerivedID("every", slot.Id))
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	all, err := d.helpers(circle)
	if err != nil {
		return err
	}
	me := e.GetString("helper")
	if !all[me].May {
		return nil
	}
	schedule, err := scheduleOf(slot)
	if err != nil {
		return err
	}
	on, names := rotaFrom(schedule, d.now.Add(rota.Ahead))
	for _, f := range rota.Fill(names, d.now) {
		t, err := d.turn(circle, slot, on[f.Key])
		if err != nil {
			return err
		}
		fresh := len(t.Notes) == 0 // nobody has had it: it is as they were told when they said so
		if !t.Every(me, t.stamp()) {
			continue
		}
		if fresh && !f.Late {
			t.silent = []string{me}
		}
		if err := t.save(); err != nil {
			return err
		}
	}
	return nil
}

// beginning is before every schedule.
var beginning = time.Date(calendar.MinYear, 1, 1, 0, 0, 0, 0, time.UTC)

// rotaFrom are a schedule's occurrences from its first on, for the rota.
func rotaFrom(s calendar.Schedule, until time.Time) (map[string]calendar.Occurrence, []rota.Occurrence) {
	on, names := map[string]calendar.Occurrence{}, []rota.Occurrence{}
	for _, o := range s.Occurrences(beginning, until, most) {
		on[o.Key] = o
		names = append(names, rota.Occurrence{Key: o.Key, Start: o.Start, Off: o.Cancelled})
	}
	return on, names
}

// most occurrences of a slot that are looked at: of one that is on each day, of 27 years.
const most = 10_000

// endEvery ends that somebody takes a slot each time: themselves, or an organiser. What
// is within a week stays theirs, so that nobody is left standing at short notice.
func endEvery(c *sync.Call) (sync.Result, error) {
	d, circle, slot, me, err := whole(c)
	if err != nil {
		return sync.Result{}, err
	}
	e, err := c.Find("everies", sync.DerivedID("every", slot.Id), nil)
	if err != nil || e == nil {
		return sync.Result{Merged: true}, err
	}
	h := e.GetString("helper")
	if h != me {
		if err := c.Allowed(errOrganisers, "organise/"+circle.Id); err != nil {
			return sync.Result{}, err
		}
	}
	if err := c.App.Delete(e); err != nil {
		return sync.Result{}, err
	}
	var silent []string
	if h == me && c.Helper == "" {
		silent = []string{me}
	}
	return sync.Result{}, d.each(circle, slot, "every AND helper = {:helper}", h, func(t *turn) error {
		if !t.ByEvery || !t.when.Start.After(d.now.Add(rota.OpenLast)) {
			return nil
		}
		t.silent = silent
		t.Drop(h, rotaOf(t.all), t.stamp())
		return t.save()
	})
}
