package hooks_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"kith/internal/limits"
)

// Ensure that anybody can complain without an account, that coordinators get it
// with its day, and that others don't.
func TestComplaint_OfAnybodyReachesTheCoordinators(t *testing.T) {
	w := newTown(t)
	boss, other := w.phone("coordinator"), w.phone("activator")
	before := time.Now()
	rec := w.ask("POST", "/api/complaints", "", map[string]any{"text": " Nobody answers.\n\nI rang twice. ", "contact": "01632 960001"})
	var said struct{ ID, Due string }
	must(t, json.Unmarshal(rec.Body.Bytes(), &said))
	due, err := time.Parse(time.RFC3339, said.Due)
	if rec.Code != 200 || err != nil || due.Before(before.Add(limits.DueByLaw-time.Second)) || due.After(time.Now().Add(limits.DueByLaw)) {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	row := boss.sync().rows["coordinators reports/"+said.ID]
	if row == nil || row["kind"] != "complaint" || row["status"] != "open" || row["by"] != "" || row["due"] != said.Due ||
		row["text"] != "Nobody answers.\n\nI rang twice." || row["contact"] != "01632 960001" {
		t.Errorf("the coordinator got %v", row)
	}
	if a := other.sync(); strings.Contains(a.raw, said.ID) {
		t.Errorf("somebody else got %s", a.raw)
	}
}

// Ensure that one address can't fill the coordinators' desk.
func TestComplaint_TooManyFromOneAddressAreRefused(t *testing.T) {
	w := newTownWithLimits(t)
	for range limits.ComplaintsPerHour {
		if rec := w.ask("POST", "/api/complaints", "", map[string]any{"text": "Again."}); rec.Code != 200 {
			t.Fatalf("%d %s", rec.Code, rec.Body)
		}
	}
	wantProblem(t, w.ask("POST", "/api/complaints", "", map[string]any{"text": "Again."}), 429, "slow_down")
	if w.count("reports") != limits.ComplaintsPerHour {
		t.Errorf("%d complaints", w.count("reports"))
	}
}

// Ensure that a complaint has words, and a way to be reached fits on one line.
func TestComplaint_HasWords(t *testing.T) {
	w := newTown(t)
	for _, body := range []map[string]any{
		{}, {"text": "  "}, {"text": strings.Repeat("a", limits.Report+1)}, {"text": "x", "contact": strings.Repeat("a", limits.ShortText+1)}, {"text": "x", "contact": "a\nb"}, {"text": 5},
	} {
		wantProblem(t, w.ask("POST", "/api/complaints", "", body), 400, "body_invalid")
	}
	if w.count("reports") != 0 {
		t.Error("something was written")
	}
}
