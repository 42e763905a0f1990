package calendar

import (
	"strconv"
	"strings"
	"time"

	"github.com/teambition/rrule-go"
)

// rule is an RRULE that was checked, and when it ends.
type rule struct {
	rrule *rrule.RRule
	until time.Time // an instant, inclusive; zero: the rule has no UNTIL with Z
	// weekly has the days of a rule that is on each of them in every week: whether
	// a date is one of it can be said without a walk from its start.
	weekly map[time.Weekday]bool
	last   time.Time // UNTIL without Z, if it is weekly; zero: there is none
}

// cycle is a whole number of Gregorian cycles of 400 years, after which dates
// and weekdays repeat exactly. Rules run that much later than they say,
// because the library looks for the next match up to the year 9999: near that
// end, the search for one that never comes is short.
const cycle = 7600

func later(t time.Time) time.Time   { return t.AddDate(cycle, 0, 0) }
func earlier(t time.Time) time.Time { return t.AddDate(-cycle, 0, 0) }

// parseRule reads the rules that community calendars use. Parts that no such
// calendar needs are refused, because libraries disagree about them or they
// cost too much: times of day, week numbers, days of the year, Easter, and
// anything more often than daily. The message is a sentence for a person.
func parseRule(text string, start time.Time) (*rule, string) {
	if len(text) > MaxRule {
		return nil, "The rule is too long."
	}
	parts, message := splitRule(text)
	if message != "" {
		return nil, message
	}
	option := rrule.ROption{Dtstart: later(start), Wkst: rrule.MO, Interval: 1}
	parsed := &rule{}
	for name, value := range parts {
		if !parsed.read(name, value, &option) {
			return nil, "The rule's " + name + " cannot be used here."
		}
	}
	if message := consistent(parts, option); message != "" {
		return nil, message
	}
	var err error
	if parsed.rrule, err = rrule.NewRRule(option); err != nil {
		return nil, "The rule makes no sense."
	}
	parsed.weekly, parsed.last = everyWeek(option)
	return parsed, ""
}

// everyWeek gives the weekdays of the commonest rule there is, and until when;
// nothing for any other. Most clubs are on once a week, for years.
func everyWeek(option rrule.ROption) (days map[time.Weekday]bool, last time.Time) {
	if option.Freq != rrule.WEEKLY || option.Interval != 1 || option.Count != 0 || len(option.Bymonth) > 0 || len(option.Bysetpos) > 0 || len(option.Byweekday) == 0 {
		return nil, last
	}
	days = map[time.Weekday]bool{}
	for _, d := range option.Byweekday {
		days[time.Weekday((d.Day()+1)%7)] = true // there Monday is 0
	}
	if !option.Until.IsZero() {
		last = earlier(option.Until)
	}
	return days, last
}

// on says whether a weekly rule is on at that time, if it has begun.
func (r *rule) on(at time.Time, zone *time.Location) bool {
	return r.weekly[at.Weekday()] && (r.last.IsZero() || !at.After(r.last)) && (r.until.IsZero() || !Place(at, zone).After(r.until))
}

func splitRule(text string) (map[string]string, string) {
	parts := map[string]string{}
	for part := range strings.SplitSeq(text, ";") {
		name, value, found := strings.Cut(part, "=")
		if _, twice := parts[name]; !found || twice {
			return nil, "The rule is not written as NAME=VALUE;NAME=VALUE with each name once."
		}
		parts[name] = value
	}
	return parts, ""
}

var frequencies = map[string]rrule.Frequency{
	"YEARLY": rrule.YEARLY, "MONTHLY": rrule.MONTHLY, "WEEKLY": rrule.WEEKLY, "DAILY": rrule.DAILY,
}

var weekdays = map[string]rrule.Weekday{
	"MO": rrule.MO, "TU": rrule.TU, "WE": rrule.WE, "TH": rrule.TH, "FR": rrule.FR, "SA": rrule.SA, "SU": rrule.SU,
}

