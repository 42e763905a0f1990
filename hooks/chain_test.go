package hooks_test

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	gosync "sync"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"kith/hooks/notices"
	"kith/hooks/triage"
	"kith/internal/concern"
)

// chain is a town in which an urgent concern waits, in a time of its own: who is told by
// which way, minute by minute.
type chain struct {
	*careful
	carrier *carrier
	worker  *notices.Worker
	watch   *triage.Watch
	came    time.Time
	people  map[string]string // of whom an address is

	boss, other, coach, second *phone

	mu    gosync.Mutex
	mails []string
}

func newChain(t *testing.T) *chain {
	w := &chain{careful: newCareful(t), carrier: &carrier{}, watch: triage.NewWatch(), came: time.Now(), people: map[string]string{}}
	w.sendsMail()
	w.worker = notices.NewWorker(w.app, notices.Channels{Push: w.carrier, Mail: func(_ core.App, to, subject, _ string) error {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.mails = append(w.mails, "mail "+w.people[to])
		if strings.Contains(subject, "canary") {
			t.Errorf("a mail says %q", subject)
		}
		return nil
	}})
	w.boss, w.other = w.phone("coordinator"), w.phone("coordinator")
	w.coach, w.second = w.phone("resident").with("coach"), w.phone("resident").with("coach")
	for name, p := range map[string]*phone{"boss": w.boss, "other": w.other, "coach": w.coach, "second": w.second} {
		address := name + "@example.org"
		w.hasEmail(p.member, address)
		w.make("registrations", map[string]any{"id": p.device, "member": p.member, "kind": "token", "value": "phone of " + name, "day": "2026-11-25"})
		w.people[address], w.people["phone of "+name] = name, name
	}
	w.make("onCall", map[string]any{"name": "Tom", "phone": "020 7946 0001"})
	w.told(0)
	return w
}

// passesOn is an urgent concern that a Listener has passed on.
func (w *chain) passesOn() string {
	w.t.Helper()
	p := w.trained()
	slip := p.write(p.named(), concern.Urgent)
	if got := p.sends(slip.says); got != "ok" {
		w.t.Fatal(got)
	}
	w.came = time.Now()
	return slip.says.ID
}

// told has all be done that is due so many minutes after it came, and gives whom that
// told: "push name", "mail name".
func (w *chain) told(minutes int) []string {
	w.t.Helper()
	now := w.came.Add(time.Duration(minutes) * time.Minute)
	must(w.t, w.watch.Waited(w.app, now))
	must(w.t, w.worker.All(context.Background(), now))
	out := w.mails
	w.mails = nil
	for _, m := range w.carrier.took() {
		if m.K != "task" {
			w.t.Errorf("%+v", m)
		}
		out = append(out, "push "+w.people[m.To])
	}
	slices.Sort(out)
	return out
}

// reaches holds it to that those, and nobody else, are told by push and by e-mail.
func (w *chain) reaches(minutes int, names ...string) {
	w.t.Helper()
	var want []string
	for _, name := range names {
		want = append(want, "push "+name, "mail "+name)
	}
	slices.Sort(want)
	if got := w.told(minutes); !slices.Equal(got, want) {
		w.t.Errorf("after %d minutes: %q, and not %q", minutes, got, want)
	}
}

// inbox is what somebody's own phone holds of their inbox, unread.
func (w *chain) inbox(p *phone) (lines []string) {
	w.t.Helper()
	for _, row := range p.holds("notices") {
		if row["read"] == false {
			lines = append(lines, fmt.Sprint(row["template"], " ", row["ref"]))
		}
	}
	slices.Sort(lines)
	return lines
}

func (w *chain) stands(id string) string {
	r := w.record("concerns", id)
	return strings.TrimSpace(fmt.Sprint(r.GetString("state"), " ", r.GetInt("escalated"), " ", w.people[w.emailOf(r.GetString("assignee"))]))
}

func (w *chain) emailOf(member string) string {
	if member == "" {
		return ""
	}
	return w.record("members", member).Email()
}

// Ensure that an urgent concern which nobody takes is told of to the coordinators at once,
// to all responders after ten minutes, and once more to the coordinators after twenty, by
// e-mail and by push; that whom to ring is on their screens then; and that all of that is
// over when somebody takes it.
func TestChain_AnUrgentConcernThatNobodyTakes(t *testing.T) {
	w := newChain(t)
	id := w.passesOn()
	w.reaches(0, "boss", "other")
	w.reaches(9)
	w.reaches(10, "boss", "other", "coach", "second")
	w.reaches(19)
	w.reaches(20, "boss", "other")
	w.reaches(120)

	row := w.boss.exchange(map[string]any{"cursor": ""}).rows["coordinators concerns/"+id]
	if row["state"] != "new" || row["escalated"] != float64(2) || len(w.boss.holds("onCall")) != 1 {
		t.Errorf("on the coordinator's screen: %v, and %d numbers", row, len(w.boss.holds("onCall")))
	}
	want := []string{"concern.phone " + id, "concern.urgent " + id, "concern.waits " + id}
	if got := w.inbox(w.boss); !slices.Equal(got, want) {
		t.Errorf("in their inbox: %q", got)
	}
	if got := w.inbox(w.second); !slices.Equal(got, want[2:]) {
		t.Errorf("in a coach's: %q", got)
	}
	w.second.doesWell("concerns.take", map[string]any{"id": id})
	w.reaches(121)
	if left := len(w.inbox(w.boss)) + len(w.inbox(w.other)) + len(w.inbox(w.coach)) + len(w.inbox(w.second)); left > 0 {
		t.Errorf("%d are still asked to take it", left)
	}
}

