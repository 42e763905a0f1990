package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"

	"kith/internal/limits"
)

func init() { m.Register(peopleUp, peopleDown, "6_people.go") }

// rolesBefore and rolesNow are the roles that a member can have beyond resident.
var (
	rolesBefore = []string{"activator", "coordinator"}
	rolesNow    = []string{"listener", "activator", "owner", "staff", "coach", "surgery", "coordinator"}
)

// peopleUp: shops, every role of the town, and a standing in place of a yes or
// no, so that somebody who left isn't somebody who was sent away.
func peopleUp(app core.App) error {
	shops := base("shops",
		needed("name", limits.Title), to(app, "place", "places", false, false),
		&core.SelectField{Name: "status", Values: []string{"active", "left"}, MaxSelect: 1, Required: true},
	)
	if err := app.Save(shops); err != nil {
		return err
	}
	if err := reshapeRoles(app, rolesNow, func(c *core.Collection) {
		c.Fields.Add(to(app, "shop", "shops", false, true))
		c.AddIndex("idx_roles_member", true, "member, role, shop", "") // staff of two shops is two roles
	}); err != nil {
		return err
	}
	members, err := app.FindCollectionByNameOrId("members")
	if err != nil {
		return err
	}
	members.Fields.Add(
		&core.SelectField{Name: "standing", Values: []string{"active", "suspended", "left", "moved"}, MaxSelect: 1, Required: true},
		&core.BoolField{Name: "noPhone"}, &core.BoolField{Name: "hasEmail"},
	)
	return carry(app, members, "UPDATE members SET standing = iif(suspended, 'suspended', 'active'), hasEmail = (email <> '')", "suspended")
}

// peopleDown: who left or moved away comes back as suspended, so that nobody who
// ended their account finds it open again. Roles that were not known before go.
func peopleDown(app core.App) error {
	if err := each(app, "DELETE FROM roles WHERE role NOT IN ('activator', 'coordinator')"); err != nil {
		return err
	}
	if err := reshapeRoles(app, rolesBefore, func(c *core.Collection) {
		c.Fields.RemoveByName("shop")
		c.AddIndex("idx_roles_member", true, "member, role", "")
	}); err != nil {
		return err
	}
	shops, err := app.FindCollectionByNameOrId("shops")
	if err != nil {
		return err
	}
	if err := app.Delete(shops); err != nil {
		return err
	}
	members, err := app.FindCollectionByNameOrId("members")
	if err != nil {
		return err
	}
	members.Fields.Add(&core.BoolField{Name: "suspended"})
	return carry(app, members, "UPDATE members SET suspended = (standing <> 'active')", "standing", "noPhone", "hasEmail")
}

// reshapeRoles sets which roles there are, and what else change does.
func reshapeRoles(app core.App, values []string, change func(*core.Collection)) error {
	c, err := app.FindCollectionByNameOrId("roles")
	if err != nil {
		return err
	}
	c.Fields.Add(&core.SelectField{Name: "role", Values: values, MaxSelect: 1, Required: true})
	c.RemoveIndex("idx_roles_member")
	change(c)
	return app.Save(c)
}

// carry saves a collection with its new columns, carries the data over, and
// only then lets go of the old columns.
func carry(app core.App, c *core.Collection, over string, old ...string) error {
	if err := app.Save(c); err != nil {
		return err
	}
	if err := each(app, over); err != nil {
		return err
	}
	for _, name := range old {
		c.Fields.RemoveByName(name)
	}
	return app.Save(c)
}

func each(app core.App, statements ...string) error {
	for _, s := range statements {
		if _, err := app.DB().NewQuery(s).Execute(); err != nil {
			return err
		}
	}
	return nil
}
