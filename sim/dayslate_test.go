package sim

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"kith/hooks/registers"
)

// Days of a group whose hosts have a signal once in a while: what they tick comes days
// later, in whatever order. Beside it a missed-visit rule that is written as what must
// be so, and shares nothing with the server's.

// derived makes an id of what a row is about: docs/protocol.md, 7.
func derived(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	id := make([]byte, 15)
	for i := range id {
		id[i] = "abcdefghijklmnopqrstuvwxyz0123456789"[sum[i]%36]
	}
	return string(id)
}

// Ensure that registers of phones that are days late end as one, and that of whoever
// wasn't there one call is due at a time, by what is known then and by nothing else.
func TestRegisters_OfPhonesThatAreDaysLate(t *testing.T) {
	begins := func(uint64) time.Time { return monday }
	plays(t, "registers", "KITH_REGISTERS", 3, 10, 900_000, begins, func(w *world, seed uint64) { newLateClub(w, seed).pass(20) },
		"calls due", "calls void", "calls after a late register", "missed sessions that nobody is rung about", "registers merged", "sessions called off",
		"restores", "done: regulars.same")
}

// lateClub is the group: two who host it, with two phones each.
type lateClub struct {
	*world
	r       *rand.Rand
	hosts   []*phone
	lines   []string
	pairing string
	days    []string
	kept    time.Time       // when the last backup was made
	looked  time.Time       // when the job last looked: it doesn't in a night in which the server is off
	seen    map[string]bool // calls
}

func newLateClub(w *world, seed uint64) *lateClub {
	c := &lateClub{world: w, r: rand.New(rand.NewPCG(seed, 7)), seen: map[string]bool{}}
	for _, m := range []int{2, 2, 4, 4} {
		p := &phone{name: fmt.Sprintf("host%d", len(c.hosts)), told: map[string]bool{}, member: memberID(m)}
		p.token = w.town.tokens[p.member][w.spare[p.member]%3]
		w.spare[p.member]++
		w.unpack(p)
		w.phones = append(w.phones, p)
		c.hosts = append(c.hosts, p)
		w.exchange(p, false)
	}
	listing := id("listing", 0)
	w.change("edits", w.s.save("listings", listing, map[string]any{"schedule": daily(nil)}))
	for i, name := range []string{"Nell", "Mary", "John"} {
		c.lines = append(c.lines, id("regular", i))
		w.change("lines", w.s.save("regulars", c.lines[i], map[string]any{"listing": listing, "firstName": name, "since": "2026-05-01", "told": map[string]any{}}))
	}
	w.change("buddies", w.s.save("buddies", id("buddy", 1), map[string]any{"listing": listing, "member": memberID(1), "firstName": "Sam", "status": "approved"}))
	c.pairing = id("pairing", 1)
	w.change("pairings", w.s.save("pairings", c.pairing, map[string]any{
		"listing": listing, "regular": c.lines[0], "newcomer": memberID(0), "buddy": id("buddy", 1), "buddyMember": memberID(1), "status": "open", "opened": "2026-06-01T09:00:00.000Z",
	}))
	return c
}

// pass lets days go by, two hours at a time; at night the server is off.
func (c *lateClub) pass(n int) {
	end := monday.AddDate(0, 0, n)
	for c.step = 1; time.Now().Before(end); c.step++ {
		local := time.Now().In(londonTime)
		if local.Hour() == 14 {
			c.session(local.Format(time.DateOnly) + "T12:00")
		}
		for _, p := range c.hosts {
			if c.r.IntN(10) == 0 { // a signal, once in two days or three
				c.exchange(p, true)
				c.mustBe("after a phone found a signal")
			}
			if len(c.days) > 0 && c.r.IntN(12) == 0 && p.disk.Queue.Pending() < 40 { // somebody remembers
				c.keepRegister(p, id("listing", 0), pick(c.world, c.days))
			}
		}
		c.others()
		c.rule()
		if local.Hour() < 18 {
			time.Sleep(2 * time.Hour)
			continue
		}
		c.stop()
		time.Sleep(16 * time.Hour)
		c.start("")
	}
	c.step = 1
	c.quiesce()
	c.rule()
}

var londonTime = func() *time.Location {
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		panic(err) // it is in the binary
	}
	return zone
}()

