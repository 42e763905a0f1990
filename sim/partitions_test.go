package sim

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/cryptotest"
	"testing/synctest"
	"time"

	"github.com/pocketbase/dbx"

	"kith/internal/sync"
	"kith/sim/device"
)

// The partitions that PowerSync's own published tests make, in virtual time: 5 or
// 10 clients, 10 to 40 transactions a second, for 100 to 300 seconds. A
// transaction reads 100 keys and writes 4, and the greatest value of a key wins.
// Between waits of up to 10 seconds, any of the clients lose what they send, what
// they are sent, or both. At the end all is healed, and after 3 seconds each
// client has 11 to come to rest.
type partitionRun struct {
	clients, rate, seconds int
}

// cells of the matrix, in an order in which the first few differ in everything.
func partitionCell(i int) partitionRun {
	i = i * 7 % 24
	return partitionRun{[]int{5, 10}[i%2], []int{10, 20, 30, 40}[i/2%4], []int{100, 200, 300}[i/8]}
}

const (
	keys  = 100
	tick  = 200 * time.Millisecond
	quiet = 3 * time.Second
	rest  = 11 * time.Second
)

// cut is what of a client's network is down.
type cut int

const (
	cutNothing cut = iota
	cutInbound
	cutOutbound
	cutAll
)

// cutOff is one phone and what it last read of each key.
type cutOff struct {
	*phone
	cut     cut
	read    [keys]int
	seqs    [keys]int64 // the versions that were read
	opening time.Time   // when it may open a live connection again
}

// partitions is one run.
type partitions struct {
	*world
	partitionRun
	members   []*cutOff
	writes    map[int][]int // what each value was written to, all in one transaction
	stuck     int
	divergent int
}

// Ensure that clients that lose the network in either direction, at random and for
// seconds, never read half a transaction or an older value, and when the network
// is back send all that they have and read the same.
func TestPartitions_LeaveNobodyStuckAndNobodyWithOtherRows(t *testing.T) {
	runs, first := envCount(t, "KITH_PARTITIONS", 2), before(t)
	town, start := needTown(t), time.Now()
	total := map[string]int{"runs": runs, "stuck": 0, "divergent": 0, "transactions": 0}
	for i := first; i < first+runs; i++ {
		cryptotest.SetGlobalRandom(t, uint64(i))
		synctest.Test(t, func(t *testing.T) {
			time.Sleep(time.Until(monday))
			p := newPartitions(t, town, i)
			defer p.cleanUp()
			defer p.stop()
			p.run()
			p.finish()
			total["stuck"] += p.stuck
			total["divergent"] += p.divergent
			total["transactions"] += len(p.writes)
		})
	}
	if total["stuck"] > 0 || total["divergent"] > 0 {
		t.Errorf("of %d runs: %v", runs, total)
	}
	total["seconds"] = int(time.Since(start).Seconds())
	figures(t, "partitions", total)
}

func newPartitions(t *testing.T, town *town, i int) *partitions {
	w := bareWorld(t, town, uint64(i), map[string]int{})
	p := &partitions{world: w, partitionRun: partitionCell(i), writes: map[int][]int{}}
	if err := putBack(town.dir, town.shape, w.data()); err != nil {
		t.Fatal(err)
	}
	s, err := startServer(w.data(), "")
	if err != nil {
		t.Fatal(err)
	}
	w.s = s
	s.registry.Handle("sim.write", writeGreatest)
	if err := s.exec(fmt.Sprintf(`INSERT INTO places (id, name, lat) WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < %d)
		SELECT printf('key%%012d', i), 'Key', 0 FROM n`, keys-1)); err != nil {
		t.Fatal(err)
	}
	for n := range p.partitionRun.clients {
		m := memberID(n % len(people))
		ph := &phone{name: fmt.Sprintf("client%d", n), member: m, token: town.tokens[m][n/len(people)], told: map[string]bool{}}
		d := device.New(time.Now, w.fresh)
		ph.disk, ph.tabs = d.Disk, []*device.Device{d}
		c := &cutOff{phone: ph}
		d.Settled = func(done *device.Command) { p.settled(c, done) }
		p.members = append(p.members, c)
	}
	return p
}

