package hooks_test

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"

	"kith/hooks/syncapi"
	"kith/internal/sync"
)

// Ensure that a device gets each audience whole, its own rows first, with sums that are true.
func TestPull_BringsEveryAudienceInOrderWithItsSums(t *testing.T) {
	w := newTown(t)
	club := w.weekly("Lunch club")
	p := w.phone("activator")
	a := p.sync()
	if !a.done || !a.has(sync.Public, "listings", club.Id) || !a.has("member/"+p.member, "members", p.member) || !a.has("member/"+p.member, "devices", p.device) {
		t.Fatalf("%s", a.raw)
	}
	if a.order[0] != "member/"+p.member || a.order[len(a.order)-1] != sync.Public {
		t.Fatalf("order %v", a.order)
	}
	for _, aud := range []string{sync.Public, "member/" + p.member, "activators"} {
		var n, sum int64
		must(t, w.app.DB().NewQuery(fmt.Sprintf("SELECT count(*), coalesce(sum(seq * 0 + 0), 0) FROM sync_row WHERE aud = '%s' AND live = 1", aud)).Row(&n, &sum))
		var seqs []int64
		must(t, w.app.DB().NewQuery(fmt.Sprintf("SELECT seq FROM sync_row WHERE aud = '%s' AND live = 1", aud)).Column(&seqs))
		sum = 0
		for _, s := range seqs {
			sum += sync.Cube(s)
		}
		if a.sums[aud] != [2]int64{n, sum} {
			t.Errorf("%s: told %v, are %d %d", aud, a.sums[aud], n, sum)
		}
	}
	if b := p.sync(); len(b.rows) != 0 || !b.done || b.cursor != a.cursor {
		t.Fatalf("nothing new: %s", b.raw)
	}
}

// Ensure that a small page budget still leads to everything, and that nothing
// that changes between pages is missed.
func TestPull_ComesInPagesAndMissesNothing(t *testing.T) {
	w := newTown(t)
	ids := map[string]bool{}
	for i := range 60 {
		l := w.make("listings", map[string]any{"kind": "service", "title": fmt.Sprintf("Service %d", i), "status": "active", "description": strings.Repeat("word ", 200)})
		ids[l.Id] = true
	}
	p := w.phone("resident")
	pages, got, cursor := 0, map[string]bool{}, ""
	for {
		a := p.exchange(map[string]any{"cursor": cursor, "maxBytes": 16 << 10})
		pages++
		for key, row := range a.rows {
			id, isListing := strings.CutPrefix(key, "public listings/")
			if isListing {
				got[id] = row != nil
			}
		}
		cursor = a.cursor
		if a.done {
			break
		}
		l := w.make("listings", map[string]any{"kind": "service", "title": "Came meanwhile", "status": "active"})
		if pages < 4 {
			ids[l.Id] = true
		} else {
			must(t, w.app.Delete(l)) // came and went between two pages
		}
	}
	if pages < 4 {
		t.Fatalf("only %d pages", pages)
	}
	for id := range ids {
		if !got[id] {
			t.Errorf("%s is missing", id)
		}
		delete(got, id)
	}
	for id, live := range got {
		if live {
			t.Errorf("%s should be gone", id)
		}
	}
}

// Ensure that a row which moves to another audience leaves the first, and that
// a host sees a visit without the member behind it.
func TestPull_MovesRowsBetweenAudiences(t *testing.T) {
	w := newTown(t)
	host, guest, other := w.phone("activator"), w.phone("resident"), w.phone("resident")
	id := newID()
	host.sync(host.command("listings.add", map[string]any{"id": id, "kind": "group", "title": "Knitting",
		"schedule": []any{map[string]any{"start": "2026-01-01T12:00", "minutes": 60, "zone": "Europe/London", "rrule": "FREQ=WEEKLY;BYDAY=TH"}}}))
	guest.sync()
	other.sync()
	args := comeArgs(id)
	guest.sync(guest.command("visits.come", args))
	visit := args["id"].(string)
	a := host.sync()
	if row := a.rows["host/"+id+" visits/"+visit]; row == nil || row["firstName"] != "Rosa" || row["member"] != nil || strings.Contains(a.raw, guest.member) {
		t.Fatalf("host: %s", a.raw)
	}
	if b := other.sync(); len(b.rows) != 0 {
		t.Fatalf("another resident sees %s", b.raw)
	}
	guest.sync(guest.command("visits.cancel", map[string]any{"id": visit}))
	if a := host.sync(); !a.gone("host/"+id, "visits", visit) {
		t.Fatalf("host, after: %s", a.raw)
	}
	host.sync(host.command("listings.edit", map[string]any{"id": id, "set": map[string]any{"status": "draft"}}))
	if a := other.sync(); !a.gone(sync.Public, "listings", id) {
		t.Fatalf("draft: %s", a.raw)
	}
}

