package migrations

import "github.com/pocketbase/pocketbase/core"

// shopWeeks are a shop's visits of a week: exact for those who own it, and rounded
// for coordinators, once and for good.
func shopWeeks(core.App) *core.Collection {
	c := base("shopWeeks",
		text("shop", 15), needed("week", 10), &core.SelectField{Name: "kind", Values: []string{"own", "desk"}, MaxSelect: 1, Required: true},
		text("visits", 20), text("firstVisits", 20), text("redeemed", 20),
	)
	c.AddIndex("idx_shopWeeks_one", true, "shop, week, kind", "")
	return c
}

// settlements are what shops owe each other for vouchers.
func settlements(core.App) *core.Collection {
	c := base("settlements",
		&core.TextField{Name: "month", Pattern: `^\d{4}-\d{2}$`, Required: true}, text("payer", 15), needed("payee", 15), text("reward", 15), number("pence"), number("count"),
	)
	c.AddIndex("idx_settlements_one", true, "month, payer, payee, reward", "")
	return c
}

// patterns are what is unusual at a till: shares and counts, for somebody to ask about.
func patterns(core.App) *core.Collection {
	c := base("patterns",
		needed("week", 10), text("shop", 15), text("till", 15),
		&core.SelectField{Name: "kind", Values: []string{"oneCard", "undoRate", "night", "burst"}, MaxSelect: 1, Required: true},
		needed("shown", 60), flag("seen"),
	)
	c.AddIndex("idx_patterns_one", true, "week, shop, till, kind", "")
	return c
}

func cardsDown(app core.App) error {
	if err := each(app, "DROP INDEX sync_command_codes"); err != nil {
		return err
	}
	for _, name := range []string{"stamps", "patterns", "settlements", "shopWeeks", "revocations", "vouchers", "rewards", "reviews", "tills", "cards", "accounts"} {
		c, err := app.FindCollectionByNameOrId(name)
		if err != nil {
			return err
		}
		if err := app.Delete(c); err != nil {
			return err
		}
	}
	for name, columns := range map[string][]string{"shops": {"perk", "chatty", "hours", "plain", "joined"}, "communities": {"cardKeys", "scheme"}} {
		c, err := app.FindCollectionByNameOrId(name)
		if err != nil {
			return err
		}
		for _, column := range columns {
			c.Fields.RemoveByName(column)
		}
		if err := app.Save(c); err != nil {
			return err
		}
	}
	return nil
}
