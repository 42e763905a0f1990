package sim

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"kith/sim/device"
)

// history is what the clients of one play did and were told.
type history struct {
	mu         sync.Mutex
	start      time.Time
	listings   [2]string
	began      [2]listing
	changes    []*change
	operations []porcupine.Operation // for porcupine
	events     []event               // for the causal checker, in each client's order
	lost       int
}

// change is one edit that somebody meant.
type change struct {
	nonce          string
	client, number int
	listing        int
	column         string
	was, now       string
}

// listing is what can be edited of one.
type listing struct{ title, status string }

// checkpoint is one whole answer, as the client sees it.
type checkpoint struct {
	seq       int64
	resident  bool
	listings  [2]listing
	versions  [2]int64
	audiences [2]string
}

// event is what a client was told: of a change, or by rows.
type event struct {
	client  int
	did     *change
	outcome string // ok, or merged and what was replaced
	seq     int64
	seen    *checkpoint
}

func (one *history) now() int64 { return int64(time.Since(one.start)) }

func (one *history) intend(c *change) {
	one.mu.Lock()
	defer one.mu.Unlock()
	one.changes = append(one.changes, c)
}

func (one *history) change(nonce string) *change {
	for _, c := range one.changes {
		if c.nonce == nonce {
			return c
		}
	}
	return nil
}

// unheard notes a request that may have been carried out, at any time from now on.
func (one *history) unheard(c *client, ask *device.Ask, called int64) {
	one.mu.Lock()
	defer one.mu.Unlock()
	one.lost++
	for _, cmd := range ask.Body.Commands {
		one.operations = append(one.operations, porcupine.Operation{ClientId: c.name, Input: one.change(cmd.Nonce), Call: called, Output: "", Return: 1 << 62})
	}
}

// heard notes an answer; the client takes it unless it has a twin that it takes.
func (one *history) heard(t *testing.T, c *client, ask *device.Ask, called int64, status int, raw []byte, take bool) {
	returned := one.now()
	a := device.ParseAnswer(raw)
	if status != 200 || a == nil {
		t.Errorf("client %d: %d %s", c.name, status, raw)
		return
	}
	one.mu.Lock()
	defer one.mu.Unlock()
	for _, o := range a.Outcomes {
		did := one.change(o.Nonce)
		if did == nil {
			continue // of the history before
		}
		e := event{client: c.name, did: did, outcome: told(o), seq: o.Seq}
		one.events = append(one.events, e)
		one.operations = append(one.operations, porcupine.Operation{ClientId: c.name, Input: did, Call: called, Output: e.outcome, Return: returned})
	}
	if !take || c.phone.Take(ask, status, raw) != device.Done {
		return
	}
	seen := c.look(one.listings)
	one.events = append(one.events, event{client: c.name, seen: seen})
	one.operations = append(one.operations, porcupine.Operation{ClientId: c.name, Input: read{c.resident}, Call: called, Output: seen.listings, Return: returned})
}

// told is an outcome in one word, with what was replaced.
func told(o device.Outcome) string {
	if o.Status != "merged" {
		return strings.TrimSpace(o.Status + " " + o.Code)
	}
	var result struct{ Replaced map[string]string }
	if err := json.Unmarshal(o.Result, &result); err != nil {
		return "merged " + err.Error()
	}
	for _, v := range result.Replaced {
		return "merged " + v
	}
	return "merged with nothing"
}

func (one *history) count(what func(event) bool) (n int) {
	for _, e := range one.events {
		if what(e) {
			n++
		}
	}
	return n
}

// String tells a history, for a person.
func (one *history) String() string {
	var b strings.Builder
	for _, o := range one.operations {
		fmt.Fprintf(&b, "%9d to %9d us, client %d: %s\n", o.Call/1000, min(o.Return, int64(time.Hour))/1000, o.ClientId, describe(o.Input, o.Output))
	}
	for _, e := range one.events {
		if e.seen != nil {
			fmt.Fprintf(&b, "client %d at %d: %v %v %q\n", e.client, e.seen.seq, e.seen.listings, e.seen.versions, e.seen.audiences)
		} else {
			fmt.Fprintf(&b, "client %d heard of %s: %s at %d\n", e.client, e.did.nonce, e.outcome, e.seq)
		}
	}
	return b.String()
}
