package icalendar

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kith/internal/calendar"
)

// feed is a calendar of events, each given as its lines but UID, in CRLF.
func feed(events ...string) string {
	var b strings.Builder
	b.WriteString("BEGIN:VCALENDAR\nVERSION:2.0\nX-WR-CALNAME:The hall\\, upstairs\n")
	for i, lines := range events {
		fmt.Fprintf(&b, "BEGIN:VEVENT\nUID:event-%d\n%s\nEND:VEVENT\n", i+1, strings.TrimSpace(lines))
	}
	b.WriteString("END:VCALENDAR\n")
	return strings.ReplaceAll(b.String(), "\n", "\r\n")
}

func read(t *testing.T, text string) *Calendar {
	t.Helper()
	c, err := Read([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// only gives the one event of a calendar, which refuses nothing.
func only(t *testing.T, text string) Event {
	t.Helper()
	c := read(t, text)
	if len(c.Events) != 1 || len(c.Refused) != 0 {
		t.Fatalf("events %v, refused %v", c.Events, c.Refused)
	}
	return c.Events[0]
}

func scheduleJSON(t *testing.T, s calendar.Schedule) string {
	t.Helper()
	written, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	return string(written)
}

func TestRead_GivesTheScheduleThatAnEventMeans(t *testing.T) {
	cases := []struct{ name, lines, want string }{
		{"an hour in a zone", "DTSTART;TZID=Europe/Dublin:20260604T120000\nDTEND;TZID=Europe/Dublin:20260604T130000",
			`{"start":"2026-06-04T12:00","minutes":60,"zone":"Europe/Dublin"}`},
		{"a Windows zone", "DTSTART;TZID=GMT Standard Time:20260604T120000\nDURATION:PT1H30M",
			`{"start":"2026-06-04T12:00","minutes":90,"zone":"Europe/London"}`},
		{"a quoted zone with a path", "DTSTART;TZID=\"/citadel.org/20210210_1/America/New_York\":20260604T120000\nDURATION:P1D",
			`{"start":"2026-06-04T12:00","minutes":1440,"zone":"America/New_York"}`},
		{"Windows' zone as on screen", "DTSTART;TZID=\"(UTC+00:00) Dublin, Edinburgh, Lisbon, London\":20260604T120000",
			`{"start":"2026-06-04T12:00","minutes":0,"zone":"Europe/London"}`},
		{"no zone", "DTSTART:20260604T120030\nDTEND:20260604T130030", `{"start":"2026-06-04T12:00","minutes":60,"zone":"Europe/London"}`},
		{"an end in another zone", "DTSTART;TZID=Europe/London:20260604T120000\nDTEND:20260604T113000Z",
			`{"start":"2026-06-04T12:00","minutes":30,"zone":"Europe/London"}`},
		{"UTC in summer", "DTSTART:20260604T110000Z\nDTEND:20260604T120000Z", `{"start":"2026-06-04T12:00","minutes":60,"zone":"Europe/London"}`},
		{"UTC in the hour that comes twice", "DTSTART:20261025T013000Z", `{"start":"2026-10-25T01:30","minutes":0,"zone":"UTC"}`},
		{"UTC that recurs goes by the clock on the wall", "DTSTART:20260604T110000Z\nRRULE:FREQ=WEEKLY;BYDAY=TH",
			`{"start":"2026-06-04T12:00","minutes":0,"zone":"Europe/London","rrule":"FREQ=WEEKLY;BYDAY=TH"}`},
		{"UTC that recurs on another date than in London", "DTSTART:20260604T233000Z\nRRULE:FREQ=WEEKLY;BYDAY=TH",
			`{"start":"2026-06-04T23:30","minutes":0,"zone":"UTC","rrule":"FREQ=WEEKLY;BYDAY=TH"}`},
		{"all day", "DTSTART;VALUE=DATE:20260604\nDTEND;VALUE=DATE:20260606", `{"start":"2026-06-04T00:00","minutes":2880,"zone":"Europe/London","allDay":true}`},
		{"all day without an end", "DTSTART;VALUE=DATE:20260604", `{"start":"2026-06-04T00:00","minutes":1440,"zone":"Europe/London","allDay":true}`},
		{"all day that ends on its day", "DTSTART;VALUE=DATE:20260604\nDTEND;VALUE=DATE:20260604", `{"start":"2026-06-04T00:00","minutes":1440,"zone":"Europe/London","allDay":true}`},
		{"all day through a clock change", "DTSTART;VALUE=DATE:20260328\nDTEND;VALUE=DATE:20260330", `{"start":"2026-03-28T00:00","minutes":2880,"zone":"Europe/London","allDay":true}`},
		{"all day for a week", "DTSTART;VALUE=DATE:20260604\nDURATION:P1W", `{"start":"2026-06-04T00:00","minutes":10080,"zone":"Europe/London","allDay":true}`},
		{"a rule in Outlook's words", "DTSTART;TZID=Europe/London:20260604T090000\nRRULE:freq=weekly; byday=TH;WKST=MO;BYHOUR=9;BYMINUTE=0;",
			`{"start":"2026-06-04T09:00","minutes":0,"zone":"Europe/London","rrule":"FREQ=WEEKLY;BYDAY=TH;WKST=MO"}`},
		{"a start that the rule does not give", "DTSTART;TZID=Europe/London:20260603T090000\nRRULE:FREQ=WEEKLY;BYDAY=TH",
			`{"start":"2026-06-03T09:00","minutes":0,"zone":"Europe/London","rrule":"FREQ=WEEKLY;BYDAY=TH","extra":["2026-06-03T09:00"]}`},
		{"dates out, in several forms", "DTSTART;TZID=Europe/London:20260604T090000\nRRULE:FREQ=WEEKLY\nEXDATE;TZID=Europe/London:20260618T090000,20260611T090000\nEXDATE:20260625T080000Z\nEXDATE;VALUE=DATE:20260702",
			`{"start":"2026-06-04T09:00","minutes":0,"zone":"Europe/London","rrule":"FREQ=WEEKLY","changes":[{"from":"2026-06-11T09:00","cancelled":true},{"from":"2026-06-18T09:00","cancelled":true},{"from":"2026-06-25T09:00","cancelled":true},{"from":"2026-07-02T09:00","cancelled":true}]}`},
		{"a date out in the gap of a clock change", "DTSTART;TZID=Europe/London:20260328T013000\nRRULE:FREQ=DAILY\nEXDATE;TZID=Europe/London:20260329T013000",
			`{"start":"2026-03-28T01:30","minutes":0,"zone":"Europe/London","rrule":"FREQ=DAILY","changes":[{"from":"2026-03-29T01:30","cancelled":true}]}`},
		{"dates in", "DTSTART;TZID=Europe/London:20260604T090000\nRDATE;TZID=Europe/London:20260612T100000,20260605T090000\nRDATE;VALUE=PERIOD:20260705T080000Z/PT1H",
			`{"start":"2026-06-04T09:00","minutes":0,"zone":"Europe/London","extra":["2026-06-05T09:00","2026-06-12T10:00","2026-07-05T09:00"]}`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := scheduleJSON(t, only(t, feed(c.lines)).Schedule); got != "["+c.want+"]" {
				t.Errorf("got  %s\nwant [%s]", got, c.want)
			}
		})
	}
}

const lunch = "DTSTART;TZID=Europe/London:20260604T120000\nDTEND;TZID=Europe/London:20260604T140000\nRRULE:FREQ=WEEKLY;BYDAY=TH\nSUMMARY:Lunch\nLOCATION:Hall"

// override is a VEVENT that changes one date of the first event of a feed.
func override(of, lines string) string {
	return "RECURRENCE-ID;" + of + "\n" + lines
}

func TestRead_TurnsOverridesIntoChanges(t *testing.T) {
	const item = `"start":"2026-06-04T12:00","minutes":120,"zone":"Europe/London","rrule":"FREQ=WEEKLY;BYDAY=TH"`
	cases := []struct{ name, override, want string }{
		{"moved and shorter", override("TZID=Europe/London:20260611T120000", "DTSTART;TZID=Europe/London:20260612T130000\nDURATION:PT1H\nSUMMARY:Lunch"),
			`{` + item + `,"changes":[{"from":"2026-06-11T12:00","start":"2026-06-12T13:00","minutes":60}]}`},
		{"named in UTC, moved to another zone's time", override("VALUE=DATE-TIME:20260611T110000Z", "DTSTART;TZID=America/New_York:20260611T090000\nDURATION:PT2H"),
			`{` + item + `,"changes":[{"from":"2026-06-11T12:00","start":"2026-06-11T14:00"}]}`},
		{"named by its date", override("VALUE=DATE:20260611", "DTSTART;TZID=Europe/London:20260611T120000\nDURATION:PT2H\nSUMMARY:Summer\n  party\nLOCATION:The garden\\, behind"),
			`{` + item + `,"changes":[{"from":"2026-06-11T12:00","note":"Summer party · The garden, behind"}]}`},
		{"cancelled", override("TZID=Europe/London:20260611T120000", "DTSTART;TZID=Europe/London:20260611T120000\nDURATION:PT2H\nSTATUS:CANCELLED\nSUMMARY:No lunch"),
			`{` + item + `,"changes":[{"from":"2026-06-11T12:00","cancelled":true,"note":"No lunch"}]}`},
		{"of a date that the rule does not give", override("TZID=Europe/London:20260612T120000", "DTSTART;TZID=Europe/London:20260613T120000\nDURATION:PT2H"),
			`{` + item + `,"changes":[{"from":"2026-06-12T12:00","start":"2026-06-13T12:00"}],"extra":["2026-06-12T12:00"]}`},
		{"cancelled, of a date that the rule does not give", override("TZID=Europe/London:20260612T120000", "DTSTART;TZID=Europe/London:20260612T120000\nSTATUS:CANCELLED"),
			`{` + item + `}`},
		{"become all day", override("TZID=Europe/London:20260611T120000", "DTSTART;VALUE=DATE:20260611"),
			`{` + item + `,"changes":[{"from":"2026-06-11T12:00","cancelled":true}]},{"start":"2026-06-11T00:00","minutes":1440,"zone":"Europe/London","allDay":true}`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			text := strings.ReplaceAll(feed(lunch, c.override), "UID:event-2", "UID:event-1")
			if got := scheduleJSON(t, only(t, text).Schedule); got != "["+c.want+"]" {
				t.Errorf("got  %s\nwant [%s]", got, c.want)
			}
		})
	}
}

func TestRead_LeavesOutADateThatIsBothExcludedAndChanged(t *testing.T) {
	text := strings.ReplaceAll(feed(lunch+"\nEXDATE;TZID=Europe/London:20260611T120000",
		override("TZID=Europe/London:20260611T120000", "DTSTART;TZID=Europe/London:20260612T130000")), "UID:event-2", "UID:event-1")
	got := only(t, text).Schedule
	if len(got[0].Changes) != 1 || !got[0].Changes[0].Cancelled || got[0].Changes[0].Start != "" {
		t.Errorf("changes %v", got[0].Changes)
	}
}

func TestRead_TakesTheNewerOfTwoChangesOfOneDate(t *testing.T) {
	newer := override("TZID=Europe/London:20260611T120000", "SEQUENCE:2\nDTSTART;TZID=Europe/London:20260612T130000")
	older := override("TZID=Europe/London:20260611T120000", "SEQUENCE:1\nDTSTART;TZID=Europe/London:20260611T120000\nSTATUS:CANCELLED")
	text := strings.NewReplacer("UID:event-2", "UID:event-1", "UID:event-3", "UID:event-1").Replace(feed(lunch, newer, older))
	got := only(t, text).Schedule
	if len(got[0].Changes) != 1 || got[0].Changes[0].Start != "2026-06-12T13:00" {
		t.Errorf("changes %v", got[0].Changes)
	}
}

func TestRead_MakesOneEventOfChangesWhoseSeriesIsNotThere(t *testing.T) {
	one := override("TZID=Europe/London:20260611T120000", "DTSTART;TZID=Europe/London:20260611T120000\nDURATION:PT1H\nSUMMARY:A lunch")
	two := override("TZID=Europe/London:20260618T120000", "DTSTART;TZID=Europe/London:20260619T120000\nDURATION:PT1H")
	e := only(t, strings.ReplaceAll(feed(one, two), "UID:event-2", "UID:event-1"))
	want := `[{"start":"2026-06-11T12:00","minutes":60,"zone":"Europe/London"},{"start":"2026-06-19T12:00","minutes":60,"zone":"Europe/London"}]`
	if got := scheduleJSON(t, e.Schedule); got != want || e.Summary != "A lunch" {
		t.Errorf("%s: got %s", e.Summary, got)
	}
}

func TestRead_GivesTheTextsAsAPersonWroteThem(t *testing.T) {
	text := feed("DTSTART:20260604T120000\nSUMMARY:Tea\\, cake\\; chat, all\nDESCRIPTION:One\\nTwo\\\\three \\x \n  café\nLOCATION;ALTREP=\"C:\\x;y\":Hall\nURL:https://example.org/?a=1;b=2,3\nSTATUS:confirmed\nLAST-MODIFIED:20260601T090000Z")
	e := only(t, text)
	want := Event{UID: "event-1", Summary: "Tea, cake; chat, all", Description: "One\nTwo\\three \\x  café", Location: "Hall",
		URL: "https://example.org/?a=1;b=2,3", Status: "CONFIRMED", LastModified: time.Date(2026, 6, 1, 9, 0, 0, 0, time.UTC), Schedule: e.Schedule}
	if fmt.Sprint(e) != fmt.Sprint(want) {
		t.Errorf("got  %v\nwant %v", e, want)
	}
	if name := read(t, text).Name; name != "The hall, upstairs" {
		t.Errorf("calendar %q", name)
	}
}

func TestRead_ReadsTheSameWhateverTheLineEndsAndCase(t *testing.T) {
	text := feed(lunch, "DTSTART:20260604T120000\nSUMMARY:Caf\n é")
	want := fmt.Sprint(*read(t, text))
	small := strings.NewReplacer("BEGIN:VEVENT", "begin:vevent", "END:VEVENT", "End:Vevent", "SUMMARY", "summary").Replace(text)
	for name, other := range map[string]string{
		"LF": strings.ReplaceAll(text, "\r\n", "\n"), "a byte order mark": "\ufeff" + text, "blank lines": "\r\n\r\n" + text + "\r\n\r\n",
		"no last line end": strings.TrimSpace(text), "small letters": small,
	} {
		if got := fmt.Sprint(*read(t, other)); got != want {
			t.Errorf("%s: got %s\nwant %s", name, got, want)
		}
	}
}

func TestRead_TakesTheCalendarsOwnZone(t *testing.T) {
	for named, want := range map[string]string{"Europe/Dublin": "Europe/Dublin", "GMT Standard Time": "Europe/London", "UTC": "UTC", "Nowhere": "Europe/London"} {
		text := strings.Replace(feed("DTSTART:20260604T120000"), "VERSION:2.0", "X-WR-TIMEZONE:"+named, 1)
		if c := read(t, text); c.Zone != want || c.Events[0].Schedule[0].Zone != want {
			t.Errorf("%s: calendar %s, event %s", named, c.Zone, c.Events[0].Schedule[0].Zone)
		}
	}
}

func TestRead_TakesAZoneThatTheFileExplains(t *testing.T) {
	text := strings.Replace(feed("DTSTART;TZID=Our time:20260604T120000"), "BEGIN:VEVENT",
		"BEGIN:VTIMEZONE\r\nTZID:Our time\r\nX-LIC-LOCATION:Europe/Paris\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT", 1)
	if zone := only(t, text).Schedule[0].Zone; zone != "Europe/Paris" {
		t.Errorf("zone %s", zone)
	}
}

func TestRead_RefusesAnEventByNameAndKeepsTheOthers(t *testing.T) {
	cases := []struct{ name, lines, code string }{
		{"no start", "SUMMARY:x", StartMissing},
		{"no such day", "DTSTART:20260230T120000", TimesInvalid},
		{"no time", "DTSTART:soon", TimesInvalid},
		{"ends first", "DTSTART:20260604T120000\nDTEND:20260604T110000", TimesInvalid},
		{"a day that ends at noon", "DTSTART;VALUE=DATE:20260604\nDTEND:20260604T120000", TimesInvalid},
		{"less than no time", "DTSTART:20260604T120000\nDURATION:-PT1H", TimesInvalid},
		{"a duration of nothing", "DTSTART:20260604T120000\nDURATION:P", TimesInvalid},
		{"a bad date out", "DTSTART:20260604T120000\nRRULE:FREQ=DAILY\nEXDATE:never", TimesInvalid},
		{"an unknown zone", "DTSTART;TZID=Customized Time Zone:20260604T120000", ZoneUnknown},
		{"every second", "DTSTART:20260604T120000\nRRULE:FREQ=SECONDLY", RuleUnsupported},
		{"two rules", "DTSTART:20260604T120000\nRRULE:FREQ=DAILY\nRRULE:FREQ=WEEKLY", RuleUnsupported},
		{"a rule of exceptions", "DTSTART:20260604T120000\nRRULE:FREQ=DAILY\nEXRULE:FREQ=WEEKLY", RuleUnsupported},
		{"all later dates at once", "DTSTART:20260604T120000\nRECURRENCE-ID;RANGE=THISANDFUTURE:20260604T120000", RuleUnsupported},
		{"over before it began", "DTSTART:20260604T120000\nRRULE:FREQ=WEEKLY;UNTIL=20260604T105959Z", NeverHappens},
		{"longer than a year", "DTSTART:20260604T120000\nDTEND:20280604T120000", ScheduleInvalid},
		{"long ago", "DTSTART:18990604T120000", ScheduleInvalid},
		{"a line without a colon", "DTSTART:20260604T120000\nSUMMARY", EventMalformed},
		{"a parameter that does not end", "DTSTART:20260604T120000\nSUMMARY;LANGUAGE=en", EventMalformed},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := read(t, feed(c.lines, lunch))
			if len(got.Events) != 1 || got.Events[0].UID != "event-2" {
				t.Errorf("events %v", got.Events)
			}
			if len(got.Refused) != 1 || got.Refused[0].Code != c.code || !strings.HasSuffix(got.Refused[0].Message, ".") {
				t.Errorf("refused %v, want %s", got.Refused, c.code)
			}
		})
	}
}

