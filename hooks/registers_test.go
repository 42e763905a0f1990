package hooks_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"kith/internal/calendar"
	"kith/internal/sync"
)

// Ensure that two phones without a signal keep one register: in every order in which
// what they said arrives the same is left, and each is told what it contradicted.
func TestRegisters_TwoPhonesKeepOneWhateverArrivesFirst(t *testing.T) {
	w := newTown(t)
	host, helper := w.phone("activator"), w.phone("resident")
	var first string
	for _, order := range orders(5) {
		h := w.inHall(host, helper)
		mary, john := h.adds(host, -1, "Mary"), h.adds(host, -1, "John")
		anna, visit := newID(), w.make("visits", map[string]any{"listing": h.listing, "member": helper.member, "occurrence": h.day(0), "firstName": "Vera", "welcome": "door", "status": "coming"})
		says := []map[string]any{
			{"p": host, "minutes": 5, "name": "registers.mark", "args": h.marks(0, mary, "away")},
			{"p": helper, "minutes": 10, "name": "registers.mark", "args": h.of(0, map[string]any{"marks": []any{
				map[string]any{"regular": mary, "state": "here", "welcomed": true, "introduced": "Bo"}, map[string]any{"regular": john, "state": "excused"},
			}})},
			{"p": host, "minutes": 12, "name": "registers.add", "args": h.of(0, map[string]any{"id": anna, "firstName": "Anna", "first": true})},
			{"p": helper, "minutes": 15, "name": "registers.add", "args": h.of(0, map[string]any{"id": newID(), "firstName": "Vera", "visit": visit.Id})},
			{"p": host, "minutes": 20, "name": "registers.add", "args": h.of(0, map[string]any{"id": newID(), "firstName": "Vera", "visit": visit.Id})},
		}
		for _, i := range order {
			p := says[i]["p"].(*phone)
			a := p.sync(h.asAt(p, says[i]["minutes"].(int), says[i]["name"].(string), says[i]["args"].(map[string]any)))
			if o := a.outcomes[len(a.outcomes)-1]; o.Status != "ok" && o.Status != "merged" {
				t.Fatalf("%v: %+v", order, o)
			}
			p.ack = p.number
		}
		got := h.register(0)
		if first == "" {
			first = got
		}
		if got != first {
			t.Fatalf("%v leaves %q, and another order %q", order, got, first)
		}
	}
	if want := "open 0; Anna here first; John excused; Mary here welcomed Bo; Vera here"; first != want {
		t.Errorf("%q, not %q", first, want)
	}
}

// Ensure that who contradicts another is told so: also the one who was the earlier, and
// came later.
func TestRegisters_TellsWhatWasContradicted(t *testing.T) {
	w := newTown(t)
	h := w.inHall(w.phone("activator"), w.phone("resident"))
	mary := h.adds(h.host, -1, "Mary")
	says := func(p *phone, minutes int, name string, args map[string]any, want ...string) {
		t.Helper()
		a := p.sync(h.asAt(p, minutes, name, args))
		p.ack = p.number
		o := a.outcomes[len(a.outcomes)-1]
		if got := contradicted(o); !slices.Equal(got, want) || (o.Status == "merged") != (len(want) > 0) {
			t.Errorf("%s at %d: %s %q, not %q", name, minutes, o.Status, got, want)
		}
	}
	says(h.host, 10, "registers.mark", h.marks(0, mary, "away"))
	says(h.host, 11, "registers.mark", h.marks(0, mary, "excused"))
	says(h.helper, 20, "registers.mark", h.marks(0, mary, "here"), "state excused>here")
	says(h.host, 15, "registers.mark", h.marks(0, mary, "away"), "state here>here")
	says(h.helper, 21, "registers.count", h.of(0, map[string]any{"heads": 40}))
	says(h.host, 22, "registers.count", h.of(0, map[string]any{"heads": 42}), "heads 40>42")
	says(h.helper, 20, "registers.take", h.of(0, nil))
	says(h.host, 19, "registers.open", h.of(0, nil), "state taken>taken")
	if got := h.register(0); got != "taken 42; Mary here" {
		t.Errorf("%q", got)
	}
}

