package sync

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/limits"
)

// Push is the commands of one request, on one stream of one member.
type Push struct {
	Stream, Member, Device, App string
	Proven                      bool // the request showed that it comes from Device
	Ack, Pending                int64
	Commands                    []Command
	// Cursor of the same request: Seen of the commands is a seq of its epoch.
	Cursor string
	Now    time.Time
	// Delay chooses the wait of a retry around a middle, at random.
	Delay func(middle time.Duration) time.Duration
	// Enough says, between two commands, that this push has had the one writer for long
	// enough; nil: it never has.
	Enough func() bool
	// Told hears of each outcome of a command that there is; nil: nobody does.
	Told func(name, status string)
	// Fault hears of what failed on our side: the command's name and nonce and why.
	Fault func(name, nonce string, err error)
}

// Apply runs p inside tx, a write transaction that the caller commits: effects,
// outcomes and the stream's position become durable together. It returns why
// the push stopped early, if it did. Errors: ErrStreamForeign, or what the
// database says; then the caller must roll back.
func (c *Registry) Apply(tx core.App, p Push) ([]Stop, error) {
	s := &session{registry: c, tx: tx, db: tx.DB(), p: p, queries: map[string]*dbx.Query{}, seen: map[int64]string{}}
	cur, err := decodeCursor(p.Cursor)
	if err != nil {
		return nil, err
	}
	s.epoch = cur.epoch
	if err := s.open(); err != nil {
		return nil, err
	}
	if err := s.tick(); err != nil {
		return nil, err
	}
	if err := s.known(); err != nil {
		return nil, err
	}
	if err := s.db.NewQuery("SELECT seq FROM sync_meta").Row(&s.seq); err != nil {
		return nil, err
	}
	if p.Proven && c.Trusted != "" {
		if err := s.db.NewQuery(strings.Replace(c.Trusted, "?", "{:device}", 1)).Bind(dbx.Params{"device": p.Device}).Row(&s.trusted); err != nil {
			return nil, err
		}
	}
	for i := range p.Commands {
		// NB! One is always carried out, so that whoever comes back gets on.
		if i > 0 && p.Enough != nil && p.Enough() {
			return []Stop{*s.later(&p.Commands[i])}, s.close()
		}
		stop, err := s.step(&p.Commands[i])
		if err != nil {
			return nil, err
		}
		if stop != nil {
			return []Stop{*stop}, s.close()
		}
		if s.over {
			break
		}
	}
	return nil, s.close()
}

// session is one push in the making.
type session struct {
	registry *Registry
	tx       core.App
	db       dbx.Builder
	p        Push
	last     int64
	trusted  bool
	over     bool   // whoever sent this is not here any more
	epoch    string // of the request's cursor
	queries  map[string]*dbx.Query
	members  map[string]string // of the nonces that are known, whose they are
	seen     map[int64]string  // of what was looked at, when it was current
	seq      int64             // of the last command that was carried out
}

// ask is a statement with its parameters. dbx takes a statement apart with
// regular expressions: here that is done once a push, not once a command.
func (s *session) ask(statement string, params dbx.Params) *dbx.Query {
	q := s.queries[statement]
	if q == nil {
		q = s.db.NewQuery(statement)
		s.queries[statement] = q
	}
	return q.Bind(params)
}

func (s *session) open() error {
	var row struct {
		Member string `db:"member"`
		Last   int64  `db:"last"`
	}
	err := s.db.NewQuery("SELECT member, last FROM sync_stream WHERE id = {:id}").Bind(dbx.Params{"id": s.p.Stream}).One(&row)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		_, err = s.db.NewQuery("INSERT INTO sync_stream VALUES ({:id}, {:member}, {:device}, 0, 0, 0, '', {:at})").
			Bind(dbx.Params{"id": s.p.Stream, "member": s.p.Member, "device": s.p.Device, "at": Stamp(s.p.Now)}).Execute()
		return err
	case err != nil:
		return err
	case row.Member != s.p.Member:
		return ErrStreamForeign
	}
	s.last = row.Last
	return nil
}

func (s *session) close() error {
	_, err := s.db.NewQuery(`UPDATE sync_stream SET last = {:last}, acked = max(acked, {:ack}), pending = {:pending}, app = {:app}, device = {:device}, at = {:at} WHERE id = {:id}`).
		Bind(dbx.Params{"id": s.p.Stream, "last": s.last, "ack": s.p.Ack, "pending": s.p.Pending, "app": s.p.App, "device": s.p.Device, "at": Stamp(s.p.Now)}).Execute()
	return err
}