func TestRead_RefusesAnEventWithoutANameOrWithAnothersName(t *testing.T) {
	nameless := strings.Replace(feed(lunch), "UID:event-1\r\n", "", 1)
	if got := read(t, nameless); len(got.Events) != 0 || len(got.Refused) != 1 || got.Refused[0].Code != UIDMissing || got.Refused[0].Summary != "Lunch" {
		t.Errorf("got %v", got)
	}
	newer := lunch + "\nSEQUENCE:3\nDESCRIPTION:newer"
	for name, events := range map[string][]string{"newer last": {lunch, newer}, "newer first": {newer, lunch}} {
		got := read(t, strings.ReplaceAll(feed(events...), "UID:event-2", "UID:event-1"))
		if len(got.Events) != 1 || got.Events[0].Description != "newer" || len(got.Refused) != 1 || got.Refused[0].Code != UIDRepeated {
			t.Errorf("%s: got %v", name, got)
		}
	}
}

func TestRead_RefusesAFileThatIsNoWholeCalendar(t *testing.T) {
	whole := strings.TrimSpace(feed(lunch, lunch))
	deep := strings.Repeat("BEGIN:X\n", 100_000)
	cases := []struct{ name, text, code string }{
		{"nothing", "", Truncated},
		{"white space", "\ufeff \r\n ", Truncated},
		{"a web page", "<!doctype html><html>BEGIN:VCALENDAR\nEND:VCALENDAR", NotACalendar},
		{"an event without a calendar", "BEGIN:VEVENT\nEND:VEVENT", NotACalendar},
		{"too deep", "BEGIN:VCALENDAR\n" + deep, Malformed},
		{"a calendar in a calendar", "BEGIN:VCALENDAR\nBEGIN:VCALENDAR\nEND:VCALENDAR\nEND:VCALENDAR", Malformed},
		{"an event behind the calendar", whole + "\nBEGIN:VEVENT\nEND:VEVENT", Malformed},
		{"an end of something else", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VTODO\nEND:VCALENDAR", Malformed},
		{"a head that cannot be read", "BEGIN:VCALENDAR\nX-WR-TIMEZONE\nEND:VCALENDAR", Malformed},
		{"too large", whole + strings.Repeat("\n", MaxBytes), TooLarge},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { failsWith(t, c.text, c.code) })
	}
	for cut := range len(whole) {
		failsWith(t, whole[:cut], Truncated)
	}
}

