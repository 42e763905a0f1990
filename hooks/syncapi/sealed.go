package syncapi

import (
	"encoding/base64"
	"errors"
	"net/http"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"kith/hooks/doorman"
	"kith/internal/limits"
	"kith/internal/problem"
	"kith/internal/seal"
	"kith/internal/strict"
	"kith/internal/sync"
)

// sealedPush is what a shared device sealed when somebody's turn ended: their
// commands, and the token to judge them by.
type sealedPush struct {
	request
	Token string `json:"token"`
	Proof string `json:"proof"` // that the device sealed it; wanted of who has a role

	who doorman.Caller
}

// sealed is POST /api/sync/sealed: somebody else's phone carries what it can't
// read. Who carries it doesn't matter; the token inside says whose it is, and is
// judged now, as POST /api/sync would judge it. All of a request is taken in, in
// its order, or nothing.
func (d *door) sealed(e *core.RequestEvent) error {
	if !d.perCarrier.Allow(e.RealIP(), time.Now()) {
		return problem.SlowDown.After(limits.Around(5 * time.Second))
	}
	pushes, err := d.unseal(e)
	if err != nil {
		return err
	}
	leave, err := d.pushes.enter(e.Request.Context())
	if err != nil {
		return err
	}
	defer leave()
	now := time.Now()
	stops := []sync.Stop{}
	err = e.App.RunInTransaction(func(tx core.App) error {
		enough := forLong()
		for _, p := range pushes {
			if err := d.doorman.May(tx, p.who); err != nil {
				return err
			}
			stopped, err := d.apply(tx, p.who, &p.request, now, enough)
			if err != nil {
				return err
			}
			stops = append(stops, stopped...)
		}
		return nil
	})
	if err != nil {
		return refusal(err)
	}
	d.hub.Wake()
	e.Response.Header().Set("Cache-Control", "no-store")
	return e.JSON(http.StatusOK, map[string]any{"taken": len(pushes), "stops": stops})
}

// unseal reads, opens and judges every blob before anything is written.
func (d *door) unseal(e *core.RequestEvent) ([]sealedPush, error) {
	var body struct {
		Sealed []string `json:"sealed"`
	}
	if err := problem.Body(e.Request.Body, &body); err != nil {
		return nil, err
	}
	if len(body.Sealed) == 0 || len(body.Sealed) > limits.SealedPerRequest {
		return nil, problem.BodyInvalid.Saying("The request has a wrong number of sealed parts.")
	}
	key := d.ring.Key()
	if key == nil { // the operator was told at the start
		return nil, problem.Busy.After(limits.Around(10 * time.Minute))
	}
	pushes := make([]sealedPush, len(body.Sealed))
	for i, text := range body.Sealed {
		if err := open(key, text, &pushes[i]); err != nil {
			return nil, err
		}
		who, err := d.owner(e, &pushes[i])
		if err != nil {
			return nil, err
		}
		pushes[i].who = who
	}
	return pushes, nil
}

// open opens one blob, and checks it as the body of POST /api/sync is checked.
func open(key *seal.Key, text string, p *sealedPush) error {
	blob, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil {
		return problem.SealedInvalid.Because(err)
	}
	plain, err := key.Open(blob)
	switch {
	case errors.Is(err, seal.ErrOtherKey):
		return problem.SealedElsewhere.Because(err)
	case err != nil:
		return problem.SealedInvalid.Because(err)
	}
	p.MaxBytes = limits.PageDefault
	if err := strict.Envelope(plain, p); err != nil {
		return problem.SealedInvalid.Because(err)
	}
	if p.Protocol != sync.Protocol {
		return problem.ProtocolUnsupported.Because(nil)
	}
	if err := p.check(); err != nil {
		return err
	}
	if len(p.Commands) == 0 {
		return problem.SealedInvalid.Because(errors.New("no commands"))
	}
	return refusal(sync.CheckCursor(p.Cursor))
}

// owner says whose this is, and whether they may take part now.
func (d *door) owner(e *core.RequestEvent, p *sealedPush) (doorman.Caller, error) {
	auth, err := d.doorman.Holder(e.App, p.Token)
	if err != nil {
		return doorman.Caller{}, err
	}
	inner := &core.RequestEvent{App: e.App, Auth: auth}
	inner.Request = e.Request
	return d.doorman.Carried(inner, p.Token, p.Proof)
}
