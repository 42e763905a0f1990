package hooks_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"kith/hooks/notices"
	"kith/internal/limits"
	"kith/internal/notice"
	"kith/internal/push"
)

// Ensure that quiet hours are kept in each person's own zone, over a change of clocks;
// that what is urgent, and who opened an account, are told in the night; and that what
// waited comes in the morning, once.
func TestNotices_TheNightIsQuiet(t *testing.T) {
	w := newTold(t)
	london, paris := w.member(nil), w.member(nil)
	w.chooses(paris, map[string]any{"zone": "Europe/Paris"})
	w.now = time.Date(2026, 10, 24, 22, 30, 0, 0, time.UTC) // the night in which clocks go back
	for _, m := range []string{london, paris} {
		for _, tpl := range []string{"visit.new", "concern.urgent", "device.new"} {
			w.tell(notice.Telling{To: notice.Member(m), Template: tpl, Ref: "ref000000000001"})
		}
	}
	if got := w.work(); len(got) != 4 || slices.ContainsFunc(got, func(m push.Message) bool { return m.K != notice.Task && m.K != notice.Account }) {
		t.Errorf("at night: %+v", got)
	}
	for _, step := range []struct {
		at   string
		told []string
	}{
		{"2026-10-25T06:59:00Z", nil}, {"2026-10-25T07:00:00Z", []string{paris}}, {"2026-10-25T07:59:00Z", nil}, {"2026-10-25T08:00:00Z", []string{london}}, {"2026-10-25T09:00:00Z", nil},
	} {
		var err error
		w.now, err = time.Parse(time.RFC3339, step.at)
		must(t, err)
		var to []string
		for _, m := range w.work() {
			to = append(to, m.To)
		}
		if !slices.Equal(to, step.told) {
			t.Errorf("at %s: %v, not %v", step.at, to, step.told)
		}
	}
}

// Ensure that what was chosen, and read, between the moment at which something was told
// and the one at which it goes out is kept to.
func TestNotices_WhatWasChosenMeanwhileCounts(t *testing.T) {
	fails := func(push.Message, int) error { return &push.Later{Code: "UNAVAILABLE"} }
	for name, c := range map[string]struct {
		change func(w *told, rosa string)
		ends   string
		pushes int // in the day after
	}{
		"nothing":             {func(*told, string) {}, "sent", 1},
		"only in the inbox":   {func(w *told, m string) { w.chooses(m, map[string]any{"notice": "inbox"}) }, "seen", 0},
		"once a day":          {func(w *told, m string) { w.chooses(m, map[string]any{"notice": "digest"}) }, "sent", 1},
		"quiet from now on":   {func(w *told, m string) { w.chooses(m, map[string]any{"quietFrom": "12:00", "quietUntil": "18:00"}) }, "sent", 1},
		"it was read":         {func(w *told, _ string) { w.exec1("UPDATE notices SET read = TRUE") }, "seen", 0},
		"they were suspended": {func(w *told, _ string) { w.exec1("UPDATE members SET standing = 'suspended'") }, "seen", 0},
		"the phone went":      {func(w *told, _ string) { w.exec1("DELETE FROM registrations") }, "gone", 0},
		"it was taken back":   {func(w *told, _ string) { w.exec1("DELETE FROM notices") }, "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			w := newTold(t)
			rosa := w.member(nil)
			w.carrier.answers = fails
			w.tell(notice.Telling{To: notice.Member(rosa), Template: "visit.new"})
			w.work()
			w.carrier.answers = nil
			c.change(w, rosa)
			pushes := 0
			for range 24 * 4 {
				w.now = w.now.Add(15 * time.Minute)
				pushes += len(w.work())
			}
			if ends := w.ask1("SELECT coalesce((SELECT group_concat(state) FROM (SELECT state FROM deliveries ORDER BY round)), '')"); pushes != c.pushes || ends != c.ends {
				t.Errorf("%d were sent, ends: %s", pushes, ends)
			}
		})
	}
}

// Ensure that an address at which nobody is any more is forgotten, and only that one: the
// phone may have told us a new one while we were being refused.
func TestNotices_AnAddressThatIsGoneIsForgottenIfItIsStillTheSame(t *testing.T) {
	for name, meanwhile := range map[string]bool{"the same": false, "a new one": true} {
		w := newTold(t)
		rosa := w.member(nil)
		w.carrier.answers = func(m push.Message, _ int) error {
			if meanwhile && m.To == rosa {
				w.exec1("UPDATE registrations SET value = 'a-new-address'")
			}
			return &push.Gone{Code: "UNREGISTERED"}
		}
		w.tell(notice.Telling{To: notice.Member(rosa), Template: "visit.new"})
		w.work()
		left := w.ask1("SELECT coalesce((SELECT value FROM registrations), '')")
		if want := map[bool]string{false: "", true: "a-new-address"}[meanwhile]; left != want {
			t.Errorf("%s: what is left is %q", name, left)
		}
		if s := w.ask1("SELECT state || due || reason FROM deliveries"); s != "goneUNREGISTERED" {
			t.Errorf("%s: it ended %s", name, s)
		}
	}
}

