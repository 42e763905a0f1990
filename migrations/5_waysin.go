package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
	"github.com/pocketbase/pocketbase/tools/types"

	"kith/internal/limits"
)

func init() { m.Register(waysInUp, waysInDown, "5_waysin.go") }

// inviteRoles are what an invite can make somebody; member is one more device
// of a member who is already here.
var inviteRoles = []string{"resident", "listener", "activator", "owner", "staff", "coach", "surgery", "coordinator", "member"}

// inviteColumns are what an invite says of itself since it can be made on a phone.
var inviteColumns = []string{"shop", "uses", "by", "note", "ended", "console"}

// waysInUp: invites that are made on phones, codes by e-mail, and the two ways
// to come back without a phone.
func waysInUp(app core.App) error {
	if err := invitesUp(app); err != nil {
		return err
	}
	for _, build := range []func(core.App) *core.Collection{recoveries, codes} {
		if err := app.Save(build(app)); err != nil {
			return err
		}
	}
	return nil
}

func invitesUp(app core.App) error {
	c, err := app.FindCollectionByNameOrId("invites")
	if err != nil {
		return err
	}
	if role, ok := c.Fields.GetByName("role").(*core.SelectField); ok {
		role.Values = inviteRoles
	}
	c.Fields.Add(
		text("shop", 15), &core.NumberField{Name: "uses", Min: types.Pointer(0.0), OnlyInt: true},
		to(app, "by", "members", false, false),
		text("note", limits.Note), &core.BoolField{Name: "ended"}, &core.BoolField{Name: "console", Hidden: true},
	)
	if err := app.Save(c); err != nil {
		return err
	}
	// All that are here were made on this machine's console.
	_, err = app.DB().NewQuery("UPDATE invites SET console = true, uses = usesLeft").Execute()
	return err
}

// recoveries: a card that lies in a drawer, or a desk where two people who help
// out know somebody by sight.
func recoveries(app core.App) *core.Collection {
	c := base("recoveries",
		to(app, "member", "members", true, true),
		&core.SelectField{Name: "kind", Values: []string{"card", "desk"}, MaxSelect: 1, Required: true},
		&core.SelectField{Name: "status", Values: []string{"open", "ready", "used", "refused"}, MaxSelect: 1, Required: true},
		to(app, "openedBy", "members", false, false), to(app, "confirmedBy", "members", false, false),
		text("firstName", limits.FirstName), text("expires", 30), text("created", 30),
		hidden("codeHash", 64), hidden("device", 15),
	)
	c.AddIndex("idx_recoveries_code", true, "codeHash", "codeHash != ''")
	c.AddIndex("idx_recoveries_member", false, "member", "")
	return c
}

// codes by e-mail. A row is made whether or not anybody has that address, so
// that both ways are the same work; of a row for nobody, member is empty.
func codes(app core.App) *core.Collection {
	c := base("codes",
		&core.SelectField{Name: "kind", Values: []string{"signIn", "email"}, MaxSelect: 1, Required: true, Hidden: true},
		hidden("member", 15), hidden("device", 15), hidden("email", 254),
		hidden("salt", 64), hidden("codeHash", 64),
		&core.NumberField{Name: "tries", OnlyInt: true, Hidden: true}, &core.BoolField{Name: "used", Hidden: true},
		hidden("expires", 30), hidden("created", 30),
	)
	c.AddIndex("idx_codes_device", false, "device, created", "")
	return c
}

func waysInDown(app core.App) error {
	for _, name := range []string{"codes", "recoveries"} {
		c, err := app.FindCollectionByNameOrId(name)
		if err != nil {
			return err
		}
		if err := app.Delete(c); err != nil {
			return err
		}
	}
	// NB! What the older shape has no word for can't stay.
	if _, err := app.DB().NewQuery("DELETE FROM invites WHERE role NOT IN ('resident', 'activator', 'coordinator') OR ended").Execute(); err != nil {
		return err
	}
	c, err := app.FindCollectionByNameOrId("invites")
	if err != nil {
		return err
	}
	if role, ok := c.Fields.GetByName("role").(*core.SelectField); ok {
		role.Values = []string{"resident", "activator", "coordinator"}
	}
	for _, name := range inviteColumns {
		c.Fields.RemoveByName(name)
	}
	return app.Save(c)
}