// session is the hour after one: each phone has ticked some of it, without a signal.
func (c *lateClub) session(day string) {
	c.days = append(c.days, day)
	for _, p := range c.hosts {
		if c.r.IntN(3) > 0 {
			c.tick(p, day)
		}
	}
	if c.r.IntN(4) > 0 {
		c.do(pick(c.world, c.hosts), "registers.take", map[string]any{"listing": id("listing", 0), "occurrence": day})
	}
}

func (c *lateClub) tick(p *phone, day string) {
	var marks []any
	for i, line := range c.lines {
		state := []string{"here", "away", "none", "excused"}[c.r.IntN(4)]
		if i == 0 && c.r.IntN(3) == 0 {
			continue
		}
		marks = append(marks, map[string]any{"regular": line, "state": state})
	}
	args := map[string]any{"listing": id("listing", 0), "occurrence": day}
	if c.r.IntN(12) == 0 {
		c.do(p, pick(c.world, []string{"registers.take", "registers.open"}), args)
		return
	}
	args["marks"] = marks
	c.do(p, "registers.mark", args)
}

// others: a buddy rings, a day is called off, somebody calls off their visit.
func (c *lateClub) others() {
	switch c.r.IntN(40) {
	case 0:
		for _, call := range c.calls() {
			if call.state == "due" {
				outcome := []string{"spoke", "noAnswer", "noAnswer"}[c.r.IntN(3)]
				c.change("calls done", c.s.exec("UPDATE calls SET state = 'done', outcome = '"+outcome+"' WHERE id = '"+call.id+"'"))
			}
		}
	case 1:
		if len(c.days) > 0 && c.r.IntN(3) == 0 {
			var changes []any
			for _, day := range append(c.off(), pick(c.world, c.days)) {
				changes = append(changes, map[string]any{"from": day, "cancelled": true})
			}
			c.count("sessions called off")
			c.change("edits", c.s.save("listings", id("listing", 0), map[string]any{"schedule": daily(changes)}))
		}
	case 2:
		if len(c.days) > 0 {
			day := pick(c.world, c.days)
			c.change("visits called off", c.s.save("visits", derived("visit", day), map[string]any{
				"listing": id("listing", 0), "member": memberID(0), "occurrence": day, "welcome": "none", "status": "cancelled",
			}))
		}
	case 3:
		c.backUp()
		c.kept = time.Now()
	case 4:
		if len(c.backups) > 0 && c.epochs < 4 && time.Since(c.kept) < 10*24*time.Hour { // a journal is a fortnight's
			c.restoreTo(c.backups[len(c.backups)-1])
		}
	}
}

// daily at noon.
func daily(changes []any) []any {
	return []any{map[string]any{"start": "2026-01-01T12:00", "minutes": 90, "zone": "Europe/London", "rrule": "FREQ=DAILY", "changes": changes}}
}

// off are the days that were called off, as the tables have it.
func (c *lateClub) off() (days []string) {
	var raw string
	if err := c.db().QueryRow("SELECT schedule FROM listings WHERE id = ?", id("listing", 0)).Scan(&raw); err != nil {
		c.fail("%v", err)
	}
	var items []struct{ Changes []struct{ From string } }
	if err := json.Unmarshal([]byte(raw), &items); err != nil {
		c.fail("%v", err)
	}
	for _, change := range items[0].Changes {
		days = append(days, change.From)
	}
	return days
}

// rule lets the job look, and once more where it did something, and looks at what it did.
func (c *lateClub) rule() {
	for range 2 {
		before := fmt.Sprint(c.calls())
		if err := registers.Missed(c.s.app, time.Now()); err != nil {
			c.fail("%v", err)
		}
		c.looked = time.Now()
		c.mustBe("after the job")
		if after := fmt.Sprint(c.calls()); before == after {
			return
		}
		synctest.Wait()
		c.observe()
	}
	c.fail("27: the job did something, and then something else")
}

type lateCall struct {
	id, occurrence, state, outcome, due string
	hosts                               bool
}

func (c *lateClub) calls() (all []lateCall) {
	rows, err := c.db().Query("SELECT id, occurrence, state, outcome, due, toHosts FROM calls ORDER BY occurrence")
	if err != nil {
		c.fail("%v", err)
	}
	defer rows.Close()
	for rows.Next() {
		var l lateCall
		if err := rows.Scan(&l.id, &l.occurrence, &l.state, &l.outcome, &l.due, &l.hosts); err != nil {
			c.fail("%v", err)
		}
		all = append(all, l)
	}
	return all
}

