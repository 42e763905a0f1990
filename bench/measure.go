package main

import (
	"encoding/json"
	"fmt"
	gosync "sync"
	"time"

	"github.com/klauspost/compress/zstd"

	"kith/internal/store"
)

// columns of a listing that leave the server, as one JSON object: what a bare
// scan has to do, too.
const object = `json_object('id', id, 'kind', kind, 'title', title, 'summary', summary, 'description', description, 'organisation', organisation,
	'place', place, 'room', room, 'schedule', json(schedule), 'prices', json(prices), 'access', json(access), 'venue', venue, 'languages', json(languages),
	'whoComes', whoComes, 'firstVisit', json(firstVisit), 'contact', json(contact), 'checked', checked, 'status', status, 'source', source, 'sourceUrl', sourceUrl, 'twin', twin)`

// firstSync: a device that holds nothing gets everything.
func firstSync(s *server, r *report) error {
	d, err := s.join()
	if err != nil {
		return err
	}
	rows := map[string]json.RawMessage{}
	travelled, err := d.all(rows) // warms up, and counts
	if err != nil {
		return err
	}
	const runs = 10
	asTheApp, _, err := s.times(runs, func(int) error { return visit(s) })
	if err != nil {
		return err
	}
	var cpu, wall time.Duration
	err = s.profile("first-sync", func() (err error) {
		cpu, wall, err = s.times(runs, func(int) error {
			d.cursor = ""
			_, err := d.all(map[string]json.RawMessage{})
			return err
		})
		return err
	})
	if err != nil {
		return err
	}
	d.plain = true
	bare, _, err := s.times(runs, func(int) error {
		d.cursor = ""
		_, err := d.all(map[string]json.RawMessage{})
		return err
	})
	if err != nil {
		return err
	}
	scan, bytes, err := bareScan(s, runs)
	if err != nil {
		return err
	}
	list, _, err := s.times(runs/2, func(int) error { return listAPI(s, len(rows)) })
	if err != nil {
		return err
	}
	r.plain("first sync: rows", float64(len(rows)), "rows")
	r.against("first sync: bytes on the wire", float64(travelled)/1000, "kB", "bare scan, same zstd", float64(bytes)/1000, true, 1.5)
	r.against("first sync as the app does it: server CPU", ms(asTheApp), "ms", "bare scan, same zstd", ms(scan), true, 1.2)
	r.against("first sync as the app does it: server CPU", ms(asTheApp), "ms", "PocketBase's list API", ms(list), true, 0.25)
	r.against("first sync all by POST: server CPU", ms(cpu), "ms", "bare scan, same zstd", ms(scan), true, 1.2)
	r.against("first sync all by POST, not compressed: server CPU", ms(bare), "ms", "PocketBase's list API, not compressed either", ms(list), true, 0.25)
	r.plain("first sync all by POST: of PocketBase's list API, compressing included", ms(cpu)/ms(list), "×")
	r.plain("first sync all by POST: to the last row applied in a Go client", ms(wall), "ms")
	return nil
}

// visit is a first sync as the app does it: the public chunks, which a town's
// phones share, then the joined device's own rows. Ten of these fall into one
// life of the chunks in memory (30 s), so a tenth of making them is in each.
func visit(s *server) error {
	d, err := s.join()
	if err != nil {
		return err
	}
	rows := map[string]json.RawMessage{}
	for next, done := "/api/sync/public/-/0/0", false; !done; {
		raw, err := s.do("GET", next, "", nil, map[string]string{"Accept-Encoding": "zstd"})
		if err != nil {
			return err
		}
		if done, err = d.apply(raw, rows); err != nil {
			return err
		}
		next = d.next
	}
	_, err = d.all(rows)
	return err
}

