package rota

import (
	"maps"
	"slices"
)

// What a helper can know of a turn, beside nothing: that it is theirs at some time
// (Yours, Theirs), that it was another's when they wanted it, and that it is off.
const (
	theirs = "yours "
	Lost   = "lost"
	Off    = "off"
)

// Theirs is that a turn is somebody's, at a time.
func Theirs(when string) string { return theirs + when }

func isTheirs(k string) bool { return len(k) > len(theirs) && k[:len(theirs)] == theirs }

// The templates of what a helper is told of a turn.
const (
	SayYours    = "turn.yours"
	SayNotYours = "turn.notYours"
	SayOff      = "turn.off"
	SayMoved    = "turn.moved"
)

// Says are all of them.
var Says = []string{SayYours, SayNotYours, SayOff, SayMoved}

// Say is what somebody who knows one thing of a turn is told when another is so; "" is
// nothing.
func Say(knows, is string) string {
	switch {
	case knows == is:
		return ""
	case isTheirs(is) && isTheirs(knows):
		return SayMoved
	case isTheirs(is):
		return SayYours
	case is == Lost, is == "" && isTheirs(knows):
		return SayNotYours
	case is == Off && isTheirs(knows):
		return SayOff
	}
	return ""
}

// Word is what one helper is to be told.
type Word struct{ Helper, Template string }

// Settle brings what helpers know of a turn up to what is so, and returns what they are
// to be told: each at most one thing, and nothing where nothing is new to them.
//
// when is the time at which it is; "": it isn't on. knows are helpers who know already
// how it stands: they did it themselves. lost are those who have just asked for it and
// found it another's. back says of a helper whether what they were last told hasn't
// gone out, and takes it back: then they know what they knew before that.
func (t *Turn) Settle(when string, knows, lost []string, back func(helper string) (bool, error)) ([]Word, error) {
	var words []Word
	who := map[string]bool{}
	for h := range t.Notes {
		who[h] = true
	}
	for _, h := range append(slices.Clone(lost), t.Helper) {
		who[h] = true
	}
	delete(who, "")
	for _, h := range slices.Sorted(maps.Keys(who)) {
		n := t.Notes[h]
		is := t.truth(h, n.Knows, when, slices.Contains(lost, h))
		if is == n.Knows && (n.Was == n.Knows || slices.Contains(knows, h)) {
			continue // nothing new, or what they were told before stands
		}
		pending, err := back(h)
		if err != nil {
			return nil, err
		}
		if is == n.Knows && !pending { // it has gone out
			n.Was = n.Knows
			t.note(h, n)
			continue
		}
		if pending {
			n.Knows = n.Was
			is = t.truth(h, n.Knows, when, slices.Contains(lost, h))
		}
		if template := Say(n.Knows, is); template != "" && !slices.Contains(knows, h) {
			words = append(words, Word{h, template})
		}
		n.Was, n.Knows = n.Knows, is
		if is == Lost {
			n.Was = Lost // by the answer, whether they are told besides or not
		}
		t.note(h, n)
	}
	return words, nil
}

// truth is how a turn stands for one helper, who knows something of it.
func (t *Turn) truth(h, knows, when string, lost bool) string {
	switch {
	case t.Helper == h && when != "":
		return Theirs(when)
	case when == "" && (isTheirs(knows) || knows == Off):
		return Off
	case lost:
		return Lost
	case knows == Lost && t.Helper != "":
		return Lost
	}
	return ""
}
