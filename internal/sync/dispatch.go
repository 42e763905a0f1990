package sync

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"time"

	"kith/internal/limits"
)

// entry is one changed index entry with its row, as read for the dispatcher.
type entry struct {
	aud, coll, rid string
	seq            int64
	data           []byte
}

// Dispatch hands out what was committed since the last time.
func (h *Hub) Dispatch(ctx context.Context) error {
	epoch, seq, err := h.e.fresh(ctx)
	if err != nil {
		return err
	}
	h.mu.Lock()
	idle := len(h.conns) == 0
	from, changedEpoch := h.seq, h.epoch != epoch
	if idle || changedEpoch || seq <= from {
		if changedEpoch {
			h.pokeAll(seq)
		}
		h.epoch, h.seq = epoch, max(seq, from)
		if changedEpoch {
			h.seq = seq
		}
		h.mu.Unlock()
		return nil
	}
	h.mu.Unlock()
	r, err := h.read(ctx, from)
	if err != nil {
		return err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case !r.rows && h.by.anyOf(r.touched):
		return h.later() // somebody came while it was read for nobody
	case len(r.entries) > limits.FrameRows:
		h.pokeAll(r.to)
	default:
		h.deliver(&r, time.Now())
	}
	h.seq = r.to
	return nil
}

// later has Dispatch called again, with nothing handed out so far.
func (h *Hub) later() error {
	h.Wake()
	return nil
}

// reading is what was committed after a seq.
type reading struct {
	entries []entry
	rows    bool             // with their rows
	touched map[string]int64 // the newest seq of each audience
	to      int64            // the seq of the snapshot they are of
}

// read takes all entries after from; their rows, too, if anybody listens for them.
func (h *Hub) read(ctx context.Context, from int64) (r reading, err error) {
	tx, err := h.e.db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return r, err
	}
	defer tx.Rollback() //nolint:errcheck // a read transaction has nothing to lose
	if err := tx.QueryRowContext(ctx, "SELECT seq FROM sync_meta").Scan(&r.to); err != nil {
		return r, err
	}
	if err := r.touch(ctx, tx, from); err != nil {
		return r, err
	}
	h.mu.Lock()
	r.rows = h.by.anyOf(r.touched)
	h.mu.Unlock()
	if !r.rows {
		return r, nil
	}
	rows, err := tx.QueryContext(ctx, h.e.rows, from, r.to)
	if err != nil {
		return r, err
	}
	defer rows.Close()
	for rows.Next() {
		var e entry
		if err := rows.Scan(&e.aud, &e.coll, &e.rid, &e.seq, &e.data); err != nil {
			return r, err
		}
		r.entries = append(r.entries, e)
	}
	return r, rows.Err()
}

// touch finds out which audiences have moved.
func (r *reading) touch(ctx context.Context, tx *sql.Tx, from int64) error {
	rows, err := tx.QueryContext(ctx, "SELECT aud, max(seq) FROM sync_row WHERE seq > ? AND seq <= ? GROUP BY aud", from, r.to)
	if err != nil {
		return err
	}
	defer rows.Close()
	r.touched = map[string]int64{}
	for rows.Next() {
		var aud string
		var seq int64
		if err := rows.Scan(&aud, &seq); err != nil {
			return err
		}
		r.touched[aud] = seq
	}
	return rows.Err()
}

// deliver gives each connection that it concerns what it may see. The caller
// holds mu.
func (h *Hub) deliver(r *reading, now time.Time) {
	touched, to := r.touched, r.to
	shared := map[string][]byte{}
	for _, c := range h.by.of(touched) {
		h.looked++
		if touched["@"+c.Member] > c.seq { // what it joined with is not news
			h.poke(c, to)
			continue
		}
		var seen []string
		for _, a := range c.auds {
			if touched[a] > c.seq {
				seen = append(seen, a)
			}
		}
		if len(seen) == 0 || to <= c.seq {
			continue
		}
		if c.isOver(seen, now) {
			h.poke(c, to)
			continue
		}
		key := strings.Join(seen, " ")
		body, ok := shared[key]
		if !ok {
			body = encodeEntries(r.entries, seen)
			shared[key] = body
		}
		h.send(c, Step{From: c.seq, To: to, Body: body})
	}
}

func encodeEntries(entries []entry, auds []string) []byte {
	b := &body{}
	f := NewFrames(b)
	for i := range entries {
		e := &entries[i]
		if _, in := slices.BinarySearch(auds, e.aud); in {
			f.row(e.aud, e.coll, e.rid, e.seq, e.data)
		}
	}
	_ = f.Flush() // body never fails
	return *b
}

func (h *Hub) pokeAll(to int64) {
	for c := range h.conns {
		h.poke(c, to)
	}
}

// poke sends a connection away to pull; its last step says so.
func (h *Hub) poke(c *Conn, to int64) {
	h.send(c, Step{From: c.seq, To: to, Poke: true})
	h.close(c)
}

// send never waits: a reader that is too slow is closed, and nobody else notices.
func (h *Hub) send(c *Conn, s Step) {
	select {
	case c.Steps <- &s:
		c.seq = s.To
	default:
		h.lagged++
		h.close(c)
	}
}
