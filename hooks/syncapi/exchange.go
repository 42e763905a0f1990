package syncapi

import (
	"net/http"
	"strconv"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"kith/hooks/doorman"
	"kith/internal/gauges"
	"kith/internal/limits"
	"kith/internal/problem"
	"kith/internal/sync"
)

// sync is POST /api/sync: push, then pull.
func (d *door) sync(e *core.RequestEvent) error {
	asked := time.Now()
	who, err := d.doorman.Who(e)
	if err != nil {
		return err
	}
	r, err := read(e)
	if err != nil {
		return err
	}
	// NB! What refuses the request comes before what writes: an error leaves nothing behind.
	if err := sync.CheckCursor(r.Cursor); err != nil {
		return refusal(err)
	}
	leave, err := d.enter(e, r.Cursor)
	if err != nil {
		return err
	}
	defer leave()
	defer d.announce(len(r.Commands) > 0)()
	now := time.Now()
	stops, err := d.push(e, who, r, now)
	if err != nil {
		return refusal(err)
	}
	if err := d.noteDay(e.App, who, now); err != nil {
		return refusal(err)
	}
	wiped := who.Wipe && len(stops) == 0 && r.Pending <= int64(len(r.Commands))
	if wiped { // NB! after a restore its journal comes first: a phone that hasn't heard of it says that nothing waits
		if wiped, err = d.engine.Current(e.Request.Context(), r.Cursor); err != nil {
			return refusal(err)
		}
	}
	if wiped {
		if err := d.doorman.Wiped(e.App, who); err != nil {
			return refusal(err)
		}
		d.hub.Wake()
	}
	p := sync.Pull{Member: who.Member, Device: who.Device, Trusted: who.Trusted(), Ack: r.Ack, Cursor: r.Cursor, MaxBytes: r.MaxBytes, Now: now, Asked: asked, Stops: stops, Wipe: who.Wipe, Wiped: wiped}
	if len(r.Commands) > 0 || r.Pending > 0 {
		p.Stream = r.Stream
	}
	return d.answer(e, p)
}

// push runs the commands of a request in one transaction: one fsync for all.
func (d *door) push(e *core.RequestEvent, who doorman.Caller, r *request, now time.Time) ([]sync.Stop, error) {
	if len(r.Commands) == 0 {
		return nil, nil
	}
	leave, err := d.pushes.enter(e.Request.Context())
	if err != nil {
		return nil, err
	}
	defer leave()
	defer d.took(gauges.Push, time.Now())
	var stops []sync.Stop
	err = e.App.RunInTransaction(func(tx core.App) error {
		if err := d.doorman.May(tx, who); err != nil {
			return err
		}
		if err := d.doorman.Saw(tx, who, now); err != nil {
			return err
		}
		var err error
		stops, err = d.apply(tx, who, r, now, forLong())
		return err
	})
	return stops, err
}

// announce tells the dispatcher of a push once its own answer is written: else
// thousands of screens would be served before the person who did something. If
// that takes long, the dispatcher looks by itself (limits.CommitPoll).
func (d *door) announce(pushed bool) (done func()) {
	if !pushed {
		return func() {}
	}
	d.inHand.Add(1)
	return func() {
		d.inHand.Add(-1)
		d.hub.Wake()
	}
}

// forLong says whether a request that has the writer from now on has had it long enough.
func forLong() func() bool {
	since := time.Now()
	return func() bool { return time.Since(since) > limits.PushTime }
}

// apply runs the commands of r as who.
func (d *door) apply(tx core.App, who doorman.Caller, r *request, now time.Time, enough func() bool) ([]sync.Stop, error) {
	return d.registry.Apply(tx, sync.Push{
		Stream: r.Stream, Member: who.Member, Device: who.Device, Proven: who.Proven, App: r.App, Ack: r.Ack, Pending: r.Pending,
		Commands: r.Commands, Cursor: r.Cursor, Now: now, Delay: limits.Around, Enough: enough, Told: d.gauges.Command,
		Fault: func(name, nonce string, err error) {
			tx.Logger().Error("sync: a command failed", "command", name, "nonce", nonce, "error", err)
		},
	})
}

