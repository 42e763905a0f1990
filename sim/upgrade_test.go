package sim

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"kith/internal/sync"
	"kith/sim/device"
)

// moves says of a column, or a table, that a later version may change what stands
// in it, and why. What isn't here must be found again letter by letter.
var moves = map[string]string{
	"sync_row":        "a row whose shape was declared anew moves to a new seq",
	"sync_aud":        "and with it the sums",
	"sync_print":      "and the prints",
	"sync_clock":      "a start notes the time",
	"sync_shape":      "is what was declared",
	"sync_meta.seq":   "rises, and never falls: looked at by itself",
	"_collections":    "are what migrations change",
	"_migrations":     "have more in them",
	"_params":         "hold settings that a version fills in",
	"sqlite_sequence": "is SQLite's",
	"sqlite_stat1":    "is SQLite's, too",
	"sqlite_stat4":    "is SQLite's, too",
}

// Ensure that the data of every release that there was opens with what is built
// now, keeps all that is in it, and that a phone of then goes on where it was; also
// when the machine dies at any statement of the way there, or the process at any
// moment.
func TestUpgrade_OfEveryReleaseLosesNothing(t *testing.T) {
	releases, err := filepath.Glob(upgrades + "/*")
	if err != nil || len(releases) == 0 {
		t.Fatalf("no release is kept (%v)", err)
	}
	for _, release := range releases {
		t.Run(filepath.Base(release), func(t *testing.T) {
			u := newUpgrade(t, release)
			places := envCount(t, "KITH_UPGRADES", 11)
			counted := map[string]int{"releases": 1, "statements": u.countStatements(t)}
			for i := range places {
				u.dies(t, counted["statements"]*(i+1)/(places+1), counted)
			}
			u.behind = u.lacks(t, u.folder(t))
			if u.behind && counted["deaths amid the migrations"] == 0 {
				t.Error("no death was amid the migrations, so this proves nothing")
			}
			u.dies(t, atCommit, counted)
			u.isKilled(t, max(places/4, 3), counted)
			u.goesOn(t)
			figures(t, "upgrade", counted)
		})
	}
}

type upgrade struct {
	release string
	phone   keptPhone
	before  map[string][]string // table.column -> values, in order
	seq     int64
	made    []string // migrations
	behind  bool     // it lacks some of them
	n       int
}

func newUpgrade(t *testing.T, release string) *upgrade {
	t.Helper()
	u := &upgrade{release: release}
	raw, err := os.ReadFile(filepath.Join(release, "phone.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &u.phone); err != nil {
		t.Fatal(err)
	}
	u.before, u.seq = contents(t, u.folder(t))
	if len(u.before) < 50 {
		t.Fatalf("it has only %d columns", len(u.before))
	}
	return u
}

// folder is a copy of the kept one.
func (u *upgrade) folder(t *testing.T) string {
	t.Helper()
	u.n++
	root, err := os.MkdirTemp(fastDir(), "kith-upgrade")
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(root, "data") // the keys that it makes lie beside it
	t.Cleanup(func() {
		if err := errors.Join(closeParked(dir), os.RemoveAll(root)); err != nil {
			t.Error(err)
		}
	})
	if err := unpackRelease(u.release, dir); err != nil {
		t.Fatal(err)
	}
	return dir
}

// contents are all values of all columns, in the order of the rows' names.
func contents(t *testing.T, dir string) (all map[string][]string, seq int64) {
	t.Helper()
	db := openFile(t, filepath.Join(dir, "data.db"))
	var tables []string
	b := dbx.NewFromDB(db, "sqlite")
	if err := b.NewQuery("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").Column(&tables); err != nil {
		t.Fatal(err)
	}
	all = map[string][]string{}
	for _, table := range tables {
		if moves[table] != "" {
			continue
		}
		rows, err := db.Query(`SELECT * FROM "` + table + `" ORDER BY 1, 2`)
		if err != nil {
			t.Fatal(err)
		}
		take(t, all, table, rows)
	}
	if err := b.NewQuery("SELECT seq FROM sync_meta").Row(&seq); err != nil {
		t.Fatal(err)
	}
	return all, seq
}

func take(t *testing.T, all map[string][]string, table string, rows *sql.Rows) {
	t.Helper()
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range columns {
		all[table+"."+c] = nil
	}
	for rows.Next() {
		values, at := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			at[i] = &values[i]
		}
		if err := rows.Scan(at...); err != nil {
			t.Fatal(err)
		}
		for i, c := range columns {
			all[table+"."+c] = append(all[table+"."+c], fmt.Sprint(values[i]))
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
}

// whole: all that was there is there, but for what is in a renewed table.
func (u *upgrade) whole(t *testing.T, dir, after string, renewed ...string) {
	t.Helper()
	now, seq := contents(t, dir)
	for _, column := range slices.Sorted(maps.Keys(u.before)) {
		table, _, _ := strings.Cut(column, ".")
		if moves[column] != "" || slices.Contains(renewed, table) {
			continue
		}
		if is, there := now[column]; !there || !slices.Equal(is, u.before[column]) {
			t.Errorf("%s: %s (there: %v) is %.300q, and was %.300q", after, column, there, is, u.before[column])
		}
	}
	if seq < u.seq {
		t.Errorf("%s: the seq fell from %d to %d", after, u.seq, seq)
	}
}

// arrive starts what is built now on a folder, looks, and stops.
func (u *upgrade) arrive(t *testing.T, dir, after string, renewed ...string) {
	t.Helper()
	s, err := startServer(dir, "")
	if err != nil {
		t.Fatalf("%s: %v", after, err)
	}
	u.examine(t, s, after)
	if err := s.stop(); err != nil {
		t.Errorf("%s: %v", after, err)
	}
	u.whole(t, dir, after, renewed...)
}

// examine: every migration was made that there is, and the index is true.
func (u *upgrade) examine(t *testing.T, s *server, after string) {
	t.Helper()
	var made []string
	if err := s.app.DB().NewQuery("SELECT file FROM _migrations ORDER BY file").Column(&made); err != nil {
		t.Fatalf("%s: %v", after, err)
	}
	if u.made == nil {
		u.made = made // of the way that nothing disturbed, which is the first
	}
	if !slices.Equal(made, u.made) {
		t.Errorf("%s: migrations %v, and not %v", after, made, u.made)
	}
	faults, err := sync.Examine(s.app.DB(), &s.registry.Declaration)
	if err != nil || len(faults) > 0 {
		t.Errorf("%s: %v %v", after, faults, err)
	}
}

// countStatements are those of transactions that write, on the way from then to now.
func (u *upgrade) countStatements(t *testing.T) int {
	t.Helper()
	const many = 1 << 30
	breakage.set(many, errIO, true)
	u.arrive(t, u.folder(t), "undisturbed")
	_, n := breakage.end()
	return n
}

// dies at a statement, and starts again.
func (u *upgrade) dies(t *testing.T, at int, counted map[string]int) {
	t.Helper()
	dir := u.folder(t)
	breakage.set(at, errIO, true)
	s, err := startUntilItDies(dir)
	broke, _ := breakage.end()
	switch {
	case !broke && err != nil:
		t.Errorf("nothing broke at statement %d, and it says %v", at, err)
	case !broke:
		counted["places that it did not come to"]++
	case err == nil:
		// What broke was a job, which keeps nobody from starting and comes again by itself: the way was at its end.
		u.examine(t, s, fmt.Sprintf("started though it died at statement %d", at))
		counted["jobs that died"]++
	case u.lacks(t, dir):
		counted["deaths amid the migrations"]++
	default:
		counted["deaths after them"]++
	}
	if s != nil {
		if err := s.stop(); err != nil {
			t.Error(err)
		}
	}
	u.arrive(t, dir, fmt.Sprintf("died at statement %d", at))
}

// lacks says whether the migrations in a folder are not all that there are. It looks
// at a copy: the next start finds what the death left.
func (u *upgrade) lacks(t *testing.T, dir string) bool {
	t.Helper()
	look := t.TempDir()
	if err := copyData(dir, look); err != nil {
		t.Fatal(err)
	}
	var made int
	if err := openFile(t, filepath.Join(look, "data.db")).QueryRow("SELECT count(*) FROM _migrations").Scan(&made); err != nil {
		t.Fatal(err)
	}
	return made < len(u.made)
}

// startUntilItDies is startServer where a migration may panic: whoever is dead
// doesn't get that far.
func startUntilItDies(dir string) (s *server, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%v", p)
		}
	}()
	return startServer(dir, "")
}

