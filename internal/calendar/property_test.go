package calendar

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var (
	someZones = []string{"Europe/London", "Europe/Dublin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia", "UTC"}
	someDays  = []string{"MO", "TU", "WE", "TH", "FR", "SA", "SU"}
)

func drawLocal(t *rapid.T, label string, allDay bool) time.Time {
	minutes := rapid.IntRange(0, 3*365*1440).Draw(t, label)
	at := time.Date(2025, 1, 1, 0, minutes, 0, 0, time.UTC)
	if allDay {
		return at.Truncate(day)
	}
	return at
}

func drawRule(t *rapid.T) string {
	weekdays := strings.Join(rapid.SliceOfNDistinct(rapid.SampledFrom(someDays), 1, 4, rapid.ID).Draw(t, "days"), ",")
	base := rapid.SampledFrom([]string{
		"", "FREQ=DAILY", "FREQ=WEEKLY", "FREQ=WEEKLY;BYDAY=" + weekdays, "FREQ=DAILY;BYDAY=" + weekdays,
		"FREQ=MONTHLY", "FREQ=MONTHLY;BYDAY=-1" + weekdays[:2], "FREQ=MONTHLY;BYSETPOS=2;BYDAY=" + weekdays, "FREQ=YEARLY",
	}).Draw(t, "base")
	if base == "" {
		return ""
	}
	base += fmt.Sprintf(";INTERVAL=%d", rapid.IntRange(1, 5).Draw(t, "interval"))
	return base + rapid.SampledFrom([]string{"", ";COUNT=7", ";UNTIL=20270301", ";UNTIL=20270301T003000Z"}).Draw(t, "end")
}

func drawItem(t *rapid.T) Item {
	allDay := rapid.Bool().Draw(t, "allDay")
	minutes := rapid.IntRange(0, 3000)
	if allDay {
		minutes = rapid.Map(rapid.IntRange(1, 3), func(days int) int { return days * 1440 })
	}
	drawn := Item{
		Start: drawLocal(t, "start", allDay).Format(Local), Minutes: minutes.Draw(t, "minutes"),
		Zone: rapid.SampledFrom(someZones).Draw(t, "zone"), RRule: drawRule(t), AllDay: allDay,
		ClosedOn: rapid.SampledFrom([][]string{nil, {"*"}, {"Boxing Day"}}).Draw(t, "closedOn"),
	}
	for range rapid.IntRange(0, 2).Draw(t, "extra") {
		drawn.Extra = append(drawn.Extra, drawLocal(t, "extraAt", allDay).Format(Local))
	}
	return drawn
}

// drawSchedule gives a schedule of one or two items, some of whose occurrences
// are changed, and a window that has something in it more often than not.
func drawSchedule(t *rapid.T) (s Schedule, from, to time.Time) {
	for range rapid.IntRange(1, 2).Draw(t, "items") {
		drawn := drawItem(t)
		at := drawLocal(t, "near", drawn.AllDay)
		for _, o := range (Schedule{drawn}).Occurrences(at, at.AddDate(0, 3, 0), rapid.IntRange(0, 3).Draw(t, "changed")) {
			drawn.Changes = append(drawn.Changes, Change{
				From: o.Key, Start: drawLocal(t, "moved", drawn.AllDay).Format(Local), Cancelled: rapid.Bool().Draw(t, "cancelled"),
			})
		}
		s = append(s, drawn)
	}
	if s.Check() != nil {
		t.Skip("the rule never comes true")
	}
	from = drawLocal(t, "from", false)
	return s, from, from.Add(time.Duration(rapid.IntRange(0, 100*1440).Draw(t, "window")) * time.Minute)
}

func TestOccurrences_AreTheSameInOneWindowOrTwo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, from, to := drawSchedule(t)
		s = s[:1] // of two, one may hide the other's name in one window and not in the next
		middle := from.Add(to.Sub(from) / 3).Truncate(time.Minute)
		whole := keys(s.Occurrences(from, to, 1000))
		parts := append(keys(s.Occurrences(from, middle, 1000)), keys(s.Occurrences(middle, to, 1000))...)
		slices.Sort(whole)
		slices.Sort(parts)
		if parts = slices.Compact(parts); !slices.Equal(whole, parts) {
			t.Fatalf("whole %v\nparts %v", whole, parts)
		}
	})
}

func keys(occurrences []Occurrence) []string {
	all := make([]string, len(occurrences))
	for i, o := range occurrences {
		all[i] = o.Key
	}
	return all
}

func TestOccurrences_AreInOrderAndInsideAndFoundByName(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, from, to := drawSchedule(t)
		all := s.Occurrences(from, to, 1000)
		for i, o := range all {
			if !o.overlaps(from, to) {
				t.Fatalf("%v is outside of %v to %v", o, from, to)
			}
			if i > 0 && o.Start.Before(all[i-1].Start) {
				t.Fatalf("%v comes after %v", o, all[i-1])
			}
			if found, ok := s[:1].Find(o.Key); ok && len(s) == 1 && found != o {
				t.Fatalf("shown %v, found %v", o, found)
			}
			if _, ok := s.Find(o.Key); !ok {
				t.Fatalf("%v is shown and not found", o)
			}
		}
		most := rapid.IntRange(0, 5).Draw(t, "max")
		if first := s.Occurrences(from, to, most); !slices.Equal(first, all[:min(most, len(all))]) {
			t.Fatalf("the first %d are %v\nof %v", most, first, all)
		}
	})
}

func TestPlace_KeepsTheWallClockOrMovesItForward(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		wall := drawLocal(t, "wall", false)
		zone, _ := Zone(rapid.SampledFrom(someZones).Draw(t, "zone"))
		placed := Place(wall, zone)
		got := wallOf(placed, zone)
		if got.Equal(wall) {
			if earlier := placed.Add(-time.Hour); wallOf(earlier, zone).Equal(wall) {
				t.Fatalf("%v is also %v, which is earlier", wall, earlier)
			}
			return
		}
		gap := got.Sub(wall)
		if gap <= 0 || gap > time.Hour || !wallOf(placed.Add(-gap), zone).Before(wall) {
			t.Fatalf("%v became %v", wall, got)
		}
	})
}

func FuzzSchedule(f *testing.F) {
	for _, c := range vectorCases(f) {
		f.Add([]byte(c.Schedule))
	}
	f.Add([]byte(`[{"start":"2099-12-31T23:59","minutes":527040,"zone":"Pacific/Kiritimati","rrule":"FREQ=DAILY;INTERVAL=999"}]`))
	f.Add([]byte(`[{"start":"1970-01-01T00:00","minutes":1,"zone":"UTC","rrule":"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;BYDAY=SU;INTERVAL=4"}]`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		s, err := Parse(raw)
		if err != nil {
			return
		}
		from := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
		for _, o := range s.Occurrences(from, from.AddDate(1, 0, 0), 50) {
			if found, ok := s.Find(o.Key); !ok || found.Key != o.Key {
				t.Errorf("%v is shown, found as %v", o, found)
			}
		}
		written, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Parse(written); err != nil && len(written) <= MaxBytes {
			t.Errorf("%s became %s: %v", raw, written, err)
		}
	})
}
