package calendar

import (
	"regexp"
	"sync"
	"time"
	_ "time/tzdata" // a static binary on a bare machine knows its zones
)

// zoneName keeps out names that Go reads from the disk but phones do not know
// ("posix/Europe/London", "localtime"), and any path.
var zoneName = regexp.MustCompile(`^([A-Z][A-Za-z_]+(/[A-Z][A-Za-z0-9_+-]+){1,2}|UTC)$`)

// zones keeps what LoadLocation read; it reads the disk each time. There are
// about 600 names, so it cannot grow without end.
var zones sync.Map // string -> *time.Location

// Zone gives the zone of an IANA name ("Europe/London") or "UTC".
// It returns false for every other name, Windows' own included.
func Zone(name string) (*time.Location, bool) {
	if known, ok := zones.Load(name); ok {
		return known.(*time.Location), true
	}
	if !zoneName.MatchString(name) {
		return nil, false
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil, false
	}
	zones.Store(name, zone)
	return zone, true
}

const day = 24 * time.Hour

// Place puts a wall-clock time into a zone; wall is that time as if it were
// UTC. Where the clock skips it, the time before the change counts, which
// moves it forward by the gap; where it comes twice, it is the first.
//
// time.Date leaves the choice in a gap open, and the phone has no time.Date:
// both look at the offsets a day before and a day after instead.
func Place(wall time.Time, zone *time.Location) time.Time {
	before := wall.Add(-offset(wall.Add(-day), zone))
	after := wall.Add(-offset(wall.Add(day), zone))
	if !wallOf(before, zone).Equal(wall) && wallOf(after, zone).Equal(wall) {
		return after.In(zone)
	}
	return before.In(zone)
}

// wallOf is the wall-clock time of an instant, as if it were UTC.
func wallOf(instant time.Time, zone *time.Location) time.Time {
	return instant.UTC().Add(offset(instant, zone))
}

func offset(instant time.Time, zone *time.Location) time.Duration {
	_, seconds := instant.In(zone).Zone()
	return time.Duration(seconds) * time.Second
}
