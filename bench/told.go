package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/hooks"
	"kith/hooks/notices"
	"kith/hooks/syncapi"
	"kith/internal/limits"
	firebase "kith/internal/push"
	"kith/internal/push/fake"
	"kith/internal/store"
)

// storm is Google on a bad day.
var storm = fake.Weather{Seed: 7, Gone: 0.05, Quota: 0.02, Unavailable: 0.02, Cut: 0.002, After: 2 * time.Second}

// told: 10,000 people are told something, each on their phone, by Firebase's own SDK and a
// Google on this machine, which shares the processor; on a day with no faults, on a bad
// one, and without an outbox at all. What waits for another try waits in virtual time, in
// which the worker looks each second as it does in a server: what is counted is the work,
// and how long the last of them waited stands beside it.
func told(_ *server, r *report) error {
	const n, runs = 10_000, 3
	var good, bad, goodWall, badWall, bare, waits, twice []float64
	for range runs {
		calm, err := tell(n, fake.Weather{})
		if err != nil {
			return err
		}
		rough, err := tell(n, storm)
		if err != nil {
			return err
		}
		sending, err := justSend(n)
		if err != nil {
			return err
		}
		good, bad, bare = append(good, n/calm.used.Seconds()), append(bad, n/rough.used.Seconds()), append(bare, n/sending.Seconds())
		goodWall, badWall = append(goodWall, n/calm.took.Seconds()), append(badWall, n/rough.took.Seconds())
		waits, twice = append(waits, rough.waited.Seconds()), append(twice, float64(rough.twice))
	}
	const onBad, peer = "10,000 told, 5 % gone, 2 % 429, 2 % 503, cuts: ended", "the same with no faults"
	r.against(onBad+" a second of CPU", median(bad), "/s", peer, median(good), false, 0.5)
	r.beside(onBad+" a second, from start to end", median(badWall), "/s", peer, median(goodWall))
	r.beside("10,000 told with no faults: a second of CPU", median(good), "/s", "the SDK alone, nothing on disk", median(bare))
	r.plain("10,000 told on a bad day: arrived twice, with one id", median(twice), "")
	r.plain("10,000 told on a bad day: the last waited, in virtual time", median(waits), "s")
	return nil
}

// telling is one run: what it used and took, how long the last one waited, how many came twice.
type telling struct {
	used, took, waited time.Duration
	twice              int
}

func tell(n int, w fake.Weather) (out telling, err error) {
	dir, err := os.MkdirTemp("", "kith-told-")
	if err != nil {
		return out, err
	}
	defer os.RemoveAll(dir)
	google, sender, err := googleAndSender()
	if err != nil {
		return out, err
	}
	defer google.Close()
	google.Decide(w.Decide)
	app := core.NewBaseApp(core.BaseAppConfig{DataDir: dir, DBConnect: store.Open})
	if err := people(app, n); err != nil {
		return out, err
	}
	defer app.ResetBootstrapState() //nolint:errcheck // the folder goes, too
	worker := notices.NewWorker(app, notices.Channels{Push: sender})
	now := time.Now()
	began, begun, before := now, time.Now(), own()
	for due := "now"; due != ""; {
		if err := worker.All(context.Background(), now); err != nil {
			return out, err
		}
		if err := app.DB().NewQuery("SELECT coalesce(min(due), '') FROM deliveries WHERE due <> ''").Row(&due); err != nil {
			return out, err
		}
		if at, err := time.Parse(time.RFC3339Nano, due); err == nil && at.After(now) {
			now = at
		}
		now = now.Add(time.Second)
	}
	out.used, out.took, out.waited = own()-before, time.Since(begun), now.Sub(began)
	out.twice, err = ended(app, google, w, n)
	return out, err
}

