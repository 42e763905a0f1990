package sim

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing/synctest"
	"time"
)

// lined is one turn: the first in the line has it, and all others stand by.
type lined struct {
	in      []string
	said    map[string]string // when who stands by said so
	asked   map[string]string // by a swap's id, whom whoever has it has asked
	agreed  map[string]string // by a swap's id, who said yes
	gave    map[string]bool   // who gave it back
	minds   map[string]string // what each thinks: when it is theirs, or ""
	lost    map[string]bool   // who has just asked in vain, and is to hear of it
	vain    map[string]bool   // who has, since it was nobody's last or, as they know, theirs
	start   string            // where it was moved to
	off     bool
	every   bool // by whoever takes each
	touched bool // somebody has had it, or wanted it
}

func (l *lined) has() string {
	if len(l.in) == 0 {
		return ""
	}
	return l.in[0]
}

func (l *lined) leave(h string) {
	l.in = slices.DeleteFunc(l.in, func(o string) bool { return o == h })
}

// head has somebody be the first; what the first before had asked is over.
func (l *lined) head(h string) {
	l.leave(h)
	l.in = append([]string{h}, l.in...)
	l.asked, l.every, l.touched, l.gave[h] = map[string]string{}, false, true, false
	delete(l.lost, h)
}

// learn is that somebody knows that it is theirs: they did it themselves, or are told.
func (l *lined) learn(h, when string) {
	l.minds[h] = when
	delete(l.vain, h)
}

// nobodys is that it is to be had: who had asked in vain needn't hear that it wasn't.
func (l *lined) nobodys() {
	l.in, l.asked, l.every = nil, map[string]string{}, false
	l.lost, l.vain = map[string]bool{}, map[string]bool{}
}

// pass has the next be first: dear before others, then who said so first.
func (l *lined) pass(dear string) {
	l.gave[l.in[0]] = true
	rest := slices.Clone(l.in[1:])
	l.in, l.asked, l.every = rest, map[string]string{}, false
	if len(rest) == 0 {
		l.nobodys()
		return
	}
	l.head(slices.MinFunc(rest, func(a, b string) int {
		key := func(h string) string { return fmt.Sprint(h != dear, " ", l.said[h], " ", h) }
		return strings.Compare(key(a), key(b))
	}))
}

func (c *round) turn(key string) *lined {
	if c.turns[key] == nil {
		c.turns[key] = &lined{
			said: map[string]string{}, asked: map[string]string{}, agreed: map[string]string{}, gave: map[string]bool{}, minds: map[string]string{}, lost: map[string]bool{}, vain: map[string]bool{},
		}
	}
	return c.turns[key]
}

// at is when it is, by the clock of the place.
func (c *round) at(key string) time.Time {
	name := key
	if l := c.turns[key]; l != nil && l.start != "" {
		name = l.start
	}
	t, err := time.ParseInLocation("2006-01-02T15:04", name, londonTime)
	if err != nil {
		c.fail("%v", err)
	}
	return t
}

func (c *round) over(key string, now time.Time) bool { return !now.Before(c.at(key).Add(time.Hour)) }

// fill gives whoever takes each what is theirs now. By the job they are told of what
// somebody had had, and of each fourth.
func (c *round) fill(now time.Time, job bool) {
	if c.every == "" {
		return
	}
	for i := range 120 {
		key := c.first.AddDate(0, 0, i).Format("2006-01-02T15:04")
		l, start := c.turn(key), c.at(key)
		fourth := i%4 == 3
		if l.off || !start.After(now) || start.After(now.Add(35*24*time.Hour)) || fourth && start.After(now.Add(7*24*time.Hour)) {
			continue
		}
		if l.has() != "" || l.gave[c.every] {
			continue
		}
		fresh := !l.touched
		l.head(c.every)
		l.every = true
		c.count("turns filled in")
		if !job || fresh && !fourth {
			l.learn(c.every, c.when(key))
		}
	}
}

func (c *round) when(key string) string { return c.at(key).Format(time.RFC3339) }

