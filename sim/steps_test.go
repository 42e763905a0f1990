package sim

import (
	"fmt"
	"maps"
	"slices"
	"testing/synctest"
	"time"

	"kith/internal/limits"
	"kith/sim/device"
)

// steps are all that can happen, and how often beside each other.
var steps = []struct {
	weight int
	run    func(*world, *phone)
}{
	{36, func(w *world, p *phone) { w.act(p) }},
	{16, func(w *world, p *phone) { w.ifMember(p, w.together) }},
	{14, func(w *world, p *phone) { w.ifMember(p, w.actFor) }},
	{4, func(w *world, _ *phone) { w.agree() }},
	{2, func(w *world, _ *phone) { w.expire() }},
	{60, func(w *world, p *phone) { w.exchange(p, true) }},
	{16, func(w *world, p *phone) { w.lateLetters(p) }},
	{40, func(w *world, p *phone) { w.listen(p, true) }},
	{20, func(w *world, _ *phone) { w.edit() }},
	{12, func(w *world, _ *phone) { w.grantOrRevoke() }},
	{4, func(w *world, p *phone) { w.count("kills"); w.kill(p) }},
	{2, (*world).clone},
	{1, (*world).wipe},
	{2, (*world).secondTab},
	{3, func(w *world, _ *phone) { w.prune() }},
	{3, func(w *world, _ *phone) { w.backUp() }},
	{1, func(w *world, _ *phone) { w.restore() }},
	{2, (*world).loseTheDay},
	{2, func(w *world, _ *phone) { w.restart() }},
	{1, func(w *world, _ *phone) { w.night() }},
	{6, func(w *world, _ *phone) { time.Sleep(time.Duration(1+w.rng.IntN(60)) * time.Second) }},
	{3, (*world).signUp},
	{1, (*world).rot},
	{2, func(w *world, p *phone) {
		p.skew = time.Duration(w.rng.Int64N(int64(20*24*time.Hour))) - 10*24*time.Hour
		w.count("clocks that jumped")
		w.come(p)
		w.exchange(p, true)
	}},
	{1, func(w *world, _ *phone) { w.wrongSums() }},
	{1, (*world).clockWhileClosed},
	{1, (*world).tellToWipe},
	{2, (*world).signOut},
	{4, func(w *world, _ *phone) { w.carry(true) }},
	{4, (*world).brokenDisk},
	{6, (*world).write},
	{4, (*world).takeBack},
	{12, func(w *world, p *phone) { w.bringLetters(p, true) }},
	{1, func(w *world, _ *phone) { w.slowLetters() }},
	{2, func(w *world, _ *phone) { w.pickUp() }},
	{30, (*world).lookInto},
	{14, (*world).tryForConcerns},
	{4, func(w *world, _ *phone) { w.tell() }},
	{6, func(w *world, p *phone) { w.ifMember(p, w.look) }},
}

// run is one life of a community.
func (w *world) run(length int) {
	total := 0
	for _, s := range steps {
		total += s.weight
	}
	for w.step = 1; w.step <= length; w.step++ {
		w.leases()
		n := w.rng.IntN(total)
		for _, s := range steps {
			if n -= s.weight; n < 0 {
				s.run(w, pick(w, w.phones))
				break
			}
		}
	}
	w.quiesce()
}

// ifMember lets somebody with an account do something, unless much waits already.
func (w *world) ifMember(p *phone, does func(*phone)) {
	if p.member != "" && p.disk.Queue.Pending() <= 12 {
		does(p)
	}
}

// act is a person doing one of the things they can do, with what they see.
func (w *world) act(p *phone) {
	if p.disk.Queue.Pending() > 12 || p.member == "" && w.chance(3) {
		return
	}
	listing, visit := w.seen(p, "listings"), w.seen(p, "visits")
	name := fmt.Sprintf("%s %d", p.name, w.step)
	switch w.rng.IntN(20) {
	case 0, 1, 2, 3, 4, 5:
		w.come(p)
	case 6, 7:
		w.do(p, "visits.cancel", map[string]any{"id": visit})
	case 8, 9:
		columns := listingColumns(w.step, pick(w, []string{"draft", "active"}))
		columns["id"], columns["title"] = w.freshID("listing"), name
		delete(columns, "checked")
		w.do(p, "listings.add", columns)
	case 10, 11:
		w.do(p, "listings.edit", map[string]any{"id": listing, "set": map[string]any{"title": name, "status": pick(w, []string{"draft", "active"})}, "was": map[string]any{"title": "Lunch"}})
	case 12:
		w.do(p, "listings.check", map[string]any{"id": listing})
	case 13:
		w.do(p, "places.add", map[string]any{"id": w.freshID("place"), "name": name, "kind": "cafe"})
	case 14, 15:
		w.do(p, "people.rename", map[string]any{"firstName": name})
	case 16, 17:
		w.do(p, "sim.count", nil)
	case 18:
		w.do(p, "sim.fail", map[string]any{"id": w.freshID("ruin"), "panic": w.chance(2)})
	case 19:
		w.do(p, "sim.unknown", nil)
	}
}

