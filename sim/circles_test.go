package sim

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"kith/hooks/circles"
)

// Weeks of a circle whose people have a signal once in a while. Beside it a rota that is
// written as a line of people, of whom the first has the turn, and what each of them
// thinks: both share nothing with the server's.

// Ensure that whatever phones that are days late say of turns ends in one rota, through a
// change of the clocks; and that everybody whose plan has changed is told so once, and
// nobody else.
func TestCircles_OfPhonesThatAreDaysLate(t *testing.T) {
	begins := func(seed uint64) time.Time {
		if seed%2 == 1 {
			return time.Date(2027, 3, 19, 9, 0, 0, 0, time.UTC) // the clocks go forward on the 28th
		}
		return time.Date(2026, 10, 16, 9, 0, 0, 0, time.UTC) // and back on the 25th
	}
	plays(t, "rotas", "KITH_ROTAS", 2, 2, 950_000, begins, func(w *world, seed uint64) { newRound(w, seed).pass(18) },
		"turns lost to another", "turns that came by standing by", "swaps agreed", "swaps too late", "turns off", "turns moved", "turns given by an organiser",
		"turns filled in", "told turn.yours", "told turn.notYours", "told turn.off", "told turn.moved", "told turn.open", "told turn.tomorrow", "told turn.unfilled")
}

// round is the circle: rosa, who organises it, and four who help, with two phones each.
type round struct {
	*world
	r       *rand.Rand
	first   time.Time // the day of the first occurrence
	rosa    []*phone
	helpers map[string][]*phone // by member
	of      map[string]string   // the member of a helper
	ids     []string            // of helpers
	names   map[string]string   // the helper of a member

	turns map[string]*lined // by occurrence
	every string
	sent  map[string]string // by a swap's id, who was asked
	row   int64             // of the ledger, up to which it is known
}

func newRound(w *world, seed uint64) *round {
	c := &round{
		world: w, r: rand.New(rand.NewPCG(seed, 9)), helpers: map[string][]*phone{}, of: map[string]string{}, names: map[string]string{},
		turns: map[string]*lined{}, sent: map[string]string{},
	}
	local := time.Now().In(londonTime)
	c.first = time.Date(local.Year(), local.Month(), local.Day(), 10, 30, 0, 0, time.UTC)
	owned := func(m int) (all []*phone) {
		for range 2 {
			p := &phone{name: fmt.Sprintf("of%d-%d", m, len(all)), told: map[string]bool{}, member: memberID(m)}
			p.token = w.renewed(w.town.tokens[p.member][w.spare[p.member]%3])
			w.spare[p.member]++
			w.unpack(p)
			w.phones, all = append(w.phones, p), append(all, p)
			w.exchange(p, false)
		}
		return all
	}
	for _, p := range w.phones {
		if p.member != "" {
			p.token = w.renewed(p.token)
		}
	}
	c.rosa = owned(0)
	w.do(c.rosa[0], "circles.start", map[string]any{"id": id("circle", 1), "name": "Rosa's", "personName": "Rosa", "words": "", "requires": "known"})
	w.do(c.rosa[0], "slots.add", map[string]any{
		"id": id("slot", 1), "circle": id("circle", 1), "kind": "walk", "start": "home", "end": "the salon", "note": "",
		"schedule": []any{map[string]any{"start": c.first.Format("2006-01-02T15:04"), "minutes": 60, "zone": "Europe/London", "rrule": "FREQ=DAILY"}},
	})
	w.exchange(c.rosa[0], false)
	for i, m := range []int{1, 2, 4, 6} {
		h := id("helps", i)
		c.ids, c.of[h], c.names[memberID(m)] = append(c.ids, h), memberID(m), h
		w.change("helpers", w.s.save("circleHelpers", h, map[string]any{"circle": id("circle", 1), "firstName": people[m].name, "status": "in", "safety": "link", "member": memberID(m)}))
		c.helpers[h] = owned(m)
	}
	w.change("wishes", w.s.save("circleWishes", id("wish", 1), map[string]any{"circle": id("circle", 1), "helper": c.ids[2], "wish": "preferred", "person": memberID(0)}))
	return c
}

