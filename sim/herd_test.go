package sim

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"kith/sim/device"
)

// Ensure that a whole town that comes back at once is served: the real server
// restarts, every phone asks in the same moment, some of them with something to
// send and some with nothing on them yet, and then opens its live connection. Each
// is answered 200, or 503 or 429 with a time to come back; all are through in the
// end, and nothing they were told is done is lost. KITH_HERD says how many phones.
func TestHerd_ATownThatComesBackAtOnceIsServed(t *testing.T) {
	size := envCount(t, "KITH_HERD", 500)
	h := newHerd(t, size)
	h.p.kill()
	h.p.start()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	gate := make(chan struct{})
	var all, through sync.WaitGroup
	through.Add(size)
	for i, w := range h.phones {
		all.Go(func() {
			<-gate
			err := h.comeBack(ctx, w, i)
			if through.Done(); err != nil {
				t.Errorf("phone %d: %v", i, err)
			}
			if w.live != nil {
				through.Wait() // all live connections are open at the same time
				w.live.Close()
			}
		})
	}
	start := time.Now()
	close(gate)
	all.Wait()
	took := time.Since(start)
	h.p.kill()
	lost, acknowledged := lostFrom(t, h.p.dir, h.writers(), make([]int, size)), 0
	for _, w := range h.phones {
		acknowledged += len(w.acked)
	}
	if lost > 0 {
		t.Errorf("%d acknowledged commands are gone", lost)
	}
	figures(t, "herd", map[string]int{"phones": size, "acknowledged": acknowledged, "lost": lost, "requests": int(h.asked.Load()),
		"told to come later": int(h.later.Load()), "most at the same time": int(h.most.Load()), "seconds": int(took.Seconds())})
	// A quiet machine serves a small herd as fast as it comes; TestAdmission_… sends one away for sure.
	if h.later.Load() == 0 && size >= 10_000 {
		t.Error("nobody was told to come later: this herd is too small for the limits")
	}
}

// herd is a server and the phones of a town.
type herd struct {
	t      *testing.T
	p      *process
	phones []*comer

	asked, later, now, most atomic.Int64
}

// comer is a writer with a connection of its own, as phones have.
type comer struct {
	*writer
	http http.Client
	live io.Closer
}

// newHerd lets so many phones join and, but for every tenth, take their first sync.
func newHerd(t *testing.T, size int) *herd {
	t.Helper()
	h := &herd{t: t, p: newProcess(t, t.TempDir()), phones: make([]*comer, size)}
	t.Cleanup(h.p.kill)
	h.p.verb("seed")
	var codes []string
	for range size/1000 + 1 {
		codes = append(codes, h.p.invite())
	}
	h.p.start()
	var all sync.WaitGroup
	turns := make(chan struct{}, 8)
	for i := range h.phones {
		turns <- struct{}{}
		all.Go(func() {
			defer func() { <-turns }()
			w, err := tryJoin(h.p.addr, codes[i/1000])
			if err != nil {
				t.Errorf("phone %d: %v", i, err)
				return
			}
			w.page = 1 << 20
			h.phones[i] = &comer{writer: w, http: http.Client{Transport: &http.Transport{DisableCompression: true}}}
			for i%10 > 0 && !w.whole && !t.Failed() {
				if lost, wrong := w.push(0); wrong != nil {
					t.Errorf("phone %d: %v, %v", i, lost, wrong)
				}
			}
		})
	}
	all.Wait()
	if t.Failed() {
		t.FailNow()
	}
	return h
}

func (h *herd) writers() (out []*writer) {
	for _, w := range h.phones {
		out = append(out, w.writer)
	}
	return out
}

// comeBack is a phone's way back: what waits is sent and what is new fetched, then
// the live connection is opened. Every third has something to send.
func (h *herd) comeBack(ctx context.Context, w *comer, i int) error {
	if i%3 == 0 {
		w.add(1)
	}
	for w.whole = false; !w.whole; {
		res, err := h.ask(ctx, w, "/api/sync", w.body(w.waiting))
		if err != nil {
			return err
		}
		raw, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil {
			return err
		}
		a := device.ParseAnswer(raw)
		if a == nil {
			return fmt.Errorf("an answer that is cut: %.300s", raw)
		}
		if err := w.hear(a); err != nil {
			return err
		}
	}
	res, err := h.ask(ctx, w, "/api/sync/live", mustJSON(map[string]any{"protocol": 1, "schema": 1, "stream": w.stream, "ack": w.number, "cursor": w.cursor}))
	if err != nil {
		return err
	}
	w.live = res.Body
	line, err := bufio.NewReader(res.Body).ReadBytes('\n')
	if err != nil || !bytes.HasPrefix(line, []byte(`{"head":`)) {
		return fmt.Errorf("the live connection begins with %q: %w", line, err)
	}
	return nil
}

// ask asks until it is answered 200: as often as it is told to come later.
func (h *herd) ask(ctx context.Context, w *comer, path string, body []byte) (*http.Response, error) {
	for {
		r, err := w.request(ctx, path, body)
		if err != nil {
			return nil, err
		}
		h.asked.Add(1)
		for n := h.now.Add(1); ; {
			if most := h.most.Load(); n <= most || h.most.CompareAndSwap(most, n) {
				break
			}
		}
		res, err := w.http.Do(r)
		h.now.Add(-1)
		if err != nil || res.StatusCode == http.StatusOK {
			return res, err
		}
		wait, err := later(res)
		if err != nil {
			return nil, err
		}
		h.later.Add(1)
		pause := time.NewTimer(wait)
		select {
		case <-pause.C:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// later reads when to come back. Anything but a 503 or 429 that says so is wrong.
func later(res *http.Response) (time.Duration, error) {
	raw, err := io.ReadAll(res.Body)
	res.Body.Close()
	if err != nil {
		return 0, err
	}
	var said struct{ RetryAfterMs int64 }
	seconds, err := strconv.Atoi(res.Header.Get("Retry-After"))
	if (res.StatusCode != 503 && res.StatusCode != 429) || err != nil || seconds < 1 || json.Unmarshal(raw, &said) != nil || said.RetryAfterMs < 1 {
		return 0, fmt.Errorf("%d, Retry-After %q: %.300s", res.StatusCode, res.Header.Get("Retry-After"), raw)
	}
	return time.Duration(said.RetryAfterMs) * time.Millisecond, nil
}
