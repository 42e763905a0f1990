package device

import (
	"encoding/json"
	"maps"
	"slices"
)

// Key names a row.
type Key struct{ Coll, ID string }

// Held is one row as the server gave it, and the audiences it is held for.
type Held struct {
	Seq  int64
	Auds []string // sorted; NB! never changed in place, clones share it
	Data json.RawMessage
}

// Rows are all rows held.
type Rows map[Key]Held

// apply takes lines in their order.
func (r Rows) apply(lines []Line) {
	for _, l := range lines {
		switch {
		case l.Reset != "":
			r.forget(l.Reset)
		case l.Drop != "":
			r.forget(l.Drop)
		case l.Data == nil:
			r.leave(Key{l.Coll, l.ID}, l.Aud)
		default:
			r.put(l)
		}
	}
}

// put holds a row for one more audience. What an audience tells later than
// another is never older, unless it is an old page; then the newer stays.
func (r Rows) put(l Line) {
	k := Key{l.Coll, l.ID}
	h, held := r[k]
	if i, in := slices.BinarySearch(h.Auds, l.Aud); !in {
		h.Auds = slices.Insert(slices.Clone(h.Auds), i, l.Aud)
	}
	if !held || l.Seq > h.Seq {
		h.Seq, h.Data = l.Seq, l.Data
	}
	r[k] = h
}

// leave takes a row out of an audience; it goes with its last one.
func (r Rows) leave(k Key, aud string) {
	h := r[k]
	i, in := slices.BinarySearch(h.Auds, aud)
	switch {
	case !in:
	case len(h.Auds) == 1:
		delete(r, k)
	default:
		h.Auds = slices.Delete(slices.Clone(h.Auds), i, i+1)
		r[k] = h
	}
}

func (r Rows) forget(aud string) {
	for _, k := range slices.Collect(maps.Keys(r)) {
		r.leave(k, aud)
	}
}

const prime = 94906249

// Sums of each audience: live entries, and Σ (s³ mod p) of their seqs.
func (r Rows) Sums() map[string][2]int64 {
	sums := map[string][2]int64{}
	for _, h := range r {
		s := h.Seq % prime
		cube := s * s % prime * s % prime
		for _, a := range h.Auds {
			sum := sums[a]
			sums[a] = [2]int64{sum[0] + 1, sum[1] + cube}
		}
	}
	return sums
}

// agree says whether the server's sums are these rows'. whole: the server named
// every audience, so that no other may be held.
func (r Rows) agree(theirs map[string][2]int64, whole bool) bool {
	own := r.Sums()
	for a := range own {
		if _, named := theirs[a]; whole && !named {
			return false
		}
	}
	for a, sum := range theirs {
		if own[a] != sum {
			return false
		}
	}
	return true
}
