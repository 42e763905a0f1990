package calendar

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

// item is a schedule of one item from the text of its fields.
func item(fields string) string {
	all := map[string]json.RawMessage{"start": json.RawMessage(`"2026-06-04T12:00"`), "minutes": json.RawMessage("60"), "zone": json.RawMessage(`"Europe/London"`)}
	if err := json.Unmarshal([]byte("{"+fields+"}"), &all); err != nil {
		panic(err)
	}
	raw, err := json.Marshal([]any{all})
	if err != nil {
		panic(err)
	}
	return string(raw)
}

func TestParse_RefusesWithAFieldAndASentence(t *testing.T) {
	manyItems := "[" + strings.TrimSuffix(strings.Repeat(`{"start":"2026-06-04T12:00","minutes":60,"zone":"UTC"},`, MaxItems+1), ",") + "]"
	manyExtra := item(`"extra":["` + strings.TrimSuffix(strings.Repeat(`2026-06-04T12:00","`, MaxExtra+1), `,"`) + `]`)
	cases := []struct{ name, raw, field string }{
		{"not JSON", `nonsense`, "schedule"},
		{"an object", `{}`, "schedule"},
		{"an unknown field", item(`"color":"red"`), "schedule"},
		{"a key in other letters", `[{"Start":"2026-06-04T12:00","minutes":60,"zone":"UTC"}]`, "schedule"},
		{"a key twice", `[{"start":"2026-06-04T12:00","start":"2026-06-05T12:00","minutes":60,"zone":"UTC"}]`, "schedule"},
		{"something behind it", item(`"allDay":false`) + "[]", "schedule"},
		{"too long", item(`"rrule":"` + strings.Repeat("A", MaxBytes) + `"`), "schedule"},
		{"too many items", manyItems, "schedule"},
		{"no zone", `[{"start":"2026-06-04T12:00","minutes":60}]`, "schedule[0].zone"},
		{"a Windows zone", item(`"zone":"GMT Standard Time"`), "schedule[0].zone"},
		{"a file for a zone", item(`"zone":"../../etc/passwd"`), "schedule[0].zone"},
		{"a zone that only disks know", item(`"zone":"posix/Europe/London"`), "schedule[0].zone"},
		{"the machine's zone", item(`"zone":"Local"`), "schedule[0].zone"},
		{"a time with an offset", item(`"start":"2026-06-04T12:00Z"`), "schedule[0].start"},
		{"a time with seconds", item(`"start":"2026-06-04T12:00:00"`), "schedule[0].start"},
		{"one digit of an hour", item(`"start":"2026-06-04T1:00"`), "schedule[0].start"},
		{"30 February", item(`"start":"2026-02-30T12:00"`), "schedule[0].start"},
		{"the year 9999", item(`"start":"9999-06-04T12:00"`), "schedule[0].start"},
		{"before zones were whole minutes", item(`"start":"1899-06-04T12:00"`), "schedule[0].start"},
		{"an all-day event at noon", item(`"allDay":true,"minutes":1440`), "schedule[0].start"},
		{"an all-day event of an hour", item(`"allDay":true,"start":"2026-06-04T00:00"`), "schedule[0].minutes"},
		{"less than no time", item(`"minutes":-1`), "schedule[0].minutes"},
		{"more than a year", item(`"minutes":527041`), "schedule[0].minutes"},
		{"a holiday of nowhere", item(`"closedOn":["Festivus"]`), "schedule[0].closedOn[0]"},
		{"too many holidays", item(`"closedOn":[` + strings.Repeat(`"*",`, MaxClosedOn) + `"*"]`), "schedule[0].closedOn"},
		{"an extra that is none", item(`"extra":["2026-06-05T12:00","soon"]`), "schedule[0].extra[1]"},
		{"too many extra", manyExtra, "schedule[0].extra"},
		{"a change of nothing", item(`"changes":[{"cancelled":true}]`), "schedule[0].changes[0].from"},
		{"a date changed twice", item(`"changes":[{"from":"2026-06-04T12:00"},{"from":"2026-06-04T12:00"}]`), "schedule[0].changes[1].from"},
		{"moved to nowhere", item(`"changes":[{"from":"2026-06-04T12:00","start":"later"}]`), "schedule[0].changes[0].start"},
		{"changed to no time", item(`"changes":[{"from":"2026-06-04T12:00","minutes":-5}]`), "schedule[0].changes[0].minutes"},
		{"a note of two lines", item(`"changes":[{"from":"2026-06-04T12:00","note":"a\nb"}]`), "schedule[0].changes[0].note"},
		{"a note too long", item(`"changes":[{"from":"2026-06-04T12:00","note":"` + strings.Repeat("é", MaxNote+1) + `"}]`), "schedule[0].changes[0].note"},
		{"too many changes", item(`"changes":[` + strings.Repeat(`{"from":"2026-06-04T12:00"},`, MaxChanges) + `{}]`), "schedule[0].changes"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { refused(t, c.raw, c.field) })
	}
}

