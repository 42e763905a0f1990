package hooks_test

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"kith/hooks"
	"kith/internal/limits"
	"kith/internal/seal"
	"kith/internal/token"
)

// sealTo is the key that this town tells phones.
func (w *town) sealTo() []byte {
	w.t.Helper()
	key, err := seal.Read(w.app.DataDir() + ".keys")
	must(w.t, err)
	return key.Public()
}

func (w *town) seal(plain any) string {
	w.t.Helper()
	raw, err := json.Marshal(plain)
	must(w.t, err)
	blob, err := seal.Seal(w.sealTo(), raw)
	must(w.t, err)
	return base64.RawURLEncoding.EncodeToString(blob)
}

// left is what a phone seals: its commands, on a queue of their own, its token,
// and a proof if it sends proofs.
func (p *phone) left(commands ...map[string]any) map[string]any {
	proof := ""
	if prover := p.provers[p.token]; prover != nil {
		proof = prover.dpop(httptest.NewRequest("POST", "http://kith.test/api/sync/sealed", nil), p.token)
	}
	return map[string]any{"protocol": 1, "schema": 1, "app": "test", "stream": random(), "ack": 0, "pending": len(commands),
		"commands": commands, "cursor": p.cursor, "token": p.token, "proof": proof}
}

func (w *town) carry(blobs ...string) *httptest.ResponseRecorder {
	return w.ask("POST", "/api/sync/sealed", "", map[string]any{"sealed": blobs})
}

func rename(number int, name string) map[string]any {
	return map[string]any{"number": number, "nonce": random(), "name": "people.rename", "v": 1, "args": map[string]any{"firstName": name}, "at": "", "offset": 0, "seen": 0}
}

func (p *phone) firstName() string {
	r, err := p.app.FindRecordById("members", p.member)
	must(p.t, err)
	return r.GetString("firstName")
}

// Ensure that what somebody sealed is done once, as theirs, however often and by
// whomever it is carried, and that they hear the outcome when they come back.
func TestSealed_IsTakenInOnceAndAsTheirs(t *testing.T) {
	w := newTown(t)
	p := w.phone("resident")
	p.sync()
	command := p.command("people.rename", map[string]any{"firstName": "Ada"})
	there := map[string]any{}
	for k, v := range command {
		there[k] = v
	}
	there["number"] = 1
	blob := w.seal(p.left(there))
	for range 3 {
		if rec := w.carry(blob); rec.Code != 200 || strings.TrimSpace(rec.Body.String()) != `{"stops":[],"taken":1}` {
			t.Fatalf("%d %s", rec.Code, rec.Body)
		}
	}
	var n int
	must(t, w.app.DB().NewQuery("SELECT count(*) FROM sync_command WHERE member = '"+p.member+"' AND device = '"+p.device+"'").Row(&n))
	if n != 1 || p.firstName() != "Ada" {
		t.Errorf("%d commands, and the name is %s", n, p.firstName())
	}
	// Their own queue still has it, and gets the outcome that it had.
	a := p.sync(command)
	if len(a.outcomes) != 1 || a.outcomes[0].Status != "ok" || len(a.stops) != 0 {
		t.Errorf("%s", a.raw)
	}
	must(t, w.app.DB().NewQuery("SELECT count(*) FROM sync_command").Row(&n))
	if n != 1 {
		t.Errorf("%d commands", n)
	}
}

