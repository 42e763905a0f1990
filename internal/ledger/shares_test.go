package ledger

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// drawn are shares of 100 among some shops, any that there can be.
func drawn(r *rand.Rand) []Share {
	shares := make([]Share, 1+r.IntN(shopsMost))
	left := 100
	for i := range shares {
		shares[i] = Share{Shop: fmt.Sprint("shop", i), Share: r.IntN(left + 1)}
		left -= shares[i].Share
	}
	shares[0].Share += left
	return shares
}

func TestSplit_TheSharesOfARewardAlwaysAddUpExactly(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		shares, pence := drawn(r), r.IntN(200_000)
		sum := 0
		for i, part := range Split(pence, shares) {
			if exact := pence * shares[i].Share; part < 0 || part*100 < exact-99 || part*100 > exact+99 {
				t.Fatalf("%d of %d pence are %d", shares[i].Share, pence, part)
			}
			sum += part
		}
		if sum != pence {
			t.Fatalf("%d pence are split into %d by %v", pence, sum, shares)
		}
	}
	if got := Split(100, []Share{{"a", 33}, {"b", 33}, {"c", 34}}); fmt.Sprint(got) != "[33 33 34]" {
		t.Errorf("a pound gives %v", got)
	}
	if got := Split(1, []Share{{"a", 0}, {"b", 50}, {"c", 50}}); fmt.Sprint(got) != "[0 1 0]" {
		t.Errorf("a penny gives %v", got)
	}
}

func TestSettle_WhatAShopIsOwedAndItsOwnShareAreWhatItTook(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 500 {
		rewards := map[string][]Share{}
		for i := range 4 {
			rewards[fmt.Sprint("reward", i)] = drawn(r)
		}
		var taken []Redeemed
		worth := map[string]int{}
		for range r.IntN(80) {
			one := Redeemed{fmt.Sprint("shop", r.IntN(3)), fmt.Sprint("reward", r.IntN(5)), 0}
			one.Pence = 50 * (1 + int(one.Reward[6]))
			worth[one.Shop] += one.Pence
			taken = append(taken, one)
		}
		own := map[string]int{} // what each shop bears itself
		type of struct{ shop, reward string }
		totals := map[of]int{}
		for _, one := range taken {
			totals[of{one.Shop, one.Reward}] += one.Pence
		}
		for at, sum := range totals {
			if rewards[at.reward] == nil {
				continue
			}
			for i, part := range Split(sum, rewards[at.reward]) {
				if rewards[at.reward][i].Shop == at.shop {
					own[at.shop] += part
				}
			}
		}
		for _, d := range Settle(taken, rewards) {
			if d.Pence <= 0 || d.Payer == d.Payee {
				t.Fatalf("%+v is no debt", d)
			}
			own[d.Payee] += d.Pence
		}
		for shop, sum := range worth {
			if own[shop] != sum {
				t.Fatalf("%s took what is worth %d, and has %d", shop, sum, own[shop])
			}
		}
	}
}

func TestSettle_IsTheSameInEveryOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	rewards := map[string][]Share{"tea": {{"a", 50}, {"b", 30}, {"c", 20}}, "bun": {{"a", 67}, {"b", 33}}}
	var taken []Redeemed
	for i := range 40 {
		taken = append(taken, Redeemed{[]string{"a", "b", "c"}[i%3], []string{"tea", "bun"}[i%2], 125})
	}
	first := fmt.Sprint(Settle(taken, rewards))
	for range 50 {
		r.Shuffle(len(taken), func(i, j int) { taken[i], taken[j] = taken[j], taken[i] })
		if again := fmt.Sprint(Settle(taken, rewards)); again != first {
			t.Fatalf("%s\n%s", first, again)
		}
	}
}

func TestSettle_FewOfOneRewardAreNotToldApart(t *testing.T) {
	rewards := map[string][]Share{"tea": {{"a", 100}}, "bun": {{"a", 100}}, "hat": {{"a", 100}}}
	var taken []Redeemed
	for range few {
		taken = append(taken, Redeemed{"b", "hat", 100})
	}
	taken = append(taken, Redeemed{"b", "tea", 300}, Redeemed{"b", "bun", 200}, Redeemed{"b", "nobody knows", 50})
	want := "[{ b  50 1} {a b  500 2} {a b hat 800 8}]"
	if got := fmt.Sprint(Settle(taken, rewards)); got != want {
		t.Errorf("%s, not %s", got, want)
	}
}

func TestShares_RefuseWhatDoesNotAddUp(t *testing.T) {
	for _, s := range []string{
		`null`, `[]`, `[{"shop":"a","share":99}]`, `[{"shop":"a","share":50},{"shop":"a","share":50}]`, `[{"shop":"","share":100}]`,
		`[{"shop":"a","share":110},{"shop":"b","share":-10}]`, `[{"shop":"a","share":50.5},{"shop":"b","share":49.5}]`,
	} {
		if _, err := ReadShares([]byte(s)); err == nil {
			t.Errorf("%s is taken", s)
		}
	}
	if got, err := ReadShares([]byte(`[{"shop":"a","share":100},{"shop":"b","share":0}]`)); err != nil || len(got) != 2 {
		t.Errorf("%v", err)
	}
}
