package hooks_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"

	"kith/hooks"
	"kith/hooks/waysin"
	"kith/internal/limits"
	"kith/internal/seal"
)

func init() {
	openapi3filter.RegisterBodyDecoder("application/x-ndjson", func(body io.Reader, _ http.Header, _ *openapi3.SchemaRef, _ openapi3filter.EncodingFn) (any, error) {
		lines := []any{}
		for d := json.NewDecoder(body); ; {
			var line any
			if err := d.Decode(&line); err == io.EOF {
				return lines, nil
			} else if err != nil {
				return nil, err
			}
			lines = append(lines, line)
		}
	})
}

// contract is docs/openapi.yaml, and what of it was seen.
type contract struct {
	t    *testing.T
	doc  *openapi3.T
	find routers.Router
	seen map[string]bool // "POST /api/join 200"
}

func readContract(t *testing.T) *contract {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromFile("../docs/openapi.yaml")
	must(t, err)
	must(t, doc.Validate(context.Background()))
	find, err := gorillamux.NewRouter(doc)
	must(t, err)
	return &contract{t, doc, find, map[string]bool{}}
}

// holds checks an exchange against the contract.
func (c *contract) holds(r *http.Request, rec *httptest.ResponseRecorder) {
	c.t.Helper()
	asked := r.Method + " " + r.URL.Path
	route, params, err := c.find.FindRoute(r)
	if err != nil {
		c.t.Errorf("%s: %v", asked, err)
		return
	}
	in := &openapi3filter.RequestValidationInput{
		Request: r, PathParams: params, Route: route, Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc},
	}
	if rec.Code < 400 {
		if err := openapi3filter.ValidateRequest(r.Context(), in); err != nil {
			c.t.Errorf("%s was good, but not to the contract: %v", asked, err)
		}
	}
	err = openapi3filter.ValidateResponse(r.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: in, Status: rec.Code, Header: rec.Header(), Body: io.NopCloser(bytes.NewReader(rec.Body.Bytes())),
		Options: &openapi3filter.Options{IncludeResponseStatus: true},
	})
	if err != nil {
		c.t.Errorf("%s answered %d, which is not in the contract: %v", asked, rec.Code, err)
	}
	c.seen[r.Method+" "+route.Path+" "+http.StatusText(rec.Code)] = true
}

// exchange asks, and holds the answer to the contract.
func (c *contract) exchange(w *town, method, path, token string, body any, headers ...string) *httptest.ResponseRecorder {
	c.t.Helper()
	raw, isText := body.(string)
	if !isText && body != nil {
		b, err := json.Marshal(body)
		must(c.t, err)
		raw = string(b)
	}
	make := func() *http.Request {
		r := httptest.NewRequest(method, "http://kith.test"+path, strings.NewReader(raw))
		if raw != "" {
			r.Header.Set("Content-Type", "application/json")
		}
		for i := 0; i+1 < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		if token != "" {
			w.authorise(r, token)
		}
		return r
	}
	ctx, hangUp := context.WithCancel(context.Background())
	defer hangUp()
	rec := httptest.NewRecorder()
	w.mux.ServeHTTP(&hasty{ResponseRecorder: rec, hangUp: hangUp}, make().WithContext(ctx))
	c.holds(make(), rec)
	return rec
}

// Ensure that docs/openapi.yaml has every address of ours, and no other.
func TestOpenAPI_HasEveryRoute(t *testing.T) {
	c := readContract(t)
	var documented []string
	for path, item := range c.doc.Paths.Map() {
		for method := range item.Operations() {
			documented = append(documented, method+" "+path)
		}
	}
	for _, route := range slices.Concat(ourRoutes, machineRoutes) {
		switch route {
		case "/": // what no route took: every other method
			continue
		case "GET /{path...}":
			route = "GET /{path}"
		case "GET /api/{path...}":
			route = "GET /api/{path}"
		}
		if !slices.Contains(documented, route) {
			t.Errorf("%s is not in docs/openapi.yaml", route)
		}
		documented = slices.DeleteFunc(documented, func(d string) bool { return d == route || d == "GET /" })
	}
	if len(documented) > 0 {
		t.Errorf("docs/openapi.yaml has %v, which the server hasn't", documented)
	}
}

