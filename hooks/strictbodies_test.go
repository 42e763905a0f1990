package hooks_test

import (
	"encoding/json"
	"strings"
	"testing"

	"kith/internal/concern"
	"kith/internal/seal"
)

// Ensure that a text which isn't UTF-8 is refused wherever a body is read, and never
// stored as something else; and that half of an emoji, which a phone cut in two, costs
// nobody their words.
func TestBodies_WhatIsNoTextIsRefusedAndNotChanged(t *testing.T) {
	w := newTownWithKeys(t)
	p := w.phone("resident")
	broken := func(body any) string {
		raw, err := json.Marshal(body)
		must(t, err)
		return strings.Replace(string(raw), "BROKEN", "a\xff\xfeb", 1)
	}
	push := map[string]any{
		"protocol": 1, "schema": 1, "app": "x", "stream": p.queue, "ack": 0, "pending": 1,
		"commands": []any{p.command("people.rename", map[string]any{"firstName": "BROKEN"})}, "cursor": "",
	}
	for path, body := range map[string]any{
		"/api/sync": push, "/api/sync/live": map[string]any{"protocol": 1, "app": "BROKEN"}, "/api/sync/sealed": map[string]any{"sealed": []string{"BROKEN"}},
		"/api/join":       map[string]any{"invite": "7Q2K-M4XD-9TRF-2HAA", "firstName": "BROKEN", "deviceName": "x", "proof": "x"},
		"/api/session":    map[string]any{"device": "BROKEN"},
		"/api/complaints": map[string]any{"text": "BROKEN", "contact": ""}, "/api/concerns": map[string]any{"letters": []string{"BROKEN"}},
		"/api/concerns/receipts": map[string]any{"receipts": []string{"BROKEN"}}, "/api/concerns/open": map[string]any{"id": "x", "reason": "BROKEN"},
		"/api/notes": map[string]any{"id": "BROKEN"}, "/api/notes/open": map[string]any{"id": "BROKEN"}, "/api/audit": map[string]any{"x": "BROKEN"},
	} {
		wantProblem(t, w.ask("POST", path, p.token, broken(body)), 400, "body_invalid")
	}
	sealed := broken(map[string]any{"token": p.token, "protocol": 1, "schema": 1, "stream": random(), "commands": push["commands"]})
	part, err := seal.Seal(p.sealTo(), []byte(sealed))
	must(t, err)
	wantProblem(t, w.ask("POST", "/api/sync/sealed", "", map[string]any{"sealed": []string{b64(part)}}), 400, "sealed_invalid")

	a := p.sync(map[string]any{
		"number": 1, "nonce": random(), "name": "people.rename", "v": 1, "at": "2026-06-01T09:00:00.000Z", "offset": 0, "seen": 0,
		"args": json.RawMessage(`{"firstName":"Rosa\ud83d"}`),
	})
	if len(a.outcomes) != 1 || a.outcomes[0].Status != "ok" || !strings.Contains(a.raw, `Rosa\ufffd`) {
		t.Errorf("half of an emoji: %s", a.raw)
	}
}

// Ensure that what is sealed is read as strictly: nothing in it becomes another text.
func TestBodies_WhatIsNoTextInALetterIsRefused(t *testing.T) {
	w := newCareful(t)
	p := w.phone("resident").with("listener")
	p.sync(p.command("listening.basics", map[string]any{"id": newID(), "version": 1}))
	c := p.worry()
	c.Words = "a\xff\xfeb" // json.Marshal would mend it
	raw, err := json.Marshal(c)
	must(t, err)
	raw = []byte(strings.Replace(string(raw), `a\ufffd\ufffdb`, c.Words, 1))
	f := concern.Facts{Kind: concern.KindConcern, ID: newID(), Urgency: "normal", Area: "Nunhead", Hour: "2026-11-25T15"}
	b := p.bundle()
	envelope, err := concern.Seal(b.Intake, b.Recovery, f, raw)
	must(t, err)
	says := concern.Says{Kind: f.Kind, ID: f.ID, Urgency: f.Urgency, Area: f.Area, Hour: f.Hour, Receipt: concern.ReceiptOf(random()), Sealed: b64(envelope)}
	if got := w.post(p.letter(says)); got[0].Outcome != "rejected" {
		t.Errorf("%v", got)
	}
	if n := w.count("concerns"); n != 0 {
		t.Errorf("%d concerns", n)
	}
}

// Ensure that the routes which want nothing read what they are sent all the same.
func TestBodies_AreReadWhereNothingIsWanted(t *testing.T) {
	w := newTown(t)
	boss := w.phone("coordinator")
	for _, path := range []string{"/api/export", "/api/concerns/names"} {
		for _, bad := range []string{"{", "NaN", "[1,", "[]", "null", "7", `"x"`, "{}{}", "{\"a\":\"\xff\"}"} {
			wantProblem(t, boss.ask("POST", path, boss.token, bad), 400, "body_invalid")
		}
		for _, good := range []string{"", "{}", " {}\n"} {
			if rec := boss.ask("POST", path, boss.token, good); rec.Code != 200 {
				t.Errorf("%s with %q: %d %s", path, good, rec.Code, rec.Body)
			}
		}
	}
}

// Ensure that a key counts once, or refuses the request at a door and the command in
// args; and that a key in other letters is another key.
func TestBodies_AKeyIsInItsOwnLettersAndOnce(t *testing.T) {
	w := newTown(t)
	p := w.phone("coordinator")
	wantProblem(t, p.ask("POST", "/api/audit", p.token, `{"limit":5,"limit":6}`), 400, "body_invalid")
	send := func(name, args string) *answer { return p.sync(literally(p, name, args)) }
	listing, place := newID(), newID()
	for _, one := range [][3]string{
		{"people.rename", `{"firstname":"Eve"}`, "text_invalid"}, {"people.rename", `{"firstName":"Eve","firstName":"Eva"}`, "args_invalid"},
		{"listings.add", `{"id":"` + listing + `","kind":"group","title":"A","title":"B"}`, "args_invalid"},
		{"listings.add", `{"id":"` + listing + `","kind":"group","title":"A","prices":{"Mode":"free"}}`, "args_invalid"},
		{"listings.add", `{"id":"` + listing + `","kind":"group","title":"A","schedule":[{"Start":"2026-06-04T12:00","minutes":60,"zone":"Europe/London"}]}`, "schedule_invalid"},
		{"shops.edit", `{"id":"` + place + `","chatty":"x","chatty":"y"}`, "args_invalid"},
	} {
		a := send(one[0], one[1])
		if len(a.outcomes) != 1 || a.outcomes[0].Status != "rejected" || a.outcomes[0].Code != one[2] {
			t.Errorf("%s %s: %+v", one[0], one[1], a.outcomes)
		}
	}
	if a := send("people.rename", `{"firstName":"Eve","new":{"a":1}}`); a.outcomes[0].Status != "ok" {
		t.Errorf("a key that this server doesn't know: %+v", a.outcomes)
	}
}

func literally(p *phone, name, args string) map[string]any {
	c := p.command(name, nil)
	c["args"] = json.RawMessage(args)
	p.ack = p.number - 1
	return c
}