// Ensure that an addition ticks the line that is there: sent twice, typed by both and
// said to be one, of the visit of who is on the register.
func TestRegisters_NobodyIsOnItTwice(t *testing.T) {
	w := newTown(t)
	rosa := w.phone("resident")
	h := w.inHall(w.phone("activator"), w.phone("resident"))
	for range 2 {
		rosa.comes(h.listing, h.day(1))
	}
	visit, nell := w.theOnly("visits"), newID()
	theirs := w.make("pairings", map[string]any{"listing": h.listing, "newcomer": rosa.member, "status": "asked"}).Id
	others := w.make("pairings", map[string]any{"listing": h.listing, "newcomerName": "Olive", "status": "asked"}).Id
	add := func(p *phone, id, name, visit string, want string) {
		t.Helper()
		o := p.done("registers.add", h.of(0, map[string]any{"id": id, "firstName": name, "visit": visit}))
		var data struct{ ID string }
		must(t, json.Unmarshal(o.Result, &data))
		if data.ID != want {
			t.Errorf("%s is line %q, not %q", name, data.ID, want)
		}
	}
	add(h.host, nell, "Nell", "", nell)
	add(h.host, nell, "Nell", "", nell)
	if w.record("visits", visit).GetString("regular") != "" {
		t.Error("a visit is tied to who has not been said to be it")
	}
	add(h.host, nell, "Nell", visit, nell)
	if got := w.record("visits", visit).GetString("regular"); got != nell {
		t.Errorf("the visit is of line %q", got)
	}
	other := newID()
	add(h.helper, other, "Nelly", visit, nell)
	h.helper.doesWell("registers.mark", h.marks(-1, other, "here")) // its own name for her
	typed := newID()
	add(h.helper, typed, "Nel", "", typed)
	h.host.doesWell("regulars.same", map[string]any{"id": typed, "as": nell})
	h.helper.doesWell("registers.mark", h.marks(-2, typed, "excused"))
	if a, b, c := h.register(0), h.register(-1), h.register(-2); a != "open 0; Nell here" || b != "open 0; Nell here" || c != "open 0; Nell excused" {
		t.Errorf("%q, %q, %q", a, b, c)
	}
	a := h.host.sync()
	for _, id := range []string{other, typed} {
		if a.has("host/"+h.listing, "regulars", id) {
			t.Error("a line that is another is on the phones")
		}
	}
	if a, b := w.record("pairings", theirs).GetString("regular"), w.record("pairings", others).GetString("regular"); a != nell || b != "" {
		t.Errorf("her pairing is of line %q, and another's of %q", a, b)
	}
	olive := w.make("regulars", map[string]any{"listing": h.listing, "firstName": "Olive"}).Id
	w.set("pairings", others, map[string]any{"regular": olive})
	if code := h.host.told("regulars.same", map[string]any{"id": olive, "as": nell}); code != "pairing_open" {
		t.Errorf("two who have a buddy each as one: %q", code)
	}
	stranger := w.make("regulars", map[string]any{"listing": h.listing, "firstName": "Sam", "member": h.host.member}).Id
	if code := h.host.told("regulars.same", map[string]any{"id": nell, "as": stranger}); code != "regular_taken" {
		t.Errorf("two members as one: %q", code)
	}
}

// Ensure that who was taken off the register, and came after that, is one of the group,
// whichever the server hears first.
func TestRegisters_WhoComesAgainIsOneOfTheGroup(t *testing.T) {
	w := newTown(t)
	host, helper := w.phone("activator"), w.phone("resident")
	for _, c := range []struct {
		ended, came int
		want        bool
	}{{10, 20, false}, {20, 10, true}} {
		for _, order := range orders(2) {
			h := w.inHall(host, helper)
			mary := h.adds(host, -1, "Mary")
			for _, i := range order {
				if i == 0 {
					host.sync(h.asAt(host, c.ended, "regulars.end", map[string]any{"id": mary}))
					host.ack = host.number
				} else {
					helper.sync(h.asAt(helper, c.came, "registers.mark", h.marks(0, mary, "here")))
					helper.ack = helper.number
				}
			}
			if got := w.record("regulars", mary).GetBool("ended"); got != c.want {
				t.Errorf("%+v, %v: ended is %v", c, order, got)
			}
		}
	}
}