// tick notes when a seq was current, at most once a minute: the lower bound of
// what a phone's clock may claim.
func (s *session) tick() error {
	_, err := s.db.NewQuery(`INSERT INTO sync_clock SELECT seq, {:now} FROM sync_meta
		WHERE NOT EXISTS (SELECT 1 FROM sync_clock WHERE at > {:minute}) ON CONFLICT DO NOTHING`).
		Bind(dbx.Params{"now": Stamp(s.p.Now), "minute": Stamp(s.p.Now.Add(-time.Minute))}).Execute()
	return err
}

// known reads whose the nonces of this push are, all in one go.
func (s *session) known() error {
	nonces := make([]string, len(s.p.Commands))
	for i := range s.p.Commands {
		nonces[i] = s.p.Commands[i].Nonce
	}
	raw, err := json.Marshal(nonces)
	if err != nil {
		return err
	}
	rows, err := s.ask("SELECT nonce, member FROM sync_command WHERE nonce IN (SELECT value FROM json_each({:nonces}))", dbx.Params{"nonces": string(raw)}).Rows()
	if err != nil {
		return err
	}
	defer rows.Close()
	s.members = map[string]string{}
	for rows.Next() {
		var nonce, member string
		if err := rows.Scan(&nonce, &member); err != nil {
			return err
		}
		s.members[nonce] = member
	}
	return rows.Err()
}

// step answers one command; see protocol.md, P3.
func (s *session) step(cmd *Command) (*Stop, error) {
	var known struct{ Nonce, Member string }
	if member, is := s.members[cmd.Nonce]; is {
		known.Nonce, known.Member = cmd.Nonce, member
	}
	if known.Nonce != "" && known.Member == s.p.Member {
		return s.again(cmd)
	}
	if known.Nonce != "" || cmd.Number <= s.last {
		// NB! Somebody else's nonce looks like a fork too, so that it says nothing of theirs.
		return &Stop{Number: cmd.Number, Reason: Fork, Last: s.last}, nil
	}
	if cmd.Number > s.last+1 {
		return &Stop{Number: cmd.Number, Reason: Gap, Last: s.last}, nil
	}
	return s.run(cmd)
}

// again gives a known command its number on this stream, and no effect.
func (s *session) again(cmd *Command) (*Stop, error) {
	if cmd.Number <= s.last {
		var nonce string
		err := s.ask("SELECT nonce FROM sync_number WHERE stream = {:stream} AND number = {:number}",
			dbx.Params{"stream": s.p.Stream, "number": cmd.Number}).Row(&nonce)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return nil, err
		}
		if nonce != cmd.Nonce {
			return &Stop{Number: cmd.Number, Reason: Fork, Last: s.last}, nil
		}
		return nil, nil
	}
	if cmd.Number > s.last+1 {
		return &Stop{Number: cmd.Number, Reason: Gap, Last: s.last}, nil
	}
	return nil, s.number(cmd)
}

func (s *session) number(cmd *Command) error {
	s.last = cmd.Number
	_, err := s.ask("INSERT INTO sync_number VALUES ({:stream}, {:number}, {:nonce})",
		dbx.Params{"stream": s.p.Stream, "number": cmd.Number, "nonce": cmd.Nonce}).Execute()
	return err
}

// run carries out a new command inside a savepoint of its own.
func (s *session) run(cmd *Command) (*Stop, error) {
	if err := s.savepoint("SAVEPOINT command"); err != nil {
		return nil, err
	}
	call := &Call{App: s.tx, Member: s.p.Member, Device: s.p.Device, Nonce: cmd.Nonce, Args: cmd.Args, Now: s.p.Now, declared: &s.registry.Declaration, trusted: s.trusted, ask: s.ask}
	if cmd.For != "" {
		call.Member, call.Helper, call.trusted = cmd.For, s.p.Member, false
	}
	if err := s.clock(cmd, call); err != nil {
		return nil, err
	}
	res, fault, err := s.carry(cmd, call)
	if err != nil {
		return nil, err
	}
	out := Outcome{Nonce: cmd.Nonce, Status: OK}
	if res.Merged {
		out.Status = Merged
	}
	if fault == nil && res.Data != nil {
		out.Result, fault = json.Marshal(res.Data)
	}
	payload := ""
	if fault != nil {
		if err := run(s.db, []string{"ROLLBACK TO command"}); err != nil {
			return nil, fmt.Errorf("%w after %w", err, fault)
		}
		out.Result = nil
		if r := rejection(fault); r != nil {
			out.Status, out.Code, out.Message = Rejected, r.Code, r.Message
		} else {
			if stop, err := s.failed(cmd, fault); stop != nil || err != nil {
				return stop, err
			}
			out.Status, out.Code, out.Message = Quarantined, "quarantined", "Something is wrong on our side. The people who run this have what you sent."
			if payload = string(cmd.Args); cmd.For != "" {
				payload = `{"for":"` + cmd.For + `","args":` + payload + `}`
			}
		}
	}
	if err := s.savepoint("RELEASE command"); err != nil {
		return nil, err
	}
	s.over = fault == nil && res.Last
	return nil, s.record(cmd, &out, payload)
}