// Ensure that what can't be brought is tried for a day, at growing intervals, and then
// lies where a coordinator sees it, with its reason and without a name; and that it is
// sent again when one says so.
func TestNotices_WhatCantBeBroughtIsDeadAndCanBeSentAgain(t *testing.T) {
	w := newTold(t)
	boss := w.phone("coordinator")
	rosa := w.member(nil)
	w.carrier.answers = func(push.Message, int) error { return &push.Later{Code: "UNAVAILABLE"} }
	w.tell(notice.Telling{To: notice.Member(rosa), Template: "listing.off", Ref: "listing00000001"})
	tries := 0
	for range 26 * 60 {
		tries += len(w.work())
		w.now = w.now.Add(time.Minute)
	}
	if tries < 24 || tries > 120 {
		t.Errorf("it was tried %d times", tries)
	}
	a := boss.sync()
	id := w.ask1("SELECT id FROM deliveries")
	row := a.rows["coordinators deliveries/"+id]
	if row == nil || row["reason"] != "UNAVAILABLE" || row["channel"] != "push" || row["day"] != "2026-01-15" || strings.Contains(fmt.Sprint(row), rosa) {
		t.Fatalf("the desk is shown %v", row)
	}
	if code, _ := boss.does("deliveries.again", map[string]any{"ids": []string{newID()}}); code != "delivery_unknown" {
		t.Errorf("of one that there isn't: %s", code)
	}
	if a := boss.doesWell("deliveries.again", map[string]any{"ids": []string{id}}); !a.gone("coordinators", "deliveries", id) {
		t.Errorf("it still lies there: %s", a.raw)
	}
	w.carrier.answers, w.now = nil, time.Now()
	if w.work(); w.ask1("SELECT state FROM deliveries") == "dead" {
		t.Error("it wasn't sent again")
	}
	if said := w.ask1("SELECT action || detail FROM audit ORDER BY number DESC LIMIT 1"); said != `deliveries.again{"count":"1"}` {
		t.Errorf("the record says %s", said)
	}
}

// Ensure that a message which nothing can mend is dead at once, that three refusals which
// would meet everybody hold the rest for a while, and that those go then.
func TestNotices_WhenNothingIsAcceptedTheRestWaits(t *testing.T) {
	w := newTold(t)
	const people = 60
	club := w.hosted(people)
	w.carrier.answers = func(push.Message, int) error { return &push.Broken{Code: "not_permitted", Setup: true} }
	w.tell(notice.Telling{To: "host/" + club, Template: "visit.new"})
	asked := len(w.work())
	if asked < 3 || asked > 3+limits.DeliveriesAtOnce {
		t.Errorf("%d were sent into the void", asked)
	}
	if n := w.ask1("SELECT count(*) FROM deliveries WHERE state = 'dead' AND reason = 'not_permitted' AND due = ''"); n != fmt.Sprint(asked) {
		t.Errorf("%s are dead of %d", n, asked)
	}
	w.carrier.answers, w.now = nil, w.now.Add(4*time.Minute)
	if got := w.work(); len(got) > 0 {
		t.Errorf("within five minutes: %d", len(got))
	}
	w.now = w.now.Add(2 * time.Minute)
	if got := w.work(); len(got) != people-asked {
		t.Errorf("after five minutes: %d", len(got))
	}
	if n := w.ask1("SELECT max(tries) FROM deliveries"); n != "1" {
		t.Errorf("what waited counts %s tries", n)
	}
}

// hosted is a listing with so many hosts.
func (w *told) hosted(n int) string {
	w.t.Helper()
	club := w.weekly("Lunch club").Id
	for range n {
		w.make("hosts", map[string]any{"listing": club, "member": w.member(nil)})
	}
	return club
}

// Ensure that a busy Google is left alone by everybody for as long as it said, and that
// nothing is lost by it.
func TestNotices_ABusyGoogleIsLeftAlone(t *testing.T) {
	w := newTold(t)
	const people = 40
	club := w.hosted(people)
	w.carrier.answers = func(push.Message, int) error { return &push.Later{Code: "QUOTA_EXCEEDED", After: 10 * time.Minute} }
	w.tell(notice.Telling{To: "host/" + club, Template: "visit.new"})
	if asked := len(w.work()); asked < 3 || asked > 3+limits.DeliveriesAtOnce {
		t.Errorf("%d asked", asked)
	}
	w.carrier.answers, w.now = nil, w.now.Add(9*time.Minute)
	if got := w.work(); len(got) > 0 {
		t.Errorf("within ten minutes: %d", len(got))
	}
	told := 0
	for range 20 {
		w.now = w.now.Add(time.Minute)
		told += len(w.work())
	}
	if told != people {
		t.Errorf("%d were told in the end", told)
	}
}

// Ensure that a mail server which refuses keeps neither other mails nor phones waiting.
func TestNotices_MailsAreTriedForThemselves(t *testing.T) {
	w := newTold(t)
	refused := w.member(map[string]any{"email": "refused@example.org"})
	fine := w.member(map[string]any{"email": "fine@example.org"})
	tries := 0
	w.worker = notices.NewWorker(w.app, notices.Channels{Push: w.carrier, Mail: func(_ core.App, to, subject, text string) error {
		if to == "refused@example.org" {
			tries++
			return errors.New("550 no such mailbox: " + to)
		}
		w.mails = append(w.mails, to)
		return nil
	}})
	for _, m := range []string{refused, fine} {
		w.tell(notice.Telling{To: notice.Member(m), Template: "report.new", Ref: "report000000001"})
	}
	pushes := 0
	for range 26 * 12 {
		pushes += len(w.work())
		w.now = w.now.Add(5 * time.Minute)
	}
	if pushes != 2 || len(w.mails) != 1 || tries < 10 {
		t.Errorf("%d pushes, mails %v, %d tries", pushes, w.mails, tries)
	}
	if s := w.ask1("SELECT state || reason FROM deliveries WHERE member = '" + refused + "' AND channel = 'email'"); s != "deadmail" {
		t.Errorf("it ended %s", s)
	}
}
