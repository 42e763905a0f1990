// Package figures turns counts about people into figures that can be shown to
// others: none that is small enough to point at somebody is shown as it is, and
// none can be worked out from the others.
package figures

import "strconv"

// What is shown in place of a number.
const (
	Small  = "fewer than 8"
	Hidden = "not shown"
)

// least is the smallest count that is shown as a number, rounded to step.
const (
	least = 8
	step  = 5
)

// Shown is one count by itself.
func Shown(n int) string {
	switch {
	case n == 0:
		return "0"
	case n < least:
		return Small
	}
	return strconv.Itoa((n + step/2) / step * step)
}

// Table shows a total and the cells that it is made of. whole says that the cells
// add up to the total; otherwise there is a rest that is not shown.
//
// A single small cell beside a total could be worked out, so another one is kept
// back with it; and where the total still narrows down what a small cell can be,
// no cell is shown at all. The total always is.
func Table(total int, cells []int, whole bool) (shownTotal string, shown []string) {
	shown = make([]string, len(cells))
	small := 0
	for i, n := range cells {
		if shown[i] = Shown(n); shown[i] == Small {
			small++
		}
	}
	shownTotal = Shown(total)
	if small == 0 {
		return shownTotal, shown
	}
	if small == 1 && whole && shownTotal != Small {
		keepBack(shown)
	}
	if narrowed(shownTotal, shown, whole) {
		for i := range shown {
			shown[i] = Hidden
		}
	}
	return shownTotal, shown
}

// keepBack hides the first number of a table with it. NB! By its place and not by
// its size: to hide the smallest would tell that it is smaller than the others.
func keepBack(shown []string) {
	for i, s := range shown {
		if s != Small && s != "0" {
			shown[i] = Hidden
			return
		}
	}
}

// far is more than anybody counts here.
const far = 1 << 30

// span is what a reader knows of a count from what is shown of it.
func span(shown string) (from, to int) {
	switch shown {
	case Small:
		return 1, least - 1
	case Hidden:
		return least, far
	}
	n, _ := strconv.Atoi(shown) // ours
	if n == 0 {
		return 0, 0
	}
	return max(least, n-step/2), n + step/2
}

// narrowed says whether the total and the other cells leave a reader with less
// than 1 to 7 for any small one.
func narrowed(total string, shown []string, whole bool) bool {
	low, high := span(total)
	from, to := 0, 0
	if !whole {
		to = far
	}
	for _, s := range shown {
		f, t := span(s)
		from, to = from+f, to+t
	}
	// Of a small cell the others are from-1 and to-7: they must leave room for 7
	// under the most that the total can be, and for 1 over the least.
	return from-1+least-1 > high || to-(least-1)+1 < low
}
