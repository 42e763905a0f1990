package hooks_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"kith/hooks/waysin"
	"kith/internal/sync"
	"kith/internal/token"
)

// change sets columns of a device.
func (p *phone) change(values map[string]any) {
	p.t.Helper()
	r, err := p.app.FindRecordById("devices", p.device)
	must(p.t, err)
	r.Load(values)
	must(p.t, p.app.Save(r))
}

// Ensure that what is guarded goes to an enrolled device that proves itself, that
// a token alone is refused, and that a device which isn't enrolled gets the rest.
func TestGuarded_GoToAnEnrolledDeviceThatProvesItself(t *testing.T) {
	w := newTown(t)
	p := w.phone("coordinator")
	if a := p.sync(); !a.has("coordinators", "devices", p.device) || !a.has("member/"+p.member, "devices", p.device) {
		t.Fatalf("%s", a.raw)
	}
	if a := p.exchange(map[string]any{"cursor": p.cursor, "pending": 0}); a.sums != nil || len(a.rows) != 0 || !a.done {
		t.Errorf("nothing is new: %s", a.raw)
	}
	p.proves(false)
	before := p.number
	a := p.exchange(map[string]any{"cursor": p.cursor, "commands": []any{p.command("people.rename", map[string]any{"firstName": "Eve"})}})
	if a.code != 401 || !strings.Contains(a.raw, `"proof_missing"`) {
		t.Errorf("without a proof: %d %s", a.code, a.raw)
	}
	p.number = before
	wantProblem(t, p.ask("POST", "/api/sync/live", p.token, map[string]any{"protocol": 1, "cursor": p.cursor}), 401, "proof_missing")
	p.change(map[string]any{"enrolled": false})
	if a := p.exchange(map[string]any{"cursor": p.cursor}); !strings.Contains(a.raw, `"proof_missing"`) {
		t.Errorf("not enrolled, without a proof: %s", a.raw)
	}
	p.proves(true)
	if a := p.sync(); !slices.Contains(a.drops, "coordinators") || strings.Contains(a.raw, `["coordinators"`) {
		t.Errorf("not enrolled, with a proof: %s", a.raw)
	}
	if a := p.exchange(map[string]any{"cursor": ""}); strings.Contains(a.raw, "coordinators") || !a.has("member/"+p.member, "members", p.member) {
		t.Errorf("not enrolled, from nothing: %s", a.raw)
	}
	p.change(map[string]any{"enrolled": true})
	if a := p.sync(); !a.has("coordinators", "devices", p.device) {
		t.Errorf("enrolled again: %s", a.raw)
	}
}

// Ensure that the cursor of a trusted device brings nothing to another device of
// the same member, and doesn't make it believe that it has everything.
func TestGuarded_AnothersCursorBringsNothing(t *testing.T) {
	w := newTown(t)
	p := w.phone("coordinator")
	p.sync()
	q := w.secondPhone(p.member)
	q.change(map[string]any{"enrolled": false})
	p.sync()
	q.cursor = p.cursor
	w.make("devices", map[string]any{"member": p.member, "name": "Tablet", "thumbprint": random(), "key": map[string]any{"kty": "EC"}})
	if a := q.sync(); strings.Contains(a.raw, `["coordinators"`) || !slices.Contains(a.drops, "coordinators") {
		t.Errorf("%s", a.raw)
	}
	p.cursor = q.cursor
	if a := p.sync(); !slices.Contains(a.resets, "coordinators") {
		t.Errorf("with a cursor of less: %s", a.raw)
	}
}

// Ensure that a proof is for one request, one token and one key, and passes once.
func TestGuarded_AProofIsForOneRequestAndOneToken(t *testing.T) {
	w := newTown(t)
	p := w.phone("coordinator").proves(false)
	other := w.phone("coordinator")
	claims := func(change jwt.MapClaims) jwt.MapClaims {
		c := jwt.MapClaims{"htm": "POST", "htu": "http://kith.test/api/sync", "iat": time.Now().Unix(), "jti": random(), "ath": token.Access(p.token)}
		for k, v := range change {
			c[k] = v
		}
		return c
	}
	good := p.sign(claims(nil), nil)
	for _, c := range []struct {
		name, code string
		proof      []string
	}{
		{"good", "", []string{good}},
		{"again", "proof_used", []string{good}},
		{"of another token", "proof_invalid", []string{p.sign(claims(jwt.MapClaims{"ath": token.Access(other.token)}), nil)}},
		{"of no token", "proof_invalid", []string{p.sign(claims(jwt.MapClaims{"ath": nil}), nil)}},
		{"of another address", "proof_invalid", []string{p.sign(claims(jwt.MapClaims{"htu": "http://kith.test/api/sync/live"}), nil)}},
		{"of another host", "proof_invalid", []string{p.sign(claims(jwt.MapClaims{"htu": "http://evil.test/api/sync"}), nil)}},
		{"of another method", "proof_invalid", []string{p.sign(claims(jwt.MapClaims{"htm": "GET"}), nil)}},
		{"of another key", "proof_invalid", []string{other.sign(claims(nil), nil)}},
		{"old", "proof_clock", []string{p.sign(claims(jwt.MapClaims{"iat": time.Now().Add(-time.Hour).Unix()}), nil)}},
		{"two", "proof_invalid", []string{p.sign(claims(nil), nil), p.sign(claims(nil), nil)}},
		{"none", "proof_missing", nil},
		{"no proof", "proof_invalid", []string{"x"}},
	} {
		rec := w.raw("POST", "/api/sync", p.token, `{"protocol":1}`, http.Header{"Dpop": c.proof})
		if c.code == "" && rec.Code != 200 || c.code != "" && !strings.Contains(rec.Body.String(), `"`+c.code+`"`) {
			t.Errorf("%s: %d %s", c.name, rec.Code, rec.Body)
		}
	}
}

