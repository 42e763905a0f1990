package calendar

import (
	"testing"
	"time"
)

// Ensure that a weekly meeting is found by its name on exactly the days on which a
// walk through the rule comes past.
func TestFind_AWeeklyRuleIsOnWhenAWalkComesPast(t *testing.T) {
	for _, rule := range []string{
		"FREQ=WEEKLY;BYDAY=TH", "FREQ=WEEKLY;BYDAY=SU", "FREQ=WEEKLY;BYDAY=MO", "FREQ=WEEKLY;BYDAY=MO,WE,SU", "FREQ=WEEKLY;BYDAY=TU;INTERVAL=1;WKST=SU",
		"FREQ=WEEKLY;BYDAY=TH;UNTIL=20261231", "FREQ=WEEKLY;BYDAY=TH;UNTIL=20261210T120000", "FREQ=WEEKLY;BYDAY=TH;UNTIL=20261210T115959",
		"FREQ=WEEKLY;BYDAY=TH;UNTIL=20270624T110000Z", "FREQ=WEEKLY;BYDAY=TH;UNTIL=20270624T105959Z",
		"FREQ=WEEKLY", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TH", "FREQ=WEEKLY;COUNT=5;BYDAY=TH", "FREQ=WEEKLY;BYDAY=TH;BYMONTH=6,7", "FREQ=DAILY",
	} {
		s := Schedule{{Start: "2026-06-04T12:00", Minutes: 60, Zone: "Europe/London", RRule: rule}}
		if err := s.Check(); err != nil {
			t.Fatalf("%s: %v", rule, err)
		}
		walked := map[string]bool{}
		from := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
		for _, o := range s.Occurrences(from, from.AddDate(2, 0, 0), 1000) {
			walked[o.Key] = true
		}
		if len(walked) == 0 {
			t.Errorf("%s never comes", rule)
		}
		for at := from.Add(12 * time.Hour); at.Before(from.AddDate(2, 0, -3)); at = at.AddDate(0, 0, 1) {
			for _, name := range []string{at.Format(Local), at.Add(time.Minute).Format(Local)} {
				if _, found := s.Find(name); found != walked[name] {
					t.Errorf("%s: %s is found: %v", rule, name, found)
				}
			}
		}
	}
}
