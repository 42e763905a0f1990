package sim

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"kith/hooks"
	"kith/internal/codes"
	"kith/sim/device"
)

// What people do with one another: roles and standing by command, agreements
// that begin and end while commands under them are on their way, and blocks.

// together is a person doing one of these things, with what they see.
func (w *world) together(p *phone) {
	other, member := memberID(w.rng.IntN(len(people))), w.seen(p, "members")
	switch w.rng.IntN(20) {
	case 0, 1, 2:
		w.offer(p)
	case 3, 4, 5, 6:
		code := "nobody has given this"
		if len(w.offers) > 0 && !w.chance(8) {
			code = pick(w, w.offers)
		}
		w.do(p, "acting.accept", map[string]any{"code": code})
	case 7, 8:
		helper := p.member
		if w.chance(2) {
			helper = other
		}
		w.do(p, "acting.record", map[string]any{
			"id": w.freshID("consent"), "member": member, "helper": helper, "how": "inPerson", "witness": "", "scopes": w.scopes(), "until": w.until(),
		})
	case 9, 10:
		w.do(p, "acting.end", map[string]any{"id": w.seen(p, "consents")})
	case 11:
		if w.chance(2) {
			w.do(p, "safety.block", map[string]any{"id": w.freshID("block"), "blocked": other})
		}
	case 12:
		w.do(p, "safety.unblock", map[string]any{"id": w.seen(p, "blocks")})
	case 13:
		w.do(p, pick(w, []string{"people.suspend", "people.restore"}), map[string]any{"member": member})
	case 14, 15:
		w.do(p, "people.restore", map[string]any{"member": member})
	case 16:
		w.do(p, "roles.give", map[string]any{"id": w.freshID("role"), "member": member, "role": pick(w, []string{"listener", "activator", "coordinator", "coach"})})
	case 17:
		w.do(p, "roles.take", map[string]any{"id": w.seen(p, "roles")})
	case 18:
		w.do(p, "people.add", map[string]any{"id": w.freshID("without"), "firstName": "Edna"})
		w.do(p, "reports.make", map[string]any{"id": w.freshID("report"), "about": member, "kind": "worry", "text": "Not seen for days."})
	case 19:
		if w.chance(3) {
			w.do(p, "people.leave", map[string]any{"why": "moved"})
		}
	}
}

func (w *world) scopes() []string {
	return pick(w, [][]string{{"visits"}, {"details"}, {"visits", "details"}})
}

// until is soon, so that some run out before the end.
func (w *world) until() string {
	return time.Now().Add(time.Duration(1+w.rng.IntN(15*24)) * time.Hour).UTC().Format("2006-01-02T15:04:05.000Z")
}

func (w *world) offer(p *phone) {
	code := w.fresh()
	w.offers = append(w.offers, code)
	w.do(p, "acting.offer", map[string]any{"id": w.freshID("offer"), "codeHash": codes.Hash(code), "scopes": w.scopes(), "until": w.until()})
}

// actFor is a helper doing something for somebody: whom they may, mostly.
func (w *world) actFor(p *phone) {
	var may []string
	for _, k := range sortedKeys(p.disk.Rows) {
		if k.Coll == "members" && k.ID != p.member {
			may = append(may, k.ID)
		}
	}
	if len(may) == 0 || w.chance(10) {
		may = []string{memberID(w.rng.IntN(len(people)))}
	}
	whom := pick(w, may)
	switch w.rng.IntN(5) {
	case 0, 1, 2:
		w.doFor(p, whom, "visits.come", map[string]any{
			"id": w.freshID("visit"), "listing": w.seen(p, "listings"), "occurrence": pick(w, thursdays), "firstName": p.name, "welcome": "door",
		})
	case 3:
		w.doFor(p, whom, "visits.cancel", map[string]any{"id": w.seen(p, "visits")})
	case 4:
		w.doFor(p, whom, "people.rename", map[string]any{"firstName": fmt.Sprintf("%s by %s %d", whom[9:], p.name, w.step)})
	}
}

// agree begins or ends an agreement past every command, as the dashboard does.
func (w *world) agree() {
	if w.chance(2) {
		w.raw("agreements ended", "UPDATE consents SET status = 'ended', endedAt = 'now' WHERE "+w.which())
		return
	}
	i := w.rng.IntN(len(people))
	w.raw("agreements begun", fmt.Sprintf("INSERT INTO consents (id, member, helper, how, scopes, starts, until, status) VALUES ('%s', '%s', '%s', 'phone', '[\"visits\",\"details\"]', '', '%s', 'active')",
		w.freshID("consent"), memberID(i), memberID((i+1+w.rng.IntN(len(people)-1))%len(people)), w.until()))
}

// which agreement ends: one under which something is on its way, if there is one.
func (w *world) which() string {
	var under []string
	for _, p := range w.phones {
		for _, c := range p.disk.Queue.Entries {
			if c.For != "" && c.Pending() {
				under = append(under, fmt.Sprintf("helper = '%s' AND member = '%s'", p.member, c.For))
			}
		}
	}
	if len(under) == 0 || w.chance(3) {
		return fmt.Sprintf("id = '%s'", w.one("consents"))
	}
	return pick(w, under)
}

// expire is the hour at which what ran out is ended.
func (w *world) expire() {
	n, err := hooks.Acting().Expire(w.s.app, time.Now())
	if n > 0 {
		w.change("agreements that ran out", err)
	} else if err != nil {
		w.fail("%v", err)
	}
}

// scopeOf are the commands that can be done for somebody, and under what.
var scopeOf = map[string]string{"visits.come": "visits", "visits.cancel": "visits", "pairings.noThanks": "visits", "pairings.contact": "visits", "people.rename": "details", "safety.block": "details", "safety.unblock": "details"}

// checkActed: what was done for somebody was done under an agreement that held,
// before this commit or from it on (24).
func (w *world) checkActed(nonce string, d *deed, before *state) {
	w.count("done for somebody")
	for k, f := range w.o.now.rows {
		if k.Coll != "consents" || f.col["member"] != d.whom() || f.col["helper"] != d.member || !slices.Contains(listOf(f.col["scopes"]), scopeOf[d.name]) {
			continue
		}
		was := before.rows[k]
		if f.col["status"] == "active" || was == nil || was.col["status"] != "ended" {
			return
		}
	}
	w.fail("24: %s did %s for %s, who had not agreed (%s)", d.member, d.name, d.whom(), nonce)
}

// checkActs: what was done for somebody is written down once, for each command
// that was carried out, and for nothing else (24).
func (w *world) checkActs() {
	want, have := map[string]int{}, map[string]int{}
	for nonce, status := range w.done {
		if d := w.did[nonce]; d.forWhom != "" && (status == "ok" || status == "merged") {
			want[d.member+" "+d.name+" "+d.forWhom]++
		}
	}
	for k, f := range w.o.now.rows {
		if k.Coll == "acts" {
			have[f.col["helper"]+" "+f.col["command"]+" "+f.col["member"]]++
		}
	}
	for what, n := range want {
		if have[what] != n {
			w.fail("24: %s was done %d times, and is written down %d times", what, n, have[what])
		}
	}
	if len(have) != len(want) {
		w.fail("24: written down is %v, and done was %v", have, want)
	}
}

// listOf reads a JSON list of words.
func listOf(raw string) (list []string) {
	_ = json.Unmarshal([]byte(raw), &list) // what is no list is empty
	return list
}

func (w *world) standing(member string) string {
	if f := w.o.now.rows[device.Key{Coll: "members", ID: member}]; f != nil {
		return f.col["standing"]
	}
	return ""
}
