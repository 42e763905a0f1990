package cards

import (
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"kith/internal/card"
	"kith/internal/ledger"
	"kith/internal/sync"
)

func TestVouchers_CostTheirStampsOnceAndAreSignedForTheCard(t *testing.T) {
	s := newStreet(t)
	tea := s.reward(6, 420, ledger.Share{Shop: s.shop("Teapot").Id, Share: 100})
	member, account, with := s.bearer(11)
	v := s.get(member, tea)
	if stamps, spent := s.balance(account); stamps != 5 || spent != 6 {
		t.Errorf("%d are left, %d are spent", stamps, spent)
	}
	packed, err := base64.RawURLEncoding.DecodeString(v.GetString("packed"))
	s.must(err)
	sub, _ := card.ReadID(with.GetString("sub"))
	onPaper, err := s.ring.Card(sub, card.Day(s.now), 18, nil)
	s.must(err)
	_, _, got, err := card.Open(s.ring.Set(), append(onPaper, packed...))
	if err != nil || got.Reward != tea.Id || got.Pence != 420 || !got.Offline || got.ID.String() != v.GetString("jti") || int(got.TTL) != 12 {
		t.Errorf("%+v, %v", got, err)
	}
	if code := s.call(s.getVoucher, member, fmt.Sprintf(`{"id":%q,"reward":%q}`, s.id(), tea.Id)); code != "stamps_short" {
		t.Errorf("five stamps buy what costs six: %q", code)
	}
	if code := s.call(s.getVoucher, member, fmt.Sprintf(`{"id":%q,"reward":%q}`, v.Id, tea.Id)); code == "" {
		t.Error("one id gets two vouchers")
	}
}

func TestVouchers_OfflineIsForSmallOnesAndForAccountsThatMay(t *testing.T) {
	s := newStreet(t)
	shop := ledger.Share{Shop: s.shop("Teapot").Id, Share: 100}
	small, large := s.reward(1, 500, shop), s.reward(1, 501, shop)
	member, account, _ := s.bearer(10)
	if !s.get(member, small).GetBool("offline") || s.get(member, large).GetBool("offline") {
		t.Error("£5 is small, and a penny more isn't")
	}
	account = s.again(account)
	account.Set("onlineUntil", sync.Stamp(s.now.Add(time.Hour)))
	s.must(s.app.Save(account))
	if s.get(member, small).GetBool("offline") {
		t.Error("an account that is to redeem with a signal alone has a voucher for without")
	}
	s.now = s.now.Add(2 * time.Hour)
	if !s.get(member, small).GetBool("offline") {
		t.Error("and for ever")
	}
}

func TestVouchers_NobodyHasOneWithoutACardOrAReward(t *testing.T) {
	s := newStreet(t)
	tea := s.reward(1, 0, ledger.Share{Shop: s.shop("Teapot").Id, Share: 100})
	member, account, with := s.bearer(10)
	other, _, others := s.bearer(10)
	want := func(what, code, args string) {
		t.Helper()
		if got := s.call(s.getVoucher, member, args); got != code {
			t.Errorf("%s: %q", what, got)
		}
	}
	with.Set("status", "lost")
	s.must(s.app.Save(with))
	want("with a lost card", "card_none", fmt.Sprintf(`{"id":%q,"reward":%q}`, s.id(), tea.Id))
	want("with somebody else's", "card_none", fmt.Sprintf(`{"id":%q,"reward":%q,"card":%q}`, s.id(), tea.Id, others.Id))
	s.card(account, "printed")
	want("of nothing", "reward_unknown", fmt.Sprintf(`{"id":%q,"reward":%q}`, s.id(), s.id()))
	tea.Set("status", "ended")
	s.must(s.app.Save(tea))
	want("of what is over", "reward_unknown", fmt.Sprintf(`{"id":%q,"reward":%q}`, s.id(), tea.Id))
	_ = other
}

// Whatever becomes of vouchers, in whatever order it is learned, the stamps that
// are gone are those of the vouchers that are open or redeemed, and what is shown
// is never less than nothing.
func TestVouchers_StampsGoAndComeBackOnceEach(t *testing.T) {
	s := newStreet(t)
	tea := s.reward(3, 420, ledger.Share{Shop: s.shop("Teapot").Id, Share: 100})
	member, account, _ := s.bearer(12)
	r := rand.New(rand.NewPCG(7, 8))
	states := map[string]string{}
	for range 300 {
		if len(states) < 4 && r.IntN(3) == 0 {
			if shown, _ := s.balance(account); shown >= 3 {
				states[s.get(member, tea).Id] = "open"
			}
		}
		for id := range states {
			to := []string{"open", "redeemed", "void", "expired"}[r.IntN(4)]
			v, err := s.app.FindRecordById("vouchers", id)
			s.must(err)
			s.turned(v, to)
			states[id] = to
			break
		}
		want := 0
		for _, state := range states {
			if state == "open" || state == "redeemed" {
				want += 3
			}
		}
		if shown, spent := s.balance(account); spent != want || shown != max(0, 12-want) {
			t.Fatalf("%v: %d are spent and %d shown", states, spent, shown)
		}
	}
}

