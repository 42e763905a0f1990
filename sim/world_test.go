package sim

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"hash"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"kith/sim/device"
)

// world is one seed: a real server, the phones around it, the network between,
// and the oracle beside. One goroutine drives it; time moves when it says so.
type world struct {
	t        *testing.T
	seed     uint64
	rng      *rand.Rand
	town     *town
	s        *server
	o        *oracle
	epoch    string
	epochs   int
	phones   []*phone
	spare    map[string]int // member -> devices given out
	late     []*letter      // requests that the network holds back
	cdn      []cached       // public chunks that a CDN kept
	backups  []backup
	did      map[string]*deed // every command ever made, by nonce
	ledger   int64            // rowid of the last sync_command that was looked at
	done     map[string]string
	before   *state   // what the community was before the commit that is looked at
	offers   []string // codes that were handed out
	sealed   []*parcel
	slow     []*posted // letters that the network holds back
	names    int
	step     int
	asleep   time.Duration
	sumsOff  bool // the server's sums are wrong on purpose
	calm     bool // no more faults
	trace    hash.Hash
	tail     []string // the last lines of the trace, for people
	coverage map[string]int
}

// deed is what a person meant, for the checks at the end.
type deed struct {
	forWhom   string // empty: for themselves
	name      string
	args      map[string]any
	member    string
	at        time.Time // by the phone's clock
	seen      int64
	seenEpoch string
	offset    int64
}

// whom a deed was done to, or for.
func (d *deed) whom() string {
	if d.forWhom != "" {
		return d.forWhom
	}
	return d.member
}

// phone is one device of one person; a visitor has no member yet.
type phone struct {
	name   string
	member string
	token  string
	disk   *device.Disk
	tabs   []*device.Device
	skew   time.Duration
	inbox  []*letter
	wire   *wire
	live   *device.Live
	proven string    // what the live connection was opened with
	hurt   bool      // the network took a frame of this connection
	opened time.Time // when it was, until it has told its leases
	made   []string  // nonces of commands that this phone's disk was given
	told   map[string]bool
	ends   map[string]time.Time // when each lease is truly over
	lapsed bool                 // a lease of its was over, so that it starts over by right
	rotten bool                 // its disk was damaged; the sums must tell
	post   []*posted            // letters, of whoever wrote them here
	heard  string               // the epoch of the letterbox's last answer
	old    bool                 // its app knows no row that the server sends
}

// letter is a request on its way, or its answer on the way back.
type letter struct {
	p      *phone
	tab    *device.Device
	ask    *device.Ask
	token  string
	proof  string
	body   []byte
	status int
	answer []byte
	parsed *device.Answer // of so many bytes of answer
	length int
}

// read is the answer as a device reads it; nil if it was cut.
func (l *letter) read() *device.Answer {
	if l.parsed == nil || l.length != len(l.answer) {
		l.parsed, l.length = device.ParseAnswer(l.answer), len(l.answer)
	}
	return l.parsed
}

type cached struct {
	path string
	body []byte
}

type backup struct {
	dir   string
	shape string // of its tables
	state *state
	seq   int64
}

// newWorld starts a community on a copy of the town.
func newWorld(t *testing.T, town *town, seed uint64, coverage map[string]int) *world {
	w := &world{
		t: t, seed: seed, rng: rand.New(rand.NewPCG(seed, 0x6b697468)), town: town, o: newOracle(), epoch: "epoch1", epochs: 1,
		spare: map[string]int{}, did: map[string]*deed{}, done: map[string]string{}, trace: sha256.New(), coverage: coverage,
	}
	if err := putBack(town.dir, town.shape, w.data()); err != nil {
		t.Fatal(err)
	}
	w.start("")
	for range 3 + w.rng.IntN(6) {
		w.newPhone(w.rng.IntN(8) == 0)
	}
	return w
}

func (w *world) dir(name string) string {
	return filepath.Join(w.town.dir, fmt.Sprintf("seed%d-%s", w.seed, name))
}

// data is where every world's server has its files: one world after the other.
func (w *world) data() string { return filepath.Join(w.town.dir, "data") }

// start starts the server, in a new epoch if one is named, and looks at it.
func (w *world) start(epoch string) {
	touched.everything()
	s, err := startServer(w.data(), epoch)
	if err != nil {
		w.fail("the server doesn't start: %v", err)
	}
	w.s = s
	if err := w.o.attach(s); err != nil {
		w.fail("%v", err)
	}
	synctest.Wait()
	w.observe()
}

func (w *world) stop() {
	if w.s == nil {
		return
	}
	for _, p := range w.phones {
		w.goOn(p)
	}
	if err := w.s.stop(); err != nil {
		w.t.Errorf("the server doesn't stop: %v", err)
	}
	w.s = nil
	synctest.Wait()
	for _, p := range w.phones {
		if p.live == nil {
			continue
		}
		if w.readLive(p, false); p.live.Closed && !p.live.Pull {
			w.count("live: goodbyes")
		}
		w.hangUp(p)
	}
}

