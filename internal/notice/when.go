package notice

import (
	"time"

	"kith/internal/calendar"
)

// Kind of a decision.
type Kind int

// A notice is told now, is decided anew at a time, waits for the digest of a time, or
// stays in the inbox and goes nowhere.
const (
	Never Kind = iota
	Now
	Later
	Digest
)

// Decision is when somebody is told, and by which ways beside their inbox.
type Decision struct {
	Kind       Kind
	At         time.Time // of Later and Digest
	Push, Mail bool
}

// When decides about one notice, as of now. gathered: it has waited for a digest, and
// this is its moment.
func When(c Choices, t Template, gathered bool, now time.Time) Decision {
	way := c.of(t.Category)
	d := Decision{Kind: Now, Push: way != InboxOnly || t.Asked, Mail: t.Mail || c.Email && way != InboxOnly}
	if !d.Push && !d.Mail {
		return Decision{}
	}
	if t.Urgent || t.Security || t.Asked {
		return d
	}
	zone := c.zone()
	if way == InDigest && !t.Mail && !gathered {
		d.Kind, d.At = Digest, c.digest(now, zone)
		return d
	}
	if until, quiet := c.quiet(now, zone); quiet {
		d.Kind, d.At = Later, until
	}
	return d
}

func (c Choices) zone() *time.Location {
	if zone, there := calendar.Zone(c.Zone); there {
		return zone
	}
	return time.UTC
}

// quiet says whether an instant lies in the quiet hours, and when these end.
//
// NB! They are instants between two readings of the wall's clock, not readings: in the
// night in which an hour comes twice, they end once.
func (c Choices) quiet(now time.Time, zone *time.Location) (until time.Time, is bool) {
	from, until1 := minutes(c.QuietFrom), minutes(c.QuietUntil)
	if from == until1 {
		return time.Time{}, false
	}
	today := midnight(now.In(zone))
	for _, day := range []int{-1, 0} {
		begins := at(today.AddDate(0, 0, day), from, zone)
		ends := at(today.AddDate(0, 0, day), until1, zone)
		if until1 < from {
			ends = at(today.AddDate(0, 0, day+1), until1, zone)
		}
		if !now.Before(begins) && now.Before(ends) {
			return ends, true
		}
	}
	return time.Time{}, false
}

// digest is the next time of the digest after now; one that falls into the quiet hours
// comes at their end.
func (c Choices) digest(now time.Time, zone *time.Location) time.Time {
	today, clock := midnight(now.In(zone)), minutes(c.DigestAt)
	for day := -1; ; day++ {
		moment := at(today.AddDate(0, 0, day), clock, zone)
		if until, quiet := c.quiet(moment, zone); quiet {
			moment = until
		}
		if moment.After(now) {
			return moment
		}
	}
}

// midnight is the day on the wall, as if it were UTC.
func midnight(wall time.Time) time.Time {
	return time.Date(wall.Year(), wall.Month(), wall.Day(), 0, 0, 0, 0, time.UTC)
}

// at is the instant at which a wall's clock shows so many minutes of a day. Where it
// skips them, it is the first instant after; where it shows them twice, the earlier.
func at(day time.Time, minutes int, zone *time.Location) time.Time {
	wall := day.Add(time.Duration(minutes) * time.Minute)
	t := calendar.Place(wall, zone)
	if y, m, d := t.Date(); y != wall.Year() || m != wall.Month() || d != wall.Day() || t.Hour()*60+t.Minute() != wall.Hour()*60+wall.Minute() {
		if change, _ := t.ZoneBounds(); !change.IsZero() {
			return change
		}
	}
	return t
}

func minutes(clock string) int {
	t, err := time.Parse("15:04", clock)
	if err != nil {
		return 0
	}
	return t.Hour()*60 + t.Minute()
}
