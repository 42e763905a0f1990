package sim

import (
	"context"
	"database/sql"
	"encoding/json"
	"flag"
	"fmt"
	"hash/fnv"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	kith "kith/internal/sync"
	"kith/sim/device"
)

// The small model: two phones, three commands and one fault, in every order in
// which their steps can follow each other, through the real push and pull. What the
// simulator meets by chance is here met for certain, where it is small enough.

var oneIn = flag.Int("one-in", 6, "the small model looks at one in so many places where its fault can happen; 1: at all")

// The steps of a phone: it does something, asks, its request arrives, it takes the
// answer.
var programs = [2]string{"dasrdasr", "dasr"}

// pairs are who the two phones are.
var pairs = []string{"two phones of one person", "a phone and its clone", "two people"}

// party is one phone in the model.
type party struct {
	*device.Device
	member string
	done   int       // steps of its program
	out    *exchange // asked, and not yet arrived
	back   *exchange // answered, and not yet taken
	last   *exchange
	acts   int
	names  int // given out
	made   []string
}

// exchange is a request, and what the community was when it was answered. NB! never
// changed in place: other walks hold it, too.
type exchange struct {
	ask    *device.Ask
	raw    string
	answer *device.Answer
	holds  map[device.Key]string
}

func (x *exchange) state() string {
	if x == nil {
		return "-"
	}
	return x.ask.State() + x.raw + fmt.Sprint(x.holds)
}

// moment is all of the model but the tables.
type moment struct {
	parties  [2]party
	held     *exchange // a request that the network brings at the very end
	heldBy   int
	backup   []kept // the tables as they were once
	epoch    int
	small    bool   // answers of one line
	broken   string // the nonce of a command that fails on our side, once
	path     string
	restored bool
}

func (m *moment) copy() moment {
	c := *m
	for i := range c.parties {
		p := &c.parties[i]
		own := *p.Device
		own.Disk = p.Disk.Clone()
		p.Device, p.made = &own, slices.Clone(p.made)
	}
	return c
}

// model is one walk through all orders, on one database in memory.
type model struct {
	t        *testing.T
	db       *sql.DB
	registry *kith.Registry
	pair     int
	name     string // of the fault
	now      moment
	known    map[uint64]counts // what follows from a state
}

// Ensure that two phones with three commands and one fault end well in every
// order of their steps: one in -one-in of the places for the fault, with all that
// can follow.
func TestModel_EveryOrderOfTwoPhonesEndsWell(t *testing.T) {
	start := time.Now()
	type task struct{ pair, first int }
	tasks := make(chan task, len(pairs)*len(programs))
	for pair := range pairs {
		for first := range programs {
			tasks <- task{pair, first}
		}
	}
	close(tasks)
	ends, looked := counts{}, 0
	var mu sync.Mutex
	var all sync.WaitGroup
	for worker := range runtime.NumCPU() {
		all.Go(func() {
			db := openOne(t, fmt.Sprintf("model%d", worker))
			for k := range tasks {
				m := newModel(t, db, k.pair)
				m.step(k.first)
				found := m.walk(-1)
				m.rollBack("everything")
				mu.Lock()
				ends.add(found)
				looked += len(m.known)
				mu.Unlock()
			}
		})
	}
	all.Wait()
	total := 0
	for i, f := range modelFaults {
		t.Logf("%8d  %s", ends[i], f.name)
		if total += ends[i]; ends[i] == 0 && *oneIn <= 10 && !t.Failed() {
			t.Errorf("%q never happened: the model is blind there", f.name)
		}
	}
	t.Logf("%d orders, through %d states, in %v", total, looked, time.Since(start).Round(time.Second))
	figures(t, "model", map[string]int{"orders": total, "states": looked})
}

// counts are orders that were played to their end, by fault.
type counts [32]int

func (c *counts) add(other counts) {
	for i, n := range other {
		c[i] += n
	}
}

// walk plays all that can follow from now, of which fault has happened; -1: none
// has. Where another order has led to the same state already, it is as well.
func (m *model) walk(fault int) (ends counts) {
	state := m.state(fault)
	if ends, known := m.known[state]; known {
		return ends
	}
	ended := true
	for i := range m.now.parties {
		if p := &m.now.parties[i]; p.done < len(programs[i]) {
			ended = false
			m.branch(func() { m.step(i); ends.add(m.walk(fault)) })
		}
	}
	for next, f := range modelFaults {
		if fault >= 0 || !chosen(state, next) {
			continue
		}
		for i := range m.now.parties {
			m.branch(func() {
				if m.name = f.name; f.happens(m, i) {
					m.now.path += fmt.Sprintf(" %s(%d)", f.name, i)
					ends.add(m.walk(next))
				}
				m.name = ""
			})
		}
	}
	if ended && fault >= 0 {
		ends[fault]++
		m.branch(m.rest)
	}
	m.known[state] = ends
	return ends
}

// state is all that decides what can follow, in short.
func (m *model) state(fault int) uint64 {
	h := fnv.New64a()
	fmt.Fprintln(h, fault, m.now.epoch, m.now.small, m.now.broken, m.now.heldBy, m.now.held.state(), m.tables())
	for i := range m.now.parties {
		p := &m.now.parties[i]
		fmt.Fprintln(h, p.member, p.done, p.acts, p.names, p.made, p.Disk.State(), p.out.state(), p.back.state(), p.last.state())
	}
	return h.Sum64()
}

