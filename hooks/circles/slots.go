package circles

import (
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/calendar"
	"kith/internal/limits"
	"kith/internal/notice"
	"kith/internal/rota"
	"kith/internal/sync"
	"kith/internal/text"
)

type slotArgs struct {
	ID       string          `json:"id"`
	Circle   string          `json:"circle"`
	Kind     string          `json:"kind"`
	Start    string          `json:"start"`
	End      string          `json:"end"`
	Schedule json.RawMessage `json:"schedule"`
	Note     string          `json:"note"`
}

// kinds are what a circle helps with. NB! None of them is a reason.
var kinds = []string{"walk", "gp", "pharmacy", "lunch", "post", "company", "other"}

// words reads all of a slot but when it is.
func (a *slotArgs) words() (values map[string]any, err error) {
	if !slices.Contains(kinds, a.Kind) {
		return nil, sync.ErrShape
	}
	values = map[string]any{"kind": a.Kind}
	for name, of := range map[string]struct {
		said string
		most int
	}{"start": {a.Start, limits.SlotPlace}, "end": {a.End, limits.SlotPlace}, "note": {a.Note, limits.SlotNote}} {
		line, err := text.Line(of.said, of.most)
		if err != nil {
			return nil, sync.Reject("text_invalid", "A place has up to 80 letters and a note up to 120, on one line.")
		}
		values[name] = line
	}
	return values, nil
}

// plan reads a slot's schedule: of each occurrence it must be known when it is over, for
// that is when an address goes.
func plan(raw json.RawMessage) (calendar.Schedule, error) {
	s, err := calendar.Parse(raw)
	var why *calendar.Error
	if errors.As(err, &why) {
		return nil, sync.Reject("schedule_invalid", why.Message)
	}
	if err != nil {
		return nil, err
	}
	if len(s) == 0 {
		return nil, sync.Reject("schedule_invalid", "Say when it is.")
	}
	for _, item := range s {
		known := !item.AllDay && aDay(item.Minutes)
		for _, change := range item.Changes {
			known = known && (change.Minutes == 0 || aDay(change.Minutes)) // 0: as ever
		}
		if !known {
			return nil, sync.Reject("schedule_invalid", "Say how long it takes: from 5 minutes to a day.")
		}
	}
	return s, nil
}

func aDay(minutes int) bool { return minutes >= 5 && minutes <= 24*60 }

// addSlot adds what the circle helps with.
func addSlot(c *sync.Call) (sync.Result, error) {
	args, err := sync.Args[slotArgs](c)
	if err != nil {
		return sync.Result{}, err
	}
	circle, err := organised(c, args.Circle)
	if err != nil {
		return sync.Result{}, err
	}
	values, err := args.words()
	if err != nil {
		return sync.Result{}, err
	}
	schedule, err := plan(args.Schedule)
	if err != nil {
		return sync.Result{}, err
	}
	var n int
	if err := c.Ask("SELECT count(*) FROM slots WHERE circle = {:circle} AND status = 'on'", dbx.Params{"circle": circle.Id}).Row(&n); err != nil {
		return sync.Result{}, err
	}
	if n >= limits.CircleSlots {
		return sync.Result{}, sync.Reject("slots_full", "A circle helps with up to 40 things. End one first.")
	}
	s, err := c.Fresh("slots", args.ID, values)
	if err != nil {
		return sync.Result{}, err
	}
	s.Load(map[string]any{"circle": circle.Id, "schedule": schedule, "status": "on", "person": circle.GetString("person")})
	return sync.Result{}, c.App.Save(s)
}

// slotToKeep finds a slot that the caller organises.
func slotToKeep(c *sync.Call, id string) (circle, slot *core.Record, err error) {
	if slot, err = c.Find("slots", id, errSlot); err != nil {
		return nil, nil, err
	}
	if circle, err = c.Find("circles", slot.GetString("circle"), errSlot); err != nil {
		return nil, nil, err
	}
	in, err := c.In("circle/" + circle.Id)
	if err != nil {
		return nil, nil, err
	}
	refusal := errSlot
	if in {
		refusal = errOrganisers
	}
	if err := c.Allowed(refusal, "organise/"+circle.Id); err != nil {
		return nil, nil, err
	}
	return circle, slot, nil
}

