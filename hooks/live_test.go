package hooks_test

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"
)

// live opens a live connection over a real socket and returns its lines.
func (p *phone) live(url, cursor string) <-chan string {
	p.t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	p.t.Cleanup(stop)
	body, err := json.Marshal(map[string]any{"protocol": 1, "schema": 1, "stream": p.queue, "cursor": cursor})
	must(p.t, err)
	r, err := http.NewRequestWithContext(ctx, "POST", url+"/api/sync/live", strings.NewReader(string(body)))
	must(p.t, err)
	p.authorise(r, p.token)
	res, err := http.DefaultClient.Do(r)
	must(p.t, err)
	if res.StatusCode != 200 {
		p.t.Fatalf("live: %d", res.StatusCode)
	}
	if !res.Close {
		p.t.Error("live: the connection will be closed, and that isn't said")
	}
	lines := make(chan string, 100)
	go func() {
		defer close(lines)
		defer res.Body.Close()
		s := bufio.NewScanner(res.Body)
		s.Buffer(nil, 8<<20)
		for s.Scan() {
			if s.Text() != "" {
				lines <- s.Text()
			}
		}
	}()
	return lines
}

// until reads lines up to one that begins with prefix, and returns all.
func until(t *testing.T, lines <-chan string, prefix string) []string {
	t.Helper()
	var seen []string
	late := time.After(20 * time.Second) // a bound, not a measure
	for {
		select {
		case l, open := <-lines:
			if !open {
				t.Fatalf("closed before %s; saw %q", prefix, seen)
			}
			seen = append(seen, l)
			if strings.HasPrefix(l, prefix) {
				return seen
			}
		case <-late:
			t.Fatalf("no %s; saw %q", prefix, seen)
		}
	}
}

func (w *town) serve() string {
	s := httptest.NewServer(w.mux)
	w.t.Cleanup(s.CloseClientConnections)
	w.t.Cleanup(s.Close)
	return s.URL
}

// Ensure that the first frame brings a device to the present, and the next ones
// bring what others do, to those who may see it.
func TestLive_BringsADeviceUpAndKeepsItThere(t *testing.T) {
	w := newTown(t)
	url := w.serve()
	p, q := w.phone("resident"), w.phone("resident")
	a := p.sync()
	missed := w.weekly("While away")
	lines := p.live(url, a.cursor)
	first := strings.Join(until(t, lines, `{"end"`), "\n")
	if !strings.Contains(first, missed.Id) || !strings.Contains(first, `{"frame":{"from":`) {
		t.Fatalf("catch-up: %s", first)
	}
	q.sync(q.command("people.rename", map[string]any{"firstName": "Beatrix"})) // not for p
	fresh := w.weekly("Fresh")
	next := strings.Join(until(t, lines, `{"end"`), "\n")
	if !strings.Contains(next, fresh.Id) || strings.Contains(next, "Beatrix") {
		t.Fatalf("frame: %s", next)
	}
	// The cursor of a frame is as good as a pull's.
	_, rest, _ := strings.Cut(next, `"cursor":"`)
	cursor, _, _ := strings.Cut(rest, `"`)
	if b := p.exchange(map[string]any{"cursor": cursor}); len(b.rows) != 0 || !b.done {
		t.Fatalf("after the frame: %s", b.raw)
	}
}

// Ensure that a change of grants is never sent as rows, but as a poke that ends the connection.
func TestLive_PokesWhenGrantsChange(t *testing.T) {
	w := newTown(t)
	url := w.serve()
	draft := w.make("listings", map[string]any{"kind": "group", "title": "Plan", "status": "draft"})
	p := w.phone("resident")
	lines := p.live(url, p.sync().cursor)
	until(t, lines, `{"head"`)
	w.make("roles", map[string]any{"member": p.member, "role": "activator"})
	if all := strings.Join(until(t, lines, `{"poke"`), "\n"); strings.Contains(all, draft.Id) {
		t.Fatalf("%s", all)
	}
	for l := range lines {
		t.Errorf("after the poke: %s", l)
	}
	if a := p.sync(); !a.has("activators", "listings", draft.Id) {
		t.Fatalf("%s", a.raw)
	}
}

// Ensure that raw SQL, which no hook announces, reaches devices too.
func TestLive_CarriesWhatNoHookAnnounced(t *testing.T) {
	w := newTown(t)
	url := w.serve()
	club := w.weekly("Lunch club")
	p := w.phone("resident")
	lines := p.live(url, p.sync().cursor)
	until(t, lines, `{"head"`)
	_, err := w.app.DB().NewQuery("UPDATE listings SET title = 'Raw' WHERE id = '" + club.Id + "'").Execute()
	must(t, err)
	if all := strings.Join(until(t, lines, `{"end"`), "\n"); !strings.Contains(all, `"title":"Raw"`) {
		t.Fatalf("%s", all)
	}
}

// Ensure that a cursor which frames can't lead on from is sent away to pull.
func TestLive_PokesAtOnceWhatItCannotLeadOn(t *testing.T) {
	w := newTown(t)
	url := w.serve()
	p := w.phone("resident")
	p.sync()
	old := "MSBvdGhlciAxIHB1YmxpYw" // "1 other 1 public": another epoch
	for name, cursor := range map[string]string{"nothing held": "", "another epoch": old} {
		lines := p.live(url, cursor)
		if all := until(t, lines, `{"poke"`); len(all) != 2 {
			t.Errorf("%s: %q", name, all)
		}
	}
}

