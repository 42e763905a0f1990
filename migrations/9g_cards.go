package migrations

import (
	"encoding/json"

	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"

	"kith/internal/ledger"
	"kith/internal/limits"
)

func init() { m.Register(cardsUp, cardsDown, "9g_cards.go") }

// cardsUp: one card for many shops. What a collection is for, and who may see it,
// is in docs/permissions.md.
func cardsUp(app core.App) error {
	if err := shopsTell(app); err != nil {
		return err
	}
	for _, build := range []func(core.App) *core.Collection{
		accounts, cards, tills, stamps, reviews, rewards, vouchers, revocations, shopWeeks, settlements, patterns,
	} {
		if err := app.Save(build(app)); err != nil {
			return err
		}
	}
	return each(app, stampsClose, wrongCodes)
}

// wrongCodes finds who tries codes that no card has.
const wrongCodes = "CREATE INDEX sync_command_codes ON sync_command (member, at) WHERE code = 'code_unknown'"

// stampsClose keeps the books right whoever deletes a record: what it counted stays
// with its account, that its voucher was used stays with the voucher, and its till
// knows how far it had come. One stamp that was held counted for its bearer: it does
// so for good when nobody looked into it before the last of them went.
const stampsClose = `CREATE TRIGGER stamps_close AFTER DELETE ON stamps BEGIN
	UPDATE tills SET closed = max(closed, OLD.seq) WHERE id = OLD.till;
	DELETE FROM reviews WHERE id = OLD.id;
	UPDATE accounts SET
		closed = closed + OLD.counted + iif(OLD.state = 'held' AND OLD.act = 'stamp'
			AND NOT EXISTS (SELECT 1 FROM stamps WHERE account <> '' AND account = OLD.account AND state = 'held' AND act = 'stamp'), 1, 0),
		held = max(0, held - iif(OLD.state = 'held' AND OLD.act = 'stamp', 1, 0))
		WHERE id = OLD.account AND OLD.account <> '' AND (OLD.counted <> 0 OR OLD.state = 'held');
	UPDATE vouchers SET
		used = used OR OLD.state IN ('ok', 'held'),
		paid = iif(OLD.whole, json_insert(iif(json_valid(paid) AND json_type(paid) = 'array', paid, '[]'), '$[#]', OLD.inShop), paid)
		WHERE jti = OLD.voucher AND OLD.voucher <> '' AND OLD.act = 'redeem' AND (OLD.state IN ('ok', 'held') OR OLD.whole);
END`

func number(name string) *core.NumberField { return &core.NumberField{Name: name, OnlyInt: true} }

func flag(name string) *core.BoolField { return &core.BoolField{Name: name} }

func hiddenFlag(name string) *core.BoolField { return &core.BoolField{Name: name, Hidden: true} }

// shopsTell has shops say what they give and when they are open, and the community
// what its card's rules and keys are.
func shopsTell(app core.App) error {
	shops, err := app.FindCollectionByNameOrId("shops")
	if err != nil {
		return err
	}
	shops.Fields.Add(text("perk", limits.Perk), text("chatty", limits.Chatty), object("hours"), flag("plain"), text("joined", 10))
	communities, err := app.FindCollectionByNameOrId("communities")
	if err != nil {
		return err
	}
	communities.Fields.Add(object("cardKeys"), object("scheme"))
	for _, c := range []*core.Collection{shops, communities} {
		if err := app.Save(c); err != nil {
			return err
		}
	}
	standard, err := json.Marshal(ledger.Defaults())
	if err != nil {
		return err
	}
	_, err = app.DB().NewQuery("UPDATE communities SET scheme = {:scheme}").Bind(map[string]any{"scheme": string(standard)}).Execute()
	return err
}

// accounts hold what somebody's cards have collected. One without a member is of a
// printed card that was handed out to nobody in particular.
func accounts(app core.App) *core.Collection {
	c := base("accounts",
		to(app, "member", "members", false, true),
		number("closed"), number("spent"), number("stamps"), number("held"), text("onlineUntil", 30), hidden("used", 10),
	)
	c.AddIndex("idx_accounts_member", false, "member", "member != ''")
	return c
}