func failsWith(t *testing.T, text, code string) {
	t.Helper()
	c, err := Read([]byte(text))
	var failed *Error
	if c != nil || !errors.As(err, &failed) || failed.Code != code || !strings.HasSuffix(failed.Message, ".") {
		t.Errorf("%.60q (%d bytes): got %v, %v, want %s", text, len(text), c, err, code)
	}
}

func TestRead_TakesACalendarWithoutEvents(t *testing.T) {
	if c := read(t, feed()); len(c.Events)+len(c.Refused) != 0 {
		t.Errorf("got %v", c)
	}
}

func TestRead_ReadsRealFeedsAndNamesWhatItRefuses(t *testing.T) {
	cases := map[string]struct{ events, neverHappen int }{
		"hulme_moss_side_age_friendly_google_2018-07-04.ics": {133, 3}, // and 3 overrides: 139 in the file
		"mudeford_rnli_teamup_2020-01-20.ics":                {25, 0},
		"mudeford_rnli_teamup_2022-05-17.ics":                {21, 0},
		"zion_centre_outlook365_2018-07-04.ics":              {24, 0},
		"zion_centre_outlook365_empty_2022-11.ics":           {0, 0},
	}
	for name, want := range cases {
		c := read(t, string(realFeed(t, name)))
		never := 0
		for _, refusal := range c.Refused {
			if refusal.Code == NeverHappens {
				never++
			}
		}
		if len(c.Events) != want.events || len(c.Refused) != want.neverHappen || never != want.neverHappen {
			t.Errorf("%s: %d events, %d refused, %d of them never happen", name, len(c.Events), len(c.Refused), never)
		}
	}
	failsWith(t, string(realFeed(t, "family_action_BAD_is_html.ics")), NotACalendar)
}

