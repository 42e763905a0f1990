// Package migrations holds the shape of the database: one snapshot, then small
// named steps, each with its way down.
//
// Every collection is closed to the REST API (rules are nil: superusers only);
// people reach rows through the sync protocol alone. Who sees which column is
// said in docs/permissions.md before it is said here.
package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
	"github.com/pocketbase/pocketbase/tools/types"

	"kith/internal/limits"
)

func init() { m.Register(snapshotUp, snapshotDown, "1_snapshot.go") }

// venues are the kinds of venue of a place or a listing.
var venues = []string{"hall", "cafe", "pub", "faith", "library", "school", "shop", "health", "outdoors", "sports", "home", "online", "other"}

// access says what makes a place easy to come to.
var access = []string{"stepFree", "toilet", "hearingLoop", "parking", "quiet", "seating", "dogs", "childcare"}

func snapshotUp(app core.App) error {
	if users, err := app.FindCollectionByNameOrId("users"); err == nil {
		// NB! Else PocketBase looks for its files in the background, and reads the
		// settings while 3_settings writes them: a race.
		users.Fields.RemoveByName("avatar")
		if err := app.Delete(users); err != nil {
			return err
		}
	}
	for _, build := range []func(core.App) *core.Collection{
		communities, places, organisations, listings, members, roles, devices, invites, hosts, visits,
	} {
		if err := app.Save(build(app)); err != nil {
			return err
		}
	}
	return nil
}

func snapshotDown(app core.App) error {
	for _, name := range []string{"visits", "hosts", "invites", "devices", "roles", "members", "listings", "organisations", "places", "communities"} {
		c, err := app.FindCollectionByNameOrId(name)
		if err != nil {
			return err
		}
		if err := app.Delete(c); err != nil {
			return err
		}
	}
	return nil
}

func text(name string, max int) *core.TextField { return &core.TextField{Name: name, Max: max} }

func needed(name string, max int) *core.TextField {
	return &core.TextField{Name: name, Max: max, Required: true}
}

func object(name string) *core.JSONField {
	return &core.JSONField{Name: name, MaxSize: limits.JSONColumn}
}

func one(name string, values ...string) *core.SelectField {
	return &core.SelectField{Name: name, Values: values, MaxSelect: 1}
}

func many(name string, values ...string) *core.SelectField {
	return &core.SelectField{Name: name, Values: values, MaxSelect: len(values)}
}

func hidden(name string, max int) *core.TextField {
	return &core.TextField{Name: name, Max: max, Hidden: true}
}

// to points at another collection; cascade deletes this row with the other.
func to(app core.App, name, collection string, required, cascade bool) *core.RelationField {
	other, err := app.FindCollectionByNameOrId(collection)
	if err != nil {
		panic(err) // the order in snapshotUp is wrong; nothing to recover
	}
	return &core.RelationField{Name: name, CollectionId: other.Id, MaxSelect: 1, Required: required, CascadeDelete: cascade}
}

func base(name string, fields ...core.Field) *core.Collection {
	c := core.NewBaseCollection(name)
	c.Fields.Add(fields...)
	return c
}

func communities(core.App) *core.Collection {
	return base("communities",
		needed("name", 80), text("area", 80), needed("zone", 40),
		&core.NumberField{Name: "lat"}, &core.NumberField{Name: "lon"},
		text("definition", 2000), object("attributions"), &core.BoolField{Name: "demo"},
	)
}

func places(core.App) *core.Collection {
	c := base("places",
		needed("name", limits.Title), text("address", limits.ShortText), text("postcode", 12),
		&core.NumberField{Name: "lat"}, &core.NumberField{Name: "lon"},
		one("kind", venues...), many("access", access...),
		hidden("source", 80), hidden("sourceId", 200), hidden("sourceHash", 64),
	)
	c.AddIndex("idx_places_source", true, "source, sourceId", "sourceId != ''")
	return c
}

func organisations(core.App) *core.Collection {
	c := base("organisations",
		needed("name", limits.ShortText), text("description", limits.Description),
		text("url", 2000), text("email", 254), text("phone", 60),
		hidden("source", 80), hidden("sourceId", 200), hidden("sourceHash", 64),
	)
	c.AddIndex("idx_organisations_source", true, "source, sourceId", "sourceId != ''")
	return c
}

