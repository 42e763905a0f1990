package icalendar

import (
	"errors"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/emersion/go-ical"

	"kith/internal/calendar"
)

// reader collects what a file holds.
type reader struct {
	calendar  *Calendar
	zones     map[string]string // IANA name by TZID, of the file's own VTIMEZONEs
	masters   map[string]*draft
	order     []string // UIDs as they first came
	overrides []*draft
}

// draft is a VEVENT with its times read.
type draft struct {
	props    ical.Props
	uid      string
	start    moment
	minutes  int
	of       *moment // RECURRENCE-ID; nil: this is the event itself
	sequence int
}

func (r *reader) readHead(head []string, zones [][]string) *Error {
	component, err := decode(head)
	if err != nil {
		return &Error{Malformed, "The first lines of this calendar cannot be read."}
	}
	for _, lines := range zones {
		whole, err := decode(lines)
		if err != nil {
			continue // a zone that is needed and not known refuses its events
		}
		props := whole.Children[0].Props
		if name := text(props, "X-LIC-LOCATION"); name != "" {
			if known, ok := zoneOf(name, nil); ok {
				r.zones[text(props, ical.PropTimezoneID)] = known
			}
		}
	}
	r.calendar.Name = text(component.Props, "X-WR-CALNAME")
	r.calendar.Zone = defaultZone
	if name, ok := zoneOf(text(component.Props, "X-WR-TIMEZONE"), r.zones); ok {
		r.calendar.Zone = name
	}
	return nil
}

// readEvent reads one VEVENT and keeps it as a draft, or refuses it.
func (r *reader) readEvent(lines []string) {
	component, err := decode(lines)
	if err != nil || len(component.Children) != 1 {
		r.refuse(ical.Props{}, EventMalformed, "A line of this event cannot be read.")
		return
	}
	props := component.Children[0].Props
	d := &draft{props: props, uid: text(props, ical.PropUID)}
	if d.uid == "" {
		r.refuse(props, UIDMissing, "This event has no name (UID) by which it could be known again.")
		return
	}
	if err := r.readTimes(d); err != nil {
		r.refuseTimes(props, err)
		return
	}
	d.sequence, _ = strconv.Atoi(text(props, ical.PropSequence)) // none is 0
	if d.of != nil {
		r.overrides = append(r.overrides, d)
		return
	}
	r.keep(d)
}

// keep takes the newer of two events with one UID, and refuses the other.
func (r *reader) keep(d *draft) {
	const message = "Another event of this calendar has the same name (UID)."
	older, twice := r.masters[d.uid]
	if !twice {
		r.order = append(r.order, d.uid)
	} else if older.sequence >= d.sequence {
		r.refuse(d.props, UIDRepeated, message)
		return
	} else {
		r.refuse(older.props, UIDRepeated, message)
	}
	r.masters[d.uid] = d
}

var errStart = errors.New("start")

func (r *reader) readTimes(d *draft) error {
	prop := d.props.Get(ical.PropDateTimeStart)
	if prop == nil {
		return errStart
	}
	starts, err := r.moments(prop)
	if err != nil {
		return err
	}
	d.start = starts[0]
	if d.minutes, err = r.length(d.props, d.start); err != nil {
		return err
	}
	if prop := d.props.Get(ical.PropRecurrenceID); prop != nil {
		of, err := r.moments(prop)
		if err != nil {
			return err
		}
		d.of = &of[0]
		if prop.Params.Get("RANGE") != "" {
			return errRange
		}
	}
	return nil
}

var errRange = errors.New("range")

func (r *reader) refuseTimes(props ical.Props, err error) {
	switch {
	case errors.Is(err, errStart):
		r.refuse(props, StartMissing, "This event does not say when it starts.")
	case errors.Is(err, errZone):
		r.refuse(props, ZoneUnknown, "This event is in a time zone that is not known.")
	case errors.Is(err, errRange):
		r.refuse(props, RuleUnsupported, "This changes all later dates of an event at once, which cannot be read.")
	default:
		r.refuse(props, TimesInvalid, "A time of this event cannot be read, or it ends before it starts.")
	}
}

func (r *reader) refuse(props ical.Props, code, message string) {
	r.calendar.Refused = append(r.calendar.Refused, Refusal{
		UID: text(props, ical.PropUID), Summary: text(props, ical.PropSummary), Code: code, Message: message,
	})
}

// finish makes events of the drafts, with their overrides in the order in
// which they came. Overrides of an event that is not in the file, as when one
// date of a series was shared, are an event of their own.
func (r *reader) finish() {
	changed := map[string][]*draft{}
	for _, d := range r.overrides {
		if r.masters[d.uid] == nil && changed[d.uid] == nil {
			r.order = append(r.order, d.uid)
		}
		changed[d.uid] = append(changed[d.uid], d)
	}
	for _, uid := range r.order {
		first := r.masters[uid]
		var schedule calendar.Schedule
		var err error
		if first != nil {
			schedule, err = r.series(first, changed[uid])
		} else {
			first = changed[uid][0]
			schedule = lone(changed[uid])
		}
		if err == nil {
			err = schedule.Check()
		}
		if err != nil {
			r.refuseSchedule(first.props, err)
			continue
		}
		r.calendar.Events = append(r.calendar.Events, eventOf(first, schedule))
	}
}

func (r *reader) refuseSchedule(props ical.Props, err error) {
	var refusal *calendar.Error
	if !errors.As(err, &refusal) {
		r.refuseTimes(props, err)
		return
	}
	code := ScheduleInvalid
	switch {
	case refusal.Message == calendar.NeverComes:
		code = NeverHappens
	case strings.HasSuffix(refusal.Field, "rrule"):
		code = RuleUnsupported
	}
	r.refuse(props, code, refusal.Message)
}

func eventOf(d *draft, schedule calendar.Schedule) Event {
	e := Event{
		UID: d.uid, Schedule: schedule,
		Summary:     text(d.props, ical.PropSummary),
		Description: text(d.props, ical.PropDescription),
		Location:    text(d.props, ical.PropLocation),
		URL:         text(d.props, ical.PropURL),
		Status:      strings.ToUpper(text(d.props, ical.PropStatus)),
	}
	if at, err := time.Parse("20060102T150405Z", text(d.props, ical.PropLastModified)); err == nil {
		e.LastModified = at
	}
	return e
}

// note says in one line how an override differs in words.
func note(override, master ical.Props) string {
	var words []string
	for _, name := range []string{ical.PropSummary, ical.PropLocation} {
		if said := text(override, name); said != "" && said != text(master, name) {
			words = append(words, strings.Join(strings.FieldsFunc(said, func(r rune) bool {
				return unicode.IsControl(r) || unicode.IsSpace(r)
			}), " "))
		}
	}
	line := []rune(strings.Join(words, " · "))
	return string(line[:min(len(line), calendar.MaxNote)])
}

func isCancelled(props ical.Props) bool {
	return strings.EqualFold(text(props, ical.PropStatus), "CANCELLED")
}