// Ensure that what somebody with a role sealed needs a proof by the key of the
// device that sealed it, for this token and this address, of whatever age; and
// that with it a coordinator's is done as if they sent it themselves.
func TestSealed_OfARoleNeedsTheProofThatWasSealedWithIt(t *testing.T) {
	w := newTown(t)
	p, other := w.phone("coordinator"), w.phone("coordinator")
	proof := func(by *phone, access string, change jwt.MapClaims) string {
		claims := jwt.MapClaims{
			"htm": "POST", "htu": "http://kith.test/api/sync/sealed", "iat": time.Now().AddDate(0, 0, -20).Unix(), "jti": random(), "ath": token.Access(access),
		}
		maps.Copy(claims, change)
		return by.sign(claims, nil)
	}
	left := func(proof string) map[string]any {
		args := map[string]any{"id": newID(), "name": "The bakery", "place": ""}
		l := p.left(map[string]any{"number": 1, "nonce": random(), "name": "shops.add", "v": 1, "args": args, "at": "", "offset": 0, "seen": 0})
		l["proof"] = proof
		return l
	}
	for name, c := range map[string]struct {
		proof  string
		status int
		code   string
	}{
		"none":               {"", 401, "proof_missing"},
		"by another key":     {proof(other, p.token, nil), 400, "proof_invalid"},
		"of another token":   {proof(p, other.token, nil), 400, "proof_invalid"},
		"of another address": {proof(p, p.token, jwt.MapClaims{"htu": "http://kith.test/api/sync"}), 400, "proof_invalid"},
		"no proof":           {"x", 400, "proof_invalid"},
	} {
		before := w.dump()
		wantProblem(t, w.carry(w.seal(left(c.proof))), c.status, c.code)
		for table, rows := range w.dump() {
			if rows != before[table] {
				t.Errorf("%s changed %s", name, table)
			}
		}
	}
	good := left(proof(p, p.token, nil))
	for range 2 { // also when it is carried again
		if rec := w.carry(w.seal(good)); rec.Code != 200 {
			t.Fatalf("%d %s", rec.Code, rec.Body)
		}
	}
	if n, err := w.app.CountRecords("shops"); err != nil || n != 1 {
		t.Errorf("%d shops, %v", n, err)
	}
}

// Ensure that two parts of one person are taken in in their order.
func TestSealed_TakesPartsInTheirOrder(t *testing.T) {
	w := newTown(t)
	p := w.phone("resident")
	p.sync()
	one, two := p.left(rename(1, "One")), p.left(rename(2, "Two"))
	two["stream"] = one["stream"]
	if rec := w.carry(w.seal(one), w.seal(two)); rec.Code != 200 || p.firstName() != "Two" {
		t.Errorf("%d %s: %s", rec.Code, rec.Body, p.firstName())
	}
}

// Ensure that the token inside is judged when it arrives, and that a refusal
// leaves nothing, also of the parts beside it.
func TestSealed_IsJudgedByArrival(t *testing.T) {
	w := newTown(t)
	good := w.phone("resident")
	good.sync()
	for name, c := range map[string]struct {
		spoil  func(p *phone, left map[string]any)
		status int
		code   string
	}{
		"revoked":         {func(p *phone, _ map[string]any) { w.change("devices", p.device, "revoked", true) }, 401, "device_unknown"},
		"suspended":       {func(p *phone, _ map[string]any) { w.change("members", p.member, "standing", "suspended") }, 403, "member_suspended"},
		"left":            {func(p *phone, _ map[string]any) { w.change("members", p.member, "standing", "left") }, 401, "device_unknown"},
		"erased":          {func(p *phone, _ map[string]any) { w.remove("devices", p.device) }, 401, "token_missing"},
		"no token":        {func(_ *phone, left map[string]any) { delete(left, "token") }, 401, "token_missing"},
		"a forged token":  {func(p *phone, left map[string]any) { left["token"] = p.token[:len(p.token)-4] + "AAAA" }, 401, "token_missing"},
		"a run-out token": {func(p *phone, left map[string]any) { left["token"] = w.runOut(p) }, 401, "token_missing"},
		"another's queue": {func(_ *phone, left map[string]any) {
			good.sync(good.command("people.rename", map[string]any{"firstName": "G"}))
			left["stream"] = good.queue
		}, 403, "stream_foreign"},
	} {
		p := w.phone("resident")
		p.sync()
		left := p.left(rename(1, "Eve"))
		c.spoil(p, left)
		before := w.dump()
		wantProblem(t, w.carry(w.seal(good.left(rename(1, "Beside"))), w.seal(left)), c.status, c.code)
		for table, rows := range w.dump() {
			if rows != before[table] {
				t.Errorf("%s changed %s: %s", name, table, difference(before[table], rows))
			}
		}
	}
}

