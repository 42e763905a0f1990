package sim

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"kith/sim/device"
)

// Hosts who keep one register on many phones, and what must be left of it: worked out
// from what was carried out, and not from what the server merged.

// keepRegister is a host doing something about the register of a day, with what they see.
func (w *world) keepRegister(p *phone, listing, day string) {
	of := func(more map[string]any) map[string]any {
		args := map[string]any{"listing": listing, "occurrence": day}
		for k, v := range more {
			args[k] = v
		}
		return args
	}
	switch w.rng.IntN(14) {
	case 0, 1, 2:
		w.do(p, "registers.add", of(map[string]any{
			"id": w.freshID("regular"), "firstName": fmt.Sprintf("Mary %d", w.step), "visit": pick(w, []string{"", w.seen(p, "visits")}), "first": w.chance(2),
		}))
	case 3, 4, 5, 6, 7, 8:
		var marks []any
		for range 1 + w.rng.IntN(3) {
			marks = append(marks, w.mark(w.seen(p, "regulars")))
		}
		w.do(p, "registers.mark", of(map[string]any{"marks": marks}))
	case 9:
		w.do(p, "registers.count", of(map[string]any{"heads": w.rng.IntN(60)}))
	case 10, 11:
		w.do(p, pick(w, []string{"registers.take", "registers.open"}), of(nil))
	case 12:
		w.do(p, pick(w, []string{"regulars.end", "regulars.back"}), map[string]any{"id": w.seen(p, "regulars")})
	case 13:
		if w.chance(2) {
			w.do(p, "regulars.same", map[string]any{"id": w.seen(p, "regulars"), "as": w.seen(p, "regulars")})
			return
		}
		w.do(p, "regulars.rename", map[string]any{"id": w.seen(p, "regulars"), "firstName": fmt.Sprintf("Marie %d", w.step)})
	}
}

// mark is what a host says of one line: of each column, or of some.
func (w *world) mark(regular string) map[string]any {
	m := map[string]any{"regular": regular}
	if !w.chance(4) {
		m["state"] = pick(w, []string{"here", "away", "excused", "none"})
	}
	if w.chance(2) {
		m["welcomed"] = w.chance(2)
	}
	if w.chance(4) {
		m["introduced"] = fmt.Sprintf("Bo %d", w.step)
	}
	return m
}

// saying is what one phone said of one column of a row.
type saying struct{ device, value, nonce string }

// checkRegisters holds every mark and every register against all that was carried out:
// invariant 26.
func (w *world) checkRegisters() {
	said, joined := w.statements()
	for _, coll := range []string{"registers", "marks"} {
		rows, err := w.db().Query("SELECT id, told FROM " + coll)
		if err != nil {
			w.fail("%v", err)
		}
		for rows.Next() {
			var row, raw string
			if err := rows.Scan(&row, &raw); err != nil {
				w.fail("%v", err)
			}
			f := w.o.now.rows[device.Key{Coll: coll, ID: row}]
			if !joined[f.col["regular"]] {
				w.checkMerged(coll+"/"+row, f, said[row], raw)
			}
		}
		if err := rows.Close(); err != nil {
			w.fail("%v", err)
		}
	}
}

// checkMerged: of each phone what it said last was kept, with the time it was said at;
// of these the latest counts, then that somebody is here, then the larger nonce.
func (w *world) checkMerged(name string, f *fact, said map[string][]saying, raw string) {
	var told map[string][]struct {
		V, N string
		T    time.Time
	}
	if err := json.Unmarshal([]byte(raw), &told); err != nil {
		w.fail("26: %s: %v", name, err)
	}
	for column, all := range said {
		last := map[string]saying{}
		for _, s := range all { // in the order in which they were carried out
			last[s.device] = s
		}
		if len(told[column]) != len(last) {
			w.fail("26: %s: of %s %d phones said something, and %d were heard", name, column, len(last), len(told[column]))
		}
		if len(last) > 1 {
			w.count("registers merged")
		}
		best := slices.MaxFunc(told[column], func(a, b struct {
			V, N string
			T    time.Time
		}) int {
			strong := func(v string) int { return strings.Count(" here yes taken ", " "+v+" ") }
			return cmp.Or(a.T.Compare(b.T), cmp.Compare(strong(a.V), strong(b.V)), cmp.Compare(a.N, b.N))
		})
		for _, s := range told[column] {
			if !slices.ContainsFunc([]saying{last[w.phoneThatSaid(s.N)]}, func(l saying) bool { return l.nonce == s.N && l.value == s.V }) {
				w.fail("26: %s: of %s it was kept that %s said %s", name, column, s.N, s.V)
			}
			w.saidThen(name, s.N, s.T)
		}
		if got := shownAs(column, f.col[column]); got != best.V {
			w.fail("26: %s: %s is %s, and should be %s: %s", name, column, got, best.V, raw)
		}
	}
}