// says carries out what one command says, and returns whether it is refused.
func (c *round) says(d *deed, now time.Time) (refused bool) {
	h, to := c.names[d.member], fmt.Sprint(d.args["helper"])
	key, _ := d.args["occurrence"].(string)
	swap, _ := d.args["id"].(string)
	switch d.name {
	case "turns.every":
		if c.every == "" {
			c.every = h
			c.fill(now, false)
		}
		return c.every != h
	case "turns.endEvery":
		return c.endEvery(h, now)
	case "swaps.yes", "swaps.no":
		return c.settles(d.name == "swaps.yes", swap, h, now)
	}
	l := c.turn(key)
	if c.over(key, now) {
		return true
	}
	has := l.has()
	switch d.name {
	case "turns.take", "turns.standby":
		return c.wants(l, key, h, d)
	case "turns.drop":
		if has == h {
			l.pass(c.ids[2])
			l.minds[h] = ""
			if l.has() != "" {
				c.count("turns that came by standing by")
			}
		}
	case "turns.unstandby":
		if has != h {
			l.leave(h)
		}
	case "turns.swap":
		if has != h || l.off || to == h {
			return true
		}
		for _, asked := range l.asked {
			if asked == to {
				return false
			}
		}
		l.asked[swap], c.sent[swap] = to, to
	case "turns.assign":
		return c.assigns(l, to)
	case "slots.change":
		c.changes(l, d)
	}
	return false
}

func (c *round) wants(l *lined, key, h string, d *deed) (refused bool) {
	has := l.has()
	switch {
	case l.off:
		return true
	case has == "":
		l.head(h)
		if d.name == "turns.take" {
			l.learn(h, c.when(key))
		}
	case has == h:
	case d.name == "turns.take":
		c.count("turns lost to another")
		l.lost[h] = l.lost[h] || !l.vain[h]
		l.minds[h], l.vain[h], l.touched = "", true, true
	case !slices.Contains(l.in, h):
		l.in = append(l.in, h)
		l.said[h] = d.at.Add(time.Duration(d.offset) * time.Millisecond).Format("2006-01-02T15:04:05.000Z")
	}
	return false
}

func (c *round) assigns(l *lined, to string) (refused bool) {
	has := l.has()
	switch {
	case l.off:
		return true
	case to == has:
	case to == "":
		l.pass(c.ids[2])
	default:
		c.count("turns given by an organiser")
		l.leave(has)
		l.head(to)
	}
	return false
}

func (c *round) changes(l *lined, d *deed) {
	if off, said := d.args["cancelled"].(bool); said {
		if l.off = off; off {
			c.count("turns off")
			l.nobodys()
		}
	}
	if start, said := d.args["start"].(string); said {
		c.count("turns moved")
		l.start = start
	}
}

// settles is a yes or a no to who asked.
func (c *round) settles(yes bool, swap, h string, now time.Time) (refused bool) {
	if c.sent[swap] != h {
		return true
	}
	for _, key := range slices.Sorted(maps.Keys(c.turns)) {
		l := c.turns[key]
		switch {
		case l.agreed[swap] == h:
			if yes && l.has() != h {
				c.count("swaps too late")
			}
			return yes && l.has() != h
		case l.asked[swap] != h:
		case !yes:
			delete(l.asked, swap)
			return false
		case c.over(key, now):
			return true
		default:
			from := l.has()
			l.gave[from] = true
			l.leave(from)
			l.head(h)
			l.agreed[swap] = h
			l.learn(h, c.when(key))
			c.count("swaps agreed")
			return false
		}
	}
	if yes {
		c.count("swaps too late")
	}
	return yes
}

func (c *round) endEvery(h string, now time.Time) (refused bool) {
	if c.every != h {
		return c.every != ""
	}
	c.every = ""
	for _, key := range slices.Sorted(maps.Keys(c.turns)) {
		if l := c.turns[key]; l.every && l.has() == h && c.at(key).After(now.Add(7*24*time.Hour)) {
			l.pass(c.ids[2])
			l.minds[h] = ""
		}
	}
	return false
}

// know takes in what has happened since the last time, and holds the rota against it:
// invariants 28 and 29.
func (c *round) know(when string) {
	synctest.Wait()
	c.observe()
	rows, err := c.db().Query("SELECT rowid, nonce, status, at FROM sync_command WHERE rowid > ? ORDER BY rowid", c.row)
	if err != nil {
		c.fail("%v", err)
	}
	defer rows.Close()
	for rows.Next() {
		var nonce, status, at string
		if err := rows.Scan(&c.row, &nonce, &status, &at); err != nil {
			c.fail("%v", err)
		}
		now, err := time.Parse(time.RFC3339Nano, at)
		if err != nil {
			c.fail("%v", err)
		}
		d := c.did[nonce]
		if d == nil || !slices.ContainsFunc([]string{"turns.", "swaps.", "slots.change"}, func(s string) bool { return strings.HasPrefix(d.name, s) }) {
			continue
		}
		if refused := c.says(d, now); refused != (status == "rejected") {
			c.fail("28: %s: %s %v is %s, and by the rules it is refused: %v", when, d.name, d.args, status, refused)
		}
	}
	if err := rows.Err(); err != nil {
		c.fail("%v", err)
	}
	c.isOne(when)
	if c.r.IntN(3) > 0 || when == "at rest" { // else what was put down waits, and may be taken back
		c.told(when)
	}
}