// writeGreatest is the transaction: the greatest value of a key wins.
func writeGreatest(c *sync.Call) (sync.Result, error) {
	args, err := sync.Args[struct {
		Value int   `json:"value"`
		Keys  []int `json:"keys"`
	}](c)
	if err != nil {
		return sync.Result{}, err
	}
	for _, k := range args.Keys {
		q := c.App.DB().NewQuery("UPDATE places SET lat = max(lat, {:value}) WHERE id = {:id}").Bind(dbx.Params{"value": args.Value, "id": keyID(k)})
		if _, err := q.Execute(); err != nil {
			return sync.Result{}, err
		}
	}
	return sync.Result{}, nil
}

// run lets people write at the run's rate while the network comes and goes.
func (p *partitions) run() {
	until := time.Now().Add(time.Duration(p.seconds) * time.Second)
	change := time.Now().Add(p.wait())
	owed := 0.0
	for time.Now().Before(until) {
		if !time.Now().Before(change) {
			p.partition()
			change = time.Now().Add(p.wait())
		}
		for owed += float64(p.rate) * tick.Seconds(); owed >= 1; owed-- {
			p.write(pick(p.world, p.members))
		}
		p.turn()
	}
}

func (p *partitions) wait() time.Duration {
	return time.Duration(p.rng.Int64N(int64(10 * time.Second)))
}

// partition heals what is cut, or cuts some off where nothing is.
func (p *partitions) partition() {
	healed := false
	for _, c := range p.members {
		healed = healed || c.cut != cutNothing
		p.heal(c)
	}
	if healed {
		return
	}
	how := cut(p.rng.IntN(4))
	for _, i := range p.rng.Perm(len(p.members))[:p.rng.IntN(len(p.members)+1)] {
		p.members[i].cut = how
	}
}

// heal gives the network back. What was on its way on a live connection comes
// after all, or the connection is gone.
func (p *partitions) heal(c *cutOff) {
	if c.cut != cutNothing && p.chance(2) {
		p.hangUp(c.phone)
	}
	c.cut = cutNothing
}

// write is one transaction: all keys are read, four are written.
func (p *partitions) write(c *cutOff) {
	p.look(c)
	value := len(p.writes) + 1
	four := p.rng.Perm(keys)[:4]
	p.writes[value] = four
	c.tabs[0].Do(p.fresh(), "sim.write", mustJSON(map[string]any{"value": value, "keys": four}), "")
}

// turn is a fifth of a second in which everybody does what their network lets them.
func (p *partitions) turn() {
	time.Sleep(tick)
	synctest.Wait()
	for _, c := range p.members {
		p.hear(c)
		if c.disk.Queue.Pending() > 0 || c.live == nil {
			p.sync(c)
		}
		if c.live == nil && c.cut == cutNothing && !time.Now().Before(c.opening) {
			p.listen(c)
		}
	}
}

func (p *partitions) sync(c *cutOff) {
	tab := c.tabs[0]
	ask := tab.Ask(100, 1<<20)
	proof := p.proof(c.phone, tab, ask.Path)
	if c.cut == cutOutbound || c.cut == cutAll {
		return
	}
	status, answer := p.s.ask(ask.Method(), ask.Path, ask.Bytes(), c.token, proof)
	synctest.Wait()
	if status >= 500 || status == 400 {
		p.t.Fatalf("run of %+v: %s was answered %d %s", p.partitionRun, c.name, status, answer)
	}
	if c.cut == cutInbound {
		return
	}
	tab.Take(ask, status, answer)
	p.look(c)
}

func (p *partitions) listen(c *cutOff) {
	tab := c.tabs[0]
	body := tab.AskLive()
	if body == nil {
		return
	}
	c.opening = time.Now().Add(time.Second)
	c.wire = p.s.open(mustJSON(body), c.token, p.proof(c.phone, tab, "/api/sync/live"))
	synctest.Wait()
	if c.wire.status != 200 {
		tab.Refuse(c.wire.unread)
		p.hangUp(c.phone)
		return
	}
	c.live = tab.Listen()
}

