package hooks_test

import (
	"context"
	"slices"
	gosync "sync"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/hooks"
	"kith/hooks/notices"
	"kith/internal/notice"
	"kith/internal/push"
)

// carrier is where pushes go in a test: it accepts each, unless answers says otherwise.
type carrier struct {
	mu      gosync.Mutex
	got     []push.Message
	answers func(m push.Message, n int) error
}

func (g *carrier) Send(_ context.Context, m push.Message) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.got = append(g.got, m)
	if g.answers != nil {
		return g.answers(m, len(g.got))
	}
	return nil
}

// took are the messages since the last time, in the order of their addresses.
func (g *carrier) took() []push.Message {
	g.mu.Lock()
	defer g.mu.Unlock()
	got := g.got
	g.got = nil
	slices.SortFunc(got, func(a, b push.Message) int {
		if a.To < b.To {
			return -1
		}
		return 1
	})
	return got
}

// told is a town in which people are told things.
type told struct {
	*town
	carrier *carrier
	worker  *notices.Worker
	mails   []string // to whom, and the subject
	now     time.Time
}

// noon is a winter's day on which nothing is quiet.
var noon = time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC)

func newTold(t testing.TB) *told {
	t.Helper()
	w := &told{town: townOf(t, hooks.Config{Public: page}), carrier: &carrier{}, now: noon}
	var mu gosync.Mutex
	w.worker = notices.NewWorker(w.app, notices.Channels{Push: w.carrier, Mail: func(_ core.App, to, subject, _ string) error {
		mu.Lock()
		defer mu.Unlock()
		w.mails = append(w.mails, to+": "+subject)
		return nil
	}})
	return w
}

// member takes part; each has a phone that can be reached, by the address of their id.
func (w *told) member(values map[string]any) string {
	w.t.Helper()
	all := map[string]any{"firstName": "Rosa", "standing": "active", "email": newID() + "@example.org", "verified": true}
	for k, v := range values {
		all[k] = v
	}
	m := w.make("members", all)
	if !m.GetBool("noPhone") {
		w.reach(m.Id, m.Id)
	}
	return m.Id
}

func (w *told) reach(member, address string) (device string) {
	w.t.Helper()
	r := w.make("registrations", map[string]any{"member": member, "kind": "token", "value": address, "day": "2026-01-15"})
	return r.Id
}

func (w *told) tell(t notice.Telling) {
	w.t.Helper()
	if t.Key == "" {
		t.Key = newID()
	}
	if t.At.IsZero() {
		t.At = w.now
	}
	must(w.t, w.app.RunInTransaction(func(tx core.App) error { return notice.Tell(tx.DB(), t) }))
}

// work has all done that is to be done by now.
func (w *told) work() []push.Message {
	w.t.Helper()
	must(w.t, w.worker.All(w.t.Context(), w.now))
	return w.carrier.took()
}

func (w *told) chooses(member string, values map[string]any) {
	w.t.Helper()
	if _, err := w.app.DB().NewQuery("DELETE FROM noticeChoices WHERE id = {:id}").Bind(dbx.Params{"id": member}).Execute(); err != nil {
		w.t.Fatal(err)
	}
	all := map[string]any{"id": member}
	for k, v := range values {
		all[k] = v
	}
	w.make("noticeChoices", all)
}

func (w *town) ask1(query string) (s string) {
	w.t.Helper()
	must(w.t, w.app.DB().NewQuery(query).Row(&s))
	return s
}

func (w *town) exec1(statement string) {
	w.t.Helper()
	_, err := w.app.DB().NewQuery(statement).Execute()
	must(w.t, err)
}
