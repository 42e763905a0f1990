package imports_test

import (
	"strings"
	"testing"

	"github.com/pocketbase/dbx"
)

// calendarOf wraps events into a calendar.
func calendarOf(events ...string) string {
	body := strings.Join(events, "")
	return strings.ReplaceAll("BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Town//EN\n"+body+"END:VCALENDAR\n", "\n", "\r\n")
}

const (
	fair = "BEGIN:VEVENT\nUID:fair@town\nDTSTAMP:20240101T000000Z\nDTSTART;TZID=Europe/London:20240601T100000\nDTEND;TZID=Europe/London:20240601T160000\n" +
		"SUMMARY:Summer fair\nDESCRIPTION:<p>Cake &amp\\; tea</p><script>x</script>\nLOCATION:Main hall\\, upstairs\nURL:https://town.example/fair\nEND:VEVENT\n"
	choir = "BEGIN:VEVENT\nUID:choir@town\nDTSTAMP:20240101T000000Z\nDTSTART;TZID=Europe/London:20240104T190000\nDTEND;TZID=Europe/London:20240104T203000\n" +
		"RRULE:FREQ=WEEKLY\nSUMMARY:Choir\nURL:javascript:alert(1)\nEND:VEVENT\n"
)

func TestImport_TurnsEventsIntoListings(t *testing.T) {
	app := newApp(t)
	counts, report := imported(t, app, "ical", "--feed", "town", file(t, "f", calendarOf(fair, choir)))
	expect(t, counts, 2, 2, 0, 0, 0, 0)
	l := listing(t, app, "fair@town")
	for column, want := range map[string]string{
		"kind": "event", "title": "Summer fair", "description": "Cake & tea", "room": "Main hall, upstairs", "place": "", "status": "active",
		"source": "ical:town", "sourceUrl": "https://town.example/fair",
		"schedule": `[{"start":"2024-06-01T10:00","minutes":360,"zone":"Europe/London"}]`,
	} {
		if got := l.GetString(column); got != want {
			t.Errorf("%s is %q, want %q", column, got, want)
		}
	}
	if l := listing(t, app, "choir@town"); l.GetString("kind") != "group" || l.GetString("sourceUrl") != "" {
		t.Errorf("a weekly choir is a %s at %q", l.GetString("kind"), l.GetString("sourceUrl"))
	}
	if !strings.Contains(report, "1 × url_invalid") {
		t.Error(report)
	}
}

func TestImport_ACalendarIsCountedAndNamed(t *testing.T) {
	app := newApp(t)
	long := strings.Replace(fair, "UID:fair@town", "UID:"+strings.Repeat("x", 201), 1)
	unnamed := strings.NewReplacer("UID:fair@town", "UID:unnamed", "SUMMARY:Summer fair", "SUMMARY: ").Replace(fair)
	endless := strings.NewReplacer("UID:fair@town", "UID:odd", "DTSTART;TZID=Europe/London:20240601T100000\n", "").Replace(fair)
	counts, report := imported(t, app, "ical", "--feed", "town", file(t, "f", calendarOf(fair, long, unnamed, endless)))
	expect(t, counts, 4, 1, 0, 0, 3, 0)
	for _, reason := range []string{"id_invalid (", `"unnamed", name "": name_missing (`, `"odd", name "Summer fair": start_missing (`} {
		if !strings.Contains(report, reason) {
			t.Errorf("the report doesn't have %s:\n%s", reason, report)
		}
	}
}

func TestImport_ARefusedEventHasNotLeft(t *testing.T) {
	app := newApp(t)
	imported(t, app, "ical", "--feed", "town", file(t, "f", calendarOf(fair, choir)))
	for _, broken := range []string{
		strings.Replace(fair, "DTSTART;TZID=Europe/London:20240601T100000\n", "", 1),
		strings.Replace(fair, "SUMMARY:Summer fair\n", "", 1),
		strings.Replace(fair, "UID:fair@town\n", "", 1),
	} {
		counts, _ := imported(t, app, "ical", "--feed", "town", file(t, "f", calendarOf(broken, choir)))
		expect(t, counts, 2, 0, 0, 1, 1, 0)
	}
}