// editSlot changes what it is, and from now on when.
func editSlot(c *sync.Call) (sync.Result, error) {
	args, err := sync.Args[slotArgs](c)
	if err != nil {
		return sync.Result{}, err
	}
	circle, slot, err := slotToKeep(c, args.ID)
	if err != nil {
		return sync.Result{}, err
	}
	if slot.GetString("status") != "on" {
		return sync.Result{}, errOver
	}
	values, err := args.words()
	if err != nil {
		return sync.Result{}, err
	}
	slot.Load(values)
	was, err := scheduleOf(slot)
	if err != nil {
		return sync.Result{}, err
	}
	if len(args.Schedule) == 0 || string(args.Schedule) == "null" {
		return sync.Result{}, c.App.Save(slot)
	}
	is, err := plan(args.Schedule)
	if err != nil {
		return sync.Result{}, err
	}
	slot.Set("schedule", is)
	if err := c.App.Save(slot); err != nil {
		return sync.Result{}, err
	}
	return sync.Result{}, deskOf(c).replan(circle, slot, was, is)
}

// replan brings the turns of a slot to its new times: what is at another hour of the
// same day is the same turn; what isn't on any more is off.
func (d *desk) replan(circle, slot *core.Record, was, is calendar.Schedule) error {
	return d.rows(slot, "TRUE", "", func(row *core.Record) error {
		key := row.GetString("occurrence")
		before, found := was.Find(key)
		if !found || !d.now.Before(before.End) {
			return nil
		}
		now, on := resolve(is, key)
		if !on {
			now = before
			now.Cancelled = true
		}
		t, err := d.turn(circle, slot, now)
		if err != nil {
			return err
		}
		if on && now.Key != key && t.row.IsNew() {
			return d.carry(circle, slot, before, t)
		}
		if !on || now.Key == key {
			return t.save()
		}
		old, err := d.turn(circle, slot, before) // that day has a turn of its own already
		if err != nil {
			return err
		}
		old.when.Cancelled = true
		return old.save()
	})
}

// carry takes a turn over to the hour that its day has now.
func (d *desk) carry(circle, slot *core.Record, before calendar.Occurrence, to *turn) error {
	old, err := d.turn(circle, slot, before)
	if err != nil {
		return err
	}
	for _, s := range old.Swaps {
		if err := notice.Over(d.tx.DB(), s.ID, "", "swap.asked"); err != nil {
			return err
		}
	}
	if err := notice.Over(d.tx.DB(), old.row.Id, "", append([]string{"turn.open", "turn.unfilled", "turn.tomorrow"}, rota.Says...)...); err != nil {
		return err
	}
	to.Turn = old.Turn
	to.Swaps = nil
	if err := d.tx.Delete(old.row); err != nil {
		return err
	}
	return to.save()
}

type changeArgs struct {
	ID         string `json:"id"`
	Occurrence string `json:"occurrence"`
	Start      string `json:"start"`
	Minutes    int    `json:"minutes"`
	Cancelled  *bool  `json:"cancelled"`
}

// change sets what differs about one occurrence: another time, shorter, off, or on after
// all.
func change(c *sync.Call) (sync.Result, error) {
	args, err := sync.Args[changeArgs](c)
	if err != nil {
		return sync.Result{}, err
	}
	circle, slot, err := slotToKeep(c, args.ID)
	if err != nil {
		return sync.Result{}, err
	}
	if slot.GetString("status") != "on" {
		return sync.Result{}, errOver
	}
	schedule, err := scheduleOf(slot)
	if err != nil {
		return sync.Result{}, err
	}
	was, found := resolve(schedule, args.Occurrence)
	switch {
	case !found:
		return sync.Result{}, errTurn
	case !c.Now.Before(was.End):
		return sync.Result{}, errOver
	}
	args.into(schedule, was.Key)
	raw, err := json.Marshal(schedule)
	if err != nil {
		return sync.Result{}, err
	}
	if schedule, err = plan(raw); err != nil {
		return sync.Result{}, err
	}
	is, _ := schedule.Find(was.Key)
	if args.Start != "" && !ahead(is.Start, c.Now) {
		return sync.Result{}, errMoved
	}
	slot.Set("schedule", schedule)
	if err := c.App.Save(slot); err != nil {
		return sync.Result{}, err
	}
	t, err := deskOf(c).turn(circle, slot, is)
	if err != nil {
		return sync.Result{}, err
	}
	return sync.Result{Merged: was.Key != args.Occurrence}, t.save()
}

