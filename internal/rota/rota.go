// Package rota is who has which turn of what a circle helps with. It knows the rules and
// nothing else: no database, no clock and no circle.
//
// Whoever's word reaches the server first has the turn, and keeps it: they were told
// that it is theirs, and somebody may count on them. What comes later from a phone that
// was away doesn't take it from them. So the rota is what the words come to in the order
// in which they arrived, and no phone's clock can jump the queue.
package rota

import (
	"cmp"
	"slices"
)

// Turn is one occurrence of a slot as the rota has it.
type Turn struct {
	Helper   string // whose it is; "": nobody's
	ByEvery  bool   // because they take each of them
	Standbys []Standby
	Swaps    []Swap // that are asked
	Memory
}

// Memory is what is kept of a turn beside what everybody sees.
type Memory struct {
	Notes map[string]Note `json:"notes,omitempty"` // by helper
	Freed int             `json:"freed,omitempty"` // how often it has become nobody's
	Since string          `json:"since,omitempty"` // when its helper got it
}

// Note is what one helper knows of a turn.
type Note struct {
	Knows string `json:"k,omitempty"` // what they were last told, or did
	Was   string `json:"w,omitempty"` // what they knew before that
	// Gave: they gave it back. Who takes every one of them isn't given this one again.
	Gave bool `json:"g,omitempty"`
}

// Standby is somebody who would take it if its helper can't.
type Standby struct {
	Helper string
	At     string // when they said so
}

// Swap is that the turn's helper asks another to take it.
type Swap struct{ ID, From, To string }

// Helper is what the rota knows of one: whether they may take turns, and whether the
// person would rather have them than others.
type Helper struct{ May, Preferred bool }

// Helpers of a circle, by id. Who isn't there has no turns.
type Helpers map[string]Helper

// Outcome of asking for a turn.
type Outcome int

// The outcomes: it is theirs now; it was already; it is another's.
const (
	Yours Outcome = iota
	Already
	Taken
)

// Take gives a turn that is nobody's to a helper.
func (t *Turn) Take(h, now string) Outcome {
	switch t.Helper {
	case h:
		return Already
	case "":
		t.give(h, now)
		return Yours
	}
	return Taken
}

// Drop has a helper give their turn back: who stands by takes over.
func (t *Turn) Drop(h string, all Helpers, now string) bool {
	if t.Helper != h || h == "" {
		return false
	}
	n := t.Notes[h]
	n.Gave = true
	t.note(h, n)
	t.Free(all, now)
	return true
}

// Free takes the turn from whoever has it. The first who stands by takes over: who is
// preferred before who isn't, then who said so first.
func (t *Turn) Free(all Helpers, now string) {
	t.nobodys()
	if next := t.next(all); next != "" {
		t.give(next, now)
	}
}

func (t *Turn) nobodys() {
	if t.Helper != "" {
		t.Freed++
	}
	t.Helper, t.ByEvery, t.Since, t.Swaps = "", false, "", nil
}

func (t *Turn) next(all Helpers) string {
	may := slices.DeleteFunc(slices.Clone(t.Standbys), func(s Standby) bool { return !all[s.Helper].May })
	if len(may) == 0 {
		return ""
	}
	rank := func(s Standby) int {
		if all[s.Helper].Preferred {
			return 0
		}
		return 1
	}
	return slices.MinFunc(may, func(a, b Standby) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.At, b.At), cmp.Compare(a.Helper, b.Helper))
	}).Helper
}

// give has what is nobody's be a helper's, who stands by no more.
func (t *Turn) give(h, now string) {
	t.Helper, t.ByEvery, t.Since = h, false, now
	t.Unstandby(h)
	n := t.Notes[h]
	n.Gave = false
	t.note(h, n)
}

// Standby puts a helper down for when its helper can't. Where it is nobody's by now, that
// is so already: it is theirs.
func (t *Turn) Standby(h, said, now string) Outcome {
	switch {
	case t.Helper == h:
		return Already
	case t.Helper == "":
		t.give(h, now)
		return Yours
	case !slices.ContainsFunc(t.Standbys, func(s Standby) bool { return s.Helper == h }):
		t.Standbys = append(t.Standbys, Standby{h, said})
	}
	return Taken
}

// Unstandby takes a helper off those who stand by.
func (t *Turn) Unstandby(h string) {
	t.Standbys = slices.DeleteFunc(t.Standbys, func(s Standby) bool { return s.Helper == h })
}

// Assign is an organiser's word, of who was rung: it is theirs, whoever had it; "" is
// that its helper can't.
func (t *Turn) Assign(h string, all Helpers, now string) {
	switch {
	case h == t.Helper:
	case h == "":
		t.Drop(t.Helper, all, now)
	default:
		if t.Helper != "" {
			t.nobodys()
		}
		t.give(h, now)
	}
}

// Ask has the turn's helper ask another to take it. Whoever was asked already is asked.
func (t *Turn) Ask(s Swap) Outcome {
	switch {
	case t.Helper != s.From:
		return Taken
	case slices.ContainsFunc(t.Swaps, func(o Swap) bool { return o.To == s.To }):
		return Already
	}
	t.Swaps = append(t.Swaps, s)
	return Yours
}

// Yes gives the turn to whom its helper asked, if it still is that helper's to give.
func (t *Turn) Yes(id, now string) bool {
	i := slices.IndexFunc(t.Swaps, func(s Swap) bool { return s.ID == id })
	if i < 0 || t.Swaps[i].From != t.Helper {
		return false
	}
	s := t.Swaps[i]
	n := t.Notes[s.From]
	n.Gave = true
	t.note(s.From, n)
	t.nobodys()
	t.give(s.To, now)
	return true
}

// No ends that somebody was asked.
func (t *Turn) No(id string) {
	t.Swaps = slices.DeleteFunc(t.Swaps, func(s Swap) bool { return s.ID == id })
}

// Over ends a turn that isn't on: it is nobody's, and nobody stands by.
func (t *Turn) Over() {
	t.nobodys()
	t.Standbys = nil
}

// Without takes somebody who doesn't help any more off a turn, and all that is known of
// them.
func (t *Turn) Without(h string, all Helpers, now string) {
	t.Unstandby(h)
	t.Swaps = slices.DeleteFunc(t.Swaps, func(s Swap) bool { return s.To == h })
	delete(t.Notes, h)
	if t.Helper == h {
		t.Free(all, now)
		delete(t.Notes, h)
	}
}

func (t *Turn) note(h string, n Note) {
	if t.Notes == nil {
		t.Notes = map[string]Note{}
	}
	t.Notes[h] = n
}
