package cards

import (
	"encoding/json"
	"slices"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/ledger"
	"kith/internal/notice"
)

// NB! Whoever is told of something here learns nothing that they don't hold already: an
// owner that something of their shop is to be looked into, and not whose card it was; a
// member what became of their own card, and where that was at no place but theirs.

// tell puts down what a command's verdicts tell somebody, whoever brought it: what a till
// sends is no less to be looked into because its owner sent it.
func (b *books) tell(template, to, ref string) error {
	return notice.Tell(b.tx.DB(), notice.Telling{Key: b.c.Nonce, To: to, Template: template, Ref: ref, At: b.now})
}

// forDesk says whether only a coordinator can let a record count.
func (s *stamp) forDesk() bool { return slices.ContainsFunc(s.codes(), ledger.IsCap) }

// tellReviewers tells who may look into what is held from now on, a line for each shop;
// and ends that line where nothing of the shop waits any more.
func tellReviewers(b *books, changes []change) error {
	owners, desk, settled := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, c := range changes {
		was, is := c.before != nil && c.before.State == ledger.Held, c.after.State == ledger.Held
		switch {
		case was && !is:
			settled[c.after.Shop] = true
		case !is || was && c.before.forDesk() == c.after.forDesk():
		case c.after.forDesk():
			desk[c.after.Shop] = true
		default:
			owners[c.after.Shop] = true
		}
	}
	for _, shop := range keys(settled) {
		if err := b.nothingWaits(shop); err != nil {
			return err
		}
	}
	for _, shop := range keys(owners) {
		if err := b.tell("review.new", "owners/"+shop, shop); err != nil {
			return err
		}
	}
	for _, shop := range keys(desk) {
		if err := b.tell("review.new", "coordinators", shop); err != nil {
			return err
		}
	}
	return nil
}

// nothingWaits ends what was told of a shop of which nothing is held any more.
func (b *books) nothingWaits(shop string) error {
	var waits bool
	err := b.ask("SELECT EXISTS (SELECT 1 FROM reviews WHERE shop = {:shop})", dbx.Params{"shop": shop}).Row(&waits)
	if err != nil || waits {
		return err
	}
	return notice.Over(b.tx.DB(), shop, "", "review.new")
}

// tellCounted tells whose stamps they are that something which was held counts after all.
func tellCounted(b *books, changes []change) error {
	to := map[string]bool{}
	for _, c := range changes {
		if c.before != nil && c.before.State == ledger.Held && c.after.State != ledger.Held && c.after.Counted > 0 && c.after.Member != "" {
			to[c.after.Member] = true
		}
	}
	for _, member := range keys(to) {
		if err := b.tell("stamp.counted", notice.Member(member), ""); err != nil {
			return err
		}
	}
	return nil
}

// tellUsed tells whose voucher it is that a till has taken it, or that it did not after all.
func (b *books) tellUsed(v *core.Record) error {
	switch member := v.GetString("member"); {
	case member == "":
		return nil
	case v.GetString("status") == "redeemed":
		return b.tell("voucher.used", notice.Member(member), v.Id)
	}
	return notice.Over(b.tx.DB(), v.Id, "", "voucher.used")
}

// balance is what an account showed before.
type balance struct {
	Account string `db:"id" json:"account"`
	Stamps  int    `db:"stamps" json:"stamps"`
}

// balances are those of the accounts that are somebody's, before a command changes them.
func (b *books) balances(changes []change) (before []balance, err error) {
	accounts := map[string]bool{}
	for _, c := range changes {
		if c.after.Account != "" {
			accounts[c.after.Account] = true
		}
	}
	if len(accounts) == 0 {
		return nil, nil
	}
	err = b.ask("SELECT id, stamps FROM accounts WHERE member <> '' AND id IN (SELECT value FROM json_each({:list}))", dbx.Params{"list": list(keys(accounts))}).All(&before)
	return before, err
}

// tellReached tells whose account has by now what a reward costs, and hadn't before: of
// the dearest one.
func (b *books) tellReached(before []balance) error {
	if len(before) == 0 {
		return nil
	}
	rows, err := json.Marshal(before)
	if err != nil {
		return err
	}
	var reached []struct {
		Member string `db:"member"`
		Reward string `db:"reward"`
	}
	if err := b.ask(dearest, dbx.Params{"rows": string(rows)}).All(&reached); err != nil {
		return err
	}
	for _, r := range reached {
		if err := b.tell("reward.reached", notice.Member(r.Member), r.Reward); err != nil {
			return err
		}
	}
	return nil
}

const dearest = `SELECT member, reward FROM (
	SELECT a.member, r.id AS reward, row_number() OVER (PARTITION BY a.id ORDER BY r.stamps DESC, r.id) AS place
		FROM json_each({:rows}) e JOIN accounts a ON a.id = e.value->>'account'
		JOIN rewards r ON r.status = 'active' AND r.stamps > e.value->>'stamps' AND r.stamps <= a.stamps)
	WHERE place = 1 ORDER BY member, reward`
