// Package interest is what people like to talk about and do, in words that both sides
// know: a newcomer picks a few, a buddy picks a few, and what two have in common is
// somewhere to begin. None of them says what somebody believes, whom they love, how
// they vote, or how they are.
package interest

import "slices"

// Most is how many somebody picks.
const Most = 5

// Keys are all that there are; app/src/words has a name for each.
var Keys = []string{
	"animals", "art", "board-games", "books", "chatting", "cooking", "crafts", "dancing", "films", "football", "gardening", "history",
	"languages", "local-history", "making", "music", "photography", "puzzles", "quiz", "sewing", "singing", "swimming", "travel", "walking",
}

// Pick gives what somebody picked, each once and in the order of Keys, and false if
// there is one that isn't known, or there are too many.
func Pick(picked []string) ([]string, bool) {
	out := []string{}
	for _, k := range Keys {
		if slices.Contains(picked, k) {
			out = append(out, k)
		}
	}
	known := func(k string) bool { return slices.Contains(Keys, k) }
	unknown := slices.ContainsFunc(picked, func(k string) bool { return !known(k) })
	return out, !unknown && len(out) <= Most && len(picked) <= len(Keys)
}
