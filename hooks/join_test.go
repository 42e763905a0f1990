package hooks_test

import (
	"encoding/json"
	"testing"
	"time"

	"kith/hooks/waysin"
)

// Ensure that a join whose answer was lost can be sent again: the same device,
// and the invite is used up once.
func TestJoin_IsTheSameDeviceHoweverOftenItIsSent(t *testing.T) {
	w := newTown(t)
	code, err := waysin.NewInvite(w.app, waysin.Invite{Role: "activator", Uses: 1, Until: time.Now().Add(time.Hour)}, time.Now())
	must(t, err)
	q := w.phoneKey()
	first := q.join(code)
	again := q.join(" " + code + " ")
	var a, b struct {
		Member, Device string
		Roles          []string
	}
	must(t, json.Unmarshal(first.Body.Bytes(), &a))
	must(t, json.Unmarshal(again.Body.Bytes(), &b))
	if a.Device == "" || a.Device != b.Device || a.Member != b.Member || len(a.Roles) != 2 {
		t.Fatalf("%s %s", first.Body, again.Body)
	}
	other := w.phoneKey()
	if rec := other.join(code); code403(t, rec.Code, rec.Body.Bytes()) != "invite_expired" {
		t.Fatalf("%s", rec.Body)
	}
}

// phoneKey is a phone that has not joined.
func (w *town) phoneKey() *phone {
	p := w.phone("resident")
	_, err := w.app.DB().NewQuery("DELETE FROM devices WHERE id = '" + p.device + "'").Execute()
	must(w.t, err)
	return &phone{town: w, key: p.key}
}

func code403(t *testing.T, status int, body []byte) string {
	t.Helper()
	if status != 403 {
		t.Fatalf("%d %s", status, body)
	}
	var e struct{ Code, Message string }
	must(t, json.Unmarshal(body, &e))
	return e.Code
}

// Ensure that codes are read as people type them, and wrong and old ones are told apart.
func TestJoin_ReadsCodesAsPeopleTypeThem(t *testing.T) {
	w := newTown(t)
	now := time.Now()
	old, err := waysin.NewInvite(w.app, waysin.Invite{Role: "resident", Uses: 5, Until: now.Add(-time.Second)}, now)
	must(t, err)
	p := w.phoneKey()
	if rec := p.join(old); code403(t, rec.Code, rec.Body.Bytes()) != "invite_expired" {
		t.Errorf("%s", rec.Body)
	}
	if rec := p.join("AAAA-BBBB-CCCC-DDDD"); code403(t, rec.Code, rec.Body.Bytes()) != "invite_invalid" {
		t.Errorf("%s", rec.Body)
	}
	good, err := waysin.NewInvite(w.app, waysin.Invite{Role: "resident", Uses: 1, Until: now.Add(time.Hour)}, now)
	must(t, err)
	typed := ""
	for _, c := range good {
		switch c {
		case '0':
			typed += "o"
		case '1':
			typed += "l "
		case '-':
		default:
			typed += string(c | 0x20)
		}
	}
	if rec := p.join(typed); rec.Code != 200 {
		t.Errorf("%s as %q: %s", good, typed, rec.Body)
	}
}

// Ensure that a token says nothing about later: a revoked device and a
// suspended member are refused at their next request.
func TestSync_RefusesARevokedDeviceAtOnce(t *testing.T) {
	w := newTown(t)
	p := w.phone("resident")
	p.sync()
	device, err := w.app.FindRecordById("devices", p.device)
	must(t, err)
	device.Set("revoked", true)
	must(t, w.app.Save(device))
	if a := p.exchange(map[string]any{}); a.code != 401 {
		t.Errorf("revoked: %d %s", a.code, a.raw)
	}
	rec := w.ask("POST", "/api/session", "", map[string]any{"device": p.device, "proof": p.proof("/api/session", time.Now())})
	if rec.Code != 401 {
		t.Errorf("session of a revoked device: %d %s", rec.Code, rec.Body)
	}
	q := w.phone("resident")
	member, err := w.app.FindRecordById("members", q.member)
	must(t, err)
	member.Set("standing", "suspended")
	must(t, w.app.Save(member))
	if a := q.exchange(map[string]any{"commands": []any{q.command("people.rename", map[string]any{"firstName": "Evil"})}}); a.code != 403 {
		t.Errorf("suspended: %d %s", a.code, a.raw)
	}
}

// Ensure that a device gets a new token with its key alone, and is told the
// time if its clock is wrong.
func TestSession_RenewsWithTheKeyAlone(t *testing.T) {
	w := newTown(t)
	p := w.phone("resident")
	rec := w.ask("POST", "/api/session", "", map[string]any{"device": p.device, "proof": p.proof("/api/session", time.Now().Add(-time.Hour))})
	var e struct{ Code, Now string }
	must(t, json.Unmarshal(rec.Body.Bytes(), &e))
	if rec.Code != 401 || e.Code != "proof_clock" {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	now, err := time.Parse(time.RFC3339Nano, e.Now)
	must(t, err)
	rec = w.ask("POST", "/api/session", "", map[string]any{"device": p.device, "proof": p.proof("/api/session", now)})
	if rec.Code != 200 {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	p.take(rec)
	p.sync()
}
