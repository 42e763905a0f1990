package calendar

import "time"

// Working says whether people are at work on the day of t in England and Wales:
// no weekend, and no bank holiday. Beyond the years of bankholidays.json only
// weekends are known.
func Working(t time.Time) bool {
	if d := t.Weekday(); d == time.Saturday || d == time.Sunday {
		return false
	}
	_, closed := bankHolidays[t.Format(time.DateOnly)]
	return !closed
}

// NextWorking is the first working day after the day of t, at the same time.
func NextWorking(t time.Time) time.Time {
	for t = t.AddDate(0, 0, 1); !Working(t); t = t.AddDate(0, 0, 1) {
	}
	return t
}
