package notice

import (
	"math/rand/v2"
	"testing"
	"time"
)

func utc(t *testing.T, at string) time.Time {
	t.Helper()
	parsed, err := time.Parse(time.RFC3339, at)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

func template(t *testing.T, name string) Template {
	t.Helper()
	tpl, there := Find(name)
	if !there {
		t.Fatal(name)
	}
	return tpl
}

// Ensure that quiet hours are those of the clock on the wall, whatever it does in that
// night: one hour comes twice, or never.
func TestWhen_QuietHoursEndByTheWallsClockAlsoWhenItChanges(t *testing.T) {
	for _, c := range []struct{ name, zone, from, until, now, ends string }{
		{"a winter's night in London", "Europe/London", "21:00", "08:00", "2026-01-14T23:00:00Z", "2026-01-15T08:00:00Z"},
		{"after midnight", "Europe/London", "21:00", "08:00", "2026-01-15T03:00:00Z", "2026-01-15T08:00:00Z"},
		{"the first minute", "Europe/London", "21:00", "08:00", "2026-01-14T21:00:00Z", "2026-01-15T08:00:00Z"},
		{"clocks go forward: an hour less of quiet", "Europe/London", "21:00", "08:00", "2026-03-28T21:00:00Z", "2026-03-29T07:00:00Z"},
		{"clocks go back: an hour more of it", "Europe/London", "21:00", "08:00", "2026-10-24T20:00:00Z", "2026-10-25T08:00:00Z"},
		{"it ends in the hour that is skipped: at its end", "Europe/London", "21:00", "01:30", "2026-03-28T23:00:00Z", "2026-03-29T01:00:00Z"},
		{"it ends in the hour that comes twice: the first time", "Europe/London", "21:00", "01:30", "2026-10-24T23:00:00Z", "2026-10-25T00:30:00Z"},
		{"it begins in the hour that is skipped: at its end", "Europe/London", "01:15", "06:00", "2026-03-29T01:00:00Z", "2026-03-29T05:00:00Z"},
		{"in New York at its own night", "America/New_York", "21:00", "08:00", "2026-01-15T04:00:00Z", "2026-01-15T13:00:00Z"},
		{"half an hour is a clock change, too", "Australia/Lord_Howe", "21:00", "08:00", "2026-04-04T12:00:00Z", "2026-04-04T21:30:00Z"},
		{"a nap", "Europe/London", "13:00", "15:00", "2026-01-15T14:59:59Z", "2026-01-15T15:00:00Z"},
	} {
		choices := Choices{Zone: c.zone, QuietFrom: c.from, QuietUntil: c.until}.Whole("UTC")
		d := When(choices, template(t, "listing.changed"), false, utc(t, c.now))
		if d.Kind != Later || !d.At.Equal(utc(t, c.ends)) {
			t.Errorf("%s: %v at %s, not %s", c.name, d.Kind, d.At.UTC().Format(time.RFC3339), c.ends)
		}
	}
}

// Ensure that outside of the quiet hours somebody is told now; in the night in which an
// hour comes twice they end once.
func TestWhen_OutsideOfTheQuietHoursItIsNow(t *testing.T) {
	for name, c := range map[string]struct{ zone, from, until, now string }{
		"the last minute before":                          {"Europe/London", "21:00", "08:00", "2026-01-15T20:59:59Z"},
		"the moment they end":                             {"Europe/London", "21:00", "08:00", "2026-01-15T08:00:00Z"},
		"evening in London, though it is night elsewhere": {"Europe/London", "21:00", "08:00", "2026-01-15T20:00:00Z"},
		"the wall shows 01:15 for the second time":        {"Europe/London", "21:00", "01:30", "2026-10-25T01:15:00Z"},
		"before they begin, which is in the skipped hour": {"Europe/London", "01:15", "06:00", "2026-03-29T00:59:59Z"},
		"none are quiet":                                  {"Europe/London", "21:00", "21:00", "2026-01-15T03:00:00Z"},
	} {
		choices := Choices{Zone: c.zone, QuietFrom: c.from, QuietUntil: c.until}.Whole("UTC")
		if d := When(choices, template(t, "listing.changed"), false, utc(t, c.now)); d.Kind != Now || !d.Push {
			t.Errorf("%s: %+v", name, d)
		}
	}
}

// Ensure that two people are told of one thing each by the clock on their own wall, and
// that nobody who chose no zone is told by another than the community's.
func TestWhen_EachIsToldInTheirOwnZone(t *testing.T) {
	now := utc(t, "2026-07-01T06:30:00Z") // half past seven in London, half past eight in Paris
	tpl := template(t, "listing.changed")
	if d := When(Choices{}.Whole("Europe/London"), tpl, false, now); d.Kind != Later || !d.At.Equal(utc(t, "2026-07-01T07:00:00Z")) {
		t.Errorf("London: %+v", d)
	}
	if d := When(Choices{Zone: "Europe/Paris"}.Whole("Europe/London"), tpl, false, now); d.Kind != Now {
		t.Errorf("Paris: %+v", d)
	}
	if d := When(Choices{Zone: "Mars/Olympus"}.Whole("Europe/London"), tpl, false, now); d.Kind != Later {
		t.Errorf("a zone that there isn't is UTC: %+v", d)
	}
}

// Ensure that the two exceptions, and what somebody has just asked for, don't wait for
// the morning, and that nothing else is one.
func TestWhen_OnlyDangerAndOnesAccountBreakTheQuiet(t *testing.T) {
	night := utc(t, "2026-01-15T03:00:00Z")
	now := map[string]bool{
		"concern.urgent": true, "concern.waits": true, "concern.phone": true, "concern.yoursUrgent": true, "turn.noAnswer": true,
		"device.new": true, "recovery.used": true, "email.changed": true, "trial": true,
	}
	for _, name := range Names() {
		d := When(Choices{}.Whole("Europe/London"), template(t, name), false, night)
		if (d.Kind == Now) != now[name] {
			t.Errorf("%s at night: %+v", name, d)
		}
	}
}

// Ensure that what goes in a digest waits for its time on the wall, goes then, and is not
// put off by itself for another day; and that a digest in the quiet hours comes after.
func TestWhen_ADigestComesOnceADay(t *testing.T) {
	tpl := template(t, "stamp.counted")
	c := Choices{}.Whole("Europe/London")
	for name, at := range map[string][2]string{
		"the same day":               {"2026-01-15T12:00:00Z", "2026-01-15T17:00:00Z"},
		"the next":                   {"2026-01-15T17:00:00Z", "2026-01-16T17:00:00Z"},
		"in summer":                  {"2026-07-01T12:00:00Z", "2026-07-01T16:00:00Z"},
		"over the change of a clock": {"2026-03-28T17:00:00Z", "2026-03-29T16:00:00Z"},
	} {
		if d := When(c, tpl, false, utc(t, at[0])); d.Kind != Digest || !d.At.Equal(utc(t, at[1])) {
			t.Errorf("%s: %+v", name, d)
		}
	}
	if d := When(c, tpl, true, utc(t, "2026-01-15T17:00:00Z")); d.Kind != Now {
		t.Errorf("its moment: %+v", d)
	}
	if d := When(c, tpl, true, utc(t, "2026-01-15T22:00:00Z")); d.Kind != Later || !d.At.Equal(utc(t, "2026-01-16T08:00:00Z")) {
		t.Errorf("the server was away at its moment: %+v", d)
	}
	c.DigestAt = "23:00"
	if d := When(c, tpl, false, utc(t, "2026-01-15T12:00:00Z")); d.Kind != Digest || !d.At.Equal(utc(t, "2026-01-16T08:00:00Z")) {
		t.Errorf("in the quiet hours: %+v", d)
	}
}

// Ensure that choices are kept to: only in the inbox is only there, but for e-mails that
// must go; an e-mail beside comes for those who want one.
func TestWhen_ChoicesSayWhichWays(t *testing.T) {
	day := utc(t, "2026-01-15T12:00:00Z")
	inbox := Choices{Notice: InboxOnly, Task: InboxOnly, Account: InboxOnly, Email: true}.Whole("Europe/London")
	if d := When(inbox, template(t, "visit.new"), false, day); d.Kind != Never {
		t.Errorf("%+v", d)
	}
	if d := When(inbox, template(t, "report.new"), false, day); d.Kind != Now || d.Push || !d.Mail {
		t.Errorf("%+v", d)
	}
	if d := When(inbox, template(t, "trial"), false, day); !d.Push {
		t.Errorf("%+v", d)
	}
	c := Choices{Email: true}.Whole("Europe/London")
	if d := When(c, template(t, "visit.new"), false, day); !d.Push || !d.Mail {
		t.Errorf("%+v", d)
	}
	c.Email = false
	if d := When(c, template(t, "visit.new"), false, day); !d.Push || d.Mail {
		t.Errorf("%+v", d)
	}
}

// Ensure, for any zone, hours and moment, that what waits comes within a day and an hour,
// in the future, and at a moment at which it is told.
func TestWhen_WhateverWaitsComes(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	clock := func() string {
		return time.Date(2026, 1, 1, rng.IntN(24), rng.IntN(60), 0, 0, time.UTC).Format("15:04")
	}
	zones := []string{"Europe/London", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Africa/Casablanca", "Asia/Kathmandu", "America/St_Johns", "UTC"}
	for range 20_000 {
		c := Choices{Zone: zones[rng.IntN(len(zones))], QuietFrom: clock(), QuietUntil: clock(), DigestAt: clock(), Notice: []string{AtOnce, InDigest}[rng.IntN(2)]}.Whole("UTC")
		now := utc(t, "2026-01-01T00:00:00Z").Add(time.Duration(rng.Int64N(int64(365 * 24 * time.Hour))))
		tpl := template(t, "visit.new")
		d := When(c, tpl, false, now)
		if d.Kind == Now {
			continue
		}
		if !d.At.After(now) || d.At.Sub(now) > 49*time.Hour {
			t.Fatalf("%+v at %s waits until %s", c, now, d.At)
		}
		if then := When(c, tpl, d.Kind == Digest || c.Notice == InDigest, d.At); then.Kind != Now {
			t.Fatalf("%+v waited from %s until %s, and then %+v", c, now, d.At, then)
		}
	}
}