// bareScan reads the same rows in this process and compresses them alike.
func bareScan(s *server, runs int) (time.Duration, int, error) {
	db, err := store.Open(s.dir + "/data.db")
	if err != nil {
		return 0, 0, err
	}
	defer db.Close()
	var size int
	scan := func() error {
		counted := &counter{}
		enc, err := zstd.NewWriter(counted, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(128<<10))
		if err != nil {
			return err
		}
		rows, err := db.DB().Query("SELECT " + object + " FROM listings WHERE status <> 'draft'")
		if err != nil {
			return err
		}
		defer rows.Close()
		var raw []byte
		for rows.Next() {
			if err := rows.Scan(&raw); err != nil {
				return err
			}
			if _, err := enc.Write(append(raw, '\n')); err != nil {
				return err
			}
		}
		if err := enc.Close(); err != nil {
			return err
		}
		size = counted.n
		return rows.Err()
	}
	if err := scan(); err != nil {
		return 0, 0, err
	}
	before := own()
	for range runs {
		if err := scan(); err != nil {
			return 0, 0, err
		}
	}
	return (own() - before) / time.Duration(runs), size, nil
}

type counter struct{ n int }

func (c *counter) Write(p []byte) (int, error) { c.n += len(p); return len(p), nil }

// listAPI reads the same rows as a client of PocketBase's own API would.
func listAPI(s *server, rows int) error {
	got := 0
	for page := 1; got < rows && page <= 1+rows/1000; page++ {
		raw, err := s.do("GET", fmt.Sprintf("/api/collections/listings/records?perPage=1000&skipTotal=1&page=%d", page), s.root, nil, nil)
		if err != nil {
			return err
		}
		var body struct{ Items []json.RawMessage }
		if err := json.Unmarshal(raw, &body); err != nil {
			return err
		}
		got += len(body.Items)
	}
	return nil
}

// delta: 100 changed rows reach a device that was up to date.
func delta(s *server, r *report) error {
	d, err := s.join()
	if err != nil {
		return err
	}
	if _, err := d.all(map[string]json.RawMessage{}); err != nil {
		return err
	}
	db, err := store.Open(s.dir + "/data.db")
	if err != nil {
		return err
	}
	defer db.Close()
	if _, err := db.NewQuery("UPDATE listings SET room = room || '.' WHERE id IN (SELECT id FROM listings ORDER BY id LIMIT 100)").Execute(); err != nil {
		return err
	}
	old, travelled := d.cursor, 0
	cpu, wall, err := s.times(100, func(int) error {
		d.cursor = old
		rows := map[string]json.RawMessage{}
		n, done, err := d.pull(nil, rows)
		travelled = n
		if err == nil && (!done || len(rows) != 100) {
			err = fmt.Errorf("delta: %d rows", len(rows))
		}
		return err
	})
	r.plain("100-row delta: server CPU", ms(cpu), "ms")
	r.plain("100-row delta: to the last row applied in a Go client", ms(wall), "ms")
	r.plain("100-row delta: bytes", float64(travelled)/1000, "kB")
	return err
}

// nothingNew: what an idle town asks.
func nothingNew(s *server, r *report) error {
	d, err := s.join()
	if err != nil {
		return err
	}
	if _, err := d.all(map[string]json.RawMessage{}); err != nil {
		return err
	}
	body, err := json.Marshal(d.request(nil))
	if err != nil {
		return err
	}
	ask := func(method, path string, body any) func() error {
		return func() error {
			_, err := s.do(method, path, d.token, body, nil)
			return err
		}
	}
	ours, health := ask("POST", "/api/sync", body), ask("GET", "/api/health", nil)
	var a, b []float64
	for range 5 { // turn and turn about, so that both see the same machine
		var x float64
		err := s.profile("nothing-new", func() (err error) {
			x, err = rate(ours)
			return err
		})
		if err != nil {
			return err
		}
		y, err := rate(health)
		if err != nil {
			return err
		}
		a, b = append(a, x), append(b, y)
	}
	r.against("nothing new: requests a second, 8 at once", median(a), "/s", "/api/health, same token", median(b), false, 0.8)
	return nil
}

// rate is how often a second eight clients get f done.
func rate(f func() error) (float64, error) {
	const clients, each = 8, 500
	var wg gosync.WaitGroup
	errs := make(chan error, clients)
	began := time.Now()
	for range clients {
		wg.Go(func() {
			for range each {
				if err := f(); err != nil {
					errs <- err
					return
				}
			}
		})
	}
	wg.Wait()
	took := time.Since(began)
	select {
	case err := <-errs:
		return 0, err
	default:
		return clients * each / took.Seconds(), nil
	}
}
