// Package waysin is how devices come in and go: an invite makes a device account
// (a key made on the phone and a first name), a proof of that key gets a token.
// It tells every member which devices are theirs.
package waysin

import (
	"io"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/limits"
	"kith/internal/sync"
	"kith/internal/token"
)

// waysIn are the routes by which a device gets a token.
type waysIn struct {
	used            token.Once
	joins, sessions *limits.Rate
	console         io.Writer
}

// Register binds the room. rates switches the limits of requests on; console,
// if there is one, is told the address and the demo's links.
func Register(app core.App, r *sync.Registry, rates bool, console io.Writer) {
	r.Sync(sync.Collection{
		Name:    "devices",
		Columns: append(sync.Texts("member", "name", "created", "seen", "match", "shop"), sync.Bools("revoked", "pending", "wipe", "enrolled")...),
		To: []sync.Audience{
			{Key: "'member/' || {row}.member"}, {Key: "'coordinators'"},
			{Key: "'owners/' || {row}.shop", When: "{row}.shop <> ''"},
		},
	})
	r.Keep(keepings()...)
	// A lost phone stops listening at once. NB! || joins texts: a change of any of them moves the member's marker.
	r.Grant(sync.Grant{Table: "devices", Member: "{row}.member", When: "{row}.revoked || {row}.pending || {row}.enrolled || {row}.wipe"})

	w := &waysIn{
		console:  console,
		joins:    limits.NewRate(limits.JoinPerMinute, limits.JoinPerMinute, rates),
		sessions: limits.NewRate(limits.SessionPerMinute, limits.SessionPerMinute, rates),
	}
	app.OnServe().BindFunc(w.serve)
}

func (w *waysIn) serve(e *core.ServeEvent) error {
	e.Router.POST("/api/join", w.join).Bind(apis.BodyLimit(limits.SmallBody))
	e.Router.POST("/api/session", w.session).Bind(apis.BodyLimit(limits.SmallBody))
	if err := e.Next(); err != nil || w.console == nil {
		return err
	}
	return greet(w.console, e.App, e.Server.Addr)
}

// Left revokes all devices of a member who leaves. The answer that says so still
// reaches the one that asked.
func Left(c *sync.Call) error {
	devices, err := c.App.FindAllRecords("devices", byMember(c.Member))
	if err != nil {
		return err
	}
	for _, d := range devices {
		d.Set("revoked", true)
		if err := c.App.Save(d); err != nil {
			return err
		}
	}
	return nil
}
