// Package people holds members, their roles and their devices, and the ways in:
// an invite makes a device account (a key made on the phone and a first name),
// a proof of that key gets a token. It derives every member's own audience.
package people

import (
	"io"

	"github.com/pocketbase/pocketbase/core"

	"kith/internal/limits"
	"kith/internal/sync"
	"kith/internal/text"
)

// Register binds the room. rates switches the limits of requests
// on; console, if there is one, is told the address and the demo's links.
func Register(app core.App, r *sync.Registry, rates bool, console io.Writer) {
	own := func(column string) []sync.Audience {
		return []sync.Audience{{Key: "'member/' || {row}." + column}}
	}
	r.Prioritise("member", 0)
	r.Sync(sync.Collection{Name: "members", Columns: sync.Texts("firstName", "created"), To: own("id")})
	r.Sync(sync.Collection{Name: "roles", Columns: sync.Texts("member", "role"), To: own("member")})
	r.Sync(sync.Collection{
		Name:    "devices",
		Columns: append(sync.Texts("member", "name", "created"), sync.Bools("revoked")...),
		To:      own("member"),
	})
	r.Grant(sync.Grant{Table: "members", Member: "{row}.id", Audience: "'member/' || {row}.id", When: "NOT {row}.suspended"})
	r.Grant(sync.Grant{Table: "devices", Member: "{row}.member", When: "NOT {row}.revoked"}) // a lost phone stops listening at once
	r.Prioritise("activators", 2)
	r.Grant(sync.Grant{Table: "roles", Member: "{row}.member", Audience: "'activators'", When: "{row}.role IN ('activator', 'coordinator')"})
	r.Prioritise("coordinators", 2)
	r.Grant(sync.Grant{Table: "roles", Member: "{row}.member", Audience: "'coordinators'", When: "{row}.role = 'coordinator'"})
	r.Handle("people.rename", rename)

	w := &waysIn{
		console:  console,
		joins:    limits.NewRate(limits.JoinPerMinute, limits.JoinPerMinute, rates),
		sessions: limits.NewRate(limits.SessionPerMinute, limits.SessionPerMinute, rates),
	}
	app.OnServe().BindFunc(w.serve)
}

func rename(c *sync.Call) (sync.Result, error) {
	args, err := sync.Args[struct {
		FirstName string `json:"firstName"`
	}](c)
	if err != nil {
		return sync.Result{}, err
	}
	name, err := text.Line(args.FirstName, limits.FirstName)
	if err != nil || name == "" {
		return sync.Result{}, sync.Reject("text_invalid", "A first name has 1 to 40 letters.")
	}
	member, err := c.App.FindRecordById("members", c.Member)
	if err != nil {
		return sync.Result{}, err
	}
	member.Set("firstName", name)
	return sync.Result{}, c.App.Save(member)
}
