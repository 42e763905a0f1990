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
	"kith/hooks/triage"
	"kith/internal/limits"
	"kith/internal/notice"
	"kith/internal/push"
	"kith/internal/sync"
)

// Ensure that whoever erases themselves takes nothing along that others are to be told:
// neither what they did before, nor that an urgent concern of theirs waits anew.
func TestAttack_WhoErasesThemselvesLeavesOthersTold(t *testing.T) {
	w := newTownWithKeys(t)
	w.phone("coordinator")
	c := w.phone("resident").with("coach")
	urgent := w.raised(map[string]any{"urgency": "urgent", "state": "assigned", "assignee": c.member}).Id
	w.exec("DELETE FROM tellings")
	must(t, notice.Tell(w.app.DB(), notice.Telling{Key: "a", To: "coming/listing00000001", But: c.member, Template: "listing.off", Ref: "listing00000001", At: time.Now()}))
	must(t, notice.Tell(w.app.DB(), notice.Telling{Key: "b", To: notice.Member(c.member), Template: "visit.new", Ref: "listing00000001", At: time.Now()}))
	c.doesWell("people.erase", map[string]any{})
	w.tells("who is erased", "concern.urgent coordinators "+urgent, "listing.off coming/listing00000001 listing00000001")
}

// Ensure that a mail server which takes a mail and never answers keeps nobody's phone
// waiting, nor the end of the server.
func TestAttack_AMailServerThatSaysNothingHoldsNobody(t *testing.T) {
	w := newTold(t)
	silent := make(chan struct{})
	t.Cleanup(func() { close(silent) })
	w.worker = notices.NewWorker(w.app, notices.Channels{Push: w.carrier, MailTakes: time.Millisecond, Mail: func(core.App, string, string, string) error {
		<-silent
		return nil
	}})
	for range 20 {
		w.tell(notice.Telling{To: notice.Member(w.member(nil)), Template: "concern.urgent", Ref: "concern00000001"})
	}
	if got := w.work(); len(got) != 20 {
		t.Errorf("%d phones were told", len(got))
	}
	if s := w.ask1("SELECT group_concat(DISTINCT state || reason) FROM deliveries WHERE channel = 'email'"); !strings.HasPrefix(s, "waiting") {
		t.Errorf("the mails: %s", s)
	}
	if few := w.ask1(fmt.Sprintf("SELECT sum(tries) <= %d FROM deliveries WHERE channel = 'email'", 3+limits.DeliveriesAtOnce)); few != "1" {
		t.Error("it is tried again and again though it says nothing")
	}
}

// Ensure that what waits for the digest of a day does so on the next day, too, though
// that of the day before was never read.
func TestAttack_ADigestStaysADigest(t *testing.T) {
	w := newTold(t)
	rosa := w.member(nil)
	stamp := func() { w.tell(notice.Telling{To: notice.Member(rosa), Template: "stamp.counted"}) }
	stamp()
	w.work()
	w.now = time.Date(2026, 1, 15, 17, 0, 0, 0, time.UTC)
	if got := w.work(); len(got) != 1 {
		t.Fatalf("the digest: %+v", got)
	}
	for w.now = w.now.Add(17 * time.Hour); w.now.Before(time.Date(2026, 1, 16, 17, 0, 0, 0, time.UTC)); w.now = w.now.Add(time.Hour) {
		stamp()
		if got := w.work(); len(got) > 0 {
			t.Fatalf("at %s, one at a time: %+v", w.now, got)
		}
	}
	if got := w.work(); len(got) != 1 {
		t.Errorf("the next digest: %+v", got)
	}
}

// Ensure that somebody who says a hundred times that they come and that they don't rings
// a host's phone once in a quarter of an hour, and fills no inbox.
func TestAttack_ComingAndGoingRingsOnce(t *testing.T) {
	w := newTold(t)
	host := w.member(nil)
	rings := 0
	for range 100 {
		w.now = w.now.Add(30 * time.Second)
		w.tell(notice.Telling{To: notice.Member(host), Template: "visit.new", Ref: "listing00000001"})
		rings += len(w.work())
		must(t, notice.Over(w.app.DB(), "listing00000001", "", "visit.new"))
	}
	if lines := w.ask1("SELECT count(*) FROM notices"); rings > 4 || len(lines) > 1 {
		t.Errorf("in fifty minutes it rang %d times, and there are %s lines", rings, lines)
	}
}

// Ensure that nobody is told in the place of somebody without a phone what that person
// has to do for the community: a helper must not learn that there is a worry.
func TestAttack_AHelperIsToldNoTask(t *testing.T) {
	w := newTold(t)
	ada, helper := w.member(map[string]any{"noPhone": true}), w.member(nil)
	w.make("roles", map[string]any{"member": ada, "role": "coordinator"})
	w.make("consents", map[string]any{"member": ada, "helper": helper, "how": "inPerson", "scopes": []string{"details", "visits"}, "status": "active", "until": "2026-12-31T00:00:00.000Z"})
	for _, name := range notice.Names() {
		if tpl, _ := notice.Find(name); tpl.Category == notice.Task || name == "recovery.open" {
			w.tell(notice.Telling{To: "coordinators", Template: name, Ref: "concern00000001"})
		}
	}
	if got := w.work(); len(got) > 0 || len(w.mails) > 0 {
		t.Errorf("the helper's phone: %+v, mails: %v", got, w.mails)
	}
	if lines := w.ask1("SELECT count(*) FROM notices"); lines != "0" {
		t.Errorf("the helper's inbox has %s lines", lines)
	}
}

