package ledger

import "slices"

// spending is one voucher: whether somebody had it, and who is paid for it.
type spending struct {
	had  bool
	paid []string
}

// vouchers decides what was redeemed. The first one had it; a later one is rejected,
// and its shop, which couldn't know, is paid as well: each shop once, and MostPaid in all.
func (j *judging) vouchers() {
	of := map[string]*spending{}
	for i := range j.records {
		r := &j.records[i]
		if r.Act != ActRedeem {
			continue
		}
		if of[r.Voucher] == nil {
			used := j.facts.Vouchers[r.Voucher]
			of[r.Voucher] = &spending{had: used.Before, paid: slices.Clone(used.Paid)}
		}
		if r.Settled { // what was paid out stays so, whatever comes to light
			of[r.Voucher].pay(r.Shop)
		}
	}
	for i := range j.records {
		if r := &j.records[i]; r.Act == ActRedeem {
			j.redeem(i, of[r.Voucher])
		}
	}
}

func (j *judging) redeem(i int, s *spending) {
	r, v := &j.records[i], &j.verdicts[i]
	reused := v.State == Rejected && slices.Contains(v.Codes, ProofReused)
	switch {
	case r.Faith: // of a card that was lost. Its bearer has the voucher still, so one is left to be paid
		v.Whole = len(j.holds(i)) == 0 && (s.had || len(s.paid) < MostPaid-1) && s.pay(r.Shop)
	case !j.open(i) && !reused: // by itself, or taken back
	case r.Review == Refused:
		j.reject(i, Refused)
	case reused: // relayed to a second till, whose shop couldn't know either
		v.Whole = len(j.holds(i)) == 0 && s.pay(r.Shop)
	case !s.had:
		s.had = true
		j.settle(i)
		v.Whole = v.State == OK && s.pay(r.Shop)
	case len(j.holds(i)) > 0:
		j.settle(i)
		v.Codes = append(v.Codes, VoucherSpent)
		slices.Sort(v.Codes)
	default:
		j.reject(i, VoucherSpent)
		v.Whole = s.pay(r.Shop)
	}
	v.Whole = v.Whole || r.Settled
}

// pay says whether a shop is paid for the voucher, which it is once.
func (s *spending) pay(shop string) bool {
	if slices.Contains(s.paid, shop) || len(s.paid) >= MostPaid {
		return false
	}
	s.paid = append(s.paid, shop)
	return true
}
