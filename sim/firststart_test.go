package sim

import (
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"
)

// Ensure that a folder whose first start is killed, at whatever moment, opens at the
// next as if that were the first: with the same tables, no complaint of `kith doctor`,
// and a phone that joins and writes. KITH_FIRSTSTARTS says how often.
func TestCrash_AKilledFirstStartIsTriedAgain(t *testing.T) {
	kills := envCount(t, "KITH_FIRSTSTARTS", 4)
	p := newProcess(t, filepath.Join(t.TempDir(), "kith_data"))
	t.Cleanup(p.kill)
	begun := time.Now()
	p.start()
	start := time.Since(begun)
	p.kill()
	tables, counted := tablesOf(t, p.dir), map[string]int{"kills": kills}
	kill := func(after time.Duration) {
		p := newProcess(t, filepath.Join(t.TempDir(), "kith_data"))
		t.Cleanup(p.kill)
		answered := p.startKilled(after)
		left := tablesOf(t, p.dir)
		switch {
		case answered:
			counted["came after it answered"]++
		case left == tables:
			counted["left all tables"]++
		case left == "":
			counted["left no table"]++
		default:
			counted["left some tables"]++
		}
		p.start()
		p.verb("community", "--name", "Nunhead")
		if lost, wrong := join(t, p.addr, p.invite()).push(1); lost != nil || wrong != nil {
			t.Errorf("killed after %v: %v %v", after, lost, wrong)
		}
		p.kill()
		p.verb("doctor")
		if now := tablesOf(t, p.dir); now != tables {
			t.Errorf("killed after %v, it has other tables: %d bytes of SQL say them, and not %d", after, len(now), len(tables))
		}
	}
	chance, slot := rand.New(rand.NewPCG(3, uint64(before(t)))), start/time.Duration(max(kills, 1))
	for i := range kills {
		kill(slot*time.Duration(i) + time.Duration(chance.Int64N(int64(slot))))
	}
	if counted["came after it answered"] == kills {
		t.Error("each kill came too late to prove anything")
	}
	figures(t, "firststart", counted)
}

// tablesOf is the shape of a folder's tables, as a copy of it says: what a death left
// is for the next start to find. Empty: there is none.
func tablesOf(t *testing.T, dir string) (tables string) {
	t.Helper()
	look := t.TempDir()
	if err := copyData(dir, look); err != nil {
		t.Fatal(err)
	}
	if err := openFile(t, filepath.Join(look, "data.db")).QueryRow("SELECT coalesce(group_concat(sql, ';\n'), '') FROM (SELECT sql FROM sqlite_master ORDER BY name)").Scan(&tables); err != nil {
		t.Fatal(err)
	}
	return tables
}
