package hooks_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/hooks/syncapi"
	"kith/internal/limits"
	"kith/internal/sync"
)

func comeArgs(listing string) map[string]any {
	return map[string]any{"id": newID(), "listing": listing, "occurrence": nextThursday(), "firstName": "Rosa", "welcome": "door"}
}

// Ensure that a command takes effect once, on any stream, and is always answered the same.
func TestPush_AppliesACommandOnceHoweverOftenItIsSent(t *testing.T) {
	w := newTown(t)
	club := w.weekly("Lunch club")
	p := w.phone("resident")
	c := p.command("visits.come", comeArgs(club.Id))
	first := p.sync(c)
	again := p.sync(c)
	if len(first.outcomes) != 1 || first.outcomes[0].Status != sync.OK {
		t.Fatalf("first: %s", first.raw)
	}
	if len(again.outcomes) != 1 || again.outcomes[0].Seq != first.outcomes[0].Seq {
		t.Fatalf("again: %s", again.raw)
	}
	p.queue = random() // a reborn stream sends it once more
	reborn := p.sync(c)
	if len(reborn.outcomes) != 1 || reborn.outcomes[0].Seq != first.outcomes[0].Seq {
		t.Fatalf("reborn: %s", reborn.raw)
	}
	if n := w.count("visits"); n != 1 {
		t.Fatalf("%d visits", n)
	}
}

// Ensure that nothing runs after a hole in the numbers or a number used before.
func TestPush_StopsAtAGapOrAFork(t *testing.T) {
	w := newTown(t)
	club := w.weekly("Lunch club")
	p := w.phone("resident")
	one := p.command("people.rename", map[string]any{"firstName": "Ada"})
	_ = p.command("people.rename", map[string]any{"firstName": "Lost"})
	three := p.command("visits.come", comeArgs(club.Id))
	a := p.sync(one, three)
	if len(a.outcomes) != 1 || len(a.stops) != 1 || a.stops[0].Reason != sync.Gap || a.stops[0].Last != 1 {
		t.Fatalf("gap: %s", a.raw)
	}
	fork := map[string]any{}
	for k, v := range one {
		fork[k] = v
	}
	fork["nonce"] = random()
	a = p.sync(fork)
	if len(a.stops) != 1 || a.stops[0].Reason != sync.Fork {
		t.Fatalf("fork: %s", a.raw)
	}
	if w.count("visits") != 0 {
		t.Fatal("a command behind the gap ran")
	}
	three["number"] = 2
	p.sync(three)
	for k, v := range one { // known, and under a number that is another's
		fork[k] = v
	}
	fork["number"] = 2
	if a = p.sync(fork); len(a.stops) != 1 || a.stops[0].Reason != sync.Fork || a.stops[0].Last != 2 {
		t.Fatalf("a known command under another's number: %s", a.raw)
	}
}

// Ensure that another member's nonce tells nothing of what they did.
func TestPush_SomebodyElsesNonceLooksLikeAFork(t *testing.T) {
	w := newTown(t)
	p, q := w.phone("resident"), w.phone("resident")
	c := p.command("people.rename", map[string]any{"firstName": "Ada"})
	p.sync(c)
	a := q.sync(c)
	if len(a.outcomes) != 0 || len(a.stops) != 1 || a.stops[0].Reason != sync.Fork {
		t.Fatalf("%s", a.raw)
	}
}

// Ensure that a command which keeps failing on our side is kept for the
// operator, and what waits behind it goes on.
func TestPush_QuarantinesWhatKeepsFailing(t *testing.T) {
	w := newTown(t, func(r *sync.Registry) {
		r.Handle("test.fail", func(*sync.Call) (sync.Result, error) { return sync.Result{}, errors.New("broken") })
		r.Handle("test.panic", func(*sync.Call) (sync.Result, error) { panic("very broken") })
	})
	p := w.phone("resident")
	for _, name := range []string{"test.fail", "test.panic"} {
		bad, good := p.command(name, map[string]any{"x": 1}), p.command("people.rename", map[string]any{"firstName": "Ada"})
		for try := 1; try < 3; try++ {
			a := p.sync(bad, good)
			if len(a.stops) != 1 || a.stops[0].Reason != sync.Retry || a.stops[0].RetryAfterMs <= 0 {
				t.Fatalf("%s, try %d: %s", name, try, a.raw)
			}
		}
		a := p.sync(bad, good)
		p.ack = p.number
		n := len(a.outcomes)
		if n < 2 || a.outcomes[n-2].Status != sync.Quarantined || a.outcomes[n-1].Status != sync.OK {
			t.Fatalf("%s: %s", name, a.raw)
		}
	}
	var payload string
	must(t, w.app.DB().NewQuery("SELECT payload FROM sync_command WHERE name = 'test.fail'").Row(&payload))
	if payload != `{"x":1}` {
		t.Fatalf("payload %q", payload)
	}
}

