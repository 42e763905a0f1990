package hooks_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"kith/hooks/cards"
	"kith/hooks/rights"
)

// Ensure that an owner isn't told by a figure that falls that somebody new has left.
func TestCards_AShopsFirstVisitsDontFallWhenSomebodyLeaves(t *testing.T) {
	s := newStreet(t)
	a, b, c := s.counter(), s.bearer(), s.bearer()
	a.staff.brings(a.stamps(b, s.minutes(0)), a.stamps(c, s.minutes(1)))
	first := func() (out string) {
		must(t, cards.Weeks(s.app, time.Now()))
		for _, row := range a.boss().holds("shopWeeks") {
			out += fmt.Sprint(row["visits"], "/", row["firstVisits"], " ")
		}
		return out
	}
	before := first()
	b.phone.doesWell("people.leave", map[string]any{"why": "left"})
	if after := first(); after != before {
		t.Errorf("visits and first visits were %s and are %s", before, after)
	}
}

// Ensure that a card whose account has ended with its time is unknown, and no fault.
func TestCards_ACardWhoseAccountHasEndedIsUnknown(t *testing.T) {
	s := newStreet(t)
	a, paper, who := s.counter(), s.paper(), s.bearer()
	reward := s.make("rewards", map[string]any{"title": "Tea", "stamps": 1, "pence": 100, "status": "active", "shops": []any{map[string]any{"shop": a.shop, "share": 100}}}).Id
	must(t, s.app.Delete(s.record("accounts", paper.account)))
	if code, _ := a.boss().does("vouchers.print", map[string]any{"id": newID(), "code": paper.code, "reward": reward}); code != "code_unknown" {
		t.Errorf("a voucher for it: %q", code)
	}
	if code, _ := who.phone.does("cards.claim", map[string]any{"code": paper.code}); code != "code_unknown" {
		t.Errorf("somebody's now: %q", code)
	}
	a.staff.brings(a.stamps(paper, s.minutes(0)))
}

// Ensure that one person can't push the cards that others have lost off the list of tills.
func TestCards_NobodyMakesMoreCardsThanAPersonLoses(t *testing.T) {
	s := newStreet(t)
	p := s.phone("resident")
	made, last := 0, ""
	for range 30 {
		code, _ := p.does("cards.get", map[string]any{"id": newID(), "key": jwkOf(t, newKey(t))})
		if code != "" {
			last = code
			break
		}
		p.doesWell("cards.lost", map[string]any{})
		made++
	}
	if made > 12 || last != "cards_many" {
		t.Errorf("%d cards in a day, then %q", made, last)
	}
}

// Ensure that nothing of who left joins what their vouchers were used for.
func TestCards_TheVouchersOfWhoLeftAreNotOnePersons(t *testing.T) {
	s := newStreet(t)
	a, who := s.counter(), s.bearer()
	_, one := who.voucher(300, a.shop)
	_, two := who.voucher(300, a.shop)
	a.staff.brings(a.redeems(who, one, s.minutes(0)), a.redeems(who, two, s.minutes(1)))
	who.phone.doesWell("people.leave", map[string]any{"why": "left"})
	if text := s.dump()["vouchers"]; strings.Contains(text, who.card) {
		t.Errorf("%s", text)
	}
}

// Ensure that what is on a printed card stays for as long as the card is good, however
// long it lies in a drawer.
func TestCards_APrintedCardsAccountStaysForAsLongAsTheCard(t *testing.T) {
	s := newStreet(t)
	paper := s.paper()
	s.set("accounts", paper.account, map[string]any{"used": "2024-01-01", "closed": 3, "stamps": 3})
	_, err := rights.Retain(s.app, s.registry.Keepings, time.Now())
	must(t, err)
	if s.count("accounts") != 1 {
		t.Error("its card is good and its stamps are gone")
	}
	_, err = rights.Retain(s.app, s.registry.Keepings, time.Now().AddDate(0, 0, 69+125))
	must(t, err)
	if s.count("accounts") != 0 {
		t.Error("it stays for ever")
	}
}

// Ensure that whoever helps a coordinator with their own things can't stop others' cards.
func TestCards_AHelperOfACoordinatorStopsNoOthersCard(t *testing.T) {
	s := newStreet(t)
	desk, helper, other := s.phone("coordinator"), s.phone("resident").proves(true), s.bearer()
	helper.helps(desk, "details")
	code, _ := helper.doesFor(desk.member, "cards.lost", map[string]any{"member": other.phone.member})
	if got := s.record("cards", other.card).GetString("status"); code != "not_allowed" || got != "active" {
		t.Errorf("%q, the card is %s", code, got)
	}
}

// Ensure that a coordinator who knows a card doesn't learn by stopping it whose it is.
func TestCards_StoppingACardDoesntSayWhoseItIs(t *testing.T) {
	s := newStreet(t)
	desk, other := s.phone("coordinator"), s.bearer()
	if code, _ := desk.does("cards.lost", map[string]any{"member": other.phone.member, "id": other.card}); code != "args_invalid" {
		t.Errorf("%q", code)
	}
}

// Ensure that nobody has another's card made good for longer.
func TestCards_NobodyRenewsAnothersCard(t *testing.T) {
	s := newStreet(t)
	b, other := s.bearer(), s.phone("resident")
	s.set("cards", b.card, map[string]any{"expires": 1})
	if code, _ := other.does("cards.renew", map[string]any{"id": b.card}); code != "card_unknown" {
		t.Errorf("%q", code)
	}
}
