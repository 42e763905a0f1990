package hooks_test

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
	gosync "sync"
	"testing"
	"time"

	"kith/internal/sync"
)

// Ensure that a phone gets a card, that a till stamps it, and that its bearer sees the
// stamp and the shop doesn't.
func TestStamps_ACardIsStampedAndItsBearerSeesIt(t *testing.T) {
	s := newStreet(t)
	c := s.counter()
	till, key := newID(), newKey(t)
	c.staff.doesWell("tills.open", map[string]any{"id": till, "shop": c.shop, "name": "Tablet", "key": jwkOf(t, key)})
	c.till, c.key = till, key
	p, mine := s.phone("resident"), newKey(t)
	id := newID()
	p.doesWell("cards.get", map[string]any{"id": id, "key": jwkOf(t, mine)})
	packed, err := base64Of(p.holds("cards")[id]["packed"])
	must(t, err)
	b := &bearer{street: s, phone: p, key: mine, packed: packed, card: id, account: s.record("cards", id).GetString("account")}
	raw := c.stamps(b, time.Now().Add(time.Minute))
	says(t, "now", c.staff.brings(raw), "ok")
	if b.balance() != 1 || p.holds("accounts")[b.account]["stamps"] != float64(1) {
		t.Errorf("balance %d", b.balance())
	}
	row := p.holds("stamps")[rowOf(t, raw)]
	if row["shop"] != c.shop || row["state"] != "ok" || row["counted"] != float64(1) {
		t.Errorf("%v", row)
	}
	if len(c.staff.holds("stamps"))+len(c.boss().holds("stamps"))+len(c.staff.holds("cards")) > 0 {
		t.Error("a shop holds whose card it was")
	}
	says(t, "again", c.staff.brings(raw), "duplicate")
	if b.balance() != 1 {
		t.Errorf("twice counts %d", b.balance())
	}
}

// Ensure that what a card is worth is judged as of the record's own time, each thing that
// is wrong with its own code, and that none of them keeps the others.
func TestStamps_EachRecordHasAVerdictOfItsOwn(t *testing.T) {
	s := newStreet(t)
	c, other := s.counter(), s.counter()
	b, lost, gone := s.bearer(), s.bearer(), s.bearer()
	at := s.minutes(0)
	lost.phone.doesWell("cards.lost", map[string]any{"id": lost.card})
	s.set("cards", lost.card, map[string]any{"ended": sync.Stamp(at.Add(-time.Hour))})
	must(t, s.app.Delete(s.record("cards", gone.card)))
	flipped := slices.Clone(b.shows(at))
	flipped[20] ^= 1
	huge := strings.Repeat("x", 30_000)
	deep := strings.Repeat("[", 5_000) + strings.Repeat("]", 5_000)
	for name, one := range map[string]struct {
		raw  any
		want string
	}{
		"a good one":         {c.stamps(b, at), "ok"},
		"a card that's lost": {c.stamps(lost, at), "rejected:card_revoked"},
		"one that is gone":   {c.stamps(gone, at), "rejected:card_revoked"},
		"a forged card":      {c.proved(flipped, at), "rejected:card_forged"},
		"an old picture":     {c.proved(b.shows(at.Add(-3*time.Minute)), at), "rejected:proof_stale"},
		"a proof of later":   {c.proved(b.shows(at.Add(time.Minute)), at), "rejected:proof_early"},
		"without its proof":  {c.proved(b.packed, at), "rejected:proof_missing"},
		"before it was made": {c.stamps(b, at.AddDate(0, 0, -30)), "rejected:card_early"},
		"too late":           {c.stamps(b, at.AddDate(0, 0, -16)), "held:too_late"},
		"far too late":       {c.stamps(b, at.AddDate(0, 0, -50)), "rejected:card_early"},
		"of next week":       {c.stamps(b, at.AddDate(0, 0, 8)), "rejected:clock_wrong"},
		"of in an hour":      {c.stamps(b, time.Now().Add(time.Hour)), "held:clock_wrong"},
		"no such code":       {c.typed("ZZZZZZZZ", at), "rejected:code_unknown"},
		"of another shop":    {other.stamps(b, at), "rejected:not_allowed"},
		"nothing":            {"", "rejected:record_forged"}, "a number": {1e300, "rejected:record_forged"}, "no number": {json.RawMessage("1e400"), "rejected:record_forged"},
		"a list": {[]any{1, "a"}, "rejected:record_forged"}, "null": {nil, "rejected:record_forged"}, "a huge one": {huge, "rejected:record_forged"}, "a deep one": {json.RawMessage(deep), "rejected:record_forged"},
		"a deep payload": {"e30." + b64([]byte(deep)) + ".e30", "rejected:record_forged"},
	} {
		good := s.bearer()
		before := c.stamps(good, at)
		after := c.stamps(s.bearer(), at)
		got := c.staff.bringsRaw(before, one.raw, after)
		if len(got) != 3 || strings.Replace(got[1], "chain_gap,", "", 1) != one.want || strings.HasPrefix(got[2], "rejected") || strings.HasPrefix(got[0], "rejected") {
			t.Errorf("%s: %q, not %q", name, got, one.want)
		}
	}
}

