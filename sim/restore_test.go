package sim

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"sync"
	"testing"
	"time"

	"kith/sim/device"
)

// Ensure that a restored backup costs nobody what they did: a backup is made while
// 8 phones write, they write on, the machine is lost, the backup is put back, and
// the phones that still hold their journals come again. Everything that was
// acknowledged, also after the backup, is there once. KITH_RESTORES says how often.
func TestRestore_EveryAcknowledgedCommandIsThereAgain(t *testing.T) {
	drills, sums := envCount(t, "KITH_RESTORES", 1), map[string]int{}
	for range drills {
		sums["drills"]++
		for what, n := range drill(t) {
			sums[what] += n
		}
		if t.Failed() {
			break
		}
	}
	if sums["missing in the backup"] == 0 {
		t.Error("the backup lacked nothing: this drill proves nothing")
	}
	figures(t, "restore", sums)
}

// drill is one disaster, from the backup to the last phone that is back.
func drill(t *testing.T) (counted map[string]int) {
	p := newProcess(t, filepath.Join(t.TempDir(), "kith_data"))
	defer p.kill()
	p.verb("seed")
	code, kept := p.invite(), newSafe(t, p)
	p.start()
	var journals []*journal
	for range 8 {
		journals = append(journals, newJournal(join(t, p.addr, code)))
	}
	// They write until each was told of 40 things, and of 40 more once the backup is there.
	made, copying := make(chan error, 1), &copying{dir: p.dir}
	enough := writeOn(t, journals, 40, 40, copying, made, func() { made <- p.backUpAmid(kept, copying) })
	if !enough {
		return nil
	}
	p.kill()
	p.putBack(kept)
	counted = map[string]int{"missing in the backup": missing(t, p.dir, journals), "told while it was copied": copying.told()}
	if counted["told while it was copied"] == 0 {
		t.Error("nothing was acknowledged while the database was copied: whoever writes waits for the backup")
	}
	p.start()
	for i, j := range journals {
		counted["acknowledged"] += len(j.told)
		if err := j.comeBack(); err != nil {
			t.Errorf("phone %d: %v", i, err)
		}
	}
	p.kill()
	counted["lost"] = missing(t, p.dir, journals)
	if counted["lost"] > 0 {
		t.Errorf("%d acknowledged commands are not there once", counted["lost"])
	}
	return counted
}

// safe is where the drill's backup lies, and the key that opens it.
type safe struct{ file, key, public string }

func newSafe(t *testing.T, p *process) safe {
	t.Helper()
	dir := t.TempDir()
	s := safe{file: filepath.Join(dir, "kith.backup"), key: filepath.Join(dir, "kith-backup.key")}
	if s.public = regexp.MustCompile(`age1\w+`).FindString(p.verb("backup", "key", s.key)); s.public == "" {
		t.Fatal("kith backup key printed no public key")
	}
	return s
}

// backUp does what an operator does, while others write.
func (p *process) backUp(s safe) error {
	c := exec.Command(p.bin, "backup", "--to", s.file, "--dir", p.dir)
	c.Env = append(slices.Clone(p.env), "KITH_BACKUP_TO="+s.public)
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	return nil
}

// backUpAmid is backUp, again where the copy was too quick for anybody to be told of
// anything meanwhile.
func (p *process) backUpAmid(s safe, c *copying) error {
	for tries := 1; ; tries++ {
		if err := p.backUp(s); err != nil || c.told() > 0 || tries == 10 {
			return err
		}
		if err := os.Remove(s.file); err != nil {
			return err
		}
		c.forget() // the next one has more in it
	}
}

// copying is what phones saw of a backup's copy of the database in dir, while it is made.
type copying struct {
	dir string

	mu    sync.Mutex
	turn  int     // which copy it is
	whole int64   // the most bytes that it had
	at    []int64 // how many it had when somebody had just been told of something
}

// look says which copy there is, and how many bytes it has; less than none: there is none.
func (c *copying) look() (turn int, bytes int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	copies, err := filepath.Glob(filepath.Join(c.dir, ".backup-*", "data.db"))
	if err != nil || len(copies) == 0 {
		return c.turn, -1
	}
	info, err := os.Stat(copies[0])
	if err != nil {
		return c.turn, -1
	}
	c.whole = max(c.whole, info.Size())
	return c.turn, info.Size()
}

// heard notes that somebody was told who had asked when a copy had so many bytes.
func (c *copying) heard(turn int, asked int64) {
	if is, now := c.look(); turn == is && asked >= 0 && now >= 0 {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.at = append(c.at, now)
	}
}