// Ensure that one which was given to somebody who does not look goes on as if nobody had
// it, whoever watches and however often they start again: the next one can take it, and
// whom to ring shows in the end.
func TestChain_GivenToSomebodyWhoDoesNotLook(t *testing.T) {
	w := newChain(t)
	id := w.passesOn()
	w.reaches(0, "boss", "other")
	w.boss.doesWell("concerns.assign", map[string]any{"id": id, "member": w.coach.member})
	w.came = time.Now()
	w.reaches(1, "coach")
	w.reaches(9)
	if got := w.stands(id); got != "assigned 0 coach" {
		t.Errorf("too early: %s", got)
	}
	w.watch = triage.NewWatch() // the server has started again
	w.reaches(10, "boss", "other", "coach", "second")
	if got := w.stands(id); got != "new 1" {
		t.Errorf("after ten minutes: %s", got)
	}
	if e := w.entries("concerns.release", id); len(e) != 1 || !strings.Contains(string(e[0].Detail), "unopened") || e[0].Actor != "" {
		t.Errorf("in the record: %+v", e)
	}
	if got := w.inbox(w.coach); !slices.Equal(got, []string{"concern.waits " + id}) {
		t.Errorf("who had it reads %q", got)
	}
	w.reaches(19)
	w.reaches(20, "boss", "other")
	if got := w.stands(id); got != "new 2" {
		t.Errorf("in the end: %s", got)
	}
	w.second.doesWell("concerns.take", map[string]any{"id": id})
	if got := w.stands(id); got != "assigned 0 second" {
		t.Errorf("then %s", got)
	}
	w.reaches(200)
}

// Ensure that whoever was given one and looks, in whichever way, keeps it.
func TestChain_WhoLooksKeepsIt(t *testing.T) {
	for name, look := range map[string]func(w *chain, id string){
		"opens it":      func(w *chain, id string) { w.coach.mustOpen(id, "") },
		"writes a note": func(w *chain, id string) { w.coach.doesWell("concerns.note", w.noteArgs(id, "I rang.")) },
		"says so":       func(w *chain, id string) { w.coach.doesWell("concerns.take", map[string]any{"id": id}) },
	} {
		w := newChain(t)
		id := w.raised(map[string]any{"urgency": "urgent"}).Id
		w.boss.doesWell("concerns.assign", map[string]any{"id": id, "member": w.coach.member})
		w.came = time.Now()
		w.reaches(1, "coach")
		look(w, id)
		w.reaches(10)
		w.reaches(60)
		if got := w.stands(id); got != "assigned 0 coach" {
			t.Errorf("who %s: %s", name, got)
		}
	}
}

// Ensure that what another opens, a coordinator who looks over it or somebody who breaks
// the glass, doesn't count as its own person having looked; and that one which isn't
// urgent, or which somebody took themselves, stays with them.
func TestChain_OnlyTheirOwnLookCounts(t *testing.T) {
	w := newChain(t)
	given, normal, taken := w.raised(map[string]any{"urgency": "urgent"}).Id, w.raised(nil).Id, w.raised(map[string]any{"urgency": "urgent"}).Id
	for _, id := range []string{given, normal} {
		w.boss.doesWell("concerns.assign", map[string]any{"id": id, "member": w.coach.member})
	}
	w.second.doesWell("concerns.take", map[string]any{"id": taken})
	w.came = time.Now()
	w.boss.mustOpen(given, "")
	w.second.mustOpen(given, "She stands in the shop.")
	w.told(10)
	if got := []string{w.stands(given), w.stands(normal), w.stands(taken)}; !slices.Equal(got, []string{"new 1", "assigned 0 coach", "assigned 0 second"}) {
		t.Errorf("%q", got)
	}
}

// Ensure that nothing which is stored of all that says when it came, but for the hour,
// nor who passed it on.
func TestChain_NothingSaysTheMinute(t *testing.T) {
	w := newChain(t)
	id := w.passesOn()
	for _, minutes := range []int{0, 10, 20} {
		w.told(minutes)
	}
	fine := regexp.MustCompile(`\d\d[T ]\d\d:(\d[1-9]|[1-9]\d):|\d\d[T ]\d\d:\d\d:(\d[1-9]|[1-9]\d)|\.\d*[1-9]\d*Z`)
	for _, table := range []string{"notices", "tellings", "deliveries"} {
		rows, err := w.app.FindAllRecords(table)
		must(t, err)
		if len(rows) == 0 {
			t.Errorf("no %s", table)
		}
		for _, r := range rows {
			for _, name := range r.Collection().Fields.FieldNames() {
				if said := r.GetString(name); fine.MatchString(said) || strings.Contains(said, "canary") {
					t.Errorf("%s.%s of %s says %q", table, name, id, said)
				}
			}
		}
	}
}
