package hooks_test

import (
	"strings"
	"testing"

	"kith/hooks/syncapi"
)

// Ensure that a whole answer says how long what is leased may be held, one from
// memory too, and that an open connection says so at its beginning.
func TestLeases_ComeWithEveryWholeAnswer(t *testing.T) {
	w := newTown(t)
	url := w.serve()
	p, q := w.phone("coordinator"), w.phone("resident")
	const lease = `"leases":{"coordinators":259200,"responders":259200}`
	if a := p.sync(); !strings.Contains(a.raw, lease) {
		t.Errorf("%s", a.raw)
	}
	if a := p.exchange(map[string]any{"cursor": p.cursor, "pending": 0}); !strings.Contains(a.raw, lease) || a.sums != nil {
		t.Errorf("from memory: %s", a.raw)
	}
	if a := q.sync(); strings.Contains(a.raw, "leases") {
		t.Errorf("a resident has nothing leased: %s", a.raw)
	}
	until(t, p.live(url, p.cursor), `{`+lease)
}

// Ensure that a device which is to be wiped hands in what was done on it, is
// sent no row, and is told no more than that once it was told to forget everything:
// the answer that said so may have been lost.
func TestWipe_TakesWhatWasDoneAndSendsNothing(t *testing.T) {
	w := newTown(t)
	url := w.serve()
	p := w.phone("resident")
	p.sync()
	lines := p.live(url, p.cursor)
	until(t, lines, `{"head"`)
	p.change(map[string]any{"wipe": true})
	until(t, lines, `{"poke"`)
	fresh := w.weekly("Fresh")
	one, two := p.command("people.rename", map[string]any{"firstName": "Ada"}), p.command("people.rename", map[string]any{"firstName": "Eve"})
	a := p.exchange(map[string]any{"cursor": p.cursor, "pending": 2, "commands": []any{one}})
	if a.code != 200 || len(a.outcomes) != 1 || strings.Contains(a.raw, `{"wipe"`) || a.done || len(a.rows) != 0 {
		t.Fatalf("something still waits: %d %s", a.code, a.raw)
	}
	a = p.exchange(map[string]any{"cursor": p.cursor, "pending": 1, "commands": []any{two}})
	if len(a.outcomes) != 2 || !strings.Contains(a.raw, `{"wipe":true}`) || strings.Contains(a.raw, fresh.Id) {
		t.Errorf("nothing waits: %s", a.raw)
	}
	wantProblem(t, p.ask("POST", "/api/sync", p.token, map[string]any{"protocol": 1}), 401, "device_wiped")
	wantProblem(t, p.ask("POST", "/api/sync/live", p.token, p.liveBody()), 401, "device_wiped")
	wantProblem(t, p.session(nil), 401, "device_wiped")
	stranger := &phone{town: w, key: newKey(t), device: p.device}
	wantProblem(t, stranger.session(nil), 401, "device_unknown")
	if m, err := w.app.FindRecordById("members", p.member); err != nil || m.GetString("firstName") != "Eve" {
		t.Errorf("%v %v", m, err)
	}
}

// Ensure that a phone is not wiped before it has heard that the server was put
// back from a backup: what only its journal holds would be gone.
func TestWipe_WaitsForThePhoneToHearOfARestore(t *testing.T) {
	w := newTown(t)
	p := w.phone("resident")
	p.sync()
	p.change(map[string]any{"wipe": true})
	must(t, syncapi.NewEpoch(w.app))
	a := p.exchange(map[string]any{"cursor": p.cursor, "pending": 0})
	if a.code != 200 || strings.Contains(a.raw, `{"wipe"`) || a.done || a.cursor == p.cursor {
		t.Fatalf("it hasn't heard of the epoch yet: %d %s", a.code, a.raw)
	}
	journal := p.command("people.rename", map[string]any{"firstName": "Ada"})
	if a = p.exchange(map[string]any{"cursor": a.cursor, "pending": 1, "commands": []any{journal}}); !strings.Contains(a.raw, `{"wipe":true}`) || p.firstName() != "Ada" {
		t.Errorf("%s: %s", p.firstName(), a.raw)
	}
}
