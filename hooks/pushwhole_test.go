package hooks_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"kith/hooks"
	"kith/hooks/notices"
	"kith/internal/notice"
	"kith/internal/push"
	"kith/internal/push/fake"
	"kith/seed"
)

// googleTold is a town whose people are told through Firebase's own SDK, by a fake Google.
type googleTold struct {
	*told
	google *fake.Server
}

func newGoogleTold(t *testing.T) *googleTold {
	t.Helper()
	s := google(t)
	cfg := googled(t, s, nil)
	sender, err := push.New(t.Context(), cfg.Firebase.Credentials)
	must(t, err)
	town, err := raise(t, migrated(t), hooks.Config{Public: page})
	must(t, err)
	w := &told{town: town, now: noon}
	w.worker = notices.NewWorker(w.app, notices.Channels{Push: sender})
	t.Cleanup(func() {
		if odd := s.Odd(); len(odd) > 0 {
			t.Errorf("what left is not what may leave: %q", odd[:min(3, len(odd))])
		}
	})
	return &googleTold{w, s}
}

// phones are so many people with a phone each. Its address is phone-<number>.
func (w *googleTold) phones(n int) {
	w.t.Helper()
	for _, q := range []string{
		`INSERT INTO members (id, firstName, standing, tokenKey) SELECT 'm' || value, 'Rosa', 'active', value FROM generate`,
		`INSERT INTO registrations (id, member, kind, value, day) SELECT 'd' || value, 'm' || value, 'fid', 'phone-' || value, '2026-01-15' FROM generate`,
	} {
		_, err := w.app.DB().NewQuery("WITH RECURSIVE generate(value) AS (SELECT 10000000000000 UNION ALL SELECT value + 1 FROM generate WHERE value + 1 < 10000000000000 + {:n}) " + q).
			Bind(dbx.Params{"n": n}).Execute()
		must(w.t, err)
	}
}

// tellAll tells each of them something.
func (w *googleTold) tellAll(template string) {
	w.t.Helper()
	_, err := w.app.DB().NewQuery(`INSERT INTO tellings (id, whom, but, template, ref, at, rank, "after", done)
		SELECT 't' || substr(id, 2), 'member/' || id, '', {:template}, '', {:at}, 1, '', FALSE FROM members`).
		Bind(dbx.Params{"template": template, "at": w.now.Format(time.RFC3339)}).Execute()
	must(w.t, err)
}

