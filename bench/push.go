package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/calendar"
	"kith/internal/store"
	"kith/internal/sync"
)

// push: 1,000 queued commands, durably, then the same again, beside the same
// 1,000 rows saved by PocketBase in one transaction: turn and turn about.
func push(s *server, r *report) error {
	const n, runs = 1000, 5
	wishes, err := s.wishes(n)
	if err != nil {
		return err
	}
	peers, err := s.peers()
	if err != nil {
		return err
	}
	var first, again, wall []float64
	saves := make([][2][]float64, len(peers)) // CPU and wall of each
	for run := range runs {
		d, err := s.join()
		if err != nil {
			return err
		}
		if _, err := d.all(map[string]json.RawMessage{}); err != nil {
			return err
		}
		commands := make([]sync.Command, n)
		for i := range commands {
			args, err := json.Marshal(wishes[i].args(i))
			if err != nil {
				return err
			}
			commands[i] = sync.Command{Number: int64(i + 1), Nonce: random(), Name: "visits.come", V: 1, Args: args, At: sync.Stamp(time.Now())}
		}
		old := d.cursor
		send := func(int) error {
			d.cursor = old
			raw, err := d.do("POST", "/api/sync", d.token, d.request(commands), nil)
			if err == nil && strings.Count(string(raw), `"status":"ok"`) != n {
				err = fmt.Errorf("push: not all of it was done: %.300s", raw)
			}
			return err
		}
		var cpu, took time.Duration
		if err := s.profile("push", func() (err error) {
			cpu, took, err = s.times(1, send)
			return err
		}); err != nil {
			return err
		}
		first, wall = append(first, ms(cpu)), append(wall, ms(took))
		if cpu, _, err = s.times(5, send); err != nil {
			return err
		}
		again = append(again, ms(cpu))
		for i, p := range peers {
			cpu, took, err := p.save(wishes, run)
			if err != nil {
				return err
			}
			saves[i][0], saves[i][1] = append(saves[i][0], ms(cpu)), append(saves[i][1], ms(took))
		}
	}
	for i, p := range peers {
		if i == 0 {
			r.against("push of 1,000 commands: server CPU", median(first), "ms", p.name, median(saves[i][0]), true, 1.5)
			r.against("push of 1,000 commands: to the answer in a Go client", median(wall), "ms", p.name, median(saves[i][1]), true, 1.5)
		} else {
			r.beside("push of 1,000 commands: server CPU", median(first), "ms", p.name, median(saves[i][0]))
		}
		p.close()
	}
	r.against("the same 1,000 commands again: server CPU", median(again), "ms", "the first time", median(first), true, 0.2)
	return nil
}

// wish is a meeting that somebody can come to.
type wish struct{ listing, occurrence string }

// wishes are the next n meetings of listings of the town, a week of each, then the
// next week: those that are on.
func (s *server) wishes(n int) (out []wish, err error) {
	db, err := store.Open(s.dir + "/data.db")
	if err != nil {
		return nil, err
	}
	defer db.Close()
	var rows []struct {
		ID       string `db:"id"`
		Schedule string `db:"schedule"`
	}
	if err := db.NewQuery(`SELECT id, schedule FROM listings WHERE status = 'active' AND json_array_length(schedule) = 1
		AND json_extract(schedule, '$[0].rrule') LIKE 'FREQ=WEEKLY;BYDAY=__' ORDER BY id LIMIT 1000`).All(&rows); err != nil {
		return nil, err
	}
	for day := 7; len(out) < n && day < 100; day++ {
		date := time.Now().AddDate(0, 0, day).Format(time.DateOnly)
		for _, r := range rows {
			when, err := calendar.Parse([]byte(r.Schedule))
			if err != nil {
				return nil, err
			}
			key := date + when[0].Start[len(time.DateOnly):]
			if o, found := when.Find(key); found && !o.Cancelled && len(out) < n {
				out = append(out, wish{r.ID, key})
			}
		}
	}
	if len(out) < n {
		return nil, fmt.Errorf("only %d meetings", len(out))
	}
	return out, nil
}

