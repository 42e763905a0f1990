package hooks_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"kith/hooks/notices"
	"kith/internal/limits"
	"kith/internal/notice"
	"kith/internal/push"
)

// Ensure that what is told goes to each phone of whom it is for, once, and says nothing
// but which notice and which category.
func TestNotices_GoToEachPhoneOnce(t *testing.T) {
	w := newTold(t)
	rosa := w.member(nil)
	w.reach(rosa, rosa+"-tablet")
	for range 2 { // the command came twice
		w.tell(notice.Telling{Key: "a", To: notice.Member(rosa), Template: "visit.new", Ref: "listing00000001"})
	}
	got := w.work()
	if len(got) != 2 || got[0].To != rosa || got[1].To != rosa+"-tablet" || got[0].N != got[1].N || got[0].K != notice.Notice || got[0].FID {
		t.Fatalf("%+v", got)
	}
	if n := w.ask1("SELECT count(*) || ' ' || group_concat(state || due) FROM deliveries"); n != "2 sent,sent" {
		t.Errorf("deliveries: %s", n)
	}
	if at := w.ask1("SELECT at FROM notices"); at != "2026-01-15T12:00:00.000Z" {
		t.Errorf("at %s", at)
	}
	w.now = w.now.Add(time.Hour)
	if got := w.work(); len(got) > 0 {
		t.Errorf("again: %+v", got)
	}
}

// Ensure that whoever did something isn't told of it, that nobody who is away is, and
// that everybody else of an audience is told once.
func TestNotices_AnAudienceIsToldWithoutWhoDidIt(t *testing.T) {
	w := newTold(t)
	var all []string
	for _, standing := range []string{"active", "active", "active", "suspended", "left"} {
		m := w.member(map[string]any{"standing": standing})
		for _, role := range []string{"coordinator", "coach"} { // responders by both
			w.make("roles", map[string]any{"member": m, "role": role})
		}
		all = append(all, m)
	}
	w.tell(notice.Telling{To: "responders", But: all[0], Template: "report.new", Ref: "report000000001"})
	want := []string{all[1], all[2]}
	slices.Sort(want)
	if got := w.work(); len(got) != 2 || got[0].To != want[0] || got[1].To != want[1] || got[0].K != notice.Task {
		t.Errorf("%+v, not %v", got, want)
	}
	if len(w.mails) != 2 || !strings.HasSuffix(w.mails[0], "Please look at Kith") {
		t.Errorf("mails: %v", w.mails)
	}
}

// Ensure that whoever comes to an occurrence is told of it, and of a listing whoever
// comes to any that isn't past; and nobody who called it off.
func TestNotices_WhoComesIsTold(t *testing.T) {
	w := newTold(t)
	club := w.weekly("Lunch club").Id
	came, coming, later, off := w.member(nil), w.member(nil), w.member(nil), w.member(nil)
	for m, visit := range map[string][2]string{came: {"2026-01-01T12:00", "coming"}, coming: {"2026-01-22T12:00", "coming"}, later: {"2026-01-29T12:00", "coming"}, off: {"2026-01-22T12:00", "cancelled"}} {
		w.make("visits", map[string]any{"member": m, "listing": club, "occurrence": visit[0], "status": visit[1], "welcome": "none", "clock": "good"})
	}
	w.tell(notice.Telling{To: "coming/" + club + "/2026-01-22T12:00", Template: "listing.off", Ref: club})
	if got := w.work(); len(got) != 1 || got[0].To != coming {
		t.Errorf("one day: %+v", got)
	}
	w.tell(notice.Telling{To: "coming/" + club, Template: "listing.changed", Ref: club})
	want := []string{coming, later}
	slices.Sort(want)
	if got := w.work(); len(got) != 2 || got[0].To != want[0] || got[1].To != want[1] {
		t.Errorf("all days: %+v", got)
	}
}

