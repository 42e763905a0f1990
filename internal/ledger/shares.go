package ledger

import (
	"cmp"
	"errors"
	"slices"

	"kith/internal/strict"
)

// Share is what part of a reward a shop pays for, in whole per cent. A shop with
// none takes its vouchers all the same.
type Share struct {
	Shop  string `json:"shop"`
	Share int    `json:"share"`
}

// shopsMost is how many shops can fund one reward: a high street, and a CSV that
// fits on a page.
const shopsMost = 20

// ErrShares says in a sentence what shares can't be.
var ErrShares = errors.New("Name each shop once, up to 20 of them, with shares in whole per cent that add up to 100.") //nolint:staticcheck // a sentence for people

// ReadShares reads the shops of a reward as a device sent them, or as they are stored.
func ReadShares(raw []byte) ([]Share, error) {
	var shares []Share
	if strict.Read(raw, &shares) != nil || len(shares) == 0 || len(shares) > shopsMost {
		return nil, ErrShares
	}
	sum, seen := 0, map[string]bool{}
	for _, s := range shares {
		if s.Shop == "" || seen[s.Shop] || s.Share < 0 || s.Share > 100 {
			return nil, ErrShares
		}
		seen[s.Shop] = true
		sum += s.Share
	}
	if sum != 100 {
		return nil, ErrShares
	}
	return shares, nil
}

// Split divides pence by shares of 100 in all. The parts are whole pence and add up
// to exactly what was divided: what is left over by rounding down goes, a penny each,
// to whoever lost the most by it, and among equals to who stands first.
func Split(pence int, shares []Share) []int {
	parts, order, left := make([]int, len(shares)), make([]int, len(shares)), pence
	for i, s := range shares {
		parts[i], order[i] = pence*s.Share/100, i
		left -= parts[i]
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Compare(pence*shares[b].Share%100, pence*shares[a].Share%100)
	})
	for _, i := range order[:left] {
		parts[i]++
	}
	return parts
}

// Redeemed is one voucher that a shop took, and is made whole for.
type Redeemed struct {
	Shop, Reward string
	Pence        int
}

// Debt is what one shop owes another for the vouchers of a month. Payer "" is the
// community: nobody knows any more who pays for that reward. Reward "" stands for
// several, of each of which there were few.
type Debt struct {
	Payer, Payee, Reward string
	Pence, Count         int
}

// few vouchers of one reward in one shop are not told apart from those of others:
// whoever printed the only one would learn where somebody went.
const few = 8

// Settle works out who owes whom for vouchers that were taken. What a shop pays for
// itself is no debt. The debts to a shop and its own share are exactly the worth of
// what it took.
func Settle(taken []Redeemed, rewards map[string][]Share) []Debt {
	type of struct{ shop, reward string }
	pence, count := map[of]int{}, map[of]int{}
	for _, r := range taken {
		pence[of{r.Shop, r.Reward}] += r.Pence
		count[of{r.Shop, r.Reward}]++
	}
	type line struct{ payer, payee, reward string }
	lines := map[line]*Debt{}
	for at, sum := range pence {
		shares := rewards[at.reward]
		if len(shares) == 0 {
			shares = []Share{{Share: 100}}
		}
		reward := at.reward
		if count[at] < few {
			reward = ""
		}
		for i, part := range Split(sum, shares) {
			if shares[i].Shop == at.shop || part == 0 {
				continue
			}
			l := line{shares[i].Shop, at.shop, reward}
			if lines[l] == nil {
				lines[l] = &Debt{Payer: l.payer, Payee: l.payee, Reward: l.reward}
			}
			lines[l].Pence += part
			lines[l].Count += count[at]
		}
	}
	out := make([]Debt, 0, len(lines))
	for _, d := range lines {
		out = append(out, *d)
	}
	slices.SortFunc(out, func(a, b Debt) int {
		return cmp.Or(cmp.Compare(a.Payer, b.Payer), cmp.Compare(a.Payee, b.Payee), cmp.Compare(a.Reward, b.Reward))
	})
	return out
}
