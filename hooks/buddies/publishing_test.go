package buddies

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"kith/internal/returning"
)

var (
	somePrices = []string{`{"mode":"free"}`, `{"mode":"fixed","amounts":[{"pence":500},{"pence":250}]}`, `{"mode":"fixed","amounts":[{"pence":1200}]}`, `null`}
	someVenues = []string{"hall", "pub", ""}
)

// someGroups are groups of any size, most of them small.
func someGroups(chance *rand.Rand) []group {
	groups := make([]group, 1+chance.IntN(7))
	for i := range groups {
		people := chance.IntN([]int{4, 9, 40}[chance.IntN(3)])
		first := chance.IntN(people + 1)
		groups[i] = group{
			Listing: fmt.Sprintf("group%d", i), Prices: somePrices[chance.IntN(len(somePrices))], Venue: someVenues[chance.IntN(len(someVenues))],
			counts: returning.Counts{People: people, First: first, Back: chance.IntN(first + 1), Gone: chance.IntN(12)},
		}
	}
	return groups
}

// exact is what a figure would be if it were shown as it is.
func exact(groups []group, at figure) (n int) {
	for _, m := range measures {
		if m.name != at.measure {
			continue
		}
		for _, g := range groups {
			if at.of == "" || at.of == "group" && at.listing == g.Listing || at.of == "price" && at.value == pricePoint(g.Prices) || at.of == "venue" && at.value == venueOf(g.Venue) {
				n += m.of(g.counts)
			}
		}
	}
	return n
}

// Ensure of every cell of many towns that it shows no count below five, that what it
// shows is true to within two, and that none is missing.
func TestPublish_NoCellShowsASmallNumber(t *testing.T) {
	chance := rand.New(rand.NewPCG(6, 28))
	numbers, kept := 0, map[string]int{}
	for range 3000 {
		groups := someGroups(chance)
		rows := publish(groups)
		prices, venues := map[string]bool{}, map[string]bool{}
		for _, g := range groups {
			prices[pricePoint(g.Prices)], venues[venueOf(g.Venue)] = true, true
		}
		if want := len(measures) * (len(groups) + len(prices) + len(venues) + 1); len(rows) != want {
			t.Fatalf("%d cells, and not %d", len(rows), want)
		}
		for at, shown := range rows {
			n := exact(groups, at)
			var number int
			_, err := fmt.Sscanf(shown, "%d", &number)
			switch {
			case shown == "not shown" || shown == "fewer than 5" && n > 0 && n < 5 || shown == "0" && n == 0:
				kept[shown]++
			case err == nil && n >= 5 && number >= 5 && number%5 == 0 && number-n <= 2 && n-number <= 2:
				numbers++
			default:
				t.Fatalf("%+v: %d is shown as %q of %+v", at, n, shown, groups)
			}
		}
	}
	if numbers < 1000 || kept["not shown"] < 1000 || kept["fewer than 5"] < 1000 {
		t.Errorf("%d numbers and %v: too little was looked at", numbers, kept)
	}
}

// Ensure that what it costs to come is one of a few words, of what is fixed the least.
func TestPublish_APriceIsOneOfAFewWords(t *testing.T) {
	for raw, want := range map[string]string{
		somePrices[0]: "free", somePrices[1]: "upTo3", somePrices[2]: "over10", "null": "unknown", "": "unknown", "{": "unknown",
		`{"mode":"donation","amounts":[{"pence":200}]}`: "donation", `{"mode":"fixed","amounts":[]}`: "unknown", `{"mode":"fixed","amounts":[{"pence":301}]}`: "upTo10",
	} {
		if got := pricePoint(raw); got != want {
			t.Errorf("%s is %s, and not %s", raw, got, want)
		}
	}
}
