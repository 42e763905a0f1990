// Package icalendar reads calendars (RFC 5545) as venues really publish them
// into schedules that a listing can have.
//
// Lines, folding and parameters are left to github.com/emersion/go-ical. Of
// the two Go libraries it is the one that reads all of the real Google,
// Outlook and Teamup files, keeps a property's value as it was written, and
// takes names in either case. github.com/arran4/golang-ical unescapes while it
// reads, stops at backslashes in quoted parameters and knows names in capitals
// only. Neither is used for what the values mean: both stop at Windows' zone
// names, and cut a text at a comma that should have been escaped.
//
// Nothing is lost or invented: each event comes back as an Event or as a
// Refusal with a named reason. A file that is no calendar, or not a whole one,
// is an *Error and gives nothing at all, so that nobody mistakes it for a
// calendar whose events have gone.
//
// Where feeds leave a choice:
//
//   - A time without a zone is in the calendar's own (X-WR-TIMEZONE), else in
//     Europe/London.
//   - So is one in UTC: a single event keeps its instant; one that recurs
//     keeps its time by the clock on the wall, as people mean it, unless its
//     date there is another than in UTC, on which the rule's weekdays depend.
//   - An EXDATE is an occurrence that is cancelled.
//   - A RECURRENCE-ID is a change of that occurrence; another title or place
//     is its note. If the rule no longer gives that occurrence, it is an extra
//     one. DTSTART is an occurrence even if the rule does not give it.
//   - Seconds are dropped, and so is the length of a period in RDATE.
//
// It needs internal/calendar, because a schedule is what a calendar becomes.
package icalendar

import (
	"time"

	"kith/internal/calendar"
)

const (
	// MaxBytes bounds a file. The largest real feed seen has 0.2 MB.
	MaxBytes = 10 << 20
	// maxDepth bounds nesting; a VALARM in a VEVENT in a VCALENDAR is 3.
	maxDepth = 8
	// defaultZone is that of a calendar that does not name one.
	defaultZone = "Europe/London"
)

// Calendar is what a file holds.
type Calendar struct {
	Name    string // X-WR-CALNAME
	Zone    string // IANA name of X-WR-TIMEZONE, else Europe/London
	Events  []Event
	Refused []Refusal
}

// Event is one event with all its occurrences. Texts are unescaped and
// trimmed, and otherwise as the feed has them: Description may be HTML.
type Event struct {
	UID, Summary, Description, Location, URL string
	Status                                   string // TENTATIVE, CONFIRMED, CANCELLED or empty
	Schedule                                 calendar.Schedule
	LastModified                             time.Time // zero: the feed does not say
}

// Codes of refusals.
const (
	EventMalformed  = "event_malformed"  // its lines cannot be read
	UIDMissing      = "uid_missing"      // it has no name to be known by next time
	UIDRepeated     = "uid_repeated"     // another event has the same name
	StartMissing    = "start_missing"    // no DTSTART
	TimesInvalid    = "times_invalid"    // a time that cannot be read, or an end before its start
	ZoneUnknown     = "zone_unknown"     // a TZID that nobody knows
	RuleUnsupported = "rule_unsupported" // a rule that internal/calendar refuses, or more than one
	NeverHappens    = "never_happens"    // its rule ends before it starts: Google leaves such behind when it splits a series
	ScheduleInvalid = "schedule_invalid" // anything else that internal/calendar refuses
)

// Refusal is an event, or the change of one, that was not taken.
type Refusal struct {
	UID, Summary string
	Code         string // one of the above
	Message      string // a sentence for a person
}

// Codes of errors.
const (
	NotACalendar = "not_a_calendar" // a web page, an image, anything
	Truncated    = "truncated"      // empty, or it ends before it should
	Malformed    = "malformed"      // begins and ends do not match
	TooLarge     = "too_large"      // more than MaxBytes
)

// Error says why a file gave nothing.
type Error struct {
	Code    string // one of the above
	Message string // a sentence for a person
}

func (e *Error) Error() string { return e.Code + ": " + e.Message }

// Read reads the bytes of an .ics file. The error is an *Error. A calendar
// without events is no error.
func Read(raw []byte) (*Calendar, error) {
	blocks, failed := scan(raw)
	if failed != nil {
		return nil, failed
	}
	r := &reader{calendar: &Calendar{}, zones: map[string]string{}, masters: map[string]*draft{}}
	if failed := r.readHead(blocks.head, blocks.zones); failed != nil {
		return nil, failed
	}
	for _, lines := range blocks.events {
		r.readEvent(lines)
	}
	r.finish()
	return r.calendar, nil
}
