package cards

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/pocketbase/dbx"

	"kith/internal/card"
	"kith/internal/ledger"
	"kith/internal/limits"
)

// known is a card that the server made.
type known struct {
	ID      string `db:"id"`
	Account string `db:"account"`
	Member  string `db:"member"`
	Sub     string `db:"sub"`
	Code    string `db:"code"`
	Kind    string `db:"kind"`
	Expires int64  `db:"expires"`
	Ended   string `db:"ended"`
	Packed  string `db:"packed"`
}

// findCards looks up the cards of all records at once.
func (t *taking) findCards() error {
	subs, codes := map[string]bool{}, map[string]bool{}
	guessed, err := t.guessed()
	if err != nil {
		return err
	}
	for _, i := range t.came {
		if i.stamp == nil {
			continue
		}
		if i.record.Code != "" && !guessed[i.till.ID] {
			codes[i.record.Code] = true
		}
		if len(i.record.Card) > 0 {
			subs[subOf(i.record.Card)] = true
		}
	}
	if len(subs)+len(codes) == 0 {
		return nil
	}
	var found []known
	err = t.ask(`SELECT id, account, member, sub, code, kind, expires, ended, packed FROM cards WHERE sub IN (SELECT value FROM json_each({:subs}))
		UNION ALL SELECT id, account, member, sub, code, kind, expires, ended, packed FROM cards WHERE code <> '' AND code IN (SELECT value FROM json_each({:codes}))`,
		dbx.Params{"subs": list(keys(subs)), "codes": list(keys(codes))}).All(&found)
	for k := range found {
		t.cards[found[k].Sub] = &found[k]
		if found[k].Code != "" {
			t.cards[found[k].Code] = &found[k] // NB! 8 capitals and figures; a sub is 16 small ones
		}
	}
	return err
}

// owed is a voucher that the server made.
type owed struct {
	JTI     string `db:"jti"`
	Account string `db:"account"`
	Had     bool   `db:"had"` // it is redeemed, as far as is known now
	Shops   string `db:"shops"`
}

// takenIn says whether a shop is one of those where it is good.
func (o *owed) takenIn(shop string) bool {
	var shops []struct {
		Shop string `json:"shop"`
	}
	if json.Unmarshal([]byte(o.Shops), &shops) != nil {
		return false
	}
	return slices.ContainsFunc(shops, func(s struct {
		Shop string `json:"shop"`
	},
	) bool {
		return s.Shop == shop
	})
}

func (t *taking) findVouchers() error {
	jtis := map[string]bool{}
	for _, i := range t.came {
		if v := i.opened.Voucher; i.stamp != nil && v != nil {
			jtis[v.ID.String()] = true
		}
	}
	if len(jtis) == 0 {
		return nil
	}
	var found []owed
	err := t.ask(`SELECT v.jti, v.account, v.status = 'redeemed' AS had, coalesce(r.shops, '') AS shops FROM vouchers v LEFT JOIN rewards r ON r.id = v.reward
		WHERE v.jti IN (SELECT value FROM json_each({:list}))`, dbx.Params{"list": list(keys(jtis))}).All(&found)
	for k := range found {
		t.owed[found[k].JTI] = &found[k]
	}
	return err
}

// findUndone looks up what is taken back, and what took back what comes only now.
func (t *taking) findUndone() error {
	ids, records := map[string]bool{}, map[string]bool{}
	for _, i := range t.came {
		if i.stamp == nil {
			continue
		}
		if !i.newest() {
			records[i.record.ID] = true
		}
		if i.record.Of != "" {
			ids[idOf(i.record.Of)] = true
		}
	}
	if len(ids) > 0 {
		if _, err := t.load("stamps s WHERE s.id IN (SELECT value FROM json_each({:list}))", dbx.Params{"list": list(keys(ids))}); err != nil {
			return err
		}
	}
	if len(records) == 0 {
		return nil
	}
	var err error
	t.undo, err = t.load("stamps s WHERE s.of <> '' AND s.of IN (SELECT value FROM json_each({:list}))", dbx.Params{"list": list(keys(records))})
	return err
}