func googleAndSender() (*fake.Server, *firebase.Firebase, error) {
	google, err := fake.Start("127.0.0.1:0")
	if err != nil {
		return nil, nil, err
	}
	env := map[string]string{"KITH_FCM": string(google.Credentials()), "KITH_FCM_WEB": string(google.Web()), "KITH_FCM_ENDPOINT": google.URL()}
	credentials, err := firebase.Read(func(name string) string { return env[name] })
	if err != nil {
		return nil, nil, err
	}
	sender, err := firebase.New(context.Background(), credentials)
	return google, sender, err
}

// people are n members with a phone each, all of whom are to be told something.
func people(app core.App, n int) error {
	if err := app.Bootstrap(); err != nil {
		return err
	}
	registry := hooks.Register(app, hooks.Config{})
	if err := errors.Join(app.RunAllMigrations(), syncapi.Prepare(app, registry)); err != nil {
		return err
	}
	return app.RunInTransaction(func(tx core.App) error {
		for _, q := range []string{
			"INSERT INTO communities (id, name, zone) SELECT 'bench0000000000', 'Bench', 'Europe/London' FROM n LIMIT 1",
			"INSERT INTO members (id, firstName, standing, tokenKey) SELECT 'm' || i, 'Rosa', 'active', i FROM n",
			"INSERT INTO registrations (id, member, kind, value, day) SELECT 'd' || i, 'm' || i, 'fid', 'phone-' || i, '2026-01-15' FROM n",
			`INSERT INTO tellings (id, whom, but, template, ref, at, rank, "after", done) SELECT 't' || i, 'member/m' || i, '', 'concern.urgent', '', '2026-01-15T12:00:00.000Z', 0, '', FALSE FROM n`,
		} {
			params := dbx.Params{"first": 10_000_000_000_000, "last": 10_000_000_000_000 + n - 1}
			if _, err := tx.DB().NewQuery("WITH RECURSIVE n(i) AS (SELECT {:first} UNION ALL SELECT i + 1 FROM n WHERE i < {:last}) " + q).Bind(params).Execute(); err != nil {
				return err
			}
		}
		return nil
	})
}

// ended looks that each message has ended as it should, and counts what arrived twice.
func ended(app core.App, google *fake.Server, w fake.Weather, n int) (twice int, err error) {
	var rows []struct {
		Notice, State, Address string
		Kept                   bool
	}
	err = app.DB().NewQuery(`SELECT d.notice, d.state, 'phone-' || substr(d.member, 2) AS address, r.id IS NOT NULL AS kept
		FROM deliveries d LEFT JOIN registrations r ON r.id = d.device WHERE d.channel = 'push'`).All(&rows)
	if err != nil {
		return 0, err
	}
	accepted := google.Accepted()
	for _, row := range rows {
		times, gone := accepted[row.Address+" "+row.Notice], w.IsGone(row.Address)
		if (row.State == "gone") != gone || (row.State == "sent") == gone || row.Kept == gone || (times > 0) == gone {
			return 0, fmt.Errorf("told: %s ended %s, arrived %d times", row.Address, row.State, times)
		}
		twice += max(0, times-1)
	}
	if odd := google.Odd(); len(rows) != n || len(odd) > 0 {
		return 0, fmt.Errorf("told: %d of %d ended; odd: %q", len(rows), n, odd)
	}
	return twice, nil
}

// justSend is what the SDK does by itself, as many at a time as the outbox.
func justSend(n int) (time.Duration, error) {
	google, sender, err := googleAndSender()
	if err != nil {
		return 0, err
	}
	defer google.Close()
	jobs, failed := make(chan int), make(chan error, n)
	before := own()
	var all sync.WaitGroup
	for range limits.DeliveriesAtOnce {
		all.Go(func() {
			for i := range jobs {
				failed <- sender.Send(context.Background(), firebase.Message{To: fmt.Sprint("phone-", i), FID: true, N: fmt.Sprint("n", i), K: firebase.Task})
			}
		})
	}
	for i := range n {
		jobs <- i
	}
	close(jobs)
	all.Wait()
	close(failed)
	var errs []error
	for err := range failed {
		errs = append(errs, err)
	}
	return own() - before, errors.Join(errs...)
}
