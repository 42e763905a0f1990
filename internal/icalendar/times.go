package icalendar

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/emersion/go-ical"

	"kith/internal/calendar"
)

// moment is a date or a date-time of a feed.
type moment struct {
	wall    time.Time // wall-clock time in zone, as if UTC, without seconds
	zone    string    // IANA name
	instant time.Time // with seconds
	date    bool      // no time of day
	utc     bool      // was written with a Z
}

var (
	errZone  = errors.New("zone")
	errTimes = errors.New("times")
)

// moments reads every value of a property: RDATE and EXDATE may have many.
// Of a period it reads the start. The error is errZone or errTimes.
func (r *reader) moments(prop *ical.Prop) ([]moment, error) {
	var all []moment
	for value := range strings.SplitSeq(prop.Value, ",") {
		value, _, _ = strings.Cut(strings.TrimSpace(value), "/")
		one, err := r.moment(value, prop.Params.Get(ical.PropTimezoneID))
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}

func (r *reader) moment(value, tzid string) (moment, error) {
	m := moment{zone: r.calendar.Zone}
	layout := "20060102T150405"
	switch {
	case len(value) == len("20060102"):
		layout, m.date, tzid = "20060102", true, ""
	case strings.HasSuffix(value, "Z"):
		layout, m.utc, tzid = "20060102T150405Z", true, ""
	}
	read, err := time.Parse(layout, value)
	if err != nil {
		return moment{}, fmt.Errorf("%w: %w", errTimes, err)
	}
	if tzid != "" {
		known := false
		if m.zone, known = zoneOf(tzid, r.zones); !known {
			return moment{}, errZone
		}
	}
	if m.utc {
		m.instant = read
		return m.in(m.zone), nil
	}
	zone, _ := calendar.Zone(m.zone)
	m.wall, m.instant = read.Truncate(time.Minute), calendar.Place(read, zone)
	return m, nil
}

// in gives the same instant by the clocks of another zone; a date stays.
func (m moment) in(name string) moment {
	if m.date || m.zone == name && !m.wall.IsZero() {
		m.zone = name
		return m
	}
	zone, _ := calendar.Zone(name)
	at := m.instant.In(zone)
	m.zone = name
	m.wall = time.Date(at.Year(), at.Month(), at.Day(), at.Hour(), at.Minute(), 0, 0, time.UTC)
	return m
}

func (m moment) key() string { return m.wall.Format(calendar.Local) }

var durations = regexp.MustCompile(`^\+?P(?:(\d{1,4})W)?(?:(\d{1,4})D)?(?:T(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:(\d{1,8})S)?)?$`)

// minutesOf reads a DURATION. A day of it has 1440 minutes.
func minutesOf(value string) (int, error) {
	parts := durations.FindStringSubmatch(strings.ToUpper(strings.TrimSpace(value)))
	if parts == nil || len(value) < len("P1D") {
		return 0, errTimes
	}
	total := 0
	for i, seconds := range []int{7 * 86400, 86400, 3600, 60, 1} {
		n, _ := strconv.Atoi(parts[i+1]) // digits or nothing
		total += n * seconds
	}
	return total / 60, nil
}

// length gives the minutes of a component: of DTEND, else of DURATION, else a
// day for a date and none for a time.
func (r *reader) length(props ical.Props, start moment) (int, error) {
	if end := props.Get(ical.PropDateTimeEnd); end != nil {
		ends, err := r.moments(end)
		if err != nil {
			return 0, err
		}
		return minutesBetween(start, ends[0])
	}
	if duration := props.Get(ical.PropDuration); duration != nil {
		minutes, err := minutesOf(duration.Value)
		if start.date && minutes%1440 != 0 {
			return 0, errTimes
		}
		return orOneDay(start, minutes), err
	}
	return orOneDay(start, 0), nil
}

func minutesBetween(start, end moment) (int, error) {
	if start.date != end.date {
		return 0, errTimes
	}
	if start.date {
		end.instant, start.instant = end.wall, start.wall // whole days, whatever the clocks do
	}
	elapsed := end.instant.Truncate(time.Minute).Sub(start.instant.Truncate(time.Minute))
	if elapsed < 0 {
		return 0, errTimes
	}
	return orOneDay(start, int(elapsed/time.Minute)), nil
}

// orOneDay mends a date that ends on the day it starts: it means that day.
func orOneDay(start moment, minutes int) int {
	if start.date && minutes == 0 {
		return 1440
	}
	return minutes
}
