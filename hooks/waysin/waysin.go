// Package waysin is how devices come in and go: an invite makes a device account
// (a key made on the phone and a first name), a proof of that key gets a token.
// It tells every member which devices are theirs.
package waysin

import (
	"context"
	"io"
	"time"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"

	"kith/hooks/doorman"
	"kith/internal/limits"
	"kith/internal/seal"
	"kith/internal/sync"
	"kith/internal/token"
)

// waysIn are the routes by which a device gets a token.
type waysIn struct {
	used            token.Once
	joins, sessions *limits.Rate
	mailboxes       mailboxes
	codes           codeKey
	door            *doorman.Doorman
	post            *post
	console         io.Writer
	ring            *seal.Ring
	leads           Leads
}

// Register binds the room. door says who is asking; ring has the key that phones
// seal to; rates switches the limits of requests on; console, if there is one, is
// told the address and the demo's links; leads puts whoever joins into what their invite
// leads to.
func Register(app core.App, r *sync.Registry, door *doorman.Doorman, ring *seal.Ring, rates bool, console io.Writer, leads Leads) {
	declare(r)
	r.Keep(keepings()...)
	for name, handler := range map[string]sync.Handler{
		"invites.make": makeInvite, "invites.end": endInvite,
		"devices.rename": renameDevice, "devices.revoke": revokeDevice, "devices.wipe": wipeDevice,
		"devices.admit": admitDevice, "devices.refuse": refuseDevice,
		"recovery.card": makeCard, "recovery.open": openRecovery, "recovery.confirm": confirmRecovery, "recovery.refuse": refuseRecovery,
	} {
		r.Handle(name, handler)
	}
	w := &waysIn{
		console: console, door: door, ring: ring, codes: newCodeKey(), post: newPost(), leads: leads,
		joins:     limits.NewRate(limits.JoinPerMinute, limits.JoinPerMinute, rates),
		sessions:  limits.NewRate(limits.SessionPerMinute, limits.SessionPerMinute, rates),
		mailboxes: newMailboxes(rates),
	}
	app.OnServe().BindFunc(w.serve)
	app.OnMailerSend().BindFunc(keepMail)
	app.Cron().MustAdd("kithWaysIn", "7 * * * *", func() {
		if err := Hourly(app, time.Now()); err != nil {
			app.Logger().Error("ways in: what ran out could not be ended", "error", err)
		}
	})
}

// declare says which rows leave the server, and to whom.
func declare(r *sync.Registry) {
	r.Sync(sync.Collection{
		Name:    "devices",
		Columns: append(sync.Texts("member", "name", "created", "seen", "match", "shop"), sync.Bools("revoked", "pending", "wipe", "enrolled")...),
		To: []sync.Audience{
			{Key: "'member/' || {row}.member"}, {Key: "'coordinators'"},
			{Key: "'owners/' || {row}.shop", When: "{row}.shop <> ''"},
		},
	})
	r.Sync(sync.Collection{
		Name:    "invites",
		Columns: append(append(sync.Texts("role", "shop", "expires", "created", "by", "note", "circle", "listing"), sync.Numbers("usesLeft", "uses")...), sync.Bools("ended")...),
		To:      []sync.Audience{{Key: "'member/' || {row}.by", When: "{row}.by <> ''"}, {Key: "'coordinators'"}},
	})
	desk := "{row}.kind = 'desk' AND {row}.status IN ('open', 'ready')"
	r.Sync(sync.Collection{
		Name:    "recoveries",
		Columns: sync.Texts("member", "kind", "status", "openedBy", "confirmedBy", "expires", "created", "firstName"),
		To: []sync.Audience{
			{Key: "'member/' || {row}.member", When: "{row}.kind = 'card'"},
			{Key: "'coordinators'", When: desk}, {Key: "'activators'", When: desk},
		},
	})
}

func (w *waysIn) serve(e *core.ServeEvent) error {
	for path, route := range map[string]func(*core.RequestEvent) error{
		"/api/invite": w.invite, "/api/join": w.join, "/api/session": w.session, "/api/recover": w.recover,
		"/api/code": w.code, "/api/code/confirm": w.confirmCode, "/api/email": w.email, "/api/email/confirm": w.confirmEmail,
	} {
		e.Router.POST(path, route).Bind(apis.BodyLimit(limits.SmallBody))
	}
	// Codes of a process that is gone can't be right any more: let them say so.
	if err := forgetCodes(e.App, time.Now().Add(2*limits.CodeLife)); err != nil {
		return err
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		w.post.deliver(ctx, e.App)
	}()
	e.App.OnTerminate().BindFunc(func(t *core.TerminateEvent) error {
		stop()
		select { // a mail server that hangs must not hold up the end
		case <-done:
		case <-time.After(limits.MailStop):
		}
		return t.Next()
	})
	if err := e.Next(); err != nil || w.console == nil {
		return err
	}
	return greet(w.console, e.App, e.Server.Addr)
}