func listings(app core.App) *core.Collection {
	c := base("listings",
		&core.SelectField{Name: "kind", Values: []string{"group", "event", "service", "notice"}, MaxSelect: 1, Required: true},
		needed("title", limits.ShortText), text("summary", limits.ShortText), text("description", limits.Description),
		to(app, "organisation", "organisations", false, false),
		to(app, "place", "places", false, false),
		text("room", limits.ShortText),
		object("schedule"), object("prices"),
		many("access", access...), one("venue", venues...), object("languages"),
		text("whoComes", 500), object("firstVisit"), object("contact"),
		&core.TextField{Name: "checked", Pattern: `^(\d{4}-\d{2}-\d{2})?$`},
		&core.SelectField{Name: "status", Values: []string{"draft", "active", "paused", "ended", "gone"}, MaxSelect: 1, Required: true},
		text("source", 80), text("sourceUrl", 2000),
		text("twin", 15),
		hidden("sourceId", 200), hidden("sourceHash", 64),
	)
	c.AddIndex("idx_listings_source", true, "source, sourceId", "sourceId != ''")
	return c
}

// closedAuth is an auth collection nobody can sign up to or sign in to by
// PocketBase's own routes: tokens come from POST /api/join and /api/session.
func closedAuth(name string, fields ...core.Field) *core.Collection {
	c := core.NewAuthCollection(name)
	c.Fields.Add(
		&core.EmailField{Name: core.FieldNameEmail, System: true},
		// NB! the password is random and unusable (password sign-in is off), so
		// its hash may be cheap; at the default cost each join burns 64 ms of CPU.
		&core.PasswordField{Name: core.FieldNamePassword, System: true, Hidden: true, Cost: 4},
	)
	c.Fields.Add(fields...)
	c.PasswordAuth.Enabled = false
	c.OTP.Enabled = false
	c.MFA.Enabled = false
	c.AuthToken.Duration = 30 * 24 * 3600
	return c
}

func members(core.App) *core.Collection {
	return closedAuth("members",
		text("firstName", limits.FirstName), &core.BoolField{Name: "suspended"}, text("created", 30),
	)
}

func roles(app core.App) *core.Collection {
	c := base("roles",
		to(app, "member", "members", true, true),
		&core.SelectField{Name: "role", Values: []string{"activator", "coordinator"}, MaxSelect: 1, Required: true},
	)
	c.AddIndex("idx_roles_member", true, "member, role", "")
	return c
}

// devices: a device is what signs in, so that revoking one phone leaves the
// person's others alone (PocketBase's tokens die with the auth record's key).
func devices(app core.App) *core.Collection {
	c := closedAuth("devices",
		to(app, "member", "members", true, true),
		text("name", limits.DeviceName),
		&core.TextField{Name: "thumbprint", Max: 60, Required: true, Hidden: true},
		&core.JSONField{Name: "key", MaxSize: 1000, Required: true, Hidden: true},
		&core.BoolField{Name: "revoked"}, text("created", 30),
	)
	c.AddIndex("idx_devices_thumbprint", true, "thumbprint", "")
	c.AddIndex("idx_devices_member", false, "member", "")
	return c
}

func invites(app core.App) *core.Collection {
	c := base("invites",
		&core.TextField{Name: "codeHash", Max: 64, Required: true, Hidden: true},
		one("role", "resident", "activator", "coordinator"),
		to(app, "member", "members", false, true),
		&core.NumberField{Name: "usesLeft", Min: types.Pointer(0.0), OnlyInt: true},
		text("expires", 30), text("created", 30), &core.BoolField{Name: "demo"},
	)
	c.AddIndex("idx_invites_code", true, "codeHash", "")
	return c
}

func hosts(app core.App) *core.Collection {
	c := base("hosts",
		to(app, "listing", "listings", true, true),
		to(app, "member", "members", true, true),
	)
	c.AddIndex("idx_hosts_pair", true, "listing, member", "")
	c.AddIndex("idx_hosts_member", false, "member", "")
	return c
}

func visits(app core.App) *core.Collection {
	c := base("visits",
		to(app, "listing", "listings", true, true),
		to(app, "member", "members", true, true),
		needed("occurrence", 16), text("firstName", limits.FirstName),
		&core.SelectField{Name: "welcome", Values: []string{"none", "door"}, MaxSelect: 1, Required: true},
		&core.SelectField{Name: "status", Values: []string{"coming", "cancelled"}, MaxSelect: 1, Required: true},
		text("occurredAt", 30), text("clock", 10),
	)
	c.AddIndex("idx_visits_one", true, "member, listing, occurrence", "")
	c.AddIndex("idx_visits_listing", false, "listing", "")
	return c
}