func TestParse_RefusesRulesThatCannotBeBoundedOrAgreedOn(t *testing.T) {
	rules := []string{
		"FREQ=SECONDLY", "FREQ=MINUTELY", "FREQ=HOURLY", "FREQ=FORTNIGHTLY", "INTERVAL=2", "FREQ", "nonsense", ";",
		"FREQ=DAILY;FREQ=WEEKLY", "FREQ=DAILY;COUNT=1000000000", "FREQ=DAILY;COUNT=0", "FREQ=DAILY;INTERVAL=0",
		"FREQ=DAILY;INTERVAL=-1", "FREQ=DAILY;INTERVAL=99999999999999999999", "FREQ=DAILY;COUNT=3;UNTIL=20270101",
		"FREQ=DAILY;UNTIL=tomorrow", "FREQ=DAILY;UNTIL=20261301", "FREQ=DAILY;BYHOUR=1", "FREQ=DAILY;BYSECOND=1",
		"FREQ=YEARLY;BYYEARDAY=100", "FREQ=YEARLY;BYWEEKNO=20", "FREQ=YEARLY;BYEASTER=0", "FREQ=DAILY;BYSETPOS=1",
		"FREQ=MONTHLY;BYSETPOS=1", "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=367", "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=0",
		"FREQ=WEEKLY;BYDAY=1MO", "FREQ=DAILY;BYDAY=-1FR", "FREQ=MONTHLY;BYDAY=53MO", "FREQ=YEARLY;BYMONTH=12;BYDAY=-53MO",
		"FREQ=YEARLY;BYDAY=54MO", "FREQ=WEEKLY;BYDAY=XX", "FREQ=WEEKLY;BYDAY=", "FREQ=WEEKLY;BYDAY=M", "FREQ=WEEKLY;WKST=1MO",
		"FREQ=WEEKLY;BYMONTHDAY=1", "FREQ=MONTHLY;BYMONTHDAY=32", "FREQ=YEARLY;BYMONTH=13", "FREQ=YEARLY;BYMONTH=-1",
		"FREQ=DAILY;" + strings.Repeat("BYDAY=MO;", 50), "FREQ=WEEKLY;RSCALE=HEBREW", "RRULE:FREQ=WEEKLY", "freq=weekly",
		// These never come true.
		"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "FREQ=DAILY;INTERVAL=7;BYDAY=MO",
		"FREQ=MONTHLY;BYDAY=MO;BYSETPOS=6", "FREQ=WEEKLY;UNTIL=20260101", "FREQ=WEEKLY;UNTIL=20260101T000000Z",
		"FREQ=YEARLY;INTERVAL=4;BYMONTH=2;BYMONTHDAY=29",
	}
	for _, rule := range rules {
		t.Run(rule, func(t *testing.T) { refused(t, item(fmt.Sprintf(`"rrule":%q`, rule)), "schedule[0].rrule") })
	}
}

func refused(t *testing.T, raw, field string) {
	t.Helper()
	_, err := Parse([]byte(raw))
	var refusal *Error
	if !errors.As(err, &refusal) {
		t.Fatalf("got %v, want an *Error", err)
	}
	if refusal.Field != field {
		t.Errorf("field %q, want %q (%s)", refusal.Field, field, refusal.Message)
	}
	if !strings.HasSuffix(refusal.Message, ".") {
		t.Errorf("%q is no sentence", refusal.Message)
	}
}

func TestParse_TakesNothingAsTheEmptySchedule(t *testing.T) {
	for _, raw := range []string{"", " ", "null", "[]"} {
		s, err := Parse([]byte(raw))
		if err != nil || s == nil || len(s) != 0 {
			t.Errorf("%q: got %v, %v", raw, s, err)
		}
	}
}

func TestOccurrences_LeaveOutItemsThatParseWouldRefuse(t *testing.T) {
	good := Item{Start: "2026-06-04T12:00", Minutes: 60, Zone: "UTC"}
	bad := good
	bad.Zone = "Nowhere/Land"
	got := Schedule{bad, good}.Occurrences(date(2026, 6, 1), date(2026, 7, 1), 10)
	if len(got) != 1 {
		t.Errorf("got %d occurrences, want the good item's", len(got))
	}
}

func date(year, month, day int) time.Time {
	return time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
}