// Ensure that one push doesn't shut everybody else out: it is stopped when it has had the
// writer for long enough, gets on by a command at least each time, and counts as no fault.
func TestPush_EndsWhereItHasHadTheWriterLongEnough(t *testing.T) {
	var registry *sync.Registry
	w := newTown(t, func(r *sync.Registry) { registry = r })
	p := w.phone("resident")
	push := sync.Push{Stream: p.queue, Member: p.member, Device: p.device, Now: time.Now(), Delay: limits.Around, Enough: func() bool { return true }}
	for _, name := range []string{"Ada", "Bea", "Cyd"} {
		raw, err := json.Marshal(p.command("people.rename", map[string]any{"firstName": name}))
		must(t, err)
		var c sync.Command
		must(t, json.Unmarshal(raw, &c))
		push.Commands = append(push.Commands, c)
	}
	for done := int64(1); len(push.Commands) > 0; done++ {
		var stops []sync.Stop
		must(t, w.app.RunInTransaction(func(tx core.App) (err error) {
			stops, err = registry.Apply(tx, push)
			return err
		}))
		push.Commands = push.Commands[1:]
		if len(push.Commands) == 0 && len(stops) == 0 {
			break
		}
		if len(stops) != 1 || stops[0].Reason != sync.Retry || stops[0].Last != done || stops[0].Number != done+1 || stops[0].RetryAfterMs <= 0 {
			t.Fatalf("after %d: %+v", done, stops)
		}
	}
	var faults int
	must(t, w.app.DB().NewQuery("SELECT count(*) FROM sync_attempt").Row(&faults))
	if faults != 0 {
		t.Errorf("%d of them count as faults of ours", faults)
	}
	var name string
	must(t, w.app.DB().NewQuery("SELECT firstName FROM members WHERE id = {:id}").Bind(dbx.Params{"id": p.member}).Row(&name))
	if name != "Cyd" {
		t.Errorf("the last one is not carried out: %s", name)
	}
}

// Ensure that effects of a refused command are undone with it, and no others.
func TestPush_ARefusedCommandLeavesNothing(t *testing.T) {
	w := newTown(t, func(r *sync.Registry) {
		r.Handle("test.half", func(c *sync.Call) (sync.Result, error) {
			m, err := c.App.FindRecordById("members", c.Member)
			if err != nil {
				return sync.Result{}, err
			}
			m.Set("firstName", "Half")
			if err := c.App.Save(m); err != nil {
				return sync.Result{}, err
			}
			return sync.Result{}, sync.Reject("no", "No.")
		})
	})
	p := w.phone("resident")
	a := p.sync(p.command("test.half", nil), p.command("nosuch.command", nil))
	if len(a.outcomes) != 2 || a.outcomes[0].Code != "no" || a.outcomes[1].Code != "command_unknown" {
		t.Fatalf("%s", a.raw)
	}
	m, err := w.app.FindRecordById("members", p.member)
	must(t, err)
	if m.GetString("firstName") != "Rosa" {
		t.Fatal("half of it stayed")
	}
}

