package icalendar

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"kith/internal/calendar"
)

var update = flag.Bool("update", false, "write testdata/hulme-schedules.json anew")

const (
	hulmeFeed      = "hulme_moss_side_age_friendly_google_2018-07-04.ics"
	hulmeVectors   = "../../testdata/hulme-occurrences.json"
	hulmeSchedules = "../../testdata/hulme-schedules.json"
)

// hashed names an event without saying which it is.
func hashed(uid string) string {
	sum := sha256.Sum256([]byte(uid))
	return hex.EncodeToString(sum[:])[:12]
}

func readFile(t *testing.T, name string) []byte {
	t.Helper()
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// TestHulme_OccurrencesEqualThoseOfTwoOtherParsers compares with what
// python3-icalendar with dateutil and ical.js both say (testdata/hulme.py).
func TestHulme_OccurrencesEqualThoseOfTwoOtherParsers(t *testing.T) {
	c := read(t, string(realFeed(t, hulmeFeed)))
	london, _ := calendar.Zone("Europe/London")
	from, to := time.Date(2018, 7, 1, 0, 0, 0, 0, london), time.Date(2018, 11, 1, 0, 0, 0, 0, london)
	var got [][3]string
	for _, e := range c.Events {
		for _, o := range e.Schedule.Occurrences(from, to, 1000) {
			if !o.Cancelled {
				got = append(got, [3]string{hashed(e.UID), o.Start.UTC().Format(time.RFC3339), o.End.UTC().Format(time.RFC3339)})
			}
		}
	}
	slices.SortFunc(got, func(a, b [3]string) int {
		return cmp.Or(strings.Compare(a[0], b[0]), strings.Compare(a[1], b[1]), strings.Compare(a[2], b[2]))
	})
	var want [][3]string
	if err := json.Unmarshal(readFile(t, hulmeVectors), &want); err != nil {
		t.Fatal(err)
	}
	if len(want) < 500 {
		t.Fatalf("only %d vectors", len(want))
	}
	if !slices.Equal(got, want) {
		t.Errorf("%d occurrences, want %d", len(got), len(want))
		for i := range min(len(got), len(want)) {
			if got[i] != want[i] {
				t.Fatalf("the first that differs: got %v, want %v", got[i], want[i])
			}
		}
	}
}

// TestHulme_SchedulesAreThoseThatThePhoneIsTestedWith keeps the file from which
// app/src/calendar/hulme.test.ts works: schedules only, without a word of the
// feed, so it is there where the feed is not.
func TestHulme_SchedulesAreThoseThatThePhoneIsTestedWith(t *testing.T) {
	schedules := map[string]calendar.Schedule{}
	for _, e := range read(t, string(realFeed(t, hulmeFeed))).Events {
		for i := range e.Schedule {
			for j := range e.Schedule[i].Changes {
				e.Schedule[i].Changes[j].Note = ""
			}
		}
		schedules[hashed(e.UID)] = e.Schedule
	}
	written, err := json.MarshalIndent(schedules, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(hulmeSchedules, append(written, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(bytes.TrimSpace(readFile(t, hulmeSchedules)), written) {
		t.Error("testdata/hulme-schedules.json is old; if the change is meant, run this test with -update")
	}
}

// TestHulme_VectorsAreWhatPythonSays runs hulme.py itself where it can.
func TestHulme_VectorsAreWhatPythonSays(t *testing.T) {
	realFeed(t, hulmeFeed)
	said, err := exec.Command("/usr/bin/python3", "../../testdata/hulme.py").Output()
	var failed *exec.ExitError
	if errors.Is(err, os.ErrNotExist) || errors.As(err, &failed) && failed.ExitCode() == 3 {
		t.Skip("Debian's python3-icalendar and python3-dateutil are not installed")
	}
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(said, readFile(t, hulmeVectors)) {
		t.Error("testdata/hulme-occurrences.json differs from what testdata/hulme.py prints")
	}
}
