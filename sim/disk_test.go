package sim

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// diskError is what goes wrong: the k-th call of a thread fails, or all from the
// k-th on, as on a disk that is full and stays so.
type diskError struct {
	call, err string
	stays     bool
}

func (d diskError) String() string {
	return d.call + " " + d.err + map[bool]string{true: ", from then on"}[d.stays]
}

// diskErrors are all of them, in the order of the gate.
func diskErrors() (all []diskError) {
	for _, stays := range []bool{false, true} {
		for _, call := range []string{"fsync", "pwrite64", "ftruncate"} {
			for _, err := range []string{"EIO", "ENOSPC"} {
				all = append(all, diskError{call, err, stays})
			}
		}
	}
	return all
}

// Ensure that a disk that fails costs nobody what they were told is done: strace
// lets the k-th write, fsync or truncation of the database fail in the real binary,
// while 4 phones write. It refuses cleanly or ends with a word, and the next start
// has everything that was acknowledged. KITH_DISK says how many of the kinds of
// error are gone through to the last call that there is.
func TestDisk_AFailingOneLosesNothingAcknowledged(t *testing.T) {
	needStrace(t)
	d := newDiskDrill(t)
	kinds := envCount(t, "KITH_DISK", 0)
	if kinds > 0 {
		for _, kind := range diskErrors()[before(t):][:kinds] {
			d.sums["kinds"]++
			for k, quiet := 1, 0; quiet < 3 && !t.Failed(); k++ {
				d.fillLog(t)
				if quiet++; d.point(t, kind, k) > 0 {
					quiet = 0
				}
			}
		}
	} else {
		d.fillLog(t)
		d.point(t, diskError{"ftruncate", "EIO", true}, 1)
		for k := 1; k <= 20 && !t.Failed(); k++ {
			if k%5 == 0 {
				d.fillLog(t)
			}
			d.point(t, diskError{"fsync", "EIO", false}, k)
			if k%2 == 0 { // the first ones are the start's
				d.point(t, diskError{"pwrite64", "ENOSPC", true}, 5*k)
			}
		}
	}
	figures(t, "disk", d.sums)
	for kind, failed := range d.failed {
		if failed == 0 {
			t.Errorf("%v: no call failed, so this proves nothing", kind)
		}
	}
	for _, what := range []string{"acknowledged", "refused", "starts failed"} {
		if d.sums[what] == 0 && (kinds == 0 || what == "acknowledged") { // a log that can't be emptied, as of ftruncate, stops nobody
			t.Errorf("%s: none, so this proves nothing", what)
		}
	}
	d.theCheckSees(t)
}

// diskDrill is one data folder that goes through one failing disk after the other.
type diskDrill struct {
	p       *process
	writers []*writer
	since   []int
	sums    map[string]int
	failed  map[diskError]int
}

func newDiskDrill(t *testing.T) *diskDrill {
	t.Helper()
	d := &diskDrill{p: newProcess(t, t.TempDir()), since: make([]int, 4), sums: map[string]int{}, failed: map[diskError]int{}}
	t.Cleanup(d.p.kill)
	d.p.verb("seed")
	code := d.p.invite()
	d.p.start()
	for range 4 {
		d.writers = append(d.writers, join(t, d.p.addr, code))
	}
	d.p.kill()
	return d
}