// Ensure that a reader who has stalled is closed and nobody else waits for it.
func TestLive_ASlowReaderIsClosedAndDelaysNobody(t *testing.T) {
	w := newTown(t)
	url := w.serve()
	slow, good := w.phone("resident"), w.phone("resident")
	cursor := slow.sync().cursor
	conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
	must(t, err)
	defer conn.Close()
	body := `{"protocol":1,"schema":1,"stream":"` + slow.queue + `","cursor":"` + cursor + `"}`
	_, err = conn.Write([]byte("POST /api/sync/live HTTP/1.1\r\nHost: kith.test\r\nAuthorization: Bearer " + slow.token +
		"\r\nConnection: close\r\nContent-Length: " + itoa(len(body)) + "\r\n\r\n" + body))
	must(t, err)
	stalled := bufio.NewReader(conn)
	for line := ""; !strings.Contains(line, `{"head"`); { // it is open, or what was missed would send it away; and reads no more
		line, err = stalled.ReadString('\n')
		must(t, err)
	}
	lines := good.live(url, good.sync().cursor)
	until(t, lines, `{"head"`)
	big := strings.Repeat("🙂", 19_000) // 76 kB each
	for i := range 150 {               // more than socket buffers and the queue hold
		w.make("listings", map[string]any{"kind": "service", "title": "Big " + itoa(i), "status": "active", "description": big})
		until(t, lines, `{"end"`)
	}
	must(t, conn.SetReadDeadline(time.Now().Add(30*time.Second))) // a bound, not a measure
	if n, err := io.Copy(io.Discard, stalled); err != nil {
		t.Fatalf("the stalled connection was kept: %v after %d bytes", err, n)
	}
}

func itoa(n int) string { b, _ := json.Marshal(n); return string(b) }

// Ensure that a device which has just joined the town is not sent away for its
// own joining, however late that is handed out.
func TestLive_IsNotSentAwayForWhatItJoinedWith(t *testing.T) {
	w := newTown(t)
	url := w.serve()
	var all []<-chan string
	for range 12 {
		p := w.phone("resident")
		lines := p.live(url, p.sync().cursor)
		until(t, lines, `{"head"`)
		all = append(all, lines)
	}
	fresh := w.weekly("Fresh")
	for _, lines := range all {
		for !strings.Contains(strings.Join(until(t, lines, `{"end"`), "\n"), fresh.Id) {
		}
	}
}

// Ensure that live lines come over HTTP/2 too, where a connection can't be taken
// over from the server, and end with an end where it can.
func TestLive_ComesOverEitherHTTP(t *testing.T) {
	for _, proto := range []string{"HTTP/2.0", "HTTP/1.1"} {
		w := newTown(t)
		s := httptest.NewUnstartedServer(w.mux)
		s.EnableHTTP2 = proto == "HTTP/2.0"
		s.StartTLS()
		t.Cleanup(s.Close)
		p := w.phone("resident")
		body, err := json.Marshal(map[string]any{"protocol": 1, "schema": 1, "stream": p.queue, "cursor": p.sync().cursor})
		must(t, err)
		r, err := http.NewRequest("POST", s.URL+"/api/sync/live", strings.NewReader(string(body)))
		must(t, err)
		p.authorise(r, p.token)
		res, err := s.Client().Do(r)
		must(t, err)
		defer res.Body.Close()
		if res.Proto != proto || res.StatusCode != 200 || res.Header.Get("Content-Type") != "application/x-ndjson" || res.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Fatalf("%s %d %v", res.Proto, res.StatusCode, res.Header)
		}
		fresh := w.weekly("Fresh")
		lines := bufio.NewScanner(res.Body)
		lines.Buffer(nil, 1<<20)
		var all strings.Builder
		for lines.Scan() && !strings.HasPrefix(lines.Text(), `{"end"`) {
			all.WriteString(lines.Text())
		}
		if !strings.HasPrefix(all.String(), `{"head"`) || !strings.Contains(all.String(), fresh.Id) {
			t.Errorf("%s: %s", proto, all.String())
		}
		w.make("roles", map[string]any{"member": p.member, "role": "activator"}) // a poke, and the end
		for lines.Scan() {
			all.WriteString(lines.Text())
		}
		if lines.Err() != nil || !strings.Contains(all.String(), `{"poke"`) {
			t.Errorf("%s: %v after %s", proto, lines.Err(), all.String())
		}
	}
}

// Ensure that a server that stops says so on every open connection first.
func TestLive_AServerThatStopsSaysSo(t *testing.T) {
	w := newTown(t)
	p := w.phone("resident")
	lines := p.live(w.serve(), p.sync().cursor)
	until(t, lines, `{"head"`)
	must(t, w.app.OnTerminate().Trigger(&core.TerminateEvent{App: w.app}, func(*core.TerminateEvent) error { return nil }))
	until(t, lines, `{"bye"`)
}
