package cards

import (
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"errors"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/card"
	"kith/internal/ledger"
	"kith/internal/limits"
	"kith/internal/notice"
	"kith/internal/sync"
)

// paid says whether the stamps of a voucher are gone. One that ran out, or was
// cancelled, gives them back.
func paid(status string) bool { return status == "open" || status == "redeemed" }

// turn changes what became of a voucher. It is the one place in which that happens,
// so that stamps are taken and given back once each, in whatever order things come:
// one that was cancelled on a phone and turns out to have been redeemed before is
// paid for again.
func turn(tx core.App, v *core.Record, to string, now time.Time) error {
	from := v.GetString("status")
	if from == to {
		return nil
	}
	v.Set("status", to)
	v.Set("ended", "")
	if to != "open" {
		v.Set("ended", sync.Stamp(now))
	}
	if err := tx.SaveNoValidate(v); err != nil {
		return err
	}
	owed := 0
	if paid(to) {
		owed += v.GetInt("stamps")
	}
	if paid(from) {
		owed -= v.GetInt("stamps")
	}
	return spend(tx, v.GetString("account"), owed)
}

// spend takes stamps from an account, or gives them back. NB! What is shown is never
// below nothing; what is owed is remembered all the same, and comes off the next ones.
func spend(tx core.App, account string, stamps int) error {
	if account == "" || stamps == 0 {
		return nil
	}
	_, err := write(tx, spending, dbx.Params{"account": account, "stamps": stamps})
	return err
}

// NB! Of an index that leaves rows out, "account <> ”" is what says that it can be used.
const spending = `UPDATE accounts SET spent = spent + {:stamps},
		stamps = max(0, closed + (SELECT coalesce(sum(counted), 0) FROM stamps s WHERE s.account <> '' AND s.account = accounts.id)
			+ EXISTS (SELECT 1 FROM stamps s WHERE s.account <> '' AND s.account = accounts.id AND s.state = 'held' AND s.act = 'stamp') - spent - {:stamps})
		WHERE id = {:account}`

// getVoucher has a member pay for a reward with stamps.
func (s *scheme) getVoucher(c *sync.Call) (sync.Result, error) {
	args, err := sync.Args[struct {
		ID     string `json:"id"`
		Reward string `json:"reward"`
		Card   string `json:"card"`
	}](c)
	if err != nil {
		return sync.Result{}, err
	}
	if args.Card != "" {
		if err := sync.ID(args.Card); err != nil {
			return sync.Result{}, err
		}
	}
	// NB! On a phone before on paper, the newest first: it is the one that is shown.
	with, err := s.cardOf(c, `member = {:member} AND ({:card} = '' OR id = {:card}) ORDER BY kind = 'phone' DESC, issued DESC, rowid DESC`,
		dbx.Params{"member": c.Member, "card": args.Card})
	if err != nil {
		return sync.Result{}, err
	}
	if with == nil {
		return sync.Result{}, sync.Reject("card_none", "You have no card yet, or that one is not good any more. Get a card first.")
	}
	return s.sell(c, args.ID, args.Reward, with, false)
}

