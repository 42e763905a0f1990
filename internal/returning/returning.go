// Package returning counts who came to a group for the first time, who of them came
// back, and who stayed away: from what was ticked on its registers, a quarter of a year
// at a time. It knows no names, and compares no two groups.
//
// What is counted, in words (docs/protocol.md says the same to whoever reads a figure):
//
//   - people: who was here at least once in the quarter.
//   - first: who of them was ticked as here for the first time.
//   - back: who of those was here once more, on a later day, within Weeks weeks.
//   - gone: who was here twice or more in the quarter before, and in this one neither
//     came nor was excused; where in this one Least registers were taken at least.
package returning

import (
	"fmt"
	"time"
)

const (
	// Weeks are how long somebody has to come back: a group that meets once a month
	// has met again by then.
	Weeks = 6
	// Least is how many registers a group has taken in a quarter before anything is
	// said of who stayed away: where nobody wrote it down, nobody stayed away.
	Least = 3
	// Late is how many days after an occurrence something can still be said of it.
	Late = 14
)

// Mark is somebody on one register, as they were ticked.
type Mark struct {
	Person string
	Day    string // YYYY-MM-DD of the occurrence
	State  string // here, away, excused, none
	First  bool
}

// Counts are those of one group and quarter.
type Counts struct{ People, First, Back, Gone int }

// Quarter is a quarter of a year, such as 2026-Q4.
type Quarter struct{ year, n int }

// QuarterOf a day.
func QuarterOf(day string) (Quarter, bool) {
	t, err := time.Parse(time.DateOnly, day)
	return Quarter{t.Year(), (int(t.Month()) + 2) / 3}, err == nil
}

// String is its name.
func (q Quarter) String() string { return fmt.Sprintf("%d-Q%d", q.year, q.n) }

// First is its first day.
func (q Quarter) First() string { return q.begins().Format(time.DateOnly) }

// After is the first day after it.
func (q Quarter) After() string { return q.ends().Format(time.DateOnly) }

func (q Quarter) begins() time.Time {
	return time.Date(q.year, time.Month(3*q.n-2), 1, 0, 0, 0, 0, time.UTC)
}

func (q Quarter) ends() time.Time { return q.begins().AddDate(0, 3, 0) }

// Before is the quarter before it.
func (q Quarter) Before() Quarter {
	if q.n == 1 {
		return Quarter{q.year - 1, 4}
	}
	return Quarter{q.year, q.n - 1}
}

// Settled says whether all that counts for the quarter has been said by now: whoever
// came on its last day has had their weeks, and whoever writes it down their days.
func (q Quarter) Settled(now time.Time) bool {
	return !now.UTC().Before(q.ends().AddDate(0, 0, 7*Weeks+Late))
}

// From is the first day of which Count wants to know, and Until the first of which it
// doesn't any more.
func (q Quarter) From() string { return q.Before().First() }

// Until is the first day of which Count doesn't want to know any more.
func (q Quarter) Until() string { return q.ends().AddDate(0, 0, 7*Weeks).Format(time.DateOnly) }

// tally is what is known of one person.
type tally struct {
	before, here, excused int
	first                 string // the day on which they were new
	days                  []string
}

// Count gives the figures of one group. taken is how many registers it took in the
// quarter.
func Count(q Quarter, marks []Mark, taken int) Counts {
	var out Counts
	for _, t := range tallies(q, marks) {
		if t.here > 0 {
			out.People++
		}
		if t.first != "" {
			out.First++
			if t.back() {
				out.Back++
			}
		}
		if t.before >= 2 && t.here == 0 && t.excused == 0 && taken >= Least {
			out.Gone++
		}
	}
	return out
}

func tallies(q Quarter, marks []Mark) map[string]*tally {
	people := map[string]*tally{}
	for _, m := range marks {
		t := people[m.Person]
		if t == nil {
			t = &tally{}
			people[m.Person] = t
		}
		in := m.Day >= q.First() && m.Day < q.After()
		switch {
		case m.State == "excused" && in:
			t.excused++
		case m.State != "here":
		case m.Day < q.First() && m.Day >= q.From():
			t.before++
		case in:
			t.here++
			if m.First && (t.first == "" || m.Day < t.first) {
				t.first = m.Day
			}
			fallthrough
		default:
			t.days = append(t.days, m.Day)
		}
	}
	return people
}

// back says whether somebody who was new came once more in time.
func (t *tally) back() bool {
	day, err := time.Parse(time.DateOnly, t.first)
	if err != nil {
		return false
	}
	last := day.AddDate(0, 0, 7*Weeks).Format(time.DateOnly)
	for _, d := range t.days {
		if d > t.first && d <= last {
			return true
		}
	}
	return false
}
