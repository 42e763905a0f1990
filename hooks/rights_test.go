package hooks_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"kith/hooks/rights"
	"kith/internal/audit"
	"kith/internal/sync"
	"kith/seed"
)

// Words of a life that are nowhere else in the demo town.
const (
	herName   = "Rosaqq"
	herNumber = "07700 900461"
	herWords  = "her own words"
	herEmail  = "herqq@example.org"
	herNote   = "for the knitters"
)

// life is one member of the demo town who has done everything that leaves a trace.
type life struct {
	*town
	her, host *phone
	club      string // she comes to it, and host looks after it
	own       string // she looks after it
}

func newLife(t *testing.T) *life {
	t.Helper()
	w := newTown(t, func(r *sync.Registry) {
		r.Handle("test.fail", func(*sync.Call) (sync.Result, error) { return sync.Result{}, errors.New("broken") })
	})
	w.exec("DELETE FROM communities")
	must(t, seed.Fill(w.app, time.Now()))
	l := &life{town: w, her: w.phone("activator"), host: w.phone("activator"), club: w.weekly("Lunch club").Id, own: newID()}
	w.make("hosts", map[string]any{"listing": l.club, "member": l.host.member})
	her := l.her
	her.done("people.rename", map[string]any{"firstName": herName})
	her.done("listings.add", map[string]any{
		"id": l.own, "kind": "group", "title": "Knit with neighbours", "contact": map[string]any{"name": herName, "phone": herNumber},
	})
	come := comeArgs(l.club)
	come["firstName"] = herName
	her.done("visits.come", come)
	off := comeArgs(l.club)
	off["occurrence"] = thursdayAfter(nextThursday())
	off["firstName"] = herName
	her.done("visits.come", off)
	her.done("visits.cancel", map[string]any{"id": off["id"]})
	failing := her.command("test.fail", map[string]any{"note": herWords})
	for range 3 {
		her.sync(failing)
	}
	her.ack = her.number
	w.hasEmail(her.member, herEmail)
	her.done("invites.make", map[string]any{"id": newID(), "codeHash": codeHashOf("ABCD"), "role": "resident", "uses": 5, "days": 5, "note": herNote})
	her.done("recovery.card", map[string]any{"id": newID(), "codeHash": codeHashOf("EFGH")})
	her.done("reports.make", map[string]any{"id": newID(), "kind": "worry", "text": "The stairs are dark.", "contact": herNumber})
	her.done("safety.block", map[string]any{"id": newID(), "blocked": w.phone("resident").member})
	l.host.done("safety.vouch", map[string]any{"id": newID(), "member": her.member, "kind": "known", "seenOn": "2026-01-01", "note": herWords})
	w.phone("coordinator").done("acting.record", map[string]any{
		"id": newID(), "member": her.member, "helper": l.host.member, "how": "phone", "witness": herWords, "scopes": []string{"visits"}, "until": sync.Stamp(time.Now().AddDate(0, 1, 0)),
	})
	l.host.sync()
	must(t, audit.Append(w.app.DB(), audit.Entry{At: time.Now(), Actor: audit.Console, Action: "roles.give", Subject: her.member}))
	return l
}

// thursdayAfter is the same time a week on.
func thursdayAfter(occurrence string) string {
	at, _ := time.Parse("2006-01-02T15:04", occurrence)
	return at.AddDate(0, 0, 7).Format("2006-01-02T15:04")
}

func (w *town) exec(statement string) {
	w.t.Helper()
	_, err := w.app.DB().NewQuery(statement).Execute()
	must(w.t, err)
}

// done sends one command, which must be carried out, and returns its outcome.
func (p *phone) done(name string, args map[string]any) sync.Outcome {
	p.t.Helper()
	a := p.sync(p.command(name, args))
	p.ack = p.number
	o := a.outcomes[len(a.outcomes)-1]
	if o.Status != sync.OK && o.Status != sync.Merged {
		p.t.Fatalf("%s: %+v", name, o)
	}
	return o
}

// tablesWith are the tables in which any of the words stands.
func (w *town) tablesWith(words ...string) (found []string) {
	w.t.Helper()
	for table, rows := range w.dump() {
		if slices.ContainsFunc(words, func(s string) bool { return strings.Contains(rows, s) }) {
			found = append(found, table)
		}
	}
	slices.Sort(found)
	return found
}

