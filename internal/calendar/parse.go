package calendar

import (
	"bytes"
	"fmt"
	"slices"
	"time"
	"unicode"
	"unicode/utf8"

	"kith/internal/strict"
)

// Parse reads the JSON of a schedule, strictly. Nothing, null and [] are the
// empty schedule. The error is an *Error with a sentence for a person: for
// unknown fields, times that do not exist on a calendar, unknown zones and
// holidays, rules that are not allowed or never come true, and for whatever is
// beyond the bounds above.
func Parse(raw []byte) (Schedule, error) {
	if len(bytes.TrimSpace(raw)) == 0 {
		return Schedule{}, nil
	}
	if len(raw) > MaxBytes {
		return nil, &Error{"schedule", "The schedule is too long."}
	}
	var schedule Schedule
	if strict.Exactly(raw, &schedule) != nil {
		return nil, &Error{"schedule", "The schedule is not a list of dates and rules in the form that is expected."}
	}
	if schedule == nil {
		return Schedule{}, nil
	}
	return schedule, schedule.Check()
}

// NeverComes is the message for a rule without a single occurrence.
const NeverComes = "This rule never comes true."

// Check tests a schedule that was built rather than read. The error is an
// *Error, as Parse's.
func (s Schedule) Check() error {
	if len(s) > MaxItems {
		return &Error{"schedule", fmt.Sprintf("A schedule has at most %d dates and rules.", MaxItems)}
	}
	for i := range s {
		p, err := newPlan(&s[i])
		if err == nil && !p.comes() {
			err = &Error{"rrule", NeverComes}
		}
		if err != nil {
			return &Error{fmt.Sprintf("schedule[%d].%s", i, err.Field), err.Message}
		}
	}
	return nil
}

// plan is an item, checked and with its texts read.
type plan struct {
	item    *Item
	zone    *time.Location
	start   time.Time // wall-clock, as if UTC
	rule    *rule     // nil: once
	changes map[string]*Change
	extra   []time.Time
}

func newPlan(item *Item) (*plan, *Error) {
	p := &plan{item: item, changes: map[string]*Change{}}
	var ok bool
	if p.zone, ok = Zone(item.Zone); !ok {
		return nil, &Error{"zone", "That time zone is not known. In Britain it is Europe/London."}
	}
	if p.start, ok = item.parseLocal(item.Start); !ok {
		return nil, &Error{"start", item.localMessage()}
	}
	if !item.lengthAllowed(item.Minutes) {
		return nil, &Error{"minutes", item.lengthMessage()}
	}
	if item.RRule != "" {
		var message string
		if p.rule, message = parseRule(item.RRule, p.start); message != "" {
			return nil, &Error{"rrule", message}
		}
	}
	if err := checkClosedOn(item.ClosedOn); err != nil {
		return nil, err
	}
	if err := p.readExtra(); err != nil {
		return nil, err
	}
	return p, p.readChanges()
}

func (p *plan) readExtra() *Error {
	if len(p.item.Extra) > MaxExtra {
		return &Error{"extra", fmt.Sprintf("There are more than %d extra dates.", MaxExtra)}
	}
	for i, text := range p.item.Extra {
		at, ok := p.item.parseLocal(text)
		if !ok {
			return &Error{fmt.Sprintf("extra[%d]", i), p.item.localMessage()}
		}
		p.extra = append(p.extra, at)
	}
	return nil
}

func (p *plan) readChanges() *Error {
	if len(p.item.Changes) > MaxChanges {
		return &Error{"changes", fmt.Sprintf("There are more than %d changes.", MaxChanges)}
	}
	for i := range p.item.Changes {
		change := &p.item.Changes[i]
		refuse := func(field, message string) *Error {
			return &Error{fmt.Sprintf("changes[%d].%s", i, field), message}
		}
		if _, ok := p.item.parseLocal(change.From); !ok {
			return refuse("from", p.item.localMessage())
		}
		if _, twice := p.changes[change.From]; twice {
			return refuse("from", "This date is changed twice.")
		}
		if _, ok := p.item.parseLocal(change.Start); !ok && change.Start != "" {
			return refuse("start", p.item.localMessage())
		}
		if !p.item.lengthAllowed(change.Minutes) && change.Minutes != 0 {
			return refuse("minutes", p.item.lengthMessage())
		}
		if !printable(change.Note) || utf8.RuneCountInString(change.Note) > MaxNote {
			return refuse("note", fmt.Sprintf("A note is one line of at most %d characters.", MaxNote))
		}
		p.changes[change.From] = change
	}
	return nil
}

func checkClosedOn(closedOn []string) *Error {
	if len(closedOn) > MaxClosedOn {
		return &Error{"closedOn", "There are more holidays than a year has."}
	}
	for i, name := range closedOn {
		if name != EveryBankHoliday && !slices.Contains(bankHolidayNames, name) {
			return &Error{fmt.Sprintf("closedOn[%d]", i), "There is no bank holiday of that name in England and Wales."}
		}
	}
	return nil
}

// parseLocal reads a local time; the format allows one spelling of each.
func (item *Item) parseLocal(text string) (time.Time, bool) {
	at, err := time.Parse(Local, text)
	ok := err == nil && at.Format(Local) == text && at.Year() >= MinYear && at.Year() <= MaxYear
	return at, ok && (!item.AllDay || at.Equal(at.Truncate(day)))
}

func (item *Item) localMessage() string {
	if item.AllDay {
		return fmt.Sprintf("An all-day date is written as 2026-06-04T00:00, between %d and %d.", MinYear, MaxYear)
	}
	return fmt.Sprintf("A time is written as 2026-06-04T12:00, between %d and %d.", MinYear, MaxYear)
}

func (item *Item) lengthAllowed(minutes int) bool {
	if item.AllDay && (minutes == 0 || minutes%1440 != 0) {
		return false
	}
	return minutes >= 0 && minutes <= MaxMinutes
}

func (item *Item) lengthMessage() string {
	if item.AllDay {
		return "An all-day date lasts whole days of 1440 minutes, and at most a year."
	}
	return "It lasts a number of minutes, and at most a year."
}

func printable(text string) bool {
	if !utf8.ValidString(text) {
		return false
	}
	for _, r := range text {
		if unicode.IsControl(r) {
			return false
		}
	}
	return true
}
