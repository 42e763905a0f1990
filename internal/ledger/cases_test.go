package ledger

import (
	"testing"
	"time"
)

// Ensure that each thing that can happen ends as trust.md says, in short.
func TestJudge_SaysWhatBecomesOf(t *testing.T) {
	for name, c := range map[string]struct {
		records []Record
		want    map[string]string
	}{
		"the same proof at two tills": {
			[]Record{stamp("a", "A", 0), stamp("b", "B", 1, with("proof-a"))},
			map[string]string{"a": "ok", "b": "rejected proof_reused"},
		},
		"the same proof, once taken back": {
			[]Record{stamp("a", "A", 0), stamp("u", "A", 1, undo("a")), stamp("b", "B", 1, with("proof-a"))},
			map[string]string{"a": "undone", "u": "ok", "b": "rejected proof_reused"},
		},
		"one voucher at two tills without a signal": {
			[]Record{stamp("a", "A", 0, redeem("v")), stamp("b", "B", 5, redeem("v")), stamp("c", "C", 9, redeem("v"))},
			map[string]string{"a": "ok whole", "b": "rejected voucher_spent whole", "c": "rejected voucher_spent"},
		},
		"one voucher twice at one till": {
			[]Record{stamp("a", "A", 0, redeem("v")), stamp("b", "A", 5, redeem("v")), stamp("c", "B", 9, redeem("v"))},
			map[string]string{"a": "ok whole", "b": "rejected voucher_spent", "c": "rejected voucher_spent whole"},
		},
		"a voucher relayed with its proof": {
			[]Record{stamp("a", "A", 0, redeem("v")), stamp("b", "B", 1, redeem("v"), with("proof-a"))},
			map[string]string{"a": "ok whole", "b": "rejected proof_reused whole"},
		},
		"a voucher taken back": {
			[]Record{stamp("a", "A", 0, redeem("v")), stamp("u", "A", 3, undo("a")), stamp("b", "B", 5, redeem("v"))},
			map[string]string{"a": "undone", "u": "ok", "b": "ok whole"},
		},
		"a voucher whose first use is looked into": {
			[]Record{stamp("a", "A", 0, redeem("v"), held(ChainGap)), stamp("b", "B", 5, redeem("v"))},
			map[string]string{"a": "held chain_gap", "b": "rejected voucher_spent whole"},
		},
		"a second use that is looked into": {
			[]Record{stamp("a", "A", 0, redeem("v")), stamp("b", "B", 5, redeem("v"), held(ChainGap))},
			map[string]string{"a": "ok whole", "b": "held chain_gap voucher_spent"},
		},
		"what was paid out, whatever comes to light": {
			[]Record{stamp("z", "Z", 0, redeem("v")), stamp("y", "Y", 1, redeem("v")), stamp("a", "A", 5, redeem("v"), func(r *Record) { r.Settled = true }), stamp("b", "B", 6, redeem("v"), func(r *Record) { r.Settled = true })},
			map[string]string{"z": "ok", "y": "rejected voucher_spent", "a": "rejected voucher_spent whole", "b": "rejected voucher_spent whole"},
		},
		"a third stamp of a day": {
			[]Record{stamp("a", "A", 0), stamp("b", "A", 31), stamp("c", "A", 62), stamp("d", "A", 93), stamp("e", "B", 94)},
			map[string]string{"a": "ok", "b": "ok", "c": "held cap_day", "d": "held cap_day", "e": "ok"},
		},
		"a second stamp of a printed card": {
			[]Record{stamp("a", "A", 0, func(r *Record) { r.Paper = true }), stamp("b", "A", 40, func(r *Record) { r.Paper = true }), stamp("c", "A", 80)},
			map[string]string{"a": "ok", "b": "held cap_day", "c": "ok"},
		},
		"a stamp too soon, and one after it": {
			[]Record{stamp("a", "A", 0), stamp("b", "A", 20), stamp("c", "A", 40)},
			map[string]string{"a": "ok", "b": "held too_soon", "c": "ok"},
		},
		"room by a stamp that was taken back": {
			[]Record{stamp("a", "A", 0), stamp("u", "A", 2, undo("a")), stamp("b", "A", 4), stamp("c", "A", 40)},
			map[string]string{"a": "undone", "u": "ok", "b": "ok", "c": "ok"},
		},
		"no room by what was accepted": {
			[]Record{stamp("a", "A", 0), stamp("b", "A", 31), stamp("c", "A", 62, reviewed(ByCoordinator)), stamp("d", "A", 93, reviewed(ByOwner))},
			map[string]string{"a": "ok", "b": "ok", "c": "ok", "d": "held cap_day"},
		},
		"an owner's word": {
			[]Record{stamp("a", "A", 0, held(ChainGap), reviewed(ByOwner)), stamp("b", "B", 0, held(ChainGap, TillBusy), reviewed(ByOwner)), stamp("c", "C", 0, held("till_ended"), reviewed(Refused))},
			map[string]string{"a": "ok", "b": "held till_busy", "c": "rejected refused"},
		},
		"an undo by another till, or too late": {
			[]Record{stamp("a", "A", 0), stamp("u", "B", 2, undo("a")), stamp("b", "B", 4), stamp("w", "B", 15, undo("b"))},
			map[string]string{"a": "ok", "u": "rejected record_forged", "b": "ok", "w": "rejected too_late"},
		},
		"an undo of an undo, and of what isn't there": {
			[]Record{stamp("a", "A", 0), stamp("u", "A", 2, undo("a")), stamp("w", "A", 4, undo("u")), stamp("x", "A", 5, undo("nothing"))},
			map[string]string{"a": "undone", "u": "ok", "w": "rejected record_forged", "x": "ok"},
		},
		"an undo that is looked into": {
			[]Record{stamp("a", "A", 0), stamp("u", "A", 2, undo("a"), held(ChainGap)), stamp("b", "B", 0), stamp("w", "B", 2, undo("b"), reviewed(Refused))},
			map[string]string{"a": "ok", "u": "held chain_gap", "b": "ok", "w": "rejected refused"},
		},
		"a card that was lost": {
			[]Record{stamp("a", "A", 0, func(r *Record) { r.Reject = "card_revoked" }), stamp("b", "A", 1)},
			map[string]string{"a": "rejected card_revoked", "b": "ok"},
		},
	} {
		got := by(Judge(c.records, Defaults(), Facts{}))
		for id, want := range c.want {
			if said(got[id]) != want {
				t.Errorf("%s: %s is %q, not %q", name, id, said(got[id]), want)
			}
		}
	}
}