// renewed is the token of the same device that it has by now: those of the town are of
// June.
func (w *world) renewed(token string) string {
	d, err := w.s.app.FindRecordById("devices", w.town.device[token])
	if err != nil {
		w.fail("%v", err)
	}
	anew, err := d.NewAuthToken()
	if err != nil {
		w.fail("%v", err)
	}
	w.town.device[anew], w.town.keys[anew] = w.town.device[token], w.town.keys[token]
	return anew
}

// pass lets days go by, two hours at a time; at night the server is off.
func (c *round) pass(n int) {
	end := time.Now().AddDate(0, 0, n)
	for c.step = 1; time.Now().Before(end); c.step++ {
		for _, h := range c.ids {
			for _, p := range c.helpers[h] {
				if p.disk.Queue.Pending() < 12 && c.r.IntN(3) == 0 {
					c.plan(p, h)
				}
				c.signal(p)
			}
		}
		for _, p := range c.rosa {
			if c.r.IntN(5) == 0 {
				c.decide(p)
			}
			c.signal(p)
		}
		c.look()
		if time.Now().In(londonTime).Hour() < 20 {
			time.Sleep(2 * time.Hour)
			continue
		}
		c.stop()
		time.Sleep(10 * time.Hour)
		c.start("")
		c.look()
	}
	c.step = 1
	for _, p := range c.phones { // everybody has a signal at last
		c.exchange(p, false)
		c.know("at last")
	}
	c.quiesce()
	c.know("at rest")
}

// signal is one that a phone has once in a day or two.
func (c *round) signal(p *phone) {
	if c.r.IntN(12) > 0 {
		return
	}
	c.exchange(p, true)
	c.know("after a phone found a signal")
}

// look lets the job look.
func (c *round) look() {
	c.fill(time.Now(), true)
	if err := circles.Look(c.s.app, time.Now()); err != nil {
		c.fail("%v", err)
	}
	c.know("after the job")
}

// some day of a fortnight.
func (c *round) day() string {
	return time.Now().In(londonTime).AddDate(0, 0, c.r.IntN(14)).Format(time.DateOnly) + "T10:30"
}

// plan is a helper planning their weeks, with what they know or don't.
func (c *round) plan(p *phone, h string) {
	args := map[string]any{"slot": id("slot", 1), "occurrence": c.day()}
	other := pick(c.world, c.ids)
	switch c.r.IntN(20) {
	case 0, 1, 2, 3, 4, 5, 6:
		c.do(p, "turns.take", args)
	case 7, 8, 9:
		c.do(p, "turns.drop", args)
	case 10, 11, 12:
		c.do(p, "turns.standby", args)
	case 13:
		c.do(p, "turns.unstandby", args)
	case 14, 15:
		var theirs []string // only what is somebody's can be asked for
		for _, key := range slices.Sorted(maps.Keys(c.turns)) {
			if c.turns[key].has() == h && !c.over(key, time.Now()) {
				theirs = append(theirs, key)
			}
		}
		if len(theirs) > 0 {
			args["occurrence"] = pick(c.world, theirs)
		}
		args["id"], args["helper"] = c.freshID("swap"), other
		c.do(p, "turns.swap", args)
	case 16, 17:
		c.do(p, "swaps.yes", map[string]any{"id": c.seen(p, "swaps")})
	case 18:
		c.do(p, "swaps.no", map[string]any{"id": c.seen(p, "swaps")})
	case 19:
		if c.r.IntN(4) == 0 {
			c.do(p, pick(c.world, []string{"turns.every", "turns.every", "turns.endEvery"}), map[string]any{"slot": id("slot", 1)})
		}
	}
}

// decide is what rosa decides: a day is off, or at another hour, or somebody was rung.
func (c *round) decide(p *phone) {
	day := c.day()
	switch c.r.IntN(8) {
	case 0, 1:
		c.do(p, "slots.change", map[string]any{"id": id("slot", 1), "occurrence": day, "cancelled": true})
	case 2, 3:
		c.do(p, "slots.change", map[string]any{"id": id("slot", 1), "occurrence": day, "cancelled": false})
	case 4, 5:
		c.do(p, "slots.change", map[string]any{"id": id("slot", 1), "occurrence": day, "start": fmt.Sprintf("%sT%02d:15", day[:10], 9+c.r.IntN(9))})
	case 6, 7:
		c.do(p, "turns.assign", map[string]any{"slot": id("slot", 1), "occurrence": day, "helper": pick(c.world, append([]string{""}, c.ids...))})
	}
}
