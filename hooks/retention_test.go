package hooks_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"kith/hooks/rights"
	"kith/internal/sync"
)

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

// Ensure that who left is erased a month later, and not before; and that the
// audit says why.
func TestRetention_ErasesWhoLeftAfterAMonth(t *testing.T) {
	w := newTown(t)
	p := w.phone("resident")
	p.done("people.rename", map[string]any{"firstName": "Leaverqq"})
	p.done("people.leave", map[string]any{"why": "moved"})
	run := func(days int) {
		t.Helper()
		_, err := rights.Retain(w.app, w.registry.Keepings, time.Now().UTC().AddDate(0, 0, days))
		must(t, err)
	}
	run(29)
	if !slices.Contains(w.tablesWith("Leaverqq"), "members") {
		t.Fatal("erased too early")
	}
	run(30)
	if left := w.tablesWith("Leaverqq"); len(left) > 0 {
		t.Errorf("still in %v", left)
	}
	var why string
	must(t, w.app.DB().NewQuery("SELECT detail FROM audit WHERE action = 'people.erase' AND subject = {:member}").Bind(dbx.Params{"member": p.member}).Row(&why))
	if why != `{"why":"retention"}` {
		t.Errorf("the audit says %s", why)
	}
}
