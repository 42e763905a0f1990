package hooks_test

import (
	"strings"
	"testing"
	"time"

	"kith/hooks/rights"
	"kith/internal/card"
	"kith/internal/sync"
)

// Ensure that a printed card that was nobody's brings what it has collected to whoever
// claims it, once, and that nobody else can.
func TestCards_AClaimedCardBringsItsStamps(t *testing.T) {
	s := newStreet(t)
	c, d, paper, b := s.counter(), s.counter(), s.paper(), s.bearer()
	says(t, "before", c.staff.brings(c.stamps(paper, s.minutes(0)), c.stamps(b, s.minutes(40))), "ok", "ok")
	says(t, "elsewhere", d.staff.brings(d.stamps(paper, s.minutes(60))), "ok")
	b.phone.doesWell("cards.claim", map[string]any{"code": strings.ToLower(paper.code[:4]) + "-" + paper.code[4:]})
	if b.balance() != 3 || s.count("accounts") != 1 {
		t.Errorf("%d stamps on %d accounts", b.balance(), s.count("accounts"))
	}
	if n := len(b.phone.holds("stamps")); n != 3 {
		t.Errorf("they see %d stamps", n)
	}
	says(t, "then", d.staff.brings(d.stamps(paper, s.minutes(61))), "held:cap_day")
	if code, _ := s.phone("resident").does("cards.claim", map[string]any{"code": paper.code}); code != "code_unknown" {
		t.Errorf("another claims it: %q", code)
	}
	b.phone.doesWell("cards.claim", map[string]any{"code": paper.code})
	if b.balance() != 4 {
		t.Errorf("again: %d", b.balance())
	}
}

// Ensure that two cards of one person, once they are known to be, are held to the rules
// of one.
func TestCards_TwoCardsOfOnePersonCountAsOne(t *testing.T) {
	s := newStreet(t)
	c, paper, b := s.counter(), s.paper(), s.bearer()
	raws := []string{c.stamps(b, s.minutes(0)), c.stamps(paper, s.minutes(60)), c.stamps(b, s.minutes(120))}
	last := raws[2]
	says(t, "apart", c.staff.brings(raws...), "ok", "ok", "ok")
	b.phone.doesWell("cards.claim", map[string]any{"code": paper.code})
	if got := s.state(last); got != "held cap_day" {
		t.Errorf("the third of the day: %s", got)
	}
}

// Ensure that who loses a card keeps what it has collected, that what was stamped before
// counts whenever it comes, and that nothing counts after.
func TestCards_ALostCardKeepsItsStamps(t *testing.T) {
	s := newStreet(t)
	c, b := s.counter(), s.bearer()
	late, packed := c.stamps(b, s.minutes(0)), b.packed
	b.phone.doesWell("cards.lost", map[string]any{})
	found := c.stamps(b, time.Now().Add(3*time.Second))
	says(t, "before and after", c.staff.brings(late, found), "ok", "rejected:card_revoked")
	if b.balance() != 1 {
		t.Errorf("%d", b.balance())
	}
	id := newID()
	b.phone.doesWell("cards.get", map[string]any{"id": id, "key": jwkOf(t, newKey(t))})
	row := s.record("cards", id)
	if row.GetString("account") != b.account || row.GetString("packed") == b64(packed) || row.GetString("sub") == s.record("cards", b.card).GetString("sub") {
		t.Errorf("the new card: %v", row)
	}
	if row := b.phone.holds("stamps")[rowOf(t, found)]; row["state"] != "rejected" {
		t.Errorf("its bearer doesn't see that somebody has it: %v", row)
	}
	if n := len(c.boss().holds("reviews")) + len(s.phone("coordinator").holds("reviews")); n > 0 {
		t.Error("the desk can learn where somebody shops")
	}
}