// hear reads what has come on the live connection.
func (p *partitions) hear(c *cutOff) {
	if c.live == nil || c.cut == cutInbound || c.cut == cutAll {
		return
	}
	for _, block := range frames(c.wire) {
		for _, line := range block {
			c.live.Line(line)
		}
		p.look(c)
	}
	if c.live.Closed || c.wire.over {
		p.hangUp(c.phone)
	}
}

// look is a read of all keys: none is older than it was, and of each transaction
// that is seen in one key all is seen.
func (p *partitions) look(c *cutOff) {
	if c.disk.Cursor == "" {
		return
	}
	now, seqs := c.values()
	if seqs == c.seqs {
		return
	}
	for k, v := range now {
		if v < c.read[k] {
			p.t.Fatalf("run of %+v: %s read %d of key %d after %d", p.partitionRun, c.name, v, k, c.read[k])
		}
		if v == c.read[k] {
			continue
		}
		for _, other := range p.writes[v] {
			if now[other] < v {
				p.t.Fatalf("run of %+v: %s sees transaction %d in key %d and not in key %d", p.partitionRun, c.name, v, k, other)
			}
		}
	}
	c.read, c.seqs = now, seqs
}

// settled: who is told that it is done reads what they wrote.
func (p *partitions) settled(c *cutOff, done *device.Command) {
	var args struct {
		Value int
		Keys  []int
	}
	if json.Unmarshal(done.Args, &args) != nil || done.Outcome.Status != "ok" {
		p.t.Fatalf("run of %+v: %s was told %+v", p.partitionRun, c.name, done.Outcome)
	}
	now, _ := c.values()
	for _, k := range args.Keys {
		if now[k] < args.Value {
			p.t.Fatalf("run of %+v: %s wrote %d to key %d, was told that it is done, and reads %d", p.partitionRun, c.name, args.Value, k, now[k])
		}
	}
}

func keyID(k int) string { return fmt.Sprintf("key%012d", k) }

// keyIDs are made once: everybody reads all of them all the time.
var keyIDs = func() (ids [keys]device.Key) {
	for k := range ids {
		ids[k] = device.Key{Coll: "places", ID: keyID(k)}
	}
	return ids
}()

// values are all keys as the client holds them now; what is of a version that was
// read before is not read again.
func (c *cutOff) values() (values [keys]int, seqs [keys]int64) {
	for k := range values {
		h := c.disk.Rows[keyIDs[k]]
		if seqs[k] = h.Seq; h.Seq == c.seqs[k] {
			values[k] = c.read[k]
			continue
		}
		var place struct{ Lat float64 }
		if json.Unmarshal(h.Data, &place) == nil {
			values[k] = int(place.Lat)
		}
	}
	return values, seqs
}

// finish heals everything, lets all come to rest, and compares.
func (p *partitions) finish() {
	for _, c := range p.members {
		p.heal(c)
	}
	for end := time.Now().Add(quiet + rest); time.Now().Before(end); {
		p.turn()
	}
	want := [keys]int{}
	for _, v := range slices.Sorted(maps.Keys(p.writes)) {
		for _, k := range p.writes[v] {
			want[k] = max(want[k], v)
		}
	}
	for _, c := range p.members {
		if n := c.disk.Queue.Pending(); n > 0 || c.disk.Staged() {
			p.stuck++
			p.t.Errorf("run of %+v: %s is stuck with %d", p.partitionRun, c.name, n)
		}
		c.seqs = [keys]int64{} // the last read reads all
		if now, _ := c.values(); now != want {
			p.divergent++
			p.t.Errorf("run of %+v: %s reads %v, not %v", p.partitionRun, c.name, now, want)
		}
	}
	var done int
	if err := p.db().QueryRow("SELECT count(*) FROM sync_command WHERE name = 'sim.write' AND status = 'ok'").Scan(&done); err != nil || done != len(p.writes) {
		p.t.Errorf("run of %+v: of %d transactions %d were done (%v)", p.partitionRun, len(p.writes), done, err)
	}
}

// bareWorld is a world without a server, phones or an oracle's look at them.
func bareWorld(t *testing.T, town *town, seed uint64, coverage map[string]int) *world {
	return &world{t: t, seed: seed, rng: rand.New(rand.NewPCG(seed, 0x6b697468)), town: town, coverage: coverage}
}