func (w *world) come(p *phone) {
	w.do(p, "visits.come", map[string]any{
		"id": w.freshID("visit"), "listing": w.seen(p, "listings"), "occurrence": pick(w, thursdays),
		"firstName": fmt.Sprintf("%s %d", p.name, w.step), "welcome": pick(w, []string{"none", "door"}),
	})
}

// thursdays on which the listings are on; the first two are over.
var thursdays = []string{"2026-05-21T12:00", "2026-05-28T12:00", "2026-06-04T12:00", "2026-06-11T12:00", "2026-06-18T12:00"}

// seen is the id of one row that a phone holds, or of one that nobody has.
func (w *world) seen(p *phone, coll string) string {
	var ids []string
	for _, k := range sortedKeys(p.disk.Rows) {
		if k.Coll == coll {
			ids = append(ids, k.ID)
		}
	}
	if len(ids) == 0 || w.chance(20) {
		return id("nothing", 1)
	}
	return pick(w, ids)
}

// one is the id of one row that the community holds.
func (w *world) one(coll string) string {
	var ids []string
	for _, k := range sortedKeys(w.o.now.rows) {
		if k.Coll == coll {
			ids = append(ids, k.ID)
		}
	}
	if len(ids) == 0 {
		return id("nothing", 1)
	}
	return pick(w, ids)
}

// change commits something outside of any push, and looks at it.
func (w *world) change(what string, err error) {
	if err != nil {
		w.fail("%s: %v", what, err)
	}
	w.count(what)
	synctest.Wait()
	w.observe()
	w.note("%s at %d", what, w.o.now.seq)
}

// hubLooks lets the virtual second go by after which the hub looks for commits that nobody
// announced.
func (w *world) hubLooks() {
	time.Sleep(limits.CommitPoll + 100*time.Millisecond)
	synctest.Wait()
}

// raw commits SQL that no hook hears of; the hub finds it by itself.
func (w *world) raw(what string, statements ...string) {
	err := w.s.exec(statements...)
	w.count(what)
	if err != nil {
		w.fail("%s: %v", what, err)
	}
	w.observe()
	w.hubLooks()
	w.note("%s at %d", what, w.o.now.seq)
}

// edit is what the dashboard, an import or a careful hand with SQL do.
func (w *world) edit() {
	w.names++ // what is written again with the same text moves, and can't be told from what stayed
	title := fmt.Sprintf("Edited %d", w.names)
	listing := w.one("listings")
	switch w.rng.IntN(16) {
	case 0, 1, 2, 3:
		if w.has("listings", listing) {
			w.change("edits", w.s.save("listings", listing, map[string]any{"title": title}))
		}
	case 4, 5, 6:
		if w.has("listings", listing) {
			status := "draft"
			if w.o.now.rows[device.Key{Coll: "listings", ID: listing}].col["status"] == "draft" {
				status = "active"
			}
			w.change("moves between audiences", w.s.save("listings", listing, map[string]any{"status": status}))
		}
	case 7:
		w.raw("raw SQL", fmt.Sprintf("UPDATE listings SET title = '%s' WHERE id > '%s'", title, listing))
	case 8:
		w.raw("raw SQL moves", fmt.Sprintf("UPDATE listings SET status = iif(status = 'draft', 'active', 'draft'), title = '%s' WHERE id = '%s'", title, listing),
			fmt.Sprintf("UPDATE visits SET status = iif(status = 'coming', 'cancelled', 'coming') WHERE listing = '%s'", listing))
	case 9:
		if w.has("listings", listing) {
			w.change("deletes with cascades", w.s.remove("listings", listing))
		}
	case 10:
		w.raw("raw SQL deletes", fmt.Sprintf("DELETE FROM visits WHERE id = '%s'", w.one("visits")))
	case 11:
		w.raw("REPLACE INTO", fmt.Sprintf("REPLACE INTO places (id, name) VALUES ('%s', '%s')", w.one("places"), title))
	case 12:
		w.raw("ids changed", fmt.Sprintf("UPDATE places SET id = '%s' WHERE id = '%s' AND id NOT IN (SELECT place FROM listings)", w.freshID("moved"), w.one("places")))
	case 13:
		w.change("creates", w.s.save("listings", w.freshID("listing"), listingColumns(w.step, pick(w, []string{"draft", "active"}))))
	case 14:
		if w.chance(6) {
			w.raw("more rows at once than a frame has", `INSERT INTO places (id, name) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 510)
				SELECT printf('bulk%011d', i), 'Many' FROM n WHERE true ON CONFLICT DO NOTHING`)
			return
		}
		w.raw("bulk deletes", "DELETE FROM places WHERE name = 'Many'")
	case 15:
		if w.chance(3) {
			w.reshape()
		}
	}
}

func (w *world) has(coll, id string) bool { return w.o.now.rows[device.Key{Coll: coll, ID: id}] != nil }