func TestImport_ACancelledEventEnds(t *testing.T) {
	app := newApp(t)
	imported(t, app, "ical", "--feed", "town", file(t, "f", calendarOf(fair, choir)))
	cancelled := strings.Replace(fair, "SUMMARY", "STATUS:CANCELLED\nSUMMARY", 1)
	counts, _ := imported(t, app, "ical", "--feed", "town", file(t, "f", calendarOf(cancelled, choir)))
	expect(t, counts, 2, 0, 1, 1, 0, 0)
	if status := listing(t, app, "fair@town").GetString("status"); status != "ended" {
		t.Errorf("a cancelled event is %s", status)
	}
}

func TestImport_TwoSnapshotsOfMudeford(t *testing.T) {
	app := newApp(t)
	first, second := realFile(t, "ical/mudeford_rnli_teamup_2020-01-20.ics"), realFile(t, "ical/mudeford_rnli_teamup_2022-05-17.ics")
	counts, _ := imported(t, app, "ical", "--feed", "mudeford", first)
	expect(t, counts, 25, 25, 0, 0, 0, 0)
	counts, _ = imported(t, app, "ical", "--feed", "mudeford", first)
	expect(t, counts, 25, 0, 0, 25, 0, 0)

	// Two years later it is all other events.
	counts, report := imported(t, app, "ical", "--feed", "mudeford", second)
	expect(t, counts, 21, 21, 0, 0, 0, 25)
	if strings.Contains(report, "local_edit_replaced") {
		t.Error(report)
	}
	if n := count(t, app, "listings", dbx.HashExp{"status": "gone"}); n != 25 {
		t.Errorf("%d are gone, want 25", n)
	}
	counts, _ = imported(t, app, "ical", "--feed", "mudeford", first)
	expect(t, counts, 25, 0, 25, 0, 0, 21)
	if n := count(t, app, "listings"); n != 46 {
		t.Errorf("%d listings, want 46: none erased, none doubled", n)
	}
}

func TestImport_RealCalendarsTwiceChangeNothingTheSecondTime(t *testing.T) {
	for _, name := range []string{"hulme_moss_side_age_friendly_google_2018-07-04", "zion_centre_outlook365_2018-07-04"} {
		app := newApp(t)
		path := realFile(t, "ical/"+name+".ics")
		counts, report := imported(t, app, "ical", path)
		if counts.Created == 0 || counts.Updated+counts.Unchanged+counts.Gone != 0 || strings.Count(report, "\n  id ") != counts.Refused {
			t.Errorf("%s: %+v\n%s", name, counts, report)
		}
		before := dump(t, app)
		again, _ := imported(t, app, "ical", path)
		expect(t, again, counts.Read, 0, 0, counts.Created, counts.Refused, 0)
		if dump(t, app) != before {
			t.Errorf("%s: the second import changed a row", name)
		}
	}
}

func TestImport_AnEmptyCalendarMarksNothingGone(t *testing.T) {
	app := newApp(t)
	imported(t, app, "ical", "--feed", "zion", realFile(t, "ical/zion_centre_outlook365_2018-07-04.ics"))
	before := dump(t, app)
	counts, report := imported(t, app, "ical", "--feed", "zion", realFile(t, "ical/zion_centre_outlook365_empty_2022-11.ics"))
	expect(t, counts, 0, 0, 0, 0, 0, 0)
	if !strings.Contains(report, "0 events, nothing marked gone") || dump(t, app) != before {
		t.Error(report)
	}
}

func TestImport_WhatIsNoCalendarChangesNothing(t *testing.T) {
	app := newApp(t)
	imported(t, app, "ical", "--feed", "town", file(t, "f", calendarOf(fair, choir)))
	before := dump(t, app)
	whole := calendarOf(fair, choir)
	paths := map[string]string{
		"a web page":                  file(t, "f", "<!DOCTYPE html><html>Sign in</html>"),
		"an empty file":               file(t, "f", ""),
		"a cut file":                  file(t, "f", whole[:len(whole)-40]),
		"services":                    file(t, "f", twoServices),
		"a page served as a calendar": realFile(t, "ical/family_action_BAD_is_html.ics"),
	}
	for name, path := range paths {
		stdout, _, err := run(app, "ical", "--feed", "town", path)
		if err == nil || stdout != "" || !strings.Contains(err.Error(), "nothing was imported") {
			t.Errorf("%s: error %v, output %q", name, err, stdout)
		}
		if dump(t, app) != before {
			t.Fatalf("%s changed a row", name)
		}
	}
}