// Ensure that in the demo town a life can be erased: the answer says what went
// and what stays and why; nothing else of it is left in any table, nor in the
// bytes on the disk; and what is left is gone when its days are over. Run it with
// -v to read the before and after.
func TestErase_OfALifeInTheDemoTownLeavesWhatItNames(t *testing.T) {
	l := newLife(t)
	her := l.her
	words, ids := []string{herName, herNumber, herWords, herEmail, herNote}, []string{her.member, her.device}
	t.Logf("before: her words are in %v, her ids in %v", l.tablesWith(words...), l.tablesWith(ids...))

	var erased rights.Erased
	must(t, json.Unmarshal(her.done("people.erase", map[string]any{}).Result, &erased))
	for _, g := range erased.Gone {
		t.Logf("gone: %3d × %s", g.Rows, g.What)
	}
	for _, s := range erased.Stays {
		t.Logf("stays: %s. %s", s.What, s.Why)
	}
	if len(erased.Gone) < 6 || len(erased.Stays) < 4 {
		t.Errorf("%+v", erased)
	}
	if left := l.tablesWith(words...); len(left) > 0 {
		t.Errorf("her words are still in %v", left)
	}
	want := []string{"audit", "sync_aud", "sync_command", "sync_row", "sync_stream"}
	if left := l.tablesWith(ids...); !slices.Equal(left, want) {
		t.Errorf("her ids are in %v, and what was named is %v", left, want)
	}
	if a := her.exchange(map[string]any{"cursor": ""}); a.code != 401 {
		t.Errorf("her phone is answered %d %s", a.code, a.raw)
	}
	if a := l.host.sync(); !strings.Contains(a.raw, `"gone"`) || strings.Contains(a.raw, herName) {
		t.Errorf("the host's phone was told %s", a.raw)
	}

	_, err := rights.Retain(l.app, l.registry.Keepings, time.Now())
	must(t, err)
	for _, file := range []string{"data.db", "data.db-wal"} {
		raw, err := os.ReadFile(filepath.Join(l.app.DataDir(), file))
		must(t, err)
		for _, word := range words {
			if strings.Contains(string(raw), word) {
				t.Errorf("%q is still in the bytes of %s", word, file)
			}
		}
	}

	l.exec("INSERT INTO sync_clock SELECT seq, '" + sync.Stamp(time.Now().Add(time.Hour)) + "' FROM sync_meta") // somebody else goes on
	ended, err := rights.Retain(l.app, l.registry.Keepings, time.Now().AddDate(1, 2, 0))
	must(t, err)
	for _, e := range ended {
		if e.Rows > 0 {
			t.Logf("a year on: %3d × %s", e.Rows, e.What)
		}
	}
	if left := l.tablesWith(ids...); !slices.Equal(left, []string{"audit"}) {
		t.Errorf("a year on her ids are in %v", left)
	}
	if _, err := audit.Verify(l.app.DB()); err != nil {
		t.Error(err)
	}
	t.Logf("a year on: her words are in %v, her ids in %v", l.tablesWith(words...), l.tablesWith(ids...))
}

// Ensure that a coordinator erases somebody without a phone, and nobody who has
// one; and that a community keeps a coordinator.
func TestErase_OfAnotherIsForThoseWithoutAPhone(t *testing.T) {
	w := newTown(t)
	boss, other := w.phone("coordinator"), w.phone("resident")
	with := w.make("members", map[string]any{"firstName": "Edna", "standing": "active"}).Id
	refused := func(p *phone, member, code string) {
		t.Helper()
		a := p.sync(p.command("people.erase", map[string]any{"member": member}))
		p.ack = p.number
		if o := a.outcomes[len(a.outcomes)-1]; o.Code != code {
			t.Errorf("%+v, wanted %s", o, code)
		}
	}
	refused(other, with, "not_allowed")
	refused(other, newID(), "not_allowed") // who is here is nobody's business
	refused(boss, other.member, "has_phone")
	refused(boss, newID(), "member_unknown")
	refused(boss, "nonsense", "args_invalid")
	refused(boss, boss.member, "last_coordinator")
	boss.done("people.erase", map[string]any{"member": with})
	refused(boss, with, "member_unknown")
	w.set("devices", other.device, map[string]any{"revoked": true})
	boss.done("people.erase", map[string]any{"member": other.member})
	if w.tablesWith("Edna") != nil || w.count("members") != 1 {
		t.Error("somebody is left")
	}
	var actors []string
	must(t, w.app.DB().NewQuery("SELECT actor FROM audit WHERE action = 'people.erase'").Column(&actors))
	if !slices.Equal(actors, []string{boss.member, boss.member}) {
		t.Errorf("the audit says %v", actors)
	}
}

func (w *town) set(collection, id string, values map[string]any) {
	w.t.Helper()
	r, err := w.app.FindRecordById(collection, id)
	must(w.t, err)
	r.Load(values)
	must(w.t, w.app.Save(r))
}

