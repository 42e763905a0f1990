package device

import (
	"encoding/json"
	"slices"
	"sort"
	"time"
)

// Command is one thing that the person did, as it lies in the outbox.
type Command struct {
	Number  int64 // place in the stream; 0: not in it any more
	Nonce   string
	Name    string
	Args    json.RawMessage
	At      string
	Offset  int64
	Seen    int64
	For     string // the member for whom it was done; empty: the person themselves
	Sent    bool   // it may have left the device
	Outcome *Outcome
	Settled bool // out of force, kept until the person has seen it
}

// Pending is a command without an outcome.
func (c *Command) Pending() bool { return c.Outcome == nil && !c.Settled }

// State in the words of the shared scenarios.
func (c *Command) State() string {
	switch {
	case c.Outcome != nil && c.Outcome.Status != "ok":
		return c.Outcome.Status
	case c.Sent:
		return "sending"
	}
	return "waiting"
}

// Confirmed is a journal's entry: a command that was done, and when the server said so, by its own clock.
type Confirmed struct {
	Command
	Heard time.Time
}

// The journal's bounds (protocol.md, P5).
const (
	JournalAge  = 14 * 24 * time.Hour
	JournalSize = 500
)

// Queue is a stream and its commands, in order of number.
type Queue struct {
	Stream  string
	Next    int64
	Entries []*Command
	Journal []Confirmed
}

func (q *Queue) find(nonce string) *Command {
	for _, c := range q.Entries {
		if c.Nonce == nonce {
			return c
		}
	}
	return nil
}

// Pending counts commands without an outcome.
func (q *Queue) Pending() (n int) {
	for _, c := range q.Entries {
		if c.Pending() {
			n++
		}
	}
	return n
}

// ack is the number up to which all outcomes are here.
func (q *Queue) ack() int64 {
	ack := q.Next - 1
	for _, c := range q.Entries {
		if c.Number > 0 && c.Pending() {
			ack = min(ack, c.Number-1)
		}
	}
	return ack
}

// final are the statuses with which a command ends; others say nothing yet.
var final = map[string]bool{"ok": true, "merged": true, "rejected": true, "quarantined": true}

// hear stores outcomes. False: the server has another command under a number of
// ours, so this queue lives twice.
func (q *Queue) hear(outcomes []Outcome) bool {
	for _, o := range outcomes {
		c := q.find(o.Nonce)
		if c != nil {
			if c.Pending() && final[o.Status] {
				c.Outcome = &o
			}
			continue
		}
		if slices.ContainsFunc(q.Entries, func(c *Command) bool { return c.Number == o.Number && c.Number > 0 && c.Pending() }) {
			return false
		}
	}
	return true
}

// settle takes out of force what the rows have reached, and returns it.
func (q *Queue) settle(seq int64, told time.Time) (settled []*Command) {
	keep := q.Entries[:0:0]
	for _, c := range q.Entries {
		if c.Outcome == nil || c.Settled || c.Outcome.Seq > seq {
			keep = append(keep, c)
			continue
		}
		settled = append(settled, c)
		if c.Outcome.Status == "ok" || c.Outcome.Status == "merged" {
			q.Journal = append(q.Journal, Confirmed{*c, told})
		}
		if c.Outcome.Status != "ok" {
			c.Settled = true
			keep = append(keep, c)
		}
	}
	q.Entries = keep
	q.Journal = slices.DeleteFunc(q.Journal, func(j Confirmed) bool { return told.Sub(j.Heard) > JournalAge })
	if n := len(q.Journal) - JournalSize; n > 0 {
		q.Journal = slices.Clone(q.Journal[n:])
	}
	return settled
}

// rebirth is the one way back to a sound queue: a new stream, what is pending
// numbered from 1 under its old nonces; after a new epoch its outcomes count for
// nothing, and the journal goes in front.
func (q *Queue) rebirth(stream string, newEpoch bool) {
	if newEpoch {
		var again []*Command
		for _, j := range q.Journal {
			c := j.Command
			again = append(again, &c)
		}
		for _, c := range q.Entries {
			twin := slices.IndexFunc(again, func(a *Command) bool { return a.Nonce == c.Nonce })
			if twin >= 0 && c.Settled { // merged: told to the person, and in the journal
				again[twin] = c
				c.Settled = false
			} else if twin < 0 {
				again = append(again, c)
			}
		}
		for _, c := range again {
			if !c.Settled {
				c.Outcome, c.Sent = nil, true
			}
			c.Seen = 0 // a seq of another epoch says nothing
		}
		q.Entries, q.Journal = again, nil
	}
	q.Stream, q.Next = stream, 1
	for _, c := range q.Entries {
		if c.Number = 0; c.Pending() {
			c.Number = q.Next
			q.Next++
		}
	}
	sort.SliceStable(q.Entries, func(i, j int) bool { return q.Entries[i].Number < q.Entries[j].Number })
}

// take takes a command out of the stream; the numbers after it move down.
func (q *Queue) take(c *Command) {
	q.Entries = slices.DeleteFunc(q.Entries, func(e *Command) bool { return e == c })
	for _, e := range q.Entries {
		if e.Number > c.Number && c.Number > 0 {
			e.Number--
		}
	}
	if c.Number > 0 {
		q.Next--
	}
}
