package hooks_test

import (
	"testing"
	"time"

	"kith/hooks/cards"
	"kith/internal/card"
	"kith/internal/sync"
)

// paidFor are the shops that are made whole for a voucher, and the records that had it.
func (s *street) paidFor(jti string) (whole, had int) {
	s.t.Helper()
	must(s.t, s.app.DB().NewQuery("SELECT coalesce(sum(whole), 0), coalesce(sum(state = 'ok'), 0) FROM stamps WHERE voucher = '"+jti+"'").Row(&whole, &had))
	return whole, had
}

// Ensure that a voucher which is good only where there is a signal is paid for once: its
// second shop could ask. Nor does it push out the first, by a time that it made up.
func TestCards_AVoucherForASignalIsPaidOnce(t *testing.T) {
	s := newStreet(t)
	a, b, c, who := s.counter(), s.counter(), s.counter(), s.bearer()
	s.set("accounts", who.account, map[string]any{"closed": 9})
	jti, voucher := who.voucher(5000, a.shop, b.shop, c.shop)
	now := time.Now()
	first := a.redeems(who, voucher, now.Add(-time.Minute))
	says(t, "the first", a.staff.brings(first), "ok")
	says(t, "later", b.staff.brings(b.redeems(who, voucher, now)), "rejected:voucher_spent")
	says(t, "by a time that is made up", c.staff.brings(c.redeems(who, voucher, now.Add(-8*time.Minute))), "rejected:voucher_spent")
	if whole, had := s.paidFor(jti); whole != 1 || had != 1 || s.state(first) != "ok" {
		t.Errorf("%d shops are paid £50 each, %d had it, the first is %s", whole, had, s.state(first))
	}
	other := s.bearer()
	s.set("accounts", other.account, map[string]any{"closed": 9})
	jti, voucher = other.voucher(5000, a.shop)
	says(t, "two in one command", a.staff.brings(a.redeems(other, voucher, now.Add(-time.Minute)), a.redeems(other, voucher, now)), "ok", "rejected:voucher_spent")
	if whole, _ := s.paidFor(jti); whole != 1 {
		t.Errorf("%d are paid", whole)
	}
}

// Ensure that nothing that comes after a shop was paid for a voucher gives it back to its
// bearer: neither an undo that was kept back, nor somebody's word.
func TestCards_AVoucherThatWasPaidForStaysUsed(t *testing.T) {
	s := newStreet(t)
	a, who, other := s.counter(), s.bearer(), s.bearer()
	desk := s.phone("coordinator")
	undone, voucher := who.voucher(300, a.shop)
	refused, second := other.voucher(300, a.shop)
	taken := a.redeems(who, voucher, s.minutes(0))
	kept := a.undoes(taken, s.minutes(2))
	again := a.redeems(other, second, s.minutes(5))
	says(t, "taken", a.staff.brings(taken), "ok")
	says(t, "the other", a.staff.brings(again), "held:chain_gap")
	desk.doesWell("stamps.review", map[string]any{"id": rowOf(t, again), "accept": true})
	y, m, _ := time.Now().In(s.noon.Location()).Date()
	must(t, cards.Settle(s.app, time.Date(y, m+1, 1, 3, 0, 0, 0, time.UTC)))
	a.staff.brings(kept)
	if s.voucherIs(undone) != "redeemed" || s.state(taken) != "ok" {
		t.Errorf("undone when it was paid: %s, and the voucher is %s", s.state(taken), s.voucherIs(undone))
	}
	s.set("stamps", rowOf(t, again), map[string]any{"state": "held", "codes": []string{"chain_gap"}, "reviewed": ""})
	if code, _ := a.boss().does("stamps.review", map[string]any{"id": rowOf(t, again), "accept": false}); code != "review_over" {
		t.Errorf("it is refused: %q", code)
	}
	if s.voucherIs(refused) != "redeemed" {
		t.Errorf("refused when it was paid: the voucher is %s", s.voucherIs(refused))
	}
}

// Ensure that whoever lets an undo count also has what was redeemed days later judged anew.
func TestCards_AnUndoThatIsAcceptedReachesWhatCameDaysLater(t *testing.T) {
	s := newStreet(t)
	a, b, who := s.counter(), s.counter(), s.bearer()
	s.set("accounts", who.account, map[string]any{"closed": 9})
	jti, voucher := who.voucher(300, a.shop, b.shop)
	then := s.minutes(0).AddDate(0, 0, -6)
	taken := a.redeems(who, voucher, then)
	undo := a.undoes(taken, then.Add(2*time.Minute))
	later := b.redeems(who, voucher, s.minutes(0))
	says(t, "taken", a.staff.brings(taken), "ok")
	a.boss().doesWell("tills.end", map[string]any{"id": a.till})
	says(t, "the undo", a.staff.brings(undo), "held:till_ended")
	says(t, "later", b.staff.brings(later), "rejected:voucher_spent")
	a.boss().doesWell("stamps.review", map[string]any{"id": rowOf(t, undo), "accept": true})
	if s.state(taken) != "undone" || s.state(later) != "ok" || s.voucherIs(jti) != "redeemed" {
		t.Errorf("%s, then %s, and the voucher is %s", s.state(taken), s.state(later), s.voucherIs(jti))
	}
}

