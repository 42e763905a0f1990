package rota

import (
	"cmp"
	"slices"
	"time"
)

// Weeks ahead that "every Thursday" is filled in, and how long before each fourth is
// left to others.
const (
	Ahead    = 5 * 7 * 24 * time.Hour
	OpenLast = 7 * 24 * time.Hour
	fourth   = 4
)

// Occurrence is one time that a slot is on, or would have been.
type Occurrence struct {
	Key   string // its original start, which stays when it moves
	Start time.Time
	Off   bool
}

// Filled is one that is given; Late: it was left to others until now.
type Filled struct {
	Occurrence
	Late bool
}

// Fill says which of a slot's occurrences whoever takes every one of them is given now:
// those of the weeks ahead that are on. Each fourth stays open for others until it is
// near: a slot that is always full is one at which nobody new ever helps.
//
// all are all occurrences from the slot's first on, up to what lies ahead.
func Fill(all []Occurrence, now time.Time) []Filled {
	all = slices.SortedFunc(slices.Values(all), func(a, b Occurrence) int { return cmp.Compare(a.Key, b.Key) })
	var out []Filled
	for i, o := range all {
		switch {
		case o.Off, !o.Start.After(now), o.Start.After(now.Add(Ahead)):
		case i%fourth == fourth-1 && o.Start.After(now.Add(OpenLast)):
		default:
			out = append(out, Filled{o, i%fourth == fourth-1})
		}
	}
	return out
}

// Every gives a turn to whoever takes every one of them: if it is nobody's, nobody stands
// by, and they haven't given this one back.
func (t *Turn) Every(h string, now string) bool {
	if t.Helper != "" || t.Notes[h].Gave {
		return false
	}
	t.give(h, now)
	t.ByEvery = true
	return true
}

// The hours before a turn at which it is looked at whether it has a helper: when the
// preferred are told that it is open, when all are, and when its organisers are.
const (
	FirstPreferred = 72 * time.Hour
	ThenAll        = 48 * time.Hour
	ThenOrganisers = 24 * time.Hour
)

// Open says whom to tell that a turn is open, so long before it begins: helpers who may
// take it and haven't just given it back; and whether the organisers are told, too.
func (t *Turn) Open(all Helpers, before time.Duration) (tell []string, organisers bool) {
	if t.Helper != "" || before <= 0 || before > FirstPreferred {
		return nil, false
	}
	for h, is := range all {
		if is.May && !t.Notes[h].Gave && (is.Preferred || before <= ThenAll) {
			tell = append(tell, h)
		}
	}
	slices.Sort(tell)
	return tell, before <= ThenOrganisers
}

// Enough says whether a helper is as known as a circle asks for: known is that they were
// let in by a link of the circle's, or that somebody vouched for them; a check of records
// counts as a reference.
func Enough(requires string, link bool, vouches []string) bool {
	has := func(kinds ...string) bool {
		return slices.ContainsFunc(vouches, func(v string) bool { return slices.Contains(kinds, v) })
	}
	switch requires {
	case "known":
		return link || has("known", "reference", "dbs")
	case "reference":
		return has("reference", "dbs")
	case "dbs":
		return has("dbs")
	}
	return false
}