// Ensure that after a grant is gone, no answer carries its audience, and the
// device is told to drop it.
func TestPull_NeverCarriesARevokedAudience(t *testing.T) {
	w := newTown(t)
	p := w.phone("activator")
	p.sync()
	role, err := w.app.FindFirstRecordByData("roles", "member", p.member)
	must(t, err)
	must(t, w.app.Delete(role))
	draft := w.make("listings", map[string]any{"kind": "group", "title": "Plan", "status": "draft"})
	a := p.sync()
	if !slices.Equal(a.drops, []string{"activators", "listeners"}) || strings.Contains(a.raw, draft.Id) {
		t.Fatalf("%s", a.raw)
	}
	forged := base64.RawURLEncoding.EncodeToString([]byte(fmt.Sprintf("1 %s 0 %s activators public member/%s", a.epoch, p.member, "someoneelse0000")))
	b := p.exchange(map[string]any{"cursor": forged})
	if strings.Contains(b.raw, draft.Id) || len(b.drops) != 2 {
		t.Fatalf("forged: %s", b.raw)
	}
}

// Ensure that a cursor of another epoch, or from the future, leads to resets.
func TestPull_ResetsAForeignEpoch(t *testing.T) {
	w := newTown(t)
	club := w.weekly("Lunch club")
	p := w.phone("resident")
	p.sync()
	must(t, syncapi.NewEpoch(w.app))
	a := p.sync()
	if len(a.resets) != 3 || !a.has(sync.Public, "listings", club.Id) {
		t.Fatalf("%s", a.raw)
	}
	future := base64.RawURLEncoding.EncodeToString([]byte("1 " + a.epoch + " 999999 " + p.member + " public"))
	b := p.exchange(map[string]any{"cursor": future})
	if b.code != 200 || len(b.resets) != 3 || !b.has(sync.Public, "listings", club.Id) {
		t.Fatalf("%s", b.raw)
	}
}

// Ensure that a device which was away for longer than tombstones are kept gets
// the audience anew instead of keeping rows for ever.
func TestPull_ResetsBelowTheFloor(t *testing.T) {
	w := newTown(t)
	club := w.weekly("Lunch club")
	p := w.phone("resident")
	p.sync()
	must(t, w.app.Delete(club))
	_, err := w.app.DB().NewQuery("DELETE FROM sync_row WHERE live = 0").Execute()
	must(t, err)
	a := p.sync()
	if len(a.resets) != 1 || a.resets[0] != sync.Public || a.has(sync.Public, "listings", club.Id) {
		t.Fatalf("%s", a.raw)
	}
}

// Ensure that visitors read the public audience, and nothing else, by chunks
// whose addresses lead on.
func TestPublic_ChunksLeadOnAndHoldNothingPrivate(t *testing.T) {
	w := newTown(t)
	club := w.weekly("Lunch club")
	draft := w.make("listings", map[string]any{"kind": "group", "title": "Plan", "status": "draft"})
	p := w.phone("resident")
	rec := w.ask("GET", "/api/sync/public/-/0/0", "", nil)
	a := parse(t, rec.Code, rec.Body)
	if !a.done || !a.has(sync.Public, "listings", club.Id) || strings.Contains(a.raw, draft.Id) || strings.Contains(a.raw, p.member) {
		t.Fatalf("%s", a.raw)
	}
	next := nextOf(a.raw)
	fresh := w.weekly("New club")
	rec = w.ask("GET", next, p.token, nil) // a token changes nothing
	if b := parse(t, rec.Code, rec.Body); len(b.rows) != 1 || !b.has(sync.Public, "listings", fresh.Id) || len(b.resets) != 0 {
		t.Fatalf("%s", b.raw)
	}
	p.cursor = a.cursor // who joins goes on from there
	if b := p.sync(); b.has(sync.Public, "listings", club.Id) || !b.has(sync.Public, "listings", fresh.Id) {
		t.Fatalf("%s", b.raw)
	}
}

func nextOf(raw string) string {
	_, rest, _ := strings.Cut(raw, `"next":"`)
	next, _, _ := strings.Cut(rest, `"`)
	return next
}