func (w wish) args(i int) map[string]string {
	id := make([]byte, 0, 15)
	for _, c := range []byte(strings.ToLower(random())) {
		if len(id) < 10 && (c >= 'a' && c <= 'z' || c >= '0' && c <= '9') {
			id = append(id, c)
		}
	}
	return map[string]string{"id": fmt.Sprintf("%s%0*d", id, 15-len(id), i), "listing": w.listing, "occurrence": w.occurrence, "firstName": "Bench", "welcome": "none"}
}

// peer is PocketBase without Kith, on a copy of the same data.
type peer struct {
	name, dir string
	app       *core.BaseApp
	tells     bool // it puts down, too, that the hosts are to be told of each visit
}

// peers are four. The first is what a feature of the same server would pay for
// the same rows, visits and whom to tell of them: connections that keep their
// statements, and triggers that keep the index. Each other one lacks one of these.
func (s *server) peers() ([]*peer, error) {
	kinds := []struct {
		name     string
		open     func(string) (*dbx.DB, error)
		triggers bool
		tells    bool
	}{
		{"app.Save of the same rows, one transaction", store.Open, true, true},
		{"app.Save of the visits alone", store.Open, true, false},
		{"app.Save as PocketBase opens its database", store.OpenPlain, true, true},
		{"app.Save without the triggers of the index", store.Open, false, true},
	}
	var out []*peer
	for _, k := range kinds {
		dir, err := os.MkdirTemp("", "kith-bench-peer-")
		if err != nil {
			return nil, err
		}
		p := &peer{name: k.name, dir: dir, app: core.NewBaseApp(core.BaseAppConfig{DataDir: dir, DBConnect: k.open}), tells: k.tells}
		if err := p.fill(s.dir, k.triggers); err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}

func (p *peer) fill(from string, triggers bool) error {
	db, err := store.Open(from + "/data.db")
	if err != nil {
		return err
	}
	defer db.Close()
	if _, err := db.NewQuery("VACUUM INTO '" + p.dir + "/data.db'").Execute(); err != nil {
		return err
	}
	if err := p.app.Bootstrap(); err != nil || triggers {
		return err
	}
	return sync.Uninstall(p.app.NonconcurrentDB())
}

func (p *peer) close() {
	_ = p.app.ResetBootstrapState() // the figures are taken
	_ = os.RemoveAll(p.dir)
}

// save stores what the push of these wishes stores.
func (p *peer) save(wishes []wish, run int) (cpu, wall time.Duration, err error) {
	visits, err := p.app.FindCollectionByNameOrId("visits")
	if err != nil {
		return 0, 0, err
	}
	tellings, err := p.app.FindCollectionByNameOrId("tellings")
	if err != nil {
		return 0, 0, err
	}
	var member string
	if err := p.app.DB().NewQuery("SELECT id FROM members ORDER BY id LIMIT 1 OFFSET {:run}").Bind(dbx.Params{"run": run}).Row(&member); err != nil {
		return 0, 0, err
	}
	before, began := own(), time.Now()
	err = p.app.RunInTransaction(func(tx core.App) error {
		for i, w := range wishes {
			v := core.NewRecord(visits)
			for k, value := range w.args(i) {
				v.Set(k, value)
			}
			v.Set("member", member)
			v.Set("status", "coming")
			v.Set("occurredAt", sync.Stamp(began))
			v.Set("clock", "good")
			if err := tx.Save(v); err != nil {
				return err
			}
			if !p.tells {
				continue
			}
			told := core.NewRecord(tellings)
			told.Load(map[string]any{"whom": "host/" + w.listing, "but": member, "template": "visit.new", "ref": w.listing, "at": sync.Stamp(began), "rank": 1})
			if err := tx.Save(told); err != nil {
				return err
			}
		}
		return nil
	})
	return own() - before, time.Since(began), err
}