func (c *copying) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.turn, c.whole, c.at = c.turn+1, 0, nil
}

// told is how often somebody asked and was told while the copy was there, and not all
// of it.
func (c *copying) told() (n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, bytes := range c.at {
		if bytes < c.whole {
			n++
		}
	}
	return n
}

// putBack gives the process a new data folder with nothing but the backup.
func (p *process) putBack(s safe) {
	p.t.Helper()
	p.dir = filepath.Join(p.t.TempDir(), "kith_data")
	p.verb("restore", s.file, "--key", s.key)
}

// journal is a phone that keeps what docs/protocol.md says it keeps: its queue, and
// a journal of what was confirmed. Beside it stands what it was told, by id of the
// place and by nonce.
type journal struct {
	*writer
	phone *device.Device
	told  map[string]string
}

func newJournal(w *writer) *journal {
	return &journal{w, device.New(time.Now, func() string { return base64url(16) }), map[string]string{}}
}

// add does something on the phone, signal or not.
func (j *journal) add() {
	id := newID()
	j.phone.Do(base64url(16), "places.add", mustJSON(map[string]any{"id": id, "name": "Hall " + id, "kind": "hall"}), "2026-06-01T09:00:00.000Z")
}

// exchange is one request, and what was heard of its answer.
func (j *journal) exchange() error {
	ask := j.phone.Ask(100, 64<<10)
	status, raw, err := j.post(ask.Path, ask.Bytes())
	if err != nil {
		return err
	}
	if a := device.ParseAnswer(raw); status == 200 && a != nil {
		for _, o := range a.Outcomes {
			for _, c := range ask.Body.Commands {
				if c.Nonce == o.Nonce && o.Status == "ok" {
					var place struct{ ID string }
					if err := json.Unmarshal(c.Args, &place); err != nil {
						return err
					}
					j.told[place.ID] = c.Nonce
				}
			}
		}
	}
	j.phone.Take(ask, status, raw)
	if j.phone.Fault != "" {
		return fmt.Errorf("%s after %d %s", j.phone.Fault, status, raw)
	}
	return nil
}

// writeOn lets all phones write: until each was told of so many things, then until
// the backup that begin makes is there, then until each was told of so many more.
func writeOn(t *testing.T, journals []*journal, first, more int, c *copying, made <-chan error, begin func()) bool {
	var all, reached sync.WaitGroup
	reached.Add(len(journals))
	done := make(chan struct{})
	for i, j := range journals {
		all.Go(func() {
			write := func(until func() bool) {
				for n := 0; !until() && !t.Failed(); n++ {
					for range 1 + (n+i)%3 {
						j.add()
					}
					told := len(j.told)
					turn, asked := c.look()
					if err := j.exchange(); err != nil {
						t.Errorf("phone %d: %v", i, err)
					}
					if len(j.told) > told {
						c.heard(turn, asked)
					}
				}
			}
			write(func() bool { return len(j.told) >= first })
			reached.Done()
			write(func() bool {
				select {
				case <-done:
					return true
				default:
					return false
				}
			})
			enough := len(j.told) + more
			write(func() bool { return len(j.told) >= enough })
		})
	}
	reached.Wait()
	go begin()
	if err := <-made; err != nil {
		t.Errorf("the backup: %v", err)
	}
	close(done)
	all.Wait()
	return !t.Failed()
}

// comeBack talks to the restored server until nothing waits any more.
func (j *journal) comeBack() error {
	epoch := j.phone.Seen
	for range 100 {
		if err := j.exchange(); err != nil {
			return err
		}
		if j.phone.Seen != epoch && j.phone.Queue.Pending() == 0 && !j.phone.Staged() {
			return nil
		}
	}
	return fmt.Errorf("%d commands still wait after 100 requests", j.phone.Queue.Pending())
}

// missing looks into the database of a server that is down: how much of what was
// ever acknowledged is not there exactly once.
func missing(t *testing.T, dir string, journals []*journal) (n int) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "data.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, j := range journals {
		for id, nonce := range j.told {
			var rows, commands int
			err := db.QueryRow(`SELECT (SELECT count(*) FROM places WHERE id = ? AND name = 'Hall ' || id),
				(SELECT count(*) FROM sync_command WHERE nonce = ? AND status = 'ok')`, id, nonce).Scan(&rows, &commands)
			if err != nil {
				t.Fatal(err)
			}
			if rows != 1 || commands != 1 {
				n++
			}
		}
	}
	return n + doubled(t, db)
}
