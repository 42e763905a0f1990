package sync

import (
	"context"
	"database/sql"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"kith/internal/limits"
)

// Hub carries commits to open connections. One dispatcher reads the index in
// order after each commit; what it reads is encoded once per set of audiences
// that saw something and shared by all connections that have that set.
type Hub struct {
	e       *Engine
	wake    chan struct{}
	mu      sync.Mutex
	conns   map[*Conn]struct{}
	by      listeners
	looked  int64 // how many connections deliver has looked at: idle ones are not to be among them
	seq     int64 // everything up to here has been handed out
	epoch   string
	stopped bool
	lagged  int64 // connections that were closed because their reader was too slow
}

// NewHub makes a hub; Run moves it.
func NewHub(e *Engine) *Hub {
	return &Hub{e: e, wake: make(chan struct{}, 1), conns: map[*Conn]struct{}{}, by: listeners{}}
}

// Step is what a connection is to be told next: rows (Body, shared, read-only)
// that lead from seq From to seq To, or, with Poke, that it must pull.
type Step struct {
	From, To int64
	Body     []byte
	Poke     bool
}

// Conn is one open connection of one device.
type Conn struct {
	Member string
	// Steps is closed when the connection fell behind or the hub stopped.
	Steps   chan *Step
	auds    []string // sorted
	trusted bool     // what is guarded is among them
	leases  map[string]int64
	ends    map[string]time.Time
	seq     int64
	epoch   string
}

// Cursor of the connection at a step's end.
func (c *Conn) Cursor(seq int64) string {
	return whole(c.epoch, seq, c.Member, c.trusted, c.auds)
}

// Leases are the seconds for which the connection's audiences may be held from
// now on; nil: none is leased.
func (c *Conn) Leases(now time.Time) map[string]int64 {
	return left(maps.Clone(c.leases), c.ends, now)
}

// isOver says whether one of some audiences is over that the connection was opened with.
func (c *Conn) isOver(auds []string, now time.Time) bool {
	return slices.ContainsFunc(auds, func(a string) bool {
		at, ends := c.ends[a]
		return ends && !now.Before(at)
	})
}

// Wake tells the hub that something was committed. It never blocks.
func (h *Hub) Wake() {
	select {
	case h.wake <- struct{}{}:
	default:
	}
}

// Run dispatches until ctx ends. It looks by itself every limits.CommitPoll for
// commits that nobody announced; report hears of each time, with the fault if
// there was one, and it goes on.
func (h *Hub) Run(ctx context.Context, report func(error)) {
	tick := time.NewTicker(limits.CommitPoll)
	defer tick.Stop()
	for {
		if err := h.Dispatch(ctx); ctx.Err() == nil {
			report(err)
		}
		select {
		case <-ctx.Done():
			h.stop()
			return
		case <-h.wake:
		case <-tick.C:
		}
	}
}

func (h *Hub) stop() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.stopped = true
	for c := range h.conns {
		h.close(c)
	}
}

// close ends a connection; the caller holds mu.
func (h *Hub) close(c *Conn) {
	if _, open := h.conns[c]; open {
		delete(h.conns, c)
		h.by.remove(c)
		close(c.Steps)
	}
}

// Leave takes a connection out.
func (h *Hub) Leave(c *Conn) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.close(c)
}

// Lagged is how many connections were closed because their reader was too slow.
func (h *Hub) Lagged() int64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.lagged
}

// Devices is how many connections are open.
func (h *Hub) Devices() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.conns)
}

// ErrFull says that no more connections are taken.
var ErrFull = errors.New("busy")

// Join opens a connection at the cursor of p and returns its first step: the
// catch-up, or a poke if frames can't lead on from there. Errors: ErrCursor,
// ErrFull, or what the database says.
func (h *Hub) Join(ctx context.Context, p Pull) (*Conn, Step, error) {
	cur, err := decodeCursor(p.Cursor)
	if err != nil {
		return nil, Step{}, err
	}
	c := &Conn{Member: p.Member, Steps: make(chan *Step, limits.LiveQueue)}
	// First outside of the lock; if commits were handed out meanwhile, again inside.
	first, err := h.catchUp(ctx, c, cur, p)
	if err != nil {
		return nil, Step{}, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.stopped || len(h.conns) >= limits.LiveDevices {
		return nil, Step{}, ErrFull
	}
	if c.seq < h.seq || c.epoch != h.epoch {
		if first, err = h.catchUp(ctx, c, cur, p); err != nil {
			return nil, Step{}, err
		}
	}
	h.conns[c] = struct{}{}
	h.by.add(c)
	return c, first, nil
}

// catchUp reads, in one snapshot, what leads from cur to now.
func (h *Hub) catchUp(ctx context.Context, c *Conn, cur *cursor, p Pull) (Step, error) {
	tx, err := h.e.db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return Step{}, err
	}
	defer tx.Rollback() //nolint:errcheck // a read transaction has nothing to lose
	s := &snapshot{Engine: h.e, ctx: ctx, tx: tx, p: p}
	if err := tx.QueryRowContext(ctx, "SELECT epoch, seq FROM sync_meta").Scan(&c.epoch, &c.seq); err != nil {
		return Step{}, err
	}
	s.epoch, s.seq = c.epoch, c.seq
	granted, err := s.granted()
	if err != nil {
		return Step{}, err
	}
	c.auds, c.trusted = granted, s.isTrusted
	c.leases, c.ends = h.e.decl.leases(granted), s.ends
	slices.Sort(c.auds)
	step := Step{From: cur.seq, To: c.seq}
	if !cur.complete() || cur.member != c.Member || cur.epoch != c.epoch || !cur.within(c.seq) || len(cur.auds) != len(granted) {
		step.Poke = true
		return step, nil
	}
	body := &body{}
	s.f = NewFrames(body)
	for _, a := range granted {
		at, held := cur.auds[a]
		if !held {
			step.Poke = true
			return step, nil
		}
		var floor int64
		err := tx.QueryRowContext(ctx, "SELECT floor FROM sync_aud WHERE aud = ?", a).Scan(&floor)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return Step{}, err
		}
		s.p.MaxBytes = limits.PageDefault
		whole, err := s.walk(a, &at)
		if err != nil {
			return Step{}, err
		}
		if step.Poke = !whole || floor > cur.seq; step.Poke {
			return step, nil
		}
	}
	err = s.f.Flush()
	step.Body = *body
	return step, err
}

type body []byte

func (b *body) Write(p []byte) (int, error) {
	*b = append(*b, p...)
	return len(p), nil
}
