package syncapi

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"regexp"
	gosync "sync"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/limits"
	"kith/internal/problem"
	"kith/internal/sync"
)

// caller is the device, and its member, that a request's token names.
type caller struct{ device, member string }

// caller reads who is asking, as of now: a token says nothing about later.
func (d *door) caller(e *core.RequestEvent) (caller, error) {
	if e.Auth == nil || e.Auth.Collection().Name != "devices" {
		return caller{}, problem.TokenMissing.Because(nil)
	}
	c := caller{e.Auth.Id, e.Auth.GetString("member")}
	if !d.perDevice.Allow(c.device, time.Now()) {
		return c, problem.SlowDown.After(around(2 * time.Second))
	}
	if e.Auth.GetBool("revoked") {
		return c, problem.DeviceUnknown.Because(nil)
	}
	return c, d.standing.check(e.Request.Context(), d.engine, c, func() error { return d.mayTakePart(e.App, c) })
}

// standing remembers who may take part, as long as nothing about them has
// changed: every change of a member's standing moves their marker in the index,
// and the engine sees every commit before it answers.
type standing struct {
	mu   gosync.Mutex
	good map[caller]sign
}

type sign struct {
	epoch string
	seq   int64
}

func (s *standing) check(ctx context.Context, e *sync.Engine, c caller, ask func() error) error {
	epoch, seq, err := e.Touched(ctx, c.member)
	if err != nil {
		return err
	}
	now := sign{epoch, seq}
	s.mu.Lock()
	before, known := s.good[c]
	s.mu.Unlock()
	if known && before == now {
		return nil
	}
	if err := ask(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.good == nil || len(s.good) > limits.LiveDevices {
		s.good = map[caller]sign{}
	}
	s.good[c] = now
	return nil
}

// mayTakePart refuses a revoked device and who is not an active member. A push asks
// again inside its transaction.
func (d *door) mayTakePart(app core.App, c caller) error {
	var row struct {
		Revoked  bool   `db:"revoked"`
		Standing string `db:"standing"`
	}
	err := app.DB().NewQuery("SELECT d.revoked, m.standing FROM devices d JOIN members m ON m.id = d.member WHERE d.id = {:id}").
		Bind(dbx.Params{"id": c.device}).One(&row)
	switch {
	case err != nil:
		return problem.TokenMissing.Because(err)
	case row.Revoked:
		return problem.DeviceUnknown.Because(nil)
	case row.Standing == "active":
		return nil
	case row.Standing == "suspended":
		return problem.MemberSuspended.Because(nil)
	}
	return problem.DeviceUnknown.Because(nil) // left, or moved away
}

// request is the body of POST /api/sync; the live route uses a part of it.
type request struct {
	Protocol int            `json:"protocol"`
	Schema   int            `json:"schema"`
	App      string         `json:"app"`
	Stream   string         `json:"stream"`
	Ack      int64          `json:"ack"`
	Pending  int64          `json:"pending"`
	Commands []sync.Command `json:"commands"`
	Cursor   string         `json:"cursor"`
	MaxBytes int            `json:"maxBytes"`
}

var random128 = regexp.MustCompile(`^[A-Za-z0-9_-]{22}$`)

// read takes a request whole, or refuses it with what is wrong.
func read(e *core.RequestEvent) (*request, error) {
	raw, err := io.ReadAll(e.Request.Body)
	if err != nil {
		return nil, problem.BodyTooLarge.Because(err)
	}
	r := &request{MaxBytes: limits.PageDefault}
	if err := json.Unmarshal(raw, r); err != nil {
		return nil, problem.BodyInvalid.Because(err)
	}
	if r.Protocol != sync.Protocol {
		return nil, problem.ProtocolUnsupported.Because(nil)
	}
	return r, r.check()
}

func (r *request) check() error {
	bad := func(what string) error { return problem.BodyInvalid.Saying("The request has a wrong " + what + ".") }
	switch {
	case r.Stream != "" && !random128.MatchString(r.Stream):
		return bad("stream")
	case r.Ack < 0 || r.Ack > 1<<53 || r.Pending < 0 || r.Pending > 1<<31:
		return bad("ack or pending")
	case len(r.App) > 40:
		return bad("app")
	case r.MaxBytes < limits.PageMin || r.MaxBytes > limits.PageMax:
		return bad("maxBytes")
	case len(r.Commands) > limits.CommandsPerPush:
		return bad("number of commands")
	case len(r.Commands) > 0 && r.Stream == "":
		return bad("stream")
	}
	for i := range r.Commands {
		c := &r.Commands[i]
		if c.Number < 1 || c.Number > 1<<53 || c.Seen < 0 || c.Offset > 1<<53 || c.Offset < -(1<<53) ||
			!random128.MatchString(c.Nonce) || len(c.Name) < 1 || len(c.Name) > 64 || len(c.At) > 40 || c.For != "" && sync.ID(c.For) != nil {
			return bad("command")
		}
		if len(c.Args) == 0 {
			c.Args = json.RawMessage("{}")
		}
	}
	return nil
}

// refusal says an error of the engine in the catalogue's words.
func refusal(err error) error {
	var p *problem.Problem
	switch {
	case err == nil:
		return nil
	case errors.As(err, &p):
		return p
	case errors.Is(err, sync.ErrCursor):
		return problem.CursorInvalid.Because(err)
	case errors.Is(err, sync.ErrStreamForeign):
		return problem.StreamForeign.Because(err)
	case errors.Is(err, sync.ErrFull):
		return problem.Busy.After(around(20 * time.Second)).Because(err)
	}
	return problem.Busy.After(around(5 * time.Second)).Because(err)
}