// fillLog leaves a log that SQLite empties after a few commits more, as it does from
// its thousandth page on: else no drill would write, sync or truncate the database itself.
func (d *diskDrill) fillLog(t *testing.T) {
	t.Helper()
	at := filepath.Join(d.p.dir, "data.db")
	db, err := sql.Open("sqlite", "file:"+at+"?_pragma=wal_autocheckpoint(0)&_pragma=synchronous(OFF)")
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	for n := range 950 {
		if _, err := db.Exec(fmt.Sprint("PRAGMA user_version = ", n)); err != nil {
			t.Fatal(err)
		}
	}
	files := map[string][]byte{at: nil, at + "-wal": nil}
	for name := range files {
		if files[name], err = os.ReadFile(name); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil { // which empties it
		t.Fatal(err)
	}
	for name, raw := range files {
		if err := os.WriteFile(name, raw, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// point is one failing disk; it returns how many calls failed.
func (d *diskDrill) point(t *testing.T, kind diskError, k int) (failed int) {
	log := filepath.Join(t.TempDir(), "strace")
	when := fmt.Sprint(k)
	if kind.stays {
		when += "+"
	}
	d.p.under = []string{"strace", "-f", "--seccomp-bpf", "-qqq", "-e", "signal=none", "-o", log,
		"-P", filepath.Join(d.p.dir, "data.db"), "-P", filepath.Join(d.p.dir, "data.db-wal"),
		"-e", "trace=" + kind.call, "-e", "inject=" + kind.call + ":error=" + kind.err + ":when=" + when}
	err := d.p.tryStart()
	switch {
	case errors.Is(err, errEnded):
		d.sums["starts failed"]++
		if !strings.Contains(d.p.said.String(), "Error: ") || d.p.cmd.ProcessState.Success() {
			t.Errorf("%v, %d: it ended (%v), and said: %q", kind, k, d.p.cmd.ProcessState, d.p.said.String())
		}
	case err != nil:
		t.Errorf("%v, %d: it neither starts nor ends: %v", kind, k, err)
	default:
		d.write(t, kind, k)
	}
	d.p.kill()
	d.p.under = nil
	said, err := os.ReadFile(log)
	if err != nil {
		t.Fatalf("%v\n%s", err, d.p.said.String())
	}
	failed = bytes.Count(said, []byte("(INJECTED)"))
	d.sums["points"]++
	d.sums["calls failed"] += failed
	d.failed[kind] += failed
	d.settle(t, kind, k)
	return failed
}

// write lets each phone push a few times, whatever it is answered.
func (d *diskDrill) write(t *testing.T, kind diskError, k int) {
	var all sync.WaitGroup
	refusals := make([]int, len(d.writers))
	for i, w := range d.writers {
		all.Go(func() {
			for n := range 6 {
				lost, wrong := w.push(1 + (n+i)%3)
				if lost != nil {
					refusals[i]++
				} else if wrong != nil {
					refusals[i]++
					if !isClean(wrong) {
						t.Errorf("%v, %d: %v", kind, k, wrong)
					}
				}
			}
		})
	}
	all.Wait()
	for _, n := range refusals {
		d.sums["refused"] += n
	}
}

// isClean says that a refusal is of the catalogue, or that a push was stopped to be
// sent again.
func isClean(err error) bool {
	var r *refused
	if !errors.As(err, &r) {
		return strings.HasPrefix(err.Error(), "stopped: ") && strings.Contains(err.Error(), "Reason:retry")
	}
	var body struct{ Code, Message string }
	return json.Unmarshal(r.raw, &body) == nil && r.status >= 500 && body.Message != "" && (body.Code == "internal" || body.Code == "busy")
}

// settle starts the server on a sound disk: what was acknowledged is there and told
// as before, and what was not is taken now.
func (d *diskDrill) settle(t *testing.T, kind diskError, k int) {
	lost := lostFrom(t, d.p.dir, d.writers, d.since)
	d.p.start()
	otherwise := differently(t, d.writers, d.since)
	d.sums["lost"] += lost
	d.sums["told otherwise"] += otherwise
	if lost+otherwise > 0 {
		t.Errorf("%v, %d: %d acknowledged commands are gone, %d outcomes are told in another way", kind, k, lost, otherwise)
	}
	for i, w := range d.writers {
		if lost, wrong := w.push(1); lost != nil || wrong != nil {
			t.Errorf("%v, %d: on a sound disk writer %d is told: %v %v", kind, k, i, lost, wrong)
		}
		d.sums["acknowledged"] += len(w.acked) - d.since[i]
		d.since[i] = len(w.acked)
	}
	d.p.kill()
}

// theCheckSees takes away what the last pushes wrote: it must be missed.
func (d *diskDrill) theCheckSees(t *testing.T) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(d.p.dir, "data.db"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir() // without the log in which the last pushes are
	if err := os.WriteFile(filepath.Join(dir, "data.db"), raw, 0o600); err != nil {
		t.Fatal(err)
	}
	if lostFrom(t, dir, d.writers, make([]int, len(d.writers))) == 0 {
		t.Error("the log was taken away and nothing is missed, so a loss would not be seen")
	}
}

// needStrace skips where no process can be followed, and says what is missing.
func needStrace(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("strace"); err != nil {
		t.Skip("strace is missing (Debian: apt-get install strace), so no disk can fail")
	}
	if said, err := exec.Command("strace", "-f", "--seccomp-bpf", "-o", os.DevNull, "true").CombinedOutput(); err != nil {
		t.Skipf("strace may follow nothing here, so no disk can fail: %v %s", err, said)
	}
}
