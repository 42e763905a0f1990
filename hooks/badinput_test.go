package hooks_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"kith/internal/problem"
)

// door is one address of ours with a request that gets as far as it can without
// writing: an invite that isn't, a device that isn't, a command behind a gap.
type door struct {
	method, path string
	body         map[string]any
	token        string
}

// raw asks a door with any body and header, as a client would that hangs up
// once it has heard something.
func (w *town) raw(method, target, token, body string, header http.Header) (rec *httptest.ResponseRecorder) {
	w.t.Helper()
	ctx, hangUp := context.WithCancel(context.Background())
	defer hangUp()
	r := httptest.NewRequestWithContext(ctx, method, "http://kith.test", strings.NewReader(body))
	path, query, _ := strings.Cut(target, "?")
	if err := setPath(r, path, query); err != nil {
		return nil // no client can send it
	}
	r.Header.Set("Content-Type", "application/json")
	for k, v := range header {
		r.Header[k] = v
	}
	if host := header.Get("Host"); host != "" {
		r.Host = host
	}
	if token != "" && r.Header.Get("Authorization") == "" {
		w.authorise(r, token)
	}
	defer func() {
		if p := recover(); p != nil {
			w.t.Fatalf("%s %.200s: panic: %v", method, target, p)
		}
	}()
	rec = httptest.NewRecorder()
	w.mux.ServeHTTP(&hasty{ResponseRecorder: rec, hangUp: hangUp}, r)
	return rec
}

func setPath(r *http.Request, path, query string) error {
	u, err := r.URL.Parse("http://kith.test" + path)
	if err != nil {
		return err
	}
	u.RawQuery = query
	r.URL, r.RequestURI = u, u.RequestURI()
	return nil
}

// hasty hangs up at the first flush, so that a live connection ends.
type hasty struct {
	*httptest.ResponseRecorder
	hangUp func()
}

func (h *hasty) Flush() {
	h.ResponseRecorder.Flush()
	h.hangUp()
}

// corpus is a town with all its doors, and how it looks before anybody knocks.
type corpus struct {
	*town
	t      *testing.T
	p      *phone
	coach  *phone
	note   map[string]any // of an hour too long ago
	before map[string]string
}

func newCorpus(t *testing.T) *corpus {
	w := newTownWithKeys(t)
	w.weekly("Lunch club")
	p := w.phone("activator")
	p.sync(p.command("people.rename", map[string]any{"firstName": "Ada"}))
	coach := w.phone("resident").with("coach").with("surgery")
	note := w.noteAbout("Joan Ames", "020 7946 0009")
	note["hour"] = "2026-01-01T00"
	return &corpus{w, t, p, coach, note, w.dump()}
}

func (c *corpus) doors() []door {
	stale := c.p.proof("/api/join", time.Now().Add(-time.Hour))
	behind := c.p.command("people.rename", map[string]any{"firstName": "Eve"})
	behind["number"] = 99
	c.p.number--
	return []door{
		{"POST", "/api/join", map[string]any{"invite": "0000-0000-0000-0000", "firstName": "Eve", "deviceName": "Phone", "proof": stale}, ""},
		{"POST", "/api/session", map[string]any{"device": c.p.device, "proof": stale}, ""},
		{"POST", "/api/sync", map[string]any{"protocol": 1, "schema": 1, "app": "x", "stream": c.p.queue, "ack": 0, "pending": 1,
			"commands": []any{behind}, "cursor": c.p.cursor, "maxBytes": 65536}, c.p.token},
		{"POST", "/api/sync/live", map[string]any{"protocol": 1, "schema": 1, "stream": c.p.queue, "ack": 0, "cursor": c.p.cursor}, c.p.token},
		{"POST", "/api/sync/sealed", map[string]any{"sealed": []any{c.seal(c.p.left(behind))}}, ""},
		{"POST", "/api/concerns", map[string]any{"letters": []any{c.p.letter(map[string]any{"kind": "concern"})}}, ""},
		{"POST", "/api/concerns/receipts", map[string]any{"receipts": []any{random(), random(), random(), random(), random(), random(), random(), random()}}, ""},
		{"POST", "/api/concerns/open", map[string]any{"id": newID(), "reason": "She rang me."}, c.coach.token},
		{"POST", "/api/concerns/names", map[string]any{}, c.coach.token},
		{"POST", "/api/notes", c.note, ""},
		{"POST", "/api/notes/open", map[string]any{"id": newID()}, c.coach.token},
		{"POST", "/api/complaints", map[string]any{"text": "", "contact": "two\nlines"}, ""},
		{"POST", "/api/export", map[string]any{}, ""},
		{"POST", "/api/audit", map[string]any{"before": 5, "limit": 5}, c.p.token},
		{"POST", "/api/invite", map[string]any{"invite": "0000-0000-0000-0000"}, ""},
		{"POST", "/api/recover", map[string]any{"code": "0000-0000-0000-0000", "deviceName": "Phone", "proof": stale}, ""},
		{"POST", "/api/code", map[string]any{"email": "nobody"}, ""},
		{"POST", "/api/email", map[string]any{"email": "nobody"}, c.p.token},
		{"POST", "/api/email/confirm", map[string]any{"code": "000000"}, c.p.token},
		{"POST", "/api/code/confirm", map[string]any{"id": newID(), "code": "000000", "deviceName": "Phone", "proof": stale}, ""},
	}
}

