package hooks_test

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"kith/internal/concern"
)

// noteAbout is a note to the surgery as somebody's phone sends it.
func (w *town) noteAbout(name, reach string) map[string]any {
	w.t.Helper()
	id, hour := newID(), concern.HourOf(time.Now())
	raw, err := json.Marshal(map[string]any{
		"v": 1, "about": map[string]any{"name": name, "reach": reach}, "words": secretWords, "from": map[string]any{"name": "Femi Ade", "reach": "020 7946 0008"},
	})
	must(w.t, err)
	sealed, err := w.sealing.Seal(concern.Facts{Kind: concern.KindSurgery, ID: id, Hour: hour}, raw)
	must(w.t, err)
	return map[string]any{"id": id, "hour": hour, "sealed": b64(sealed)}
}

// tray puts a note about somebody into the surgery's tray, and names it.
func (w *town) tray(name string) string {
	w.t.Helper()
	note := w.noteAbout(name, "020 7946 0009")
	note["received"], note["state"] = ago(0), "new"
	return w.make("surgeryNotes", note).Id
}

// Ensure that a note handed in by anybody reaches the surgery, and nobody else;
// that each open is in the record without saying of which; and that the answer
// is the same bytes when it is sent again.
func TestSurgery_ANoteGoesOneWay(t *testing.T) {
	w := newTownWithKeys(t)
	s, c := w.phone("resident").with("surgery"), w.phone("coordinator")
	note := w.noteAbout("Joan Ames", "020 7946 0009")
	for range 2 {
		if rec := w.ask("POST", "/api/notes", "", note); rec.Code != 200 || rec.Body.String() != `{"received":true}` {
			t.Fatalf("%d %s", rec.Code, rec.Body)
		}
	}
	id := note["id"].(string)
	if n := w.count("surgeryNotes"); n != 1 {
		t.Errorf("%d rows", n)
	}
	row := s.sync().rows["surgery surgeryNotes/"+id]
	if row["state"] != "new" || row["received"] != ago(0) || len(row) != 3 {
		t.Errorf("the tray: %v", row)
	}
	rec := s.ask("POST", "/api/notes/open", s.token, map[string]any{"id": id})
	var out concern.Surgery
	must(t, json.Unmarshal(rec.Body.Bytes(), &out))
	if rec.Code != 200 || out.About.Name != "Joan Ames" || out.Words != secretWords || out.From.Name != "Femi Ade" || rec.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	if n := len(w.entries("surgery.open", "")); n != 1 {
		t.Errorf("%d entries of one open", n)
	}
	s.doesWell("surgery.done", map[string]any{"id": id})
	if n := len(w.entries("surgery.done", "")); n != 1 || len(w.entries("surgery.open", id))+len(w.entries("surgery.done", id)) > 0 {
		t.Errorf("%d entries of one end, or they name the note", n)
	}
	if a := c.exchange(map[string]any{"cursor": ""}); len(a.rows) == 0 || a.rows["surgery surgeryNotes/"+id] != nil {
		t.Errorf("a coordinator: %s", a.raw)
	}
	if left := w.tablesWith("Joan Ames", secretWords, "Femi Ade"); len(left) > 0 {
		t.Errorf("in the clear in %v", left)
	}
	w.theAuditHolds()
}

// Ensure that what can't be read is refused at once, so that nobody believes that
// it went, and that nothing of it is kept.
func TestSurgery_WhatCannotBeReadIsRefused(t *testing.T) {
	w := newTownWithKeys(t)
	good := func() map[string]any { return w.noteAbout("Joan Ames", "") }
	with := func(set map[string]any) map[string]any {
		n := good()
		for k, v := range set {
			n[k] = v
		}
		return n
	}
	k, _, err := concern.NewKeys(time.Now())
	must(t, err)
	note := good()
	foreign, err := k.Seal(concern.Facts{Kind: concern.KindSurgery, ID: note["id"].(string), Hour: note["hour"].(string)}, []byte("{}"))
	must(t, err)
	note["sealed"] = b64(foreign)
	for _, c := range []struct {
		note   map[string]any
		status int
		code   string
	}{
		{with(map[string]any{"id": newID()}), 400, "sealed_invalid"}, {with(map[string]any{"id": "x"}), 400, "body_invalid"}, {with(map[string]any{"hour": "now"}), 400, "body_invalid"},
		{with(map[string]any{"sealed": "AAAA"}), 400, "body_invalid"}, {with(map[string]any{"sealed": 3}), 400, "body_invalid"}, {note, 409, "sealed_elsewhere"}, {w.noteAbout(" ", ""), 400, "body_invalid"},
	} {
		wantProblem(t, w.ask("POST", "/api/notes", "", c.note), c.status, c.code)
	}
	if n := w.count("surgeryNotes"); n > 0 {
		t.Errorf("%d rows", n)
	}
}

// Ensure that the surgery is shown nothing where the record of it can't be
// written, and that the record stands where what comes after it fails.
func TestSurgery_WithoutARecordNothingIsShown(t *testing.T) {
	w := newTownWithKeys(t)
	s := w.phone("resident").with("surgery")
	opens := func(id string) *httptest.ResponseRecorder {
		return s.ask("POST", "/api/notes/open", s.token, map[string]any{"id": id})
	}
	id := w.tray("Joan Ames")
	w.exec("CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'disk I/O error'); END")
	if rec := opens(id); rec.Code < 500 || strings.Contains(rec.Body.String(), "Joan") {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	w.exec("DROP TRIGGER full")
	wantProblem(t, opens(w.make("surgeryNotes", map[string]any{"hour": "2026-11-25T15", "received": ago(0), "state": "new", "sealed": "AAAA"}).Id), 500, "internal")
	wantProblem(t, opens(newID()), 404, "note_unknown")
	if n := len(w.entries("surgery.open", "")); n != 1 {
		t.Errorf("%d entries of one open", n)
	}
	w.theAuditHolds()
}
