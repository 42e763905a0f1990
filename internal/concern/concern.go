// Package concern is what a worry about somebody is made of, without a server:
// how it is sealed on a phone and opened here, which keys do that, what may be in
// it by what the person said who it is about, and by which blind name it is found
// again.
//
// A concern is sealed twice over. Its envelope is what is stored: a random data
// key, sealed to the community's intake key and to a recovery key that lies
// offline, and the words under that data key. A letter carries the envelope here
// by whoever has a signal, and is sealed to the server's transport key.
//
// NB! Nothing in here may be logged, and no error may hold what was sealed.
package concern

import (
	"regexp"
	"strings"
	"time"
)

// Kinds of envelope.
const (
	KindConcern = "concern" // of a concern, by who noticed something
	KindNote    = "note"    // what a responder did; Area is then the concern's id
	KindGlass   = "glass"   // why a responder opened one that wasn't theirs; Area as of a note
	KindSurgery = "surgery" // what somebody tells the surgery
)

// Urgencies of a concern.
const (
	Normal = "normal"
	Urgent = "urgent"
)

// Info binds what is sealed to its use.
const Info = "kith concern 1"

// Facts are what stands in the clear beside an envelope. They are bound to it:
// with another of them it doesn't open.
type Facts struct {
	Kind    string
	ID      string
	Urgency string // Normal or Urgent; empty but for a concern
	Area    string // of the community; of a note or glass: its concern's id
	Hour    string // UTC, 2026-11-25T15: when it was written
}

// bound is the associated data, by the name of the intake key.
func (f Facts) bound(name string) []byte {
	return []byte(strings.Join([]string{Info, f.Kind, f.ID, f.Urgency, f.Area, f.Hour, name}, "\n"))
}

var (
	idShape   = regexp.MustCompile(`^[a-z0-9]{15}$`)
	hourShape = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}T\d{2}$`)
)

const hourLayout = "2006-01-02T15"

// HourOf is an hour as facts say it.
func HourOf(t time.Time) string { return t.UTC().Format(hourLayout) }

// Valid says whether the facts are such as a phone makes.
func (f Facts) Valid() bool {
	_, err := time.Parse(hourLayout, f.Hour)
	if err != nil || !hourShape.MatchString(f.Hour) || !idShape.MatchString(f.ID) {
		return false
	}
	switch f.Kind {
	case KindConcern:
		// NB! Not held to how it would be stored: it is the community's, as somebody typed it,
		// and nobody's concern may be lost to a space too many. Lines part what is bound.
		return (f.Urgency == Normal || f.Urgency == Urgent) && line(f.Area, maxArea) && !strings.ContainsAny(f.Area, "\r\n")
	case KindNote, KindGlass:
		return f.Urgency == "" && idShape.MatchString(f.Area)
	case KindSurgery:
		return f.Urgency == "" && f.Area == ""
	}
	return false
}
