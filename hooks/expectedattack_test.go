package hooks_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"kith/hooks/registers"
	"kith/internal/calendar"
	"kith/internal/sync"
)

// lookedOut is somebody of whom the register knows only a name, for whom a buddy looks
// out; and the member who they turn out to be.
type lookedOut struct {
	*hall
	rosa, buddy          *phone
	line, pairing, visit string
}

func newLookedOut(w *town) *lookedOut {
	l := &lookedOut{hall: w.inHall(w.phone("activator"), w.phone("resident")), rosa: w.phone("resident"), buddy: w.phone("resident")}
	l.line = l.adds(l.host, 0, "Rosqq")
	l.pairing = l.paired(l.buddy, l.line)
	w.set("pairings", l.pairing, map[string]any{"newcomerName": "Rosqq"})
	l.visit = l.rosa.comes(l.listing, l.day(1))
	return l
}

// isFound has the host say whose visit that line's is.
func (l *lookedOut) isFound() {
	l.host.done("registers.add", l.of(0, map[string]any{"id": l.line, "firstName": "Rosqq", "visit": l.visit}))
}

// Ensure that of a member who was a mere name when somebody was asked to look out for
// them, and in two lines of the register, nothing is left when they are erased.
func TestAttack_ANameThatTurnsOutToBeAMemberGoesWithThem(t *testing.T) {
	w := newTown(t)
	l := newLookedOut(w)
	other := l.adds(l.helper, 0, "Rosqq")
	l.helper.doesWell("regulars.same", map[string]any{"id": other, "as": l.line})
	l.make("calls", map[string]any{"pairing": l.pairing, "listing": l.listing, "occurrence": l.day(-1), "firstName": "Rosqq", "state": "done", "outcome": "spoke", "due": l.day(-1)[:10], "member": l.buddy.member})
	l.isFound()
	l.rosa.doesWell("people.erase", map[string]any{})
	for _, table := range []string{"regulars", "marks", "pairings", "calls", "visits"} {
		if rows := w.dump()[table]; strings.Contains(rows, "Rosqq") {
			t.Errorf("her name is left in %s: %s", table, rows)
		}
	}
}

// Ensure that nobody looks out for a member who has blocked them, nor for themselves,
// because the register knew only a name when they were asked; and that nobody is told of
// an end who knew of no beginning.
func TestAttack_ANameDoesNotGoRoundABlock(t *testing.T) {
	for _, blockedBefore := range []bool{true, false} {
		w := newTown(t)
		l := newLookedOut(w)
		block := func() {
			l.rosa.doesWell("safety.block", map[string]any{"id": newID(), "blocked": l.buddy.member})
		}
		if blockedBefore {
			block()
		}
		w.tellings()
		l.isFound()
		if got := w.tellings(); blockedBefore && slices.ContainsFunc(got, func(s string) bool { return strings.Contains(s, "member/"+l.rosa.member) }) {
			t.Errorf("told are %q", got)
		}
		if !blockedBefore {
			if l.rosa.sees()["pairings"] != 1 {
				t.Error("she doesn't see who looks out for her")
			}
			block()
		}
		if s := w.record("pairings", l.pairing).GetString("status"); s != "ended" || l.buddy.sees()["pairings"] != 0 {
			t.Errorf("blocked before %v: the pairing is %s", blockedBefore, s)
		}
	}
	w := newTown(t)
	l := newLookedOut(w)
	l.rosa.member, l.visit = l.buddy.member, l.buddy.comes(l.listing, l.day(1))
	if l.visit = w.theirVisit(l.buddy.member); l.visit == "" {
		t.Fatal("no visit")
	}
	l.isFound()
	if s := w.record("pairings", l.pairing).GetString("status"); s != "ended" {
		t.Errorf("somebody looks out for themselves: %s", s)
	}
}

func (w *town) theirVisit(member string) (id string) {
	must(w.t, w.app.DB().NewQuery("SELECT id FROM visits WHERE member = '"+member+"'").Row(&id))
	return id
}

// Ensure that who had a buddy as a name and another as a member has one, when they are
// found to be the same person: one call is made about them, and not two.
func TestAttack_TwoBuddiesOfOnePersonAreOne(t *testing.T) {
	w := newTown(t)
	l := newLookedOut(w)
	second := w.phone("resident")
	theirs := l.paired(second, "")
	w.set("pairings", theirs, map[string]any{"newcomer": l.rosa.member, "visit": l.visit})
	l.isFound()
	a, b := w.record("pairings", theirs).GetString("status"), w.record("pairings", l.pairing).GetString("status")
	if a != "open" || b != "ended" {
		t.Errorf("hers is %s, and that of the name %s", a, b)
	}
}

// Ensure that a line which is another by now has no second buddy.
func TestAttack_AnOldLineHasTheBuddyOfTheNewOne(t *testing.T) {
	w := newTown(t)
	l := newLookedOut(w)
	old := l.adds(l.helper, 0, "Ros")
	l.helper.doesWell("regulars.same", map[string]any{"id": old, "as": l.line})
	offer := w.make("buddies", map[string]any{"listing": l.listing, "member": w.phone("resident").member, "firstName": "Cy", "status": "approved"}).Id
	if code := l.host.told("pairings.ask", map[string]any{"id": newID(), "listing": l.listing, "regular": old, "buddy": offer}); code != "pairing_open" {
		t.Errorf("a second buddy: %q", code)
	}
}