// isOne: the rota is what was said comes to, in the order in which it arrived.
func (c *round) isOne(when string) {
	lines := map[string]string{}
	c.each("SELECT occurrence, helper || iif(every, ' every', '') FROM turns WHERE helper <> ''", func(key, helper string) { lines[key] = helper })
	c.each("SELECT occurrence, helper FROM standbys ORDER BY helper", func(key, helper string) { lines[key] += " " + helper })
	for _, key := range slices.Sorted(maps.Keys(c.turns)) {
		l := c.turns[key]
		want := l.has()
		if l.every {
			want += " every"
		}
		if len(l.in) > 1 {
			want += " " + strings.Join(slices.Sorted(slices.Values(l.in[1:])), " ")
		}
		if lines[key] != want {
			c.fail("28: %s: %s is %q, and by the rules %q", when, key, lines[key], want)
		}
		delete(lines, key)
	}
	if len(lines) > 0 {
		c.fail("28: %s: nobody said anything of %v", when, lines)
	}
}

func (c *round) each(query string, do func(a, b string)) {
	rows, err := c.db().Query(query)
	if err != nil {
		c.fail("%v", err)
	}
	defer rows.Close()
	for rows.Next() {
		var a, b string
		if err := rows.Scan(&a, &b); err != nil {
			c.fail("%v", err)
		}
		do(a, b)
	}
	if err := rows.Err(); err != nil {
		c.fail("%v", err)
	}
}

// told: of what has changed for somebody they are told once, in one message, and then
// know how it stands; nobody is told what they know.
func (c *round) told(when string) {
	turns := map[string]string{}
	for key := range c.turns {
		turns[derived("turn", id("slot", 1), key)] = key
	}
	once, unread := map[string]bool{}, map[string]bool{}
	c.each("SELECT '', template || ' ' || whom || ' ' || ref FROM tellings WHERE template LIKE 'turn.%' AND done = FALSE ORDER BY rowid", func(_, word string) {
		parts := strings.Fields(word)
		template, member, key := parts[0], strings.TrimPrefix(parts[1], "member/"), turns[parts[2]]
		c.count("told " + template)
		l, h := c.turn(key), c.names[member]
		switch template {
		case "turn.open", "turn.unfilled":
			if l.has() != "" || l.off || l.gave[h] || (template == "turn.unfilled") != (member == memberID(0)) {
				c.fail("29: %s: %s is told %s of %s, which %q has", when, h, template, key, l.has())
			}
			return
		case "turn.tomorrow":
			if l.has() != h {
				c.fail("29: %s: %s is reminded of %s, which %q has", when, h, key, l.has())
			}
			return
		}
		if of := h + key; once[of] {
			c.fail("29: %s: %s is told twice of %s", when, h, key)
		} else {
			once[of] = true
		}
		c.hears(when, template, h, key, l)
		unread[template+" "+member+" "+parts[2]] = true
	})
	c.tell()
	c.each("SELECT '', template || ' ' || member || ' ' || ref FROM notices WHERE read = FALSE", func(_, line string) { delete(unread, line) })
	if len(unread) > 0 {
		c.fail("29: %s: in no inbox: %v", when, unread)
	}
	for _, key := range slices.Sorted(maps.Keys(c.turns)) {
		l := c.turns[key]
		for _, h := range c.ids {
			is := ""
			if l.has() == h {
				is = c.when(key)
			}
			if l.minds[h] != is {
				c.fail("29: %s: of %s %s thinks %q, and it is %q: nobody told them", when, key, h, l.minds[h], is)
			}
		}
		for h, must := range l.lost {
			if must && !once[h+key] {
				c.fail("29: %s: %s wanted %s, which %q has, and nobody told them", when, h, key, l.has())
			}
		}
		l.lost = map[string]bool{}
	}
}

// hears is somebody being told something that is so, and new to them.
func (c *round) hears(when, template, h, key string, l *lined) {
	mine, has := l.minds[h] != "", l.has() == h
	fits := map[string]bool{
		"turn.yours": !mine && has, "turn.moved": mine && has && l.minds[h] != c.when(key),
		"turn.notYours": (mine || l.lost[h]) && !has && !l.off, "turn.off": mine && l.off,
	}[template]
	if !fits {
		c.fail("29: %s: %s is told %s of %s, thinks %q, and %q has it", when, h, template, key, l.minds[h], l.has())
	}
	l.minds[h] = ""
	if has {
		l.learn(h, c.when(key))
	}
}
