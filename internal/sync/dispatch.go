package sync

import (
	"context"
	"database/sql"
	"slices"
	"strings"

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
	entries, to, err := h.read(ctx, from)
	if err != nil {
		return err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(entries) > limits.FrameRows {
		h.pokeAll(to)
	} else {
		h.deliver(entries, to)
	}
	h.seq = to
	return nil
}

// read takes all entries after from, and the seq of the snapshot they are of.
func (h *Hub) read(ctx context.Context, from int64) (entries []entry, to int64, err error) {
	tx, err := h.e.db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, 0, err
	}
	defer tx.Rollback() //nolint:errcheck // a read transaction has nothing to lose
	if err := tx.QueryRowContext(ctx, "SELECT seq FROM sync_meta").Scan(&to); err != nil {
		return nil, 0, err
	}
	rows, err := tx.QueryContext(ctx, h.e.rows, from, to, limits.FrameRows+1)
	if err != nil {
		return nil, 0, err
	}
	defer rows.Close()
	for rows.Next() {
		var e entry
		if err := rows.Scan(&e.aud, &e.coll, &e.rid, &e.seq, &e.data); err != nil {
			return nil, 0, err
		}
		entries = append(entries, e)
	}
	return entries, to, rows.Err()
}

// deliver gives each connection what it may see. The caller holds mu.
func (h *Hub) deliver(entries []entry, to int64) {
	touched := map[string]int64{} // the newest seq of each audience
	for i := range entries {
		touched[entries[i].aud] = max(touched[entries[i].aud], entries[i].seq)
	}
	shared := map[string][]byte{}
	for c := range h.conns {
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
		key := strings.Join(seen, " ")
		body, ok := shared[key]
		if !ok {
			body = encodeEntries(entries, seen)
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
	case c.Steps <- s:
		c.seq = s.To
	default:
		h.lagged++
		h.close(c)
	}
}
