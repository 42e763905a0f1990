package ledger

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"kith/internal/figures"
)

// Seen is one record of a till, as a pattern is looked for: of some account, at
// some time by the clock on the wall of the community.
type Seen struct {
	Shop, Till, Account string
	Act                 string // stamp, redeem or undo
	At                  time.Time
}

// Pattern is something unusual in what one till did in a week. It says how much
// and never who: there is an ordinary reason for nearly every one, and somebody
// who knows the shop can ask.
type Pattern struct{ Shop, Till, Kind, Shown string }

// From when on something is a pattern. NB! A neighbour who comes in each morning is
// seven stamps a week at one hour, and is what the card is for.
const (
	slotLeast    = 10 // stamps of one till in one hour of the day, in a week
	slotShare    = 60 // per cent of them that are one card's
	undoLeast    = 10 // stamps of a till before a share of undos says anything
	undoShare    = 25
	nightLeast   = 8
	burstLeast   = 12
	burstMinutes = 10
)

// Patterns finds what is unusual in one week.
func Patterns(week []Seen) []Pattern {
	tills := map[string][]Seen{}
	for _, s := range week {
		tills[s.Till] = append(tills[s.Till], s)
	}
	var out []Pattern
	for till, seen := range tills {
		for kind, find := range map[string]func([]Seen) string{"oneCard": oneCard, "undoRate": undoRate, "night": night, "burst": burst} {
			if shown := find(seen); shown != "" {
				out = append(out, Pattern{seen[0].Shop, till, kind, shown})
			}
		}
	}
	slices.SortFunc(out, func(a, b Pattern) int { return cmp.Or(cmp.Compare(a.Till, b.Till), cmp.Compare(a.Kind, b.Kind)) })
	return out
}

// share is a part in tens of per cent, so that it points at nobody.
func share(part, whole int) string { return fmt.Sprintf("about %d%%", (part*10/whole)*10) }

func count(week []Seen, act string) (n int) {
	for _, s := range week {
		if s.Act == act {
			n++
		}
	}
	return n
}

// oneCard: most of what a till does at one hour of the day is of one card.
func oneCard(week []Seen) string {
	all, top := map[int]int{}, map[int]map[string]int{}
	for _, s := range week {
		if s.Act != "stamp" || s.Account == "" {
			continue
		}
		hour := s.At.Hour()
		if top[hour] == nil {
			top[hour] = map[string]int{}
		}
		all[hour]++
		top[hour][s.Account]++
	}
	for hour := range 24 {
		if all[hour] < slotLeast {
			continue
		}
		for _, n := range top[hour] {
			if n*100 >= all[hour]*slotShare {
				return fmt.Sprintf("%s of %s stamps in one hour of the day", share(n, all[hour]), figures.Shown(all[hour]))
			}
		}
	}
	return ""
}

// undoRate: many stamps are taken back.
func undoRate(week []Seen) string {
	stamps, undos := count(week, "stamp"), count(week, "undo")
	if stamps < undoLeast || undos*100 < stamps*undoShare {
		return ""
	}
	return fmt.Sprintf("%s of %s stamps", share(undos, stamps), figures.Shown(stamps))
}

// night: many stamps when most shops are shut.
func night(week []Seen) string {
	n := 0
	for _, s := range week {
		if h := s.At.Hour(); s.Act == "stamp" && (h >= 23 || h < 5) {
			n++
		}
	}
	if n < nightLeast {
		return ""
	}
	return figures.Shown(n) + " stamps between 11pm and 5am"
}

// burst: many stamps within minutes.
func burst(week []Seen) string {
	var at []time.Time
	for _, s := range week {
		if s.Act == "stamp" {
			at = append(at, s.At)
		}
	}
	slices.SortFunc(at, time.Time.Compare)
	most, from := 0, 0
	for i := range at {
		for at[i].Sub(at[from]) > burstMinutes*time.Minute {
			from++
		}
		most = max(most, i-from+1)
	}
	if most < burstLeast {
		return ""
	}
	return fmt.Sprintf("%s stamps within %d minutes", figures.Shown(most), burstMinutes)
}