// Ensure that a phone has one card, that it is renewed as the same card, and that nobody
// can renew another's.
func TestCards_APhoneHasOneCard(t *testing.T) {
	s := newStreet(t)
	b := s.bearer()
	key := newKey(t)
	first, second := newID(), newID()
	b.phone.doesWell("cards.get", map[string]any{"id": first, "key": jwkOf(t, key)})
	if got := s.record("cards", b.card).GetString("status"); got != "replaced" {
		t.Errorf("the old one is %s", got)
	}
	b.phone.doesWell("cards.get", map[string]any{"id": second, "key": jwkOf(t, key)})
	if s.count("cards") != 2 {
		t.Errorf("asked twice, there are %d", s.count("cards"))
	}
	was := s.record("cards", first).GetString("packed")
	b.phone.doesWell("cards.renew", map[string]any{"id": first})
	if s.record("cards", first).GetString("packed") != was {
		t.Error("renewed before it is time")
	}
	s.set("cards", first, map[string]any{"expires": card.Day(time.Now()) + 5})
	b.phone.doesWell("cards.renew", map[string]any{"id": first})
	if got := s.record("cards", first).GetInt("expires"); got < int(card.Day(time.Now()))+85 {
		t.Errorf("renewed until %d", got)
	}
	if code, _ := b.phone.does("cards.get", map[string]any{"id": newID(), "key": map[string]any{"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}}); code != "args_invalid" {
		t.Errorf("a key that is none: %q", code)
	}
}

// Ensure that whoever prints a card sees it for the day, and that of one person's
// printed cards one is good.
func TestCards_APrintedCardIsItsPrintersForTheDay(t *testing.T) {
	s := newStreet(t)
	p := s.phone("activator")
	edna := s.make("members", map[string]any{"firstName": "Edna", "standing": "active", "noPhone": true}).Id
	first, second := newID(), newID()
	p.doesWell("cards.print", map[string]any{"id": first, "member": edna})
	p.doesWell("cards.print", map[string]any{"id": second, "member": edna})
	held := p.holds("cards")
	if held[first]["status"] != "replaced" || len(held[second]["code"].(string)) != 8 || s.count("accounts") != 1 {
		t.Errorf("%v", held)
	}
	for _, row := range held {
		if row["member"] != nil {
			t.Errorf("it says whose it is: %v", row)
		}
	}
	_, err := s.app.DB().NewQuery("UPDATE cards SET issued = issued - 1").Execute()
	must(t, err)
	s.runs("kithCards")
	if n := len(p.holds("cards")); n > 0 {
		t.Errorf("a day later they hold %d", n)
	}
}

// Ensure that the card on a phone that was revoked is no good any more.
func TestCards_ARevokedPhoneTakesItsCardWithIt(t *testing.T) {
	s := newStreet(t)
	b := s.bearer()
	s.set("devices", b.phone.device, map[string]any{"revoked": true})
	s.runs("kithCards")
	if got := s.record("cards", b.card).GetString("status"); got != "lost" {
		t.Errorf("it is %s", got)
	}
}

// Ensure that nothing that is shown changes when records end, that what came before is
// not taken again, and that a till goes on where it was.
func TestCards_NothingShownChangesWhenRecordsEnd(t *testing.T) {
	s := newStreet(t)
	c, d, a, b := s.counter(), s.counter(), s.bearer(), s.bearer()
	jti, voucher := a.voucher(300, c.shop, d.shop)
	raws := []string{c.stamps(a, s.minutes(0)), c.stamps(b, s.minutes(1)), c.stamps(b, s.minutes(2)), c.stamps(b, s.minutes(3)), c.redeems(a, voucher, s.minutes(5))}
	says(t, "a day", c.staff.brings(raws...), "ok", "ok", "held:too_soon", "held:too_soon", "ok")
	s.set("stamps", rowOf(t, raws[4]), map[string]any{"settled": "2026-11"})
	before := []int{a.balance(), b.balance()}
	_, err := rights.Retain(s.app, s.registry.Keepings, time.Now().AddDate(0, 0, 62))
	must(t, err)
	if s.count("stamps") != 0 || s.count("reviews") != 0 {
		t.Errorf("%d records and %d reviews are still there", s.count("stamps"), s.count("reviews"))
	}
	if a.balance() != before[0] || b.balance() != before[1] {
		t.Errorf("balances %d, %d were %v", a.balance(), b.balance(), before)
	}
	says(t, "the same again", c.staff.brings(raws...), "rejected:too_late", "rejected:too_late", "rejected:too_late", "rejected:too_late", "rejected:too_late")
	next := c.stamps(a, s.minutes(90))
	says(t, "the next", c.staff.brings(next), "ok")
	if a.balance() != before[0]+1 || b.balance() != before[1] {
		t.Errorf("then %d, %d", a.balance(), b.balance())
	}
	says(t, "its voucher elsewhere", d.staff.brings(d.redeems(a, voucher, s.minutes(100)), d.redeems(a, voucher, s.minutes(110))), "rejected:voucher_spent", "rejected:voucher_spent")
	var paid int
	must(t, s.app.DB().NewQuery("SELECT sum(whole) FROM stamps").Row(&paid))
	if paid != 1 || s.voucherIs(jti) != "redeemed" {
		t.Errorf("%d more paid, it is %s", paid, s.voucherIs(jti))
	}
}

// Ensure that who leaves is out of everything at once, that the shop's side of it stays
// and goes on, and that nothing of theirs comes back with a record that is sent again.
func TestCards_WhoLeavesIsInNoRecord(t *testing.T) {
	s := newStreet(t)
	desk := s.phone("coordinator")
	c, b, other := s.counter(), s.bearer(), s.bearer()
	jti, _ := b.voucher(300, c.shop)
	first, held := c.stamps(b, s.minutes(0)), c.stamps(b, s.minutes(2))
	sub := s.record("cards", b.card).GetString("sub")
	c.staff.brings(held, first)
	b.phone.doesWell("people.leave", map[string]any{"why": "left"})
	for _, table := range []string{"accounts", "cards", "stamps", "vouchers", "reviews"} {
		if text := s.dump()[table]; strings.Contains(text, b.phone.member) || strings.Contains(text, b64(b.packed)) {
			t.Errorf("%s: %s", table, text)
		}
	}
	if s.count("stamps") != 2 || s.voucherIs(jti) != "void" {
		t.Errorf("%d records, the voucher is %s", s.count("stamps"), s.voucherIs(jti))
	}
	s.runs("kithScheme")
	row, err := s.app.FindFirstRecordByFilter("revocations", "")
	must(t, err)
	list, err := card.ReadRevocations(s.ring.Set(), row.GetString("token"), time.Now())
	must(t, err)
	if len(list.Cards) != 1 || list.Cards[0] != sub || len(list.Vouchers) != 1 {
		t.Errorf("tills are told %+v", list)
	}
	says(t, "again, and the next", c.staff.brings(first, c.stamps(other, s.minutes(5)), c.stamps(b, s.minutes(6))), "duplicate", "ok", "rejected:card_revoked")
	if s.record("stamps", rowOf(t, first)).GetString("member") != "" || other.balance() != 1 {
		t.Error("it came back")
	}
	desk.doesWell("stamps.review", map[string]any{"id": rowOf(t, held), "accept": true})
}

// Ensure that a voucher which was cancelled after a till without a signal took it is paid
// to the shop and by its bearer, and that nobody is shown a debt.
func TestCards_AVoucherCancelledTooLateIsPaidAllTheSame(t *testing.T) {
	s := newStreet(t)
	c, b := s.counter(), s.bearer()
	s.set("accounts", b.account, map[string]any{"closed": 2, "stamps": 1})
	jti, voucher := b.voucher(300, c.shop)
	taken := c.redeems(b, voucher, s.minutes(0))
	v, err := s.app.FindFirstRecordByData("vouchers", "jti", jti)
	must(t, err)
	b.phone.doesWell("vouchers.cancel", map[string]any{"id": v.Id})
	if s.voucherIs(jti) != "void" || b.balance() != 2 {
		t.Errorf("cancelled: %s, %d", s.voucherIs(jti), b.balance())
	}
	says(t, "it was used", c.staff.brings(taken), "ok")
	if !s.record("stamps", rowOf(t, taken)).GetBool("whole") || s.voucherIs(jti) != "redeemed" || b.balance() != 1 {
		t.Errorf("then: %s, %d", s.voucherIs(jti), b.balance())
	}
	says(t, "taken back", c.staff.brings(c.undoes(taken, s.minutes(4))), "ok")
	if s.voucherIs(jti) != "open" || b.balance() != 1 || s.record("stamps", rowOf(t, taken)).GetBool("whole") {
		t.Errorf("taken back: %s, %d", s.voucherIs(jti), b.balance())
	}
}

// Ensure that one voucher at two tills without a signal is had once, pays both shops and
// no third, and makes its account one that needs a signal.
func TestCards_AVoucherAtTwoTillsPaysBothAndNoThird(t *testing.T) {
	s := newStreet(t)
	a, b, c, who := s.counter(), s.counter(), s.counter(), s.bearer()
	s.set("accounts", who.account, map[string]any{"closed": 9})
	jti, voucher := who.voucher(500, a.shop, b.shop, c.shop)
	at := map[*counter]string{a: a.redeems(who, voucher, s.minutes(0)), b: b.redeems(who, voucher, s.minutes(30)), c: c.redeems(who, voucher, s.minutes(60))}
	says(t, "the second comes first", b.staff.brings(at[b]), "ok")
	says(t, "then the third", c.staff.brings(at[c]), "rejected:voucher_spent")
	says(t, "then the first", a.staff.brings(at[a]), "ok")
	for who, want := range map[*counter]bool{a: true, b: true, c: false} {
		if got := s.record("stamps", rowOf(t, at[who])).GetBool("whole"); got != want {
			t.Errorf("shop %s is paid: %v", who.shop, got)
		}
	}
	if s.state(at[b]) != "rejected voucher_spent" || s.voucherIs(jti) != "redeemed" || who.balance() != 8 {
		t.Errorf("%s, %s, %d", s.state(at[b]), s.voucherIs(jti), who.balance())
	}
	if until := s.record("accounts", who.account).GetString("onlineUntil"); until < sync.Stamp(time.Now().AddDate(0, 0, 28)) {
		t.Errorf("until %q", until)
	}
	other, mine := s.bearer(), who
	_, foreign := other.voucher(300, a.shop)
	_, online := mine.voucher(900, a.shop)
	_, elsewhere := mine.voucher(300, b.shop)
	got := a.staff.brings(a.redeems(mine, foreign, s.minutes(90)), a.redeems(mine, online, s.minutes(91)), a.redeems(mine, elsewhere, s.minutes(92)))
	says(t, "another's, one for a signal, one for another shop", got, "rejected:voucher_card", "rejected:voucher_online", "rejected:voucher_shop")
}

// Ensure that the key of a card and of a till is a public one, made for it: with its
// private half, with anything else beside it, or the device's own, it is refused.
func TestCards_AKeyIsPublicAndMadeForIt(t *testing.T) {
	s := newStreet(t)
	c, b := s.counter(), s.bearer()
	for _, more := range []string{"d", "kid"} {
		key := s.stranger().jwk()
		key[more] = "AAAA"
		if code, _ := b.phone.does("cards.get", map[string]any{"id": newID(), "key": key}); code != "args_invalid" {
			t.Errorf("a card's, with %s: %q", more, code)
		}
		if code, _ := c.staff.does("tills.open", map[string]any{"id": newID(), "shop": c.shop, "name": "Tablet", "key": key}); code != "args_invalid" {
			t.Errorf("a till's, with %s: %q", more, code)
		}
	}
	if code, _ := b.phone.does("cards.get", map[string]any{"id": newID(), "key": b.phone.jwk()}); code != "args_invalid" {
		t.Errorf("the device's own: %q", code)
	}
	if code, _ := c.staff.does("tills.open", map[string]any{"id": newID(), "shop": c.shop, "name": "Tablet", "key": c.staff.jwk()}); code != "args_invalid" {
		t.Errorf("the device's own, of a till: %q", code)
	}
}