// Ensure that a database that can't say whose a token is refuses nobody: what a phone
// carries for somebody would be let go, and there is no other copy.
func TestSealed_WhatTheDatabaseCantSayIsNoRefusal(t *testing.T) {
	w := newTown(t)
	p := w.phone("resident")
	p.sync()
	sealed := w.seal(p.left(rename(1, "Eve")))
	w.exec("ALTER TABLE devices RENAME TO away")
	wantProblem(t, w.carry(sealed), 503, "busy")
	wantProblem(t, w.ask("POST", "/api/sync", p.token, map[string]any{}), 503, "busy")
	w.exec("ALTER TABLE away RENAME TO devices")
	if rec := w.carry(sealed); rec.Code != 200 || p.firstName() != "Eve" {
		t.Errorf("%d %s: %s", rec.Code, rec.Body, p.firstName())
	}
}

func (w *town) change(collection, id, column string, value any) {
	w.t.Helper()
	r, err := w.app.FindRecordById(collection, id)
	must(w.t, err)
	r.Set(column, value)
	must(w.t, w.app.Save(r))
}

func (w *town) remove(collection, id string) {
	w.t.Helper()
	r, err := w.app.FindRecordById(collection, id)
	must(w.t, err)
	must(w.t, w.app.Delete(r))
}

// runOut is a token of p that was good until a moment ago.
func (w *town) runOut(p *phone) string {
	w.t.Helper()
	r, err := w.app.FindRecordById("devices", p.device)
	must(w.t, err)
	raw, err := r.NewStaticAuthToken(time.Nanosecond)
	must(w.t, err)
	return raw
}

// Ensure that whatever isn't sealed right is refused with a code, and writes nothing.
func TestSealed_RefusesWhatIsNotSealedRight(t *testing.T) {
	w := newTown(t)
	p := w.phone("resident")
	p.sync()
	other, err := seal.NewKey()
	must(t, err)
	elsewhere, err := seal.Seal(other.Public(), []byte("{}"))
	must(t, err)
	good := w.seal(p.left(rename(1, "Eve")))
	with := func(key string, value any) string {
		left := p.left(rename(1, "Eve"))
		left[key] = value
		return w.seal(left)
	}
	before := w.dump()
	for name, c := range map[string]struct {
		body   string
		status int
		code   string
	}{
		"nothing":              {``, 400, "body_invalid"},
		"a list":               {`[]`, 400, "body_invalid"},
		"no parts":             {`{"sealed":[]}`, 400, "body_invalid"},
		"numbers":              {`{"sealed":[1]}`, 400, "body_invalid"},
		"too many parts":       {`{"sealed":[` + strings.Repeat(`"AA",`, limits.SealedPerRequest) + `"AA"]}`, 400, "body_invalid"},
		"too large":            {`{"sealed":["` + strings.Repeat("A", limits.SyncBody) + `"]}`, 413, "body_too_large"},
		"not base64":           {`{"sealed":["!!"]}`, 400, "sealed_invalid"},
		"padded":               {`{"sealed":["` + good + `="]}`, 400, "sealed_invalid"},
		"short":                {`{"sealed":["AQ"]}`, 400, "sealed_invalid"},
		"cut":                  {`{"sealed":["` + good[:len(good)-8] + `"]}`, 400, "sealed_invalid"},
		"to another key":       {`{"sealed":["` + base64.RawURLEncoding.EncodeToString(elsewhere) + `"]}`, 409, "sealed_elsewhere"},
		"not JSON inside":      {`{"sealed":["` + w.sealText("hello") + `"]}`, 400, "sealed_invalid"},
		"a list inside":        {`{"sealed":["` + w.seal([]int{1}) + `"]}`, 400, "sealed_invalid"},
		"no commands inside":   {`{"sealed":["` + with("commands", []any{}) + `"]}`, 400, "sealed_invalid"},
		"another protocol":     {`{"sealed":["` + with("protocol", 2) + `"]}`, 400, "protocol_unsupported"},
		"a wrong stream":       {`{"sealed":["` + with("stream", "x") + `"]}`, 400, "body_invalid"},
		"a wrong cursor":       {`{"sealed":["` + with("cursor", "!") + `"]}`, 400, "cursor_invalid"},
		"a bad one beside":     {`{"sealed":["` + good + `","AQ"]}`, 400, "sealed_invalid"},
		"plain text of a push": {`{"sealed":["` + base64.RawURLEncoding.EncodeToString([]byte(`{"protocol":1}`)) + `"]}`, 400, "sealed_invalid"},
	} {
		t.Run(name, func(t *testing.T) {
			wantProblem(t, w.ask("POST", "/api/sync/sealed", "", c.body), c.status, c.code)
		})
	}
	for table, rows := range w.dump() {
		if rows != before[table] {
			t.Errorf("%s changed: %s", table, difference(before[table], rows))
		}
	}
}

