package seed

import (
	"testing"
	"time"

	"kith/internal/calendar"
)

func london(t *testing.T, at string) time.Time {
	t.Helper()
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := time.ParseInLocation(calendar.Local, at, zone)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

// diary works out every listing's schedule for a town filled at now.
func diary(t *testing.T, now time.Time) map[string]calendar.Schedule {
	t.Helper()
	all := map[string]calendar.Schedule{}
	for _, l := range load(t).listings {
		when, err := schedule(l.Schedule, now)
		if err != nil {
			t.Fatalf("%s: %v", l.Slug, err)
		}
		if l.Status == "active" && l.Kind != "notice" {
			all[l.Slug] = when
		}
	}
	return all
}

// held counts the occurrences that begin on the day of from and go ahead, by
// part of the day.
func held(all map[string]calendar.Schedule, from time.Time) (morning, afternoon, evening int) {
	for _, when := range all {
		for _, o := range when.Occurrences(from, from.AddDate(0, 0, 1), 10) {
			switch hour := o.Start.Hour(); {
			case o.Cancelled || o.Start.Before(from):
			case hour < 12:
				morning++
			case hour < 17:
				afternoon++
			default:
				evening++
			}
		}
	}
	return morning, afternoon, evening
}

var seedings = []string{
	"2025-12-20T09:00", // Christmas, on a Thursday
	"2026-03-22T23:30", // the clocks go forward
	"2026-03-30T08:00", // Easter
	"2026-08-20T12:00", // school holidays, bank holiday
	"2026-10-19T00:00", // the clocks go back
	"2026-11-22T08:38",
	"2026-12-18T18:00", // Christmas, on a Friday; Boxing Day has a substitute
	"2027-12-20T07:00", // Christmas, on a Saturday
	"2028-11-23T10:00", // a long time after the starts that are written down
}

func TestTown_SomethingIsOnWheneverAVisitorComes(t *testing.T) {
	for _, seeding := range seedings {
		now := london(t, seeding)
		all := diary(t, now)
		day := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
		for i := range 14 {
			from := day.AddDate(0, 0, i)
			morning, afternoon, evening := held(all, from)
			if morning+afternoon+evening < 10 {
				t.Errorf("filled at %s: only %d on %s", seeding, morning+afternoon+evening, from.Format(dateLayout))
			}
		}
	}
}

func TestTown_EveryWeekdayHasItsMorningAfternoonAndEvening(t *testing.T) {
	now := london(t, "2026-11-22T08:38")
	all := diary(t, now)
	for i := 1; i <= 7; i++ {
		from := london(t, "2026-11-22T00:00").AddDate(0, 0, i)
		morning, afternoon, evening := held(all, from)
		if morning+afternoon+evening < 12 || morning < 3 || afternoon < 3 || evening < 3 {
			t.Errorf("%s: %d in the morning, %d in the afternoon, %d in the evening", from.Weekday(), morning, afternoon, evening)
		}
		t.Logf("%s: %d, %d, %d", from.Weekday(), morning, afternoon, evening)
	}
}

func TestSchedule_CountsFromTheSeedingDay(t *testing.T) {
	now := london(t, "2026-11-22T08:38") // a Sunday
	when, err := schedule([]rhythm{
		{On: &on{InDays: 9, Weekday: "SA", At: "11:00"}, Minutes: 60},
		{On: &on{InDays: 7, Weekday: "SU", At: "18:30"}, Minutes: 90, RRule: "FREQ=WEEKLY;COUNT=6"},
		{On: &on{InDays: -1}, Minutes: 1440, AllDay: true},
		{Start: "2026-01-05T10:00", Minutes: 60, RRule: "FREQ=DAILY", UntilInDays: 3},
	}, now)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"2026-12-05T11:00", "2026-11-29T18:30", "2026-11-21T00:00"} {
		if when[i].Start != want {
			t.Errorf("item %d starts at %s, wanted %s", i, when[i].Start, want)
		}
	}
	if want := "FREQ=DAILY;UNTIL=20261125"; when[3].RRule != want {
		t.Errorf("the rule is %s, wanted %s", when[3].RRule, want)
	}
}

func TestSchedule_ChangesWhatIsAheadAndNotABankHoliday(t *testing.T) {
	now := london(t, "2026-12-13T20:00") // a Sunday; Fridays 18, 25 (Christmas), 1 January, 8
	when, err := schedule([]rhythm{{
		Start: "2026-01-02T14:00", Minutes: 60, RRule: "FREQ=WEEKLY;BYDAY=FR", ClosedOn: []string{"Christmas Day"},
		Ahead: []ahead{
			{Nth: 2, Cancelled: true, Note: "Snow"},
			{Nth: 3, Days: 1, At: "15:30", Note: "A Saturday, for once"},
		},
	}}, now)
	if err != nil {
		t.Fatal(err)
	}
	want := []calendar.Change{
		{From: "2027-01-01T14:00", Cancelled: true, Note: "Snow"},
		{From: "2027-01-08T14:00", Start: "2027-01-09T15:30", Note: "A Saturday, for once"},
	}
	for i, change := range when[0].Changes {
		if change != want[i] {
			t.Errorf("got %+v, wanted %+v", change, want[i])
		}
	}
	if len(when[0].Changes) != len(want) {
		t.Errorf("got %d changes", len(when[0].Changes))
	}
}

func TestSchedule_RefusesWhatItCannotWorkOut(t *testing.T) {
	now := london(t, "2026-11-22T08:38")
	for name, wrong := range map[string]rhythm{
		"a weekday that is none":      {On: &on{Weekday: "XX", At: "10:00"}, Minutes: 60},
		"a change after the last":     {Start: "2026-01-05T10:00", Minutes: 60, Ahead: []ahead{{Nth: 1, Cancelled: true}}},
		"a change counted from none":  {Start: "2026-01-05T10:00", Minutes: 60, RRule: "FREQ=DAILY", Ahead: []ahead{{Cancelled: true}}},
		"a schedule without its date": {Minutes: 60},
	} {
		if _, err := schedule([]rhythm{wrong}, now); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}