// Ensure that neither an export nor an erasure says whether somebody blocked, or
// told the coordinators something about, whoever asks.
func TestErase_DoesNotSayWhoBlockedOrWorried(t *testing.T) {
	w := newTown(t)
	said := func(disliked bool) string {
		her, other := w.phone("resident"), w.phone("resident")
		if disliked {
			other.done("safety.block", map[string]any{"id": newID(), "blocked": her.member})
			other.done("reports.make", map[string]any{"id": newID(), "kind": "worry", "about": her.member, "text": "She shouts."})
		}
		var out struct{ Withheld json.RawMessage }
		must(t, json.Unmarshal(her.ask("POST", "/api/export", her.token, map[string]any{}).Body.Bytes(), &out))
		return string(out.Withheld) + string(her.done("people.erase", map[string]any{}).Result)
	}
	if with, without := said(true), said(false); with != without {
		t.Errorf("who is disliked is told\n%s\nand who isn't\n%s", with, without)
	}
}

// Ensure that what others were told that names the person is emptied, and what
// doesn't name them is not.
func TestErase_EmptiesWhatOthersWereToldOfThem(t *testing.T) {
	w := newTown(t, func(r *sync.Registry) {
		r.Handle("test.echo", func(c *sync.Call) (sync.Result, error) { return sync.Result{Data: c.Args}, nil })
	})
	her, other := w.phone("resident"), w.phone("resident")
	other.done("test.echo", map[string]any{"about": her.member})
	other.done("test.echo", map[string]any{"about": "nobody"})
	her.done("people.erase", map[string]any{})
	var results []string
	must(t, w.app.DB().NewQuery("SELECT result FROM sync_command WHERE name = 'test.echo' ORDER BY number").Column(&results))
	if len(results) != 2 || results[0] != "" || results[1] != `{"about":"nobody"}` {
		t.Errorf("%q", results)
	}
}

// Ensure that rows end on the day their keeping says, not a day earlier, and
// that a dry run only counts.
func TestRetention_EndsRowsOnTheirDay(t *testing.T) {
	w := newTown(t)
	p := w.phone("resident")
	club := w.weekly("Lunch club").Id
	now := time.Date(2027, 6, 10, 3, 17, 0, 0, time.UTC)
	ago := func(days int) string { return now.AddDate(0, 0, -days).Format(time.DateOnly) + "T12:00" }
	visit := func(status string, days int) string {
		return w.make("visits", map[string]any{
			"member": p.member, "listing": club, "occurrence": ago(days), "status": status, "welcome": "none",
		}).Id
	}
	invite := func(days int) string {
		return w.make("invites", map[string]any{"codeHash": newID(), "role": "resident", "expires": ago(days) + ":00.000Z"}).Id
	}
	w.exec("DELETE FROM invites")
	ends := []string{visit("coming", 396), visit("cancelled", 31), invite(30)}
	stays := []string{visit("coming", 395), visit("cancelled", 29), invite(29), visit("coming", -7)}

	before := w.dump()
	dry, err := rights.Rehearse(w.app, w.registry.Keepings, now)
	must(t, err)
	w.unchanged(before, "a dry run")
	ended, err := rights.Retain(w.app, w.registry.Keepings, now)
	must(t, err)
	if !slices.Equal(dry, ended) {
		t.Errorf("a dry run said %v, the run %v", dry, ended)
	}
	for _, id := range stays {
		if w.tablesWithRow(id) == 0 {
			t.Errorf("%s ended too early", id)
		}
	}
	for _, id := range ends {
		if w.tablesWithRow(id) != 0 {
			t.Errorf("%s is still there", id)
		}
	}
	again, err := rights.Retain(w.app, w.registry.Keepings, now)
	must(t, err)
	for _, e := range again {
		if e.Rows != 0 {
			t.Errorf("a second run ended %+v", e)
		}
	}
}

func (w *town) tablesWithRow(id string) (n int) {
	w.t.Helper()
	must(w.t, w.app.DB().NewQuery("SELECT (SELECT count(*) FROM visits WHERE id = {:id}) + (SELECT count(*) FROM invites WHERE id = {:id})").
		Bind(dbx.Params{"id": id}).Row(&n))
	return n
}

