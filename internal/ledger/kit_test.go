package ledger

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"
)

var noon = time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)

// stamp is a good stamp of the test's account, so many minutes after noon.
func stamp(id, till string, minutes float64, change ...func(*Record)) Record {
	r := Record{ID: id, Till: till, Seq: 1 + int(minutes), At: noon.Add(time.Duration(minutes * float64(time.Minute))), Shop: "shop-" + till, Act: ActStamp, Proof: "proof-" + id}
	for _, c := range change {
		c(&r)
	}
	if r.Day == "" {
		r.Day = r.At.Format(time.DateOnly)
	}
	return r
}

func redeem(voucher string) func(*Record) {
	return func(r *Record) { r.Act, r.Voucher = ActRedeem, voucher }
}

func undo(of string) func(*Record) {
	return func(r *Record) { r.Act, r.Of, r.Proof = ActUndo, of, "" }
}

func with(proof string) func(*Record) { return func(r *Record) { r.Proof = proof } }

func held(codes ...string) func(*Record) { return func(r *Record) { r.Hold = codes } }

func reviewed(says string) func(*Record) { return func(r *Record) { r.Review = says } }

// by are verdicts by their records' ids.
func by(verdicts []Verdict) map[string]Verdict {
	out := map[string]Verdict{}
	for _, v := range verdicts {
		out[v.ID] = v
	}
	return out
}

// said is a verdict in short.
func said(v Verdict) string {
	s := v.State
	for _, c := range v.Codes {
		s += " " + c
	}
	if v.Whole {
		s += " whole"
	}
	return s
}

// history is what happened to one account, at random: much of it within the rules, and
// whatever else tills, phones and people do.
type history struct {
	*rand.Rand
	rules   Rules
	records []Record
	seqs    map[string]int
}

func newHistory(seed uint64) *history {
	h := &history{Rand: rand.New(rand.NewPCG(seed, 7)), rules: Defaults(), seqs: map[string]int{}}
	if h.IntN(3) == 0 {
		h.rules = Rules{StampsPerDay: 1 + h.IntN(5), MinutesApart: h.IntN(240), PrintedPerDay: 1 + h.IntN(3), PerTillHour: 1 + h.IntN(10), UndoMinutes: 1 + h.IntN(30)}
	}
	at := noon.Add(-3 * time.Hour)
	for range h.IntN(30) {
		at = at.Add(time.Duration(h.IntN(40)) * time.Minute)
		if at.Hour() > 17 {
			at = at.Truncate(24 * time.Hour).Add(33 * time.Hour)
		}
		h.one(at)
	}
	return h
}

func (h *history) one(at time.Time) {
	shop := h.IntN(3)
	till := fmt.Sprint("till", shop, h.IntN(2))
	h.seqs[till]++
	r := Record{
		ID: fmt.Sprint("r", len(h.records), h.IntN(1000)), Till: till, Seq: h.seqs[till], At: at, Day: at.Format(time.DateOnly), Shop: fmt.Sprint("shop", shop), Act: ActStamp,
		Paper: h.IntN(5) == 0, Proof: fmt.Sprint("p", len(h.records)),
	}
	switch n := h.IntN(20); {
	case n < 3:
		r.Act, r.Voucher = ActRedeem, fmt.Sprint("v", h.IntN(3))
	case n < 5 && len(h.records) > 0:
		last := h.records[len(h.records)-1]
		r.Act, r.Of, r.Proof, r.Till, r.Day = ActUndo, last.ID, "", last.Till, last.Day
		r.At, r.Seq = last.At.Add(time.Duration(h.IntN(15))*time.Minute), last.Seq+h.IntN(20)
	case n == 5 && len(h.records) > 0:
		last := h.records[len(h.records)-1]
		r.Proof, r.At, r.Day = last.Proof, last.At.Add(time.Duration(h.IntN(120))*time.Second), last.Day
	case n == 6:
		r.Hold = []string{[]string{ChainGap, TillBusy, "till_ended"}[h.IntN(3)]}
		r.Review = []string{"", ByOwner, ByCoordinator, Refused}[h.IntN(4)]
	case n == 7:
		r.Reject = "card_revoked"
	case n == 8:
		r.Review = []string{ByOwner, ByCoordinator, Refused}[h.IntN(3)]
	}
	if r.Paper {
		r.Proof = ""
	}
	h.records = append(h.records, r)
}

// arrive are the records in the order of some arrival, some of them more than once.
func (h *history) arrive() []Record {
	out := slices.Clone(h.records)
	for range h.IntN(4) {
		if len(out) > 0 {
			out = append(out, out[h.IntN(len(out))])
		}
	}
	h.Shuffle(len(out), func(i, k int) { out[i], out[k] = out[k], out[i] })
	return out
}

// absurd is a record whose fields hold anything.
func absurd(r *rand.Rand) Record {
	text := func() string {
		return []string{"", "r1", "\x00", "é", string(make([]byte, 1000)), "v0", "shop0"}[r.IntN(7)]
	}
	number := func() int { return []int{0, 1, -1, math.MaxInt, math.MinInt, r.Int()}[r.IntN(6)] }
	at := []time.Time{{}, noon, time.Unix(math.MaxInt32, 0), time.Unix(-1<<60, 0), time.Unix(1<<60, 999), time.Unix(math.MaxInt64, 0)}[r.IntN(6)]
	return Record{
		ID: text(), Till: text(), Seq: number(), Prev: text(), At: at, Day: text(), Shop: text(), Act: []string{ActStamp, ActRedeem, ActUndo, "", "x"}[r.IntN(5)], Paper: r.IntN(2) == 0,
		Proof: text(), Voucher: text(), Of: text(), Hold: []string{text()}, Review: text(), Settled: r.IntN(2) == 0,
	}
}