// lateSession is what the tables say of one session and the newcomer.
type lateSession struct {
	here, missed bool
	ended        time.Time
	day          string
}

// newcomer is the line that the newcomer's is by now, and whether they come at all.
func (c *lateClub) newcomer() (line string, ended bool) {
	if err := c.db().QueryRow("SELECT id, ended FROM regulars WHERE id = (SELECT coalesce(nullif(same, ''), id) FROM regulars WHERE id = ?)", c.lines[0]).Scan(&line, &ended); err != nil {
		c.fail("%v", err)
	}
	return line, ended
}

// sessions are what is known of each, in their order.
func (c *lateClub) sessions(line string) (all []lateSession) {
	off := c.off()
	for _, day := range c.days {
		register := derived("register", id("listing", 0), day)
		var taken bool
		var mark string
		if err := c.db().QueryRow(`SELECT coalesce((SELECT state = 'taken' FROM registers WHERE id = ?), FALSE), coalesce((SELECT state FROM marks WHERE id = ?), '')`,
			register, derived("mark", register, line)).Scan(&taken, &mark); err != nil {
			c.fail("%v", err)
		}
		var sorry bool
		if err := c.db().QueryRow("SELECT EXISTS (SELECT 1 FROM visits WHERE member = ? AND occurrence = ? AND status = 'cancelled')", memberID(0), day).Scan(&sorry); err != nil {
			c.fail("%v", err)
		}
		start, err := time.ParseInLocation("2006-01-02T15:04", day, londonTime)
		if err != nil {
			c.fail("%v", err)
		}
		all = append(all, lateSession{
			here: mark == "here", missed: taken && mark != "here" && mark != "excused" && !sorry && !slices.Contains(off, day), ended: start.Add(90 * time.Minute), day: day,
		})
	}
	return all
}

// mustBe says what must be so of the calls, whatever came before: invariant 27.
func (c *lateClub) mustBe(when string) {
	line, ended := c.newcomer()
	now, sessions, calls := time.Now(), c.sessions(line), c.calls()
	last := -1
	for i, s := range sessions {
		if s.here {
			last = i
		}
	}
	due, unanswered, spoken, newest := 0, 0, false, -1
	for _, call := range calls {
		i := slices.IndexFunc(sessions, func(s lateSession) bool { return s.day == call.occurrence })
		switch {
		case call.state == "due":
			due++
			c.mayBeDue(when, call, &sessions[i], i > last && last >= 0 && !ended)
		case call.state == "void":
			c.count("calls void")
		case i > last && call.outcome == "noAnswer":
			unanswered, newest = unanswered+1, i
		case i > last:
			spoken = true
		}
	}
	if due > 1 {
		c.fail("27: %s: %d calls are due: %+v", when, due, calls)
	}
	if due > 0 || last < 0 || ended {
		return
	}
	for i := max(last, newest) + 1; i < len(sessions); i++ {
		s := sessions[i]
		expired := slices.ContainsFunc(calls, func(l lateCall) bool {
			return l.occurrence == s.day && l.state == "void" && now.Sub(dateOf(l.due)) > 7*24*time.Hour
		})
		switch {
		case !s.missed || expired || now.Sub(s.ended) > 14*24*time.Hour || s.ended.After(now):
		case spoken || unanswered > 1:
			c.count("missed sessions that nobody is rung about")
		default:
			c.fail("27: %s: nobody is asked to ring about %s: %+v, %+v", when, s.day, sessions, calls)
		}
	}
}

// mayBeDue: of a session that they missed, by a register that was taken, and not for ever.
func (c *lateClub) mayBeDue(when string, call lateCall, s *lateSession, after bool) {
	now := time.Now()
	if c.looked.Sub(dateOf(call.due)) > 8*24*time.Hour+2*time.Hour {
		c.fail("27: %s: %+v has been due for ever", when, call)
	}
	if !after || !s.missed || s.ended.After(now) {
		c.fail("27: %s: %+v is due, and they were there, or nobody knows that they weren't: %+v", when, call, s)
	}
	if c.seen[call.id] {
		return
	}
	c.seen[call.id] = true
	c.count("calls due")
	if now.Sub(s.ended) > 24*time.Hour {
		c.count("calls after a late register")
	}
}

func dateOf(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return time.Time{}
	}
	return t
}
