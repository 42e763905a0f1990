// Package people holds members and their roles. It derives every member's own
// audience, and those of activators and coordinators.
package people

import (
	"kith/internal/limits"
	"kith/internal/sync"
	"kith/internal/text"
)

// Register binds the room.
func Register(r *sync.Registry) {
	own := func(column string) []sync.Audience {
		return []sync.Audience{{Key: "'member/' || {row}." + column}}
	}
	r.Prioritise("member", 0)
	r.Sync(sync.Collection{Name: "members", Columns: sync.Texts("firstName", "created"), To: own("id")})
	r.Sync(sync.Collection{Name: "roles", Columns: sync.Texts("member", "role"), To: own("member")})
	r.Grant(sync.Grant{Table: "members", Member: "{row}.id", Audience: "'member/' || {row}.id", When: "NOT {row}.suspended"})
	r.Prioritise("activators", 2)
	r.Grant(sync.Grant{Table: "roles", Member: "{row}.member", Audience: "'activators'", When: "{row}.role IN ('activator', 'coordinator')"})
	r.Prioritise("coordinators", 2)
	r.Grant(sync.Grant{Table: "roles", Member: "{row}.member", Audience: "'coordinators'", When: "{row}.role = 'coordinator'"})
	r.Keep(keepings()...)
	r.HandleFor("details", "people.rename", rename)
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
