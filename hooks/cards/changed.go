package cards

import (
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/ledger"
)

// change is a record whose verdict is new, or another than before (nil: there was none).
type change struct{ before, after *stamp }

// changed carries on what follows from verdicts. It is called once for all that one
// command has changed, when the records are stored: the one place where weeks, what
// shops owe each other, and vouchers hang on.
func changed(b *books, changes []change) error {
	before, err := b.balances(changes)
	if err != nil {
		return err
	}
	for _, follow := range []func(*books, []change) error{keepReviews, turnVouchers, refreshAll, tellReviewers, tellCounted} {
		if err := follow(b, changes); err != nil {
			return err
		}
	}
	return b.tellReached(before)
}

// keepReviews keeps the list of what somebody should look at.
func keepReviews(b *books, changes []change) error {
	var held, over [][]any
	for _, c := range changes {
		was, is := c.before != nil && c.before.State == ledger.Held, c.after.State == ledger.Held
		switch {
		case is && (!was || c.before.Codes != c.after.Codes):
			a := c.after
			held = append(held, []any{a.ID, a.Shop, a.Till, a.At[:16] + ":00.000Z", a.Act, a.Codes, a.State})
		case was && !is:
			over = append(over, []any{c.after.ID})
		}
	}
	if err := b.each(`INSERT INTO reviews (id, shop, till, at, act, codes, state)
		SELECT value->>0, value->>1, value->>2, value->>3, value->>4, value->>5, value->>6 FROM json_each({:rows}) WHERE true
		ON CONFLICT (id) DO UPDATE SET codes = excluded.codes`, held); err != nil {
		return err
	}
	return b.each("DELETE FROM reviews WHERE id IN (SELECT value->>0 FROM json_each({:rows}))", over)
}

// refreshAll brings the balances up to date of whom it concerns.
func refreshAll(b *books, changes []change) error {
	online := [][]any{}
	accounts := map[string]bool{}
	for _, c := range changes {
		a := c.after
		if a.Account == "" {
			continue
		}
		accounts[a.Account] = true
		if a.Act == ledger.ActRedeem && a.State == ledger.Rejected && (a.Whole || a.Codes == `["`+ledger.VoucherSpent+`"]`) {
			online = append(online, []any{a.Account, stampOf(a.at().Add(ledger.OnlineFor))})
		}
	}
	// NB! Before the next voucher is signed: it asks for this.
	if err := b.each(`UPDATE accounts SET onlineUntil = max(onlineUntil, o.until) FROM (SELECT value->>0 AS account, max(value->>1) AS until FROM json_each({:rows}) GROUP BY 1) o
		WHERE id = o.account`, online); err != nil {
		return err
	}
	return refresh(b.tx, keys(accounts), b.now)
}

// turnVouchers brings vouchers up to date: one that somebody had is redeemed, and one that a
// till took back is what it was.
func turnVouchers(b *books, changes []change) error {
	touched := map[string]bool{}
	for _, c := range changes {
		if c.after.Act == ledger.ActRedeem && c.after.Voucher != "" {
			touched[c.after.Voucher] = true
		}
	}
	if len(touched) == 0 {
		return nil
	}
	had := map[string]bool{}
	for _, s := range b.rows {
		if s.taken() {
			had[s.Voucher] = true
		}
	}
	for _, jti := range keys(touched) {
		v, err := b.tx.FindFirstRecordByData("vouchers", "jti", jti)
		if noRows(err) {
			continue
		}
		if err != nil {
			return err
		}
		if to := b.standing(v, had[jti]); to != v.GetString("status") {
			if err := turn(b.tx, v, to, b.now); err != nil {
				return err
			}
			if err := b.tellUsed(v); err != nil {
				return err
			}
		}
	}
	return nil
}

// standing is what a voucher's status should be. One that a till took back is open
// again, also if it was cancelled before: its stamps are gone again, and it can be
// cancelled again.
func (b *books) standing(v *core.Record, had bool) string {
	switch {
	case had || v.GetBool("used"):
		return "redeemed"
	case v.GetString("status") == "redeemed" && int64(v.GetInt("expires"))*86400 <= b.now.Unix():
		return "expired"
	case v.GetString("status") == "redeemed":
		return "open"
	}
	return v.GetString("status")
}
