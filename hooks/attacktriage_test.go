package hooks_test

import (
	"testing"
	"time"

	"kith/internal/concern"
)

// Ensure that a coach isn't sent a concern again when a coordinator ties it to one for
// the lead alone, or unties it: a row that comes anew and says the same says that
// there is something.
func TestAttack_ATieToWhatIsTheLeadsAloneMovesNothing(t *testing.T) {
	w := newTownWithKeys(t)
	c, boss := w.phone("resident").with("coach"), w.phone("coordinator")
	a, b := w.raised(nil).Id, w.raised(nil).Id
	secret, other := w.raised(map[string]any{"lead": true}).Id, w.raised(map[string]any{"lead": true}).Id
	c.sync()
	sent := func() (n int) {
		rows := c.sync().rows
		for _, id := range []string{a, b, secret, other} {
			if _, told := rows["responders concerns/"+id]; told {
				n++
			}
		}
		return n
	}
	for i, do := range []struct {
		command string
		args    map[string]any
	}{
		{"concerns.link", map[string]any{"id": a, "other": secret}}, {"concerns.link", map[string]any{"id": b, "other": other}},
		{"concerns.unlink", map[string]any{"id": other}}, {"concerns.link", map[string]any{"id": secret, "other": other}}, {"concerns.unlink", map[string]any{"id": a}},
	} {
		boss.doesWell(do.command, do.args)
		if n := sent(); n > 0 {
			t.Errorf("%d, %s: a coach is sent %d rows", i, do.command, n)
		}
	}
}

// Ensure that a tie doesn't outlive the concerns that it was between: one that is left
// over would look like one to something that a coach may not see.
func TestAttack_ATieEndsWithWhatItWasTo(t *testing.T) {
	w := newCareful(t)
	p, boss, c := w.trained(), w.phone("coordinator"), w.phone("coach")
	left, back := p.write(p.worry(), concern.Normal), p.write(p.worry(), concern.Normal)
	p.sends(left.says)
	p.sends(back.says)
	secret := w.raised(map[string]any{"lead": true}).Id
	for _, other := range []string{back.says.ID, secret} {
		boss.doesWell("concerns.link", map[string]any{"id": left.says.ID, "other": other})
	}
	if got := p.sends(back.withdrawal()); got != "ok" {
		t.Fatal(got)
	}
	w.runs("kithConcernsWaiting")
	if row := c.sync().rows["responders concerns/"+left.says.ID]; row["link"] != "" {
		t.Errorf("withdrawn: %v", row)
	}
	if o := boss.mustOpen(left.says.ID, ""); len(o.Linked) != 1 || o.Linked[0] != secret {
		t.Errorf("a coordinator is told of %v", o.Linked)
	}
	third := w.raised(map[string]any{"state": "closed", "outcome": "notAConcern", "closedOn": "2026-01-01"}).Id
	boss.doesWell("concerns.link", map[string]any{"id": left.says.ID, "other": third})
	w.retain(t, time.Now())
	w.runs("kithConcernsWaiting")
	if row := c.sync().rows["responders concerns/"+left.says.ID]; row["link"] != "" {
		t.Errorf("emptied: %v", row)
	}
}