// Ensure that the end of an enrolment, by a coordinator's hand or by its time,
// closes the open connection and takes what is guarded with the next answer.
func TestGuarded_TheEndOfAnEnrolmentIsNoticedAtOnce(t *testing.T) {
	w := newTown(t)
	url := w.serve()
	p := w.phone("coordinator")
	lines := p.live(url, p.sync().cursor)
	until(t, lines, `{"head"`)
	must(t, waysin.Hourly(w.app, time.Now()))
	fresh := w.weekly("Still listening")
	if all := strings.Join(until(t, lines, `{"end"`), "\n"); !strings.Contains(all, fresh.Id) {
		t.Fatalf("%s", all)
	}
	must(t, waysin.Hourly(w.app, time.Now().Add(91*24*time.Hour)))
	until(t, lines, `{"poke"`)
	w.phone("resident") // news for coordinators
	if a := p.sync(); !slices.Contains(a.drops, "coordinators") || strings.Contains(a.raw, `["coordinators"`) {
		t.Errorf("%s", a.raw)
	}
}

// Ensure that a command which needs a guarded audience needs the device too, and
// says to those who have the role what is missing.
func TestGuarded_ACommandNeedsTheDeviceToo(t *testing.T) {
	w := newTown(t)
	club := w.weekly("Lunch club")
	p, q := w.phone("coordinator"), w.phone("resident")
	check := func(p *phone) sync.Outcome {
		a := p.sync(p.command("listings.check", map[string]any{"id": club.Id}))
		return a.outcomes[len(a.outcomes)-1]
	}
	if o := check(q); o.Code != "not_allowed" {
		t.Errorf("a resident: %+v", o)
	}
	if o := check(p); o.Status != sync.OK {
		t.Errorf("enrolled: %+v", o)
	}
	p.change(map[string]any{"enrolled": false})
	if o := check(p); o.Code != "device_not_enrolled" {
		t.Errorf("not enrolled: %+v", o)
	}
}

// Ensure that a role which is given while a device is open needs a proof from the
// next request on, and comes with it.
func TestGuarded_ANewRoleAsksForAProof(t *testing.T) {
	w := newTown(t)
	p := w.phone("resident").proves(false)
	p.sync()
	w.make("roles", map[string]any{"member": p.member, "role": "coordinator"})
	if a := p.exchange(map[string]any{"cursor": p.cursor}); !strings.Contains(a.raw, `"proof_missing"`) {
		t.Fatalf("%d %s", a.code, a.raw)
	}
	if a := p.proves(true).sync(); !a.has("coordinators", "devices", p.device) {
		t.Errorf("%s", a.raw)
	}
}

// Ensure that the day on which a device last asked is written once a day, in the
// community's own days, and never by a request that was refused.
func TestDoorman_NotesTheDayOnce(t *testing.T) {
	w := newTown(t)
	p := w.phone("resident")
	seen := func() string {
		d, err := w.app.FindRecordById("devices", p.device)
		must(t, err)
		return d.GetString("seen")
	}
	p.exchange(map[string]any{"protocol": 2})
	if seen() != "" {
		t.Errorf("a refused request wrote %q", seen())
	}
	before := p.sync().seq
	if today := london(t); seen() != today {
		t.Errorf("%q, not %q", seen(), today)
	}
	if a := p.sync(); a.seq != before {
		t.Errorf("it was written again: %s", a.raw)
	}
}

// london is the day in the test town.
func london(t *testing.T) string {
	t.Helper()
	zone, err := time.LoadLocation("Europe/London")
	must(t, err)
	return time.Now().In(zone).Format(time.DateOnly)
}
