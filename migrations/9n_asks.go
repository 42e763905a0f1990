package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

func init() { m.Register(asksUp, asksDown, "9n_asks.go") }

// asksUp: what ends by itself, whoever ends what it hangs on, and how.
func asksUp(app core.App) error {
	return each(app, repliesOver, repliesGo, helpersOver, helpersGo, organisersGo, asksOfWhoIsAway, contactsFollow)
}

// A number that two gave each other is for as long as one is to help the other. What
// somebody asked for who doesn't take part any more is nothing to reply to.
const (
	repliesOver = `CREATE TRIGGER replies_over AFTER UPDATE OF status ON replies WHEN NEW.status = 'over'
		BEGIN DELETE FROM contacts WHERE about = OLD.id; END`
	repliesGo   = `CREATE TRIGGER replies_go AFTER DELETE ON replies BEGIN DELETE FROM contacts WHERE about = OLD.id; END`
	helpersOver = `CREATE TRIGGER circle_contacts_over AFTER UPDATE OF status ON circleHelpers WHEN NEW.status = 'over'
		BEGIN DELETE FROM contacts WHERE about = OLD.id; END`
	helpersGo = `CREATE TRIGGER circle_contacts_go AFTER DELETE ON circleHelpers BEGIN DELETE FROM contacts WHERE about = OLD.id; END`
	// NB! Who organises no more can't take their number back themselves.
	organisersGo = `CREATE TRIGGER circle_numbers_go AFTER DELETE ON organisers
		BEGIN
			UPDATE contacts SET both = FALSE WHERE circle = OLD.circle AND side = 'helps'
				AND about IN (SELECT about FROM contacts WHERE circle = OLD.circle AND side = 'asks' AND member = OLD.member);
			DELETE FROM contacts WHERE circle = OLD.circle AND side = 'asks' AND member = OLD.member;
		END`
	asksOfWhoIsAway = `CREATE TRIGGER asks_of_who_is_away AFTER UPDATE OF standing ON members WHEN NEW.standing <> 'active'
		BEGIN
			UPDATE asks SET status = 'over' WHERE member = NEW.id AND status = 'open';
			UPDATE replies SET status = 'over' WHERE status <> 'over' AND NEW.id IN (member, asker);
		END`
	contactsFollow = `CREATE TRIGGER contacts_follow AFTER UPDATE OF firstName ON members WHEN NEW.firstName <> OLD.firstName
		BEGIN UPDATE contacts SET firstName = NEW.firstName WHERE member = NEW.id; END`
)

func asksDown(app core.App) error {
	return each(app, "DROP TRIGGER replies_over", "DROP TRIGGER replies_go", "DROP TRIGGER circle_contacts_over", "DROP TRIGGER circle_contacts_go", "DROP TRIGGER circle_numbers_go",
		"DROP TRIGGER asks_of_who_is_away", "DROP TRIGGER contacts_follow")
}
