// Package ledger says what the records of tills add up to. It is a function of a set of
// records: in whatever order they come in, and however often, the same verdicts and the
// same balances follow. It knows no database and no clock.
package ledger

import (
	"cmp"
	"slices"
	"time"
)

// What a record does.
const (
	ActStamp  = "stamp"
	ActRedeem = "redeem"
	ActUndo   = "undo"
)

// What becomes of a record.
const (
	OK       = "ok"       // it counts
	Held     = "held"     // somebody should look at it
	Rejected = "rejected" // it doesn't count
	Undone   = "undone"   // its till took it back
)

// Codes of what is wrong with a record beside others. What is wrong with one by itself
// is found where cards are read.
const (
	CapDay       = "cap_day"       // more stamps of a card in a shop and day than the rules allow
	TooSoon      = "too_soon"      // too soon after the one before
	TillBusy     = "till_busy"     // more than a till gives in an hour
	ChainGap     = "chain_gap"     // the record before it is missing
	ChainFork    = "chain_fork"    // two records have the same place
	ProofReused  = "proof_reused"  // the card's proof was used before
	VoucherSpent = "voucher_spent" // the voucher was used before
	Refused      = "refused"       // somebody looked at it, and it doesn't count
	TooLate      = "too_late"
	Forged       = "record_forged"
)

// caps are what a shop alone can't lift.
var caps = []string{CapDay, TooSoon, TillBusy}

// IsCap says whether a code is of a limit, which only a coordinator can lift.
func IsCap(code string) bool { return slices.Contains(caps, code) }

// What somebody said who looked at a record.
const (
	ByOwner       = "owner"       // accepted it for their shop
	ByCoordinator = "coordinator" // accepted it
)

// Record is one entry of a till's chain, with what is known of it by itself.
type Record struct {
	ID, Till string
	Seq      int
	Prev     string // the id of the one before; empty: the first
	At       time.Time
	Day      string // of At, where the community is
	Shop     string
	Act      string
	Paper    bool   // a printed card, or one whose code was typed
	Proof    string // the id of the card's proof; empty: none
	Voucher  string // that is redeemed
	Of       string // the record that is undone
	Reject   string // why it can't count, whatever the others say
	Faith    bool   // its shop couldn't know that
	Hold     []string
	Review   string // what somebody said: ByOwner, ByCoordinator, Refused
	Settled  bool   // the shop was paid for it: that stays
}

// Facts are what is known of records that are not kept any more.
type Facts struct {
	Vouchers map[string]Used
}

// Used is what became of a voucher in records that are not kept any more.
type Used struct {
	Before bool     // it was redeemed
	Paid   []string // the shops that were made whole for it
}

// Verdict is what becomes of one record.
type Verdict struct {
	ID, State string
	Codes     []string // why it is not ok, sorted
	Counted   int      // stamps that its bearer has of it
	Whole     bool     // its shop is paid for the voucher
}

// MostPaid is how many shops are made whole for one voucher: who takes one without a
// signal can't know that it was used. So each voucher can lose its worth once, and no
// more, however often it is shown.
const MostPaid = 2

// Judge says what becomes of the records of one account, sorted by when they were made.
func Judge(records []Record, rules Rules, facts Facts) []Verdict {
	j := &judging{rules: rules, facts: facts, records: inOrder(records), at: map[string]int{}}
	j.verdicts = make([]Verdict, len(j.records))
	for i, r := range j.records {
		j.at[r.ID] = i
		j.verdicts[i].ID = r.ID
	}
	j.alone()
	j.undos()
	j.proofs()
	j.stamps()
	j.vouchers()
	return j.verdicts
}

// inOrder are the records, each once, in an order that doesn't depend on their arrival.
func inOrder(records []Record) []Record {
	sorted := slices.Clone(records)
	slices.SortFunc(sorted, func(a, b Record) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Till, b.Till), cmp.Compare(a.Seq, b.Seq), cmp.Compare(a.ID, b.ID))
	})
	return slices.CompactFunc(sorted, func(a, b Record) bool { return a.ID == b.ID })
}

