package returning_test

import (
	"strings"
	"testing"
	"time"

	"kith/internal/returning"
)

// marks are written "ann 2026-07-02 here first, …".
func marks(s string) (out []returning.Mark) {
	for _, line := range strings.Split(s, ",") {
		f := strings.Fields(line)
		if len(f) < 3 {
			continue
		}
		out = append(out, returning.Mark{Person: f[0], Day: f[1], State: f[2], First: len(f) > 3})
	}
	return out
}

// Ensure that each kind of person is counted as the words say, and no other.
func TestCount_CountsAsTheWordsSay(t *testing.T) {
	q, _ := returning.QuarterOf("2026-08-15")
	for name, c := range map[string]struct {
		marks string
		taken int
		want  returning.Counts
	}{
		"nobody":                             {"", 9, returning.Counts{}},
		"somebody who comes":                 {"ann 2026-07-02 here, ann 2026-07-09 here", 9, returning.Counts{People: 1}},
		"a newcomer who doesn't come back":   {"ann 2026-07-02 here first, ann 2026-07-09 away", 9, returning.Counts{People: 1, First: 1}},
		"one who does":                       {"ann 2026-07-02 here first, ann 2026-07-09 here", 9, returning.Counts{People: 1, First: 1, Back: 1}},
		"ticked as new twice":                {"ann 2026-07-09 here first, ann 2026-07-02 here first", 9, returning.Counts{People: 1, First: 1, Back: 1}},
		"on the last day of the six weeks":   {"ann 2026-07-02 here first, ann 2026-08-13 here", 9, returning.Counts{People: 1, First: 1, Back: 1}},
		"a day too late":                     {"ann 2026-07-02 here first, ann 2026-08-14 here", 9, returning.Counts{People: 1, First: 1}},
		"back in the next quarter":           {"ann 2026-09-30 here first, ann 2026-10-07 here", 9, returning.Counts{People: 1, First: 1, Back: 1}},
		"new in the quarter before":          {"ann 2026-06-30 here first, ann 2026-07-07 here", 9, returning.Counts{People: 1}},
		"new and not here":                   {"ann 2026-07-02 none first, bob 2026-07-02 away first", 9, returning.Counts{}},
		"who stays away":                     {"ann 2026-06-02 here, ann 2026-06-09 here, ann 2026-07-02 away", 9, returning.Counts{Gone: 1}},
		"who was here once only":             {"ann 2026-06-02 here", 9, returning.Counts{}},
		"who is excused":                     {"ann 2026-06-02 here, ann 2026-06-09 here, ann 2026-07-02 excused", 9, returning.Counts{}},
		"who was excused before":             {"ann 2026-06-02 here, ann 2026-06-09 here, ann 2026-06-16 excused", 9, returning.Counts{Gone: 1}},
		"who comes after all":                {"ann 2026-06-02 here, ann 2026-06-09 here, ann 2026-09-30 here", 9, returning.Counts{People: 1}},
		"where no registers were taken":      {"ann 2026-06-02 here, ann 2026-06-09 here", 2, returning.Counts{}},
		"longer ago than the quarter before": {"ann 2026-03-02 here, ann 2026-03-09 here", 9, returning.Counts{}},
		"two, one of them after it":          {"ann 2026-07-02 here, bob 2026-10-01 here first", 9, returning.Counts{People: 1}},
	} {
		if got := returning.Count(q, marks(c.marks), c.taken); got != c.want {
			t.Errorf("%s: %+v, and not %+v", name, got, c.want)
		}
	}
}

// Ensure that a quarter is counted when its last newcomer has had their weeks and the
// register its days, across the end of a year too.
func TestQuarter_IsSettledWhenAllIsSaid(t *testing.T) {
	q, ok := returning.QuarterOf("2026-12-31")
	if !ok || q.String() != "2026-Q4" || q.First() != "2026-10-01" || q.After() != "2027-01-01" || q.Until() != "2027-02-12" {
		t.Errorf("%v: %s to %s, and until %s", q, q.First(), q.After(), q.Until())
	}
	if first, _ := returning.QuarterOf("2027-01-01"); first.Before() != q || first.From() != "2026-10-01" {
		t.Errorf("before %v is %v", first, first.Before())
	}
	end := time.Date(2027, 2, 26, 0, 0, 0, 0, time.UTC)
	if q.Settled(end.Add(-time.Second)) || !q.Settled(end) {
		t.Error("it is settled on 26 February")
	}
	if _, ok := returning.QuarterOf("soon"); ok {
		t.Error("soon is in no quarter")
	}
}
