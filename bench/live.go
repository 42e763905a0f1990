package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"slices"
	gosync "sync"
	"time"

	"github.com/pocketbase/dbx"

	"kith/internal/store"
	"kith/internal/sync"
)

// live: n devices listen; somebody does something; when has each heard of it,
// and what does it cost who did it? With a tenth of the devices first, since a
// price that grows with their number shows between the two.
func live(s *server, r *report, most int) error {
	log.Printf("%d devices join …", most)
	devices, err := s.crowd(most)
	if err != nil {
		return err
	}
	e, err := s.editor()
	if err != nil {
		return err
	}
	for _, n := range []int{most / 25, most * 2 / 5, most} {
		if err := s.again(); err != nil {
			return err
		}
		if err := e.among(devices[:n], r); err != nil {
			return fmt.Errorf("%d live devices: %w", n, err)
		}
	}
	return nil
}

// crowd makes n devices, each of a member of its own, that hold all of theirs.
func (s *server) crowd(n int) ([]*device, error) {
	first, err := s.join()
	if err != nil {
		return nil, err
	}
	if _, err := first.all(map[string]json.RawMessage{}); err != nil {
		return nil, err
	}
	devices := make([]*device, n)
	return devices, side(n, func(i int) error {
		d, err := s.join()
		if err != nil {
			return err
		}
		d.cursor = first.cursor // what is public it holds already
		devices[i] = d
		_, err = d.all(map[string]json.RawMessage{})
		return err
	})
}