func (w *town) sealText(plain string) string {
	blob, err := seal.Seal(w.sealTo(), []byte(plain))
	must(w.t, err)
	return base64.RawURLEncoding.EncodeToString(blob)
}

// Ensure that join and session tell the key, and that it is the one of the file.
func TestSealed_PhonesAreToldTheKey(t *testing.T) {
	w := newTown(t)
	p := w.phone("resident")
	rec := w.ask("POST", "/api/session", "", map[string]any{"device": p.device, "proof": p.proof("/api/session", time.Now())})
	var a struct{ SealTo string }
	must(t, json.Unmarshal(rec.Body.Bytes(), &a))
	if a.SealTo != base64.RawURLEncoding.EncodeToString(w.sealTo()) {
		t.Errorf("told %q", a.SealTo)
	}
}

// Ensure that the key is made once, outside of the data folder, for its owner
// alone, and is the same after a restart.
func TestSealed_TheKeyIsMadeOnceAndOutsideOfTheData(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	first, _, err := again(t, data, hooks.Config{})
	must(t, err)
	info, err := os.Stat(data + ".keys")
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("%v, %v", info, err)
	}
	second, said, err := again(t, data, hooks.Config{})
	must(t, err)
	if string(first.sealTo()) != string(second.sealTo()) || strings.Contains(said, "Careful") {
		t.Errorf("another key, or a warning: %s", said)
	}
	if _, _, err := again(t, data, hooks.Config{Keys: filepath.Join(data, "keys")}); err == nil || !strings.Contains(err.Error(), "KITH_KEYS") {
		t.Errorf("a key inside of the data folder: %v", err)
	}
}

// Ensure that a key file which is missing after phones were told of it is said
// clearly, is not replaced in silence, and stops nothing else.
func TestSealed_AMissingKeyIsSaidAndNotReplaced(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	first, _, err := again(t, data, hooks.Config{})
	must(t, err)
	p := first.phone("resident")
	p.sync()
	blob := first.seal(p.left(rename(1, "Ada")))
	must(t, os.Rename(data+".keys", data+".away"))
	for what, prepare := range map[string]func(){
		"is missing": func() {},
		"is damaged": func() { must(t, os.WriteFile(data+".keys", []byte("kith transport key 1\nAA\n"), 0o600)) },
	} {
		prepare()
		w, said, err := again(t, data, hooks.Config{})
		must(t, err)
		if !strings.Contains(said, what) || !strings.Contains(said, data+".keys") {
			t.Errorf("said %q", said)
		}
		wantProblem(t, w.carry(blob), 503, "busy")
		if rec := w.ask("GET", "/api/sync/public/-/0/0", "", nil); rec.Code != 200 {
			t.Errorf("the rest: %d", rec.Code)
		}
		_ = os.Remove(data + ".keys")
	}
	must(t, os.Rename(data+".away", data+".keys"))
	w, _, err := again(t, data, hooks.Config{})
	must(t, err)
	if rec := w.carry(blob); rec.Code != 200 {
		t.Errorf("put back: %d %s", rec.Code, rec.Body)
	}
}
