package calendar

import (
	"encoding/json"
	"os"
	"testing"
	"time"
)

// vectorCase is one case of testdata/occurrences.json; occurrences.py there
// says what the fields are.
type vectorCase struct {
	Name        string
	From, To    time.Time
	Max         int
	Schedule    json.RawMessage
	Occurrences []vector
	Find        map[string]*vector
}

// vector is an occurrence on the wire of the tests.
type vector struct {
	Key        string
	Start, End time.Time
	AllDay     bool
	Cancelled  bool
	Note       string
}

func vectorOf(o Occurrence) vector {
	return vector{o.Key, o.Start.UTC(), o.End.UTC(), o.AllDay, o.Cancelled, o.Note}
}

func vectorCases(t testing.TB) []vectorCase {
	t.Helper()
	raw, err := os.ReadFile("../../testdata/occurrences.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []vectorCase
	if err := json.Unmarshal(raw, &cases); err != nil {
		t.Fatal(err)
	}
	return cases
}

func TestOccurrences_AgreeWithTheSharedVectors(t *testing.T) {
	for _, c := range vectorCases(t) {
		t.Run(c.Name, func(t *testing.T) {
			schedule, err := Parse(c.Schedule)
			if err != nil {
				t.Fatal(err)
			}
			got := schedule.Occurrences(c.From, c.To, c.Max)
			if len(got) != len(c.Occurrences) {
				t.Errorf("%d occurrences, want %d", len(got), len(c.Occurrences))
			}
			for i := range min(len(got), len(c.Occurrences)) {
				if vectorOf(got[i]) != c.Occurrences[i] {
					t.Errorf("occurrence %d\n got %v\nwant %v", i, vectorOf(got[i]), c.Occurrences[i])
				}
			}
		})
	}
}

func TestFind_AgreesWithTheSharedVectors(t *testing.T) {
	for _, c := range vectorCases(t) {
		schedule, err := Parse(c.Schedule)
		if err != nil {
			t.Fatal(err)
		}
		for key, want := range c.Find {
			got, ok := schedule.Find(key)
			if ok != (want != nil) {
				t.Errorf("%s: %s found: %v", c.Name, key, ok)
			} else if ok && vectorOf(got) != *want {
				t.Errorf("%s: %s\n got %v\nwant %v", c.Name, key, vectorOf(got), *want)
			}
		}
	}
}

func TestFind_KnowsEveryOccurrenceThatAWindowShows(t *testing.T) {
	for _, c := range vectorCases(t) {
		schedule, err := Parse(c.Schedule)
		if err != nil {
			t.Fatal(err)
		}
		for _, shown := range schedule.Occurrences(c.From, c.To, c.Max) {
			if got, ok := schedule.Find(shown.Key); !ok || got != shown {
				t.Errorf("%s: %s: found %v, %v", c.Name, shown.Key, got, ok)
			}
		}
	}
}

func TestParse_KeepsEveryFieldWhenWrittenAgain(t *testing.T) {
	for _, c := range vectorCases(t) {
		first, err := Parse(c.Schedule)
		if err != nil {
			t.Fatal(err)
		}
		written, err := json.Marshal(first)
		if err != nil {
			t.Fatal(err)
		}
		second, err := Parse(written)
		if err != nil {
			t.Fatal(err)
		}
		again, err := json.Marshal(second)
		if err != nil || string(again) != string(written) {
			t.Errorf("%s: %s became %s (%v)", c.Name, written, again, err)
		}
	}
}
