package sync

import (
	"context"
	"database/sql"
	"maps"
	"slices"
	"sync"
	"time"
)

// heads answers "nothing new" from memory. It is true to the database because
// SQLite says so: PRAGMA data_version changes on a connection whenever any
// other connection has committed, whoever it was.
type heads struct {
	mu      sync.Mutex
	conn    *sql.Conn
	stmt    *sql.Stmt
	version int64
	looked  time.Time // when the last look at the version began
	epoch   string
	seq     int64
	head    map[string]int64
}

// fresh brings the heads up to the last commit and returns epoch and seq.
func (e *Engine) fresh(ctx context.Context) (epoch string, seq int64, err error) {
	asked := time.Now()
	e.mu.Lock()
	defer e.mu.Unlock()
	if err := e.refresh(ctx, asked); err != nil {
		e.forget()
		return "", 0, err
	}
	return e.epoch, e.seq, nil
}

// Current says whether whoever has this cursor has heard of the epoch of now.
func (e *Engine) Current(ctx context.Context, raw string) (bool, error) {
	cur, err := decodeCursor(raw)
	if err != nil {
		return false, err
	}
	epoch, _, err := e.fresh(ctx)
	return cur.epoch == epoch, err
}

// Touched says when a member's standing or grants last changed: as long as it
// stays the same, what was found out about them then still holds.
func (e *Engine) Touched(ctx context.Context, member string) (epoch string, seq int64, err error) {
	asked := time.Now()
	e.mu.Lock()
	defer e.mu.Unlock()
	if err := e.refresh(ctx, asked); err != nil {
		e.forget()
		return "", 0, err
	}
	return e.epoch, e.head["@"+member], nil
}

// refresh brings the heads up to the last commit before asked. A look that began
// after it, for whomever, is as good as a new one: of many who ask at once, one
// looks.
func (e *Engine) refresh(ctx context.Context, asked time.Time) error {
	if !asked.IsZero() && e.looked.After(asked) {
		return nil
	}
	began := time.Now()
	// The connection outlives the request that happened to open it.
	ctx = context.WithoutCancel(ctx)
	if e.conn == nil {
		conn, err := e.db.Conn(ctx)
		if err != nil {
			return err
		}
		e.conn = conn
		if e.stmt, err = conn.PrepareContext(ctx, "PRAGMA data_version"); err != nil {
			return err
		}
	}
	var version int64
	if err := e.stmt.QueryRowContext(ctx).Scan(&version); err != nil {
		return err
	}
	if version != e.version {
		if err := e.reread(ctx); err != nil {
			return err
		}
	}
	e.version, e.looked = version, began
	return nil
}

// reread takes what moved since the last time. Reading after data_version means
// that the heads may be newer than the version, never older.
func (e *Engine) reread(ctx context.Context) error {
	var epoch string
	var seq int64
	if err := e.conn.QueryRowContext(ctx, "SELECT epoch, seq FROM sync_meta").Scan(&epoch, &seq); err != nil {
		return err
	}
	query, from := "SELECT aud, max(seq) FROM sync_row WHERE seq > ? GROUP BY aud", e.seq
	if e.head == nil || epoch != e.epoch {
		e.head = map[string]int64{}
		query, from = "SELECT aud, head FROM sync_aud WHERE head > ?", -1
	} else if seq == e.seq {
		return nil
	}
	rows, err := e.conn.QueryContext(ctx, query, from)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var aud string
		var head int64
		if err := rows.Scan(&aud, &head); err != nil {
			return err
		}
		e.head[aud] = head
	}
	e.epoch, e.seq = epoch, seq
	return rows.Err()
}

func (e *Engine) forget() {
	if e.stmt != nil {
		_ = e.stmt.Close() // it is being thrown away because it failed
	}
	if e.conn != nil {
		_ = e.conn.Close()
	}
	e.heads.conn, e.heads.stmt, e.heads.version, e.heads.looked, e.heads.head = nil, nil, 0, time.Time{}, nil
}

// Close gives the connection back.
func (e *Engine) Close() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.forget()
}

// nothingNew answers without touching the index if no audience of the cursor,
// and no grant of the member, has moved since it was given. It answers only
// when there can be no outcomes to tell.
func (e *Engine) nothingNew(ctx context.Context, f *Frames, p Pull, cur *cursor) bool {
	// NB! Somebody else's cursor, or a visitor's, is complete for their audiences,
	// not for this member's; and what is guarded counts only for who proved it.
	if p.Wipe || p.Stream != "" || len(p.Stops) > 0 || !cur.complete() || cur.member != p.Member || cur.trusted != p.Trusted {
		return false
	}
	for a := range cur.auds {
		if _, _, ends := e.decl.ends(a); ends {
			return false // time alone can have ended it
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if err := e.refresh(ctx, p.Asked); err != nil {
		e.forget()
		return false // the long way will say what is wrong
	}
	if cur.epoch != e.epoch || cur.seq > e.seq {
		return false
	}
	if cur.seq < e.seq {
		if e.head["@"+p.Member] > cur.seq {
			return false
		}
		next := &cursor{epoch: cur.epoch, seq: e.seq, member: cur.member, trusted: cur.trusted, auds: map[string]position{}}
		for a := range cur.auds {
			if e.head[a] > cur.seq || (p.Member == "" && a != Public) {
				return false
			}
			next.auds[a] = position{e.seq, e.seq}
		}
		cur = next
	}
	f.head(cur.epoch, cur.seq, p.Now)
	out := end{Cursor: cur.encode(), Done: true}
	if len(e.decl.Leases) > 0 {
		out.Leases = e.decl.leases(slices.Collect(maps.Keys(cur.auds)))
	}
	if p.Link != nil {
		out.Next = p.Link(cur.epoch, cur.seq, cur.seq)
	}
	f.line("end", &out)
	return true
}