func (s *session) savepoint(statement string) error {
	_, err := s.ask(statement, nil).Execute()
	return err
}

// failed counts a fault of ours. Below the limit the push stops, to be tried
// again; at the limit the command is to be quarantined.
func (s *session) failed(cmd *Command, fault error) (*Stop, error) {
	s.p.Fault(cmd.Name, cmd.Nonce, fault)
	var tries int
	if _, err := s.ask(`INSERT INTO sync_attempt VALUES ({:nonce}, 1, {:at}) ON CONFLICT (nonce) DO UPDATE SET tries = tries + 1`,
		dbx.Params{"nonce": cmd.Nonce, "at": Stamp(s.p.Now)}).Execute(); err != nil {
		return nil, err
	}
	if err := s.ask("SELECT tries FROM sync_attempt WHERE nonce = {:nonce}", dbx.Params{"nonce": cmd.Nonce}).Row(&tries); err != nil {
		return nil, err
	}
	if tries >= limits.Tries {
		return nil, nil
	}
	if err := s.savepoint("RELEASE command"); err != nil {
		return nil, err
	}
	return s.later(cmd), nil
}

// later stops a push before cmd, which is to be sent again.
func (s *session) later(cmd *Command) *Stop {
	return &Stop{Number: cmd.Number, Reason: Retry, Last: s.last, RetryAfterMs: s.p.Delay(limits.RetryAfter).Milliseconds()}
}

func (s *session) record(cmd *Command, out *Outcome, payload string) error {
	if err := s.number(cmd); err != nil {
		return err
	}
	if s.p.Told != nil {
		s.p.Told(s.registry.known(cmd.Name), out.Status)
	}
	_, err := s.ask(`INSERT INTO sync_command SELECT {:nonce}, {:stream}, {:number}, {:member}, {:device}, {:name},
		{:status}, {:code}, {:message}, {:result}, seq, {:at}, {:payload} FROM sync_meta`, dbx.Params{
		"nonce": cmd.Nonce, "stream": s.p.Stream, "number": cmd.Number, "member": s.p.Member, "device": s.p.Device, "name": cmd.Name,
		"status": out.Status, "code": out.Code, "message": out.Message, "result": string(out.Result), "at": Stamp(s.p.Now), "payload": payload,
	}).Execute()
	s.members[cmd.Nonce] = s.p.Member
	return err
}

// clock sets when the person acted: their clock, as corrected by the last
// answer, but not before what they were looking at and not after arrival. A
// clock that is off by more than limits.ClockReach says nothing: arrival stands.
func (s *session) clock(cmd *Command, call *Call) error {
	call.OccurredAt, call.Clock = s.p.Now, "late"
	at, err := time.Parse(time.RFC3339Nano, cmd.At)
	if err != nil {
		return nil // a phone that can't tell the time: arrival stands
	}
	century := (100 * 365 * 24 * time.Hour).Milliseconds() // NB! three times as much runs over
	at = at.Add(time.Duration(min(max(cmd.Offset, -century), century)) * time.Millisecond)
	if at.After(s.p.Now) {
		return nil
	}
	if at.Before(s.p.Now.Add(-limits.ClockReach)) {
		call.Clock = "early"
		return nil
	}
	seen, err := s.current(cmd.Seen)
	if err != nil {
		return err
	}
	call.OccurredAt, call.Clock = at.UTC(), "good"
	if floor, err := time.Parse(time.RFC3339Nano, seen); err == nil && at.Before(floor) {
		call.OccurredAt, call.Clock = floor, "early"
	}
	return nil
}

// current says when at the latest a seq was current; empty: nobody knows.
func (s *session) current(seq int64) (at string, err error) {
	at, asked := s.seen[seq]
	if asked {
		return at, nil
	}
	// NB! A seq of another epoch says nothing: after a restore the same seq comes again, later.
	err = s.ask("SELECT c.at FROM sync_clock c, sync_meta m WHERE m.epoch = {:epoch} AND c.seq < {:seen} ORDER BY c.seq DESC LIMIT 1",
		dbx.Params{"epoch": s.epoch, "seen": seq}).Row(&at)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", err
	}
	s.seen[seq] = at
	return at, nil
}