// Ensure that the same records give the same verdicts and balances in whatever order, in
// whatever commands, and however often they are sent.
func TestStamps_TheOrderOfArrivalIsNothing(t *testing.T) {
	for seed := range uint64(6) {
		r := rand.New(rand.NewPCG(seed, 3))
		s := newStreet(t)
		counters := []*counter{s.counter(), s.counter(), s.counter()}
		bearers := []*bearer{s.bearer(), s.bearer(), s.paper()}
		_, voucher := bearers[0].voucher(300, counters[0].shop, counters[1].shop, counters[2].shop)
		var raws, ends []string
		from := map[string]*counter{}
		at := -180.0
		var shown []byte
		var last time.Time
		for range 45 {
			at += float64(r.IntN(25))
			c, b, when := counters[r.IntN(3)], bearers[r.IntN(3)], s.minutes(at)
			var raw string
			switch n := r.IntN(12); {
			case n == 0:
				raw = c.redeems(bearers[0], voucher, when)
			case n == 1 && len(raws) > 0:
				of := raws[len(raws)-1]
				raw = from[of].undoes(of, when.Add(-time.Duration(r.IntN(10))*time.Minute))
				c = from[of]
			case n < 4 && shown != nil:
				raw = c.proved(shown, last.Add(20*time.Second))
			default:
				shown, last = b.shows(when), when
				raw = c.proved(shown, when)
			}
			raws, from[raw] = append(raws, raw), c
		}
		var balances []int
		for round := range 3 {
			for part := range slices.Chunk(raws, 1+r.IntN(9)) {
				for _, c := range counters {
					if mine := slices.DeleteFunc(slices.Clone(part), func(raw string) bool { return from[raw] != c }); len(mine) > 0 {
						c.staff.brings(mine...)
					}
				}
			}
			var states []string
			for _, raw := range slices.Sorted(slices.Values(raws)) {
				states = append(states, s.state(raw))
			}
			var now []int
			for _, b := range bearers {
				now = append(now, b.balance())
			}
			if round > 0 && (!slices.Equal(states, ends) || !slices.Equal(now, balances)) {
				t.Errorf("seed %d, round %d: %v %v, not %v %v", seed, round, now, states, balances, ends)
			}
			ends, balances = states, now
			r.Shuffle(len(raws), func(i, k int) { raws[i], raws[k] = raws[k], raws[i] })
			s.forget()
		}
		if all := strings.Join(ends, ","); seed == 0 && (!strings.Contains(all, "ok") || !strings.Contains(all, "rejected proof_reused") || !strings.Contains(all, "held cap_day")) {
			t.Errorf("a tame history: %v", ends)
		}
	}
}