// realFeed reads a file that may be tested with and not be published.
func realFeed(t testing.TB, name string) []byte {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "data", "ical", name))
	if err != nil {
		t.Skipf("the real feeds are not beside this checkout (../shared/data): %v", err)
	}
	return raw
}

func FuzzICalendar(f *testing.F) {
	f.Add([]byte(feed(lunch, "DTSTART;VALUE=DATE:20260604\nRDATE:20260612T100000Z\nEXDATE;TZID=GMT Standard Time:20260604T000000")))
	f.Add([]byte(strings.ReplaceAll(feed(lunch, override("TZID=Europe/London:20260611T120000", "DTSTART;VALUE=DATE:20260611")), "UID:event-2", "UID:event-1")))
	f.Add([]byte(feed("DTSTART:20260604T233000Z\nRRULE:FREQ=MONTHLY;BYDAY=-1TH;COUNT=3\nDURATION:PT1H")))
	f.Fuzz(func(t *testing.T, raw []byte) {
		c, err := Read(raw)
		if err != nil {
			return
		}
		for _, e := range c.Events {
			if err := e.Schedule.Check(); err != nil || e.UID == "" {
				t.Errorf("%q has a schedule that would be refused: %v", e.UID, err)
			}
		}
		for _, refusal := range c.Refused {
			if refusal.Code == "" || refusal.Message == "" {
				t.Errorf("%v is refused without a reason", refusal)
			}
		}
	})
}
