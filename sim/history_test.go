package sim

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"kith/sim/device"
)

// Ensure that what happens at once can be told as if it had happened one after the
// other: phones edit the same two listings of the real server, move them between
// audiences, lose answers, send twice and read. Of each history porcupine must find
// an order that explains every outcome and every read, in real time; and the seqs
// must tell one story (causal_test.go). KITH_HISTORIES says how many.
func TestHistory_CanBeToldInOneOrder(t *testing.T) {
	histories, first := envCount(t, "KITH_HISTORIES", 100), before(t)
	h := newHall(t)
	sums := map[string]int{"illegal": 0}
	for i := range histories {
		one := h.play(t, uint64(first+i))
		if t.Failed() {
			break
		}
		linear, causal := one.linearizable(), one.causal()
		if linear != nil || causal != nil {
			sums["illegal"]++
			t.Errorf("history %d: %v; %v\n%s", first+i, linear, causal, one)
			break
		}
		sums["histories"]++
		sums["operations"] += len(one.operations)
		sums["checkpoints"] += one.count(func(e event) bool { return e.seen != nil })
		sums["answers lost"] += one.lost
		sums["merged"] += one.count(func(e event) bool { return e.did != nil && strings.HasPrefix(e.outcome, "merged") })
	}
	figures(t, "histories", sums)
	for _, what := range []string{"answers lost", "merged"} {
		if histories >= 100 && sums[what] == 0 {
			t.Errorf("%s: none, so these histories are too tame to show anything", what)
		}
	}
}

// hall is a running server with two listings that three phones may edit; a fourth
// is a resident's, who sees a listing only while it is no draft.
type hall struct {
	p        *process
	clients  []*client
	listings [2]string
}

// client is one phone in a history.
type client struct {
	*writer
	name     int
	phone    *device.Device
	resident bool
}

func newHall(t *testing.T) *hall {
	t.Helper()
	bin, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	return newHallOf(t, bin)
}

// newHallOf starts another binary than the real one.
func newHallOf(t *testing.T, bin string, env ...string) *hall {
	t.Helper()
	h := &hall{p: newProcess(t, t.TempDir(), env...), listings: [2]string{newID(), newID()}}
	h.p.bin = bin
	t.Cleanup(h.p.kill)
	h.p.verb("seed")
	codes := []string{h.p.invite(), codePattern.FindStringSubmatch(h.p.verb("invite", "--role", "resident"))[1]}
	h.p.start()
	for i := range 4 {
		c := &client{writer: join(t, h.p.addr, codes[i/3]), name: i, resident: i == 3}
		c.phone = device.New(time.Now, func() string { return base64url(16) })
		h.clients = append(h.clients, c)
	}
	for i, id := range h.listings {
		h.clients[0].do("listings.add", map[string]any{"id": id, "kind": "group", "title": fmt.Sprint("Group ", i), "status": "active"})
	}
	h.clients[0].catchUp(t)
	h.p.kill()
	h.host(t)
	h.p.start()
	for _, c := range h.clients {
		c.catchUp(t)
	}
	return h
}