// forget makes a street as it was before any record came.
func (s *street) forget() {
	s.t.Helper()
	for _, statement := range []string{
		"DROP TRIGGER stamps_close", "DELETE FROM stamps", "DELETE FROM reviews", "UPDATE tills SET seq = 0, head = '', closed = 0", "UPDATE accounts SET stamps = 0, held = 0, onlineUntil = ''",
		"UPDATE vouchers SET status = 'open'", "CREATE TRIGGER stamps_close AFTER DELETE ON stamps BEGIN SELECT 1; END",
	} {
		_, err := s.app.DB().NewQuery(statement).Execute()
		must(s.t, err)
	}
}

// Ensure that a record which is missing holds the next one, where its shop and the desk
// can see that, and that nobody has to do anything when it comes.
func TestStamps_AMissingRecordIsAGapThatHeals(t *testing.T) {
	s := newStreet(t)
	c, a, b, d := s.counter(), s.bearer(), s.bearer(), s.bearer()
	desk := s.phone("coordinator")
	one, missing, three, four := c.stamps(a, s.minutes(0)), c.stamps(b, s.minutes(1)), c.stamps(d, s.minutes(2)), c.stamps(s.bearer(), s.minutes(3))
	says(t, "without the second", c.staff.brings(four, three, one), "ok", "held:chain_gap", "ok")
	says(t, "the first alone", c.staff.brings(one), "duplicate")
	for who, p := range map[string]*phone{"owner": c.boss(), "desk": desk} {
		row := p.holds("reviews")[rowOf(t, three)]
		if row == nil || !strings.HasSuffix(row["at"].(string), ":00.000Z") || row["shop"] != c.shop {
			t.Errorf("%s: %v", who, row)
		}
	}
	if n := len(c.staff.holds("reviews")); n > 0 {
		t.Errorf("staff hold %d reviews", n)
	}
	if d.balance() != 1 || s.record("accounts", d.account).GetInt("held") != 1 {
		t.Error("its bearer has nothing of a till's fault")
	}
	says(t, "the second", c.staff.brings(missing), "ok")
	if s.state(three) != "ok" || len(desk.holds("reviews")) > 0 || d.balance() != 1 || s.record("accounts", d.account).GetInt("held") != 0 {
		t.Errorf("not healed: %s", s.state(three))
	}
}

// Ensure that what a copied till writes down beside the real one is held, and what the
// real one writes later isn't.
func TestStamps_AForkedTillIsHeld(t *testing.T) {
	s := newStreet(t)
	c := s.counter()
	first := c.stamps(s.bearer(), s.minutes(0))
	copied := *c
	second, later := c.stamps(s.bearer(), s.minutes(1)), c.stamps(s.bearer(), s.minutes(3))
	forged := copied.stamps(s.bearer(), s.minutes(2))
	says(t, "the real one", c.staff.brings(first, second, later), "ok", "ok", "ok")
	says(t, "its copy", c.staff.brings(forged), "held:chain_fork")
	if s.state(second) != "held chain_fork" || s.state(later) != "ok" || s.state(first) != "ok" {
		t.Errorf("%s, %s, %s", s.state(first), s.state(second), s.state(later))
	}
}

// Ensure that records which a till sends after it was ended are held, and not lost.
func TestTills_WhatAnEndedTillSendsIsHeld(t *testing.T) {
	s := newStreet(t)
	c, a, b := s.counter(), s.bearer(), s.bearer()
	before, after := c.stamps(a, s.minutes(0)), c.stamps(b, s.minutes(1))
	says(t, "before", c.staff.brings(before), "ok")
	if code, _ := c.staff.does("tills.end", map[string]any{"id": c.till}); code != "till_unknown" {
		t.Errorf("staff end a till: %q", code)
	}
	c.boss().doesWell("tills.end", map[string]any{"id": c.till})
	says(t, "after", c.staff.brings(after), "held:till_ended")
	if code, _ := c.staff.does("tills.renew", map[string]any{"id": c.till}); code != "till_ended" {
		t.Errorf("an ended till is renewed: %q", code)
	}
	c.boss().doesWell("stamps.review", map[string]any{"id": rowOf(t, after), "accept": true})
	if s.state(after) != "ok" || b.balance() != 1 {
		t.Errorf("accepted: %s, %d", s.state(after), b.balance())
	}
}

