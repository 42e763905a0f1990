package seed

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"kith/internal/calendar"
	_ "kith/migrations"
)

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

// emptyApp is a community with nothing in it but its shape.
func emptyApp(t *testing.T) core.App {
	t.Helper()
	app := core.NewBaseApp(core.BaseAppConfig{DataDir: migrated(t)})
	if err := app.Bootstrap(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := app.ResetBootstrapState(); err != nil {
			t.Error(err)
		}
	})
	return app
}

var filled = []string{"communities", "places", "organisations", "listings", "shops", "members", "roles", "hosts", "consents", "onCall", "basics", "notices", "noticeChoices", "registrations"}

func counts(t *testing.T, app core.App) map[string]int64 {
	t.Helper()
	found := map[string]int64{}
	for _, name := range filled {
		count, err := app.CountRecords(name)
		if err != nil {
			t.Fatal(err)
		}
		found[name] = count
	}
	return found
}

func fill(t *testing.T, app core.App, now time.Time) {
	t.Helper()
	if err := Fill(app, now); err != nil {
		t.Fatal(err)
	}
}

func TestFill_WritesAllOfTheTown(t *testing.T) {
	app, town := emptyApp(t), load(t)
	fill(t, app, london(t, "2026-11-22T08:38"))
	want := map[string]int{
		"communities": 1, "places": len(town.places), "organisations": len(town.organisations),
		"listings": len(town.listings), "shops": len(town.shops), "members": len(town.people), "roles": 12, "hosts": 6, "consents": 1, "onCall": 2, "basics": 1,
		"notices": 6, "noticeChoices": 3, "registrations": 4,
	}
	for name, count := range counts(t, app) {
		if int(count) != want[name] {
			t.Errorf("%d rows in %s, wanted %d", count, name, want[name])
		}
	}
}

func TestFill_StoresSchedulesAsTheCalendarReadsThem(t *testing.T) {
	app := emptyApp(t)
	now := london(t, "2026-11-22T08:38")
	fill(t, app, now)
	listing, err := app.FindRecordById("listings", rowID("listings", "green-lunch-club"))
	if err != nil {
		t.Fatal(err)
	}
	when, err := calendar.Parse([]byte(listing.GetString("schedule")))
	if err != nil {
		t.Fatal(err)
	}
	coming := when.Occurrences(now, now.AddDate(0, 0, 7), 10)
	if len(coming) != 1 || coming[0].Key != "2026-11-26T12:00" {
		t.Errorf("the next lunch is %v, wanted Thursday at twelve", coming)
	}
	if listing.GetString("checked") != "2026-11-19" || listing.GetString("source") != "demo" {
		t.Errorf("checked %q, source %q", listing.GetString("checked"), listing.GetString("source"))
	}
	if paragraphs := strings.Count(listing.GetString("description"), "\n\n") + 1; paragraphs != 3 {
		t.Errorf("%d paragraphs, wanted 3", paragraphs)
	}
}

func TestFill_LinksRowsByIdsThatAreThere(t *testing.T) {
	app := emptyApp(t)
	fill(t, app, london(t, "2026-11-22T08:38"))
	listings, err := app.FindAllRecords("listings")
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range listings {
		for column, collection := range map[string]string{"organisation": "organisations", "place": "places", "twin": "listings"} {
			if id := l.GetString(column); id != "" {
				if _, err := app.FindRecordById(collection, id); err != nil {
					t.Errorf("%s: its %s is not there: %v", l.GetString("title"), column, err)
				}
			}
		}
	}
}

// snapshot is every column of the public rows by id.
func snapshot(t *testing.T, app core.App) map[string]string {
	t.Helper()
	rows := map[string]string{}
	for _, name := range []string{"communities", "places", "organisations", "listings"} {
		records, err := app.FindAllRecords(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, record := range records {
			raw, err := json.Marshal(record.PublicExport())
			if err != nil {
				t.Fatal(err)
			}
			rows[name+"/"+record.Id] = string(raw)
		}
	}
	return rows
}

func TestFill_GivesASecondMachineTheSameTown(t *testing.T) {
	now := london(t, "2026-11-22T08:38")
	here, there := emptyApp(t), emptyApp(t)
	fill(t, here, now)
	fill(t, there, now)
	ids := regexp.MustCompile(`/[a-z0-9]{15}$`)
	other := snapshot(t, there)
	for key, row := range snapshot(t, here) {
		if other[key] != row {
			t.Errorf("%s differs:\n%s\n%s", key, row, other[key])
		}
		if !ids.MatchString(key) {
			t.Errorf("%s: devices make ids of 15 characters", key)
		}
	}
}

func TestFill_RefusesACommunityThatIsNotEmptyAndWritesNothing(t *testing.T) {
	app := emptyApp(t)
	places, err := app.FindCollectionByNameOrId("places")
	if err != nil {
		t.Fatal(err)
	}
	own := core.NewRecord(places)
	own.Set("name", "Our own hall")
	if err := app.Save(own); err != nil {
		t.Fatal(err)
	}
	if err := Fill(app, london(t, "2026-11-22T08:38")); !errors.Is(err, ErrNotEmpty) {
		t.Fatalf("got %v, wanted ErrNotEmpty", err)
	}
	for name, count := range counts(t, app) {
		if want := map[string]int64{"places": 1}[name]; count != want {
			t.Errorf("%d rows in %s, wanted %d", count, name, want)
		}
	}
}

func TestFill_WritesNothingWhenItFailsHalfWay(t *testing.T) {
	app := emptyApp(t)
	app.OnRecordCreate("roles").BindFunc(func(*core.RecordEvent) error { return errors.New("the disk is full") })
	if err := Fill(app, london(t, "2026-11-22T08:38")); err == nil {
		t.Fatal("wanted an error")
	}
	for name, count := range counts(t, app) {
		if count != 0 {
			t.Errorf("%d rows in %s, wanted none", count, name)
		}
	}
}

func TestCommand_FillsANewDataFolderOnceAndRefusesTheSecondTime(t *testing.T) {
	app := core.NewBaseApp(core.BaseAppConfig{DataDir: t.TempDir()})
	if err := app.Bootstrap(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := app.ResetBootstrapState(); err != nil {
			t.Error(err)
		}
	}()
	var out bytes.Buffer
	command := Command(app)
	command.SetOut(&out)
	command.SetErr(&out)
	command.SetArgs([]string{})
	if err := command.Execute(); err != nil {
		t.Fatal(err)
	}
	before := counts(t, app)
	if !strings.Contains(out.String(), "The demo town is ready") || before["listings"] == 0 {
		t.Errorf("it said %q", out.String())
	}
	if err := command.Execute(); !errors.Is(err, ErrNotEmpty) {
		t.Errorf("the second time gave %v, wanted ErrNotEmpty", err)
	}
	for name, count := range counts(t, app) {
		if count != before[name] {
			t.Errorf("%d rows in %s, wanted %d", count, name, before[name])
		}
	}
}