func TestVouchers_CancelledAndThenFoundRedeemedIsPaidForAfterAll(t *testing.T) {
	s := newStreet(t)
	tea := s.reward(6, 420, ledger.Share{Shop: s.shop("Teapot").Id, Share: 100})
	member, account, _ := s.bearer(6)
	first := s.get(member, tea)
	if code := s.call(s.cancelVoucher, member, fmt.Sprintf(`{"id":%q}`, first.Id)); code != "" {
		t.Fatal(code)
	}
	if code := s.call(s.cancelVoucher, member, fmt.Sprintf(`{"id":%q}`, first.Id)); code != "voucher_not_open" {
		t.Errorf("cancelled twice: %q", code)
	}
	s.get(member, tea)
	s.turned(first, "redeemed") // what a till took without a signal
	if shown, spent := s.balance(account); shown != 0 || spent != 12 {
		t.Errorf("%d shown, %d spent", shown, spent)
	}
	if code := s.call(s.getVoucher, member, fmt.Sprintf(`{"id":%q,"reward":%q}`, s.id(), tea.Id)); code != "stamps_short" {
		t.Errorf("what is owed buys something: %q", code)
	}
}

func TestVouchers_NobodyCancelsAnothersOrForEver(t *testing.T) {
	s := newStreet(t)
	tea := s.reward(1, 0, ledger.Share{Shop: s.shop("Teapot").Id, Share: 100})
	member, _, _ := s.bearer(3)
	other, _, _ := s.bearer(0)
	v := s.get(member, tea)
	if code := s.call(s.cancelVoucher, other, fmt.Sprintf(`{"id":%q}`, v.Id)); code != "voucher_unknown" {
		t.Errorf("somebody else's: %q", code)
	}
	for i := range 8 {
		code := s.call(s.cancelVoucher, member, fmt.Sprintf(`{"id":%q}`, v.Id))
		if code == "voucher_cancels" && i == 5 {
			return
		}
		if code != "" {
			t.Fatalf("cancelling the %d.: %q", i+1, code)
		}
		v = s.get(member, tea)
	}
	t.Error("somebody fills the list of every till")
}

func TestVouchers_RunOutOnlyWhenNoTillCanBringThemAnyMore(t *testing.T) {
	s := newStreet(t)
	tea := s.reward(6, 420, ledger.Share{Shop: s.shop("Teapot").Id, Share: 100})
	member, account, _ := s.bearer(6)
	v := s.get(member, tea)
	for days, want := range map[int]string{60: "open", 74: "open", 75: "expired"} {
		if want == "expired" {
			continue
		}
		s.must(expireVouchers(s.app, s.now.AddDate(0, 0, days)))
		if got := s.again(v).GetString("status"); got != want {
			t.Errorf("after %d days it is %s", days, got)
		}
	}
	s.must(expireVouchers(s.app, s.now.AddDate(0, 0, 75)))
	if stamps, spent := s.balance(account); s.again(v).GetString("status") != "expired" || stamps != 6 || spent != 0 {
		t.Errorf("it is %s, with %d stamps", s.again(v).GetString("status"), stamps)
	}
}

func TestVouchers_GoWithTheNewCardWhenOneIsLost(t *testing.T) {
	s := newStreet(t)
	tea := s.reward(1, 0, ledger.Share{Shop: s.shop("Teapot").Id, Share: 100})
	member, account, with := s.bearer(3)
	v := s.get(member, tea)
	with.Set("status", "lost")
	s.must(s.app.Save(with))
	next := s.card(account, "phone")
	s.must(s.bind(s.app, account.Id, next, s.now))
	after := s.again(v)
	packed, err := base64.RawURLEncoding.DecodeString(after.GetString("packed"))
	s.must(err)
	sub, _ := card.ReadID(next.GetString("sub"))
	onPaper, err := s.ring.Card(sub, card.Day(s.now), 18, nil)
	s.must(err)
	if _, _, got, err := card.Open(s.ring.Set(), append(onPaper, packed...)); err != nil || got.ID.String() != v.GetString("jti") {
		t.Errorf("%+v, %v", got, err)
	}
	if stamps, _ := s.balance(account); stamps != 2 {
		t.Errorf("it costs again: %d", stamps)
	}
}