// Ensure that what is known of records that have ended still counts.
func TestJudge_KnowsWhatWasUsedBefore(t *testing.T) {
	facts := Facts{Vouchers: map[string]Used{"v": {Before: true, Paid: []string{"shop-A"}}, "w": {Before: true, Paid: []string{"shop-X", "shop-Y"}}}}
	got := by(Judge([]Record{stamp("a", "A", 0, redeem("v")), stamp("b", "B", 1, redeem("v")), stamp("c", "C", 2, redeem("v")), stamp("d", "A", 3, redeem("w"))}, Defaults(), facts))
	for id, want := range map[string]string{"a": "rejected voucher_spent", "b": "rejected voucher_spent whole", "c": "rejected voucher_spent", "d": "rejected voucher_spent"} {
		if said(got[id]) != want {
			t.Errorf("%s is %q, not %q", id, said(got[id]), want)
		}
	}
}

// link makes a record of a till's chain.
func link(id string, seq int, prev string) Record {
	return Record{ID: id, Till: "A", Seq: seq, Prev: prev, Act: ActStamp, At: noon.Add(time.Duration(seq) * time.Minute)}
}

// Ensure that a record that is missing holds the one after it and no other, and that
// it is healed when the missing one comes, in whatever order.
func TestChain_AMissingRecordHoldsTheNextUntilItComes(t *testing.T) {
	a, b, c, d := link("a", 1, ""), link("b", 2, "a"), link("c", 3, "b"), link("d", 4, "c")
	gap := Chain([]Record{d, c, a}, Head{}, 60)
	if !gap["a"].Linked || gap["c"].Linked || !gap["d"].Linked {
		t.Errorf("without b: %v", gap)
	}
	for id, l := range Chain([]Record{d, c, a, b, b}, Head{}, 60) {
		if l != (Link{Linked: true}) {
			t.Errorf("%s: %+v", id, l)
		}
	}
	if l := Chain([]Record{c}, Head{2, "b"}, 60)["c"]; !l.Linked {
		t.Error("what is not kept any more is missed")
	}
	if l := Chain([]Record{c}, Head{2, "x"}, 60)["c"]; l.Linked {
		t.Error("it follows another record")
	}
}

// Ensure that two records in one place are both held, and the others aren't.
func TestChain_AForkHoldsBoth(t *testing.T) {
	got := Chain([]Record{link("a", 1, ""), link("b", 2, "a"), link("x", 2, "a"), link("c", 3, "b"), link("y", 3, "x"), link("z", 4, "y")}, Head{}, 60)
	for id, want := range map[string]bool{"a": false, "b": true, "x": true, "c": true, "y": true, "z": false} {
		if got[id].Forked != want || !got[id].Linked {
			t.Errorf("%s: %+v", id, got[id])
		}
	}
	if got := Chain([]Record{link("x", 2, "a")}, Head{2, "b"}, 60); !got["x"].Forked {
		t.Error("a fork of what is not kept any more")
	}
}

// Ensure that a till gives no more in an hour than it may, whichever came first.
func TestChain_ATillHasALimitByTheHour(t *testing.T) {
	records := []Record{link("c", 3, "b"), link("a", 1, ""), link("b", 2, "a"), link("far", 70, "x")}
	got := Chain(records, Head{}, 2)
	if got["a"].Busy || got["b"].Busy || !got["c"].Busy || got["far"].Busy {
		t.Errorf("%v", got)
	}
}

// Ensure that nobody is shown a debt, and that one held stamp counts for its bearer.
func TestShown_NeverBelowNothing(t *testing.T) {
	for _, c := range []struct{ closed, spent, counted, held, want int }{{0, 0, 3, 0, 3}, {0, 0, 3, 4, 4}, {2, 6, 3, 0, 0}, {10, 6, 0, 0, 4}, {0, 6, 5, 1, 0}} {
		if got := Shown(c.closed, c.spent, c.counted, c.held); got != c.want {
			t.Errorf("%+v: %d", c, got)
		}
	}
}
