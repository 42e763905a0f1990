package hooks_test

import (
	"fmt"
	"testing"
	"time"

	"kith/hooks/triage"
	"kith/internal/audit"
)

// Ensure that an urgent concern which nobody picks up goes to all responders after its
// minutes, and to the phone list after more, of which the coordinators are told; each
// once, however often it is looked; and that picking it up ends that.
func TestTriage_AnUrgentOneThatWaitsIsEscalated(t *testing.T) {
	w := newTownWithKeys(t)
	c, boss := w.phone("resident").with("coach"), w.phone("coordinator")
	w.sendsMail()
	w.hasEmail(c.member, "coach@example.org")
	w.hasEmail(boss.member, "lead@example.org")
	w.raised(nil) // not urgent
	urgent := w.raised(map[string]any{"urgency": "urgent"}).Id
	lead := w.raised(map[string]any{"urgency": "urgent", "lead": true}).Id
	picked := w.raised(map[string]any{"urgency": "urgent"}).Id
	watch, came := triage.NewWatch(), time.Now()
	w.tellings()
	level := func() string {
		return fmt.Sprint(w.record("concerns", urgent).GetInt("escalated"), w.record("concerns", lead).GetInt("escalated"), w.record("concerns", picked).GetInt("escalated"))
	}
	for _, step := range []struct {
		after time.Duration
		level string
		told  []string
	}{
		{0, "0 0 0", nil},
		{9 * time.Minute, "0 0 0", nil},
		{10 * time.Minute, "1 1 0", []string{"concern.waits responders " + urgent, "concern.waits coordinators " + lead}},
		{19 * time.Minute, "1 1 0", nil},
		{20 * time.Minute, "2 2 0", []string{"concern.phone coordinators " + urgent, "concern.phone coordinators " + lead}},
		{60 * time.Minute, "2 2 0", nil},
	} {
		if step.after == 9*time.Minute {
			c.doesWell("concerns.take", map[string]any{"id": picked})
		}
		for range 2 {
			must(t, watch.Waited(w.app, came.Add(step.after)))
			w.tells(fmt.Sprint("waiting for ", step.after), step.told...)
			step.told = nil
		}
		if level() != step.level {
			t.Errorf("after %v: %s, not %s", step.after, level(), step.level)
		}
	}
}

// sendsMail gives the town a mail server; nobody is at that port.
func (w *town) sendsMail() {
	s := &w.app.Settings().SMTP
	s.Enabled, s.Host, s.Port = true, "127.0.0.1", 1
}

// Ensure that nobody waits for a mail that nobody gets: where all have been told, and
// that was nobody, whom to ring shows at once. Of what is for the lead alone, all are
// the coordinators; and without a mail server, nobody is told.
func TestTriage_WhereNobodyCanBeWrittenToWhomToRingShowsAtOnce(t *testing.T) {
	for name, c := range map[string]struct {
		coach, boss, sends bool
		want               string
	}{
		"nobody has an address":   {sends: true, want: "2 2"},
		"a coach has one":         {coach: true, sends: true, want: "1 2"},
		"a coordinator has one":   {boss: true, sends: true, want: "1 1"},
		"there is no mail server": {coach: true, boss: true, want: "2 2"},
	} {
		w := newTownWithKeys(t)
		if c.sends {
			w.sendsMail()
		}
		for address, p := range map[string]*phone{"coach@example.org": w.phone("resident").with("coach"), "lead@example.org": w.phone("coordinator")} {
			if address == "coach@example.org" && c.coach || address == "lead@example.org" && c.boss {
				w.hasEmail(p.member, address)
			}
		}
		urgent := w.raised(map[string]any{"urgency": "urgent"}).Id
		lead := w.raised(map[string]any{"urgency": "urgent", "lead": true}).Id
		watch, came := triage.NewWatch(), time.Now()
		level := func(after time.Duration) string {
			must(t, watch.Waited(w.app, came.Add(after)))
			return fmt.Sprint(w.record("concerns", urgent).GetInt("escalated"), " ", w.record("concerns", lead).GetInt("escalated"))
		}
		if got := level(0); got != "0 0" {
			t.Errorf("%s: at once %s", name, got)
		}
		if got := level(9 * time.Minute); got != "0 0" {
			t.Errorf("%s: too early %s", name, got)
		}
		for range 2 {
			if got := level(10 * time.Minute); got != c.want {
				t.Errorf("%s: %s, not %s", name, got, c.want)
			}
		}
		if got := level(20 * time.Minute); got != "2 2" {
			t.Errorf("%s: in the end %s", name, got)
		}
	}
}