// Ensure that a register is about a session that there is, and can be kept from the day
// before it until two weeks after, by when somebody wrote it down and not by when it came.
func TestRegisters_OfWhichSessions(t *testing.T) {
	w := newTown(t)
	h := w.inHall(w.phone("activator"), w.phone("resident"))
	mary := h.adds(h.host, -1, "Mary")
	for what, c := range map[string]struct {
		name string
		args map[string]any
		want string
	}{
		"the day after tomorrow":       {"registers.mark", h.marks(1, mary, "here"), "too_early"},
		"the next one, as away":        {"registers.mark", h.marks(1, mary, "away"), "too_early"},
		"the next one, as excused":     {"registers.mark", h.marks(1, mary, "excused"), ""},
		"the next one, as everybody":   {"registers.take", h.of(1, nil), "too_early"},
		"four sessions ago":            {"registers.mark", h.marks(-4, mary, "here"), ""},
		"five sessions ago":            {"registers.mark", h.marks(-5, mary, "here"), "too_late"},
		"a day without one":            {"registers.take", h.of(0, map[string]any{"occurrence": h.wall.AddDate(0, 0, 1).Format(calendar.Local)}), "occurrence_unknown"},
		"no time at all":               {"registers.take", h.of(0, map[string]any{"occurrence": "noon"}), "occurrence_unknown"},
		"nobody on it":                 {"registers.mark", h.marks(0, newID(), "here"), "regular_unknown"},
		"more heads than there are":    {"registers.count", h.of(0, map[string]any{"heads": 5000}), "args_invalid"},
		"a state that there isn't":     {"registers.mark", h.marks(0, mary, "late"), "args_invalid"},
		"nobody's name":                {"registers.add", h.of(0, map[string]any{"id": newID(), "firstName": " "}), "text_invalid"},
		"introduced to half the hall":  {"registers.mark", h.of(0, map[string]any{"marks": []any{map[string]any{"regular": mary, "introduced": strings.Repeat("Bo and ", 9)}}}), "text_invalid"},
		"the same day at another hour": {"registers.take", h.of(-2, map[string]any{"occurrence": h.day(-2)[:11] + "23:59"}), ""},
	} {
		if code := h.host.told(c.name, c.args); code != c.want {
			t.Errorf("%s: %q, not %q", what, code, c.want)
		}
	}
	cmd := h.host.command("registers.mark", h.marks(-5, mary, "here"))
	cmd["at"] = sync.Stamp(h.at.AddDate(0, 0, -15).Add(time.Hour))
	if a := h.host.sync(cmd); a.outcomes[len(a.outcomes)-1].Status != "ok" {
		t.Errorf("a phone that was two weeks late: %s", a.raw)
	}
}

// Ensure that a mark for somebody who isn't there any more costs the others nothing.
func TestRegisters_TheOthersAreNotLostWithOneWhoIsGone(t *testing.T) {
	w := newTown(t)
	h := w.inHall(w.phone("activator"), w.phone("resident"))
	mary, gone := h.adds(h.host, -1, "Mary"), newID()
	o := h.host.done("registers.mark", h.of(0, map[string]any{"marks": []any{map[string]any{"regular": gone, "state": "here"}, map[string]any{"regular": mary, "state": "here"}}}))
	if o.Status != "merged" || !strings.Contains(string(o.Result), `"gone":["`+gone+`"]`) || h.register(0) != "open 0; Mary here" {
		t.Errorf("%+v: %s", o, h.register(0))
	}
}

// Ensure that a group which has begun to meet at another hour has one register a day,
// whichever hour a phone knew of.
func TestRegisters_AnotherHourIsTheSameSession(t *testing.T) {
	w := newTown(t)
	h := w.inHall(w.phone("activator"), w.phone("resident"))
	mary, before := h.adds(h.host, -1, "Mary"), h.day(-1)
	minute := h.wall.Add(time.Minute)
	if minute.Day() != h.wall.Day() {
		minute = h.wall.Add(-time.Minute)
	}
	w.set("listings", h.listing, map[string]any{
		"schedule": `[{"start":"` + minute.AddDate(0, 0, -60).Format(calendar.Local) + `","minutes":120,"zone":"Europe/London","rrule":"FREQ=DAILY;INTERVAL=3"}]`,
	})
	for _, key := range []string{before, minute.AddDate(0, 0, -3).Format(calendar.Local)} {
		h.helper.doesWell("registers.mark", map[string]any{"listing": h.listing, "occurrence": key, "marks": []any{map[string]any{"regular": mary, "state": "away"}}})
	}
	if n := w.count("registers"); n != 1 {
		t.Errorf("%d registers of one session", n)
	}
}
