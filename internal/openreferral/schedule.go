package openreferral

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"kith/internal/calendar"
)

const (
	// zone: the profile is the United Kingdom's, and its times are local there.
	zone = "Europe/London"
	// undated is the start of a rhythm that is given without any date, such as
	// "every Thursday at 10". Every week of it is the same, so where it starts
	// says nothing; a rhythm that skips weeks can't be read without a date.
	undated = "2020-01-01"
)

var (
	clock      = regexp.MustCompile(`^([01]?\d|2[0-4])[:.]([0-5]\d)(?:[:.]\d\d(?:\.\d+)?)?(?:Z|[+-]0[01](?::?00)?)?$`)
	weekdays   = regexp.MustCompile(`^(MO|TU|WE|TH|FR|SA|SU)(,(MO|TU|WE|TH|FR|SA|SU))*$`)
	nthDays    = regexp.MustCompile(`^([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)(,([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU))*$`)
	monthDays  = regexp.MustCompile(`^-?([12]?[1-9]|[123]0|31)(,-?([12]?[1-9]|[123]0|31))*$`)
	wholeCount = regexp.MustCompile(`^[1-9]\d{0,3}$`)
)

// schedule reads the schedules of a service and of its first place. One that
// can't be read as a rule stays as words, with a warning.
func (r *reader) schedule(id string, s *service, w *words) calendar.Schedule {
	var found calendar.Schedule
	all := append(append(list[schedule]{}, s.Schedules...), s.RegularSchedules...)
	if at := s.Locations.first(); at != nil {
		all = append(append(all, at.Schedules...), at.RegularSchedules...)
	}
	for _, one := range all {
		w.add("When: ", string(one.Description))
		w.add("", string(one.Notes))
		if one.isEmpty() {
			continue
		}
		item, ok := one.item()
		if ok && (calendar.Schedule{item}).Check() == nil && len(found) < calendar.MaxItems {
			if !contains(found, item) {
				found = append(found, item)
			}
			continue
		}
		r.warn(id, "schedule_unclear", one.spelled())
		w.add("When: ", one.spelled())
	}
	return found
}

func contains(schedule calendar.Schedule, item calendar.Item) bool {
	for _, other := range schedule {
		if other.Start == item.Start && other.RRule == item.RRule && other.Minutes == item.Minutes {
			return true
		}
	}
	return false
}

func (s *schedule) isEmpty() bool {
	return s.Freq == "" && s.ByDay == "" && s.ByMonthDay == "" && s.OpensAt == "" && s.Start == ""
}

// spelled is the schedule as a person can read it, in the feed's own words.
func (s *schedule) spelled() string {
	hours := plain(string(s.OpensAt))
	if s.ClosesAt != "" {
		hours += "–" + plain(string(s.ClosesAt))
	}
	parts := nonEmpty(strings.ToLower(plain(string(s.Freq))), plain(string(s.ByDay)), plain(string(s.ByMonthDay)), hours)
	if from := nonEmpty(string(s.Start), string(s.ValidFrom)); len(from) > 0 {
		parts = append(parts, "from "+plain(from[0]))
	}
	if to := nonEmpty(string(s.Until), string(s.ValidTo)); len(to) > 0 {
		parts = append(parts, "until "+plain(to[0]))
	}
	return strings.Join(parts, ", ")
}

// item is the schedule as an item of ours; false if anything of it is unclear.
func (s *schedule) item() (calendar.Item, bool) {
	opens, ok := minuteOfDay(string(s.OpensAt))
	if !ok || s.ByWeekNo != "" || s.ByYearDay != "" {
		return calendar.Item{}, false
	}
	length := 0
	if s.ClosesAt != "" {
		closes, ok := minuteOfDay(string(s.ClosesAt))
		if !ok {
			return calendar.Item{}, false
		}
		length = (closes - opens + 24*60) % (24 * 60)
	}
	rule, ok := s.rule()
	if !ok {
		return calendar.Item{}, false
	}
	start, ok := s.start(rule)
	if !ok {
		return calendar.Item{}, false
	}
	return calendar.Item{
		Start:   start.Add(time.Duration(opens) * time.Minute).Format(calendar.Local),
		Minutes: length, Zone: zone, RRule: rule,
	}, true
}

