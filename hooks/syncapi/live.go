package syncapi

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/pocketbase/pocketbase/core"

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
	conn, first, err := d.hub.Join(ctx, sync.Pull{Member: who.Member, Device: who.Device, Trusted: who.Trusted(), Cursor: r.Cursor})
	if err != nil {
		return refusal(err)
	}
	defer d.hub.Leave(conn)
	defer d.took(gauges.Live, time.Now())
	// Again: what changed before the connection was known to the hub sent nobody away.
	if err := d.doorman.May(e.App, who); err != nil {
		return err
	}
	h := e.Response.Header()
	h.Set("Content-Type", "application/x-ndjson")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no")
	s := &stream{w: e.Response, rc: http.NewResponseController(e.Response), conn: conn}
	_ = s.rc.SetReadDeadline(time.Time{}) // where it can't be set, the server's own limit ends the connection
	first.Poke = first.Poke || who.Wipe   // it has nothing to hear
	if err := s.open(first); err != nil || first.Poke {
		return quiet(ctx, err)
	}
	return quiet(ctx, s.run(ctx))
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
	w    http.ResponseWriter
	rc   *http.ResponseController
	conn *sync.Conn
	told time.Time // when the leases were last told
}

func (s *stream) open(first sync.Step) error {
	f := sync.NewFrames(s.w)
	f.Head(s.conn, first.To, time.Now())
	if err := f.Flush(); err != nil {
		return err
	}
	if err := s.step(first); err != nil || first.Poke {
		return err
	}
	return s.lease(time.Now())
}

// lease says that what is leased goes on, at most once in limits.LeaseBeat.
func (s *stream) lease(now time.Time) error {
	if len(s.conn.Leases()) == 0 || now.Sub(s.told) < limits.LeaseBeat {
		return nil
	}
	s.told = now
	raw, err := json.Marshal(s.conn.Leases())
	if err != nil {
		return err
	}
	return s.write(`{"leases":` + string(raw) + "}\n")
}

func (s *stream) run(ctx context.Context) error {
	beat := time.NewTicker(limits.LiveBeat)
	defer beat.Stop()
	age := time.NewTimer(limits.LiveAge*4/5 + limits.Around(limits.LiveAge/5))
	defer age.Stop()
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
		case <-beat.C:
			if err = s.write("\n"); err == nil {
				err = s.lease(time.Now())
			}
		case <-age.C:
			return s.bye(limits.Around(limits.Spread / 10))
		case <-ctx.Done():
			return s.bye(limits.Around(limits.Spread))
		}
		if err != nil {
			return err
		}
	}
}

func (s *stream) step(step sync.Step) error {
	if step.Poke {
		return s.write(fmt.Sprintf(`{"poke":{"afterMs":%d}}`+"\n", limits.Around(limits.Spread/5).Milliseconds()))
	}
	if step.From == step.To {
		return s.rc.Flush()
	}
	if err := s.put(fmt.Sprintf(`{"frame":{"from":%d,"to":%d}}`+"\n", step.From, step.To)); err != nil {
		return err
	}
	if _, err := s.w.Write(step.Body); err != nil {
		return err
	}
	return s.write(fmt.Sprintf(`{"end":{"cursor":"%s","done":true}}`+"\n", s.conn.Cursor(step.To)))
}

func (s *stream) bye(after time.Duration) error {
	return s.write(fmt.Sprintf(`{"bye":{"afterMs":%d}}`+"\n", after.Milliseconds()))
}

// put writes within limits.LiveWrite: a stalled phone holds nobody up.
func (s *stream) put(line string) error {
	_ = s.rc.SetWriteDeadline(time.Now().Add(limits.LiveWrite))
	_, err := s.w.Write([]byte(line))
	return err
}

func (s *stream) write(line string) error {
	if err := s.put(line); err != nil {
		return err
	}
	return s.rc.Flush()
}