// Ensure that ten thousand people are told in pages, each a transaction of its own, and
// that each of them is told once, also when the server ends after each page.
func TestNotices_ATownIsToldInPages(t *testing.T) {
	w := newTold(t)
	const people = 10_000
	_, err := w.app.DB().NewQuery(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {:people})
		INSERT INTO members (id, firstName, standing, email, tokenKey, password) SELECT printf('m%014d', i), 'Rosa', 'active', '', 'k' || i, 'x' FROM n`).
		Bind(dbx.Params{"people": people}).Execute()
	must(t, err)
	_, err = w.app.DB().NewQuery(`INSERT INTO hosts (id, listing, member) SELECT 'h' || substr(id, 2), 'listing00000001', id FROM members`).Execute()
	must(t, err)
	_, err = w.app.DB().NewQuery(`INSERT INTO registrations (id, member, kind, value, day) SELECT 'd' || substr(id, 2), id, 'token', 'token-' || id, '2026-01-15' FROM members`).Execute()
	must(t, err)
	w.tell(notice.Telling{To: "host/listing00000001", Template: "visit.new", Ref: "listing00000001"})
	w.exec1("CREATE TABLE pages (after TEXT)")
	w.exec1(`CREATE TRIGGER pages_seen AFTER UPDATE ON tellings BEGIN INSERT INTO pages VALUES (NEW."after"); END`)
	told := map[string]int{}
	for more := true; more; {
		w.worker = notices.NewWorker(w.app, notices.Channels{Push: w.carrier}) // what it had in its head is gone
		more, err = w.worker.Step(t.Context(), w.now)
		must(t, err)
		for _, m := range w.carrier.took() {
			told[m.To]++
		}
	}
	if pages := w.ask1("SELECT count(DISTINCT after) FROM pages"); len(told) != people || pages != fmt.Sprint(people/limits.NoticePage) {
		t.Fatalf("%d people were told in %s pages", len(told), pages)
	}
	w.exec1("DROP TRIGGER pages_seen")
	w.exec1("DROP TABLE pages")
	for to, n := range told {
		if n != 1 {
			t.Errorf("%s was told %d times", to, n)
		}
	}
	if n := w.ask1("SELECT count(*) || ' ' || sum(read) || ' ' || group_concat(DISTINCT due) FROM notices"); n != "10000 0 " {
		t.Errorf("notices: %s", n)
	}
}

// Ensure that what is told again while it is unread stays one line of the inbox, and goes
// to the phone again, as the same notice, but not within a quarter of an hour; and that
// it is a new line once the first was read.
func TestNotices_WhatIsUnreadIsOneLine(t *testing.T) {
	w := newTold(t)
	rosa := w.member(nil)
	tell := func() { w.tell(notice.Telling{To: notice.Member(rosa), Template: "visit.new", Ref: "listing00000001"}) }
	tell()
	tell()
	first := w.work()
	w.now = w.now.Add(5 * time.Minute)
	tell()
	if got := w.work(); len(first) != 1 || len(got) != 0 {
		t.Fatalf("%+v, and five minutes later %+v", first, got)
	}
	w.now = w.now.Add(10 * time.Minute)
	if got := w.work(); len(got) != 1 || got[0].N != first[0].N {
		t.Errorf("a quarter of an hour later: %+v", got)
	}
	if n := w.ask1("SELECT count(*) || ' ' || max(at) FROM notices"); n != "1 2026-01-15T12:05:00.000Z" {
		t.Errorf("the inbox: %s", n)
	}
	_, err := w.app.DB().NewQuery("UPDATE notices SET read = TRUE").Execute()
	must(t, err)
	tell()
	if got := w.work(); len(got) != 0 {
		t.Errorf("read, and told again at once: %+v", got)
	}
	w.now = w.now.Add(15 * time.Minute)
	if got := w.work(); len(got) != 1 || got[0].N == first[0].N {
		t.Errorf("after it was read: %+v", got)
	}
}

// Ensure that for somebody without a phone those are told who may help with it, about
// them; and that what they were told goes with the end of the agreement.
func TestNotices_WhoHelpsIsToldInTheirPlace(t *testing.T) {
	w := newTold(t)
	ada, helper, other := w.member(map[string]any{"noPhone": true}), w.member(nil), w.member(nil)
	consent := func(helper, scope string) string {
		return w.make("consents", map[string]any{"member": ada, "helper": helper, "how": "inPerson", "scopes": []string{scope}, "status": "active", "until": "2026-12-31T00:00:00.000Z"}).Id
	}
	visits := consent(helper, "visits")
	consent(other, "details")
	w.tell(notice.Telling{To: notice.Member(ada), Template: "listing.off", Ref: "listing00000001"})
	if got := w.work(); len(got) != 1 || got[0].To != helper {
		t.Fatalf("%+v", got)
	}
	if n := w.ask1("SELECT group_concat(member || about) FROM notices"); n != helper+ada {
		t.Errorf("the inbox: %s", n)
	}
	w.tell(notice.Telling{To: notice.Member(ada), But: helper, Template: "listing.off", Ref: "listing00000002"})
	if got := w.work(); len(got) != 0 {
		t.Errorf("who did it themselves: %+v", got)
	}
	r := w.record("consents", visits)
	r.Set("status", "ended")
	must(t, w.app.Save(r))
	if n := w.ask1("SELECT count(*) || (SELECT count(*) FROM deliveries) FROM notices"); n != "00" {
		t.Errorf("after it has ended there are %s", n)
	}
}

// Ensure that a person who is told several things at once gets one message for each
// category, and one for all that waited for the digest.
func TestNotices_ManyAreFew(t *testing.T) {
	w := newTold(t)
	rosa := w.member(nil)
	for _, tpl := range []string{"visit.new", "listing.changed", "listing.off", "stamp.counted", "reward.reached", "review.new", "concern.urgent"} {
		w.tell(notice.Telling{To: notice.Member(rosa), Template: tpl, Ref: "ref000000000001"})
	}
	kinds := func(list []push.Message) (k []string) {
		for _, m := range list {
			k = append(k, m.K)
		}
		slices.Sort(k)
		return k
	}
	if got := kinds(w.work()); !slices.Equal(got, []string{"notice", "task", "task"}) { // NB! what is urgent never stands behind anything
		t.Errorf("%v", got)
	}
	w.now = time.Date(2026, 1, 15, 17, 0, 0, 0, time.UTC)
	if got := kinds(w.work()); !slices.Equal(got, []string{"loyalty"}) {
		t.Errorf("the digest: %v", got)
	}
	if n := w.ask1("SELECT count(*) FROM notices WHERE due <> ''"); n != "0" {
		t.Errorf("%s are undecided", n)
	}
}
