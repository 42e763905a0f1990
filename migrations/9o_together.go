package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"

	"kith/internal/limits"
)

func init() { m.Register(togetherUp, togetherDown, "9o_together.go") }

// togetherUp: several run one group, are let by a link, and know each other's first names.
func togetherUp(app core.App) error {
	if err := changed(app, "hosts", func(c *core.Collection) { c.Fields.Add(text("firstName", limits.FirstName)) }); err != nil {
		return err
	}
	if err := changed(app, "invites", func(c *core.Collection) { c.Fields.Add(text("listing", 15)) }); err != nil {
		return err
	}
	return each(app, "UPDATE hosts SET firstName = coalesce((SELECT firstName FROM members WHERE id = hosts.member), '')", hostsFollow, hostsGo)
}

// A new name is the name there, too.
const hostsFollow = `CREATE TRIGGER hosts_follow AFTER UPDATE OF firstName ON members WHEN NEW.firstName <> OLD.firstName
	BEGIN UPDATE hosts SET firstName = NEW.firstName WHERE member = NEW.id; END`

// Who ran a group may hold a link into it that nobody has used: none leads them back.
const hostsGo = `CREATE TRIGGER hosts_go AFTER DELETE ON hosts
	BEGIN UPDATE invites SET ended = TRUE WHERE listing = OLD.listing AND NOT ended; END`

func togetherDown(app core.App) error {
	if err := each(app, "DROP TRIGGER hosts_follow", "DROP TRIGGER hosts_go", "DELETE FROM invites WHERE listing <> ''"); err != nil {
		return err
	}
	for _, c := range []struct{ collection, column string }{{"hosts", "firstName"}, {"invites", "listing"}} {
		if err := changed(app, c.collection, func(col *core.Collection) { col.Fields.RemoveByName(c.column) }); err != nil {
			return err
		}
	}
	return nil
}
