package buddies

import (
	"cmp"
	"maps"
	"slices"

	"kith/internal/figures"
	"kith/internal/returning"
)

// figure is where one figure stands: of a group, by itself; of a price point or a kind
// of venue; or, of "", of all groups together.
type figure struct{ listing, of, value, measure string }

func (f figure) compare(g figure) int {
	return cmp.Or(cmp.Compare(f.listing, g.listing), cmp.Compare(f.of, g.of), cmp.Compare(f.value, g.value), cmp.Compare(f.measure, g.measure))
}

// measures, in the order in which one is a part of the one before; gone is by itself: it
// is of the people of another quarter.
var measures = []struct {
	name string
	of   func(returning.Counts) int
}{
	{"people", func(c returning.Counts) int { return c.People }},
	{"first", func(c returning.Counts) int { return c.First }},
	{"back", func(c returning.Counts) int { return c.Back }},
	{"gone", func(c returning.Counts) int { return c.Gone }},
}

// publish is what is shown of counts. A group is shown to those who run it, and to
// nobody else; what coordinators see is of all groups of a price, or of a kind of venue.
func publish(groups []group) map[figure]string {
	out := map[figure]string{}
	for _, g := range groups {
		shown := map[string]string{}
		for _, m := range measures {
			shown[m.name] = figures.Visits.Shown(m.of(g.counts))
		}
		put(out, figure{listing: g.Listing, of: "group"}, shown)
	}
	total := table(out, groups, "price", func(g group) string { return pricePoint(g.Prices) })
	table(out, groups, "venue", func(g group) string { return venueOf(g.Venue) })
	put(out, figure{}, total)
	return out
}

// table shows all measures by one way to divide the groups, and returns their totals.
func table(out map[figure]string, groups []group, of string, key func(group) string) (totals map[string]string) {
	cells := map[string]map[string]int{} // value, measure
	for _, g := range groups {
		v := key(g)
		if cells[v] == nil {
			cells[v] = map[string]int{}
		}
		for _, m := range measures {
			cells[v][m.name] += m.of(g.counts)
		}
	}
	values := slices.Sorted(maps.Keys(cells))
	totals = map[string]string{}
	rows := map[string]map[string]string{}
	for _, v := range values {
		rows[v] = map[string]string{}
	}
	for _, m := range measures {
		counts, total := make([]int, len(values)), 0
		for i, v := range values {
			counts[i] = cells[v][m.name]
			total += counts[i]
		}
		all, shown := figures.Visits.Table(total, counts, true)
		totals[m.name] = all
		for i, v := range values {
			rows[v][m.name] = shown[i]
		}
	}
	for _, v := range values {
		put(out, figure{of: of, value: v}, rows[v])
	}
	return totals
}

// put writes one row of measures down, each as a part of the one before.
func put(out map[figure]string, at figure, shown map[string]string) {
	whole := ""
	for _, m := range measures {
		at.measure = m.name
		s := shown[m.name]
		if m.name != "people" && m.name != "gone" {
			s = figures.Visits.Part(whole, s)
		}
		out[at] = s
		whole = s
	}
}