// shownAs is a column as phones say it.
func shownAs(column, value string) string {
	if column != "first" && column != "welcomed" {
		return value
	}
	if yes(value) {
		return "yes"
	}
	return "no"
}

func (w *world) phoneThatSaid(nonce string) (dev string) {
	if err := w.db().QueryRow("SELECT device FROM sync_command WHERE nonce = ?", nonce).Scan(&dev); err != nil {
		w.fail("26: %s is not in the ledger: %v", nonce, err)
	}
	return dev
}

// saidThen: a time that was kept is when the phone says it was, unless that lies before
// what the person saw, after arrival (T2), or before what the same phone had said.
func (w *world) saidThen(name, nonce string, kept time.Time) {
	d := w.did[nonce]
	said := d.at.Add(time.Duration(d.offset) * time.Millisecond)
	if kept.After(time.Now()) || !said.After(kept) {
		return // held forward, by what the person saw or by what the phone had said
	}
	if arrived := w.arrived(nonce); said.Before(arrived) {
		w.fail("26: %s: %s was said at %v, and is kept as of %v", name, nonce, said, kept)
	}
}

func (w *world) arrived(nonce string) time.Time {
	var at string
	if err := w.db().QueryRow("SELECT at FROM sync_command WHERE nonce = ?", nonce).Scan(&at); err != nil {
		w.fail("26: %v", err)
	}
	t, err := time.Parse(time.RFC3339Nano, at)
	if err != nil {
		w.fail("26: %v", err)
	}
	return t
}

// statements are all that was carried out, by row and column; and the lines that are
// several, of which it can't be said so simply.
func (w *world) statements() (said map[string]map[string][]saying, joined map[string]bool) {
	said, joined = map[string]map[string][]saying{}, map[string]bool{}
	line := map[string]string{} // what an id of a line means
	for k := range w.o.now.rows {
		if k.Coll == "regulars" {
			line[k.ID] = k.ID
			if same := w.o.now.rows[k].col["same"]; same != "" {
				line[k.ID], joined[same] = same, true
			}
		}
	}
	rows, err := w.db().Query("SELECT nonce, device, result FROM sync_command WHERE name LIKE 'registers.%' AND status IN ('ok', 'merged') ORDER BY rowid")
	if err != nil {
		w.fail("%v", err)
	}
	defer rows.Close()
	for rows.Next() {
		var nonce, dev, result string
		var told struct {
			Register, ID string
			Gone         []string
		}
		if err := rows.Scan(&nonce, &dev, &result); err != nil {
			w.fail("%v", err)
		}
		if err := json.Unmarshal([]byte(result), &told); err != nil {
			w.fail("26: %s was told %q: %v", nonce, result, err)
		}
		say := func(row, column, value string) {
			if said[row] == nil {
				said[row] = map[string][]saying{}
			}
			said[row][column] = append(said[row][column], saying{dev, value, nonce})
		}
		w.said(w.did[nonce], told.Register, told.ID, told.Gone, line, say)
	}
	if err := rows.Err(); err != nil {
		w.fail("%v", err)
	}
	return said, joined
}

// said tells what one command said.
func (w *world) said(d *deed, register, added string, gone []string, line map[string]string, say func(row, column, value string)) {
	tick := map[any]string{true: "yes", false: "no"}
	markOf := func(regular string) string { return derived("mark", register, cmp.Or(line[regular], regular)) }
	switch d.name {
	case "registers.take":
		say(register, "state", "taken")
	case "registers.open":
		say(register, "state", "open")
	case "registers.count":
		say(register, "heads", fmt.Sprint(d.args["heads"]))
	case "registers.add":
		say(markOf(added), "state", "here")
		if d.args["first"] == true {
			say(markOf(added), "first", "yes")
		}
	case "registers.mark":
		for _, raw := range d.args["marks"].([]any) {
			m := raw.(map[string]any)
			regular := m["regular"].(string)
			if slices.Contains(gone, regular) {
				continue
			}
			for _, column := range []string{"state", "introduced", "first", "welcomed"} {
				switch v := m[column].(type) {
				case string:
					say(markOf(regular), column, v)
				case bool:
					say(markOf(regular), column, tick[v])
				}
			}
		}
	}
}