// read takes one part into option. It returns false for what it does not know.
func (r *rule) read(name, value string, option *rrule.ROption) (ok bool) {
	switch name {
	case "FREQ":
		option.Freq, ok = frequencies[value]
	case "INTERVAL":
		option.Interval, ok = number(value, 1, MaxInterval)
	case "COUNT":
		option.Count, ok = number(value, 1, MaxCount)
	case "UNTIL":
		ok = r.readUntil(value, option)
	case "WKST":
		option.Wkst, ok = weekdays[value]
	case "BYDAY":
		option.Byweekday, ok = daysOf(value)
	case "BYMONTH":
		option.Bymonth, ok = numbers(value, 1, 12)
	case "BYMONTHDAY":
		option.Bymonthday, ok = numbers(value, -31, 31)
	case "BYSETPOS":
		option.Bysetpos, ok = numbers(value, -366, 366)
	}
	return ok
}

// readUntil takes a UTC time as an instant, to be compared with instants, and
// a local time or a date as wall-clock time, which the library compares.
func (r *rule) readUntil(value string, option *rrule.ROption) bool {
	if at, err := time.Parse("20060102T150405Z", value); err == nil {
		r.until = at
		return true
	}
	at, err := time.Parse("20060102T150405", value)
	if err != nil {
		if at, err = time.Parse("20060102", value); err != nil {
			return false
		}
		at = at.Add(day - time.Second)
	}
	if at.Year() <= MaxYear { // beyond it nothing is expanded
		option.Until = later(at)
	}
	return true
}

func number(value string, low, high int) (int, bool) {
	n, err := strconv.Atoi(value)
	return n, err == nil && n >= low && n <= high && n != 0
}

func numbers(value string, low, high int) (all []int, ok bool) {
	for text := range strings.SplitSeq(value, ",") {
		n, ok := number(text, low, high)
		if !ok {
			return nil, false
		}
		all = append(all, n)
	}
	return all, true
}

func daysOf(value string) (all []rrule.Weekday, ok bool) {
	for text := range strings.SplitSeq(value, ",") {
		weekday, ok := weekdays[text[max(0, len(text)-2):]]
		if !ok {
			return nil, false
		}
		if nth := text[:len(text)-2]; nth != "" {
			n, ok := number(nth, -53, 53)
			if !ok {
				return nil, false
			}
			weekday = weekday.Nth(n)
		}
		all = append(all, weekday)
	}
	return all, true
}

// consistent refuses what RFC 5545 forbids and libraries read differently.
func consistent(parts map[string]string, option rrule.ROption) string {
	has := func(name string) bool { return parts[name] != "" }
	ordinal := 0
	for _, weekday := range option.Byweekday {
		ordinal = max(ordinal, weekday.N(), -weekday.N())
	}
	switch {
	case !has("FREQ"):
		return "The rule does not say how often."
	case has("COUNT") && has("UNTIL"):
		return "The rule has both a number of times and an end."
	case ordinal > 0 && option.Freq > rrule.MONTHLY:
		return "Only a monthly or yearly rule can name the first or last of a weekday."
	case ordinal > 5 && (option.Freq == rrule.MONTHLY || has("BYMONTH")):
		return "No month has that many weeks."
	case has("BYMONTHDAY") && option.Freq == rrule.WEEKLY:
		return "A weekly rule cannot name days of the month."
	case has("BYSETPOS") && (option.Freq == rrule.DAILY || !has("BYDAY") && !has("BYMONTHDAY")):
		return "The rule picks by position from days that it does not name."
	}
	return ""
}

// starts walks the wall-clock starts in order, up to and including last.
func (r *rule) starts(last time.Time, yield func(time.Time) bool) {
	next, end := r.rrule.Iterator(), later(last)
	for {
		at, ok := next()
		if !ok || at.After(end) || !yield(earlier(at)) {
			return
		}
	}
}