// Ensure that a phone's clock neither dates things before what it had seen nor
// after they arrived.
func TestPush_ClampsThePhonesClock(t *testing.T) {
	var calls []sync.Call
	w := newTown(t, func(r *sync.Registry) {
		r.Handle("test.when", func(c *sync.Call) (sync.Result, error) {
			calls = append(calls, *c)
			return sync.Result{}, nil
		})
	})
	p := w.phone("resident")
	_ = p.sync(p.command("test.when", nil)) // notes the time
	seen := p.sync(p.command("people.rename", map[string]any{"firstName": "Ada"})).seq
	calls = nil
	now := time.Now()
	for _, c := range []struct {
		at     time.Time
		offset int64
		clock  string
	}{
		{now.Add(-time.Millisecond), 0, "good"},
		{now.Add(-48 * time.Hour), (48 * time.Hour).Milliseconds() - 1, "good"}, // wrong by two days, and knows it
		{now.Add(-48 * time.Hour), 0, "early"},
		{now.Add(48 * time.Hour), 0, "late"},
	} {
		cmd := p.command("test.when", nil)
		cmd["at"], cmd["offset"], cmd["seen"] = sync.Stamp(c.at), c.offset, seen
		p.sync(cmd)
		got := calls[len(calls)-1]
		if got.Clock != c.clock || got.OccurredAt.After(got.Now) || got.OccurredAt.Before(now.Add(-time.Minute)) {
			t.Errorf("at %v offset %d: %s, %v", c.at, c.offset, got.Clock, got.OccurredAt)
		}
	}
}

// Ensure that two people who change one listing offline both keep what they
// changed, and the later is told of what they replaced.
func TestListings_EditsOfTwoMeetColumnByColumn(t *testing.T) {
	w := newTown(t)
	p := w.phone("activator")
	id := newID()
	p.sync(p.command("listings.add", map[string]any{"id": id, "kind": "group", "title": "Knitting", "room": "Back room"}))
	a := p.sync(
		p.command("listings.edit", map[string]any{"id": id, "set": map[string]any{"title": "Knit and natter"}, "was": map[string]any{"title": "Knitting"}}),
		p.command("listings.edit", map[string]any{"id": id, "set": map[string]any{"room": "Snug"}, "was": map[string]any{"room": "Back room"}}),
		p.command("listings.edit", map[string]any{"id": id, "set": map[string]any{"title": "Wool club"}, "was": map[string]any{"title": "Knitting"}}),
	)
	n := len(a.outcomes)
	if a.outcomes[n-3].Status != sync.OK || a.outcomes[n-2].Status != sync.OK || a.outcomes[n-1].Status != sync.Merged {
		t.Fatalf("%s", a.raw)
	}
	if string(a.outcomes[n-1].Result) != `{"replaced":{"title":"Knit and natter"}}` {
		t.Fatalf("%s", a.outcomes[n-1].Result)
	}
	row := a.rows["public listings/"+id]
	if row["title"] != "Wool club" || row["room"] != "Snug" {
		t.Fatalf("%v", row)
	}
}

// Ensure that who may not change a listing is told so, and changes nothing.
func TestListings_AreChangedByTheirHostsAlone(t *testing.T) {
	w := newTown(t)
	club := w.weekly("Lunch club")
	for _, role := range []string{"resident", "activator"} { // an activator, but not of this club
		p := w.phone(role)
		a := p.sync(p.command("listings.edit", map[string]any{"id": club.Id, "set": map[string]any{"title": "Mine"}}), p.command("listings.check", map[string]any{"id": club.Id}))
		for _, o := range a.outcomes {
			if o.Code != "not_allowed" {
				t.Errorf("%s: %s", role, a.raw)
			}
		}
	}
	p := w.phone("resident")
	if a := p.sync(p.command("listings.add", map[string]any{"id": newID(), "kind": "group", "title": "Mine"})); a.outcomes[0].Code != "not_allowed" {
		t.Errorf("%s", a.raw)
	}
	if p := w.phone("coordinator"); p.sync(p.command("listings.check", map[string]any{"id": club.Id})).outcomes[0].Status != sync.OK {
		t.Error("a coordinator may not check a listing")
	}
}

