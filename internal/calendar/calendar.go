// Package calendar works out when a listing takes place: from the schedule
// that is stored with it (docs/protocol.md, section 7) to occurrences in time.
//
// The phone does the same in app/src/calendar. Both are held to
// testdata/occurrences.json, which is worked out by a third party (Python's
// dateutil and zoneinfo), so neither can drift.
//
// The rules, where RFC 5545 or the protocol leave a choice:
//
//   - Rules run on wall-clock time; the result is then put into the zone. A
//     local time that a clock change skips is moved forward by the gap; one
//     that comes twice is the first.
//   - The start is an occurrence only if the rule gives it.
//   - Minutes are elapsed time. All-day occurrences start at a local midnight
//     and end at one: their minutes are whole days of 1440, counted on the
//     calendar, so that a day with a clock change is still one day.
//   - An UNTIL that is a date includes that day.
//   - On a bank holiday named in closedOn the occurrence is there, cancelled,
//     with the holiday's name as its note: a person who looks for Thursday
//     should read why there is none. Dates in extra, and occurrences that a
//     change names, were set by a person for that day, and are held.
//   - A change whose occurrence does not exist does nothing.
package calendar

import (
	"encoding/json"
	"time"
)

// Bounds of a schedule. What lies outside is refused by Parse. They are wide
// for a community's diary and narrow enough that no schedule, however it was
// made, costs more than some milliseconds to expand.
const (
	MaxBytes    = 64 << 10   // JSON of a whole schedule: what the protocol allows for a command's arguments
	MaxItems    = 20         // one listing with this many rhythms is really several
	MaxChanges  = 400        // of one item: a weekly group's exceptions over eight years
	MaxExtra    = 400        // of one item, likewise
	MaxClosedOn = 20         // there are eleven names
	MaxNote     = 200        // characters
	MaxRule     = 200        // bytes of an RRULE
	MaxInterval = 999        // every 999 days, weeks, months or years
	MaxCount    = 5000       // a daily rule of thirteen years
	MaxMinutes  = 366 * 1440 // an exhibition of a year
	MinYear     = 1970       // of every local time: before it, zones have offsets with seconds
	MaxYear     = 2099
)

// Local is the layout of wall-clock times on the wire. They have no offset.
const Local = "2006-01-02T15:04"

// Change says what differs about one occurrence of an item.
type Change struct {
	// From names the occurrence by its original local start.
	From string `json:"from"`
	// Start is where it moved, local; empty: it did not.
	Start string `json:"start,omitempty"`
	// Minutes is its new length; 0: as the item's.
	Minutes   int    `json:"minutes,omitempty"`
	Cancelled bool   `json:"cancelled,omitempty"`
	Note      string `json:"note,omitempty"`
}

// Item is one rhythm of a listing.
type Item struct {
	Start    string   `json:"start"`              // local, as all times here
	Minutes  int      `json:"minutes"`            // 0: no known end
	Zone     string   `json:"zone"`               // IANA name
	RRule    string   `json:"rrule,omitempty"`    // RFC 5545 without DTSTART; empty: once
	AllDay   bool     `json:"allDay,omitempty"`   // then Minutes are whole days
	ClosedOn []string `json:"closedOn,omitempty"` // names in bankholidays.json, or "*"
	Changes  []Change `json:"changes,omitempty"`
	Extra    []string `json:"extra,omitempty"` // further local starts
}

// Schedule is all that says when a listing takes place. Marshalling one that
// came from Parse gives the canonical JSON to store.
type Schedule []Item

// MarshalJSON writes an empty schedule as [], never as null.
func (s Schedule) MarshalJSON() ([]byte, error) {
	if s == nil {
		return []byte("[]"), nil
	}
	return json.Marshal([]Item(s))
}

// Occurrence is one time that a listing takes place, or would have.
type Occurrence struct {
	// Key is the original local start, and stays when the occurrence moves.
	Key string
	// Start and End are in the item's zone. They are equal if no end is known.
	Start, End time.Time
	AllDay     bool
	Cancelled  bool
	Note       string
}

// Error says why a schedule was refused.
type Error struct {
	Field   string // as in "schedule[0].changes[2].from"
	Message string // a sentence for a person
}

func (e *Error) Error() string { return e.Field + ": " + e.Message }