// noteDay writes down that a device asked today, where no push has done so.
func (d *door) noteDay(app core.App, who doorman.Caller, now time.Time) error {
	if !d.doorman.Unseen(who, now) {
		return nil
	}
	defer d.hub.Wake() // raw SQL is announced by nobody else, and the member's other devices list this one
	return d.doorman.Saw(app, who, now)
}

// enter takes a place for a pull; leave gives it back. A first sync costs a
// thousand times what others do, and is a class of its own.
func (d *door) enter(e *core.RequestEvent, cursor string) (leave func(), err error) {
	if cursor == "" {
		return d.snapshots.enter(e.Request.Context())
	}
	return d.deltas.enter(e.Request.Context())
}

// answer writes a pull's lines, compressed as the client likes.
func (d *door) answer(e *core.RequestEvent, p sync.Pull) error {
	h := e.Response.Header()
	h.Set("Content-Type", "application/x-ndjson")
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "no-store")
	}
	defer d.took(gauges.Pull, time.Now())
	f := sync.NewFrames(newPaced(e.Response))
	if err := d.engine.Answer(e.Request.Context(), f, p); err != nil {
		// Once lines went out the answer is cut, and counts for nothing without its end.
		return refusal(err)
	}
	return nil
}

func (d *door) took(part string, begun time.Time) { d.gauges.Took(part, time.Since(begun)) }

// public is GET /api/sync/public/{epoch}/{base}/{pos}: no token, no person.
func (d *door) public(e *core.RequestEvent) error {
	if !d.perPlace.Allow(e.RealIP(), time.Now()) {
		return problem.SlowDown.After(limits.Around(5 * time.Second))
	}
	base, err1 := strconv.ParseInt(e.Request.PathValue("base"), 10, 64)
	pos, err2 := strconv.ParseInt(e.Request.PathValue("pos"), 10, 64)
	epoch := e.Request.PathValue("epoch")
	if err1 != nil || err2 != nil || base < 0 || pos < 0 || len(epoch) > 40 {
		return problem.CursorInvalid.Because(nil)
	}
	p := sync.Pull{MaxBytes: limits.PageDefault, Now: time.Now(), Link: chunkAddress}
	if epoch != "-" {
		p.Cursor = sync.PublicCursor(epoch, base, pos)
	}
	h := e.Response.Header()
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Cache-Control", "public, max-age=30")
	return d.chunk(e, p)
}

func chunkAddress(epoch string, base, pos int64) string {
	return "/api/sync/public/" + epoch + "/" + strconv.FormatInt(base, 10) + "/" + strconv.FormatInt(pos, 10)
}

// chunk answers from memory where it can: a whole town asks for the same first
// chunks, and one that is half a minute old is as good (protocol.md, C1).
func (d *door) chunk(e *core.RequestEvent, p sync.Pull) error {
	accept := e.Request.Header.Get("Accept-Encoding")
	key := accept + " " + p.Cursor
	h := e.Response.Header()
	if held, ok := d.chunks.get(key, p.Now); ok {
		h.Set("Content-Type", "application/x-ndjson")
		if held.coding != "" {
			h.Set("Content-Encoding", held.coding)
		}
		_, err := e.Response.Write(held.body)
		return err
	}
	leave, err := d.enter(e, p.Cursor)
	if err != nil {
		return err
	}
	defer leave()
	plain := e.Response
	copied := &tee{ResponseWriter: plain}
	e.Response = copied
	err = squeezed(func(e *core.RequestEvent) error { return d.answer(e, p) })(e)
	e.Response = plain
	if err == nil {
		d.chunks.put(key, heldChunk{copied.body, h.Get("Content-Encoding"), p.Now})
	}
	return err
}

// tee keeps what is written through it.
type tee struct {
	http.ResponseWriter
	body []byte
}

func (t *tee) Write(p []byte) (int, error) {
	t.body = append(t.body, p...)
	return t.ResponseWriter.Write(p)
}

func (t *tee) Unwrap() http.ResponseWriter { return t.ResponseWriter }