// Ensure that coordinators, and nobody else, are told of a concern that has no end yet
// after eleven months in which nobody did anything about it, each time that it is looked
// and not before; and of none that is closed, or that somebody opened since.
func TestTriage_WhatNobodyClosesIsToldOf(t *testing.T) {
	w := newTownWithKeys(t)
	c := w.phone("resident").with("coach")
	came := time.Now()
	idle := w.raised(map[string]any{"state": "assigned", "assignee": c.member}).Id
	w.raised(map[string]any{"state": "closed", "outcome": "helped", "closedOn": came.Format(time.DateOnly)})
	w.tellings()
	told := func(days int, want ...string) {
		t.Helper()
		for range 2 {
			must(t, triage.Idle(w.app, came.AddDate(0, 0, days)))
		}
		w.tells(fmt.Sprintf("%d days", days), want...)
	}
	const mail = "concern.idle coordinators"
	told(334)
	told(335, mail)
	told(342, mail)
	must(t, audit.Append(w.app.DB(), audit.Entry{At: came.AddDate(0, 0, 343), Actor: c.member, Action: "concerns.open", Subject: idle}))
	told(349)
	told(343 + 334)
	told(343+335, mail)
}

// Ensure that a server which starts again forgets no urgent concern: what came in
// an earlier hour has waited since its end at the least, and what was escalated
// has waited for that long.
func TestTriage_ARestartForgetsNobodyWhoWaits(t *testing.T) {
	w := newTownWithKeys(t)
	now := time.Now()
	old := w.raised(map[string]any{"urgency": "urgent", "received": ago(3 * time.Hour)}).Id
	raised := w.raised(map[string]any{"urgency": "urgent", "escalated": 1}).Id
	watch := triage.NewWatch()
	must(t, watch.Waited(w.app, now))
	if got := w.record("concerns", old).GetInt("escalated"); got != 2 {
		t.Errorf("of hours ago: %d", got)
	}
	must(t, watch.Waited(w.app, now.Add(9*time.Minute)))
	if got := w.record("concerns", raised).GetInt("escalated"); got != 1 {
		t.Errorf("too early: %d", got)
	}
	must(t, watch.Waited(w.app, now.Add(10*time.Minute)))
	if got := w.record("concerns", raised).GetInt("escalated"); got != 2 {
		t.Errorf("escalated before: %d", got)
	}
}

// Ensure that figures are made of a quarter once it is over and settled, never
// change after that, and show nobody: small ones are not shown, nor what would
// give them away.
func TestTriage_FiguresAreFrozenAndShowNobody(t *testing.T) {
	w := newTownWithKeys(t)
	fill := func(area string, n int, set map[string]any) {
		for range n {
			row := map[string]any{"quarter": "2026-Q1", "area": area, "sealed": "AAAA"}
			for k, v := range set {
				row[k] = v
			}
			w.raised(row)
		}
	}
	fill("Nunhead", 12, map[string]any{"state": "closed", "outcome": "helped", "prompt": true})
	fill("Nunhead", 8, map[string]any{"state": "closed", "outcome": "takenUp", "urgency": "urgent", "prompt": true})
	fill("Peckham", 3, map[string]any{"state": "new"})
	fill("Rye", 11, map[string]any{"state": "assigned"})
	fill("Rye", 2, map[string]any{"state": "withdrawn"})
	over := time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)
	must(t, triage.Count(w.app, over.Add(7*24*time.Hour)))
	if n := w.count("concernFigures"); n > 0 {
		t.Fatalf("%d figures before it is settled", n)
	}
	must(t, triage.Count(w.app, over.Add(8*24*time.Hour)))
	shown := func() map[string]string {
		rows, err := w.app.FindAllRecords("concernFigures")
		must(t, err)
		out := map[string]string{}
		for _, r := range rows {
			out[r.GetString("area")+" "+r.GetString("measure")] = r.GetString("shown")
		}
		return out
	}
	first := shown()
	for what, want := range map[string]string{
		" raised": "35", "Peckham raised": "fewer than 8", "Nunhead raised": "not shown", "Rye raised": "10",
		" urgent": "10", "Nunhead urgent": "not shown", "Peckham urgent": "not shown", "Rye urgent": "0", " prompt": "20",
		" helped": "10", " takenUp": "10", " declined": "0", " advised": "0", "Nunhead helped": "",
	} {
		if first[what] != want {
			t.Errorf("%q is %q, not %q", what, first[what], want)
		}
	}
	fill("Peckham", 5, map[string]any{"state": "new"}) // as a restored copy might bring
	must(t, triage.Count(w.app, over.Add(100*24*time.Hour)))
	if again := shown(); fmt.Sprint(again) != fmt.Sprint(first) {
		t.Errorf("made anew: %v, and were %v", again, first)
	}
}