// Ensure that the minute in which an urgent concern was raised can't be found out by
// trying which minute makes the id of what was told.
func TestAttack_AnIdDoesNotSayTheMinute(t *testing.T) {
	w := newTownWithKeys(t)
	w.phone("coordinator")
	id := w.raised(map[string]any{"urgency": "urgent"}).Id
	w.exec("DELETE FROM tellings")
	now, watch := time.Now(), triage.NewWatch()
	for _, at := range []time.Time{now, now.Add(24 * time.Hour)} {
		must(t, watch.Waited(w.app, at))
		for _, to := range []string{"responders", "coordinators"} {
			for _, template := range []string{"concern.waits", "concern.phone"} {
				guess := sync.DerivedID("telling", id+sync.Stamp(at), to, template, id)
				if n := w.ask1("SELECT count(*) FROM tellings WHERE id = '" + guess + "'"); n != "0" {
					t.Errorf("%s was told at %s", template, at)
				}
			}
		}
	}
	if w.count("tellings") == 0 {
		t.Error("nobody was told")
	}
}

// Ensure that a phone is told once when Google is back, however much there was to be told
// while it wasn't; and that what is urgent never stands behind anything.
func TestAttack_AfterAnOutageAPhoneRingsOnce(t *testing.T) {
	w := newTold(t)
	rosa := w.member(nil)
	w.carrier.answers = func(push.Message, int) error { return &push.Later{Code: "UNAVAILABLE"} }
	for i := range 12 {
		w.tell(notice.Telling{To: notice.Member(rosa), Template: "visit.new", Ref: fmt.Sprintf("listing%08d", i)})
		w.tell(notice.Telling{To: notice.Member(rosa), Template: "listing.off", Ref: "listing00000001"})
		if i < 2 {
			w.tell(notice.Telling{To: notice.Member(rosa), Template: "concern.urgent", Ref: fmt.Sprintf("concern%08d", i)})
		}
		w.work()
		w.now = w.now.Add(16 * time.Minute)
	}
	w.carrier.answers = nil
	var kinds []string
	for range 120 {
		w.now = w.now.Add(time.Minute)
		for _, m := range w.work() {
			kinds = append(kinds, m.K)
		}
	}
	if slices.Sort(kinds); !slices.Equal(kinds, []string{"notice", "task", "task"}) {
		t.Errorf("%v", kinds)
	}
}

// Ensure that a hundred reports are no hundred mails.
func TestAttack_ManyReportsAreFewMails(t *testing.T) {
	w := newTold(t)
	w.make("roles", map[string]any{"member": w.member(nil), "role": "coordinator"})
	for i := range 100 {
		w.tell(notice.Telling{To: "coordinators", Template: "report.new", Ref: fmt.Sprintf("report%09d", i)})
		w.work()
		w.now = w.now.Add(10 * time.Second)
	}
	w.now = w.now.Add(20 * time.Minute)
	if w.work(); len(w.mails) > 3 || len(w.mails) < 2 {
		t.Errorf("in twenty minutes there were %d mails", len(w.mails))
	}
	if waits := w.ask1("SELECT count(*) FROM deliveries WHERE due <> ''"); waits != "0" {
		t.Errorf("%s wait for ever", waits)
	}
}

// Ensure that a clock which was a day ahead when somebody was last told of something
// urgent doesn't keep the next time from them.
func TestAttack_AClockThatWasAheadHoldsNothingUrgent(t *testing.T) {
	w := newTold(t)
	rosa := w.member(nil)
	for name, template := range map[string]string{"urgent": "concern.urgent", "not": "visit.new"} {
		tell := func() { w.tell(notice.Telling{To: notice.Member(rosa), Template: template, Ref: "ref000000000001"}) }
		w.now = noon.Add(30 * time.Hour)
		tell()
		w.work()
		w.now = noon
		tell()
		got := w.work()
		w.now = noon.Add(15 * time.Minute)
		if got = append(got, w.work()...); len(got) != 1 {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// Ensure that a coordinator who knows the ids of a concern and of a member can't work out
// whose message it is that could not be delivered.
func TestAttack_NobodyWorksOutWhoseMessageIsDead(t *testing.T) {
	w := newTold(t)
	rosa := w.member(nil)
	w.make("roles", map[string]any{"member": rosa, "role": "coordinator"})
	w.worker = notices.NewWorker(w.app, notices.Channels{Push: w.carrier, Mail: func(core.App, string, string, string) error { return errors.New("550") }})
	const ref = "concern00000001"
	w.tell(notice.Telling{Key: "concern", To: "coordinators", Template: "concern.urgent", Ref: ref})
	w.work()
	line := sync.DerivedID("notice", sync.DerivedID("telling", "concern", "coordinators", "concern.urgent", ref), rosa, "")
	if n := w.ask1("SELECT count(*) FROM deliveries WHERE id = '" + sync.DerivedID("delivery", line, "0", "email", "") + "'"); n != "0" {
		t.Error("it is the one of that member")
	}
}

// Ensure that somebody who has come into an account can't keep its person from hearing of
// it by reading the line first.
func TestAttack_WhoComesInCantReadTheWarningAway(t *testing.T) {
	w := newTold(t)
	rosa := w.member(nil)
	w.carrier.answers = func(push.Message, int) error { return &push.Later{Code: "UNAVAILABLE"} }
	w.tell(notice.Telling{To: notice.Member(rosa), Template: "device.new", Ref: "device000000001"})
	w.work()
	w.exec1("UPDATE notices SET read = TRUE, due = ''") // the new phone reads it
	w.carrier.answers, w.now = nil, w.now.Add(time.Hour)
	if got := w.work(); len(got) != 1 {
		t.Errorf("%+v", got)
	}
}
