package syncapi

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"kith/hooks/doorman"
	"kith/internal/gauges"
	"kith/internal/limits"
	"kith/internal/sync"
)

// live is POST /api/sync/live: an answer that stays open.
func (d *door) live(e *core.RequestEvent) error {
	who, err := d.doorman.Who(e)
	if err != nil {
		return err
	}
	r, err := read(e)
	if err != nil {
		return err
	}
	ctx := e.Request.Context()
	conn, first, err := d.join(ctx, who, r.Cursor)
	if err != nil {
		return refusal(err)
	}
	began := time.Now()
	s, err := d.begin(e, who, conn)
	if err != nil {
		d.hub.Leave(conn)
		return err
	}
	first.Poke = first.Poke || who.Wipe // it has nothing to hear
	taken, err := takeOver(e)
	if err != nil {
		d.hub.Leave(conn)
		return quiet(ctx, err)
	}
	if taken == nil {
		defer d.took(gauges.Live, began)
		defer d.hub.Leave(conn)
		s.wire = &answered{e.Response, http.NewResponseController(e.Response)}
		if err := s.open(first); err != nil || first.Poke {
			return quiet(ctx, err)
		}
		return quiet(ctx, s.run(ctx))
	}
	s.wire = taken
	d.beyond(func() {
		defer d.took(gauges.Live, began)
		d.listen(s, first, taken)
	})
	return nil
}

// beyond does what the HTTP server knows nothing of, beside it; goodbye waits for that.
func (d *door) beyond(do func()) {
	d.mu.Lock()
	stops := d.stops
	if !stops {
		d.listening.Go(do)
	}
	d.mu.Unlock()
	if stops { // it is over at once
		do()
	}
}

// join opens a connection at a cursor. Only this takes one of the places of those
// who catch up: what follows costs next to nothing.
func (d *door) join(ctx context.Context, who doorman.Caller, cursor string) (*sync.Conn, sync.Step, error) {
	leave, err := d.deltas.enter(ctx)
	if err != nil {
		return nil, sync.Step{}, err
	}
	defer leave()
	return d.hub.Join(ctx, sync.Pull{Member: who.Member, Device: who.Device, Trusted: who.Trusted(), Cursor: cursor, Now: time.Now()})
}

// listen is the life of a connection that was taken over: nothing of its request is
// held any more.
func (d *door) listen(s *stream, first sync.Step, taken *socket) {
	defer taken.End()
	defer d.hub.Leave(s.conn)
	defer func() { // the HTTP server would have caught it
		if p := recover(); p != nil {
			d.app.Logger().Error("live: a connection ended in a panic", "panic", p)
		}
	}()
	if err := s.open(first); err != nil || first.Poke {
		return
	}
	_ = s.run(taken.gone()) // a device that went away: it is how they all end
}

// begin makes the stream of a connection that the hub knows.
func (d *door) begin(e *core.RequestEvent, who doorman.Caller, conn *sync.Conn) (*stream, error) {
	// Again: what changed before the connection was known to the hub sent nobody away.
	if err := d.doorman.May(e.App, who); err != nil {
		return nil, err
	}
	h := e.Response.Header()
	h.Set("Content-Type", "application/x-ndjson")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no")
	_ = http.NewResponseController(e.Response).SetReadDeadline(time.Time{}) // where it can't be set, the server's own limit ends the connection
	return &stream{conn: conn, leases: conn.Leases}, nil
}

// quiet forgets the error of a device that went away: it is how they all end.
func quiet(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// stream writes the lines of one live connection.
type stream struct {
	wire   wire
	conn   *sync.Conn
	leases func(now time.Time) map[string]int64 // seconds that are left, by audience
	told   time.Time                            // when they were last told
}

func (s *stream) open(first sync.Step) error {
	var head lines
	f := sync.NewFrames(&head)
	f.Head(s.conn, first.To, time.Now())
	if err := f.Flush(); err != nil {
		return err
	}
	if err := s.wire.Send(head); err != nil {
		return err
	}
	if err := s.step(&first); err != nil || first.Poke {
		return err
	}
	return s.lease(time.Now())
}

// lines are written into memory.
type lines []byte

func (l *lines) Write(p []byte) (int, error) { *l = append(*l, p...); return len(p), nil }

// lease says that what is leased goes on, at most once in limits.LeaseBeat.
func (s *stream) lease(now time.Time) error {
	if now.Sub(s.told) < limits.LeaseBeat {
		return nil
	}
	s.told = now
	leases := s.leases(now)
	if len(leases) == 0 {
		return nil
	}
	raw, err := json.Marshal(leases)
	if err != nil {
		return err
	}
	return s.write(`{"leases":` + string(raw) + "}\n")
}

func (s *stream) run(ctx context.Context) error {
	beat := time.NewTimer(limits.LiveBeat)
	defer beat.Stop()
	end := time.Now().Add(limits.LiveAge*4/5 + limits.Around(limits.LiveAge/5))
	for {
		var err error
		select {
		case step, open := <-s.conn.Steps:
			if !open { // too slow, or the server stops
				return s.bye(limits.Around(limits.Spread))
			}
			if err = s.step(step); err == nil && step.Poke {
				return nil
			}
		case now := <-beat.C:
			if now.After(end) {
				return s.bye(limits.Around(limits.Spread / 10))
			}
			if err = s.write("\n"); err == nil {
				err = s.lease(now)
			}
			beat.Reset(limits.LiveBeat)
		case <-ctx.Done():
			return s.bye(limits.Around(limits.Spread))
		}
		if err != nil {
			return err
		}
	}
}

// step writes a whole step at once: its lines are few, and each write of its own
// would wake the phone again.
func (s *stream) step(step *sync.Step) error {
	if step.Poke {
		return s.write(fmt.Sprintf(`{"poke":{"afterMs":%d}}`+"\n", limits.Around(limits.Spread/5).Milliseconds()))
	}
	if step.From == step.To {
		return nil
	}
	cursor := s.conn.Cursor(step.To)
	b := make([]byte, 0, len(step.Body)+len(cursor)+128)
	b = strconv.AppendInt(append(b, `{"frame":{"from":`...), step.From, 10)
	b = strconv.AppendInt(append(b, `,"to":`...), step.To, 10)
	b = append(append(b, "}}\n"...), step.Body...)
	b = append(append(append(b, `{"end":{"cursor":"`...), cursor...), "\",\"done\":true}}\n"...)
	return s.wire.Send(b)
}

func (s *stream) bye(after time.Duration) error {
	return s.write(fmt.Sprintf(`{"bye":{"afterMs":%d}}`+"\n", after.Milliseconds()))
}

func (s *stream) write(line string) error { return s.wire.Send([]byte(line)) }