// Ensure that whatever writes a row moves the index: the dashboard's saves, raw
// SQL, REPLACE, cascades, changed ids; and that what nobody sees moves nothing.
func TestIndex_EqualsOneRebuiltWhoeverWrote(t *testing.T) {
	w := newTown(t)
	p := w.phone("activator")
	a, b := w.weekly("A"), w.weekly("B")
	w.make("hosts", map[string]any{"listing": a.Id, "member": p.member})
	w.make("visits", map[string]any{"listing": a.Id, "member": p.member, "occurrence": "2026-01-01T12:00", "welcome": "none", "status": "coming"})
	for _, stmt := range []string{
		"UPDATE listings SET status = 'draft' WHERE title = 'B'",
		"UPDATE listings SET title = upper(title)",
		"UPDATE listings SET status = 'active'",
		"REPLACE INTO places (id, name, kind, access, sourceId) VALUES ('place0000000001', 'Hall', 'hall', '[]', '')",
		"REPLACE INTO places (id, name, kind, access, sourceId) VALUES ('place0000000001', 'Hall 2', 'hall', 'not json', '')",
		"UPDATE places SET id = 'place0000000002'",
		"REPLACE INTO listings (id, kind, title, status, access, sourceId) SELECT id, kind, 'Again', 'draft', access, '' FROM listings WHERE id = '" + b.Id + "'",
		"UPDATE visits SET status = 'cancelled'",
		"UPDATE visits SET status = 'coming'",
		"DELETE FROM roles",
		"INSERT INTO organisations (id, name, sourceId) VALUES ('org000000000001', 'O', '')",
		"INSERT INTO concerns (id, state, received) VALUES ('concern00000001', 'new', '2026-11-25 15:00:00.000Z'), ('concern00000002', 'closed', '2026-11-25 15:00:00.000Z')",
		"UPDATE concerns SET lead = 1 WHERE id = 'concern00000001'",
		"UPDATE concerns SET state = 'withdrawn' WHERE id = 'concern00000001'",
		"UPDATE concerns SET received = '' WHERE id = 'concern00000002'",
	} {
		_, err := w.app.DB().NewQuery(stmt).Execute()
		must(t, err)
		w.checkIndex(stmt)
	}
	must(t, w.app.Delete(a)) // takes its hosts and visits along
	w.checkIndex("cascade")
	before := w.seq()
	_, err := w.app.DB().NewQuery("UPDATE organisations SET sourceHash = 'x', name = name").Execute()
	must(t, err)
	if w.seq() != before {
		t.Error("a change that nobody sees was sent to everybody")
	}
	collection, err := w.app.FindCollectionByNameOrId("organisations")
	must(t, err)
	collection.Fields.RemoveByName("phone")
	must(t, w.app.Save(collection)) // a declared column goes: the others go on
	_, err = w.app.DB().NewQuery("UPDATE places SET name = 'Hall 3'").Execute()
	must(t, err)
	if w.seq() == before {
		t.Error("the triggers of places are lost")
	}
}

func (w *town) seq() (seq int64) {
	must(w.t, w.app.DB().NewQuery("SELECT seq FROM sync_meta").Row(&seq))
	return seq
}

// checkIndex compares the index with one rebuilt from the rows, in words of its own.
func (w *town) checkIndex(after string) {
	w.t.Helper()
	want := `SELECT 'communities/' || id || ' public' FROM communities UNION SELECT 'places/' || id || ' public' FROM places
		UNION SELECT 'organisations/' || id || ' public' FROM organisations UNION SELECT 'helplines/' || id || ' public' FROM helplines
		UNION SELECT 'concerns/' || id || ' coordinators' FROM concerns WHERE state <> 'withdrawn' AND received <> ''
		UNION SELECT 'concerns/' || id || ' responders' FROM concerns WHERE state <> 'withdrawn' AND received <> '' AND lead = 0
		UNION SELECT 'listings/' || id || iif(status = 'draft', ' activators', ' public') FROM listings
		UNION SELECT 'members/' || id || ' member/' || id FROM members UNION SELECT 'members/' || id || ' coordinators' FROM members
		UNION SELECT 'invites/' || id || ' coordinators' FROM invites UNION SELECT 'invites/' || id || ' member/' || by FROM invites WHERE by <> ''
		UNION SELECT 'roles/' || id || ' member/' || member FROM roles UNION SELECT 'roles/' || id || ' coordinators' FROM roles
		UNION SELECT 'roles/' || id || ' owners/' || shop FROM roles WHERE shop <> ''
		UNION SELECT 'shops/' || id || ' coordinators' FROM shops UNION SELECT 'shops/' || id || ' shop/' || id FROM shops
		UNION SELECT 'devices/' || id || ' member/' || member FROM devices UNION SELECT 'devices/' || id || ' coordinators' FROM devices
		UNION SELECT 'devices/' || id || ' owners/' || shop FROM devices WHERE shop <> '' UNION SELECT 'hosts/' || id || ' member/' || member FROM hosts UNION SELECT 'hosts/' || id || ' host/' || listing FROM hosts
		UNION SELECT 'visits/' || id || ' member/' || member FROM visits UNION SELECT 'visits/' || id || ' helped/' || member FROM visits
		UNION SELECT 'members/' || id || ' helped/' || id FROM members UNION SELECT 'visits/' || id || ' host/' || listing FROM visits WHERE status = 'coming'`
	have := "SELECT coll || '/' || rid || ' ' || aud FROM sync_row WHERE live = 1 AND coll <> '@'"
	for _, q := range []string{want + " EXCEPT " + have, have + " EXCEPT SELECT * FROM (" + want + ")"} {
		var diff []string
		must(w.t, w.app.DB().NewQuery(q).Column(&diff))
		if len(diff) > 0 {
			w.t.Errorf("after %s: %v", after, diff)
		}
	}
	var bad int
	must(w.t, w.app.DB().NewQuery(`SELECT count(*) FROM sync_aud a WHERE count <> (SELECT count(*) FROM sync_row r WHERE r.aud = a.aud AND live = 1)
		OR head < (SELECT max(seq) FROM sync_row r WHERE r.aud = a.aud)`).Row(&bad))
	if bad > 0 {
		w.t.Errorf("after %s: counts are wrong", after)
	}
}