// side runs f(0) to f(n-1), sixteen side by side.
func side(n int, f func(i int) error) error {
	var wg gosync.WaitGroup
	errs, places := make(chan error, n), make(chan struct{}, 16)
	for i := range n {
		places <- struct{}{}
		wg.Go(func() {
			defer func() { <-places }()
			errs <- f(i)
		})
	}
	wg.Wait()
	close(errs)
	for err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// editor is a host, who may change a listing that all can see.
type editor struct {
	*device
	listing string
	writes  int
}

func (s *server) editor() (*editor, error) {
	d, err := s.join()
	if err != nil {
		return nil, err
	}
	db, err := store.Open(s.dir + "/data.db")
	if err != nil {
		return nil, err
	}
	defer db.Close()
	e := &editor{device: d}
	if err := db.NewQuery("SELECT id FROM listings WHERE id LIKE 'bench%' ORDER BY id LIMIT 1").Row(&e.listing); err != nil {
		return nil, err
	}
	_, err = db.NewQuery("INSERT INTO hosts (id, listing, member) VALUES (substr(lower(hex(randomblob(8))), 1, 15), {:listing}, {:member})").
		Bind(dbx.Params{"listing": e.listing, "member": d.member}).Execute()
	return e, err
}

// write does one thing and returns when the answer was there.
func (e *editor) write(name string, args map[string]any) (time.Duration, error) {
	raw, err := json.Marshal(args)
	if err != nil {
		return 0, err
	}
	e.number++
	began := time.Now()
	_, _, err = e.pull([]sync.Command{{Number: int64(e.number), Nonce: random(), Name: name, V: 1, Args: raw, At: sync.Stamp(began)}}, map[string]json.RawMessage{})
	e.acked = e.number
	return time.Since(began), err
}

// private is what nobody who listens may see.
func (e *editor) private() (time.Duration, error) {
	e.writes++
	return e.write("people.rename", map[string]any{"firstName": fmt.Sprintf("Ed %d", e.writes)})
}

// public is what everybody sees.
func (e *editor) public() (time.Duration, error) {
	e.writes++
	return e.write("listings.edit", map[string]any{"id": e.listing, "set": map[string]string{"room": fmt.Sprintf("Room %d", e.writes)}})
}

// cost is what one write costs, in the middle of many.
type cost struct{ cpu, answer float64 }

func (e *editor) cost(times int, write func() (time.Duration, error)) (cost, error) {
	var answers []float64
	cpu, _, err := e.times(times, func(int) error {
		took, err := write()
		answers = append(answers, ms(took))
		return err
	})
	return cost{ms(cpu), median(answers)}, err
}

// among measures with the devices listening and, before, without.
func (e *editor) among(devices []*device, r *report) error {
	if _, err := e.all(map[string]json.RawMessage{}); err != nil {
		return err
	}
	const writes, rounds = 400, 40
	if _, err := e.cost(100, e.private); err != nil { // warms up
		return err
	}
	alone, err := e.cost(writes, e.private)
	if err != nil {
		return err
	}
	aloneAll := &hearing{}
	if err := e.rounds(rounds, 0, nil, aloneAll); err != nil {
		return err
	}
	if err := side(len(devices), func(i int) error { // what was done before they listen is no news
		_, err := devices[i].all(map[string]json.RawMessage{})
		return err
	}); err != nil {
		return err
	}
	before := e.memory()
	heard := make(chan time.Time, len(devices))
	stop, err := listen(devices, heard)
	if err != nil {
		return err
	}
	defer stop()
	grown := e.memory() - before
	var with cost
	if err := e.server.profile(fmt.Sprintf("write-among-%d", len(devices)), func() error {
		with, err = e.cost(writes, e.private)
		return err
	}); err != nil {
		return err
	}
	h := &hearing{}
	if err := e.server.profile(fmt.Sprintf("live-%d", len(devices)), func() error { return e.rounds(rounds, len(devices), heard, h) }); err != nil {
		return err
	}
	what := fmt.Sprintf("%d live devices: ", len(devices))
	r.against(what+"a write that they don't see, server CPU", with.cpu, "ms", "the same with none", alone.cpu, true, 1.2)
	r.against(what+"a write that they don't see, to the answer", with.answer, "ms", "the same with none", alone.answer, true, 1.2)
	r.against(what+"a write that all see, to the answer", median(h.answers), "ms", "the same with none", median(aloneAll.answers), true, 1.2)
	r.plain(what+"a write that all see, server CPU a device", h.server*1000/float64(rounds*len(devices)), "µs")
	r.within(what+"from push sent to the screen, p50", at(h.took, 0.5), "ms", 1000)
	r.within(what+"from push sent to the screen, p99", at(h.took, 0.99), "ms", 1000)
	r.plain(what+"from push sent to the last of all", slices.Max(h.took), "ms")
	r.plain(what+"of the CPU used meanwhile, the listening client's share", 100*h.client/(h.client+h.server), "%")
	r.within(what+"memory a device, as the server's resident set grew", grown/1000/float64(len(devices)), "kB", 30)
	if e.profiles != "" {
		e.tellMemory(what)
	}
	return nil
}

// rest is how long the machine comes to rest between two writes that all see.
const rest = 100 * time.Millisecond

// hearing is when devices heard of what was done.
type hearing struct {
	took, answers  []float64
	server, client float64
}

// rounds are writes that all see, each after a rest: with nobody there, too, since one
// right after another finds everything warm, and is answered in half the time.
func (e *editor) rounds(rounds, n int, heard <-chan time.Time, h *hearing) error {
	for range rounds {
		time.Sleep(rest)
		server, client := e.cpu(), own()
		began := time.Now()
		answer, err := e.public()
		if err != nil {
			return err
		}
		late := time.After(30 * time.Second)
		for i := range n {
			select {
			case at := <-heard:
				h.took = append(h.took, ms(at.Sub(began)))
			case <-late:
				return fmt.Errorf("%d of %d devices heard", i, n)
			}
		}
		h.answers = append(h.answers, ms(answer))
		h.server, h.client = h.server+ms(e.cpu()-server), h.client+ms(own()-client)
	}
	return nil
}

func (s *server) tellMemory(what string) {
	res, err := http.Get("http://" + profiles + "/memory")
	if err != nil {
		log.Print(err)
		return
	}
	defer res.Body.Close()
	said, err := io.ReadAll(res.Body)
	log.Print(what, string(said), " ", err)
}

func median(values []float64) float64 { return at(values, 0.5) }

// at is the value that a share of all lies below.
func at(values []float64, share float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[min(int(share*float64(len(sorted))), len(sorted)-1)]
}