// Ensure that the corpus is tried at every address of ours that takes a body.
func TestBadInput_KnocksAtEveryDoor(t *testing.T) {
	tried := map[string]bool{}
	for _, d := range newCorpus(t).doors() {
		tried[d.method+" "+d.path] = true
	}
	for _, route := range ourRoutes {
		if strings.HasPrefix(route, "POST ") && !tried[route] {
			t.Errorf("%s is not tried", route)
		}
	}
}

// bookkeeping is what a push notes of its stream and the time, even
// if none of its commands ran; and that somebody took what is about them along.
var bookkeeping = map[string]bool{"sync_stream": true, "sync_clock": true, "audit": true}

// check holds an answer to the promise: a refusal of the catalogue and nothing
// written, or, where the input is good after all, an answer and no row changed.
func (c *corpus) check(name string, rec *httptest.ResponseRecorder) {
	c.t.Helper()
	if rec == nil {
		return
	}
	if rec.Code >= 500 {
		c.t.Errorf("%s: %d %.300s", name, rec.Code, rec.Body)
	}
	if rec.Code >= 400 {
		c.inCatalogue(name, rec)
	}
	after := c.dump()
	for table, rows := range after {
		if rows != c.before[table] && (rec.Code >= 400 || !bookkeeping[table]) {
			c.t.Errorf("%s (%d) changed %s: %s", name, rec.Code, table, difference(c.before[table], rows))
		}
	}
	c.before = after
}

func difference(before, after string) string {
	for line := range strings.SplitSeq(after, "\n") {
		if !strings.Contains(before, line) {
			return "now " + line
		}
	}
	return "rows are gone"
}

func (c *corpus) inCatalogue(name string, rec *httptest.ResponseRecorder) {
	c.t.Helper()
	var body struct{ Code, Message string }
	if err := json.Unmarshal(rec.Body.Bytes(), &body); err != nil || body.Message == "" || rec.Header().Get("Content-Type") != "application/json" {
		c.t.Errorf("%s: %d is not a refusal of ours: %q %.200s", name, rec.Code, rec.Header().Get("Content-Type"), rec.Body)
		return
	}
	for _, p := range problem.All() {
		if p.Code == body.Code && p.Status == rec.Code {
			return
		}
	}
	c.t.Errorf("%s: %d %s is not in the catalogue", name, rec.Code, body.Code)
}

// Ensure that no input, to any address, writes anything when it is refused, is
// refused with a code that isn't in the catalogue, or is our fault.
func TestBadInput_IsRefusedWithACodeAndWritesNothing(t *testing.T) {
	oneAtATime(t)
	c := newCorpus(t)
	for _, part := range []struct {
		name string
		run  func(*corpus)
	}{
		{"bodies", (*corpus).knockWithBodies}, {"fields", (*corpus).knockWithFields}, {"commands", (*corpus).knockWithCommands},
		{"cursors", (*corpus).knockWithCursors}, {"headers", (*corpus).knockWithHeaders}, {"methods", (*corpus).knockWithMethods},
		{"paths", (*corpus).knockAtPaths},
	} {
		t.Run(part.name, func(t *testing.T) {
			c.t, c.town.t = t, t
			part.run(c)
		})
	}
	c.town.t = t
	if a := c.p.sync(); !a.done {
		t.Errorf("afterwards the phone can't sync: %s", a.raw)
	}
}

