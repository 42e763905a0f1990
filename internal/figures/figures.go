// Package figures turns counts about people into figures that can be shown to
// others: none that is small enough to point at somebody is shown as it is, and
// none can be worked out from the others.
package figures

import (
	"slices"
	"strconv"
)

// What is shown in place of a number.
const (
	Small  = "fewer than 8"
	Hidden = "not shown"
)

// Scale says from which count on a number is shown, and to what it is rounded.
type Scale struct{ least, step int }

// The scales that there are. Worries are fewer and worse than visits to a lunch club:
// what is said of them begins higher.
var (
	Worries = Scale{8, 5}
	Visits  = Scale{5, 5}
)

// Small is what is shown in place of a count that is too small.
func (s Scale) Small() string { return "fewer than " + strconv.Itoa(s.least) }

// Shown is one count by itself, on the scale of worries.
func Shown(n int) string { return Worries.Shown(n) }

// Table is a table on the scale of worries.
func Table(total int, cells []int, whole bool) (shownTotal string, shown []string) {
	return Worries.Table(total, cells, whole)
}

// Shown is one count by itself.
func (s Scale) Shown(n int) string {
	switch {
	case n == 0:
		return "0"
	case n < s.least:
		return s.Small()
	}
	return strconv.Itoa((n + s.step/2) / s.step * s.step)
}

// Table shows a total and the cells that it is made of. whole says that the cells
// add up to the total; otherwise there is a rest that is not shown.
//
// A single small cell beside a total could be worked out, so another one is kept
// back with it; and where the total still narrows down what a small cell can be,
// no cell is shown at all. The total always is.
func (s Scale) Table(total int, cells []int, whole bool) (shownTotal string, shown []string) {
	shown = make([]string, len(cells))
	small := 0
	for i, n := range cells {
		if shown[i] = s.Shown(n); shown[i] == s.Small() {
			small++
		}
	}
	shownTotal = s.Shown(total)
	if small == 0 {
		return shownTotal, shown
	}
	if small == 1 && whole && shownTotal != s.Small() {
		s.keepBack(shown)
	}
	if s.narrowed(shownTotal, shown, whole) {
		for i := range shown {
			shown[i] = Hidden
		}
	}
	return shownTotal, shown
}

// keepBack hides the first number of a table with it. NB! By its place and not by
// its size: to hide the smallest would tell that it is smaller than the others.
func (s Scale) keepBack(shown []string) {
	for i, c := range shown {
		if c != s.Small() && c != "0" {
			shown[i] = Hidden
			return
		}
	}
}

// far is more than anybody counts here.
const far = 1 << 30

// span is what a reader knows of a count from what is shown of it.
func (s Scale) span(shown string) (from, to int) {
	switch shown {
	case s.Small():
		return 1, s.least - 1
	case Hidden:
		return s.least, far
	}
	n, _ := strconv.Atoi(shown) // ours
	if n == 0 {
		return 0, 0
	}
	return max(s.least, n-s.step/2), n + s.step/2
}

// narrowed says whether the total and the other cells leave a reader with less
// than all that a small one can be.
func (s Scale) narrowed(total string, shown []string, whole bool) bool {
	low, high := s.span(total)
	return s.tight(low, high, shown, whole)
}

// tight is narrowed for a total that is known to be from low to high.
func (s Scale) tight(low, high int, shown []string, whole bool) bool {
	from, to := s.sum(shown)
	if !whole {
		to = far
	}
	// Of a small cell the others are from-1 and to-most: they must leave room for most
	// under the most that the total can be, and for 1 over the least.
	most := s.least - 1
	return from-1+most > high || to-most+1 < low
}

// sum is what a reader knows of all cells together.
func (s Scale) sum(shown []string) (from, to int) {
	for _, c := range shown {
		f, t := s.span(c)
		from, to = from+f, to+t
	}
	return from, to
}

// Tables shows several tables of one total, each of them whole. NB! What one table says
// of the total, the reader of another knows, too: where that gives a small cell away, no
// table shows a cell.
func (s Scale) Tables(total int, tables ...[]int) (shownTotal string, shown [][]string) {
	shown = make([][]string, len(tables))
	for i, cells := range tables {
		shownTotal, shown[i] = s.Table(total, cells, true)
	}
	if s.givenAway(shownTotal, shown) {
		for _, cells := range shown {
			for i := range cells {
				cells[i] = Hidden
			}
		}
	}
	return shownTotal, shown
}

// givenAway says whether a small cell of a table is narrowed by what others say: by
// their numbers, or by there being none, which tells that they had something to hide.
func (s Scale) givenAway(total string, tables [][]string) bool {
	low, high := s.span(total)
	silent := false
	for _, cells := range tables {
		if !slices.ContainsFunc(cells, func(c string) bool { return c != Hidden }) {
			silent = true
			continue
		}
		from, to := s.sum(cells)
		low, high = max(low, from), min(high, to)
	}
	return slices.ContainsFunc(tables, func(cells []string) bool {
		return slices.Contains(cells, s.Small()) && (silent || s.tight(low, high, cells, true))
	})
}

// Part is one count that is a part of another, as both are shown: hidden where the
// whole isn't known itself, and where the two would tell of the rest that it is small.
// What is hidden could be the next lower count, too: else its place would tell.
func (s Scale) Part(whole, part string) string {
	switch {
	case whole == "0" || part == "0" && whole != s.Small() && whole != Hidden:
		return part
	case whole == s.Small() || whole == Hidden:
		return Hidden
	}
	low, high := s.span(whole)
	if high-low >= s.least-1 {
		return part
	}
	n, _ := strconv.Atoi(whole) // ours
	below := s.Small()
	if n-s.step >= s.least {
		below = strconv.Itoa(n - s.step)
	}
	if part == whole || part == below {
		return Hidden
	}
	return part
}