// Ensure that two calls which nobody answered are two in a row only where the newcomer
// hasn't come in between.
func TestAttack_WhoCameInBetweenIsNoWorry(t *testing.T) {
	w := newTown(t)
	l := newLookedOut(w)
	call := func(n int) string {
		return l.make("calls", map[string]any{"pairing": l.pairing, "listing": l.listing, "occurrence": l.day(n), "firstName": "Nell", "state": "due", "due": l.day(n)[:10], "member": l.buddy.member}).Id
	}
	l.host.doesWell("registers.mark", l.marks(-2, l.line, "here"))
	l.buddy.doesWell("calls.done", map[string]any{"id": call(-3), "outcome": "noAnswer"})
	second := call(-1)
	l.buddy.doesWell("calls.done", map[string]any{"id": second, "outcome": "noAnswer"})
	if w.record("calls", second).GetBool("toHosts") {
		t.Error("the hosts are to ring somebody who was there in between, after one call")
	}
}

// Ensure that one line whose other half is gone doesn't lose the marks of a whole hall.
func TestAttack_ALineWithoutItsOtherCostsNobodyElseTheirMark(t *testing.T) {
	w := newTown(t)
	h := w.inHall(w.phone("activator"), w.phone("resident"))
	mary := h.adds(h.host, -1, "Mary")
	half := w.make("regulars", map[string]any{"listing": h.listing, "firstName": "Half", "same": newID()}).Id
	o := h.host.done("registers.mark", h.of(0, map[string]any{"marks": []any{map[string]any{"regular": half, "state": "here"}, map[string]any{"regular": mary, "state": "here"}}}))
	if o.Status != "merged" || h.register(0) != "open 0; Mary here" {
		t.Errorf("%+v: %s", o, h.register(0))
	}
}

// Ensure that nobody's name is kept for longer by apologies for a day that is far off,
// nor registers made without end.
func TestAttack_ApologiesForADayThatIsFarOffKeepNoName(t *testing.T) {
	w := newTown(t)
	h := w.inHall(w.phone("activator"), w.phone("resident"))
	mary := h.adds(h.host, 0, "Mary")
	h.host.doesWell("registers.mark", h.marks(100, mary, "excused"))
	// The session may have begun yesterday, where the apologies were made today.
	today := time.Now().In(h.at.Location()).Format(time.DateOnly)
	if last := w.record("regulars", mary).GetString("last"); last < h.day(0)[:10] || last > today {
		t.Errorf("she was last on the register on %s", last)
	}
	if code := h.host.told("registers.mark", h.marks(3000, mary, "excused")); code != "too_early" {
		t.Errorf("a day in 25 years: %q", code)
	}
}

// Ensure that who takes one of two lines of a person off doesn't take the person off,
// whichever the server hears first: that the two are one, or that one isn't needed.
func TestAttack_TakingOneOfTwoLinesOffLeavesThePerson(t *testing.T) {
	for _, endFirst := range []bool{true, false} {
		w := newTown(t)
		h := w.inHall(w.phone("activator"), w.phone("resident"))
		nell, twice := h.adds(h.host, 0, "Nell"), h.adds(h.helper, 0, "Nel")
		said := []func(){
			func() { h.host.done("regulars.same", map[string]any{"id": twice, "as": nell}) },
			func() {
				h.helper.done("regulars.rename", map[string]any{"id": twice, "firstName": "Nelly"})
				h.helper.done("registers.mark", h.marks(0, twice, "none"))
				h.helper.done("regulars.end", map[string]any{"id": twice})
			},
		}
		if endFirst {
			slices.Reverse(said)
		}
		for _, say := range said {
			say()
		}
		if r := w.record("regulars", nell); r.GetBool("ended") || r.GetString("firstName") != "Nell" {
			t.Errorf("taken off first %v: %s, ended %v", endFirst, r.GetString("firstName"), r.GetBool("ended"))
		}
	}
}

// BenchmarkMissed_FullGroup is the rule for a group that has met every day of a year and
// has a buddy for each of its people: the calendar is read once, and not for each.
func BenchmarkMissed_FullGroup(b *testing.B) {
	w := newTown(b)
	m := w.missingFrom(w.person("Nell"), w.person("Bo"), `[{"start":"2025-01-01T12:00","minutes":120,"zone":"Europe/London","rrule":"FREQ=DAILY"}]`)
	at := atLondon(b, "2026-06-11T12:00")
	for n := range 396 {
		key := at.AddDate(0, 0, -n).Format(calendar.Local)
		w.make("registers", map[string]any{"id": sync.DerivedID("register", m.listing, key), "listing": m.listing, "occurrence": key, "state": "taken"})
	}
	offer := w.theOnly("buddies")
	for range 600 {
		line := w.make("regulars", map[string]any{"listing": m.listing, "firstName": "Nell"}).Id
		w.make("pairings", map[string]any{"listing": m.listing, "regular": line, "buddy": offer, "buddyMember": m.buddy.member, "status": "open", "opened": "2026-01-01T00:00:00.000Z"})
	}
	for b.Loop() {
		must(b, registers.Missed(w.app, at))
	}
}