// Ensure that docs/openapi.yaml is true of what the server answers, and that
// the server can be brought to give every answer that it names.
func TestOpenAPI_IsTrueOfEveryAnswer(t *testing.T) {
	oneAtATime(t) // and asked ten times slower, no address is asked too often
	c := readContract(t)
	s := newStage(t)
	c.serving(s)
	c.joining(s)
	c.comingBack(s)
	c.confirming(s)
	c.syncing(s)
	c.carrying(s)
	c.living(s)
	c.complaining(s)
	c.concerning(s)
	c.rights(s)
	c.desk(s)
	c.tooMany()
	c.full()
	c.broken()
	c.machine()
	for path, item := range c.doc.Paths.Map() {
		for method, op := range item.Operations() {
			for status := range op.Responses.Map() {
				code, err := json.Number(status).Int64()
				must(t, err)
				if !c.seen[method+" "+path+" "+http.StatusText(int(code))] {
					t.Errorf("%s %s never answered %s", method, path, status)
				}
			}
		}
	}
}

func (c *contract) serving(s *stage) {
	for _, path := range []string{"/", "/listing", "/index.html", "/nosuch.js"} {
		rec := c.exchange(s.town, "GET", path, "", nil)
		if tag := rec.Header().Get("ETag"); tag != "" {
			c.exchange(s.town, "GET", path, "", nil, "If-None-Match", tag)
		}
	}
	c.exchange(s.town, "GET", "/api/health", "", nil)
	c.exchange(s.town, "GET", "/api/nosuch", "", nil)
}

func (c *contract) joining(s *stage) {
	code, err := waysin.NewInvite(s.app, waysin.Invite{Role: "activator", Uses: 9, Until: time.Now().Add(time.Hour)}, time.Now())
	must(c.t, err)
	late := time.Now().Add(-time.Hour)
	for _, path := range []string{"/api/join", "/api/session"} {
		p := s.phones[resident]
		body := func(invite, proof string) map[string]any {
			return map[string]any{"invite": invite, "firstName": "Ada", "deviceName": "Phone", "device": p.device, "proof": proof}
		}
		c.exchange(s.town, "POST", path, "", body(code, p.proof(path, time.Now())))
		c.exchange(s.town, "POST", path, "", body(code, "x"))
		c.exchange(s.town, "POST", path, "", "{")
		c.exchange(s.town, "POST", path, "", body(code, p.proof(path, late)))
		c.exchange(s.town, "POST", path, "", body("0000", s.phones[revoked].proof(path, time.Now())))
		c.exchange(s.town, "POST", path, "", strings.Repeat(" ", limits.SmallBody+1))
	}
	c.exchange(s.town, "POST", "/api/join", "", map[string]any{"invite": "0000", "firstName": "Eve", "proof": s.stranger().proof("/api/join", time.Now())})
	barred := s.phones[suspended]
	c.exchange(s.town, "POST", "/api/session", "", map[string]any{"device": barred.device, "proof": barred.proof("/api/session", time.Now())})
}

func (c *contract) syncing(s *stage) {
	for _, w := range everybody {
		c.exchange(s.town, "POST", "/api/sync", s.tokens[w], map[string]any{"protocol": 1, "cursor": ""})
	}
	p := s.phones[host]
	add := p.command("listings.add", map[string]any{
		"id": newID(), "kind": "group", "title": "Walk", "venue": "hall", "access": []string{"toilet"}, "prices": map[string]any{"mode": "fixed", "amounts": []any{map[string]any{"pence": 100, "who": "all"}}},
		"schedule": []any{map[string]any{"start": "2026-01-01T12:00", "minutes": 60, "zone": "Europe/London", "rrule": "FREQ=WEEKLY"}}, "languages": []string{"en"}, "contact": map[string]any{"name": "Rosa"},
	})
	come := p.command("visits.come", comeArgs(s.ids["listings"]["club"]))
	again := p.command("visits.come", comeArgs(s.ids["listings"]["club"]))
	gap := p.command("people.rename", nil)
	gap["number"] = 99
	rec := c.exchange(s.town, "POST", "/api/sync", p.token, map[string]any{"protocol": 1, "schema": 1, "app": "1", "stream": p.queue, "ack": 0, "pending": 4, "cursor": "", "maxBytes": 16384, "commands": []any{add, come, again, gap}})
	a := parse(c.t, rec.Code, rec.Body)
	s.set("listings", s.ids["listings"]["club"], map[string]any{"status": "draft"}) // a tombstone for all
	c.exchange(s.town, "POST", "/api/sync", p.token, map[string]any{"protocol": 1, "cursor": a.cursor})
	c.exchange(s.town, "POST", "/api/sync", p.token, "{")
	c.exchange(s.town, "POST", "/api/sync", p.token, map[string]any{"protocol": 1, "cursor": "!"})
	c.exchange(s.town, "POST", "/api/sync", p.token, strings.Repeat(" ", limits.SyncBody+1))
	first := c.exchange(s.town, "GET", "/api/sync/public/-/0/0", "", nil)
	c.exchange(s.town, "GET", nextOf(first.Body.String()), "", nil)
	c.exchange(s.town, "GET", "/api/sync/public/x/-1/0", "", nil)
}

