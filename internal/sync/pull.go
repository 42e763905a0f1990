package sync

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sort"
	"strconv"
	"strings"
	"time"

	"kith/internal/limits"
)

// Engine answers pulls from the read side of one community's database.
type Engine struct {
	decl *Declaration
	db   *sql.DB
	scan string // the one statement that reads the rows of a piece of an audience
	rows string // the one statement that walks all audiences
	heads
	cache rowCache
}

// NewEngine reads through db, which must be a pool of its own on the WAL
// database that the triggers of decl are installed in.
func NewEngine(db *sql.DB, decl *Declaration) *Engine {
	whens := make([]string, 0, len(decl.Collections))
	for i := range decl.Collections {
		c := &decl.Collections[i]
		whens = append(whens, fmt.Sprintf("WHEN '%s' THEN (SELECT %s FROM %s t WHERE t.id = r.rid)", c.Name, c.object("t"), quote(c.Name)))
	}
	data := "CASE r.live WHEN 1 THEN CASE r.coll " + strings.Join(whens, " ") + " END END"
	return &Engine{
		decl: decl, db: db,
		scan: "SELECT r.seq, " + data + " FROM sync_row r WHERE r.aud = ? AND r.seq BETWEEN ? AND ? AND r.live = 1 ORDER BY r.seq",
		rows: "SELECT r.aud, r.coll, r.rid, r.seq, " + data + " FROM sync_row r WHERE r.seq > ? AND r.seq <= ? ORDER BY r.seq, r.aud LIMIT " + strconv.Itoa(limits.FrameRows+1),
	}
}

// Pull is one device's question: what is new for Member since Cursor?
type Pull struct {
	Member   string // empty: a visitor, who sees the public audience alone
	Device   string
	Trusted  bool   // the request showed that it comes from Device, and that is trusted; the snapshot asks again
	Stream   string // whose outcomes above Ack are wanted; may be empty
	Ack      int64
	Cursor   string
	MaxBytes int
	Now      time.Time
	Asked    time.Time // when the request came in: what committed before must be in the answer; zero: before now
	Wipe     bool      // the device is to be wiped: it is told outcomes, and no row
	Wiped    bool      // and has handed in all that it had
	Stops    []Stop    // what the push of the same request said, passed on
	Link     func(epoch string, base, pos int64) string
}

// Answer writes the whole answer from one snapshot. Errors: ErrCursor,
// ErrStreamForeign, or what the database says; nothing is written before the
// first two are known.
func (e *Engine) Answer(ctx context.Context, f *Frames, p Pull) error {
	cur, err := decodeCursor(p.Cursor)
	if err != nil {
		return err
	}
	if e.nothingNew(ctx, f, p, cur) {
		return f.Flush()
	}
	tx, err := e.db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // a read transaction has nothing to lose
	s := &snapshot{Engine: e, ctx: ctx, tx: tx, f: f, p: p, next: &cursor{member: p.Member, auds: map[string]position{}}}
	if err := s.answer(cur); err != nil {
		return err
	}
	return f.Flush()
}

// snapshot is one answer in the making.
type snapshot struct {
	*Engine
	ctx   context.Context
	tx    *sql.Tx
	f     *Frames
	p     Pull
	epoch string
	seq   int64
	next  *cursor
	// isTrusted: what is guarded may be among the audiences; see granted.
	isTrusted bool
	// ends are when some of the audiences are over; see granted.
	ends map[string]time.Time
}

func (s *snapshot) answer(cur *cursor) error {
	if err := s.tx.QueryRowContext(s.ctx, "SELECT epoch, seq FROM sync_meta").Scan(&s.epoch, &s.seq); err != nil {
		return err
	}
	outcomes, err := s.outcomes()
	if err != nil {
		return err
	}
	granted, err := s.granted()
	if err != nil {
		return err
	}
	s.f.head(s.epoch, s.seq, s.p.Now)
	for i := range outcomes {
		s.f.line("outcome", &outcomes[i])
	}
	for i := range s.p.Stops {
		s.f.line("stop", &s.p.Stops[i])
	}
	if s.p.Wipe {
		return s.wipe()
	}
	s.drops(cur, granted)
	if cur.epoch != s.epoch || !cur.within(s.seq) {
		cur = &cursor{auds: map[string]position{}}
	}
	s.next.epoch, s.next.seq, s.next.trusted = s.epoch, cur.seq, s.isTrusted
	done, err := s.audiences(cur, granted)
	if err != nil {
		return err
	}
	return s.end(done, granted)
}

// granted lists the audiences of the member, as of this snapshot, in order of
// priority. What is guarded is among them only for a trusted device, and nothing that is
// over.
func (s *snapshot) granted() ([]string, error) {
	auds := []string{Public}
	if err := s.trust(); err != nil {
		return nil, err
	}
	own, err := s.grants()
	if err != nil {
		return nil, err
	}
	for _, a := range own {
		over, err := s.isOver(a)
		if err != nil {
			return nil, err
		}
		if !over && (s.isTrusted || !s.decl.Guards(a)) {
			auds = append(auds, a)
		}
	}
	sort.Slice(auds, func(i, j int) bool {
		if a, b := s.decl.Priority(auds[i]), s.decl.Priority(auds[j]); a != b {
			return a < b
		}
		return auds[i] < auds[j]
	})
	// NB! No command leads here. What else writes rows (the dashboard, an import) must not
	// make a cursor that is refused: then a phone would never be done.
	return auds[:min(len(auds), limits.Audiences+1)], nil
}