// Ensure that more rows than one batch end in one run.
func TestRetention_GoesOnUntilNothingIsLeft(t *testing.T) {
	w := newTown(t)
	w.exec(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1234)
		INSERT INTO sync_attempt SELECT 'nonce' || i, 1, '2026-01-01T00:00:00.000Z' FROM n`)
	_, err := rights.Retain(w.app, w.registry.Keepings, time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC))
	must(t, err)
	if n := w.tablesWith("nonce1"); slices.Contains(n, "sync_attempt") {
		t.Error("some are left")
	}
}

// Ensure that mails which nobody fetched are deleted after a week, and nothing
// else in the folder.
func TestRetention_DeletesMailsThatNobodyFetched(t *testing.T) {
	w := newTown(t)
	dir := filepath.Join(w.app.DataDir(), "mail")
	must(t, os.MkdirAll(filepath.Join(dir, "folder"), 0o700))
	now := time.Now()
	for name, age := range map[string]time.Duration{"old.eml": 8 * 24 * time.Hour, "new.eml": 6 * 24 * time.Hour} {
		file := filepath.Join(dir, name)
		must(t, os.WriteFile(file, []byte("123456"), 0o600))
		must(t, os.Chtimes(file, now.Add(-age), now.Add(-age)))
	}
	_, err := rights.Retain(w.app, w.registry.Keepings, now)
	must(t, err)
	entries, err := os.ReadDir(dir)
	must(t, err)
	var left []string
	for _, e := range entries {
		left = append(left, e.Name())
	}
	if !slices.Equal(left, []string{"folder", "new.eml"}) {
		t.Errorf("%v", left)
	}
}

// Ensure that the nightly job is there, and ends what is over.
func TestRetention_RunsEveryNight(t *testing.T) {
	w := newTown(t)
	w.exec("INSERT INTO sync_attempt VALUES ('long ago', 1, '2020-01-01T00:00:00.000Z')")
	for _, job := range w.app.Cron().Jobs() {
		if job.Id() == rights.Nightly {
			job.Run()
		}
	}
	if slices.Contains(w.tablesWith("long ago"), "sync_attempt") {
		t.Error("nothing ran")
	}
}

// Ensure that an outcome is kept until its phone has heard of it and for 56 days
// from then on, however long that took; and that sending the command again has
// no effect as long as the phone may remember it.
func TestRetention_KeepsOutcomesUntilTheirPhoneHasForgotten(t *testing.T) {
	w := newTown(t)
	p := w.phone("resident")
	c := p.command("people.rename", map[string]any{"firstName": "Ada"})
	p.sync(c) // heard, but not acknowledged
	now := time.Now()
	run := func(days int) {
		t.Helper()
		_, err := rights.Retain(w.app, w.registry.Keepings, now.AddDate(0, 0, days))
		must(t, err)
	}
	known := func() int {
		t.Helper()
		var n int
		must(t, w.app.DB().NewQuery("SELECT (SELECT count(*) FROM sync_command) + (SELECT count(*) FROM sync_number)").Row(&n))
		return n
	}
	run(300)
	if known() != 2 {
		t.Fatal("an outcome that nobody acknowledged is gone")
	}
	p.ack = 1
	p.sync(p.command("people.rename", map[string]any{"firstName": "Bea"}))
	run(301) // the first night after the acknowledgement: from here the days count
	run(301 + 55)
	if known() != 4 {
		t.Fatal("an outcome is gone too early")
	}
	if a := p.sync(c); len(a.stops) != 0 {
		t.Errorf("sent again, it is %v", a.stops)
	}
	run(301 + 56)
	if known() != 2 {
		t.Errorf("%d rows are left, not those of the one command that waits", known())
	}
	m, err := w.app.FindRecordById("members", p.member)
	must(t, err)
	if a := p.sync(c); len(a.stops) != 1 || a.stops[0].Reason != sync.Fork || m.GetString("firstName") != "Bea" {
		t.Errorf("a number that was forgotten: %s", a.raw)
	}
}

// Ensure that marks of what is gone end after 90 days, that a phone which was
// away for longer gets its rows anew and loses what went, and that one which
// wasn't goes on where it was.
func TestRetention_EndsMarksAndBringsTheLateAnew(t *testing.T) {
	w := newTown(t)
	near, far := w.phone("resident"), w.phone("resident")
	club := w.weekly("Lunch club")
	near.sync()
	far.sync()
	must(t, w.app.Delete(club))
	near.sync()
	w.exec("INSERT INTO sync_clock SELECT seq + 1, '2026-01-01T00:00:00.000Z' FROM sync_meta")
	marks := func() (n int) {
		must(t, w.app.DB().NewQuery("SELECT count(*) FROM sync_row WHERE live = 0 AND coll = 'listings'").Row(&n))
		return n
	}
	day := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	_, err := rights.Retain(w.app, w.registry.Keepings, day.AddDate(0, 0, 89))
	must(t, err)
	if marks() != 1 {
		t.Fatal("the mark went too early")
	}
	_, err = rights.Retain(w.app, w.registry.Keepings, day.AddDate(0, 0, 90))
	must(t, err)
	if marks() != 0 {
		t.Fatal("the mark is still there")
	}
	if a := near.sync(); len(a.resets) != 0 || !a.done {
		t.Errorf("the phone that was here: %s", a.raw)
	}
	if a := far.sync(); !slices.Equal(a.resets, []string{sync.Public}) || a.has(sync.Public, "listings", club.Id) || !a.done {
		t.Errorf("the phone that was away: %s", a.raw)
	}
}
