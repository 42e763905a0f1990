package openreferral_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"kith/internal/calendar"
)

func TestRead_TurnsSchedulesIntoRules(t *testing.T) {
	for name, c := range map[string]struct {
		schedule string
		want     calendar.Item
	}{
		"weekly": {
			`{"freq":"WEEKLY","byday":"TU,TH","dtstart":"2024-01-02","opens_at":"10:00","closes_at":"12:30:00"}`,
			calendar.Item{Start: "2024-01-02T10:00", Minutes: 150, RRule: "FREQ=WEEKLY;BYDAY=TU,TH"},
		},
		"fortnightly": {
			`{"freq":"WEEKLY","interval":2,"byday":"mo","dtstart":"2024-01-01","opens_at":"9.30","closes_at":"24:00"}`,
			calendar.Item{Start: "2024-01-01T09:30", Minutes: 870, RRule: "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO"},
		},
		"second Monday of the month": {
			`{"freq":"MONTHLY","byday":"2MO, -1FR","valid_from":"2024-01-01","valid_to":"2024-12-31","opens_at":"10:00Z"}`,
			calendar.Item{Start: "2024-01-01T10:00", RRule: "FREQ=MONTHLY;BYDAY=2MO,-1FR;UNTIL=20241231"},
		},
		"days of the month": {
			`{"freq":"MONTHLY","bymonthday":"1,-5","dtstart":"2024-01-01","opens_at":"22:00+01:00","closes_at":"02:00+01:00"}`,
			calendar.Item{Start: "2024-01-01T22:00", Minutes: 240, RRule: "FREQ=MONTHLY;BYMONTHDAY=1,-5"},
		},
		"a weekly one with a month's days": {
			`{"freq":"WEEKLY","byday":"FR","bymonthday":"2,3,4","dtstart":"2024-01-05","opens_at":"10:00"}`,
			calendar.Item{Start: "2024-01-05T10:00", RRule: "FREQ=WEEKLY;BYDAY=FR"},
		},
		"until, the earlier": {
			`{"freq":"WEEKLY","dtstart":"2024-01-05","until":"2024-06-01T00:00:00Z","valid_to":"2024-03-01","opens_at":"10:00"}`,
			calendar.Item{Start: "2024-01-05T10:00", RRule: "FREQ=WEEKLY;UNTIL=20240301"},
		},
		"a number of times": {
			`{"freq":"WEEKLY","dtstart":"2024-01-05","count":6,"opens_at":"10:00"}`,
			calendar.Item{Start: "2024-01-05T10:00", RRule: "FREQ=WEEKLY;COUNT=6"},
		},
		"valid later than its start": {
			`{"freq":"WEEKLY","byday":"FR","dtstart":"2024-01-05","valid_from":"2024-02-01","opens_at":"10:00"}`,
			calendar.Item{Start: "2024-02-01T10:00", RRule: "FREQ=WEEKLY;BYDAY=FR"},
		},
		"weekly without a date": {
			`{"freq":"WEEKLY","byday":"FR","opens_at":"10:00"}`,
			calendar.Item{Start: "2020-01-01T10:00", RRule: "FREQ=WEEKLY;BYDAY=FR"},
		},
		"weekdays without a frequency": {
			`{"byday":"FR","dtstart":"2024-01-05","opens_at":"10:00"}`,
			calendar.Item{Start: "2024-01-05T10:00", RRule: "FREQ=WEEKLY;BYDAY=FR"},
		},
		"once": {
			`{"dtstart":"2024-01-05","opens_at":"10:00","closes_at":"11:00"}`,
			calendar.Item{Start: "2024-01-05T10:00", Minutes: 60},
		},
	} {
		l, feed := one(t, `{"id":"a","name":"N","status":"active","schedules":[`+c.schedule+`]}`)
		c.want.Zone = "Europe/London"
		got, _ := json.Marshal(l.Schedule)
		want, _ := json.Marshal(calendar.Schedule{c.want})
		if string(got) != string(want) || len(feed.Warnings) != 0 {
			t.Errorf("%s\n got %s %v\nwant %s", name, got, feed.Warnings, want)
		}
	}
}

func TestRead_KeepsAnUnclearScheduleInWords(t *testing.T) {
	for name, schedule := range map[string]string{
		"no time":                          `{"freq":"WEEKLY","byday":"FR","dtstart":"2024-01-05"}`,
		"a fortnight without a date":       `{"freq":"WEEKLY","interval":2,"byday":"FR","opens_at":"10:00"}`,
		"every week on an unknown day":     `{"freq":"WEEKLY","opens_at":"10:00"}`,
		"a frequency outside the profile":  `{"freq":"DAILY","dtstart":"2024-01-05","opens_at":"10:00"}`,
		"a time in another part of Earth":  `{"freq":"WEEKLY","byday":"FR","dtstart":"2024-01-05","opens_at":"10:00-05:00"}`,
		"25 o'clock":                       `{"freq":"WEEKLY","byday":"FR","dtstart":"2024-01-05","opens_at":"25:00"}`,
		"a date that isn't one":            `{"freq":"WEEKLY","byday":"FR","dtstart":"2024-02-31","opens_at":"10:00"}`,
		"over before it began":             `{"freq":"WEEKLY","byday":"FR","dtstart":"2024-01-05","valid_to":"2023-01-01","opens_at":"10:00"}`,
		"an nth weekday in a week":         `{"freq":"WEEKLY","byday":"2FR","dtstart":"2024-01-05","opens_at":"10:00"}`,
		"both weekdays and days of months": `{"freq":"MONTHLY","byday":"FR","bymonthday":"13","dtstart":"2024-01-05","opens_at":"10:00"}`,
		"injected rule parts":              `{"freq":"WEEKLY;COUNT=1","byday":"FR","dtstart":"2024-01-05","opens_at":"10:00"}`,
	} {
		l, feed := one(t, `{"id":"a","name":"N","status":"active","schedules":[`+schedule+`]}`)
		if l.Schedule != nil || !strings.HasPrefix(l.Description, "When: ") || !slices.Equal(codes(feed), []string{"schedule_unclear"}) {
			t.Errorf("%s: %+v %q %v", name, l.Schedule, l.Description, feed.Warnings)
		}
	}
}