// reshape adds a column to a collection, as the dashboard does.
func (w *world) reshape() {
	c, err := w.s.app.FindCollectionByNameOrId("places")
	if err != nil {
		w.fail("%v", err)
	}
	c.Fields.Add(textField(fmt.Sprintf("extra%d", w.step)))
	w.change("collections reshaped", w.s.app.Save(c))
	w.raw("raw SQL after a reshape", fmt.Sprintf("UPDATE places SET name = 'Reshaped %d' WHERE id = '%s'", w.step, w.one("places")))
}

// grantOrRevoke changes who is in what, and who may take part.
func (w *world) grantOrRevoke() {
	if slices.ContainsFunc(w.phones, func(p *phone) bool { return p.disk.Staged() }) {
		w.count("grants changed in mid-page")
	}
	m := memberID(w.rng.IntN(len(people)))
	switch w.rng.IntN(10) {
	case 0:
		if r := w.one("roles"); w.has("roles", r) {
			w.change("roles taken", w.s.remove("roles", r))
		}
	case 1, 2:
		r := pick(w, []string{"activator", "coordinator"})
		w.raw("roles given", fmt.Sprintf("INSERT INTO roles (id, member, role) VALUES ('%s', '%s', '%s') ON CONFLICT DO NOTHING", w.freshID("role"), m, r))
	case 3:
		w.raw("hosts taken", fmt.Sprintf("DELETE FROM hosts WHERE id = '%s'", w.one("hosts")))
	case 4, 5:
		if l := w.one("listings"); w.has("listings", l) {
			w.raw("hosts given", fmt.Sprintf("INSERT INTO hosts (id, listing, member) VALUES ('%s', '%s', '%s') ON CONFLICT DO NOTHING", w.freshID("host"), l, m))
		}
	case 6:
		if w.chance(2) { // rather somebody who is
			for i := range people {
				if w.standing(memberID(i)) == "suspended" {
					m = memberID(i)
				}
			}
		}
		standing := "suspended"
		if w.o.now.rows[device.Key{Coll: "members", ID: m}].col["standing"] == standing {
			standing = "active"
		}
		w.change("standing: "+standing, w.s.save("members", m, map[string]any{"standing": standing}))
	case 7:
		d := w.one("devices")
		revoked := !yes(w.o.now.rows[device.Key{Coll: "devices", ID: d}].col["revoked"])
		w.change(fmt.Sprintf("devices revoked: %v", revoked), w.s.save("devices", d, map[string]any{"revoked": revoked}))
	case 8, 9:
		column := pick(w, []string{"enrolled", "enrolled", "enrolled", "pending"})
		d := w.one("devices")
		for _, p := range w.phones { // rather one that listens to what only an enrolled device may hear
			if p.live != nil && w.o.now.grants[p.member]["coordinators"] && w.chance(2) {
				d, column = w.town.device[p.token], "enrolled"
			}
		}
		w.raw(fmt.Sprintf("devices %s: %v", column, !yes(w.o.now.rows[device.Key{Coll: "devices", ID: d}].col[column])),
			fmt.Sprintf("UPDATE devices SET %s = NOT %s WHERE id = '%s'", column, column, d))
	}
}

// clone puts a phone's disk onto a second phone, as a restored backup does.
func (w *world) clone(p *phone) {
	if len(w.phones) >= 12 || p.member == "" {
		return
	}
	c := &phone{
		name: fmt.Sprintf("phone%d", len(w.phones)), member: p.member, token: p.token, disk: p.disk.Clone(), skew: p.skew,
		made: append([]string{}, p.made...), told: map[string]bool{}, rotten: p.rotten, lapsed: p.lapsed, ends: maps.Clone(p.ends),
	}
	for n := range p.told {
		c.told[n] = true
	}
	for _, l := range p.post {
		own := *l
		c.post = append(c.post, &own)
	}
	like := device.New(func() time.Time { return time.Now().Add(c.skew) }, w.fresh)
	c.tabs = []*device.Device{device.Open(c.disk, like)}
	w.attend(c)
	w.phones = append(w.phones, c)
	w.count("phones cloned")
}

func (w *world) wipe(p *phone) {
	w.kill(p)
	w.unpack(p)
	p.post = nil
	w.count("phones wiped")
}

func (w *world) secondTab(p *phone) {
	if len(p.tabs) < 3 {
		p.tabs = append(p.tabs, device.Open(p.disk, p.tabs[0]))
		w.attend(p)
		w.count("second tabs")
	}
}

// prune forgets tombstones, all that are older than some seq.
func (w *world) prune() {
	w.raw("tombstones pruned", fmt.Sprintf("DELETE FROM sync_row WHERE live = 0 AND seq <= %d", w.rng.Int64N(w.o.now.seq+1)))
}

// signUp is a visitor who gets an account and goes on with the same disk.
func (w *world) signUp(p *phone) {
	if p.member != "" {
		return
	}
	w.kill(p)
	w.join(p)
	for _, nonce := range p.made {
		w.did[nonce].member = p.member
	}
	w.count("visitors who joined")
}