type judging struct {
	rules    Rules
	facts    Facts
	records  []Record
	verdicts []Verdict
	at       map[string]int // where a record is, by its id
}

// open says whether nothing is decided yet of a record.
func (j *judging) open(i int) bool { return j.verdicts[i].State == "" }

func (j *judging) reject(i int, code string) {
	j.verdicts[i].State, j.verdicts[i].Codes = Rejected, []string{code}
}

// settle decides a record by what holds it: nothing, or what nobody has accepted.
func (j *judging) settle(i int, more ...string) {
	if held := j.holds(i, more...); len(held) > 0 {
		j.verdicts[i].State, j.verdicts[i].Codes = Held, held
		return
	}
	j.verdicts[i].State = OK
}

// holds are the codes that hold a record and that nobody has accepted.
func (j *judging) holds(i int, more ...string) []string {
	r := &j.records[i]
	var held []string
	for _, code := range slices.Concat(r.Hold, more) {
		if r.Review == ByCoordinator || r.Review == ByOwner && !IsCap(code) {
			continue
		}
		held = append(held, code)
	}
	slices.Sort(held)
	return slices.Compact(held)
}

// alone decides what needs no other record.
func (j *judging) alone() {
	for i, r := range j.records {
		if r.Reject != "" {
			j.reject(i, r.Reject)
		}
	}
}

// undos takes out what tills took back.
func (j *judging) undos() {
	for i, r := range j.records {
		if r.Act != ActUndo || !j.open(i) {
			continue
		}
		if r.Review == Refused {
			j.reject(i, Refused)
			continue
		}
		of, known := j.at[r.Of]
		if known && !j.mayUndo(r, j.records[of]) {
			j.reject(i, map[bool]string{true: TooLate, false: Forged}[r.Till == j.records[of].Till && j.records[of].Act != ActUndo])
			continue
		}
		j.settle(i)
		if known && j.verdicts[i].State == OK && j.open(of) {
			j.verdicts[of].State = Undone
		}
	}
}

// mayUndo says whether a till may take a record back: its own, and soon. What its shop
// was paid for it can't: its bearer would have the voucher again, and its shop the money.
func (j *judging) mayUndo(undo, of Record) bool {
	after := undo.At.Sub(of.At)
	return undo.Till == of.Till && of.Act != ActUndo && !of.Settled && undo.Seq > of.Seq && after >= 0 && after <= time.Duration(j.rules.UndoMinutes)*time.Minute
}

// proofs rejects what came by a proof that was used before, also by what was taken back.
func (j *judging) proofs() {
	used := map[string]bool{}
	for i, r := range j.records {
		if r.Proof == "" || j.verdicts[i].State == Rejected {
			continue
		}
		if used[r.Proof] && j.open(i) {
			j.reject(i, ProofReused)
		}
		used[r.Proof] = true
	}
}

// visits are the stamps of one shop and day that are within the rules.
type visits struct {
	last  time.Time
	all   int
	paper int
}

// stamps decides stamps, by the rules of a shop and day.
//
// NB! What somebody accepts later keeps the place that it had: else accepting one would
// make room for the next.
func (j *judging) stamps() {
	days := map[[2]string]*visits{}
	for i, r := range j.records {
		if r.Act != ActStamp || !j.open(i) {
			continue
		}
		if r.Review == Refused {
			j.reject(i, Refused)
			continue
		}
		key := [2]string{r.Shop, r.Day}
		if days[key] == nil {
			days[key] = &visits{}
		}
		if code := days[key].take(r, j.rules); code != "" {
			j.settle(i, code)
		} else {
			j.settle(i)
		}
		if j.verdicts[i].State == OK {
			j.verdicts[i].Counted = 1
		}
	}
}

// take has room for a stamp, or says which rule has none.
func (v *visits) take(r Record, rules Rules) string {
	switch {
	case v.all >= rules.StampsPerDay, r.Paper && v.paper >= rules.PrintedPerDay:
		return CapDay
	case v.all > 0 && r.At.Sub(v.last) < time.Duration(rules.MinutesApart)*time.Minute:
		return TooSoon
	}
	v.all, v.last = v.all+1, r.At
	if r.Paper {
		v.paper++
	}
	return ""
}