// Ensure that each wrong argument is refused with its own code and stores nothing.
func TestCommands_RefuseWhatIsWrong(t *testing.T) {
	w := newTown(t)
	club, paused := w.weekly("Lunch club"), w.weekly("Sleeping club")
	paused.Set("status", "paused")
	must(t, w.app.Save(paused))
	draft := w.weekly("Secret club")
	draft.Set("status", "draft")
	must(t, w.app.Save(draft))
	imported := w.weekly("From a feed")
	imported.Set("source", "ical:library")
	must(t, w.app.Save(imported))
	p := w.phone("activator")
	come := func(change map[string]any) map[string]any {
		args := comeArgs(club.Id)
		for k, v := range change {
			args[k] = v
		}
		return args
	}
	add := func(change map[string]any) map[string]any {
		args := map[string]any{"id": newID(), "kind": "group", "title": "Walk"}
		for k, v := range change {
			args[k] = v
		}
		return args
	}
	for _, c := range []struct {
		name string
		args map[string]any
		code string
	}{
		{"visits.come", come(map[string]any{"listing": newID()}), "listing_unknown"},
		{"visits.come", come(map[string]any{"listing": draft.Id}), "listing_unknown"},
		{"visits.come", come(map[string]any{"listing": paused.Id}), "listing_closed"},
		{"visits.come", come(map[string]any{"listing": imported.Id}), "nobody_here"},
		{"visits.come", come(map[string]any{"occurrence": "2031-01-01T12:00"}), "occurrence_unknown"},
		{"visits.come", come(map[string]any{"occurrence": "2026-01-08T12:00"}), "occurrence_past"},
		{"visits.come", come(map[string]any{"occurrence": "soon"}), "occurrence_unknown"},
		{"visits.come", come(map[string]any{"id": "../etc/passwd"}), "args_invalid"},
		{"visits.come", come(map[string]any{"id": 7}), "args_invalid"},
		{"visits.come", come(map[string]any{"welcome": "party"}), "args_invalid"},
		{"visits.come", come(map[string]any{"firstName": "a\u202eb"}), "text_invalid"},
		{"visits.come", come(map[string]any{"firstName": "a\x00b"}), "text_invalid"},
		{"visits.cancel", map[string]any{"id": newID()}, "visit_unknown"},
		{"people.rename", map[string]any{"firstName": "  "}, "text_invalid"},
		{"listings.add", add(map[string]any{"title": ""}), "text_invalid"},
		{"listings.add", add(map[string]any{"kind": "party"}), "args_invalid"},
		{"listings.add", add(map[string]any{"source": "me"}), "args_invalid"},
		{"listings.add", add(map[string]any{"place": newID()}), "place_unknown"},
		{"listings.add", add(map[string]any{"schedule": []any{map[string]any{"start": "never"}}}), "schedule_invalid"},
		{"listings.add", add(map[string]any{"prices": map[string]any{"mode": "fixed", "amounts": []any{map[string]any{"pence": -1}}}}), "price_invalid"},
		{"listings.add", add(map[string]any{"contact": map[string]any{"url": "javascript:alert(1)"}}), "text_invalid"},
		{"listings.add", add(map[string]any{"languages": []string{"klingonese"}}), "text_invalid"},
		{"listings.add", map[string]any{"id": club.Id, "kind": "group", "title": "Walk"}, "id_taken"},
		{"listings.edit", map[string]any{"id": newID(), "set": map[string]any{"title": "x"}}, "listing_unknown"},
		{"places.add", map[string]any{"id": newID(), "name": "Hall", "lat": 91}, "args_invalid"},
	} {
		visits, listings := w.count("visits"), w.count("listings")
		a := p.sync(p.command(c.name, c.args))
		p.ack = p.number
		if len(a.outcomes) != 1 || a.outcomes[0].Status != sync.Rejected || a.outcomes[0].Code != c.code || a.outcomes[0].Message == "" {
			t.Errorf("%s %v: %s", c.name, c.args, a.raw)
		}
		if w.count("visits") != visits || w.count("listings") != listings {
			t.Errorf("%s %v was stored", c.name, c.args)
		}
	}
}

// Ensure that what a person saw before a restore does not make what they did
// then later than it was: the same seq is come by again, after the restore.
func TestPush_ASeqOfAnotherEpochSaysNothingOfTime(t *testing.T) {
	var calls []sync.Call
	w := newTown(t, func(r *sync.Registry) {
		r.Handle("test.when", func(c *sync.Call) (sync.Result, error) {
			calls = append(calls, *c)
			return sync.Result{}, nil
		})
	})
	p := w.phone("resident")
	seen := p.sync(p.command("people.rename", map[string]any{"firstName": "Ada"})).seq
	cmd := p.command("test.when", nil)
	cmd["at"], cmd["seen"] = sync.Stamp(time.Now().Add(-time.Hour)), seen
	must(t, syncapi.NewEpoch(w.app))
	p.sync(cmd) // with the cursor of the old epoch
	if len(calls) != 1 || calls[0].Clock != "good" || time.Since(calls[0].OccurredAt) < time.Hour {
		t.Errorf("%+v", calls)
	}
}
