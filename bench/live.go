package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	gosync "sync"
	"time"

	"github.com/pocketbase/dbx"

	"kith/internal/sync"
)

// live: n devices listen; somebody does something; when has each heard of it?
func live(s *server, r *report, n int) error {
	before := s.memory()
	heard := make(chan time.Time, n)
	stop, err := listen(s, n, heard)
	if err != nil {
		return err
	}
	defer stop()
	memory := (s.memory() - before) / float64(n)
	var medians, lasts []float64
	editor, err := s.join(benchCode)
	if err != nil {
		return err
	}
	db, err := open(s.dir + "/data.db")
	if err != nil {
		return err
	}
	defer db.Close()
	// A host: what a coordinator asks for would have to be proved each time.
	if _, err := db.NewQuery("INSERT OR REPLACE INTO hosts (id, listing, member) VALUES ('bench0000000host', {:listing}, {:member})").
		Bind(dbx.Params{"listing": s.edited, "member": editor.member}).Execute(); err != nil {
		return err
	}
	if _, err := editor.all(map[string]json.RawMessage{}); err != nil {
		return err
	}
	for round := range 5 {
		args, err := json.Marshal(map[string]any{"id": s.edited, "set": map[string]string{"room": fmt.Sprintf("Room %d of %d", round, n)}})
		if err != nil {
			return err
		}
		editor.number++
		began := time.Now()
		if _, _, err := editor.pull([]sync.Command{{Number: int64(editor.number), Nonce: random(), Name: "listings.edit", V: 1, Args: args, At: sync.Stamp(began)}}, map[string]json.RawMessage{}); err != nil {
			return err
		}
		var took []float64
		late := time.After(30 * time.Second)
		for range n {
			select {
			case at := <-heard:
				took = append(took, ms(at.Sub(began)))
			case <-late:
				return fmt.Errorf("live: %d of %d devices heard", len(took), n)
			}
		}
		medians, lasts = append(medians, median(took)), append(lasts, slices.Max(took))
	}
	what := fmt.Sprintf("%d live devices: ", n)
	r.plain(what+"from push sent to the middle device", median(medians), "ms")
	r.plain(what+"from push sent to the last device", median(lasts), "ms")
	r.plain(what+"memory a device", memory/1000, "kB")
	return nil
}

// listen opens n live connections, each of a device of its own, and returns
// when all are at the present.
func listen(s *server, n int, heard chan<- time.Time) (stop func(), err error) {
	code, err := s.invite(100_000)
	if err != nil {
		return nil, err
	}
	first, err := s.join(code)
	if err != nil {
		return nil, err
	}
	if _, err := first.all(map[string]json.RawMessage{}); err != nil {
		return nil, err
	}
	var bodies gosync.Map
	ready := make(chan error, n)
	places := make(chan struct{}, 16)
	for range n {
		go func() {
			places <- struct{}{}
			d, err := s.join(code)
			if err == nil {
				d.cursor = first.cursor // what is public it holds already
				_, err = d.all(map[string]json.RawMessage{})
			}
			<-places
			if err != nil {
				ready <- err
				return
			}
			ready <- d.listen(&bodies, heard)
		}()
	}
	for range n {
		if err := <-ready; err != nil {
			return nil, err
		}
	}
	return func() {
		bodies.Range(func(k, _ any) bool { k.(*http.Response).Body.Close(); return true })
	}, nil
}

var listeners = &http.Client{Transport: &http.Transport{DisableCompression: true}}

func (d *device) listen(bodies *gosync.Map, heard chan<- time.Time) error {
	body, err := json.Marshal(map[string]any{"protocol": 1, "schema": 1, "stream": d.stream, "cursor": d.cursor})
	if err != nil {
		return err
	}
	req, err := http.NewRequest("POST", d.url+"/api/sync/live", bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+d.token)
	res, err := listeners.Do(req)
	if err != nil {
		return err
	}
	lines := bufio.NewScanner(res.Body)
	lines.Buffer(nil, 4<<20)
	if !lines.Scan() || !bytes.HasPrefix(lines.Bytes(), []byte(`{"head"`)) {
		return fmt.Errorf("live: %d %s", res.StatusCode, lines.Text())
	}
	bodies.Store(res, true)
	go func() {
		for lines.Scan() {
			if bytes.Contains(lines.Bytes(), []byte(`"room":"Room `)) {
				heard <- time.Now()
			}
		}
	}()
	return nil
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}
