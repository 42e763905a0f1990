package rights

import (
	"testing"

	"kith/internal/sync"
)

// Ensure that days are said as people say them.
func TestDuration_SaysMonthsWhereTheyAreSome(t *testing.T) {
	for days, want := range map[int]string{1: "1 day", 30: "30 days", 90: "90 days", 365: "12 months", 396: "13 months", 730: "24 months", 400: "400 days"} {
		if got := duration(days); got != want {
			t.Errorf("%d days are %q, wanted %q", days, got, want)
		}
	}
}

// Ensure that the notice shows what is about people, and nothing else of the
// database; and that it says what stays and why.
func TestNotice_ShowsWhatIsAboutPeople(t *testing.T) {
	lines := Notice([]sync.Keeping{
		{Collection: "places", What: "Places", Why: "So that they are found."},
		{
			Collection: "visits", What: "Visits", Why: "So that you are expected.", Whose: "{row}.member = {member}",
			Days: 30, From: "{row}.occurrence", Counted: "the day", AtErasure: "delete",
		},
		{Collection: "audit", What: "The record", Why: "So that it is known.", Whose: "{row}.actor = {member}", AtErasure: "stays: It proves nothing else."},
	}, func(c string) string { return "the member, of " + c })
	want := []Line{
		{"Visits", "So that you are expected.", "you, of visits", "30 days, counted from the day.", "Deleted."},
		{"The record", "So that it is known.", "you, of audit", "As long as the community goes on.", "Stays. It proves nothing else."},
	}
	if len(lines) != len(want)+len(elsewhere) {
		t.Fatalf("%d lines: %v", len(lines), lines)
	}
	for i := range want {
		if lines[i] != want[i] {
			t.Errorf("%v, wanted %v", lines[i], want[i])
		}
	}
}