// Ensure that a row whose id was changed (by SQL; no screen can) is gone under
// the old one and there under the new one: two entries, so two seqs.
func TestPull_ARowWithANewIDIsGoneUnderTheOldOne(t *testing.T) {
	w := newTown(t)
	place := w.make("places", map[string]any{"name": "Hall"})
	p := w.phone("resident")
	p.sync()
	id := newID()
	_, err := w.app.DB().NewQuery("UPDATE places SET id = {:new} WHERE id = {:old}").Bind(dbx.Params{"new": id, "old": place.Id}).Execute()
	must(t, err)
	if a := p.sync(); !a.has("public", "places", id) || !a.gone("public", "places", place.Id) {
		t.Errorf("%s", a.raw)
	}
}

// Ensure that what a newer version declares reaches rows that were there before:
// a new column, a new audience, a right that is given otherwise.
func TestIndex_FollowsANewDeclaration(t *testing.T) {
	w := newTown(t)
	place := w.make("places", map[string]any{"name": "Hall"})
	p := w.phone("resident")
	before := p.sync()
	if a := p.sync(); a.seq != before.seq || len(a.rows) != 0 {
		t.Fatalf("nothing was declared anew: %s", a.raw)
	}
	for i := range w.registry.Collections {
		if c := &w.registry.Collections[i]; c.Name == "places" {
			c.To = []sync.Audience{{Key: "'activators'"}}
		}
	}
	w.registry.Grant(sync.Grant{Table: "members", Member: "{row}.id", Audience: "'activators'"})
	must(t, syncapi.Prepare(w.app, w.registry))
	if a := p.sync(); !a.gone("public", "places", place.Id) || !a.has("activators", "places", place.Id) {
		t.Errorf("%s", a.raw)
	}
	var touched int
	must(t, w.app.DB().NewQuery("SELECT count(*) FROM sync_row WHERE coll = 'places' AND aud = 'activators' AND live = 1").Row(&touched))
	if touched != 1 {
		t.Errorf("%d places are the activators' now", touched)
	}
}

// Ensure that a start on a database that has all its triggers changes no shape,
// which every connection would have to read again, and that one that is missing,
// or is another, is put right.
func TestInstall_ChangesOnlyWhatIsNotAsDeclared(t *testing.T) {
	w := newTown(t)
	shapes := func() (n int, sum string) {
		must(t, w.app.DB().NewQuery("SELECT schema_version FROM pragma_schema_version").Row(&n))
		must(t, w.app.DB().NewQuery("SELECT group_concat(sql) FROM (SELECT sql FROM sqlite_master WHERE name LIKE 'sync%' ORDER BY name)").Row(&sum))
		return n, sum
	}
	must(t, syncapi.Prepare(w.app, w.registry))
	before, whole := shapes()
	must(t, syncapi.Prepare(w.app, w.registry))
	if now, _ := shapes(); now != before {
		t.Errorf("nothing was to be done, and the shape went from %d to %d", before, now)
	}
	for _, q := range []string{
		"DROP TRIGGER sync_places_u", "DROP VIEW sync_grant", "DROP TRIGGER sync_row_d",
		"CREATE TRIGGER sync_row_d AFTER DELETE ON sync_row BEGIN SELECT 1; END",
		"CREATE TRIGGER sync_of_before AFTER DELETE ON places BEGIN SELECT 1; END",
	} {
		_, err := w.app.DB().NewQuery(q).Execute()
		must(t, err)
	}
	must(t, syncapi.Prepare(w.app, w.registry))
	if _, now := shapes(); now != whole {
		t.Errorf("not put right: %s", now)
	}
}