func (c *corpus) knockWithBodies() {
	for _, d := range c.doors() {
		for name, body := range bodies() {
			rec := c.raw(d.method, d.path, d.token, body, nil)
			c.check(d.path+": "+name, rec)
			// NB! The names are asked for by an address alone: no body is read there.
			if rec.Code < 400 && d.path != "/api/concerns/names" {
				c.t.Errorf("%s took %s: %d", d.path, name, rec.Code)
			}
		}
		good, err := json.Marshal(d.body)
		must(c.t, err)
		for name, coding := range map[string]string{"gzip": "gzip", "a bomb": "gzip", "brotli": "br", "two codings": "gzip, gzip"} {
			body := gzipped(c.t, good)
			if name == "a bomb" {
				body = gzipped(c.t, make([]byte, 64<<20))
			}
			rec := c.raw(d.method, d.path, d.token, body, http.Header{"Content-Encoding": {coding}})
			c.check(d.path+": "+name, rec)
			if rec.Code < 400 && d.path != "/api/concerns/names" {
				c.t.Errorf("%s took %s", d.path, name)
			}
		}
	}
}

// Ensure that a body which was cut on its way isn't said to be too much, which would make a
// device send less: a push is told that it couldn't be read.
func TestBadInput_ACutBodyIsNotTooMuch(t *testing.T) {
	c := newCorpus(t)
	for _, d := range c.doors() {
		if d.method != http.MethodPost {
			continue
		}
		good, err := json.Marshal(d.body)
		must(t, err)
		cut := io.MultiReader(bytes.NewReader(good[:len(good)-1]), iotest.ErrReader(io.ErrUnexpectedEOF))
		r := httptest.NewRequest(d.method, "http://kith.test"+d.path, cut)
		if d.token != "" {
			c.town.authorise(r, d.token)
		}
		rec := httptest.NewRecorder()
		c.town.mux.ServeHTTP(rec, r)
		// NB! What looks at the token first, or at no body, says something else.
		if rec.Code == http.StatusRequestEntityTooLarge || d.path == "/api/sync" && !strings.Contains(rec.Body.String(), `"body_invalid"`) {
			t.Errorf("%s: %d %s", d.path, rec.Code, rec.Body)
		}
	}
}

func (c *corpus) knockWithFields() {
	for _, d := range c.doors() {
		for field := range d.body {
			for name, value := range values {
				c.check(d.path+": "+field+" is "+name, c.raw(d.method, d.path, d.token, changed(d.body, field, value), nil))
			}
			less := map[string]any{}
			for k, v := range d.body {
				if k != field {
					less[k] = v
				}
			}
			raw, err := json.Marshal(less)
			must(c.t, err)
			c.check(d.path+": without "+field, c.raw(d.method, d.path, d.token, string(raw), nil))
		}
	}
}

func (c *corpus) knockWithCommands() {
	d := c.doors()[2]
	command := d.body["commands"].([]any)[0].(map[string]any)
	for field := range command {
		for name, value := range values {
			body := changed(d.body, "commands", json.RawMessage("["+changed(command, field, value)+"]"))
			c.check("command: "+field+" is "+name, c.raw(d.method, d.path, d.token, body, nil))
		}
	}
	for name, n := range map[string]int{"1,001 commands": 1001, "2,000 commands": 2000} {
		many := make([]any, n)
		for i := range many {
			many[i] = command
		}
		rec := c.raw(d.method, d.path, d.token, changed(d.body, "commands", many), nil)
		c.check(name, rec)
		wantProblem(c.t, rec, 400, "body_invalid")
	}
	other := c.phone("resident")
	other.sync(other.command("people.rename", map[string]any{"firstName": "Bea"}))
	c.before = c.dump()
	rec := c.raw(d.method, d.path, d.token, changed(d.body, "stream", other.queue), nil)
	c.check("a foreign stream", rec)
	wantProblem(c.t, rec, 403, "stream_foreign")
}

func (c *corpus) knockWithCursors() {
	for _, d := range c.doors()[2:4] {
		for name, cursor := range cursors(c.p) {
			rec := c.raw(d.method, d.path, d.token, changed(d.body, "cursor", cursor), nil)
			c.check(d.path+": cursor "+name, rec)
			if rec.Code == 200 && strings.Contains(rec.Body.String(), "aaaaaaaaaaaaaaa\",") {
				c.t.Errorf("%s: cursor %s was answered with somebody else's rows", d.path, name)
			}
		}
	}
}