// ahead says whether something can be moved there. NB! Earlier today is taken: it was
// ahead of a phone that had no signal. What is over can't be moved back, and what is years
// ahead would be a row on all phones of a circle until then.
func ahead(start, now time.Time) bool {
	today := now.In(start.Location()).Format(time.DateOnly)
	return start.Format(time.DateOnly) >= today && !start.After(now.AddDate(0, 0, limits.TurnsAhead))
}

// into writes a change down, over what differed about that occurrence before.
func (a *changeArgs) into(s calendar.Schedule, key string) {
	for i := range s {
		if _, its := (calendar.Schedule{s[i]}).Find(key); !its {
			continue
		}
		at := slices.IndexFunc(s[i].Changes, func(c calendar.Change) bool { return c.From == key })
		if at < 0 {
			at = len(s[i].Changes)
			s[i].Changes = append(s[i].Changes, calendar.Change{From: key})
		}
		c := &s[i].Changes[at]
		if a.Start != "" {
			c.Start = a.Start
		}
		if a.Minutes != 0 {
			c.Minutes = a.Minutes
		}
		if a.Cancelled != nil {
			c.Cancelled = *a.Cancelled
		}
		return
	}
}

// endSlot ends what a circle helps with; what was stays to be looked up.
func endSlot(c *sync.Call) (sync.Result, error) {
	id, err := sync.IDArg(c)
	if err != nil {
		return sync.Result{}, err
	}
	circle, slot, err := slotToKeep(c, id)
	if err != nil {
		return sync.Result{}, err
	}
	if slot.GetString("status") == "over" {
		return sync.Result{Merged: true}, nil
	}
	return sync.Result{}, deskOf(c).endSlot(circle, slot)
}

func (d *desk) endSlot(circle, slot *core.Record) error {
	slot.Set("status", "over")
	if err := d.tx.Save(slot); err != nil {
		return err
	}
	everies, err := d.tx.FindAllRecords("everies", dbx.HashExp{"slot": slot.Id})
	if err != nil {
		return err
	}
	for _, e := range everies {
		if err := d.tx.Delete(e); err != nil {
			return err
		}
	}
	if err := d.each(circle, slot, "TRUE", "", func(t *turn) error { return t.save() }); err != nil {
		return err
	}
	return takeBack(d.tx, dbx.HashExp{"slot": slot.Id}, nil) // of one that is just over, too
}

// rows are the turns of a slot that aren't long over.
func (d *desk) rows(slot *core.Record, which, helper string, do func(*core.Record) error) error {
	var ids []string
	err := d.tx.DB().NewQuery("SELECT id FROM turns WHERE slot = {:slot} AND occurrence >= {:from} AND (" + which + ") ORDER BY occurrence").
		Bind(dbx.Params{"slot": slot.Id, "from": d.now.AddDate(0, 0, -limits.TurnsKept).Format(time.DateOnly), "helper": helper}).Column(&ids)
	if err != nil {
		return err
	}
	for _, id := range ids {
		r, err := d.tx.FindRecordById("turns", id)
		if err != nil {
			return err
		}
		if err := do(r); err != nil {
			return err
		}
	}
	return nil
}

// each puts the turns of a slot that aren't over on the desk, one after the other.
func (d *desk) each(circle, slot *core.Record, which, helper string, do func(*turn) error) error {
	schedule, err := scheduleOf(slot)
	if err != nil {
		return err
	}
	return d.rows(slot, which, helper, func(row *core.Record) error {
		when, found := schedule.Find(row.GetString("occurrence"))
		if !found {
			return nil
		}
		t, err := d.turn(circle, slot, when)
		if err != nil || t.past() {
			return err
		}
		return do(t)
	})
}
