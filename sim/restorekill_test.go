package sim

import (
	"database/sql"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// killedAfter runs a verb and kills it after a while; it returns whether it came
// to its end before.
func (p *process) killedAfter(d time.Duration, args ...string) bool {
	p.t.Helper()
	c := exec.Command(p.bin, append(args, "--dir", p.dir)...)
	c.Env = p.env
	if err := c.Start(); err != nil {
		p.t.Fatal(err)
	}
	deadline := time.AfterFunc(d, func() { _ = c.Process.Kill() }) // it may be done already
	defer deadline.Stop()
	return c.Wait() == nil
}

// whole says the epoch of a database that is whole and has its marker, and fails
// the test for any other.
func whole(t *testing.T, dir string) (epoch string) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(dir, "data.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var check string
	var places int
	if err := db.QueryRow("PRAGMA integrity_check").Scan(&check); err != nil || check != "ok" {
		t.Fatalf("the database is not whole: %s %v", check, err)
	}
	if err := db.QueryRow("SELECT (SELECT epoch FROM sync_meta), (SELECT count(*) FROM places)").Scan(&epoch, &places); err != nil || places == 0 {
		t.Fatalf("the database has %d places: %v", places, err)
	}
	return epoch
}

// Ensure that a restore that is killed at any moment leaves the database that was
// there or the one that was put back, whole, the latter never in the old epoch;
// and a backup that is killed leaves a whole file or none. KITH_RESTOREKILLS says how
// often.
func TestCrash_AKilledRestoreLeavesOneDatabaseOrTheOther(t *testing.T) {
	kills := envCount(t, "KITH_RESTOREKILLS", 25)
	p := newProcess(t, filepath.Join(t.TempDir(), "data"))
	p.verb("seed")
	dir := t.TempDir()
	good := filepath.Join(dir, "good.tar.zst")
	begun := time.Now()
	p.verb("backup", "--plain", "--to", good)
	backupTime := time.Since(begun)
	epoch := whole(t, p.dir)
	begun = time.Now()
	p.verb("restore", good, "--replace")
	restoreTime := time.Since(begun)
	r := rand.New(rand.NewPCG(2, uint64(before(t))))
	between := func(d time.Duration) time.Duration { return time.Duration(r.Int64N(int64(d*5/4)) + 1) }
	done, files := 0, 0
	for range kills {
		before := whole(t, p.dir)
		if before == epoch {
			t.Fatal("a backup is back in its old epoch")
		}
		finished := p.killedAfter(between(restoreTime), "restore", good, "--replace")
		if after := whole(t, p.dir); after == epoch || finished && after == before {
			t.Fatalf("the epoch was %s, is %s, and that of the backup %s", before, after, epoch)
		} else if after != before {
			done++
		}
		file := filepath.Join(dir, "killed.tar.zst")
		p.killedAfter(between(backupTime), "backup", "--plain", "--to", file)
		if _, err := os.Stat(file); err == nil {
			files++
			other := &process{t: t, bin: p.bin, env: p.env, dir: filepath.Join(t.TempDir(), "data")}
			other.verb("restore", file)
			if err := os.Remove(file); err != nil {
				t.Fatal(err)
			}
		}
	}
	p.start()
	p.kill()
	figures(t, "restorekill", map[string]int{"kills of each": kills, "restores that were whole": done, "backups that were whole": files})
}