// isKilled kills it so often, all along the way that one start takes, and then
// earlier and earlier until one comes before the migrations were made.
func (u *upgrade) isKilled(t *testing.T, kills int, counted map[string]int) {
	t.Helper()
	p := newProcess(t, u.folder(t))
	t.Cleanup(p.kill)
	begun := time.Now()
	p.start()
	whole := time.Since(begun)
	p.kill()
	for i := range kills {
		u.killed(t, whole*time.Duration(2*i+1)/time.Duration(2*kills), counted)
	}
	for d := whole / 2; u.behind && counted["kills before the migrations were made"] == 0 && !t.Failed(); d /= 2 {
		u.killed(t, d, counted)
	}
}

// killed after a while, and started again.
func (u *upgrade) killed(t *testing.T, after time.Duration, counted map[string]int) {
	t.Helper()
	p := newProcess(t, u.folder(t))
	t.Cleanup(p.kill)
	answered := p.startKilled(after)
	renewed := []string{"invites"} // the last thing before it answers is to give the demo people fresh ones
	switch {
	case answered:
		counted["kills after the start"]++
	case u.lacks(t, p.dir):
		counted["kills before the migrations were made"]++
		renewed = nil
	default:
		counted["kills after they were"]++
	}
	u.arrive(t, p.dir, fmt.Sprintf("killed after %v", after), renewed...)
}

// goesOn: a phone of then asks from where it was, sends what it had sent and what
// it had not.
func (u *upgrade) goesOn(t *testing.T) {
	t.Helper()
	s, err := startServer(u.folder(t), "")
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.stop(); err != nil {
			t.Error(err)
		}
	}()
	d, err := s.app.FindRecordById("devices", u.phone.Device)
	if err != nil {
		t.Fatal(err)
	}
	token, err := d.NewAuthToken()
	if err != nil {
		t.Fatal(err)
	}
	for i, body := range []json.RawMessage{u.phone.Sent, u.phone.Waits} {
		what := []string{"what it sent", "what waits"}[i]
		status, raw := s.ask("POST", "/api/sync", body, token, "")
		a := device.ParseAnswer(raw)
		if status != 200 || a == nil || a.Stop != nil {
			t.Fatalf("%s: %d %s", what, status, raw)
		}
		said := outcomesOf(a)
		for nonce, was := range u.phone.Outcomes {
			if is, told := said[nonce]; bytes.Contains(body, []byte(nonce)) && (!told || is != was) {
				t.Errorf("%s: %s is %q, and was %q", what, nonce, is, was)
			}
		}
	}
	if m, err := s.app.FindRecordById("members", u.phone.Member); err != nil || m.GetString("firstName") != "Rosa Ann" {
		t.Errorf("what had waited is not done: %v %v", m, err)
	}
}