// Ensure that a limit of the card is lifted by a coordinator alone, and that accepting
// makes no room for more.
func TestStamps_WhoMayLetCountWhat(t *testing.T) {
	s := newStreet(t)
	c, b := s.counter(), s.bearer()
	desk := s.phone("coordinator")
	var raws []string
	for i := range 5 {
		raws = append(raws, c.stamps(b, s.minutes(float64(40*i))))
	}
	says(t, "five of a day", c.staff.brings(raws...), "ok", "ok", "held:cap_day", "held:cap_day", "held:cap_day")
	if b.balance() != 3 {
		t.Errorf("two and the doubt are %d", b.balance())
	}
	review := func(p *phone, raw string, accept bool) string {
		code, _ := p.does("stamps.review", map[string]any{"id": rowOf(t, raw), "accept": accept})
		return code
	}
	for what, got := range map[string]string{"staff": review(c.staff, raws[2], true), "the bearer": review(b.phone, raws[2], true), "another shop": review(s.counter().boss(), raws[2], true)} {
		if got != "review_unknown" {
			t.Errorf("%s: %q", what, got)
		}
	}
	if is, no := saysOf(b.phone, rowOf(t, raws[2])), saysOf(b.phone, newID()); is != no {
		t.Errorf("that something is held is told: %q, %q", is, no)
	}
	if got := review(c.boss(), raws[2], true); got != "review_desk" {
		t.Errorf("the owner: %q", got)
	}
	if got := review(desk, raws[2], true); got != "" {
		t.Errorf("a coordinator: %q", got)
	}
	if got := review(c.boss(), raws[3], false); got != "" || s.state(raws[3]) != "rejected refused" {
		t.Errorf("the owner refuses: %q, %s", got, s.state(raws[3]))
	}
	if got := review(desk, raws[2], true); got != "review_unknown" {
		t.Errorf("twice: %q", got)
	}
	if s.state(raws[4]) != "held cap_day" || b.balance() != 4 {
		t.Errorf("then %s, %d", s.state(raws[4]), b.balance())
	}
}

// Ensure that a till takes back its own stamp soon, whichever of the two comes first.
func TestStamps_AnUndoTakesItsStampOutInWhateverOrder(t *testing.T) {
	s := newStreet(t)
	c, a, b := s.counter(), s.bearer(), s.bearer()
	one := c.stamps(a, s.minutes(0))
	undo := c.undoes(one, s.minutes(2))
	two := c.stamps(b, s.minutes(3))
	undoTwo := c.undoes(two, s.minutes(20))
	says(t, "in order", c.staff.brings(one, undo), "ok", "ok")
	if s.state(one) != "undone" || a.balance() != 0 {
		t.Errorf("%s, %d", s.state(one), a.balance())
	}
	says(t, "too late, and before what it is of", c.staff.brings(undoTwo), "held:chain_gap")
	says(t, "its stamp", c.staff.brings(two), "ok")
	if s.state(undoTwo) != "rejected too_late" || s.state(two) != "ok" || b.balance() != 1 {
		t.Errorf("%s, %s, %d", s.state(undoTwo), s.state(two), b.balance())
	}
	d := s.bearer()
	three := c.stamps(d, s.minutes(30))
	undoThree := c.undoes(three, s.minutes(31))
	c.staff.brings(undoThree)
	c.staff.brings(three)
	if s.state(undoThree) != "ok" || s.state(three) != "undone" || d.balance() != 0 {
		t.Errorf("%s, %s, %d", s.state(undoThree), s.state(three), d.balance())
	}
	if r := s.record("stamps", rowOf(t, undoThree)); r.GetString("member") != d.phone.member {
		t.Error("an undo isn't its bearer's")
	}
}

