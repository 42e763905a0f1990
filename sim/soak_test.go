package sim

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"testing/cryptotest"
	"testing/synctest"
	"time"

	"github.com/pocketbase/dbx"

	"kith/sim/device"
)

// A community that is simply used, day after day, by people who come and go; each
// night the jobs of the night. What is kept may grow by what was done; memory, the
// write-ahead log, files, goroutines and connections may not.

// soak is one community's life.
type soak struct {
	t      *testing.T
	town   *town
	s      *server
	rng    *rand.Rand
	phones []*soaked
	names  int
	nights []night
}

// soaked is a phone of somebody without a role, so that no request needs a proof.
type soaked struct {
	*device.Device
	name   string // of the device
	member string
	token  string
	wire   *wire
}

// night is what was measured after one.
type night struct {
	heap, resident, wal, data, rows int64
	files, routines                 int
}

// Ensure that a community which runs for days needs no more memory, no more files
// and no longer log at the end than after its first ones, and that its data grows no
// faster. KITH_SOAK=365 is a year.
func TestSoak_TheDaysOfACommunityStayFlat(t *testing.T) {
	town := needTown(t)
	days := envCount(t, "KITH_SOAK", 9)
	// A day of looking every second for what nobody announced is 86,400 turns from one
	// goroutine to another: on one core they cost half.
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	seed := uint64(1 + before(t)) //nolint:gosec // it isn't negative
	cryptotest.SetGlobalRandom(t, seed)
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(monday))
		k := &soak{t: t, town: town, rng: rand.New(rand.NewPCG(seed, 0x736f616b))}
		dir := filepath.Join(town.dir, "soak")
		if err := copyData(town.dir, dir); err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := errors.Join(closeParked(dir), os.RemoveAll(dir)); err != nil {
				t.Error(err)
			}
		}()
		var err error
		if k.s, err = startServer(dir, ""); err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := k.s.stop(); err != nil {
				t.Error(err)
			}
		}()
		k.unpack()
		for day := range days {
			k.day(day)
		}
		k.flat()
	})
	figures(t, "soak", map[string]int{"days": days})
}

// unpack gives each of the three members without a role their three phones.
func (k *soak) unpack() {
	for i := range 3 {
		for n := range 3 {
			p := &soaked{name: id("device", i*10+n), member: memberID(i)}
			p.Device = device.New(time.Now, k.fresh)
			k.phones = append(k.phones, p)
		}
	}
}

func (k *soak) fresh() string {
	k.names++
	return fmt.Sprintf("soaked%016d", k.names)
}

// day is one from morning to night: everybody looks in some times and does things,
// some stay to listen.
func (k *soak) day(day int) {
	if day%7 == 0 {
		k.renew()
	}
	for range 8 {
		time.Sleep(2 * time.Hour)
		for _, p := range k.phones {
			switch k.rng.IntN(4) {
			case 0:
				k.act(p)
				k.exchange(p)
			case 1:
				k.exchange(p)
			case 2:
				k.listen(p)
			}
		}
		k.must(k.s.save("listings", id("listing", k.rng.IntN(10)), map[string]any{"title": fmt.Sprintf("Lunch, %s", k.fresh())}))
		synctest.Wait()
		for _, p := range k.phones {
			k.read(p)
		}
	}
	for _, p := range k.phones {
		k.hangUp(p)
	}
	time.Sleep(24*time.Hour - 16*time.Hour)
	for _, job := range k.s.app.Cron().Jobs() {
		job.Run()
	}
	synctest.Wait()
	k.measure()
}

// renew is the weekly new token of each phone.
func (k *soak) renew() {
	for _, p := range k.phones {
		d, err := k.s.app.FindRecordById("devices", p.name)
		k.must(err)
		p.token, err = d.NewAuthToken()
		k.must(err)
	}
}

func (k *soak) act(p *soaked) {
	at := time.Now().UTC().Format("2006-01-02T15:04:05.000Z")
	thursday := time.Now().AddDate(0, 0, int(11-time.Now().Weekday())%7).Format("2006-01-02") + "T12:00"
	name, args := "people.rename", map[string]any{"firstName": k.fresh()}
	k.names++
	switch k.rng.IntN(4) {
	case 0:
		name, args = "visits.come", map[string]any{"id": id("visit", 100_000+k.names), "listing": id("listing", k.rng.IntN(10)), "occurrence": thursday, "firstName": "Rosa", "welcome": "door"}
	case 1:
		for key := range p.Rows {
			if key.Coll == "visits" {
				name, args = "visits.cancel", map[string]any{"id": key.ID}
			}
		}
	}
	p.Do(k.fresh(), name, mustJSON(args), at)
}

