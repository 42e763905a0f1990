package syncapi

import (
	"encoding/json"
	"errors"
	"regexp"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"kith/internal/limits"
	"kith/internal/problem"
	"kith/internal/sync"
)

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
	r := &request{MaxBytes: limits.PageDefault}
	if err := problem.Envelope(e.Request.Body, r); err != nil {
		return nil, err
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
	case r.Ack < 0 || r.Ack > 1<<53 || r.Pending < 0 || r.Pending > limits.Pending:
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
		if c.Number < 1 || c.Number > 1<<53 || c.Seen < 0 || c.Seen > 1<<53 || c.Offset > 1<<53 || c.Offset < -(1<<53) ||
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
		return problem.Busy.After(limits.Around(20 * time.Second)).Because(err)
	}
	return problem.Busy.After(limits.Around(5 * time.Second)).Because(err)
}
