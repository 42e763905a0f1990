package figures_test

import (
	"fmt"
	"math/bits"
	"strings"
	"testing"

	"kith/internal/figures"
)

// Ensure that a count by itself is zero, fewer than 8, or rounded to 5.
func TestShown_HidesWhatIsSmall(t *testing.T) {
	for n, want := range map[int]string{0: "0", 1: "fewer than 8", 7: "fewer than 8", 8: "10", 12: "10", 13: "15", 22: "20", 23: "25", 100: "100"} {
		if got := figures.Shown(n); got != want {
			t.Errorf("%d is shown as %q, not %q", n, got, want)
		}
	}
	for n, want := range map[int]string{0: "0", 1: "fewer than 5", 4: "fewer than 5", 5: "5", 7: "5", 8: "10"} {
		if got := figures.Visits.Shown(n); got != want {
			t.Errorf("of visits %d is shown as %q, not %q", n, got, want)
		}
	}
}

// Ensure that a small area can't be worked out from the total and the others.
func TestTable_KeepsBackWhatWouldGiveASmallOneAway(t *testing.T) {
	for in, want := range map[string]string{
		"13: 3 10":    "15: fewer than 8|not shown",
		"10: 10":      "10: 10",
		"3: 3 0":      "fewer than 8: fewer than 8|0",
		"2: 1 1":      "fewer than 8: not shown|not shown",
		"10: 8 1 1":   "10: not shown|not shown|not shown",
		"0: 0 0":      "0: 0|0",
		"40: 20 20":   "40: 20|20",
		"43: 20 20 3": "45: not shown|20|fewer than 8",
	} {
		var total int
		var cells []int
		head, rest, _ := strings.Cut(in, ": ")
		_, _ = fmt.Sscan(head, &total)
		for _, f := range strings.Fields(rest) {
			var n int
			_, _ = fmt.Sscan(f, &n)
			cells = append(cells, n)
		}
		shownTotal, shown := figures.Table(total, cells, true)
		if got := shownTotal + ": " + strings.Join(shown, "|"); got != want {
			t.Errorf("%s is shown as %s, not %s", in, got, want)
		}
	}
}

// Ensure of every table of up to three cells that whoever sees it, knows these
// rules and can count can't tell a small cell: many tables look the same.
func TestTable_TellsNobodyASmallCount(t *testing.T) {
	for scale, least := range map[figures.Scale]int{figures.Worries: 8, figures.Visits: 5} {
		tellsNobody(t, scale, least)
	}
}

func tellsNobody(t *testing.T, scale figures.Scale, least int) {
	t.Helper()
	const most = 37 // NB! whatever rounds to 35 is there whole
	for _, whole := range []bool{true, false} {
		looks := map[string][]map[int]bool{} // as shown: the values that each cell can have
		each(most, whole, func(total int, cells []int) {
			shownTotal, shown := scale.Table(total, cells, whole)
			key := shownTotal + ":" + strings.Join(shown, "|")
			if looks[key] == nil {
				looks[key] = []map[int]bool{{}, {}, {}}
			}
			for i, n := range cells {
				looks[key][i][n] = true
			}
		})
		for key, can := range looks {
			_, rest, _ := strings.Cut(key, ":")
			for i, s := range strings.Split(rest, "|") {
				switch {
				case s == scale.Small() && len(can[i]) < least-1:
					t.Errorf("%s: cell %d can only be %v", key, i, can[i])
				case s == figures.Hidden && hasSmall(can[i], least) && len(can[i]) < least-1:
					t.Errorf("%s: hidden cell %d can only be %v", key, i, can[i])
				}
			}
		}
		if len(looks) < 50 {
			t.Errorf("only %d tables: nothing was looked at", len(looks))
		}
	}
}

func hasSmall(can map[int]bool, least int) bool {
	for n := range can {
		if n > 0 && n < least {
			return true
		}
	}
	return false
}

// each makes every table of three cells that adds up to most or less, with any
// rest where they are not the whole.
func each(most int, whole bool, do func(total int, cells []int)) {
	for a := range most + 1 {
		for b := range most - a + 1 {
			for c := range most - a - b + 1 {
				if whole {
					do(a+b+c, []int{a, b, c})
					continue
				}
				for total := a + b + c; total <= most; total++ {
					do(total, []int{a, b, c})
				}
			}
		}
	}
}

// Ensure of every whole and part that whoever sees both can't tell a small part, nor
// that a few are the rest.
func TestPart_TellsNobodyASmallRest(t *testing.T) {
	for scale, least := range map[figures.Scale]int{figures.Worries: 8, figures.Visits: 5} {
		parts, rests := map[string]map[int]bool{}, map[string]map[int]bool{}
		for whole := range 43 { // NB! whatever rounds to 40 is there whole
			for part := range whole + 1 {
				w := scale.Shown(whole)
				key := w + ": " + scale.Part(w, scale.Shown(part))
				if parts[key] == nil {
					parts[key], rests[key] = map[int]bool{}, map[int]bool{}
				}
				parts[key][part], rests[key][whole-part] = true, true
			}
		}
		for key, can := range parts {
			for what, can := range map[string]map[int]bool{"the part": can, "the rest": rests[key]} {
				if hasSmall(can, least) && len(can) < least-1 {
					t.Errorf("%s: %s can only be %v", key, what, can)
				}
			}
		}
		if len(parts) < 15 {
			t.Errorf("only %d are shown: nothing was looked at", len(parts))
		}
	}
}

// Ensure that two tables of one total, seen side by side, don't give away what neither
// would: the one says how many there were to within one, and the other all but one cell.
func TestTables_SideBySideTellNobodyASmallCount(t *testing.T) {
	const most = 20 // NB! whatever rounds to 15 is there whole
	looks := map[string]*[6]uint32{}
	each(most, true, func(total int, cells []int) {
		each(total, true, func(of int, others []int) {
			if of != total {
				return
			}
			shown, tables := figures.Visits.Tables(total, cells, others)
			key := shown + ":" + strings.Join(tables[0], "|") + "|" + strings.Join(tables[1], "|")
			if looks[key] == nil {
				looks[key] = &[6]uint32{}
			}
			for i, n := range append(append([]int{}, cells...), others...) {
				looks[key][i] |= 1 << n
			}
		})
	})
	for key, can := range looks {
		total, rest, _ := strings.Cut(key, ":")
		for i, s := range strings.Split(rest, "|") {
			if s != "fewer than 5" && s != figures.Hidden || total == "20" {
				continue
			}
			if n := bits.OnesCount32(can[i]); can[i]&0b11110 != 0 && n < 4 {
				t.Errorf("%s: cell %d can only be one of %d", key, i, n)
			}
		}
	}
	if len(looks) < 500 {
		t.Errorf("only %d pairs of tables: too little was looked at", len(looks))
	}
}