func (k *soak) exchange(p *soaked) {
	for range 20 {
		ask := p.Ask(20, 1<<20)
		status, raw := k.s.ask(ask.Method(), ask.Path, ask.Bytes(), p.token, "")
		if status != 200 {
			k.t.Fatalf("%s: %d %s", p.name, status, raw)
		}
		if p.Take(ask, status, raw) == device.Done && p.Queue.Pending() == 0 {
			break
		}
	}
	for _, e := range slices.Clone(p.Queue.Entries) {
		p.Dismiss(e.Nonce) // it was read
	}
	if p.Repair != 0 {
		k.t.Errorf("%s was given other sums than its own", p.name)
	}
}

func (k *soak) listen(p *soaked) {
	if body := p.AskLive(); body != nil && p.wire == nil {
		p.wire = k.s.open(mustJSON(body), p.token, "")
		synctest.Wait()
	}
}

// read takes what came, without a device: that it can be told is the simulator's.
func (k *soak) read(p *soaked) {
	if p.wire == nil {
		return
	}
	if p.wire.unread = nil; p.wire.over {
		p.wire = nil
	}
}

func (k *soak) hangUp(p *soaked) {
	if p.wire != nil {
		p.wire.hangUp()
		synctest.Wait()
		p.wire = nil
	}
}

func (k *soak) must(err error) {
	k.t.Helper()
	if err != nil {
		k.t.Fatal(err)
	}
}

func (k *soak) measure() {
	runtime.GC()
	var mem runtime.MemStats
	runtime.ReadMemStats(&mem)
	n := night{heap: int64(mem.HeapAlloc), routines: runtime.NumGoroutine()} //nolint:gosec // it fits
	var pages int64
	raw, err := os.ReadFile("/proc/self/statm") // SQLite's own memory is not Go's
	k.must(err)
	_, err = fmt.Sscanf(string(raw), "%d %d", new(int64), &pages)
	k.must(err)
	n.resident = pages * int64(os.Getpagesize())
	k.must(filepath.WalkDir(k.s.dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		n.files++
		switch filepath.Ext(path) {
		case ".db-wal":
			n.wal += info.Size()
		case ".db":
			n.data += info.Size()
		}
		return nil
	}))
	k.must(k.s.app.ConcurrentDB().(*dbx.DB).NewQuery("SELECT count(*) FROM sync_command").Row(&n.rows))
	k.nights = append(k.nights, n)
}

// flat compares the last third of the nights with the one before it: the first is
// for filling what is bounded.
func (k *soak) flat() {
	third := len(k.nights) / 3
	if third < 3 {
		k.t.Fatal("too few nights say nothing")
	}
	most := func(nights []night, of func(night) int64) (n int64) {
		for _, x := range nights {
			n = max(n, of(x))
		}
		return n
	}
	for name, m := range map[string]struct {
		of    func(night) int64
		slack int64 // what is less than this is not growth
	}{
		"bytes of memory":               {func(n night) int64 { return n.heap }, 4 << 20},
		"bytes of memory with SQLite's": {func(n night) int64 { return n.resident }, 24 << 20},
		"bytes of write-ahead log":      {func(n night) int64 { return n.wal }, 1 << 20},
		"files":                         {func(n night) int64 { return int64(n.files) }, 0},
		"goroutines":                    {func(n night) int64 { return int64(n.routines) }, 2},
	} {
		was, is := most(k.nights[third:2*third], m.of), most(k.nights[2*third:], m.of)
		k.t.Logf("%9d → %9d  %s", was, is, name)
		if is > was+was/8+m.slack {
			k.t.Errorf("%s: %d in the second third, %d in the last", name, was, is)
		}
	}
	grows := func(nights []night) int64 { return (nights[len(nights)-1].data - nights[0].data) / int64(len(nights)) }
	was, is := grows(k.nights[third:2*third]), grows(k.nights[2*third:])
	k.t.Logf("%9d → %9d  bytes of data a day, %d commands in all", was, is, k.nights[len(k.nights)-1].rows)
	if is > was*3/2+64<<10 {
		k.t.Errorf("the data grew by %d a day, and then by %d", was, is)
	}
}
