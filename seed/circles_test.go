package seed

import (
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"kith/internal/sync"
)

// Ensure that whatever day the town is filled on, the circle has been lived in for weeks,
// that what is next is as many days away as the file says and is whose it says, and that
// nobody has an address yet.
func TestNeighbours_OnAnyDay(t *testing.T) {
	var file neighbours
	if err := readFile("circles.json", &file); err != nil {
		t.Fatal(err)
	}
	for _, day := range []string{"2026-11-22T08:38", "2026-11-26T23:50", "2026-03-27T09:00", "2026-10-24T09:00", "2026-12-24T12:00"} {
		app, now := emptyApp(t), london(t, day)
		fill(t, app, now)
		looked := false
		if err := Neighbours(app, now, func(core.App, time.Time) error { looked = true; return nil }); err != nil || !looked {
			t.Fatalf("%s: %v", day, err)
		}
		for _, s := range file.Slots {
			next := now.AddDate(0, 0, s.InDays).Format(dateLayout) + "T" + s.At
			who := s.Next + s.Every
			turn, err := app.FindRecordById("turns", sync.DerivedID("turn", rowID("slots", s.Slug), next))
			if who == "" {
				if err == nil {
					t.Errorf("%s: %s is %s's", day, s.Slug, turn.GetString("helperName"))
				}
				continue
			}
			if err != nil || turn.GetString("member") != rowID("members", who) {
				t.Errorf("%s: the next %s, %s, is not %s's: %v", day, s.Slug, next, who, err)
			}
		}
		for name, want := range map[string]int64{"circles": 1, "circleHelpers": 4, "slots": 4, "asks": 2, "replies": 1, "addresses": 0, "homes": 1, "messages": 2} {
			if n, err := app.CountRecords(name); err != nil || n != want {
				t.Errorf("%s: %d %s: %v", day, n, name, err)
			}
		}
		if n, err := app.CountRecords("turnSteps"); err != nil || n < 20 {
			t.Errorf("%s: %d turns in six weeks: %v", day, n, err)
		}
	}
}
