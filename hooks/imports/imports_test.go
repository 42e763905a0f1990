package imports_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tests"

	"kith/hooks/imports"
	_ "kith/migrations"
)

const (
	realFolder = "../../../shared/data"
	bristol    = "feeds/bristol_oruk1_services_2024-12-18.json"
)

// realFile is a path to a file that may be read in tests but not copied here.
func realFile(t testing.TB, name string) string {
	t.Helper()
	path := filepath.Join(realFolder, name)
	if _, err := os.Stat(path); os.IsNotExist(err) {
		t.Skipf("the real data is not here: %s", name)
	}
	return path
}

// shape is the database that all begin with, as the migrations leave it.
var shape = sync.OnceValues(func() ([]byte, error) {
	data, err := os.MkdirTemp("", "kith-shape-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(data)
	app := core.NewBaseApp(core.BaseAppConfig{DataDir: data})
	if err := app.Bootstrap(); err != nil {
		return nil, err
	}
	if err := errors.Join(app.RunAllMigrations(), app.ResetBootstrapState()); err != nil {
		return nil, err
	}
	return os.ReadFile(filepath.Join(data, "data.db"))
})

// migrated is a data folder with that in it.
func migrated(t testing.TB) string {
	t.Helper()
	raw, err := shape()
	if err != nil {
		t.Fatal(err)
	}
	data := t.TempDir()
	if err := os.WriteFile(filepath.Join(data, "data.db"), raw, 0o600); err != nil {
		t.Fatal(err)
	}
	return data
}

func newApp(t testing.TB) core.App {
	t.Helper()
	app, err := tests.NewTestApp(migrated(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(app.Cleanup)
	return app
}

// run is one `kith import`. It gives what the two outputs got.
func run(app core.App, arguments ...string) (stdout, stderr string, err error) {
	var out, errOut bytes.Buffer
	command := imports.Command(app)
	command.SetArgs(arguments)
	command.SetOut(&out)
	command.SetErr(&errOut)
	err = command.Execute()
	return out.String(), errOut.String(), err
}

// imported runs an import that has to succeed, and gives its closing line.
func imported(t testing.TB, app core.App, arguments ...string) (imports.Counts, string) {
	t.Helper()
	stdout, stderr, err := run(app, arguments...)
	if err != nil {
		t.Fatalf("import %v: %v", arguments, err)
	}
	if strings.Count(stdout, "\n") != 1 {
		t.Fatalf("the standard output has more than one line: %q", stdout)
	}
	var counts imports.Counts
	decoder := json.NewDecoder(strings.NewReader(stdout))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&counts); err != nil {
		t.Fatalf("%q: %v", stdout, err)
	}
	if counts.Read != counts.Created+counts.Updated+counts.Unchanged+counts.Refused {
		t.Errorf("the counts don't add up: %s", stdout)
	}
	return counts, stderr
}

func expect(t testing.TB, got imports.Counts, read, created, updated, unchanged, refused, gone int) {
	t.Helper()
	want := imports.Counts{Read: read, Created: created, Updated: updated, Unchanged: unchanged, Refused: refused, Gone: gone}
	if got != want {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
}

// dump is every row of the collections that an import writes, for comparing.
func dump(t testing.TB, app core.App) string {
	t.Helper()
	var b strings.Builder
	for _, name := range []string{"organisations", "places", "listings"} {
		records, err := app.FindRecordsByFilter(name, "", "id", 0, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, record := range records {
			raw, _ := json.Marshal(record.FieldsData())
			b.Write(raw)
			b.WriteByte('\n')
		}
	}
	return b.String()
}

func listing(t testing.TB, app core.App, sourceID string) *core.Record {
	t.Helper()
	record, err := app.FindFirstRecordByData("listings", "sourceId", sourceID)
	if err != nil {
		t.Fatalf("listing %s: %v", sourceID, err)
	}
	return record
}

func count(t testing.TB, app core.App, collection string, where ...dbx.Expression) int64 {
	t.Helper()
	n, err := app.CountRecords(collection, where...)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// file writes a feed that a test made up.
func file(t testing.TB, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

const twoServices = `[{"id":"a","name":"Lunch","status":"active","url":"https://example.org"},{"id":"b","name":"Tea","status":"active"}]`

func TestImport_BristolIsCountedToTheLastRowAndASecondTimeChangesNothing(t *testing.T) {
	path := realFile(t, bristol)
	app := newApp(t)
	counts, report := imported(t, app, "oruk", path)
	expect(t, counts, 819, 817, 0, 0, 2, 0)
	for _, refusal := range []string{
		`row 1, id "def5ccd4-f121-df4d-60d2-4dc0d69ff555", name "": name_missing`,
		`id "2af617e5-4532-bebe-1036-ffdf2e93ce55", name "Yoga for Fitness & Relaxation": duplicate_id`,
	} {
		if !strings.Contains(report, refusal) {
			t.Errorf("the report doesn't name %s:\n%s", refusal, report)
		}
	}
	if n := count(t, app, "listings", dbx.HashExp{"source": "oruk:bristol_oruk1_services_2024-12-18"}); n != 817 {
		t.Errorf("%d listings stored, want 817", n)
	}
	if n := count(t, app, "organisations"); n != 594 {
		t.Errorf("%d organisations stored, want 594", n)
	}
	before := dump(t, app)
	counts, _ = imported(t, app, "oruk", path)
	expect(t, counts, 819, 0, 0, 817, 2, 0)
	if dump(t, app) != before {
		t.Error("the second import changed a row")
	}
}

func TestImport_StoresTheColumnsOfTheProtocol(t *testing.T) {
	app := newApp(t)
	feed := file(t, "town.json", `[{"id":"a","name":"Lunch","status":"temporarily closed","description":"<p>Soup<script>x</script><img src=https://t.example/p.gif></p>",
		"url":"www.example.org","assured_date":"2024-11-27","languages":[{"code":"cy"}],"cost_options":[{"amount":2.5,"option":"Adults"}],
		"schedules":[{"freq":"WEEKLY","byday":"TH","dtstart":"2024-01-04","opens_at":"12:00","closes_at":"14:00"}],
		"organization":{"id":"o","name":"Friends"},"service_at_locations":[{"location":{"id":"p","name":"Hall","latitude":51.4,"longitude":-0.1,
		"addresses":[{"address_1":"1 High St","postal_code":"SE15 1AA"}],"accessibility":[{"description":"Hearing loop"}]}}]}]`)
	imported(t, app, "oruk", feed)
	l := listing(t, app, "a")
	for column, want := range map[string]string{
		"kind": "service", "title": "Lunch", "description": "Soup", "status": "paused", "checked": "2024-11-27", "source": "oruk:town",
		"sourceUrl": "https://www.example.org", "languages": `["cy"]`, "prices": `{"mode":"fixed","amounts":[{"pence":250,"who":"Adults"}],"firstFree":false,"why":""}`,
		"contact":  `{"name":"","phone":"","email":"","url":"https://www.example.org"}`,
		"schedule": `[{"start":"2024-01-04T12:00","minutes":120,"zone":"Europe/London","rrule":"FREQ=WEEKLY;BYDAY=TH"}]`,
	} {
		if got := l.GetString(column); got != want {
			t.Errorf("%s is %s, want %s", column, got, want)
		}
	}
	place, err := app.FindRecordById("places", l.GetString("place"))
	if err != nil || place.GetString("name") != "Hall" || place.GetFloat("lat") != 51.4 || place.GetStringSlice("access")[0] != "hearingLoop" {
		t.Errorf("place %v, %v", place, err)
	}
	organisation, err := app.FindRecordById("organisations", l.GetString("organisation"))
	if err != nil || organisation.GetString("name") != "Friends" {
		t.Errorf("organisation %v, %v", organisation, err)
	}
}

func TestImport_MarksWhatLeftAndBringsBackWhatReturns(t *testing.T) {
	app := newApp(t)
	one := `[{"id":"a","name":"Lunch","status":"active","url":"https://example.org"}]`
	imported(t, app, "oruk", "--feed", "town", file(t, "f", twoServices))
	id := listing(t, app, "b").Id

	counts, _ := imported(t, app, "oruk", "--feed", "town", "--whole=false", file(t, "f", one))
	expect(t, counts, 1, 0, 0, 1, 0, 0)
	counts, _ = imported(t, app, "oruk", "--feed", "other", file(t, "f", one))
	expect(t, counts, 1, 1, 0, 0, 0, 0)
	if status := listing(t, app, "b").GetString("status"); status != "active" {
		t.Errorf("a part of the feed, or another feed, made it %s", status)
	}

	counts, _ = imported(t, app, "oruk", "--feed", "town", file(t, "f", one))
	expect(t, counts, 1, 0, 0, 1, 0, 1)
	if status := listing(t, app, "b").GetString("status"); status != "gone" {
		t.Errorf("what left the feed is %s", status)
	}
	counts, _ = imported(t, app, "oruk", "--feed", "town", file(t, "f", one))
	expect(t, counts, 1, 0, 0, 1, 0, 0)

	counts, _ = imported(t, app, "oruk", "--feed", "town", file(t, "f", twoServices))
	expect(t, counts, 2, 0, 1, 1, 0, 0)
	if back := listing(t, app, "b"); back.GetString("status") != "active" || back.Id != id {
		t.Errorf("what came back is %s as %s, was %s", back.GetString("status"), back.Id, id)
	}
}

func TestImport_KeepsALocalEditUntilTheFeedChanges(t *testing.T) {
	app := newApp(t)
	imported(t, app, "oruk", "--feed", "town", file(t, "f", twoServices))
	edited := listing(t, app, "a")
	edited.Set("title", "Lunch club")
	if err := app.Save(edited); err != nil {
		t.Fatal(err)
	}
	counts, _ := imported(t, app, "oruk", "--feed", "town", file(t, "f", twoServices))
	expect(t, counts, 2, 0, 0, 2, 0, 0)
	if title := listing(t, app, "a").GetString("title"); title != "Lunch club" {
		t.Errorf("an unchanged feed wrote over the edit: %s", title)
	}

	changed := strings.NewReplacer(`"Lunch"`, `"Lunch for all"`, `"Tea"`, `"Tea and cake"`).Replace(twoServices)
	counts, report := imported(t, app, "oruk", "--feed", "town", file(t, "f", changed))
	expect(t, counts, 2, 0, 2, 0, 0, 0)
	if title := listing(t, app, "a").GetString("title"); title != "Lunch for all" {
		t.Errorf("the feed's change was not taken: %s", title)
	}
	if !strings.Contains(report, "1 × local_edit_replaced") || !strings.Contains(report, "edited here. a\n") {
		t.Errorf("the report doesn't say that an edit was replaced, or says it of both:\n%s", report)
	}
}

func TestImport_ARefusedRowHasNotLeft(t *testing.T) {
	app := newApp(t)
	imported(t, app, "oruk", "--feed", "town", file(t, "f", twoServices))
	counts, _ := imported(t, app, "oruk", "--feed", "town", file(t, "f", `[{"id":"a","name":"Lunch","status":"active","url":"https://example.org"},{"id":"b","name":""}]`))
	expect(t, counts, 2, 0, 0, 1, 1, 0)
	counts, report := imported(t, app, "oruk", "--feed", "town", file(t, "f", `[{"id":"a","name":"Lunch","status":"active","url":"https://example.org"},{"name":"Tea"}]`))
	expect(t, counts, 2, 0, 0, 1, 1, 0)
	if !strings.Contains(report, "nothing was marked gone") {
		t.Errorf("a row without an id could be b, and the report says nothing:\n%s", report)
	}
}

func TestImport_WhatIsNoFeedChangesNothing(t *testing.T) {
	app := newApp(t)
	imported(t, app, "oruk", "--feed", "town", file(t, "f", twoServices))
	before := dump(t, app)
	for name, c := range map[string]struct{ content, says string }{
		"a web page":      {"<!DOCTYPE html><html>Sign in</html>", "web page"},
		"an empty file":   {"", "empty"},
		"a cut file":      {twoServices[:90], "cut"},
		"an error object": {`{"error":"quota exceeded"}`, "quota exceeded"},
		"an empty list":   {"[]", "had some before"},
		"an empty page":   {`{"total_items":0,"contents":[]}`, "had some before"},
	} {
		stdout, _, err := run(app, "oruk", "--feed", "town", file(t, "f", c.content))
		if err == nil || stdout != "" || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), "nothing was imported") {
			t.Errorf("%s: error %v, output %q", name, err, stdout)
		}
		if dump(t, app) != before {
			t.Fatalf("%s changed a row", name)
		}
	}
	if _, _, err := run(app, "oruk", "--feed", "town", filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("a file that isn't there is no error")
	}
}

func TestImport_AnEmptyFirstFeedIsNoError(t *testing.T) {
	counts, report := imported(t, newApp(t), "oruk", "--feed", "town", file(t, "f", "[]"))
	expect(t, counts, 0, 0, 0, 0, 0, 0)
	if !strings.Contains(report, "0 services") {
		t.Error(report)
	}
}

func TestImport_AFailureHalfWayLeavesNothing(t *testing.T) {
	app := newApp(t)
	app.OnRecordCreateExecute("listings").BindFunc(func(e *core.RecordEvent) error {
		if e.Record.GetString("sourceId") == "b" {
			return os.ErrClosed
		}
		return e.Next()
	})
	feed := strings.Replace(twoServices, `"name":"Lunch"`, `"name":"Lunch","organization":{"id":"o","name":"Friends"}`, 1)
	if stdout, _, err := run(app, "oruk", file(t, "f.json", feed)); err == nil || stdout != "" {
		t.Errorf("error %v, output %q", err, stdout)
	}
	if left := dump(t, app); left != "" {
		t.Errorf("half of it was written: %s", left)
	}
}

func TestImport_NamesARowThatTheDatabaseRefuses(t *testing.T) {
	app := newApp(t)
	app.OnRecordValidate("listings").BindFunc(func(e *core.RecordEvent) error {
		if e.Record.GetString("sourceId") == "b" {
			e.Record.Set("kind", "circus")
		}
		return e.Next()
	})
	counts, report := imported(t, app, "oruk", file(t, "f.json", twoServices))
	expect(t, counts, 2, 1, 0, 0, 1, 0)
	if !strings.Contains(report, `id "b", name "Tea": column_invalid: kind`) {
		t.Error(report)
	}
}

func TestImport_OnePageOfSeveralMarksNothingGone(t *testing.T) {
	app := newApp(t)
	imported(t, app, "oruk", "--feed", "town", file(t, "f", twoServices))
	counts, report := imported(t, app, "oruk", "--feed", "town", file(t, "f",
		`{"total_pages":2,"total_items":2,"page_number":1,"first_page":true,"contents":[{"id":"b","name":"Tea","status":"active"}]}`))
	expect(t, counts, 1, 0, 0, 1, 0, 0)
	if !strings.Contains(report, "one page of several") {
		t.Error(report)
	}
}

func BenchmarkImport_Bristol(b *testing.B) {
	path := realFile(b, bristol)
	for b.Loop() {
		b.StopTimer()
		app := newApp(b)
		b.StartTimer()
		imported(b, app, "oruk", path)
	}
}