// grants are the audiences that rows put the member into.
func (s *snapshot) grants() (auds []string, err error) {
	if s.p.Member == "" {
		return nil, nil
	}
	rows, err := s.tx.QueryContext(s.ctx, "SELECT DISTINCT aud FROM sync_grant WHERE member = ?", s.p.Member)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var a string
		if err := rows.Scan(&a); err != nil {
			return nil, err
		}
		auds = append(auds, a)
	}
	return auds, rows.Err()
}

// trust finds out whether the device may hold what is guarded: here, so that no
// answer carries it once the end of an enrolment is committed.
func (s *snapshot) trust() error {
	if !s.p.Trusted || s.decl.Trusted == "" {
		return nil
	}
	err := s.tx.QueryRowContext(s.ctx, s.decl.Trusted, s.p.Device).Scan(&s.isTrusted)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	return err
}

// wipe ends an answer that brings no row: the device goes on pushing, or, once
// it has nothing left, forgets everything.
func (s *snapshot) wipe() error {
	if s.p.Wiped {
		s.f.line("wipe", true)
	}
	s.next.epoch = s.epoch
	s.f.line("end", &end{Cursor: s.next.encode()})
	return nil
}

func (s *snapshot) drops(cur *cursor, granted []string) {
	may := map[string]bool{}
	for _, a := range granted {
		may[a] = true
	}
	var gone []string
	for a := range cur.auds {
		if !may[a] {
			gone = append(gone, a)
		}
	}
	sort.Strings(gone)
	for _, a := range gone {
		s.f.line("drop", a)
	}
}

// audiences walks the granted audiences in order of priority until the budget
// is used up. It is done only if this one snapshot leaves nothing unsent.
func (s *snapshot) audiences(cur *cursor, granted []string) (done bool, err error) {
	done = true
	for _, a := range granted {
		p, held := cur.auds[a]
		if !done { // no room left: what was held stays as it was
			if held {
				s.next.auds[a] = p
			}
			continue
		}
		if held {
			var floor int64
			err = s.tx.QueryRowContext(s.ctx, "SELECT floor FROM sync_aud WHERE aud = ?", a).Scan(&floor)
			if err != nil && !errors.Is(err, sql.ErrNoRows) {
				return false, err
			}
			held = floor <= p.base
		}
		if !held {
			p = position{base: s.seq}
			s.f.line("reset", a)
		}
		if done, err = s.walk(a, &p); err != nil {
			return false, err
		}
		s.next.auds[a] = p
	}
	return done, nil
}

// batch is how many index entries are looked at in one piece. NB! No LIMIT here is a
// parameter: SQLite compiles a statement that has one again for each value.
const batch = 512

var pieces = `SELECT coll, rid, seq, live FROM sync_row INDEXED BY sync_row_aud
	WHERE aud = ? AND seq > ? AND (live = 1 OR seq > ?) ORDER BY seq LIMIT ` + strconv.Itoa(batch)

// walk sends one audience from p.pos on and moves p.
func (s *snapshot) walk(aud string, p *position) (whole bool, err error) {
	_, _, ends := s.decl.ends(aud) // what ends comes in one piece
	for {
		entries, err := s.entries(aud, p)
		if err != nil {
			return false, err
		}
		for i := range entries {
			// Over budget, but never an answer without progress.
			if s.f.Bytes() > s.p.MaxBytes && !ends {
				return false, nil
			}
			e := &entries[i]
			s.f.row(aud, e.coll, e.rid, e.seq, e.data)
			p.pos = e.seq
		}
		if len(entries) < batch {
			p.base, p.pos = s.seq, s.seq
			return true, nil
		}
	}
}

// entries reads the next piece of the index, with its rows: from memory where
// they are there, else all of the piece in one go.
func (s *snapshot) entries(aud string, p *position) ([]entry, error) {
	rows, err := s.tx.QueryContext(s.ctx, pieces, aud, p.pos, p.base)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	entries := make([]entry, 0, batch)
	missing := false
	for rows.Next() {
		var e entry
		var live bool
		if err := rows.Scan(&e.coll, &e.rid, &e.seq, &live); err != nil {
			return nil, err
		}
		if live {
			var have bool
			e.data, have = s.cache.get(s.epoch, e.seq)
			missing = missing || !have
		}
		entries = append(entries, e)
	}
	if err := rows.Err(); err != nil || !missing {
		return entries, err
	}
	return entries, s.fill(aud, entries)
}

// fill reads the rows of entries from their tables.
func (s *snapshot) fill(aud string, entries []entry) error {
	rows, err := s.tx.QueryContext(s.ctx, s.scan, aud, entries[0].seq, entries[len(entries)-1].seq)
	if err != nil {
		return err
	}
	defer rows.Close()
	i := 0
	for rows.Next() {
		var seq int64
		var data []byte
		if err := rows.Scan(&seq, &data); err != nil {
			return err
		}
		for entries[i].seq < seq { // tombstones have no row
			i++
		}
		if data = ascii(data); data != nil {
			s.cache.put(s.epoch, seq, data)
		}
		entries[i].data = data
	}
	return rows.Err()
}

func (s *snapshot) end(done bool, granted []string) error {
	e := end{Done: done}
	if done {
		s.next.seq = s.seq
		e.Sums, e.Leases = map[string][2]int64{}, left(s.decl.leases(granted), s.ends, s.p.Now)
		for _, a := range granted {
			var sum [2]int64
			err := s.tx.QueryRowContext(s.ctx, "SELECT count, checksum FROM sync_aud WHERE aud = ?", a).Scan(&sum[0], &sum[1])
			if err != nil && !errors.Is(err, sql.ErrNoRows) {
				return err
			}
			e.Sums[a] = sum
		}
	}
	e.Cursor = s.next.encode()
	if s.p.Link != nil {
		p := s.next.auds[Public]
		e.Next = s.p.Link(s.epoch, p.base, p.pos)
	}
	s.f.line("end", &e)
	return nil
}
