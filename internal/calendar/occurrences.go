package calendar

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"
)

// Occurrences gives what overlaps the time from (inclusive) to to (exclusive),
// cancelled ones too, sorted by start, and at most the first max. One that
// began earlier and has not ended by from is among them; one without a known
// end counts at its start. Where two items have an occurrence of one name, the
// first item's stands. Items that Parse would refuse give nothing.
func (s Schedule) Occurrences(from, to time.Time, max int) []Occurrence {
	if max <= 0 {
		return nil
	}
	var found []Occurrence
	plans := s.plans()
	for i, p := range plans {
		found = append(found, p.between(from, to, max, plans[:i])...)
	}
	slices.SortFunc(found, func(a, b Occurrence) int {
		return cmp.Or(a.Start.Compare(b.Start), strings.Compare(a.Key, b.Key))
	})
	return found[:min(len(found), max)]
}

// Find gives the occurrence of that name (its original local start), cancelled
// or not, and false if there is none.
func (s Schedule) Find(key string) (Occurrence, bool) {
	for _, p := range s.plans() {
		if at, ok := p.item.parseLocal(key); ok && p.has(at) {
			return p.occurrence(at), true
		}
	}
	return Occurrence{}, false
}

// plans reads the items, and leaves out those that Parse would refuse.
func (s Schedule) plans() []*plan {
	plans := make([]*plan, 0, len(s))
	for i := range s {
		if p, err := newPlan(&s[i]); err == nil {
			plans = append(plans, p)
		}
	}
	return plans
}

// has tells whether an occurrence of the item has that original local start.
func (p *plan) has(at time.Time) bool {
	if slices.ContainsFunc(p.extra, at.Equal) {
		return true
	}
	if at.Sub(at.Truncate(day)) != p.start.Sub(p.start.Truncate(day)) {
		return false // a rule keeps the time of day: no need to walk it
	}
	if p.rule != nil && p.rule.weekly != nil {
		return !at.Before(p.start) && !at.After(lastMinute) && p.rule.on(at, p.zone)
	}
	found := false
	p.starts(at, func(start time.Time) bool {
		found = start.Equal(at)
		return !found
	})
	return found
}

// margin is more than the furthest that a zone, or a gap, can put a wall-clock
// time from UTC.
const margin = 2 * day

// lastMinute is the last wall-clock time that there is.
var lastMinute = time.Date(MaxYear, 12, 31, 23, 59, 0, 0, time.UTC)

// between gives the occurrences of one item that overlap the window, unsorted,
// and surely those among the first limit. Occurrences that a change names are
// looked at wherever they were, because they may have moved into the window or
// out of it; of the others, the rule gives the earlier first. What an earlier
// item has under the same name is left to it.
func (p *plan) between(from, to time.Time, limit int, before []*plan) []Occurrence {
	first := from.UTC().Add(-margin - time.Duration(p.item.Minutes)*time.Minute)
	last, lastChanged := to.UTC().Add(margin), p.lastChanged()
	found := map[time.Time]Occurrence{}
	unchanged := 0
	take := func(start time.Time) bool {
		changed := len(p.changes) > 0 && p.changes[start.Format(Local)] != nil
		if !changed && (start.Before(first) || start.After(last)) {
			return true
		}
		taken := func(other *plan) bool { return other.has(start) }
		if o := p.occurrence(start); o.overlaps(from, to) && !slices.ContainsFunc(before, taken) {
			found[start] = o
			if !changed {
				unchanged++
			}
		}
		return unchanged < limit || !start.After(lastChanged)
	}
	p.starts(latest(last, lastChanged), take)
	for _, start := range p.extra {
		take(start)
	}
	return slices.Collect(maps.Values(found))
}

func (o Occurrence) overlaps(from, to time.Time) bool {
	return o.Start.Before(to) && (o.End.After(from) || !o.Start.Before(from))
}

// lastChanged is the original local start of the last occurrence with a change.
func (p *plan) lastChanged() time.Time {
	var last time.Time
	for key := range p.changes {
		at, _ := time.Parse(Local, key) // newPlan has read it before
		last = latest(last, at)
	}
	return last
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// starts walks the wall-clock starts that are not extra, up to and including
// last, for as long as yield returns true. No rule gives any after MaxYear.
func (p *plan) starts(last time.Time, yield func(time.Time) bool) {
	if last.After(lastMinute) {
		last = lastMinute
	}
	if p.rule != nil {
		p.rule.starts(last, func(at time.Time) bool {
			ended := !p.rule.until.IsZero() && Place(at, p.zone).After(p.rule.until)
			return !ended && yield(at)
		})
	} else if !p.start.After(last) {
		yield(p.start)
	}
}

// comes tells whether the item gives any start that can be stored.
func (p *plan) comes() bool {
	found := len(p.extra) > 0
	p.starts(lastMinute, func(time.Time) bool {
		found = true
		return false
	})
	return found
}

// occurrence applies what is known about the day to an original local start.
func (p *plan) occurrence(start time.Time) Occurrence {
	o := Occurrence{Key: start.Format(Local), AllDay: p.item.AllDay}
	minutes := p.item.Minutes
	if change := p.changes[o.Key]; change != nil {
		o.Cancelled, o.Note = change.Cancelled, change.Note
		if change.Start != "" {
			start, _ = time.Parse(Local, change.Start) // newPlan has read it before
		}
		if change.Minutes != 0 {
			minutes = change.Minutes
		}
	} else if holiday := closedFor(p.item.ClosedOn, o.Key); holiday != "" && !slices.ContainsFunc(p.extra, start.Equal) {
		o.Cancelled, o.Note = true, holiday
	}
	o.Start = Place(start, p.zone)
	if o.AllDay {
		o.End = Place(start.AddDate(0, 0, minutes/1440), p.zone)
	} else {
		o.End = o.Start.Add(time.Duration(minutes) * time.Minute)
	}
	return o
}
