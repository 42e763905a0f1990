package hooks_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/pocketbase/pocketbase/core"

	"kith/hooks/waysin"
	"kith/internal/limits"
)

// Attack scripts: each tells what somebody tries, and that it comes to nothing.

// needToken are the routes that only a device may ask.
var needToken = []string{"/api/sync", "/api/sync/live"}

func (w *town) device(p *phone) *core.Record {
	w.t.Helper()
	d, err := w.app.FindRecordById("devices", p.device)
	must(w.t, err)
	return d
}

// claimsOf a device's token, as PocketBase writes them.
func claimsOf(d *core.Record) jwt.MapClaims {
	return jwt.MapClaims{"id": d.Id, "type": "auth", "collectionId": d.Collection().Id, "refreshable": true, "exp": time.Now().Add(time.Hour).Unix()}
}

func (w *town) signed(method jwt.SigningMethod, key any, claims jwt.MapClaims) string {
	w.t.Helper()
	raw, err := jwt.NewWithClaims(method, claims).SignedString(key)
	must(w.t, err)
	return raw
}

// Ensure that no route which needs a device's token opens to anything else.
func TestAttack_NoOtherTokenOpensARoute(t *testing.T) {
	oneAtATime(t)
	w := newTown(t)
	p, other := w.phone("resident"), newTown(t)
	foreign := other.phone("resident")
	d := w.device(p)
	secret := []byte(d.TokenKey() + d.Collection().AuthToken.Secret)
	public, err := p.key.PublicKey.Bytes()
	must(t, err)
	with := func(change jwt.MapClaims) jwt.MapClaims {
		c := claimsOf(d)
		for k, v := range change {
			c[k] = v
		}
		return c
	}
	member, err := w.app.FindRecordById("members", p.member)
	must(t, err)
	tokens := map[string]string{
		"nothing": "", "a word": "x", "three dots": "...", "expired": w.signed(jwt.SigningMethodHS256, secret, with(jwt.MapClaims{"exp": time.Now().Add(-time.Second).Unix()})),
		"alg none":                w.signed(jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, claimsOf(d)),
		"HS256 by the public key": w.signed(jwt.SigningMethodHS256, public, claimsOf(d)),
		"HS256 by nothing":        w.signed(jwt.SigningMethodHS256, []byte{}, claimsOf(d)),
		"the collection's secret": w.signed(jwt.SigningMethodHS256, []byte(d.Collection().AuthToken.Secret), claimsOf(d)),
		"the device's key":        w.signed(jwt.SigningMethodHS256, []byte(d.TokenKey()), claimsOf(d)),
		"HS512":                   w.signed(jwt.SigningMethodHS512, secret, claimsOf(d)),
		"ES256 by the phone":      w.signed(jwt.SigningMethodES256, p.key, claimsOf(d)),
		"another id":              w.signed(jwt.SigningMethodHS256, secret, with(jwt.MapClaims{"id": w.phone("coordinator").device})),
		"another collection":      w.signed(jwt.SigningMethodHS256, secret, with(jwt.MapClaims{"collectionId": member.Collection().Id})),
		"another type":            w.signed(jwt.SigningMethodHS256, secret, with(jwt.MapClaims{"type": "file"})),
		"no id":                   w.signed(jwt.SigningMethodHS256, secret, with(jwt.MapClaims{"id": ""})),
		"a superuser":             w.superuser(),
		"a proof":                 p.proof("/api/sync", time.Now()),
		"another community's":     foreign.token,
		"signature cut":           p.token[:len(p.token)-4],
		"signature of another's":  p.token[:strings.LastIndex(p.token, ".")] + foreign.token[strings.LastIndex(foreign.token, "."):],
	}
	for name, make := range map[string]func() (string, error){
		"a member": member.NewAuthToken, "a file": d.NewFileToken, "a new password": d.NewPasswordResetToken, "a verification": d.NewVerificationToken,
	} {
		tokens[name], err = make()
		must(t, err)
	}
	before := w.dump()
	for name, token := range tokens {
		for _, path := range needToken {
			rec := w.ask("POST", path, token, map[string]any{"protocol": 1, "cursor": ""})
			if t.Run(name+" at "+path, func(t *testing.T) { wantProblem(t, rec, 401, "token_missing") }); rec.Code == 200 {
				t.Errorf("%s", rec.Body)
			}
		}
	}
	w.unchanged(before, "foreign tokens")
	control := w.ask("POST", "/api/sync", w.signed(jwt.SigningMethodHS256, secret, claimsOf(d)), map[string]any{"protocol": 1, "cursor": ""})
	if control.Code != 200 {
		t.Errorf("the control, signed as the server signs, is refused: %s", control.Body)
	}
}