// judgeAlone says what is known of a record by itself, as of when it came.
func (t *taking) judgeAlone(i *incoming) {
	s, r := i.stamp, i.record
	if i.code != card.OK {
		s.rejects(i.code)
	}
	if r.Act != ledger.ActUndo {
		t.ofCard(i)
	}
	if r.Act == ledger.ActRedeem {
		t.ofVoucher(i)
	}
	switch late := t.now.Sub(r.At); {
	case late > limits.RecordsLate*24*time.Hour:
		s.rejects(ledger.TooLate)
	case late > time.Duration(t.rules.UploadDays)*24*time.Hour:
		s.holds(ledger.TooLate)
	case late < -24*time.Hour:
		s.rejects("clock_wrong")
	case late < -clockSlack || stampOf(r.At.Add(clockSlack)) < i.till.Opened:
		s.holds("clock_wrong")
	}
	if i.till.Ended != "" || r.At.Unix() > int64(i.till.Expires+1)*86400 {
		s.holds("till_ended")
	}
	if r.Act != ledger.ActUndo && !i.till.hours.Open(r.At.In(t.zone)) {
		s.holds("outside_hours")
	}
}

// clockSlack is how far a till's clock may be from ours.
const clockSlack = 2 * time.Minute

// ofCard finds whose card it was. What its own state causes is rejected and not held:
// whoever looks at what is held must not learn of a card.
func (t *taking) ofCard(i *incoming) {
	s, key, unknown := i.stamp, i.record.Code, "code_unknown"
	if key == "" {
		key, unknown = i.opened.Card.Sub.String(), "card_revoked" // signed by us, and not here any more
	}
	k := t.cards[key]
	if k == nil || i.record.Code == "" && i.opened.Card.Name == "" {
		s.rejects(unknown)
		return
	}
	s.Card, s.Account, s.Member, s.Paper = k.ID, k.Account, k.Member, k.Kind == "printed"
	switch {
	case k.Ended != "" && s.At > k.Ended:
		// NB! A till that has been without a signal for less than a list lasts couldn't know.
		s.rejects("card_revoked" + map[bool]string{true: faith}[s.Act == ledger.ActRedeem && s.At < later(k.Ended, listLife)])
	case k.Account == "" && s.Act != ledger.ActRedeem:
		// Whoever has left counts no stamps. What a shop gave before, it is paid for.
		s.rejects("card_revoked")
	case i.record.Code != "" && i.record.At.Unix() > k.Expires*86400:
		s.rejects("card_expired")
	}
}

// later is a stamp of time so much later; what is no stamp has no later.
func later(stamp string, by time.Duration) string {
	t, err := time.Parse(time.RFC3339, stamp)
	if err != nil {
		return ""
	}
	return stampOf(t.Add(by))
}

// onlineWait is how long after it was shown a voucher can come that is good only where
// there is a signal.
const onlineWait = 10 * time.Minute

// ofVoucher finds out what the voucher is worth here.
func (t *taking) ofVoucher(i *incoming) {
	v := i.opened.Voucher
	if v == nil {
		return // its card was refused before anybody looked at it
	}
	s := i.stamp
	s.Voucher = v.ID.String()
	o := t.owed[s.Voucher]
	switch {
	case o == nil:
		s.rejects("voucher_revoked")
	case o.Account != s.Account:
		s.rejects("voucher_card")
	case !o.takenIn(s.Shop):
		s.rejects("voucher_shop")
	case !v.Offline && t.now.Sub(i.record.At) > onlineWait:
		s.rejects("voucher_online")
	case !v.Offline && o.Had:
		// NB! Who needs a signal has heard so before anything was given. It is not paid
		// for, and takes nothing from the first, whatever time it says that it was.
		s.rejects(ledger.VoucherSpent)
	case !v.Offline:
		o.Had = !s.rejected()
	}
}

// follow makes undos belong where the records are that they take back: those that come
// now, and those that were here before what they are of.
func (t *taking) follow() {
	undos := append([]*stamp{}, t.undo...)
	for _, s := range t.fresh {
		if s.Act == ledger.ActUndo {
			undos = append(undos, s)
		}
	}
	for _, s := range undos {
		of := t.rows[idOf(s.Of)]
		if of == nil || s.Account != "" {
			continue // it may still come
		}
		if of.Till != s.Till || of.Act == ledger.ActUndo {
			s.rejects(ledger.Forged)
			continue
		}
		s.Account, s.Member, s.Card, s.Paper = of.Account, of.Member, of.Card, of.Paper
	}
}
