package hooks_test

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"kith/internal/audit"
	"kith/internal/concern"
)

// secretWords are in every concern of these tests, and nowhere else.
const secretWords = "She left the gas on twice."

// raised is a concern in the tray, sealed as a phone seals it, by a Listener who is
// nobody in the town. set changes its columns.
func (w *town) raised(set map[string]any) *core.Record {
	w.t.Helper()
	now := time.Now().UTC()
	id, hour := newID(), concern.HourOf(now)
	row := map[string]any{
		"id": id, "urgency": concern.Normal, "area": "Nunhead", "hour": hour, "received": now.Truncate(time.Hour).Format("2006-01-02 15:04:05.000Z"),
		"quarter": fmt.Sprintf("%d-Q%d", now.Year(), (int(now.Month())+2)/3), "state": "new", "receipt": strings.Repeat("0", 49) + id,
	}
	for k, v := range set {
		row[k] = v
	}
	plain, err := json.Marshal(map[string]any{
		"v": 1, "asked": "agreed", "noticed": []string{"missed"}, "since": "weeks", "words": secretWords, "rang": "",
		"person": map[string]any{"name": "Joan Ames", "reach": "020 7946 0009", "best": "mornings"},
		"by":     map[string]any{"member": "listener0000000", "device": "tablet000000000", "shop": "", "firstName": "Femi"}, "at": "2026-11-25T15:04:05.000Z",
	})
	must(w.t, err)
	raw, err := w.sealing.Seal(concern.Facts{Kind: concern.KindConcern, ID: id, Urgency: row["urgency"].(string), Area: "Nunhead", Hour: hour}, plain)
	must(w.t, err)
	if _, said := row["sealed"]; !said {
		row["sealed"] = b64(raw)
	}
	return w.make("concerns", row)
}

// noteArgs are good arguments of concerns.note.
func (w *town) noteArgs(about, words string) map[string]any {
	w.t.Helper()
	id, hour := newID(), concern.HourOf(time.Now())
	raw, err := json.Marshal(map[string]any{"v": 1, "words": words})
	must(w.t, err)
	sealed, err := w.sealing.Seal(concern.Facts{Kind: concern.KindNote, ID: id, Area: about, Hour: hour}, raw)
	must(w.t, err)
	return map[string]any{"id": id, "concern": about, "kind": "rang", "hour": hour, "sealed": b64(sealed)}
}

// opens asks for the words of a concern.
func (p *phone) opens(id, reason string) *httptest.ResponseRecorder {
	return p.ask("POST", "/api/concerns/open", p.token, map[string]any{"id": id, "reason": reason})
}

// opened is a good answer to that.
type opened struct {
	Concern map[string]any
	Notes   []struct{ ID, Kind, By, Hour, Words string }
	Linked  []string
	Glasses []struct{ ID, By, At, Reason string }
}

func (p *phone) mustOpen(id, reason string) (out opened) {
	p.t.Helper()
	rec := p.opens(id, reason)
	if rec.Code != 200 || rec.Header().Get("Cache-Control") != "no-store" {
		p.t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	must(p.t, json.Unmarshal(rec.Body.Bytes(), &out))
	return out
}

// entries of the audit with an action about a subject.
func (w *town) entries(action, subject string) (out []audit.Row) {
	w.t.Helper()
	must(w.t, audit.Each(w.app.DB(), func(r *audit.Row) error {
		if r.Action == action && r.Subject == subject {
			out = append(out, *r)
		}
		return nil
	}))
	return out
}

// theAuditHolds runs kith audit verify.
func (w *town) theAuditHolds() {
	w.t.Helper()
	if said, err := w.verb("audit", "verify"); err != nil {
		w.t.Errorf("%v %s", err, said)
	}
}

// ago is a stamp as concerns have it, some time ago.
func ago(d time.Duration) string {
	return time.Now().UTC().Add(-d).Truncate(time.Hour).Format("2006-01-02 15:04:05.000Z")
}

// foreignTo is an envelope that was sealed to keys which this town hasn't.
func foreignTo(t testing.TB) string {
	t.Helper()
	k, _, err := concern.NewKeys(time.Now())
	must(t, err)
	raw, err := k.Seal(concern.Facts{Kind: concern.KindNote, ID: newID(), Area: newID(), Hour: concern.HourOf(time.Now())}, []byte("{}"))
	must(t, err)
	return b64(raw)
}
