package cards

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"kith/internal/card"
	"kith/internal/limits"
	"kith/internal/sync"
)

func TestWeeks_OwnersSeeTheirOwnAndTheDeskSeesRoundFiguresOnce(t *testing.T) {
	s := newStreet(t)
	teapot, chair := s.shop("Teapot"), s.shop("Chair")
	monday := mondayOf(s.now)
	day := func(n int) time.Time { return monday.AddDate(0, 0, n).Add(11 * time.Hour) }
	_, regular, _ := s.bearer(0)
	s.stamped(regular, teapot, day(-10))
	s.stamped(regular, teapot, day(1))
	for range 11 {
		_, account, _ := s.bearer(0)
		s.stamped(account, teapot, day(2))
		s.stamped(account, teapot, day(3))
	}
	_, once, _ := s.bearer(0)
	s.stamped(once, chair, day(4))
	s.must(Weeks(s.app, day(5)))
	own := func() []string {
		return slices.DeleteFunc(s.rows("shopWeeks", "kind", "shop", "week", "visits", "firstVisits", "redeemed"), func(r string) bool { return !strings.Contains(r, monday.Format(time.DateOnly)) })
	}
	if got := own(); !slices.Contains(got, "own "+teapot.Id+" 2026-06-15 23 11 0") || !slices.Contains(got, "own "+chair.Id+" 2026-06-15 1 1 0") || len(got) != 2 {
		t.Errorf("%v", got)
	}
	s.must(Weeks(s.app, day(6+14)))
	if got := own(); len(got) != 2 {
		t.Errorf("the desk is shown a week that is not final: %v", got)
	}
	s.must(Weeks(s.app, day(7+14)))
	got := own()
	// NB! With two shops, the one's number would tell the other's.
	if !slices.Contains(got, "desk  2026-06-15 25 10 0") || !slices.Contains(got, "desk "+teapot.Id+" 2026-06-15 not shown not shown 0") || len(got) != 5 {
		t.Errorf("%v", got)
	}
	for range 20 {
		_, account, _ := s.bearer(0)
		s.stamped(account, chair, day(4))
	}
	s.must(Weeks(s.app, day(7+14)))
	if again := own(); fmt.Sprint(again) != fmt.Sprint(got) {
		t.Errorf("a week that is final changes: %v", again)
	}
}

func TestWeeks_TheDeskCanNotWorkOutTheOneSmallShop(t *testing.T) {
	s := newStreet(t)
	visits := map[string]int{"Teapot": 40, "Chair": 30, "Barber": 20, "Kiosk": 2}
	monday := mondayOf(s.now)
	for name, n := range visits {
		shop := s.shop(name)
		for range n {
			_, account, _ := s.bearer(0)
			s.stamped(account, shop, monday.Add(12*time.Hour))
		}
	}
	s.must(Weeks(s.app, monday.AddDate(0, 0, 21).Add(time.Hour)))
	small, hidden := 0, 0
	for _, row := range s.rows("shopWeeks", "kind", "visits") {
		switch row {
		case "desk fewer than 8":
			small++
		case "desk not shown":
			hidden++
		}
	}
	if small != 1 || hidden != 1 {
		t.Errorf("%d small and %d not shown: %v", small, hidden, s.rows("shopWeeks", "kind", "shop", "visits"))
	}
}

func TestWeeks_CountWhatAPlainShopHadAndNothingThatIsHeld(t *testing.T) {
	s := newStreet(t)
	pharmacy, other := s.shop("Pharmacy"), s.shop("Another pharmacy")
	_, account, _ := s.bearer(0)
	beside := s.stamped(account, other, s.now)
	beside.Set("shop", "")
	s.must(s.app.Save(beside))
	r := s.stamped(account, pharmacy, s.now)
	r.Set("shop", "") // as a plain shop's are shown
	s.must(s.app.Save(r))
	held := s.stamped(account, pharmacy, s.now)
	held.Set("state", "held")
	s.must(s.app.Save(held))
	s.must(Weeks(s.app, s.now))
	got := s.rows("shopWeeks", "shop", "visits", "firstVisits")
	if len(got) != 2 || !slices.Contains(got, pharmacy.Id+" 1 1") || !slices.Contains(got, other.Id+" 1 1") {
		t.Errorf("%s", got)
	}
}

