package hooks_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/pocketbase/pocketbase/core"

	"kith/hooks/waysin"
	"kith/internal/sync"
	"kith/internal/token"
	_ "kith/migrations"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (w *town) make(collection string, values map[string]any) *core.Record {
	w.t.Helper()
	c, err := w.app.FindCachedCollectionByNameOrId(collection)
	must(w.t, err)
	r := core.NewRecord(c)
	if c.IsAuth() { // NB! no password has this hash, and none is what everybody has here: to make one takes longer than the rest
		r.SetRaw(core.FieldNamePassword, &core.PasswordFieldValue{Hash: random()})
	}
	r.Load(values)
	must(w.t, w.app.Save(r))
	return r
}

// weekly is a lunch club on Thursdays at noon.
func (w *town) weekly(title string) *core.Record {
	return w.make("listings", map[string]any{
		"kind": "group", "title": title, "status": "active",
		"schedule": `[{"start":"2026-01-01T12:00","minutes":120,"zone":"Europe/London","rrule":"FREQ=WEEKLY;BYDAY=TH"}]`,
	})
}

func nextThursday() string {
	d := time.Now()
	for d.Weekday() != time.Thursday || d.Before(time.Now().Add(24*time.Hour)) {
		d = d.Add(24 * time.Hour)
	}
	return d.Format("2006-01-02") + "T12:00"
}

func (w *town) ask(method, path, token string, body any) *httptest.ResponseRecorder {
	w.t.Helper()
	var raw []byte
	switch b := body.(type) {
	case nil:
	case string:
		raw = []byte(b)
	default:
		var err error
		raw, err = json.Marshal(body)
		must(w.t, err)
	}
	r := httptest.NewRequest(method, "http://kith.test"+path, bytes.NewReader(raw))
	if token != "" {
		w.authorise(r, token)
	}
	rec := httptest.NewRecorder()
	w.mux.ServeHTTP(rec, r)
	return rec
}

// authorise gives a request a token, and the proof that goes with it if the
// token's phone sends proofs.
func (w *town) authorise(r *http.Request, bearer string) {
	r.Header.Set("Authorization", "Bearer "+bearer)
	if p := w.provers[bearer]; p != nil && r.Header.Get("DPoP") == "" {
		r.Header.Set("DPoP", p.dpop(r, bearer))
	}
}

// dpop is a proof for one request with one token.
func (p *phone) dpop(r *http.Request, bearer string) string {
	return p.sign(jwt.MapClaims{
		"htm": r.Method, "htu": "http://" + r.Host + r.URL.Path, "iat": time.Now().Unix(), "jti": random(), "ath": token.Access(bearer),
	}, nil)
}

// proves makes a phone send a proof with every request, or no more.
func (p *phone) proves(yes bool) *phone {
	if p.provers == nil {
		p.provers = map[string]*phone{}
	}
	delete(p.provers, p.token)
	if yes {
		p.provers[p.token] = p
	}
	return p
}

// phone is one device of one member.
type phone struct {
	*town
	key                          *ecdsa.PrivateKey
	member, device, token, queue string
	cursor                       string
	number, ack                  int64
}

func (w *town) phone(role string) *phone {
	w.t.Helper()
	code, err := waysin.NewInvite(w.app, waysin.Invite{Role: role, Uses: 1, Until: time.Now().Add(time.Hour)}, time.Now())
	must(w.t, err)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(w.t, err)
	p := &phone{town: w, key: key, queue: random()}
	rec := p.join(code)
	if rec.Code != 200 {
		w.t.Fatalf("join: %d %s", rec.Code, rec.Body)
	}
	p.take(rec)
	return p
}

func (p *phone) join(code string) *httptest.ResponseRecorder {
	return p.ask("POST", "/api/join", "", map[string]any{"invite": code, "firstName": "Rosa", "deviceName": "Phone", "proof": p.proof("/api/join", time.Now())})
}

func (p *phone) take(rec *httptest.ResponseRecorder) {
	var a struct{ Member, Device, Token string }
	must(p.t, json.Unmarshal(rec.Body.Bytes(), &a))
	p.member, p.device, p.token = a.Member, a.Device, a.Token
	p.proves(true) // it is read only where it is needed
}

func (p *phone) jwk() map[string]any {
	raw, err := p.key.PublicKey.Bytes()
	must(p.t, err)
	return map[string]any{"kty": "EC", "crv": "P-256", "x": b64(raw[1:33]), "y": b64(raw[33:])}
}

func (p *phone) proof(path string, at time.Time) string {
	return p.sign(jwt.MapClaims{"htm": "POST", "htu": "http://kith.test" + path, "iat": at.Unix(), "jti": random()}, nil)
}

