package ledger

import (
	"math/rand/v2"
	"reflect"
	"testing"
	"time"
)

// histories that the properties are held against.
const histories = 10_000

// Ensure that the same records give the same verdicts and balances, in whatever order
// and however often they came.
func TestJudge_IsTheSameInWhateverOrderRecordsCome(t *testing.T) {
	states := map[string]int{}
	for seed := range uint64(histories) {
		h := newHistory(seed)
		facts := Facts{Vouchers: map[string]Used{"v0": {Before: seed%5 == 0}}}
		want := Judge(h.records, h.rules, facts)
		counted, held := Tally(h.records, want)
		for range 3 {
			came := h.arrive()
			got := Judge(came, h.rules, facts)
			c, n := Tally(came, got)
			if !reflect.DeepEqual(got, want) || c != counted || n != held || Shown(2, 1, c, n) != Shown(2, 1, counted, held) {
				t.Fatalf("history %d: %+v, and then %+v", seed, want, got)
			}
		}
		for _, v := range want {
			states[v.State]++
		}
	}
	for _, s := range []string{OK, Held, Rejected, Undone} {
		if states[s] < histories/10 {
			t.Errorf("the histories are tame: %v", states)
		}
	}
}

// Ensure that what somebody accepted or refused never makes more of a card's stamps count
// than the rules and a coordinator together allow.
func TestJudge_KeepsTheRulesInEveryHistory(t *testing.T) {
	for seed := range uint64(histories) {
		h := newHistory(seed)
		verdicts := by(Judge(h.records, h.rules, Facts{}))
		all, paper, last, proofs := map[string]int{}, map[string]int{}, map[string]time.Time{}, map[string]int{}
		for _, r := range inOrder(h.records) {
			v := verdicts[r.ID]
			if v.Counted != 0 && (v.State != OK || r.Act != ActStamp) {
				t.Fatalf("history %d: %+v counts", seed, v)
			}
			if v.Counted == 0 {
				continue
			}
			if proofs[r.Proof]++; r.Proof != "" && proofs[r.Proof] > 1 {
				t.Fatalf("history %d: %s counts twice", seed, r.Proof)
			}
			if r.Review == ByCoordinator {
				continue
			}
			key := r.Shop + r.Day
			if all[key]++; r.Paper {
				paper[key]++
			}
			if all[key] > h.rules.StampsPerDay || paper[key] > h.rules.PrintedPerDay || all[key] > 1 && r.At.Sub(last[key]) < time.Duration(h.rules.MinutesApart)*time.Minute {
				t.Fatalf("history %d: %s is one too many", seed, r.ID)
			}
			last[key] = r.At
		}
	}
}

// Ensure that a voucher is had once, and that no more shops are paid for it than the
// loss that is written down, each of them once.
func TestJudge_AVoucherLosesItsWorthOnceAtMost(t *testing.T) {
	twice := 0
	for seed := range uint64(histories) {
		h := newHistory(seed)
		verdicts := by(Judge(h.records, h.rules, Facts{}))
		had, paid, shops := map[string]int{}, map[string]int{}, map[string]bool{}
		for _, r := range h.records {
			v := verdicts[r.ID]
			if r.Act != ActRedeem {
				if v.Whole {
					t.Fatalf("history %d: %+v is paid for", seed, r)
				}
				continue
			}
			if v.State == OK || v.State == Held && !contains(v.Codes, VoucherSpent) {
				had[r.Voucher]++
			}
			if v.Whole {
				paid[r.Voucher]++
				if shops[r.Voucher+r.Shop] {
					t.Fatalf("history %d: %s is paid twice for %s", seed, r.Shop, r.Voucher)
				}
				shops[r.Voucher+r.Shop] = true
			}
			if had[r.Voucher] > 1 || paid[r.Voucher] > MostPaid {
				t.Fatalf("history %d: %s was had %d times and paid %d times", seed, r.Voucher, had[r.Voucher], paid[r.Voucher])
			}
			if paid[r.Voucher] == 2 {
				twice++
			}
		}
	}
	if twice == 0 {
		t.Error("no voucher was used twice: the histories are tame")
	}
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// Ensure that no figure changes when the records of a day end: what is shown, and what
// the others count.
func TestJudge_NothingChangesWhenADayEnds(t *testing.T) {
	for seed := range uint64(histories) {
		h := newHistory(seed)
		all := Judge(h.records, h.rules, Facts{})
		verdicts := by(all)
		counted, held := Tally(h.records, all)
		shown := Shown(0, 0, counted, held)
		facts, closed := Facts{Vouchers: map[string]Used{}}, 0
		records := h.records
		for len(records) > 0 {
			day := records[0].Day
			var left []Record
			for _, r := range records {
				v := verdicts[r.ID]
				if r.Day != day {
					left = append(left, r)
					continue
				}
				closed += v.Counted
				if r.Act == ActStamp && v.State == Held {
					if held--; held == 0 { // as migrations/9g_cards.go does it
						closed++
					}
				}
				if u := facts.Vouchers[r.Voucher]; r.Act == ActRedeem {
					u.Before = u.Before || v.State == OK || v.State == Held
					if v.Whole {
						u.Paid = append(u.Paid, r.Shop)
					}
					facts.Vouchers[r.Voucher] = u
				}
			}
			records = left
			now := Judge(records, h.rules, facts)
			for _, v := range now {
				if !reflect.DeepEqual(v, verdicts[v.ID]) {
					t.Fatalf("history %d: %+v, and after %s %+v", seed, verdicts[v.ID], day, v)
				}
			}
			c, n := Tally(records, now)
			if Shown(closed, 0, c, n) != shown {
				t.Fatalf("history %d: %d, and after %s %d", seed, shown, day, Shown(closed, 0, c, n))
			}
		}
	}
}

// Ensure that whatever stands in a record, something is said of it, and nothing breaks.
func TestJudge_BearsWhateverStandsInARecord(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range histories {
		var records []Record
		for range r.IntN(8) {
			records = append(records, absurd(r))
		}
		verdicts := Judge(records, Rules{StampsPerDay: r.IntN(3), MinutesApart: r.Int(), UndoMinutes: r.Int()}, Facts{})
		counted, held := Tally(records, verdicts)
		if counted < 0 || counted > len(records) || held < 0 || Shown(0, 5, counted, held) < 0 {
			t.Fatalf("%d, %d of %+v", counted, held, records)
		}
		if links := Chain(records, Head{r.Int(), "x"}, r.IntN(3)); len(links) > len(records) {
			t.Fatalf("%v", links)
		}
	}
}
