package cards

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"kith/internal/ledger"
)

// onTheFirst is the morning after a month.
var onTheFirst = time.Date(2026, 7, 1, 2, 43, 0, 0, time.UTC)

func TestSettle_EachVoucherIsPaidForOnceAndAMonthThatWasPaidStays(t *testing.T) {
	s := newStreet(t)
	teapot, chair := s.shop("Teapot"), s.shop("Chair")
	tea := s.reward(1, 333, ledger.Share{Shop: teapot.Id, Share: 67}, ledger.Share{Shop: chair.Id, Share: 33})
	member, _, _ := s.bearer(40)
	for range 10 {
		s.took(s.get(member, tea), teapot, s.now, true)
	}
	s.took(s.get(member, tea), chair, s.now, false) // not accepted yet
	s.must(Settle(s.app, s.now))
	if rows := s.rows("settlements", "month"); len(rows) != 0 {
		t.Errorf("a month is settled before it is over: %v", rows)
	}
	for range 3 {
		s.must(Settle(s.app, onTheFirst))
	}
	want := fmt.Sprint([]string{"2026-06 " + chair.Id + " " + teapot.Id + " " + tea.Id + " 1099 10"}) // 33% of £33.30
	got := func() string {
		return fmt.Sprint(s.rows("settlements", "month", "payer", "payee", "reward", "pence", "count"))
	}
	if got() != want {
		t.Errorf("%s, not %s", got(), want)
	}
	late := s.took(s.get(member, tea), teapot, s.now, true) // a till that came late, or a review
	s.must(Settle(s.app, onTheFirst.AddDate(0, 0, 9)))
	if got() != want {
		t.Errorf("a month that was paid is another now: %s", got())
	}
	s.must(Settle(s.app, onTheFirst.AddDate(0, 1, 0)))
	if !strings.Contains(got(), "2026-07 "+chair.Id+" "+teapot.Id+"  110 1") || s.again(late).GetString("settled") != "2026-07" {
		t.Errorf("what came late is never paid: %s", got())
	}
}

func TestSettle_OneVoucherIsPaidForAtMostTwice(t *testing.T) {
	s := newStreet(t)
	teapot, chair, barber := s.shop("Teapot"), s.shop("Chair"), s.shop("Barber")
	tea := s.reward(1, 400, ledger.Share{Shop: barber.Id, Share: 100}, ledger.Share{Shop: teapot.Id}, ledger.Share{Shop: chair.Id})
	member, _, _ := s.bearer(1)
	v := s.get(member, tea)
	s.took(v, teapot, s.now, true)
	s.took(v, chair, s.now.Add(time.Hour), true)
	s.must(Settle(s.app, onTheFirst))
	third := s.took(v, teapot, s.now.Add(-time.Hour), true) // comes last, and was first
	s.must(Settle(s.app, onTheFirst.AddDate(0, 1, 0)))
	got := fmt.Sprint(s.rows("settlements", "month", "payer", "pence"))
	if strings.Count(got, barber.Id+" 400") != 2 || strings.Contains(got, "2026-07") || s.again(third).GetString("settled") != "none" {
		t.Errorf("%s", got)
	}
}

func TestSettle_AMonthEndsAtMidnightInTheCommunity(t *testing.T) {
	s := newStreet(t)
	teapot, chair := s.shop("Teapot"), s.shop("Chair")
	tea := s.reward(1, 400, ledger.Share{Shop: chair.Id, Share: 100}, ledger.Share{Shop: teapot.Id})
	member, _, _ := s.bearer(2)
	s.took(s.get(member, tea), teapot, time.Date(2026, 6, 30, 22, 59, 0, 0, time.UTC), true)
	s.took(s.get(member, tea), teapot, time.Date(2026, 6, 30, 23, 1, 0, 0, time.UTC), true) // July in London
	s.must(Settle(s.app, onTheFirst))
	if got := fmt.Sprint(s.rows("settlements", "month", "pence", "count")); got != "[2026-06 400 1]" {
		t.Errorf("%s", got)
	}
}

func TestLeave_AShopOwesWhatItPromisedAndPromisesNothingMore(t *testing.T) {
	s := newStreet(t)
	teapot, chair := s.shop("Teapot"), s.shop("Chair")
	both := s.reward(1, 400, ledger.Share{Shop: chair.Id, Share: 50}, ledger.Share{Shop: teapot.Id, Share: 50})
	alone := s.reward(1, 300, ledger.Share{Shop: chair.Id, Share: 100})
	other := s.reward(1, 200, ledger.Share{Shop: teapot.Id, Share: 100})
	member, account, _ := s.bearer(3)
	shared, lost, kept := s.get(member, both), s.get(member, alone), s.get(member, other)
	chair.Set("status", "left")
	s.must(s.app.Save(chair))
	s.must(s.leaveRewards(s.app, chair.Id, s.now))
	if s.again(both).GetString("status") != "ended" || s.again(alone).GetString("status") != "ended" || s.again(other).GetString("status") != "active" {
		t.Errorf("%v", s.rows("rewards", "status"))
	}
	if s.again(shared).GetString("status") != "open" || s.again(lost).GetString("status") != "void" || s.again(kept).GetString("status") != "open" {
		t.Errorf("%v", s.rows("vouchers", "status"))
	}
	if stamps, spent := s.balance(account); stamps != 1 || spent != 2 {
		t.Errorf("%d stamps, %d spent", stamps, spent)
	}
	s.took(shared, teapot, s.now, true)
	s.must(Settle(s.app, onTheFirst))
	if got := fmt.Sprint(s.rows("settlements", "payer", "payee", "pence")); got != fmt.Sprint([]string{chair.Id + " " + teapot.Id + " 200"}) {
		t.Errorf("%s", got)
	}
}
