package hooks_test

import (
	"fmt"
	"strings"
	"testing"
)

// Ensure that a concern with nobody to ring doesn't end with a coach who can answer
// nobody: they ask a coordinator, who is told what to say, speaks with whoever passed
// it on, and notes that; it ends as advice. A coach can't have spoken with somebody
// whom they aren't shown.
func TestTriage_AdviceGoesItsWay(t *testing.T) {
	w := newTownWithKeys(t)
	c, boss := w.phone("resident").with("coach"), w.phone("coordinator")
	id := w.raised(nil).Id
	c.doesWell("concerns.take", map[string]any{"id": id})
	note := func(kind, words string) map[string]any {
		args := w.noteArgs(id, words)
		args["kind"] = kind
		return args
	}
	if o := c.mustOpen(id, ""); o.Concern["by"] != nil {
		t.Errorf("a coach is shown %v", o.Concern["by"])
	}
	asks, spoke := note("askedCoordinator", "Say that asking does no harm."), note("spokeListener", "She will ask on Friday.")
	c.doesWell("concerns.note", asks)
	if code, _ := c.does("concerns.note", spoke); code != "not_allowed" {
		t.Errorf("a coach spoke with nobody knows whom: %q", code)
	}
	if code, _ := c.does("concerns.note", note("handedCoordinator", "There is no such kind.")); code != "args_invalid" {
		t.Errorf("of no kind: %q", code)
	}
	kinds := func(p *phone, aud string) string {
		var got []string
		rows := p.exchange(map[string]any{"cursor": ""}).rows
		for _, n := range []map[string]any{asks, spoke} {
			if row := rows[aud+" concernNotes/"+n["id"].(string)]; row != nil {
				got = append(got, fmt.Sprint(row["kind"], " ", row["hour"] == n["hour"]))
			}
		}
		return strings.Join(got, ", ")
	}
	if got := kinds(boss, "coordinators"); got != "askedCoordinator true" {
		t.Errorf("coordinators see %q", got)
	}
	o := boss.mustOpen(id, "")
	if o.Concern["by"] == nil || len(o.Notes) != 1 || o.Notes[0].Words != "Say that asking does no harm." {
		t.Errorf("a coordinator is shown %+v", o)
	}
	boss.doesWell("concerns.note", spoke)
	if got := kinds(c, "responders"); got != "askedCoordinator true, spokeListener true" {
		t.Errorf("the coach sees %q", got)
	}
	c.doesWell("concerns.close", map[string]any{"id": id, "outcome": "advised"})
	if r := w.record("concerns", id); r.GetString("state") != "closed" || r.GetString("outcome") != "advised" {
		t.Errorf("%v", r.PublicExport())
	}
	if notes := w.entries("concerns.note", id); len(notes) != 2 || notes[0].Detail != `{"kind":"askedCoordinator"}` || notes[1].Detail != `{"kind":"spokeListener"}` {
		t.Errorf("the record has %+v", notes)
	}
	w.theAuditHolds()
}
