package notice

import (
	"testing"
	"time"

	"kith/internal/calendar"
)

// Ensure that in zones of every sort, over the days on which their clocks change, an
// instant is quiet exactly if the wall shows a quiet time, but in the hour that comes
// twice; that what waits ends at an instant that isn't quiet; and that a digest comes
// once a day.
func TestWhen_InZonesOfEverySort(t *testing.T) {
	for _, zone := range []string{"Europe/London", "Australia/Lord_Howe", "Asia/Kathmandu", "America/St_Johns", "America/Santiago", "Pacific/Chatham", "Antarctica/Troll"} {
		for _, hours := range [][2]string{{"21:00", "08:00"}, {"00:00", "01:30"}, {"01:45", "02:15"}, {"23:59", "00:00"}, {"08:00", "07:59"}} {
			c := Choices{Zone: zone, QuietFrom: hours[0], QuietUntil: hours[1], DigestAt: "02:10"}.Whole("UTC")
			place, _ := calendar.Zone(zone)
			for _, from := range []time.Time{time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC), time.Date(2026, 9, 3, 0, 0, 0, 0, time.UTC)} {
				days(t, c, place, from)
			}
		}
	}
}

func days(t *testing.T, c Choices, place *time.Location, from time.Time) {
	t.Helper()
	begins, ends := minutes(c.QuietFrom), minutes(c.QuietUntil)
	wrong, digests, last := 0, 0, time.Time{}
	const span = 40
	for now := from; now.Before(from.AddDate(0, 0, span)); now = now.Add(15 * time.Minute) {
		wall := now.In(place).Hour()*60 + now.In(place).Minute()
		shown := begins <= wall && wall < ends
		if ends < begins {
			shown = wall >= begins || wall < ends
		}
		until, is := c.quiet(now, place)
		if is != shown {
			wrong++
		}
		if _, still := c.quiet(until, place); is && (still || !until.After(now) || until.Sub(now) > 27*time.Hour) {
			t.Fatalf("%s %s to %s: at %s until %s", place, c.QuietFrom, c.QuietUntil, now, until)
		}
		at := c.digest(now, place)
		if !at.After(now) || at.Sub(now) > 51*time.Hour {
			t.Fatalf("%s: at %s the digest is of %s", place, now, at)
		}
		if !at.Equal(last) {
			digests, last = digests+1, at
		}
	}
	if wrong > 8 {
		t.Errorf("%s %s to %s: %d quarters of an hour aren't what the wall shows", place, c.QuietFrom, c.QuietUntil, wrong)
	}
	if digests < span-1 || digests > span+2 {
		t.Errorf("%s %s to %s: %d digests in %d days", place, c.QuietFrom, c.QuietUntil, digests, span)
	}
}