func cards(app core.App) *core.Collection {
	c := base("cards",
		needed("account", 15), to(app, "member", "members", false, true), text("by", 15), hidden("device", 15),
		&core.TextField{Name: "sub", Max: 16, Required: true, Hidden: true},
		&core.SelectField{Name: "kind", Values: []string{"phone", "printed"}, MaxSelect: 1, Required: true},
		text("packed", 300), text("code", 8), number("issued"), number("expires"),
		&core.SelectField{Name: "status", Values: []string{"active", "lost", "replaced", "void"}, MaxSelect: 1, Required: true},
		hidden("ended", 30), hidden("key", 300),
	)
	c.AddIndex("idx_cards_sub", true, "sub", "")
	c.AddIndex("idx_cards_code", true, "code", "code != ''")
	c.AddIndex("idx_cards_account", false, "account", "")
	c.AddIndex("idx_cards_member", false, "member", "member != ''")
	return c
}

func tills(core.App) *core.Collection {
	c := base("tills",
		needed("shop", 15), text("device", 15), hidden("member", 15), needed("name", limits.DeviceName),
		text("token", 1500), text("key", 300), needed("opened", 30), text("ended", 30), number("expires"), number("seq"), hidden("head", 43), number("closed"),
	)
	c.AddIndex("idx_tills_shop", false, "shop", "")
	return c
}

// stamps are the records of tills. own, linked, forked and busy are what is known of
// a record by itself and beside others of its till; state, codes, counted and whole
// are what follows from all of them together (internal/ledger).
func stamps(core.App) *core.Collection {
	c := base("stamps",
		needed("record", 43), needed("till", 15), number("seq"), hidden("prv", 43), hidden("of", 43),
		text("shop", 15), hidden("inShop", 15), text("account", 15), hidden("member", 15), hidden("card", 15), hiddenFlag("paper"),
		&core.SelectField{Name: "act", Values: []string{"stamp", "redeem", "undo"}, MaxSelect: 1, Required: true},
		needed("at", 30), needed("day", 10), hidden("received", 30), hidden("proof", 43), hidden("voucher", 16),
		hidden("own", 200), hiddenFlag("linked"), hiddenFlag("forked"), hiddenFlag("busy"),
		&core.SelectField{Name: "state", Values: []string{"ok", "held", "rejected", "undone"}, MaxSelect: 1, Required: true},
		object("codes"), number("counted"), hiddenFlag("whole"), hidden("settled", 7), hidden("reviewed", 12),
	)
	c.AddIndex("idx_stamps_account", false, "account, at", "account != ''")
	c.AddIndex("idx_stamps_till", false, "till, seq", "")
	c.AddIndex("idx_stamps_of", false, "of", "of != ''")
	c.AddIndex("idx_stamps_voucher", false, "voucher", "voucher != ''")
	return c
}

// reviews are what somebody should look at: no card and no person is in them, and
// their time is to the minute.
func reviews(core.App) *core.Collection {
	return base("reviews",
		needed("shop", 15), needed("till", 15), needed("at", 30), needed("act", 10), object("codes"), needed("state", 10),
	)
}

func rewards(core.App) *core.Collection {
	return base("rewards",
		needed("title", limits.Title), text("text", limits.ShortText), number("stamps"), number("pence"), object("shops"),
		&core.SelectField{Name: "status", Values: []string{"active", "ended"}, MaxSelect: 1, Required: true}, text("plainText", limits.PlainText),
	)
}

func vouchers(app core.App) *core.Collection {
	c := base("vouchers",
		needed("account", 15), to(app, "member", "members", false, true), text("by", 15), needed("reward", 15),
		&core.TextField{Name: "jti", Max: 16, Required: true, Hidden: true}, text("packed", 300),
		&core.SelectField{Name: "status", Values: []string{"open", "redeemed", "expired", "void"}, MaxSelect: 1, Required: true},
		number("issued"), number("expires"), number("pence"), flag("offline"), flag("printed"), number("stamps"),
		hidden("card", 15), hidden("ended", 30), hiddenFlag("used"), &core.JSONField{Name: "paid", Hidden: true, MaxSize: 1000},
	)
	c.AddIndex("idx_vouchers_jti", true, "jti", "")
	c.AddIndex("idx_vouchers_account", false, "account", "")
	c.AddIndex("idx_vouchers_member", false, "member", "member != ''")
	return c
}

func revocations(core.App) *core.Collection {
	return base("revocations", text("token", limits.RevocationList), number("seq"))
}
