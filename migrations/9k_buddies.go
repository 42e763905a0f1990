package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

func init() { m.Register(buddiesUp, buddiesDown, "9k_buddies.go") }

// buddiesUp: what a buddy knows of the newcomer's next visit, and what ends by itself.
func buddiesUp(app core.App) error {
	err := changed(app, "pairings", func(c *core.Collection) {
		c.Fields.Add(text("occurrence", 16), text("welcome", 10), object("interests"))
	})
	if err != nil {
		return err
	}
	// NB! Not "fine" and "needs": who has the database could tell which buddy passed a
	// worry on, and of which day.
	if err := changed(app, "calls", func(c *core.Collection) { c.Fields.Add(one("outcome", "spoke", "noAnswer")) }); err != nil {
		return err
	}
	return each(app, pairingsOver, pairingsGo, namesFollow, cardsGoWithRoles, cardsGoWithStanding, cardsGoWithHosts)
}

func changed(app core.App, name string, change func(*core.Collection)) error {
	c, err := app.FindCollectionByNameOrId(name)
	if err != nil {
		return err
	}
	change(c)
	return app.Save(c)
}

// Whoever ends a pairing, in whatever way: the number goes, and the calls are nobody's
// any more. A new name is the name everywhere. Who is no activator any more, doesn't run
// the group or doesn't take part has no card that says so.
const (
	pairingsOver = `CREATE TRIGGER pairings_over AFTER UPDATE OF status, buddyMember ON pairings
		WHEN OLD.status = 'open' AND (NEW.status <> 'open' OR NEW.buddyMember <> OLD.buddyMember)
		BEGIN
			DELETE FROM pairingContacts WHERE id = OLD.id;
			UPDATE calls SET state = iif(state = 'due', 'void', state), member = '', toHosts = FALSE WHERE pairing = OLD.id;
		END`
	pairingsGo = `CREATE TRIGGER pairings_go AFTER DELETE ON pairings
		BEGIN DELETE FROM pairingContacts WHERE id = OLD.id; DELETE FROM calls WHERE pairing = OLD.id; END`
	namesFollow = `CREATE TRIGGER names_follow AFTER UPDATE OF firstName ON members WHEN NEW.firstName <> OLD.firstName
		BEGIN
			UPDATE buddies SET firstName = NEW.firstName WHERE member = NEW.id;
			UPDATE pairings SET buddyName = NEW.firstName WHERE buddyMember <> '' AND buddyMember = NEW.id;
			UPDATE hostCards SET firstName = NEW.firstName WHERE id = NEW.id;
		END`
	cardsGoWithRoles = `CREATE TRIGGER cards_go_with_roles AFTER DELETE ON roles
		WHEN NOT EXISTS (SELECT 1 FROM roles WHERE member = OLD.member AND role IN ('activator', 'coordinator'))
		BEGIN UPDATE hostCards SET shown = FALSE WHERE id = OLD.member; END`
	cardsGoWithStanding = `CREATE TRIGGER cards_go_with_standing AFTER UPDATE OF standing ON members WHEN NEW.standing <> 'active'
		BEGIN UPDATE hostCards SET shown = FALSE WHERE id = NEW.id; END`
	cardsGoWithHosts = `CREATE TRIGGER cards_go_with_hosts AFTER DELETE ON hosts
		BEGIN
			UPDATE hostCards SET listings = (SELECT json_group_array(value) FROM json_each(listings) WHERE value <> OLD.listing)
			WHERE id = OLD.member AND json_valid(listings);
		END`
)

func buddiesDown(app core.App) error {
	if err := each(app, "DROP TRIGGER pairings_over", "DROP TRIGGER pairings_go", "DROP TRIGGER names_follow",
		"DROP TRIGGER cards_go_with_roles", "DROP TRIGGER cards_go_with_standing", "DROP TRIGGER cards_go_with_hosts",
		"UPDATE calls SET outcome = 'fine' WHERE outcome = 'spoke'"); err != nil {
		return err
	}
	if err := changed(app, "calls", func(c *core.Collection) { c.Fields.Add(one("outcome", "fine", "needs", "noAnswer")) }); err != nil {
		return err
	}
	return changed(app, "pairings", func(c *core.Collection) {
		for _, name := range []string{"occurrence", "welcome", "interests"} {
			c.Fields.RemoveByName(name)
		}
	})
}