func (c *contract) carrying(s *stage) {
	carry := func(blobs ...string) {
		c.exchange(s.town, "POST", "/api/sync/sealed", "", map[string]any{"sealed": blobs})
	}
	p := s.phones[host]
	gap := p.left(rename(5, "Ada"))
	carry(s.seal(p.left(rename(1, "Ada"))), s.seal(gap))
	carry("AQ")
	for _, w := range []who{suspended, revoked} {
		left := p.left(rename(1, "Eve"))
		left["token"] = s.tokens[w]
		carry(s.seal(left))
	}
	other, err := seal.NewKey()
	must(c.t, err)
	blob, err := seal.Seal(other.Public(), []byte("{}"))
	must(c.t, err)
	carry(b64(blob))
	carry(strings.Repeat("A", limits.SyncBody))
	c.exchange(withoutKey(c.t), "POST", "/api/sync/sealed", "", map[string]any{"sealed": []string{"AQ"}})
}

// withoutKey is a town whose key file was lost.
func withoutKey(t *testing.T) *town {
	t.Helper()
	data := filepath.Join(t.TempDir(), "data")
	_, _, err := again(t, data, hooks.Config{})
	must(t, err)
	must(t, os.Remove(data+".keys"))
	w, _, err := again(t, data, hooks.Config{})
	must(t, err)
	return w
}

func (c *contract) living(s *stage) {
	p := s.phones[coordinator]
	p.sync()
	s.set("listings", s.ids["listings"]["paused"], map[string]any{"room": "Snug"})
	s.set("listings", s.ids["listings"]["gone"], map[string]any{"status": "draft"})
	for _, body := range []any{p.liveBody(), map[string]any{"protocol": 1, "cursor": ""}, "{", strings.Repeat(" ", limits.SyncBody+1)} {
		c.exchange(s.town, "POST", "/api/sync/live", p.token, body)
	}
	c.exchange(s.town, "POST", "/api/sync/live", "", p.liveBody())
	c.exchange(s.town, "POST", "/api/sync/live", s.tokens[suspended], p.liveBody())
}

func (c *contract) complaining(s *stage) {
	for _, body := range []any{map[string]any{"text": "Nobody answers.", "contact": "01632 960001"}, map[string]any{"text": ""}, strings.Repeat(" ", limits.ComplaintBody+1)} {
		c.exchange(s.town, "POST", "/api/complaints", "", body)
	}
}

// concerning brings letters of every kind, and asks how it goes.
func (c *contract) concerning(s *stage) {
	bring := func(w *town, letters ...string) {
		c.exchange(w, "POST", "/api/concerns", "", map[string]any{"letters": letters})
	}
	p := s.phones[listener]
	good, named, refused := p.write(p.worry(), "urgent"), p.write(p.named(), "normal"), p.write(p.worry(), "normal")
	refused.says.Urgency = "urgent"
	bring(s.town, p.letter(good.says), p.letter(good.says), p.letter(named.says), p.letter(refused.says), p.letter(good.withdrawal()), s.phones[suspended].letter(good.says), "!")
	p.sync()
	bring(s.town)
	bring(s.town, strings.Repeat("A", limits.LettersBody))
	secrets := make([]string, limits.ReceiptsPerRequest)
	for i := range secrets {
		secrets[i] = random()
	}
	off := newTown(c.t)
	bring(off, "AQ")
	for _, w := range []*town{s.town, off} {
		c.exchange(w, "POST", "/api/concerns/receipts", "", map[string]any{"receipts": secrets})
	}
	c.exchange(s.town, "POST", "/api/concerns/receipts", "", map[string]any{"receipts": secrets[1:]})
	c.exchange(s.town, "POST", "/api/concerns/receipts", "", strings.Repeat(" ", limits.SmallBody+1))
}

// rights asks what is kept, and what was done with power over others.
func (c *contract) rights(s *stage) {
	for _, path := range []string{"/api/export", "/api/audit", "/api/concerns/names"} {
		for _, w := range []who{coordinator, resident, unproven, suspended} {
			c.exchange(s.town, "POST", path, s.tokens[w], map[string]any{})
		}
		c.exchange(s.town, "POST", path, s.tokens[coordinator], map[string]any{}, "DPoP", "x")
		c.exchange(s.town, "POST", path, s.tokens[coordinator], strings.Repeat(" ", limits.SmallBody+1))
	}
}