// Ensure that a token opens nothing from an address, a body or a cookie.
func TestAttack_ATokenInAnAddressOpensNothing(t *testing.T) {
	w := newTown(t)
	p := w.phone("resident")
	for _, path := range []string{"/api/sync?token=" + p.token, "/api/sync?access_token=" + p.token, "/api/sync?Authorization=Bearer+" + p.token} {
		wantProblem(t, w.ask("POST", path, "", map[string]any{"protocol": 1, "token": p.token}), 401, "token_missing")
	}
	r := httptest.NewRequest("POST", "http://kith.test/api/sync", strings.NewReader(`{"protocol":1}`))
	r.AddCookie(&http.Cookie{Name: "pb_auth", Value: p.token})
	rec := httptest.NewRecorder()
	w.mux.ServeHTTP(rec, r)
	wantProblem(t, rec, 401, "token_missing")
}

// Ensure that the token of a device that is revoked, whose member is suspended,
// or that is gone, is worth nothing from then on.
func TestAttack_ATokenDiesWithItsDevice(t *testing.T) {
	w := newTown(t)
	lost, barred, gone := w.phone("resident"), w.phone("resident"), w.phone("resident")
	d := w.device(lost)
	d.Set("revoked", true)
	must(t, w.app.Save(d))
	w.suspend(barred.member)
	must(t, w.app.Delete(w.device(gone)))
	for _, path := range needToken {
		wantProblem(t, w.ask("POST", path, lost.token, lost.liveBody()), 401, "device_unknown")
		wantProblem(t, w.ask("POST", path, barred.token, barred.liveBody()), 403, "member_suspended")
		wantProblem(t, w.ask("POST", path, gone.token, gone.liveBody()), 401, "token_missing")
	}
	before := w.dump()
	wantProblem(t, lost.session(nil), 401, "device_unknown")
	wantProblem(t, barred.session(nil), 403, "member_suspended")
	wantProblem(t, gone.session(nil), 401, "device_unknown")
	w.unchanged(before, "dead devices")
}

// session asks for a new token with a good proof, or with one of the caller's.
func (p *phone) session(proof func() string) *httptest.ResponseRecorder {
	raw := p.proof("/api/session", time.Now())
	if proof != nil {
		raw = proof()
	}
	return p.ask("POST", "/api/session", "", map[string]any{"device": p.device, "proof": raw})
}

// Ensure that nobody gets a token for another's device: their own key, however
// good its proof, is not that device's.
func TestAttack_AnotherDevicesIDInASession(t *testing.T) {
	w := newTown(t)
	p, victim := w.phone("resident"), w.phone("coordinator")
	for _, device := range []string{victim.device, victim.member, newID(), "", "'", strings.Repeat("x", 300)} {
		rec := w.ask("POST", "/api/session", "", map[string]any{"device": device, "proof": p.proof("/api/session", time.Now())})
		wantProblem(t, rec, 401, "device_unknown")
	}
}