func TestPatterns_AreFoundOnceAWeekAndNameNobody(t *testing.T) {
	s := newStreet(t)
	teapot := s.shop("Teapot")
	monday := mondayOf(s.now)
	for i := range 14 {
		_, account, _ := s.bearer(0)
		s.stamped(account, teapot, monday.Add(34*time.Hour+time.Duration(i)*20*time.Second))
	}
	at := monday.AddDate(0, 0, 7+14).Add(3 * time.Hour)
	for range 2 {
		s.must(Patterns(s.app, at))
	}
	if got := fmt.Sprint(s.rows("patterns", "week", "shop", "kind", "shown", "seen")); got != "[2026-06-15 "+teapot.Id+" burst 15 stamps within 10 minutes false]" {
		t.Errorf("%s", got)
	}
}

// list is what tills are told now.
func (s *street) list() card.Revocations {
	s.t.Helper()
	row, err := s.app.FindRecordById("revocations", theList)
	s.must(err)
	list, err := card.ReadRevocations(s.ring.Set(), row.GetString("token"), s.now)
	s.must(err)
	if list.Seq != row.GetInt("seq") {
		s.t.Errorf("the list has number %d, its row %d", list.Seq, row.GetInt("seq"))
	}
	return list
}

func TestRevoked_TheListChangesWithACardAndIsRenewedBeforeItEnds(t *testing.T) {
	s := newStreet(t)
	_, _, with := s.bearer(0)
	s.must(s.revoke(s.app, s.now))
	s.must(s.revoke(s.app, s.now.Add(time.Hour)))
	if list := s.list(); list.Seq != 1 || len(list.Cards) != 0 {
		t.Errorf("%+v", list)
	}
	with.Set("status", "lost")
	with.Set("ended", sync.Stamp(s.now))
	s.must(s.app.Save(with))
	s.must(s.revoke(s.app, s.now))
	if list := s.list(); list.Seq != 2 || !slices.Equal(list.Cards, []string{with.GetString("sub")}) {
		t.Errorf("%+v", list)
	}
	s.now = s.now.AddDate(0, 0, 4)
	s.must(s.revoke(s.app, s.now))
	if list := s.list(); list.Seq != 3 || !list.Expires.Equal(s.now.AddDate(0, 0, 7)) {
		t.Errorf("%+v", list)
	}
	s.now = s.now.AddDate(0, 0, 90)
	s.must(s.revoke(s.app, s.now))
	if list := s.list(); len(list.Cards) != 0 {
		t.Errorf("a card that has run out is still on it: %+v", list)
	}
}

func TestRevoked_TheListHasAnEndAndFitsItsRow(t *testing.T) {
	s := newStreet(t)
	_, err := s.app.DB().NewQuery(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
		INSERT INTO cards (id, account, sub, kind, status, expires, ended, member, by, device, packed, code, key, issued)
		SELECT printf('%015d', i), 'account00000000', printf('%016x', i), 'phone', 'lost', 99999, printf('2026-06-01T%05d', i), '', '', '', '', '', '', 0 FROM n`).Execute()
	s.must(err)
	s.must(s.revoke(s.app, s.now))
	list := s.list()
	if len(list.Cards) != limits.RevokedCards || !slices.Contains(list.Cards, fmt.Sprintf("%016x", 3000)) || slices.Contains(list.Cards, fmt.Sprintf("%016x", 1)) {
		t.Errorf("%d cards, and not the newest", len(list.Cards))
	}
}

func TestRevoked_WithoutAKeyNothingFails(t *testing.T) {
	s := newStreet(t)
	s.ring = &card.Ring{}
	s.must(s.revoke(s.app, s.now))
}