// tooMany asks each address until it says to slow down.
func (c *contract) tooMany() {
	w := newTownWithLimits(c.t)
	p := w.phone("resident")
	for path, method := range map[string]string{"/api/join": "POST", "/api/session": "POST", "/api/invite": "POST", "/api/recover": "POST", "/api/code": "POST", "/api/code/confirm": "POST", "/api/email": "POST", "/api/email/confirm": "POST", "/api/sync/live": "POST", "/api/sync/sealed": "POST", "/api/sync": "POST", "/api/complaints": "POST", "/api/concerns": "POST", "/api/concerns/receipts": "POST", "/api/concerns/open": "POST", "/api/concerns/names": "POST", "/api/notes": "POST", "/api/notes/open": "POST", "/api/export": "POST", "/api/audit": "POST", "/api/sync/public/x/0/0": "GET"} {
		token, body := p.token, any("{}")
		if method == "GET" {
			token, body = "", nil
		}
		full := func() bool {
			for range limits.PublicPerMinute {
				if w.raw(method, path, p.token, `{"protocol":1,"cursor":"!"}`, nil).Code == 429 {
					return true
				}
			}
			return false
		}
		// NB! A limit fills up again while a slow machine thinks: then once more.
		for tries := 0; tries < 20 && full() && c.exchange(w, method, path, token, body).Code != 429; tries++ {
		}
	}
}

// full has as many first syncs under way as there is room for, and asks for one more.
func (c *contract) full() {
	w := newTown(c.t)
	p := w.phone("resident")
	release, started := make(chan struct{}), make(chan struct{})
	ended := make(chan struct{})
	for range limits.SnapshotsAtOnce {
		go func() {
			r := httptest.NewRequest("POST", "http://kith.test/api/sync", strings.NewReader(`{"protocol":1}`))
			r.Header.Set("Authorization", "Bearer "+p.token)
			w.mux.ServeHTTP(&stuck{ResponseRecorder: httptest.NewRecorder(), started: started, release: release}, r)
			ended <- struct{}{}
		}()
	}
	for range limits.SnapshotsAtOnce {
		<-started
	}
	c.exchange(w, "POST", "/api/sync", p.token, map[string]any{"protocol": 1})
	c.exchange(w, "GET", "/api/sync/public/-/0/0", "", nil)
	close(release)
	for range limits.SnapshotsAtOnce {
		<-ended
	}
}

// stuck is a reader that takes nothing until it is released.
type stuck struct {
	*httptest.ResponseRecorder
	started, release chan struct{}
	once             bool
}

func (s *stuck) Write(b []byte) (int, error) {
	if !s.once {
		s.once = true
		s.started <- struct{}{}
		<-s.release
	}
	return s.ResponseRecorder.Write(b)
}

// broken takes the ground away under both ways in.
func (c *contract) broken() {
	w := newTown(c.t)
	p := w.phone("resident")
	for _, sql := range []string{"PRAGMA foreign_keys = OFF", "DROP VIEW sync_grant", "DROP TABLE devices", "DROP TABLE invites", "DROP TABLE recoveries", "DROP TABLE codes"} {
		_, err := w.app.DB().NewQuery(sql).Execute()
		must(c.t, err)
	}
	for _, path := range []string{"/api/join", "/api/session", "/api/invite", "/api/recover", "/api/code", "/api/code/confirm"} {
		c.exchange(w, "POST", path, "", map[string]any{
			"invite": "0000", "code": "0000", "id": newID(), "email": "ada@example.org", "firstName": "Ada", "device": p.device, "proof": p.proof(path, time.Now()),
		})
	}
}

// machine asks what the machine says of itself, well and sick.
func (c *contract) machine() {
	w := newTown(c.t)
	ask := func(path string) {
		r := httptest.NewRequest("GET", "http://127.0.0.1:8090"+path, nil)
		r.RemoteAddr = "127.0.0.1:5000"
		rec := httptest.NewRecorder()
		w.mux.ServeHTTP(rec, r)
		r.Host, r.URL.Scheme, r.URL.Host = "", "", "" // as the contract names it
		c.holds(r, rec)
	}
	ask("/metrics")
	ask("/api/health/machine")
	w.exec("CREATE TRIGGER broken BEFORE UPDATE ON sync_meta BEGIN SELECT RAISE(ABORT, 'disk I/O error'); END")
	ask("/api/health/machine")
}