// chosen says whether a fault is tried in a state.
func chosen(state uint64, fault int) bool {
	h := fnv.New32a()
	fmt.Fprint(h, state, fault)
	return h.Sum32()%uint32(*oneIn) == 0
}

// branch does something, and undoes it.
func (m *model) branch(do func()) {
	if m.t.Failed() {
		return
	}
	before := m.now.copy()
	m.exec("SAVEPOINT branch")
	do()
	m.rollBack("branch")
	m.now = before
}

func (m *model) rollBack(to string) {
	m.exec("ROLLBACK TO " + to)
	m.exec("RELEASE " + to)
}

// step is the next one of a phone.
func (m *model) step(i int) {
	p := &m.now.parties[i]
	what := programs[i][p.done]
	p.done++
	m.now.path += fmt.Sprintf(" %c%d", what, i)
	switch what {
	case 'd':
		m.act(i)
	case 'a':
		p.out = &exchange{ask: p.Ask(2, m.bytes())}
		p.last = p.out
	case 's':
		if p.out != nil {
			p.back, p.out = m.serve(i, p.out), nil
			p.last = p.back
		}
	case 'r':
		if p.back != nil {
			m.take(i, p.back)
			p.back = nil
		}
	}
}

func (m *model) bytes() int {
	if m.now.small {
		return 1
	}
	return 1 << 20
}

// act: the first phone writes a note and makes it one for the circle alone; the
// second writes the same one.
func (m *model) act(i int) {
	p := &m.now.parties[i]
	secret := p.acts > 0
	p.acts++
	nonce := fmt.Sprintf("nonce%d-%d", i, p.acts)
	args := mustJSON(map[string]any{"id": "note", "text": nonce, "secret": secret})
	c := p.Do(nonce, "put", args, kith.Stamp(monday))
	p.made = append(p.made, c.Nonce)
}

// serve brings a request to the server: a push in a transaction of its own, a pull
// in another, as hooks/syncapi does.
func (m *model) serve(i int, asked *exchange) *exchange {
	x := *asked
	body, member := x.ask.Body, m.now.parties[i].member
	var stops []kith.Stop
	err := dbx.NewFromDB(m.db, "sqlite").Transactional(func(tx *dbx.Tx) error {
		var commands []kith.Command
		if err := json.Unmarshal(mustJSON(body.Commands), &commands); err != nil || len(commands) == 0 {
			return err
		}
		var err error
		stops, err = m.registry.Apply(bare{b: tx}, kith.Push{
			Stream: body.Stream, Member: member, Device: "device", App: body.App, Ack: body.Ack, Pending: int64(body.Pending), Commands: commands,
			Cursor: body.Cursor, Now: monday, Delay: func(d time.Duration) time.Duration { return d }, Fault: func(string, string, error) {},
		})
		return err
	})
	if err != nil {
		m.fail("the push: %v", err)
		return &x
	}
	pull := kith.Pull{Member: member, Device: "device", Ack: body.Ack, Cursor: body.Cursor, MaxBytes: body.MaxBytes, Now: monday, Stops: stops}
	if len(body.Commands) > 0 || body.Pending > 0 {
		pull.Stream = body.Stream
	}
	engine := kith.NewEngine(m.db, &m.registry.Declaration) // it remembers what is undone here
	defer engine.Close()
	var raw lineBuffer
	if err := engine.Answer(context.Background(), kith.NewFrames(&raw), pull); err != nil {
		m.fail("the pull: %v", err)
		return &x
	}
	if x.answer = device.ParseAnswer(raw); x.answer == nil {
		m.fail("an answer that is none: %s", raw)
		return &x
	}
	x.raw, x.holds = string(raw), m.holds(member)
	m.permitted(i, &x)
	return &x
}

type lineBuffer []byte

func (b *lineBuffer) Write(p []byte) (int, error) { *b = append(*b, p...); return len(p), nil }

// bare is all of an app that a push needs: where to write.
type bare struct {
	core.App
	b dbx.Builder
}

// DB is the transaction.
func (b bare) DB() dbx.Builder { return b.b }

// take gives an answer to a phone, and looks at what it holds then (1, 2).
func (m *model) take(i int, x *exchange) {
	p := &m.now.parties[i]
	if x.answer == nil || p.Device.TakeParsed(x.ask, x.answer) != device.Done {
		return
	}
	if p.Repair != 0 {
		m.fail("2: phone %d was given other sums than its own", i)
	}
	m.compare(i, "1", x.holds)
}

func (m *model) compare(i int, invariant string, want map[device.Key]string) {
	have := map[device.Key]string{}
	for k, h := range m.now.parties[i].Rows {
		have[k] = strings.Join(h.Auds, " ") + " " + string(h.Data)
	}
	if !maps.Equal(have, want) {
		m.fail("%s: phone %d holds %v, not %v", invariant, i, have, want)
	}
}

func (m *model) fail(format string, args ...any) {
	m.t.Errorf("%s, %s:%s\n%s", pairs[m.pair], m.name, m.now.path, fmt.Sprintf(format, args...))
}