// Ensure that each wrong proof is refused at both ways in, and nothing is
// written; internal/token has the longer list of forms.
func TestAttack_ProofsThatAreNot(t *testing.T) {
	oneAtATime(t)
	w := newTown(t)
	p, thief := w.phone("resident"), w.stranger()
	code, err := waysin.NewInvite(w.app, waysin.Invite{Role: "coordinator", Uses: 1, Until: time.Now().Add(time.Hour)}, time.Now())
	must(t, err)
	for _, path := range []string{"/api/join", "/api/session"} {
		other := map[string]string{"/api/join": "/api/session", "/api/session": "/api/join"}[path]
		base := func(change jwt.MapClaims) jwt.MapClaims {
			c := jwt.MapClaims{"htm": "POST", "htu": "http://kith.test" + path, "iat": time.Now().Unix(), "jti": random()}
			for k, v := range change {
				c[k] = v
			}
			return c
		}
		good := p.sign(base(nil), nil)
		cut := strings.LastIndex(good, ".")
		for name, proof := range map[string]string{
			"none": "", "not one": "x", "for another host": p.sign(base(jwt.MapClaims{"htu": "http://evil.example" + path}), nil),
			"for another address": p.sign(base(jwt.MapClaims{"htu": "http://kith.test" + other}), nil), "for another method": p.sign(base(jwt.MapClaims{"htm": "GET"}), nil),
			"a wrong typ": p.sign(base(nil), map[string]any{"typ": "JWT"}), "another member in the header": p.sign(base(nil), map[string]any{"kid": "1"}), "crit": p.sign(base(nil), map[string]any{"crit": []string{"exp"}}),
			"another's key in it": p.sign(base(nil), map[string]any{"jwk": thief.jwk()}), "no id": p.sign(base(jwt.MapClaims{"jti": ""}), nil), "a newline inside": good[:cut+9] + "\n" + good[cut+9:],
			"oversized": p.sign(base(jwt.MapClaims{"x": strings.Repeat("a", limits.Proof)}), nil), "alg none": w.signed(jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, base(nil)), "the token": p.token,
		} {
			before := w.dump()
			rec := w.ask("POST", path, "", map[string]any{"invite": code, "firstName": "Eve", "deviceName": "x", "device": p.device, "proof": proof})
			t.Run(path+" "+name, func(t *testing.T) { wantProblem(t, rec, 400, "proof_invalid") })
			w.unchanged(before, path+" with a proof that is "+name)
		}
	}
}

// Ensure that a proof passes once: not again, not in its other form, and not
// when it is two minutes old; and that a phone with a wrong clock is told the time.
func TestAttack_AProofPassesOnce(t *testing.T) {
	w := newTown(t)
	p := w.phone("resident")
	proof := p.proof("/api/session", time.Now())
	if rec := p.session(func() string { return proof }); rec.Code != 200 {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	wantProblem(t, p.session(func() string { return proof }), 401, "proof_used")
	wantProblem(t, p.session(func() string { return mirror(t, proof) }), 401, "proof_used")
	for _, age := range []time.Duration{2 * time.Minute, -2 * time.Minute, 24 * time.Hour} {
		rec := p.session(func() string { return p.proof("/api/session", time.Now().Add(-age)) })
		wantProblem(t, rec, 401, "proof_clock")
		var body struct{ Now time.Time }
		if err := json.Unmarshal(rec.Body.Bytes(), &body); err != nil || time.Since(body.Now).Abs() > time.Minute {
			t.Errorf("told the time %s", rec.Body)
		}
	}
}

// mirror is the other signature, (r, n-s), that verifies wherever one does.
func mirror(t *testing.T, raw string) string {
	t.Helper()
	cut := strings.LastIndex(raw, ".")
	sig, err := base64.RawURLEncoding.DecodeString(raw[cut+1:])
	must(t, err)
	n, ok := new(big.Int).SetString("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", 16)
	if !ok {
		t.Fatal("the order of P-256")
	}
	n.Sub(n, new(big.Int).SetBytes(sig[32:])).FillBytes(sig[32:])
	return raw[:cut+1] + b64(sig)
}

// Ensure that pages and answers carry what keeps a browser from being turned
// against its person.
func TestAttack_EveryAnswerIsHeadedSafely(t *testing.T) {
	w := newTown(t)
	p := w.phone("resident")
	for _, c := range []struct{ method, path, token string }{
		{"GET", "/", ""}, {"GET", "/listing/abc", ""}, {"GET", "/assets/app-1a.js", ""}, {"GET", "/assets/nosuch.js", ""}, {"GET", "/api/nosuch", ""}, {"PUT", "/api/join", ""},
		{"GET", "/api/health", ""}, {"GET", "/api/sync/public/-/0/0", ""}, {"POST", "/api/sync", ""}, {"POST", "/api/sync", p.token}, {"GET", "/api/collections", ""}, {"GET", "/_/", ""},
	} {
		rec := w.ask(c.method, c.path, c.token, map[string]any{"protocol": 1})
		h := rec.Header()
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "X-Frame-Options": "SAMEORIGIN", "Referrer-Policy": "no-referrer", "Cross-Origin-Opener-Policy": "same-origin", "Strict-Transport-Security": "",
		} {
			if h.Get(name) != want {
				t.Errorf("%s %s: %s is %q", c.method, c.path, name, h.Get(name))
			}
		}
		csp := h.Get("Content-Security-Policy")
		for _, part := range []string{"default-src 'none'", "script-src 'self' 'wasm-unsafe-eval';", "frame-ancestors 'none'", "base-uri 'none'", "object-src 'none'", "require-trusted-types-for 'script'", "connect-src 'self';"} {
			if c.path != "/_/" && !strings.Contains(csp+";", part) || strings.Contains(strings.ReplaceAll(csp, "'wasm-unsafe-eval'", ""), "unsafe") {
				t.Errorf("%s %s: the policy %q lacks %s", c.method, c.path, csp, part)
			}
		}
		if open := h.Get("Access-Control-Allow-Origin") != ""; open != strings.HasPrefix(c.path, "/api/sync/public/") {
			t.Errorf("%s %s is open to other sites: %v", c.method, c.path, open)
		}
		if private := c.path == "/api/sync" || rec.Code >= 400; private && h.Get("Cache-Control") != "no-store" {
			t.Errorf("%s %s may be kept: %q", c.method, c.path, h.Get("Cache-Control"))
		}
		if !strings.Contains(h.Get("Permissions-Policy"), "microphone=()") {
			t.Errorf("%s %s: %q", c.method, c.path, h.Get("Permissions-Policy"))
		}
	}
}