// minuteOfDay reads 9:30, 09:30:00 and 09:30Z. The profile wants an offset
// behind the time, but a weekly rhythm has no single offset in a country that
// changes its clocks: Z, +00:00 and +01:00 are the writer's own wall clock.
func minuteOfDay(s string) (int, bool) {
	m := clock.FindStringSubmatch(s)
	if m == nil {
		return 0, false
	}
	hours, _ := strconv.Atoi(m[1])
	minutes, _ := strconv.Atoi(m[2])
	total := hours*60 + minutes
	return total % (24 * 60), total <= 24*60
}

// rule is the RRULE, empty for a schedule of one day.
func (s *schedule) rule() (string, bool) {
	freq, days := strings.ToUpper(string(s.Freq)), strings.ToUpper(strings.ReplaceAll(string(s.ByDay), " ", ""))
	if freq == "" && weekdays.MatchString(days) {
		freq = "WEEKLY" // named weekdays repeat weekly, if anything
	}
	if freq == "" {
		return "", days == "" && s.ByMonthDay == "" && s.Start != ""
	}
	parts := []string{"FREQ=" + freq}
	if interval := string(s.Interval); interval != "" && interval != "1" && interval != "0" {
		if !wholeCount.MatchString(interval) {
			return "", false
		}
		parts = append(parts, "INTERVAL="+interval)
	}
	more, ok := s.by(freq, days)
	if !ok {
		return "", false
	}
	parts = append(parts, more...)
	ends, ok := s.ends()
	if !ok {
		return "", false
	}
	return strings.Join(append(parts, ends...), ";"), true
}

// by gives the days. A month's days mean nothing in a weekly rule, and the
// profile says so: they are left out there.
func (s *schedule) by(freq, days string) (parts []string, ok bool) {
	monthly := strings.ReplaceAll(string(s.ByMonthDay), " ", "")
	switch {
	case freq == "WEEKLY" && (days == "" || weekdays.MatchString(days)):
		monthly = ""
	case freq == "MONTHLY" && (days == "" || nthDays.MatchString(days)) && (monthly == "" || monthDays.MatchString(monthly)):
		if days != "" && monthly != "" {
			return nil, false // RFC 5545 takes days that are both; feeds mean either
		}
	default:
		return nil, false
	}
	if days != "" {
		parts = append(parts, "BYDAY="+days)
	}
	if monthly != "" {
		parts = append(parts, "BYMONTHDAY="+monthly)
	}
	if first := strings.ToUpper(string(s.WeekStart)); len(first) == 2 && weekdays.MatchString(first) {
		parts = append(parts, "WKST="+first)
	}
	return parts, true
}

// ends gives the earlier of until and valid_to, or the count.
func (s *schedule) ends() (parts []string, ok bool) {
	var last time.Time
	for _, found := range nonEmpty(string(s.Until), string(s.ValidTo)) {
		end, ok := day(found)
		if !ok {
			return nil, false
		}
		if last.IsZero() || end.Before(last) {
			last = end
		}
	}
	switch {
	case s.Count != "" && (!last.IsZero() || !wholeCount.MatchString(string(s.Count))):
		return nil, false // RFC 5545 has the one or the other
	case s.Count != "":
		return []string{"COUNT=" + string(s.Count)}, true
	case !last.IsZero():
		return []string{"UNTIL=" + last.Format("20060102")}, true
	}
	return nil, true
}

// start is the day from which the rule counts.
func (s *schedule) start(rule string) (time.Time, bool) {
	counts := strings.Contains(rule, "INTERVAL=") || strings.Contains(rule, "COUNT=")
	start, dated := day(string(s.Start))
	from, valid := day(string(s.ValidFrom))
	switch {
	case s.Start != "" && !dated, s.ValidFrom != "" && !valid:
		return time.Time{}, false
	case dated && valid && from.After(start) && rule != "" && !counts:
		return from, true
	case dated:
		return start, true
	case counts:
		return time.Time{}, false
	case valid:
		// Without named days, the day of the start would be the day that repeats.
		return from, strings.Contains(rule, "BY")
	}
	undatedDay, _ := day(undated)
	return undatedDay, strings.Contains(rule, "BY")
}
