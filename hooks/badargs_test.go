package hooks_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// Ensure that no argument of any command, whatever stands in it, is our fault:
// every one is carried out or rejected with a code and a sentence.
func TestBadInput_NoArgumentIsQuarantined(t *testing.T) {
	w := newTown(t)
	club := w.weekly("Lunch club")
	p := w.phone("coordinator")
	base := map[string]any{
		"id": newID(), "listing": club.Id, "occurrence": nextThursday(), "firstName": "Ada", "welcome": "door", "name": "Hall", "kind": "hall", "title": "Walk",
		"set": map[string]any{"title": "Walk"}, "was": map[string]any{"title": "Lunch club"}, "lat": 51.5, "lon": 0, "schedule": []any{}, "prices": map[string]any{"mode": "free"}, "access": []any{"toilet"},
		"languages": []any{"en"}, "firstVisit": map[string]any{"meets": "Rosa"}, "contact": map[string]any{"name": "Rosa"}, "organisation": "", "place": "", "venue": "hall", "description": "x", "status": "active", "twin": "",
	}
	for _, name := range w.registry.Names() {
		var batch []string
		add := func(args string) {
			c := p.command(name, nil)
			batch = append(batch, changed(c, "args", json.RawMessage(args)))
		}
		for _, v := range values {
			if raw, err := json.Marshal(v); err == nil {
				add(string(raw))
			}
		}
		for field := range base {
			only := map[string]any{"id": base["id"], "kind": "group", "title": "Walk", "name": "Hall", "listing": base["listing"], "occurrence": base["occurrence"], "welcome": "none"}
			for _, v := range values {
				add(changed(base, field, v))
				only[field] = v
				if raw, err := json.Marshal(only); err == nil { // few enough columns for a command to take them
					add(string(raw))
				}
				if raw, err := json.Marshal(map[string]any{"id": club.Id, "set": map[string]any{field: v}, "was": v}); err == nil {
					add(string(raw))
				}
			}
		}
		p.pushAll(name, batch)
	}
}

// pushAll pushes commands in requests of a hundred; none may be our fault.
func (p *phone) pushAll(name string, batch []string) {
	p.t.Helper()
	for len(batch) > 0 {
		n := min(len(batch), 100)
		body := fmt.Sprintf(`{"protocol":1,"stream":%q,"ack":%d,"pending":1,"cursor":%q,"commands":[%s]}`, p.queue, p.ack, p.cursor, strings.Join(batch[:n], ","))
		rec := p.raw("POST", "/api/sync", p.token, body, nil)
		batch = batch[n:]
		if rec.Code == 413 {
			p.number -= int64(n)
			p.queue, p.ack = random(), 0
			p.t.Fatalf("%s: a request was too large for the corpus", name)
		}
		a := parse(p.t, rec.Code, rec.Body)
		if !a.ended || len(a.stops) > 0 || len(a.outcomes) != n {
			p.t.Fatalf("%s: %d, %v, %d of %d outcomes: %.500s", name, rec.Code, a.stops, len(a.outcomes), n, a.raw)
		}
		for _, o := range a.outcomes {
			if o.Status == "quarantined" || o.Status == "rejected" && (o.Code == "" || o.Message == "") {
				p.t.Errorf("%s: %+v", name, o)
			}
		}
		p.cursor, p.ack = a.cursor, a.outcomes[n-1].Number
	}
}

// Ensure that nothing which is sent to POST /api/sync makes a panic, an error
// of ours or a command that is put aside.
func FuzzPushBody(f *testing.F) {
	w := newTown(f)
	club := w.weekly("Lunch club")
	p := w.phone("activator")
	for _, c := range []map[string]any{
		p.command("visits.come", comeArgs(club.Id)),
		p.command("listings.add", map[string]any{"id": newID(), "kind": "group", "title": "Walk", "schedule": []any{map[string]any{"start": "2026-06-04T12:00", "minutes": 60, "zone": "Europe/London", "rrule": "FREQ=WEEKLY;COUNT=3"}}}),
		p.command("listings.edit", map[string]any{"id": club.Id, "set": map[string]any{"room": "Snug"}, "was": map[string]any{}}),
	} {
		raw, err := json.Marshal(map[string]any{"protocol": 1, "stream": p.queue, "ack": 0, "pending": 1, "cursor": "", "maxBytes": 16384, "commands": []any{c}})
		must(f, err)
		f.Add(raw)
	}
	f.Add([]byte(`{"protocol":1,"cursor":"MSBFIDUgbSBwdWJsaWM"}`))
	f.Add([]byte(`{"protocol":1,"stream":"AAAAAAAAAAAAAAAAAAAAAA","commands":[{"number":1,"nonce":"AAAAAAAAAAAAAAAAAAAAAA","name":"x","args":null,"at":"","offset":-9007199254740992}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		w.t = t
		rec := p.raw("POST", "/api/sync", p.token, string(body), nil)
		if rec.Code >= 500 {
			t.Fatalf("%d %s", rec.Code, rec.Body)
		}
		if rec.Code != 200 {
			return
		}
		a := parse(t, rec.Code, rec.Body)
		if !a.ended {
			t.Fatalf("cut: %s", a.raw)
		}
		for _, s := range a.stops {
			if s.Reason == "retry" {
				t.Fatalf("our fault: %s", a.raw)
			}
		}
		for _, o := range a.outcomes {
			if o.Status == "quarantined" {
				t.Fatalf("put aside: %s", a.raw)
			}
		}
	})
}
