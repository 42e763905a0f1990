package notice

import (
	"time"

	"kith/internal/calendar"
	"kith/internal/strict"
	"kith/internal/sync"
)

// How somebody wants to be told of a category.
const (
	AtOnce    = "now"
	InDigest  = "digest"
	InboxOnly = "inbox"
)

// Choices are how somebody wants to be told. The times are of the clock on their wall.
// Read beside other columns, each is called c_ and its name.
type Choices struct {
	Zone       string `db:"c_zone"`
	QuietFrom  string `db:"c_quietFrom"`
	QuietUntil string `db:"c_quietUntil"` // as QuietFrom: no hours are quiet
	DigestAt   string `db:"c_digestAt"`
	Loyalty    string `db:"c_loyalty"`
	Notice     string `db:"c_notice"`
	Task       string `db:"c_task"`
	Account    string `db:"c_account"`
	Email      bool   `db:"c_email"`
}

// Whole puts the defaults where nothing was chosen; zone is the community's.
func (c Choices) Whole(zone string) Choices {
	for _, d := range []struct {
		to *string
		is string
	}{
		{&c.Zone, zone}, {&c.QuietFrom, "21:00"}, {&c.QuietUntil, "08:00"}, {&c.DigestAt, "17:00"},
		{&c.Loyalty, InDigest}, {&c.Notice, AtOnce}, {&c.Task, AtOnce}, {&c.Account, AtOnce},
	} {
		if *d.to == "" {
			*d.to = d.is
		}
	}
	return c
}

// of is what was chosen for a category.
func (c Choices) of(category string) string {
	switch category {
	case Loyalty:
		return c.Loyalty
	case Notice:
		return c.Notice
	case Task:
		return c.Task
	}
	return c.Account
}

// Change is what somebody sets; what is nil stays.
type Change struct {
	Zone       *string `json:"zone"`
	QuietFrom  *string `json:"quietFrom"`
	QuietUntil *string `json:"quietUntil"`
	DigestAt   *string `json:"digestAt"`
	Loyalty    *string `json:"loyalty"`
	Notice     *string `json:"notice"`
	Task       *string `json:"task"`
	Account    *string `json:"account"`
	Email      *bool   `json:"email"`
}

// ReadChange reads a change, and refuses one of what nobody can choose: what is answered
// with ok is stored.
func ReadChange(raw []byte) (ch Change, err error) {
	if len(raw) > 0 && strict.Exactly(raw, &ch) != nil {
		return Change{}, sync.ErrShape
	}
	return ch, nil
}

func invalid(message string) error { return sync.Reject("choices_invalid", message) }

// Set makes a change, or says what of it can't be.
func (c *Choices) Set(ch Change) error {
	for _, f := range []struct {
		from  *string
		to    *string
		check func(string) error
	}{
		{ch.Zone, &c.Zone, aZone}, {ch.QuietFrom, &c.QuietFrom, aTime}, {ch.QuietUntil, &c.QuietUntil, aTime}, {ch.DigestAt, &c.DigestAt, aTime},
		{ch.Loyalty, &c.Loyalty, aWay}, {ch.Notice, &c.Notice, aWay}, {ch.Task, &c.Task, aWayAtOnce}, {ch.Account, &c.Account, aWayAtOnce},
	} {
		if f.from == nil {
			continue
		}
		if err := f.check(*f.from); err != nil {
			return err
		}
		*f.to = *f.from
	}
	if ch.Email != nil {
		c.Email = *ch.Email
	}
	return nil
}

func aZone(name string) error {
	if _, there := calendar.Zone(name); name != "" && !there { // none: the community's
		return invalid("Kith does not know this time zone. Choose another.")
	}
	return nil
}

func aTime(clock string) error {
	if _, err := time.Parse("15:04", clock); err != nil || len(clock) != len("15:04") {
		return invalid("A time looks like 21:00.")
	}
	return nil
}

func aWay(way string) error {
	if way != AtOnce && way != InDigest && way != InboxOnly {
		return invalid("You can be told at once, once a day, or only in the app.")
	}
	return nil
}

func aWayAtOnce(way string) error {
	if way != AtOnce && way != InboxOnly {
		return invalid("You can be told of this at once, or only in the app.")
	}
	return nil
}