func (p *phone) sign(claims jwt.MapClaims, header map[string]any) string {
	tok := jwt.NewWithClaims(jwt.SigningMethodES256, claims)
	tok.Header["typ"], tok.Header["jwk"] = "dpop+jwt", p.jwk()
	for k, v := range header {
		tok.Header[k] = v
	}
	signed, err := tok.SignedString(p.key)
	must(p.t, err)
	return signed
}

func b64(raw []byte) string { return base64.RawURLEncoding.EncodeToString(raw) }

func random() string {
	raw := make([]byte, 16)
	_, _ = rand.Read(raw)
	return b64(raw)
}

func newID() string { return strings.ToLower(rand.Text())[:15] }

// command makes the next command of the phone's queue.
func (p *phone) command(name string, args map[string]any) map[string]any {
	p.number++
	return map[string]any{"number": p.number, "nonce": random(), "name": name, "v": 1, "args": args, "at": sync.Stamp(time.Now()), "offset": 0, "seen": 0}
}

// answer is a parsed answer of POST /api/sync.
type answer struct {
	code     int
	raw      string
	epoch    string
	seq      int64
	outcomes []sync.Outcome
	stops    []sync.Stop
	drops    []string
	resets   []string
	rows     map[string]map[string]any // "aud coll/id" -> columns; nil for gone
	order    []string
	done     bool
	ended    bool
	cursor   string
	sums     map[string][2]int64
}

func (a *answer) has(aud, coll, id string) bool { return a.rows[aud+" "+coll+"/"+id] != nil }

func (a *answer) gone(aud, coll, id string) bool {
	row, told := a.rows[aud+" "+coll+"/"+id]
	return told && row == nil
}

func (p *phone) sync(commands ...map[string]any) *answer {
	p.t.Helper()
	a := p.exchange(map[string]any{"commands": commands, "cursor": p.cursor})
	if a.code != 200 || !a.ended {
		p.t.Fatalf("sync: %d %s", a.code, a.raw)
	}
	p.cursor = a.cursor
	return a
}

func (p *phone) exchange(body map[string]any) *answer {
	p.t.Helper()
	full := map[string]any{"protocol": 1, "schema": 1, "app": "test", "stream": p.queue, "ack": p.ack, "pending": 1}
	for k, v := range body {
		full[k] = v
	}
	rec := p.ask("POST", "/api/sync", p.token, full)
	return parse(p.t, rec.Code, rec.Body)
}

func parse(t testing.TB, code int, body io.Reader) *answer {
	t.Helper()
	raw, err := io.ReadAll(body)
	must(t, err)
	a := &answer{code: code, raw: string(raw), rows: map[string]map[string]any{}}
	if code != 200 {
		return a
	}
	for l := range bytes.SplitSeq(bytes.TrimSpace(raw), []byte("\n")) {
		if len(bytes.TrimSpace(l)) == 0 {
			continue
		}
		var line struct {
			Head *struct {
				Epoch string
				Seq   int64
			}
			Outcome     *sync.Outcome
			Stop        *sync.Stop
			Drop, Reset string
			Row, Gone   []json.RawMessage
			End         *struct {
				Cursor string
				Done   bool
				Sums   map[string][2]int64
			}
		}
		if err := json.Unmarshal(l, &line); err != nil {
			t.Fatalf("%v in %s", err, l)
		}
		a.take(t, line.Row, true)
		a.take(t, line.Gone, false)
		switch {
		case line.Head != nil:
			a.epoch, a.seq = line.Head.Epoch, line.Head.Seq
		case line.Outcome != nil:
			a.outcomes = append(a.outcomes, *line.Outcome)
		case line.Stop != nil:
			a.stops = append(a.stops, *line.Stop)
		case line.Drop != "":
			a.drops = append(a.drops, line.Drop)
		case line.Reset != "":
			a.resets = append(a.resets, line.Reset)
		case line.End != nil:
			a.ended, a.done, a.cursor, a.sums = true, line.End.Done, line.End.Cursor, line.End.Sums
		}
	}
	return a
}

func (a *answer) take(t testing.TB, parts []json.RawMessage, live bool) {
	t.Helper()
	if parts == nil {
		return
	}
	var aud, coll, id string
	must(t, json.Unmarshal(parts[0], &aud))
	must(t, json.Unmarshal(parts[1], &coll))
	must(t, json.Unmarshal(parts[2], &id))
	var row map[string]any
	if live {
		must(t, json.Unmarshal(parts[4], &row))
	}
	a.rows[aud+" "+coll+"/"+id] = row
	a.order = append(a.order, aud)
}

func (w *town) count(collection string) int {
	n, err := w.app.CountRecords(collection)
	must(w.t, err)
	return int(n)
}