// Ensure that an address under /api/ that isn't there never answers as the app.
func TestAttack_NoPageUnderTheAPI(t *testing.T) {
	w := newTown(t)
	for _, path := range []string{"/api/nosuch", "/api/", "/api/sync/nosuch", "/api/sync/public/x", "/api/files/x", "/api/admins"} {
		rec := w.ask("GET", path, "", nil)
		wantProblem(t, rec, 404, "not_found")
		if rec.Header().Get("Content-Type") != "application/json" || bytes.Contains(rec.Body.Bytes(), []byte("<")) {
			t.Errorf("%s: %s", path, rec.Body)
		}
	}
}

// Ensure that what a client says of its own address opens no dashboard: neither
// from elsewhere with a header, nor where a proxy's header is trusted.
func TestAttack_NoHeaderMakesAnAddress(t *testing.T) {
	oneAtATime(t)
	for _, trusted := range []string{"", "X-Real-IP", "X-Forwarded-For"} {
		w := newTown(t)
		token := w.superuser()
		if trusted != "" { // as guard.Register does where the configuration names one
			w.app.Settings().TrustedProxy.Headers = []string{trusted}
		}
		for _, remote := range []string{"203.0.113.9:1", "10.0.0.1:1", "[2001:db8::1]:1", "[::ffff:203.0.113.9]:1", "garbage", ""} {
			for _, header := range []string{"", "X-Forwarded-For", "X-Real-IP", "Forwarded", "X-Client-IP", "Client-IP", "X-Remote-Addr"} {
				r := httptest.NewRequest("GET", "http://127.0.0.1:8090/api/collections", nil)
				r.RemoteAddr = remote
				r.Header.Set("Authorization", token)
				if header != "" {
					r.Header.Set(header, "127.0.0.1")
				}
				rec := httptest.NewRecorder()
				if w.mux.ServeHTTP(rec, r); rec.Code != 404 {
					t.Errorf("%q trusted: from %q with %s: %d", trusted, remote, header, rec.Code)
				}
			}
		}
	}
}

// Ensure that a closed route says the same whether what was asked for is there
// or not: a refusal is no way to learn who lives here.
func TestAttack_ARefusalTellsNothing(t *testing.T) {
	w := newTown(t)
	p := w.phone("resident")
	there := w.ask("GET", "/api/collections/members/records/"+p.member, "", nil)
	not := w.ask("GET", "/api/collections/members/records/"+newID(), "", nil)
	if there.Code != not.Code || there.Body.String() != not.Body.String() {
		t.Errorf("%d %s, but %d %s", there.Code, there.Body, not.Code, not.Body)
	}
	revoked := w.phone("resident")
	d := w.device(revoked)
	d.Set("revoked", true)
	must(t, w.app.Save(d))
	unknown := w.stranger()
	unknown.device = newID()
	if a, b := revoked.session(nil), unknown.session(nil); a.Code != b.Code || a.Body.String() != b.Body.String() {
		t.Errorf("%s, but %s", a.Body, b.Body)
	}
}
