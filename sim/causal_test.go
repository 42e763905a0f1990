package sim

import (
	"fmt"
	"slices"
)

// causal holds the history to the story that its seqs tell. Porcupine looks for any
// order; here the order is the server's own word: commands in order of the seq of
// their outcomes. It returns the first thing that does not fit.
//
//   - a command is told the same each time, and one client's rise with their numbers
//   - each was told of what it replaced, in that order
//   - a client's checkpoints never go back, nor do the versions of what it holds
//   - who was told of seq q sees, from then on, checkpoints at q or later
//   - a checkpoint at seq s shows both listings as all commands up to s left them:
//     neither older nor newer, whichever audiences they are in, and in the right ones
func (one *history) causal() error {
	story, err := one.story()
	if err != nil {
		return err
	}
	for i := range 4 {
		if err := one.session(i, story); err != nil {
			return fmt.Errorf("client %d: %w", i, err)
		}
	}
	return nil
}

// story is the events of all changes, once each, in order of seq.
func (one *history) story() (story []event, err error) {
	for _, e := range one.events {
		if e.did == nil {
			continue
		}
		i := slices.IndexFunc(story, func(o event) bool { return o.did == e.did })
		if i < 0 {
			story = append(story, e)
		} else if story[i].outcome != e.outcome || story[i].seq != e.seq {
			return nil, fmt.Errorf("%s is told as %q at %d, and as %q at %d", e.did.nonce, story[i].outcome, story[i].seq, e.outcome, e.seq)
		}
	}
	if len(story) < len(one.changes) {
		return nil, fmt.Errorf("%d changes, and an outcome of %d", len(one.changes), len(story))
	}
	slices.SortStableFunc(story, func(a, b event) int { return int(a.seq - b.seq) })
	now, last := shelf{listings: one.began}, map[int]int{}
	for _, e := range story {
		var outcome string
		if now, outcome = now.carryOut(e.did); outcome != e.outcome {
			return nil, fmt.Errorf("%s at %d is told %q, where %q comes before it", e.did.nonce, e.seq, e.outcome, outcome)
		}
		if e.did.number < last[e.did.client] {
			return nil, fmt.Errorf("%s of client %d at %d comes before what it did earlier", e.did.nonce, e.did.client, e.seq)
		}
		last[e.did.client] = e.did.number
	}
	return story, nil
}

// session follows one client.
func (one *history) session(client int, story []event) error {
	var heard, seq int64
	var versions [2]int64
	for _, e := range one.events {
		switch {
		case e.client != client:
		case e.did != nil:
			heard = max(heard, e.seq)
		case e.seen.seq < seq:
			return fmt.Errorf("a checkpoint at %d after one at %d", e.seen.seq, seq)
		case e.seen.seq < heard:
			return fmt.Errorf("a checkpoint at %d after it was told of %d", e.seen.seq, heard)
		default:
			seq = e.seen.seq
			if err := one.checkpoint(e.seen, story, &versions); err != nil {
				return fmt.Errorf("at %d: %w", seq, err)
			}
		}
	}
	return nil
}

// checkpoint compares what a client sees at one seq with the story up to there.
func (one *history) checkpoint(seen *checkpoint, story []event, versions *[2]int64) error {
	now := shelf{listings: one.began}
	for _, e := range story {
		if e.seq <= seen.seq {
			now, _ = now.carryOut(e.did)
		}
	}
	for i, want := range now.shown(seen.resident) {
		if seen.listings[i] != want {
			return fmt.Errorf("listing %d is %q, and was %q", i, seen.listings[i], want)
		}
		aud := map[string]string{"": "", "active": "public", "draft": "activators"}[want.status]
		if seen.audiences[i] != aud {
			return fmt.Errorf("listing %d is held for %q, not for %q", i, seen.audiences[i], aud)
		}
		if want.status != "" && seen.versions[i] < versions[i] {
			return fmt.Errorf("listing %d is of version %d after %d", i, seen.versions[i], versions[i])
		}
		versions[i] = max(versions[i], seen.versions[i])
	}
	return nil
}