func (c *corpus) knockWithHeaders() {
	long := strings.Repeat("a", 100_000)
	for _, d := range append(c.doors(), door{"GET", "/", nil, ""}, door{"GET", "/api/sync/public/-/0/0", nil, ""}, door{"GET", "/api/health", nil, ""}) {
		body := ""
		if d.body != nil {
			body = changed(d.body, "", nil)
		}
		for name, values := range map[string][]string{
			"Authorization":   {"", "Bearer", "Bearer  ", "Bearer a.b.c", "Basic YTpi", "Bearer " + long, "a\x00b", "Bearer e30.e30.", "eyJ"},
			"Content-Type":    {"", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/json; charset=utf-16", "%%", long},
			"Accept-Encoding": {"", "*", "gzip;q=0", "identity;q=0", "zstd, gzip, br", "gzip;q=banana", long}, "Accept": {"text/html", "!", long},
			"Cookie": {long, "a=b; pb_auth=x"}, "Range": {"bytes=0-1", "bytes=5-1", "bytes=-999999999999999999999", "lines=1"}, "If-None-Match": {"*", `"`, long},
			"X-Forwarded-For": {"127.0.0.1", "::1", ", ,", long, "1.2.3.4\x00"}, "X-Http-Method-Override": {"DELETE"}, "Expect": {"100-continue", "x"}, "Te": {"trailers"},
			"Origin": {"null", "https://evil.example"}, "Host": {"evil.example", "[::1", "a b", "127.0.0.1:8090"}, "Content-Length": {"-1", "0", "99999999"}, "Transfer-Encoding": {"chunked, chunked"},
			"X-Token": {"x"}, "Upgrade": {"websocket"}, "X-Original-Url": {"/api/collections"}, "X-Rewrite-Url": {"/_/"},
		} {
			for _, v := range values {
				c.check(fmt.Sprintf("%s with %s: %.40q", d.path, name, v), c.raw(d.method, d.path, d.token, body, http.Header{name: {v}}))
			}
		}
	}
}

func (c *corpus) knockWithMethods() {
	paths := map[string]string{"/": "GET", "/api/health": "GET", "/api/sync/public/-/0/0": "GET"}
	for _, d := range c.doors() {
		paths[d.path] = d.method
	}
	for path, good := range paths {
		for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "SEARCH", "get", "FOO"} {
			rec := c.raw(method, path, c.p.token, "{}", nil)
			c.check(method+" "+path, rec)
			if method == good || method == "HEAD" && good == "GET" {
				continue
			}
			if rec.Code != 405 || rec.Header().Get("Allow") != good {
				c.t.Errorf("%s %s: %d, allow %q", method, path, rec.Code, rec.Header().Get("Allow"))
			}
		}
	}
}

func (c *corpus) knockAtPaths() {
	long := strings.Repeat("a", 50_000)
	for _, path := range []string{
		"/api/sync/public/-/0/1", "/api/sync/public/-/-1/0", "/api/sync/public/-/0/-1", "/api/sync/public/-/99999999999999999999/0", "/api/sync/public/-/1e3/0",
		"/api/sync/public/-/0x10/0", "/api/sync/public/-/9007199254740993/0", "/api/sync/public/OTHER/5/5", "/api/sync/public/OTHER/5/3", "/api/sync/public/a%20b/0/0", "/api/sync/public/%00/0/0",
		"/api/sync/public/E%2F..%2F..%2F/0/0", "/api/sync/public/" + long + "/0/0", "/api/sync/public/E%205%20m%20member%2Fx/0/0", "/api/sync/public/-/0", "/api/sync/public/", "/api/sync/public",
		"/api/sync/public/-/0/0/", "/api/sync/public/../../collections/0/0", "/api/sync/public/" + c.p.epochNow() + "/999999/999999", "/api/sync/public/" + c.p.epochNow() + "/5/9", "/api/sync/public/-/+0/+0",
		"/api/sync/", "/api/sync/live/", "/api/join/", "/api/joinx", "/api//join", "/api/./join", "/api/%6aoin", "/api/join%00", "/API/JOIN", "/api/join?token=x", "/api/join;x",
		"/api", "/api/", "/api/nosuch", "/api/collections", "/api/collections/members/records", "/api/collections/members/records/../../devices/records", "/api%2Fcollections",
		"/%2e%2e/%2e%2e/etc/passwd", "/..%2f..%2fetc%2fpasswd", "/../../etc/passwd", "/assets/../index.html", "/assets/", "/assets/..%5c..%5cgo.mod", "/index.html/..", "/%00", "/a%00.js", "/.env", "/.git/config",
		"/" + long, "/" + long + ".js", "//evil.example/", "/\\evil.example", "/_", "/_/", "/_/../_/", "/%5F/", "/?" + long, "/\u202e", "/%ff%fe", "/con", "/data.db", "/kith_data/data.db",
	} {
		rec := c.raw("GET", path, "", "", nil)
		c.check(fmt.Sprintf("GET %.60s", path), rec)
		if rec != nil && rec.Code >= 300 && rec.Code < 400 && strings.Contains(rec.Header().Get("Location"), "evil") && !strings.HasPrefix(rec.Header().Get("Location"), "/evil") {
			c.t.Errorf("%s redirects to %s", path, rec.Header().Get("Location"))
		}
	}
}
