package hooks_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// Ensure that who may look into what is held is told, a line for each shop whoever sent
// it; that nobody learns whose card it was by that; that the line ends when nothing waits
// any more; and that the bearer is told that it counts after all.
func TestTelling_OfWhatIsToBeLookedInto(t *testing.T) {
	s := newStreet(t)
	c, b, other := s.counter(), s.bearer(), s.bearer()
	owner, desk := c.boss(), s.phone("coordinator")
	s.tellings()
	ended := func(n float64, b *bearer) string { return c.stamps(b, s.minutes(n)) }
	raws := []string{ended(0, b), ended(1, other)}
	owner.doesWell("tills.end", map[string]any{"id": c.till})
	says(t, "by an ended till", owner.brings(raws...), "held:till_ended", "held:till_ended")
	var all []string
	must(t, s.app.DB().NewQuery("SELECT id || whom || but || template || ref || at FROM tellings").Column(&all))
	for _, secret := range []string{b.phone.member, b.account, b.card, rowOf(t, raws[0])} {
		if strings.Contains(fmt.Sprint(all), secret) {
			t.Errorf("whose card it was stands in %v", all)
		}
	}
	s.tells("two that are held", "review.new owners/"+c.shop+" "+c.shop)
	line := s.noticed(owner.member, "review.new", c.shop)
	owner.doesWell("stamps.review", map[string]any{"id": rowOf(t, raws[0]), "accept": true})
	s.tells("one that counts after all", "stamp.counted member/"+b.phone.member)
	if s.isRead(line) {
		t.Error("another one waits")
	}
	desk.doesWell("stamps.review", map[string]any{"id": rowOf(t, raws[1]), "accept": false})
	if s.tells("one that doesn't"); !s.isRead(line) {
		t.Error("nothing waits any more")
	}
}

// Ensure that of more than the rules allow the coordinators are told, and not the owner,
// who can't let it count.
func TestTelling_OfALimitTheDeskIsTold(t *testing.T) {
	s := newStreet(t)
	c, b := s.counter(), s.bearer()
	c.boss()
	s.tellings()
	says(t, "three of a day", c.staff.brings(c.stamps(b, s.minutes(0)), c.stamps(b, s.minutes(40)), c.stamps(b, s.minutes(80))), "ok", "ok", "held:cap_day")
	s.tells("a limit", "review.new coordinators "+c.shop)
}

// Ensure that who has by now what a reward costs is told of the dearest, once, and not any
// more when they have got it or it has ended; and whose voucher a till took, unless it
// took that back.
func TestTelling_OfRewardsAndVouchers(t *testing.T) {
	s := newStreet(t)
	c, b := s.counter(), s.bearer()
	desk := s.phone("coordinator")
	reward := func(stamps int) string {
		id := newID()
		desk.doesWell("rewards.add", map[string]any{"id": id, "title": "Tea", "stamps": stamps, "pence": 100, "shops": []any{map[string]any{"shop": c.shop, "share": 100}}})
		return id
	}
	reward(1)
	two, _ := reward(2), reward(9)
	s.tellings()
	says(t, "two at once", c.staff.brings(c.stamps(b, s.minutes(0)), c.stamps(b, s.minutes(40))), "ok", "ok")
	s.tells("enough for two of them", "reward.reached member/"+b.phone.member+" "+two)
	line, others := s.noticed(b.phone.member, "reward.reached", two), s.noticed(desk.member, "reward.reached", two)
	id := newID()
	b.phone.doesWell("vouchers.get", map[string]any{"id": id, "reward": two})
	if s.tells("having got it"); !s.isRead(line) || s.isRead(others) {
		t.Errorf("read by who has it: %v, and by another: %v", s.isRead(line), s.isRead(others))
	}
	desk.doesWell("rewards.end", map[string]any{"id": two})
	if !s.isRead(others) {
		t.Error("it has ended, and somebody reads that they have enough for it")
	}
	packed, err := base64Of(b.phone.holds("vouchers")[id]["packed"])
	must(t, err)
	b.packed = s.cardOf(b)
	soon := time.Now().Add(10 * time.Second)
	taken := c.redeems(b, packed, soon)
	says(t, "the voucher", c.staff.brings(taken), "ok")
	s.tells("a voucher that a till took", "voucher.used member/"+b.phone.member+" "+id)
	used := s.noticed(b.phone.member, "voucher.used", id)
	says(t, "taken back", c.staff.brings(c.undoes(taken, soon.Add(time.Minute))), "ok")
	if s.tells("taking it back"); !s.isRead(used) {
		t.Error("somebody reads that a till has it")
	}
}

// cardOf is a bearer's card as it is stored by now.
func (s *street) cardOf(b *bearer) []byte {
	s.t.Helper()
	raw, err := base64Of(s.record("cards", b.card).GetString("packed"))
	must(s.t, err)
	return raw
}
