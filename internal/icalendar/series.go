package icalendar

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-ical"

	"kith/internal/calendar"
)

// series makes the schedule of an event and of the changes to it.
func (r *reader) series(d *draft, overrides []*draft) (calendar.Schedule, error) {
	start := settle(d)
	item := calendar.Item{Start: start.key(), Minutes: d.minutes, Zone: start.zone, AllDay: start.date}
	rules := d.props.Values(ical.PropRecurrenceRule)
	if len(rules) > 1 || d.props.Get("EXRULE") != nil {
		return nil, &calendar.Error{Field: "rrule", Message: "This event has several rules at once, which cannot be read."}
	}
	if len(rules) == 1 {
		item.RRule = plainRule(rules[0].Value, start.wall)
	}
	s := &building{item: item, start: start, changes: map[string]calendar.Change{}}
	if err := s.readDates(r, d.props); err != nil {
		return nil, err
	}
	s.readOverrides(overrides, d)
	return s.schedule(), nil
}

// settle decides which zone's clocks a start goes by; the package comment says
// how.
func settle(d *draft) moment {
	start := d.start
	if !start.utc {
		return start
	}
	utc := start.in("UTC")
	recurs := d.props.Get(ical.PropRecurrenceRule) != nil
	zone, _ := calendar.Zone(start.zone)
	sameDay := utc.wall.Truncate(24 * time.Hour).Equal(start.wall.Truncate(24 * time.Hour))
	// In the second of two hours with one name, the wall-clock time means the first.
	sameInstant := calendar.Place(start.wall, zone).Equal(start.instant.Truncate(time.Minute))
	if recurs && !sameDay || !sameInstant {
		return utc
	}
	return start
}

// plainRule takes out of a rule what says nothing: spaces, small letters, and
// a time of day that is that of the start anyway.
func plainRule(rule string, start time.Time) string {
	idle := map[string]bool{
		"BYHOUR=" + start.Format("15"): true, "BYHOUR=" + strings.TrimPrefix(start.Format("15"), "0"): true,
		"BYMINUTE=" + start.Format("04"): true, "BYMINUTE=" + strings.TrimPrefix(start.Format("04"), "0"): true,
		"BYSECOND=00": true, "BYSECOND=0": true, "": true,
	}
	parts := strings.Split(strings.ToUpper(strings.Join(strings.Fields(rule), "")), ";")
	return strings.Join(slices.DeleteFunc(parts, func(part string) bool { return idle[part] }), ";")
}

// building is a schedule on its way.
type building struct {
	item    calendar.Item
	start   moment
	changes map[string]calendar.Change // by key
	apart   []calendar.Item            // overrides that no change can express
}

// keyOf names the occurrence that a moment of the feed means.
func (s *building) keyOf(m moment) string {
	at := m.in(s.start.zone)
	if at.date && !s.start.date { // some feeds give only the day
		at.wall = at.wall.Add(s.start.wall.Sub(s.start.wall.Truncate(24 * time.Hour)))
	}
	if s.start.date {
		at.wall = at.wall.Truncate(24 * time.Hour)
	}
	return at.key()
}

// readDates takes RDATE, EXDATE, and the start, which is an occurrence even if
// the rule does not give it.
func (s *building) readDates(r *reader, props ical.Props) error {
	err := s.eachDate(r, props, ical.PropRecurrenceDates, func(key string) {
		s.item.Extra = append(s.item.Extra, key)
	})
	if err != nil {
		return err
	}
	if whole := (calendar.Schedule{s.item}); whole.Check() == nil { // else it will be refused for its rule
		if _, given := whole.Find(s.item.Start); !given {
			s.item.Extra = append(s.item.Extra, s.item.Start)
		}
	}
	return s.eachDate(r, props, ical.PropExceptionDates, func(key string) {
		s.changes[key] = calendar.Change{From: key, Cancelled: true}
	})
}

func (s *building) eachDate(r *reader, props ical.Props, name string, take func(key string)) error {
	for _, prop := range props.Values(name) {
		all, err := r.moments(&prop)
		if err != nil {
			return err
		}
		for _, m := range all {
			take(s.keyOf(m))
		}
	}
	return nil
}

// readOverrides changes single occurrences; of two for one, the newer stands.
// One that EXDATE takes out of the series stays out.
func (s *building) readOverrides(overrides []*draft, master *draft) {
	given, excluded := s.given(overrides), maps.Clone(s.changes)
	slices.SortStableFunc(overrides, func(a, b *draft) int { return cmp.Compare(a.sequence, b.sequence) })
	for _, d := range overrides {
		key := s.keyOf(*d.of)
		_, out := excluded[key]
		if out || !given[key] && isCancelled(d.props) {
			continue
		}
		if !given[key] {
			s.item.Extra = append(s.item.Extra, key)
		}
		s.changes[key] = s.override(key, d, master)
	}
}

// given tells which of the occurrences that the overrides name exist. It walks
// the rule once, however many there are.
func (s *building) given(overrides []*draft) map[string]bool {
	given := map[string]bool{}
	if len(overrides) == 0 {
		return given
	}
	first, last := overrides[0].of.instant, overrides[0].of.instant
	for _, d := range overrides {
		if d.of.instant.Before(first) {
			first = d.of.instant
		}
		if d.of.instant.After(last) {
			last = d.of.instant
		}
	}
	const margin, everyDay = 48 * time.Hour, 200 * 366
	for _, o := range (calendar.Schedule{s.item}).Occurrences(first.Add(-margin), last.Add(margin), everyDay) {
		given[o.Key] = true
	}
	return given
}

func (s *building) override(key string, d, master *draft) calendar.Change {
	change := calendar.Change{From: key, Note: note(d.props, master.props), Cancelled: isCancelled(d.props)}
	start := d.start.in(s.start.zone)
	switch {
	case change.Cancelled:
	case start.date != s.start.date:
		s.apart = append(s.apart, single(d))
		change.Cancelled = true
	default:
		if start.key() != key {
			change.Start = start.key()
		}
		if d.minutes != master.minutes {
			change.Minutes = d.minutes
		}
	}
	return change
}

// schedule is the same, byte for byte, in whatever order the feed lists dates.
func (s *building) schedule() calendar.Schedule {
	for _, key := range slices.Sorted(maps.Keys(s.changes)) {
		s.item.Changes = append(s.item.Changes, s.changes[key])
	}
	slices.Sort(s.item.Extra)
	s.item.Extra = slices.Compact(s.item.Extra)
	return append(calendar.Schedule{s.item}, s.apart...)
}

// lone makes a schedule of overrides whose event is not in the file.
func lone(overrides []*draft) calendar.Schedule {
	var schedule calendar.Schedule
	for _, d := range overrides {
		schedule = append(schedule, single(d))
	}
	return schedule
}

func single(d *draft) calendar.Item {
	start := settle(d)
	return calendar.Item{Start: start.key(), Minutes: d.minutes, Zone: start.zone, AllDay: start.date}
}