// Ensure that a picture of a card which a second till takes at once has the same
// consequence for its bearer as a voucher that is shown twice.
func TestCards_AVoucherRelayedToASecondTillNeedsASignalFromThenOn(t *testing.T) {
	s := newStreet(t)
	a, b, who := s.counter(), s.counter(), s.bearer()
	_, voucher := who.voucher(300, a.shop, b.shop)
	shown := who.shows(s.minutes(0))
	redeem := func(c *counter, at time.Time) string {
		return c.writes(at, func(r *card.Record) { r.Act, r.Card, r.Voucher = "redeem", shown, voucher })
	}
	first, second := redeem(a, s.minutes(0)), redeem(b, s.minutes(0.5))
	says(t, "first", a.staff.brings(first), "ok")
	says(t, "relayed", b.staff.brings(second), "rejected:proof_reused")
	if !s.record("stamps", rowOf(t, second)).GetBool("whole") {
		t.Error("a shop that couldn't know isn't paid")
	}
	if until := s.record("accounts", who.account).GetString("onlineUntil"); until < in(27) {
		t.Errorf("online until %q", until)
	}
}

// Ensure that what somebody lets count of who left is judged beside what else was
// redeemed of the same voucher, also when nobody knows any more whose it was.
func TestCards_WhatIsAcceptedOfWhoLeftIsPaidWithinTheBound(t *testing.T) {
	s := newStreet(t)
	a, b, c, who := s.counter(), s.counter(), s.counter(), s.bearer()
	desk := s.phone("coordinator")
	jti, voucher := who.voucher(300, a.shop, b.shop, c.shop)
	says(t, "a", a.staff.brings(a.redeems(who, voucher, s.minutes(0))), "ok")
	says(t, "b", b.staff.brings(b.redeems(who, voucher, s.minutes(40))), "rejected:voucher_spent")
	c.boss().doesWell("tills.end", map[string]any{"id": c.till})
	third := c.redeems(who, voucher, s.minutes(80))
	says(t, "c", c.staff.brings(third), "held:till_ended,voucher_spent")
	who.phone.doesWell("people.leave", map[string]any{"why": "left"})
	desk.doesWell("stamps.review", map[string]any{"id": rowOf(t, third), "accept": true})
	if whole, had := s.paidFor(jti); whole != 2 || had != 1 {
		t.Errorf("%d are paid, and %d had it: %s", whole, had, s.state(third))
	}
}

// Ensure that a shop is paid for what it took without a signal from somebody who has
// left since, once, and that nothing says who that was.
func TestCards_AShopIsPaidForWhatItTookFromWhoHasLeftSince(t *testing.T) {
	s := newStreet(t)
	a, who := s.counter(), s.bearer()
	jti, voucher := who.voucher(300, a.shop)
	taken, again := a.redeems(who, voucher, s.minutes(0)), a.redeems(who, voucher, s.minutes(30))
	who.phone.doesWell("people.leave", map[string]any{"why": "left"})
	a.staff.brings(taken)
	a.staff.brings(again)
	if whole, _ := s.paidFor(jti); whole != 1 {
		t.Errorf("%d are paid: %s, %s", whole, s.state(taken), s.state(again))
	}
	r := s.record("stamps", rowOf(t, taken))
	if left := r.GetString("card") + r.GetString("proof") + r.GetString("account"); left != "" {
		t.Errorf("it keeps %q", left)
	}
}

// Ensure that a shop which had no signal is paid for what it took on a card that had just
// been reported lost: its list couldn't say so. The bearer keeps the voucher for the next
// card, and both together stay within the bound.
func TestCards_AShopThatCouldntKnowOfALostCardIsPaid(t *testing.T) {
	s := newStreet(t)
	a, b, c, who := s.counter(), s.counter(), s.counter(), s.bearer()
	jti, voucher := who.voucher(300, a.shop, b.shop, c.shop)
	who.phone.doesWell("cards.lost", map[string]any{})
	s.set("cards", who.card, map[string]any{"ended": sync.Stamp(s.minutes(-60))})
	taken := a.redeems(who, voucher, s.minutes(0))
	says(t, "taken", a.staff.brings(taken), "rejected:card_revoked")
	if whole, _ := s.paidFor(jti); whole != 1 || s.voucherIs(jti) != "open" {
		t.Errorf("%d are paid, the voucher is %s", whole, s.voucherIs(jti))
	}
	b.staff.brings(b.redeems(who, voucher, s.minutes(1)))
	who.key = newKey(t)
	next := newID()
	who.phone.doesWell("cards.get", map[string]any{"id": next, "key": jwkOf(t, who.key)})
	var err error
	who.packed, err = base64Of(s.record("cards", next).GetString("packed"))
	must(t, err)
	v, err := s.app.FindFirstRecordByData("vouchers", "jti", jti)
	must(t, err)
	voucher, err = base64Of(v.GetString("packed"))
	must(t, err)
	with := c.redeems(who, voucher, time.Now())
	says(t, "with the next card", c.staff.brings(with), "ok")
	if whole, _ := s.paidFor(jti); whole != 2 || !s.record("stamps", rowOf(t, with)).GetBool("whole") {
		t.Errorf("then %d", whole)
	}
	other := s.bearer()
	second, voucher := other.voucher(300, a.shop)
	other.phone.doesWell("cards.lost", map[string]any{})
	s.set("cards", other.card, map[string]any{"ended": sync.Stamp(s.minutes(0).AddDate(0, 0, -9))})
	a.staff.brings(a.redeems(other, voucher, s.minutes(9)))
	if whole, _ := s.paidFor(second); whole != 0 {
		t.Error("a list is renewed within a week, and this shop is paid after nine days")
	}
}
