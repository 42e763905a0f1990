// Package people holds members, their roles and their standing, and the shops
// that take part. What follows from a role is derived here alone.
package people

import (
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/audit"
	"kith/internal/limits"
	"kith/internal/sync"
)

// Leaver ends what one part of community life holds of a member who leaves,
// inside the command by which they do.
type Leaver = func(c *sync.Call) error

// Stands sees to what one part of community life has of a member who was just suspended
// or restored, inside the command by which they were.
type Stands = func(c *sync.Call, member string) error

// Register binds the room. leavers are what else ends when somebody leaves.
func Register(app core.App, r *sync.Registry, stands Stands, leavers ...Leaver) {
	own := func(column string) []sync.Audience {
		return []sync.Audience{{Key: "'member/' || {row}." + column}, {Key: "'coordinators'"}}
	}
	r.Sync(sync.Collection{
		Name:    "members",
		Columns: append(sync.Texts("firstName", "created", "standing"), sync.Bools("noPhone", "hasEmail")...),
		To:      append(own("id"), sync.Audience{Key: "'helped/' || {row}.id"}),
	})
	r.Sync(sync.Collection{
		Name:    "roles",
		Columns: sync.Texts("member", "role", "shop"),
		To:      append(own("member"), sync.Audience{Key: "'owners/' || {row}.shop", When: "{row}.shop <> ''"}),
	})
	r.Sync(sync.Collection{
		Name:    "shops",
		Columns: append(append(sync.Texts("name", "place", "status", "perk", "chatty", "joined"), sync.Objects("hours")...), sync.Bools("plain")...),
		To: []sync.Audience{
			{Key: "'coordinators'"}, {Key: "'shop/' || {row}.id"},
			{Key: "'" + sync.Public + "'", When: "{row}.status = 'active' AND NOT {row}.plain"}, // a pharmacy's is nobody's business
		},
	})
	grants(r)
	r.Guard("coordinators", "owners", "responders", "surgery") // a right over others hangs on the device, too
	r.Lease("coordinators", limits.LeaseOffice)
	r.Lease("owners", limits.LeaseOffice)
	r.Lease("responders", limits.LeaseOffice)
	r.Lease("surgery", limits.LeaseOffice)
	r.Keep(keepings()...)
	r.HandleFor("details", "people.rename", rename)
	r.Handle("people.add", add)
	r.Handle("people.suspend", stand("people.suspend", "suspended", stands))
	r.Handle("people.restore", stand("people.restore", "active", stands))
	r.Handle("people.leave", leave(leavers))
	r.Handle("roles.give", give)
	r.Handle("roles.take", take)
	r.Handle("shops.add", addShop)
	keepInStep(app)
}

// grants are what a member is given for who they are. This is the one place in
// which a role becomes a right.
func grants(r *sync.Registry) {
	r.Prioritise("member", 0)
	r.Grant(sync.Grant{Table: "members", Member: "{row}.id", Audience: "'member/' || {row}.id", When: "{row}.standing = 'active'"})
	for _, g := range []struct {
		kind, audience, when string
	}{
		{"activators", "'activators'", "{row}.role IN ('activator', 'coordinator')"},
		{"coordinators", "'coordinators'", "{row}.role = 'coordinator'"},
		{"listeners", "'listeners'", "{row}.role IN ('listener', 'activator', 'coach', 'coordinator')"}, // who may pass on a worry
		{"responders", "'responders'", "{row}.role IN ('coach', 'coordinator')"},
		{"surgery", "'surgery'", "{row}.role = 'surgery'"},
		{"shop", "'shop/' || {row}.shop", "{row}.role IN ('owner', 'staff') AND {row}.shop <> ''"},
		{"owners", "'owners/' || {row}.shop", "{row}.role = 'owner' AND {row}.shop <> ''"},
	} {
		r.Prioritise(g.kind, 2)
		r.Grant(sync.Grant{Table: "roles", Member: "{row}.member", Audience: g.audience, When: g.when})
	}
}

// keepInStep sets the columns that follow from others: whether an e-mail address
// is known, and that somebody who has a device here is no longer without one.
func keepInStep(app core.App) {
	email := func(e *core.RecordEvent) error {
		e.Record.Set("hasEmail", e.Record.Email() != "")
		return e.Next()
	}
	app.OnRecordCreate("members").BindFunc(email)
	app.OnRecordUpdate("members").BindFunc(email)
	app.OnRecordCreate("devices").BindFunc(func(e *core.RecordEvent) error {
		if err := e.Next(); err != nil {
			return err
		}
		member, err := e.App.FindRecordById("members", e.Record.GetString("member"))
		if err != nil || !member.GetBool("noPhone") {
			return err
		}
		member.Set("noPhone", false)
		return e.App.Save(member)
	})
}

// What more than one command says no with.
var (
	errCoordinators  = sync.Reject("not_allowed", "Only a coordinator can do this.")
	errMemberUnknown = sync.Reject("member_unknown", "This person is not here any more.")
	errNotYourself   = sync.Reject("not_yourself", "You can't do this to yourself. Ask another coordinator.")
)

// note puts what was done with power over others into the record, in the same
// transaction: neither is there without the other.
func note(c *sync.Call, action, subject string, detail map[string]string) error {
	return audit.Append(c.App.DB(), audit.Entry{At: c.Now, Actor: c.Member, Device: c.Device, Action: action, Subject: subject, Detail: detail})
}

// here finds a member who is part of the community, suspended or not. Who has
// left is as good as never there.
func here(c *sync.Call, id string) (*core.Record, error) {
	m, err := c.Find("members", id, errMemberUnknown)
	if err != nil {
		return nil, err
	}
	if s := m.GetString("standing"); s != "active" && s != "suspended" {
		return nil, errMemberUnknown
	}
	return m, nil
}