// cardOf is the first active card that where holds for.
func (s *scheme) cardOf(c *sync.Call, where string, params dbx.Params) (*core.Record, error) {
	params["today"] = dayNumber(c.Now)
	var id string
	err := c.Ask("SELECT id FROM cards WHERE status = 'active' AND expires > {:today} AND EXISTS (SELECT 1 FROM accounts a WHERE a.id = cards.account) AND "+where+" LIMIT 1", params).Row(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return c.App.FindRecordById("cards", id)
}

// sell makes a voucher for a reward, and takes the stamps.
func (s *scheme) sell(c *sync.Call, id, reward string, with *core.Record, printed bool) (sync.Result, error) {
	r, err := rewardOn(c, reward)
	if err != nil {
		return sync.Result{}, err
	}
	account, err := c.App.FindRecordById("accounts", with.GetString("account"))
	if err != nil {
		return sync.Result{}, err
	}
	// NB! What is shown is no more than there is: whoever sees enough of it has enough.
	if account.GetInt("stamps") < r.GetInt("stamps") {
		return sync.Result{}, sync.Reject("stamps_short", "There are not enough stamps on this card for that yet.")
	}
	rules, _, err := settings(c.App)
	if err != nil {
		return sync.Result{}, err
	}
	day := dayNumber(c.Now)
	v, err := c.Fresh("vouchers", id, map[string]any{
		"account": account.Id, "member": account.GetString("member"), "reward": r.Id, "status": "open", "card": with.Id, "printed": printed,
		"stamps": r.GetInt("stamps"), "pence": r.GetInt("pence"), "issued": day, "expires": day + rules.VoucherDays,
		"offline": r.GetInt("pence") <= rules.OfflinePence && account.GetString("onlineUntil") <= sync.Stamp(c.Now),
	})
	if err != nil {
		return sync.Result{}, err
	}
	if printed {
		v.Set("by", c.Member)
	}
	sum := sha256.Sum256([]byte("kith voucher\x00" + c.Device + "\x00" + c.Nonce + "\x00" + id))
	v.Set("jti", card.ID(sum[:8]).String())
	if err := s.sign(c.App, v, with); err != nil {
		return sync.Result{}, err
	}
	if err := c.App.Save(v); err != nil {
		return sync.Result{}, err
	}
	if member := account.GetString("member"); member != "" { // "you have enough for it" was said
		if err := notice.Over(c.App.DB(), r.Id, member, "reward.reached"); err != nil {
			return sync.Result{}, err
		}
	}
	return sync.Result{}, spend(c.App, account.Id, v.GetInt("stamps"))
}

// sign writes a voucher's packed form, for one card. What is printed holds the card as
// well: both are read off paper at one look.
func (s *scheme) sign(tx core.App, v, with *core.Record) error {
	jti, known := card.ReadID(v.GetString("jti"))
	sub, good := card.ReadID(with.GetString("sub"))
	if !known || !good {
		return errors.New("cards: a number that is none")
	}
	days := v.GetInt("expires") - v.GetInt("issued")
	packed, err := s.ring.Voucher(card.Voucher{
		ID: jti, Sub: sub, Reward: v.GetString("reward"), Pence: v.GetInt("pence"), Offline: v.GetBool("offline"),
		Day: uint16(v.GetInt("issued")), TTL: ledger.TTL(days),
	})
	if errors.Is(err, card.ErrNoKey) {
		return errNoKeys
	}
	if err != nil {
		return err
	}
	v.Set("card", with.Id)
	v.Set("printed", v.GetBool("printed") && with.GetString("kind") == "printed")
	if v.GetBool("printed") {
		onPaper, err := base64.RawURLEncoding.DecodeString(with.GetString("packed"))
		if err != nil {
			return err
		}
		packed = append(onPaper, packed...)
	}
	v.Set("packed", base64.RawURLEncoding.EncodeToString(packed))
	return nil
}

// bind signs the open vouchers of an account anew, whose card is not good any more,
// for another card of it. One that can't be signed any more gives its stamps back.
func (s *scheme) bind(tx core.App, account string, with *core.Record, now time.Time) error {
	open, err := tx.FindAllRecords("vouchers", dbx.HashExp{"account": account, "status": "open"},
		dbx.NewExp("NOT EXISTS (SELECT 1 FROM cards c WHERE c.id = vouchers.card AND c.status = 'active')"))
	if err != nil {
		return err
	}
	for _, v := range open {
		switch err := s.sign(tx, v, with); {
		case errors.Is(err, errNoKeys):
			err = turn(tx, v, "void", now)
			if err != nil {
				return err
			}
		case err != nil:
			return err
		default:
			if err := tx.SaveNoValidate(v); err != nil {
				return err
			}
		}
	}
	return nil
}

// cancelVoucher gives an open voucher back.
func (s *scheme) cancelVoucher(c *sync.Call) (sync.Result, error) {
	id, err := sync.IDArg(c)
	if err != nil {
		return sync.Result{}, err
	}
	v, err := c.Find("vouchers", id, errVoucherUnknown)
	if err != nil {
		return sync.Result{}, err
	}
	switch {
	case v.GetString("member") != c.Member:
		return sync.Result{}, errVoucherUnknown
	case v.GetString("status") != "open":
		return sync.Result{}, sync.Reject("voucher_not_open", "This voucher was used already, or has run out.")
	}
	// NB! Each one that was cancelled is on the list of every till until it runs out.
	var cancelled int
	err = c.Ask("SELECT count(*) FROM vouchers WHERE account = {:account} AND status = 'void' AND expires > {:today}",
		dbx.Params{"account": v.GetString("account"), "today": dayNumber(c.Now)}).Row(&cancelled)
	if err != nil {
		return sync.Result{}, err
	}
	if cancelled >= limits.Cancelled {
		return sync.Result{}, sync.Reject("voucher_cancels", "You have given back several vouchers lately. Keep this one, or let it run out: then its stamps come back, too.")
	}
	if err := turn(c.App, v, "void", c.Now); err != nil {
		return sync.Result{}, err
	}
	return sync.Result{}, s.revoke(c.App, c.Now)
}

// endVouchers ends the open vouchers of an account whose member leaves.
func endVouchers(tx core.App, account string, now time.Time) error {
	open, err := tx.FindAllRecords("vouchers", dbx.HashExp{"account": account, "status": "open"})
	if err != nil {
		return err
	}
	for _, v := range open {
		if err := turn(tx, v, "void", now); err != nil {
			return err
		}
	}
	return nil
}

// expireVouchers ends those that have run out, and gives their stamps back. It waits
// for as long as a till may keep what it took, so that what comes in time is not
// refunded first.
func expireVouchers(app core.App, now time.Time) error {
	return app.RunInTransaction(func(tx core.App) error {
		rules, _, err := settings(tx)
		if err != nil {
			return err
		}
		over, err := tx.FindAllRecords("vouchers", dbx.HashExp{"status": "open"},
			dbx.NewExp("expires + {:upload} < {:today}", dbx.Params{"upload": rules.UploadDays, "today": dayNumber(now)}))
		if err != nil {
			return err
		}
		for _, v := range over {
			if err := turn(tx, v, "expired", now); err != nil {
				return err
			}
		}
		return nil
	})
}