// fail ends the seed with what went wrong.
func (w *world) fail(format string, args ...any) {
	w.t.Helper()
	for _, l := range w.tail {
		w.t.Log(l)
	}
	w.t.Fatalf("seed %d, step %d: %s", w.seed, w.step, fmt.Sprintf(format, args...))
}

// note writes a line of the trace.
func (w *world) note(format string, args ...any) {
	line := fmt.Sprintf("%d "+format, append([]any{w.step}, args...)...)
	w.trace.Write([]byte(line))
	if len(line) > *wide {
		line = line[:*wide]
	}
	if w.tail = append(w.tail, line); len(w.tail) > *tall {
		w.tail = w.tail[1:]
	}
}

func (w *world) count(what string) { w.coverage[what]++ }

// chance is true once in n.
func (w *world) chance(n int) bool { return w.rng.IntN(n) == 0 }

func pick[T any](w *world, list []T) T { return list[w.rng.IntN(len(list))] }

// fresh is 22 characters of base64url, as a nonce or a stream's name.
func (w *world) fresh() string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	b := make([]byte, 22)
	for i := range b {
		b[i] = letters[w.rng.IntN(len(letters))]
	}
	return string(b)
}

// freshID is an id as a device makes it.
func (w *world) freshID(kind string) string {
	w.names++
	return id(kind, 1000+w.names)
}

// newPhone unpacks a phone: of a visitor, or of a member with a device on file.
func (w *world) newPhone(visitor bool) *phone {
	p := &phone{name: fmt.Sprintf("phone%d", len(w.phones)), told: map[string]bool{}}
	if w.chance(3) {
		p.skew = time.Duration(w.rng.Int64N(int64(20*24*time.Hour))) - 10*24*time.Hour
		w.count("clocks that are days off")
	}
	p.old = w.chance(8)
	if !visitor {
		w.join(p)
	}
	w.unpack(p)
	w.phones = append(w.phones, p)
	return p
}

// unpack gives a phone an empty disk.
func (w *world) unpack(p *phone) {
	d := device.New(func() time.Time { return time.Now().Add(p.skew) }, w.fresh)
	p.disk, p.tabs, p.made, p.rotten = d.Disk, []*device.Device{d}, nil, false
	w.attend(p)
}

// attend checks each command that a phone takes out of force: invariant 9.
func (w *world) attend(p *phone) {
	for _, d := range p.tabs {
		d.Settled = func(c *device.Command) {
			if c.Outcome.Seq > p.disk.Seq {
				w.fail("9: %s stopped showing %s at %d, before its outcome's seq %d", p.name, c.Name, p.disk.Seq, c.Outcome.Seq)
			}
			if c.Outcome.Status == "rejected" || c.Outcome.Status == "quarantined" {
				p.told[c.Nonce] = true
			}
			w.confirmed(p, c)
		}
	}
}

// join gives a visitor an account; their disk stays.
func (w *world) join(p *phone) {
	m := memberID(w.rng.IntN(len(people)))
	p.member, p.token = m, w.town.tokens[m][w.spare[m]%3]
	w.spare[m]++
}

// kill ends the app on a phone: memory, connection and answers on their way go.
func (w *world) kill(p *phone) {
	w.hangUp(p)
	p.tabs = []*device.Device{device.Open(p.disk, p.tabs[0])}
	p.inbox = nil
	for _, l := range w.late {
		if l.p == p {
			l.tab = nil // it still reaches the server; nobody hears the answer
		}
	}
	w.attend(p)
}

func (w *world) hangUp(p *phone) {
	if p.wire != nil {
		p.wire.hangUp()
		synctest.Wait()
	}
	p.wire, p.live = nil, nil
}

// do is a person doing something.
func (w *world) do(p *phone, name string, args map[string]any) { w.doFor(p, "", name, args) }

// doFor is a person doing something for somebody.
func (w *world) doFor(p *phone, whom, name string, args map[string]any) {
	raw, err := json.Marshal(args)
	if err != nil {
		w.fail("%v", err)
	}
	tab := pick(w, p.tabs)
	at := tab.Now().UTC().Truncate(time.Millisecond)
	c := tab.Do(w.fresh(), name, raw, at.Format("2006-01-02T15:04:05.000Z"))
	c.For = whom
	w.did[c.Nonce] = &deed{forWhom: whom, name: name, args: args, member: p.member, at: at, seen: c.Seen, seenEpoch: p.disk.Epoch, offset: c.Offset}
	p.made = append(p.made, c.Nonce)
	w.note("%s does %s %s as %s for %q", p.name, name, raw, c.Nonce, whom)
}
