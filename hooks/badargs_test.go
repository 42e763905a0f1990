package hooks_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"kith/internal/limits"
)

// argsSeen are the names of all arguments that any command takes.
var argsSeen = []string{
	"id", "listing", "occurrence", "firstName", "welcome", "set", "was", "name", "address", "postcode", "lat", "lon", "kind", "title", "summary", "description", "organisation", "place",
	"room", "schedule", "prices", "access", "venue", "languages", "whoComes", "firstVisit", "contact", "status", "twin", "checked", "source", "member", "role", "shop", "why",
	"helper", "how", "witness", "scopes", "until", "code", "codeHash", "seenOn", "note", "blocked", "about", "text", "outcome",
	"concern", "hour", "sealed", "other", "topic", "phone", "hours", "url", "area", "order", "version", "stamps", "pence", "shops", "reward", "card", "perk", "chatty", "plain",
	"visit", "first", "heads", "marks", "as", "say", "interests", "regular", "buddy", "listings",
	"circle", "personName", "words", "requires", "slot", "start", "end", "minutes", "cancelled", "step", "door", "ringName", "ringPhone", "day", "part", "ask",
}

// Ensure that no argument of any command, whatever stands in it, is our fault:
// every one is carried out or rejected with a code and a sentence.
func TestBadInput_NoArgumentIsQuarantined(t *testing.T) {
	oneAtATime(t)
	s := newStage(t)
	s.same = map[string]ring{}
	p := s.phones[coordinator]
	for _, name := range s.registry.Names() {
		fields := s.fieldsOf(name)
		if s.argsOf(name) == nil && len(fields) == 1 {
			t.Errorf("%s: the oracle has no good arguments to spoil", name)
		}
		var batch []string
		add := func(args string) { batch = append(batch, changed(p.command(name, nil), "args", json.RawMessage(args))) }
		for what, v := range values {
			if what == "broken UTF-8" { // no request with it comes in: TestBodies_WhatIsNoTextIsRefusedAndNotChanged
				continue
			}
			if raw, err := json.Marshal(v); err == nil {
				add(string(raw))
			}
			for _, field := range fields {
				args := s.argsOf(name)
				args[field] = v
				add(changed(args, field, v))
				if _, edits := args["set"]; edits {
					args["set"] = map[string]any{}
					add(changed(args, "set", json.RawMessage(changed(map[string]any{field: v}, field, v))))
				}
			}
		}
		p.pushAll(name, batch)
	}
}

// fieldsOf a command: of one that takes any column, all that there are.
func (s *stage) fieldsOf(name string) []string {
	if strings.HasPrefix(name, "listings.") || strings.HasSuffix(name, ".add") {
		return argsSeen
	}
	return append(slices.Collect(maps.Keys(s.argsOf(name))), "nosuch")
}

// pushAll pushes commands in requests as large as they may be; none may be our fault.
func (p *phone) pushAll(name string, batch []string) {
	p.t.Helper()
	for len(batch) > 0 {
		n, size := 0, 0
		for n < len(batch) && n < 200 && size+len(batch[n]) < limits.SyncBody*9/10 {
			size += len(batch[n])
			n++
		}
		body := fmt.Sprintf(`{"protocol":1,"stream":%q,"ack":%d,"pending":1,"cursor":%q,"commands":[%s]}`, p.queue, p.ack, p.cursor, strings.Join(batch[:n], ","))
		batch = batch[n:]
		rec := p.raw("POST", "/api/sync", p.token, body, nil)
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
