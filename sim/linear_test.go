package sim

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/anishathalye/porcupine"
)

// read is a pull, by a resident or by somebody who sees drafts.
type read struct{ resident bool }

// shelf is the state of the model: two listings, and what each change that was
// carried out is to be told, whenever it is sent again. It can be compared.
type shelf struct {
	listings [2]listing
	done     string // a line each: nonce, space, outcome
}

func (s shelf) told(nonce string) (outcome string, done bool) {
	for line := range strings.Lines(s.done) {
		if rest, is := strings.CutPrefix(line, nonce+" "); is {
			return strings.TrimSuffix(rest, "\n"), true
		}
	}
	return "", false
}

// carryOut is listings.edit, as docs/protocol.md says it: the later arrival wins and
// is told what it replaced, and a nonce that is known changes nothing.
func (s shelf) carryOut(c *change) (shelf, string) {
	if outcome, done := s.told(c.nonce); done {
		return s, outcome
	}
	at := &s.listings[c.listing].title
	if c.column == "status" {
		at = &s.listings[c.listing].status
	}
	outcome := "ok"
	if *at != c.was && *at != c.now {
		outcome = "merged " + *at
	}
	*at = c.now
	lines := append(strings.SplitAfter(s.done, "\n"), c.nonce+" "+outcome+"\n")
	slices.Sort(lines)
	s.done = strings.Join(lines, "")
	return s, outcome
}

// shown is what a client may see of the state.
func (s shelf) shown(resident bool) (out [2]listing) {
	for i, l := range s.listings {
		if !resident || l.status != "draft" {
			out[i] = l
		}
	}
	return out
}

// linearizable asks porcupine for an order that explains the history.
func (one *history) linearizable() error {
	model := porcupine.Model{
		Init: func() any { return shelf{listings: one.began} },
		Step: func(state, input, output any) (bool, any) {
			s := state.(shelf)
			if r, is := input.(read); is {
				return s.shown(r.resident) == output, s
			}
			s, outcome := s.carryOut(input.(*change))
			return output == "" || output == outcome, s // "": nobody heard what became of it
		},
		DescribeOperation: func(input, output any) string { return describe(input, output) },
	}
	switch porcupine.CheckOperationsTimeout(model, one.operations, time.Minute) {
	case porcupine.Ok:
		return nil
	case porcupine.Illegal:
		return errors.New("porcupine finds no order that explains what was answered")
	}
	return errors.New("porcupine did not find out within a minute")
}

func describe(input, output any) string {
	if c, is := input.(*change); is {
		return fmt.Sprintf("%s of %d from %q to %q (%s): %q", c.column, c.listing, c.was, c.now, c.nonce, output)
	}
	return fmt.Sprintf("sees %q", output)
}