// Ensure that a till's limit by the hour holds, and that what is over it is lifted by the
// desk.
func TestStamps_ATillThatIsTooBusyIsHeld(t *testing.T) {
	s := newStreet(t)
	desk := s.phone("coordinator")
	desk.doesWell("community.scheme", map[string]any{"set": map[string]any{"perTillHour": 10}})
	c := s.counter()
	var raws []string
	for i := range 13 {
		raws = append(raws, c.stamps(s.bearer(), s.minutes(float64(i))))
	}
	c.staff.brings(raws[6:]...)
	got := c.staff.brings(raws[:6]...)
	for i, raw := range raws {
		want := "ok"
		if i >= 10 {
			want = "held till_busy"
		}
		if s.state(raw) != want {
			t.Errorf("%d of the hour: %s (%v)", i+1, s.state(raw), got)
		}
	}
}

// Ensure that what is typed where a card can't be read counts once a day and shop, for
// a printed card and for nothing else.
func TestStamps_ATypedCodeIsAPrintedCard(t *testing.T) {
	s := newStreet(t)
	c, b := s.counter(), s.paper()
	says(t, "paper", c.staff.brings(c.typed(b.code, s.minutes(0)), c.typed(b.code, s.minutes(40)), c.stamps(b, s.minutes(80))), "ok", "held:cap_day", "held:cap_day")
	if b.balance() != 2 {
		t.Errorf("%d", b.balance())
	}
}

// insists brings one record, again while the server is busy, as a phone does.
func (p *phone) insists(raw string) string {
	command := p.command("stamps.record", map[string]any{"records": []string{raw}})
	for {
		a := p.exchange(map[string]any{"commands": []any{command}, "cursor": ""})
		if a.code == 503 {
			continue
		}
		var said struct{ Verdicts []struct{ Verdict string } }
		if len(a.outcomes) != 1 || json.Unmarshal(a.outcomes[0].Result, &said) != nil || len(said.Verdicts) != 1 {
			return a.raw
		}
		return said.Verdicts[0].Verdict
	}
}

// Ensure that of a hundred who redeem one voucher at the same time one has it, and two
// shops are paid.
func TestStamps_AHundredAtOnceHaveAVoucherOnce(t *testing.T) {
	s := newStreet(t)
	b := s.bearer()
	counters := make([]*counter, 100)
	shops := make([]string, len(counters))
	for i := range counters {
		counters[i] = s.counter()
		shops[i] = counters[i].shop
	}
	jti, voucher := b.voucher(400, shops...)
	records := make([]string, len(counters))
	for i, c := range counters {
		records[i] = c.redeems(b, voucher, s.minutes(float64(i)))
	}
	said := make([]string, len(counters))
	var wg gosync.WaitGroup
	for i, c := range counters {
		wg.Go(func() { said[i] = c.staff.insists(records[i]) })
	}
	wg.Wait()
	for i, verdict := range said {
		if verdict != "ok" && verdict != "rejected:voucher_spent" {
			t.Errorf("%d: %s", i, verdict)
		}
	}
	var had, whole, first int
	must(t, s.app.DB().NewQuery("SELECT sum(state = 'ok'), sum(whole), sum(state = 'ok' AND at = (SELECT min(at) FROM stamps)) FROM stamps").Row(&had, &whole, &first))
	if had != 1 || first != 1 || whole != 2 || s.voucherIs(jti) != "redeemed" {
		t.Errorf("%d have it, %d shops are paid, it is %s", had, whole, s.voucherIs(jti))
	}
	if until := s.record("accounts", b.account).GetString("onlineUntil"); until < in(27) {
		t.Errorf("online until %q", until)
	}
}

// saysOf is all that a phone is told which would look into a record.
func saysOf(p *phone, id string) string {
	o := p.sync(p.command("stamps.review", map[string]any{"id": id, "accept": true})).outcomes[0]
	return o.Status + " " + o.Code + " " + o.Message
}
