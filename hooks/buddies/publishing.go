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
	tables := []division{
		divide(groups, "price", func(g group) string { return pricePoint(g.Prices) }),
		divide(groups, "venue", func(g group) string { return venueOf(g.Venue) }),
	}
	total := map[string]string{}
	rows := map[figure]map[string]string{}
	for _, m := range measures {
		showAll(m.name, tables, total, rows)
	}
	for at, shown := range rows {
		put(out, at, shown)
	}
	put(out, figure{}, total)
	return out
}

// division is one way to divide the groups: what is counted of each value of it.
type division struct {
	of     string
	values []string
	counts map[string]map[string]int // value, measure
}

func divide(groups []group, of string, key func(group) string) division {
	d := division{of: of, counts: map[string]map[string]int{}}
	for _, g := range groups {
		v := key(g)
		if d.counts[v] == nil {
			d.counts[v] = map[string]int{}
		}
		for _, m := range measures {
			d.counts[v][m.name] += m.of(g.counts)
		}
	}
	d.values = slices.Sorted(maps.Keys(d.counts))
	return d
}

// showAll shows one measure by all divisions: they are of the same total, and whoever
// sees one sees the others.
func showAll(measure string, tables []division, total map[string]string, rows map[figure]map[string]string) {
	all, counts := 0, make([][]int, len(tables))
	for i, d := range tables {
		all = 0
		for _, v := range d.values {
			counts[i] = append(counts[i], d.counts[v][measure])
			all += d.counts[v][measure]
		}
	}
	shownTotal, shown := figures.Visits.Tables(all, counts...)
	total[measure] = shownTotal
	for i, d := range tables {
		for j, v := range d.values {
			at := figure{of: d.of, value: v}
			if rows[at] == nil {
				rows[at] = map[string]string{}
			}
			rows[at][measure] = shown[i][j]
		}
	}
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
