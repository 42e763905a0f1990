package hooks_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"kith/hooks/cards"
	"kith/internal/limits"
	"kith/internal/sync"
)

// Ensure that from a stamp to what shops owe each other nothing is lost and nothing
// is there twice: stamps are counted, pay for a voucher, which two tills take without
// a signal; its bearer has it once, both shops are paid, and no third time follows.
func TestScheme_FromAStampToWhatShopsOwe(t *testing.T) {
	s := newStreet(t)
	teapot, chair, who, boss := s.counter(), s.counter(), s.bearer(), s.phone("coordinator")
	says(t, "stamps of two shops", append(teapot.staff.brings(teapot.stamps(who, s.minutes(0))), chair.staff.brings(chair.stamps(who, s.minutes(5)))...), "ok", "ok")
	reward := newID()
	boss.doesWell("rewards.add", map[string]any{"id": reward, "title": "Tea", "stamps": 2, "pence": 333, "shops": []any{
		map[string]any{"shop": teapot.shop, "share": 50}, map[string]any{"shop": chair.shop, "share": 50},
	}})
	id := newID()
	who.phone.doesWell("vouchers.get", map[string]any{"id": id, "reward": reward, "card": who.card})
	if who.balance() != 0 {
		t.Errorf("two stamps less two are %d", who.balance())
	}
	packed, err := base64Of(who.phone.holds("vouchers")[id]["packed"])
	must(t, err)
	now := time.Now()
	says(t, "at one till", chair.staff.brings(chair.redeems(who, packed, now.Add(-2*time.Minute))), "ok")
	says(t, "at another", teapot.staff.brings(teapot.redeems(who, packed, now.Add(-time.Minute))), "rejected:voucher_spent")
	if code, _ := who.phone.does("vouchers.cancel", map[string]any{"id": id}); code != "voucher_not_open" {
		t.Errorf("what was used is given back: %q", code)
	}
	y, m, _ := now.In(s.noon.Location()).Date()
	next := time.Date(y, m+1, 1, 3, 0, 0, 0, time.UTC)
	for range 2 {
		must(t, cards.Nightly(s.app, next))
	}
	var owed []string
	all, err := s.app.FindAllRecords("settlements")
	must(t, err)
	for _, r := range all {
		owed = append(owed, fmt.Sprint(r.GetString("payer"), " ", r.GetString("payee"), " ", r.GetInt("pence"), " ", r.GetInt("count")))
	}
	slices.Sort(owed)
	// NB! Half of 333 pence is 167 for whoever stands first, the teapot, and 166.
	want := []string{teapot.shop + " " + chair.shop + " 167 1", chair.shop + " " + teapot.shop + " 166 1"}
	slices.Sort(want)
	if !slices.Equal(owed, want) {
		t.Errorf("%v, not %v", owed, want)
	}
	if len(teapot.boss().holds("settlements")) != 2 || len(boss.holds("settlements")) != 2 || len(who.phone.holds("settlements")) != 0 {
		t.Error("what shops owe is told to somebody else, or not to them")
	}
}

// Ensure that whoever used one voucher twice has none for without a signal, for a while.
func TestScheme_WhoSpentTwiceNeedsASignal(t *testing.T) {
	s := newStreet(t)
	who, shop := s.bearer(), s.counter()
	s.set("accounts", who.account, map[string]any{"closed": 9, "stamps": 9, "onlineUntil": sync.Stamp(time.Now().AddDate(0, 0, 29))})
	reward := s.make("rewards", map[string]any{"title": "Tea", "stamps": 1, "pence": 100, "status": "active", "shops": []any{map[string]any{"shop": shop.shop, "share": 100}}}).Id
	id := newID()
	who.phone.doesWell("vouchers.get", map[string]any{"id": id, "reward": reward})
	if row := who.phone.holds("vouchers")[id]; row["offline"] != false {
		t.Errorf("%v", row)
	}
}

// Ensure that a voucher goes along when its card is lost and another is made.
func TestScheme_AVoucherGoesWithTheNextCard(t *testing.T) {
	s := newStreet(t)
	who, shop := s.bearer(), s.counter()
	s.set("accounts", who.account, map[string]any{"closed": 9, "stamps": 9})
	reward := s.make("rewards", map[string]any{"title": "Tea", "stamps": 1, "pence": 100, "status": "active", "shops": []any{map[string]any{"shop": shop.shop, "share": 100}}}).Id
	id := newID()
	who.phone.doesWell("vouchers.get", map[string]any{"id": id, "reward": reward})
	before := who.phone.holds("vouchers")[id]["packed"]
	who.phone.doesWell("cards.lost", map[string]any{"id": who.card})
	who.key = newKey(t)
	key := jwkOf(t, who.key)
	next := newID()
	who.phone.doesWell("cards.get", map[string]any{"id": next, "key": map[string]any{"kty": key.Kty, "crv": key.Crv, "x": key.X, "y": key.Y}})
	row := who.phone.holds("vouchers")[id]
	var err error
	who.packed, err = base64Of(who.phone.holds("cards")[next]["packed"])
	must(t, err)
	voucher, err := base64Of(row["packed"])
	must(t, err)
	if row["packed"] == before || row["status"] != "open" {
		t.Errorf("%v", row)
	}
	says(t, "with the new card", shop.staff.brings(shop.redeems(who, voucher, time.Now())), "ok")
	if s.record("vouchers", id).GetString("status") != "redeemed" {
		t.Error("it is not redeemed")
	}
}

// Ensure that nobody goes through the codes of cards: not by claiming one, not at the
// counter, and not by a till.
func TestScheme_CodesCanNotBeTriedOut(t *testing.T) {
	s := newStreet(t)
	counter, guesser, paper := s.counter(), s.phone("resident"), s.paper()
	var all []map[string]any
	for i := range limits.WrongCodes + 5 {
		all = append(all, guesser.command("cards.claim", map[string]any{"code": fmt.Sprintf("%08d", i)}))
	}
	for i, o := range guesser.sync(all...).outcomes {
		if want := map[bool]string{true: "code_unknown", false: "codes_many"}[i < limits.WrongCodes]; o.Code != want {
			t.Fatalf("the %d. code of one push: %q", i+1, o.Code)
		}
	}
	guesser.ack = guesser.number
	if code, _ := guesser.does("cards.claim", map[string]any{"code": paper.code}); code != "codes_many" {
		t.Errorf("after %d wrong ones a right one is %q", limits.WrongCodes, code)
	}
	if code, _ := s.phone("resident").does("cards.claim", map[string]any{"code": paper.code}); code != "" {
		t.Errorf("somebody else's is %q", code)
	}
	for i := range limits.WrongCodesTill {
		s.make("stamps", map[string]any{
			"record": fmt.Sprint(i), "till": counter.till, "seq": 1000 + i, "inShop": counter.shop, "shop": counter.shop, "act": "stamp", "at": in(-1), "day": "2026-01-01", "own": "!code_unknown", "state": "rejected",
		})
	}
	says(t, "of a till that tries codes", counter.staff.brings(counter.typed(s.paper().code, s.minutes(0))), "rejected:code_unknown")
}