// untilDone works until nothing is left to do, and goes forward in time for whatever waits.
func (w *googleTold) untilDone() {
	w.t.Helper()
	for {
		must(w.t, w.worker.All(w.t.Context(), w.now))
		due := w.ask1("SELECT coalesce(min(due), '') FROM (SELECT due FROM deliveries UNION ALL SELECT due FROM notices) WHERE due <> ''")
		if due == "" {
			return
		}
		at, err := time.Parse(time.RFC3339Nano, due)
		must(w.t, err)
		w.now = later(w.now.Add(time.Second), at)
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// Ensure that with Google in bad weather every message ends: accepted, or with nobody
// there any more and the address forgotten, or dead with its reason. None is lost.
func TestPush_EveryMessageEndsWhateverGoogleAnswers(t *testing.T) {
	w := newGoogleTold(t)
	const n = 10000
	weather := fake.Weather{Seed: 7, Gone: 0.05, Quota: 0.02, Unavailable: 0.02, Cut: 0.002, After: 2 * time.Second}
	w.google.Decide(weather.Decide)
	w.make("communities", map[string]any{"name": "Test town", "zone": "Europe/London"})
	w.phones(n)
	special := map[string]fake.Answer{"phone-10000000000001": fake.InvalidPayload(), "phone-10000000000002": fake.InvalidToken(), "phone-10000000000003": fake.SenderMismatch()}
	for to, a := range special {
		w.google.Answer(to, a)
	}
	w.tellAll("device.pending")
	begun := time.Now()
	w.untilDone()
	took := time.Since(begun)

	var rows []struct {
		Notice, State, Reason, Address string
	}
	must(t, w.app.DB().NewQuery(`SELECT d.notice, d.state, d.reason, 'phone-' || substr(d.member, 2) AS address FROM deliveries d`).All(&rows))
	if len(rows) != n {
		t.Fatalf("%d deliveries", len(rows))
	}
	var kept []string
	must(t, w.app.DB().NewQuery("SELECT value FROM registrations").Column(&kept))
	registered := map[string]bool{}
	for _, k := range kept {
		registered[k] = true
	}
	accepted, ends, twice := w.google.Accepted(), map[string]int{}, 0
	for _, r := range rows {
		want, there := "sent ", true
		if a, is := special[r.Address]; is {
			want, there = map[int]string{400: "gone INVALID_ARGUMENT", 403: "gone SENDER_ID_MISMATCH"}[a.Status], false
			if r.Address == "phone-10000000000001" {
				want, there = "dead INVALID_ARGUMENT", true
			}
		} else if weather.IsGone(r.Address) {
			want, there = "gone UNREGISTERED", false
		}
		times := accepted[r.Address+" "+r.Notice]
		if got := r.State + " " + r.Reason; got != want || registered[r.Address] != there || (times > 0) != (want == "sent ") {
			t.Fatalf("%s ended %q and not %q, its address is kept: %v, it was accepted %d times", r.Address, got, want, registered[r.Address], times)
		}
		ends[r.State]++
		twice += max(0, times-1)
	}
	t.Logf("%v of %d in %s (%.0f/s, waiting in virtual time, until %s later); %d arrived twice, and have one id", ends, n, took.Round(time.Millisecond), n/took.Seconds(), w.now.Sub(noon), twice)
}

// Ensure that all that leaves for Google is one of four texts with a random id and a
// phone's address in it: whatever happens in the demo town, to whomever, where and when,
// and that none of its words is in it.
func TestPush_NothingOfTheTownLeavesForGoogle(t *testing.T) {
	w := newGoogleTold(t)
	must(t, seed.Fill(w.app, noon))
	w.exec1("DELETE FROM registrations") // the demo's own, of the older kind
	// NB! Nothing here is random: an id in which somebody's name stands by chance would be one more canary.
	_, err := w.app.DB().NewQuery(`INSERT OR REPLACE INTO registrations (id, member, kind, value, day)
		SELECT id, id, 'fid', substr(hex(id), -22), '2026-01-15' FROM members WHERE standing = 'active'`).Execute()
	must(t, err)
	var refs []string
	must(t, w.app.DB().NewQuery(`SELECT id FROM listings UNION SELECT id FROM shops UNION SELECT id FROM visits UNION SELECT '' ORDER BY 1`).Column(&refs))
	var members []string
	must(t, w.app.DB().NewQuery("SELECT id FROM members WHERE standing = 'active' ORDER BY id").Column(&members))
	for i, name := range slices.Sorted(slices.Values(notice.Names())) {
		w.now = w.now.Add(25*time.Hour + 7*time.Minute)
		for j, m := range members {
			w.tell(notice.Telling{Key: name, To: notice.Member(m), Template: name, Ref: refs[(i*len(members)+j)%len(refs)]})
		}
		w.untilDone()
	}

	kinds, ids := map[string]int{}, map[string]bool{}
	var list []string
	must(t, w.app.DB().NewQuery("SELECT id FROM notices").Column(&list))
	for _, id := range list {
		ids[id] = true
	}
	for _, r := range w.google.Requests() {
		if got := strings.NewReplacer(r.N, "N", r.To, "TO").Replace(r.Raw); got != leaves(r) || !ids[r.N] {
			t.Fatalf("this left: %q", r.Raw)
		}
		kinds[r.K]++
	}
	for _, k := range []string{push.Task, push.Notice, push.Loyalty, push.Account} {
		if kinds[k] < len(members) {
			t.Errorf("of kind %s there were %d for %d people", k, kinds[k], len(members))
		}
	}
	canaries := w.canaries()
	if held := w.google.Holds(canaries...); len(held) > 0 || len(canaries) < 300 {
		t.Errorf("of %d canaries: %q", len(canaries), held[:min(5, len(held))])
	}
}

// leaves is all that may leave, of which nothing but the kind differs.
func leaves(r fake.Request) string {
	urgency := map[string]string{push.Task: "high", push.Account: "high", push.Notice: "normal", push.Loyalty: "normal"}[r.K]
	return fmt.Sprintf("POST /v1/projects/"+fake.Project+"/messages:send HTTP/2.0\n"+
		"Accept-Encoding: gzip\nContent-Length: %d\nContent-Type: application/json\nUser-Agent: Go-http-client/2.0\nX-Goog-Api-Format-Version: 2\n\n"+
		`{"message":{"data":{"k":"%s","n":"N","v":"1"},"webpush":{"headers":{"TTL":"86400","Topic":"%[2]s","Urgency":"%s"}},"fid":"TO"}}`, len(r.Body), r.K, urgency)
}

// canaries are the names, places, titles, reasons and times of the town.
func (w *googleTold) canaries() (out []string) {
	w.t.Helper()
	must(w.t, w.app.DB().NewQuery(`SELECT firstName FROM members WHERE length(firstName) > 2 UNION SELECT title FROM listings UNION SELECT place FROM listings WHERE place <> ''
		UNION SELECT organisation FROM listings WHERE organisation <> '' UNION SELECT name FROM shops UNION SELECT name FROM communities UNION SELECT id FROM listings UNION SELECT id FROM members
		UNION SELECT occurrence FROM visits WHERE occurrence <> '' UNION SELECT firstName FROM visits WHERE length(firstName) > 2 UNION SELECT substr(at, 1, 10) FROM notices`).Column(&out))
	return append(out, noon.Format("2006-01-02"), "13:07")
}
