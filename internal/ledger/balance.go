package ledger

import "time"

// Tally are the stamps of some verdicts: those that count, and those that are held.
func Tally(records []Record, verdicts []Verdict) (counted, held int) {
	acts := make(map[string]string, len(records))
	for _, r := range records {
		acts[r.ID] = r.Act
	}
	for _, v := range verdicts {
		counted += v.Counted
		if v.State == Held && acts[v.ID] == ActStamp {
			held++
		}
	}
	return counted, held
}

// Shown is the balance that an account shows: what closed records and open ones count,
// less what was spent. Of what is held one stamp counts for its bearer, so that nobody
// stands there with nothing because a till was without a signal. What was spent before
// it was taken back is made up by what comes; nobody is shown a debt.
func Shown(closed, spent, counted, held int) int {
	return max(0, closed+counted+min(held, 1)-spent)
}

// OnlineFor is how long, after a voucher was used twice, vouchers of its account are good
// only where there is a signal.
const OnlineFor = 30 * 24 * time.Hour
