package hooks_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"kith/internal/sync"
)

// rung is how calls stand: of each how it went, and whether the hosts have it.
func (d *doorstep) rung(ids ...string) string {
	var all []string
	for _, id := range ids {
		r := d.record("calls", id)
		all = append(all, strings.TrimSpace(fmt.Sprint(r.GetString("state"), " ", r.GetString("outcome"))+map[bool]string{true: " to hosts"}[r.GetBool("toHosts")]))
	}
	return strings.Join(all, ", ")
}

func (d *doorstep) says(id, outcome string) sync.Outcome {
	return d.sam.done("calls.done", map[string]any{"id": id, "outcome": outcome})
}

// Ensure that a buddy who said "no answer" by mistake, or reached them after all, can say
// so; that what followed is as it would be without it: the next task, and that the hosts
// were told; and that nothing takes back that they spoke.
func TestCalls_NoAnswerCanBeCorrected(t *testing.T) {
	const missed, again = "2026-01-08T12:00", "2026-01-15T12:00"
	start := func() (d *doorstep, first, second string) {
		d = newDoorstep(newTown(t)).pair()
		first = d.missed(missed)
		d.says(first, "noAnswer")
		return d, first, d.missed(again)
	}
	d, first, second := start()
	line := d.noticed(d.sam.member, "call.due", second)
	if o := d.says(first, "fine"); o.Status != sync.OK || d.rung(first, second) != "done spoke, void" || !d.isRead(line) {
		t.Errorf("reached after all, and asked to ring once more: %+v %s", o, d.rung(first, second))
	}
	if o := d.says(first, "noAnswer"); o.Status != sync.Merged || d.rung(first) != "done spoke" {
		t.Errorf("another phone's mistake comes later: %+v %s", o, d.rung(first))
	}

	d, first, second = start()
	d.says(second, "noAnswer")
	told := d.noticed(d.host.member, "call.unanswered", second)
	d.says(first, "needs")
	if got := d.rung(first, second); got != "done spoke, done noAnswer" || !d.isRead(told) || len(d.host.holds("calls")) != 0 {
		t.Errorf("the first of two was answered: %s, and the hosts hold %v", got, d.host.holds("calls"))
	}
	for table, rows := range d.dump() {
		if regexp.MustCompile(`\bneeds\b`).MatchString(rows) {
			t.Errorf("that somebody needs something stands in %s", table)
		}
	}

	d, first, second = start()
	d.says(second, "noAnswer")
	third := d.missed("2026-01-22T12:00")
	d.says(third, "noAnswer")
	if got := d.rung(first, second, third); got != "done noAnswer, done noAnswer to hosts, done noAnswer to hosts" {
		t.Fatalf("it didn't begin: %s", got)
	}
	d.says(first, "fine")
	if got := d.rung(second, third); got != "done noAnswer, done noAnswer to hosts" {
		t.Errorf("two in a row are left: %s", got)
	}
	d.says(third, "fine")
	if got := d.rung(second, third); got != "done noAnswer, done spoke" {
		t.Errorf("reached at last: %s", got)
	}
}

// Ensure that a buddy who touched the wrong button before they rang is asked to ring as
// before; but not where they are to ring about something later anyway, are a buddy no
// longer, or have spoken with them.
func TestCalls_NoAnswerCanBeTakenBack(t *testing.T) {
	d := newDoorstep(newTown(t)).pair()
	first := d.missed("2026-01-08T12:00")
	d.says(first, "noAnswer")
	if o := d.says(first, ""); o.Status != sync.OK || d.rung(first) != "due" || d.record("calls", first).GetString("doneAt") != "" {
		t.Errorf("%+v %s", o, d.rung(first))
	}
	if o := d.says(first, ""); o.Status != sync.Merged || d.rung(first) != "due" {
		t.Errorf("twice: %+v %s", o, d.rung(first))
	}
	d.says(first, "noAnswer")
	second := d.missed("2026-01-15T12:00")
	if o := d.says(first, ""); o.Status != sync.Merged || d.rung(first, second) != "done noAnswer, due" {
		t.Errorf("with one that is due: %+v %s", o, d.rung(first, second))
	}
	d.says(second, "noAnswer")
	told := d.noticed(d.host.member, "call.unanswered", second)
	if d.says(second, ""); d.rung(first, second) != "done noAnswer, due" || !d.isRead(told) || len(d.host.holds("calls")) != 0 {
		t.Errorf("the hosts have it still: %s", d.rung(first, second))
	}
	d.says(second, "noAnswer")
	if got := d.rung(second); got != "done noAnswer to hosts" {
		t.Errorf("no answer after all: %s", got)
	}
	d.says(second, "fine")
	if o := d.says(second, ""); o.Status != sync.Merged || d.rung(second) != "done spoke" {
		t.Errorf("that they spoke: %+v %s", o, d.rung(second))
	}
	third := d.missed("2026-01-22T12:00")
	d.says(third, "noAnswer")
	d.host.doesWell("pairings.end", map[string]any{"id": d.pairing})
	if code, _ := d.sam.does("calls.done", map[string]any{"id": third, "outcome": ""}); code != "call_unknown" || d.rung(third) != "done noAnswer" {
		t.Errorf("who was the buddy is asked to ring: %q %s", code, d.rung(third))
	}
}
