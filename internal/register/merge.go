// Package register is what a group's register comes to: how two phones that had no
// signal keep one, and who missed a visit.
package register

import (
	"slices"
	"strings"
	"time"
)

// The states of a mark.
const (
	Here    = "here"
	Away    = "away"
	Excused = "excused"
	None    = "none"
)

// Yes is what a tick says; No is that it was taken back.
const (
	Yes = "yes"
	No  = "no"
)

// The states of a register.
const (
	Open  = "open"
	Taken = "taken"
)

// Said is the last that one phone said of one thing.
type Said struct {
	Phone string    `json:"p"`
	Value string    `json:"v"`
	At    time.Time `json:"t"`
	Nonce string    `json:"n"` // of the command that said it
}

// Told is what all phones said of one row, by what they said it of.
//
// NB! It keeps what each phone said last, and not only what counts. What a phone says
// takes the place of what it said before, always: it knows in which order it was
// tapped, also where its clock is wrong. With the winner alone, what a third phone had
// said would be lost when the winner changes its mind, or not, as the order would have it.
type Told map[string][]Said

// Say takes in what a phone says of one thing, in the order in which that phone says
// it; phones among each other may come in any order.
func (t Told) Say(of string, s Said) {
	s.At = s.At.UTC().Truncate(time.Millisecond)
	i := slices.IndexFunc(t[of], func(o Said) bool { return o.Phone == s.Phone })
	if i < 0 {
		t[of] = append(t[of], s)
		return
	}
	if before := t[of][i].At; s.At.Before(before) {
		s.At = before // a clock that was put back
	}
	t[of][i] = s
}

// Now is what counts of one thing: what was said last; at the same time that somebody
// is here, then the larger nonce.
func (t Told) Now(of string) (Said, bool) {
	if len(t[of]) == 0 {
		return Said{}, false
	}
	return slices.MaxFunc(t[of], compare), true
}

func compare(a, b Said) int {
	if c := a.At.Compare(b.At); c != 0 {
		return c
	}
	if sa, sb := strong(a.Value), strong(b.Value); sa != sb {
		if sa {
			return 1
		}
		return -1
	}
	return strings.Compare(a.Nonce, b.Nonce)
}

// strong is what wins where two phones say something at the same time: that somebody
// was seen, before that they weren't.
func strong(value string) bool { return value == Here || value == Yes || value == Taken }

// Replaced is what another phone had said, and what stands now: where that isn't what
// was sent, the other was the later one.
type Replaced struct {
	ID     string `json:"id"`
	Column string `json:"column"`
	Was    string `json:"was"`
	Is     string `json:"is"`
}

// Take says s, and what of another phone it contradicts, if anything.
func (t Told) Take(of string, s Said) (Replaced, bool) {
	before, was := t.Now(of)
	t.Say(of, s)
	after, _ := t.Now(of)
	return Replaced{Column: of, Was: before.Value, Is: after.Value}, was && before.Phone != s.Phone && before.Value != s.Value
}

// Join takes in what was said of another row that is the same thing. Of what one phone
// said of both, what it said later counts.
func (t Told) Join(other Told) {
	for of, list := range other {
		for _, s := range list {
			i := slices.IndexFunc(t[of], func(o Said) bool { return o.Phone == s.Phone })
			switch {
			case i < 0:
				t[of] = append(t[of], s)
			case compare(s, t[of][i]) > 0:
				t[of][i] = s
			}
		}
	}
}
