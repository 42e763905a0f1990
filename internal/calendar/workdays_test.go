package calendar

import (
	"testing"
	"time"
)

// Ensure that weekends and bank holidays, substitutes too, are no working days.
func TestNextWorking_PassesOverWeekendsAndBankHolidays(t *testing.T) {
	for from, want := range map[string]string{
		"2026-11-25": "2026-11-26", "2026-11-27": "2026-11-30", "2026-11-28": "2026-11-30",
		"2026-12-24": "2026-12-29", // Christmas, then a weekend with Boxing Day, whose substitute is a Monday
		"2026-04-02": "2026-04-07", // Good Friday to Easter Monday
		"2024-12-31": "2025-01-02",
	} {
		day, err := time.Parse(time.DateOnly, from)
		if err != nil {
			t.Fatal(err)
		}
		if got := NextWorking(day).Format(time.DateOnly); got != want {
			t.Errorf("after %s comes %s, not %s", from, got, want)
		}
	}
}