// host makes every editor a host of both listings, in the database of a server
// that is down: there is no command for it.
func (h *hall) host(t *testing.T) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(h.p.dir, "data.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, c := range h.clients[1:3] {
		for _, id := range h.listings {
			if _, err := db.Exec("INSERT INTO hosts (id, listing, member) VALUES (?, ?, ?)", newID(), id, c.member); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func (c *client) do(name string, args any) {
	c.phone.Do(base64url(16), name, mustJSON(args), "2026-06-01T09:00:00.000Z")
}

// rests says that nothing is in force any more; what was merged has been read.
func (c *client) rests() bool {
	for _, e := range slices.Clone(c.phone.Queue.Entries) {
		c.phone.Dismiss(e.Nonce)
	}
	return len(c.phone.Queue.Entries) == 0
}

// catchUp asks until nothing waits on either side.
func (c *client) catchUp(t *testing.T) {
	t.Helper()
	for range 50 {
		ask := c.phone.Ask(10, 4<<20)
		status, raw, err := c.post(ask.Path, ask.Bytes())
		if err != nil || status != 200 {
			t.Fatalf("%d %s %v", status, raw, err)
		}
		if c.phone.Take(ask, status, raw) == device.Done && c.rests() {
			return
		}
	}
	t.Fatal("a phone never comes to rest")
}

// play makes one history, from rest to rest.
func (h *hall) play(t *testing.T, seed uint64) *history {
	for _, c := range h.clients {
		c.catchUp(t)
	}
	one := &history{start: time.Now(), listings: h.listings, began: h.clients[0].look(h.listings).listings}
	var all sync.WaitGroup
	for i, c := range h.clients {
		all.Go(func() {
			chance := rand.New(rand.NewPCG(seed, uint64(i)))
			for range 8 {
				c.round(t, one, chance)
			}
			for tries := 0; !c.rests() && !t.Failed(); tries++ {
				if one.exchange(t, c, 0); tries > 50 {
					t.Errorf("client %d never gets rid of its queue", i)
				}
			}
			one.exchange(t, c, 0)
		})
	}
	all.Wait()
	return one
}

// round is one thing that a client does.
func (c *client) round(t *testing.T, one *history, chance *rand.Rand) {
	if !c.resident && chance.IntN(3) > 0 {
		c.edit(one, chance)
	}
	fate := chance.IntN(10)
	switch {
	case fate == 0: // cut on the way there, or on the way back
		one.exchange(t, c, time.Duration(1+chance.IntN(4000))*time.Microsecond)
	case fate == 1 && !c.resident: // sent twice at once
		one.twice(t, c)
	default:
		one.exchange(t, c, 0)
	}
}

// edit changes a title or a status; what it says that it saw is what it sees.
func (c *client) edit(one *history, chance *rand.Rand) {
	listing := chance.IntN(2)
	seen := c.look(one.listings).listings[listing]
	column, was, now := "title", seen.title, "Group "+newID()
	if chance.IntN(3) == 0 {
		column, was, now = "status", seen.status, "draft"
		if was == "draft" {
			now = "active"
		}
	}
	c.do("listings.edit", map[string]any{"id": one.listings[listing], "set": map[string]any{column: now}, "was": map[string]any{column: was}})
	last := c.phone.Queue.Entries[len(c.phone.Queue.Entries)-1]
	one.intend(&change{nonce: last.Nonce, client: c.name, number: len(one.changes), listing: listing, column: column, was: was, now: now})
}

// look is what a client's screen shows of the two listings.
func (c *client) look(listings [2]string) *checkpoint {
	out := &checkpoint{seq: c.phone.Seq, resident: c.resident}
	for i, id := range listings {
		held, has := c.phone.Rows[device.Key{Coll: "listings", ID: id}]
		if !has {
			continue
		}
		var row struct{ Title, Status string }
		if json.Unmarshal(held.Data, &row) == nil {
			out.listings[i] = listing{row.Title, row.Status}
		}
		out.versions[i], out.audiences[i] = held.Seq, strings.Join(held.Auds, " ")
	}
	return out
}

// exchange is one request of a client, in the history. With a cut the client stops
// listening after that time, and knows nothing of what became of it.
func (one *history) exchange(t *testing.T, c *client, cut time.Duration) {
	ask := c.phone.Ask(10, 4<<20)
	called := one.now()
	status, raw, err := c.send(ask, cut)
	if err != nil {
		if cut == 0 {
			t.Errorf("client %d: %v", c.name, err)
		}
		one.unheard(c, ask, called)
		return
	}
	one.heard(t, c, ask, called, status, raw, true)
}

// twice sends the same request two times at once, and takes one of the answers.
func (one *history) twice(t *testing.T, c *client) {
	ask := c.phone.Ask(10, 4<<20)
	called := one.now()
	type answer struct {
		status int
		raw    []byte
		err    error
	}
	second := make(chan answer, 1)
	go func() {
		status, raw, err := c.send(ask, 0)
		second <- answer{status, raw, err}
	}()
	status, raw, err := c.send(ask, 0)
	other := <-second
	if err != nil || other.err != nil {
		t.Errorf("client %d: %v %v", c.name, err, other.err)
		return
	}
	one.heard(t, c, ask, called, other.status, other.raw, false)
	one.heard(t, c, ask, called, status, raw, true)
}

// send posts an ask; a cut of 0 is none.
func (c *client) send(ask *device.Ask, cut time.Duration) (int, []byte, error) {
	ctx := context.Background()
	if cut > 0 {
		short, cancel := context.WithTimeout(ctx, cut)
		defer cancel()
		ctx = short
	}
	r, err := c.writer.request(ctx, ask.Path, ask.Bytes())
	if err != nil {
		return 0, nil, err
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, nil, err
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	return res.StatusCode, raw, err
}
