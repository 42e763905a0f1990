package sim

import (
	"database/sql"
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	gosync "sync"
	"testing"
	"time"

	"kith/internal/push/fake"
	"kith/internal/sync"
)

// Ensure that whoever is to be told of something is, whenever the process dies: people
// report things, which coordinators are told of by push, and SIGKILL comes while that is
// put down, decided on and brought. No change is without its notices, no notice without
// its change, and what reached a phone twice is shown once. KITH_TOLD says how often it dies.
func TestCrash_WhoeverIsToBeToldIsTold(t *testing.T) {
	kills := envCount(t, "KITH_TOLD", 20)
	d := newDesk(t, 25)
	chance := rand.New(rand.NewPCG(3, uint64(before(t))))
	for n := range kills {
		d.p.start()
		// Every other one dies in the middle of what goes out, the others at any time.
		after := 1 + chance.IntN(60)
		if n%2 == 1 {
			after = 1 << 20
		}
		d.reportUntil(after, 500*time.Millisecond+time.Duration(chance.IntN(3500))*time.Millisecond)
		d.aMinuteLater()
		if t.Failed() {
			break
		}
	}
	d.p.start()
	d.reportUntil(1<<20, 0) // what is still waiting on their phones
	d.aMinuteLater()
	d.p.start()
	d.restsOf()
	d.p.kill()
	figures(t, "told", d.check(kills))
}

// desk is a town whose coordinators are told of what people report.
type desk struct {
	t       *testing.T
	p       *process
	google  *fake.Server
	writers []*writer
	db      string

	mu    gosync.Mutex
	heard int
	more  chan struct{} // closed by the next one that is heard
	stop  func()        // once so many were heard
	at    int
}

func newDesk(t *testing.T, coordinators int) *desk {
	google, err := fake.Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(google.Close)
	dir := t.TempDir()
	d := &desk{t: t, google: google, db: filepath.Join(dir, "data.db")}
	d.p = newProcess(t, dir, "KITH_FCM="+string(google.Credentials()), "KITH_FCM_WEB="+string(google.Web()), "KITH_FCM_ENDPOINT="+google.URL())
	t.Cleanup(d.p.kill)
	google.Decide(func(r fake.Request) fake.Answer { // as slow as a real one is, more or less
		ready := make(chan struct{})
		time.AfterFunc(time.Duration(2+r.Turn%37)*time.Millisecond, func() { close(ready) })
		return fake.Slow(ready)
	})
	google.Hear(func(fake.Request) { d.hears() })
	d.p.verb("seed")
	code := d.p.invite()
	d.exec(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
		INSERT INTO members (id, firstName, standing, email, tokenKey, password) SELECT printf('m%014d', i), 'Cleo', 'active', '', 'k' || i, 'x' FROM n`, coordinators)
	d.exec(`INSERT INTO roles (id, member, role, shop) SELECT 'r' || substr(id, 2), id, 'coordinator', '' FROM members WHERE firstName = 'Cleo'`)
	d.exec(`INSERT INTO registrations (id, member, kind, value, day) SELECT 'd' || substr(id, 2), id, 'token', 'phone-of-' || id, date('now') FROM members WHERE firstName = 'Cleo'`)
	// It may be night where this runs.
	d.exec(`INSERT OR REPLACE INTO noticeChoices (id, quietFrom, quietUntil) SELECT DISTINCT member, '00:00', '00:00' FROM roles`)
	d.p.start()
	for range 4 {
		w := join(t, d.p.addr, code)
		w.does = func(id string) (string, map[string]any) {
			return "reports.make", map[string]any{"id": id, "kind": "worry", "text": "Something is odd."}
		}
		d.writers = append(d.writers, w)
	}
	d.p.kill()
	return d
}

func (d *desk) open() *sql.DB {
	db, err := sql.Open("sqlite", "file:"+d.db+"?_pragma=busy_timeout(10000)")
	if err != nil {
		d.t.Fatal(err)
	}
	return db
}

func (d *desk) exec(statement string, args ...any) {
	d.t.Helper()
	db := d.open()
	defer db.Close()
	if _, err := db.Exec(statement, args...); err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) hears() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.heard++; d.heard == d.at && d.stop != nil {
		go d.stop()
	}
	if d.more != nil {
		close(d.more)
		d.more = nil
	}
}

// next is closed once another message has reached Google.
func (d *desk) next() <-chan struct{} {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.more == nil {
		d.more = make(chan struct{})
	}
	return d.more
}

// reportUntil has everybody report things until the server is dead: after so many more
// messages have reached Google, or after some time; 0: once each has sent what it had.
func (d *desk) reportUntil(after int, or time.Duration) {
	var once gosync.Once
	dead := make(chan struct{})
	end := func() { once.Do(func() { d.p.kill(); close(dead) }) }
	d.mu.Lock()
	d.at, d.stop = d.heard+after, end
	d.mu.Unlock()
	if or > 0 {
		timer := time.AfterFunc(or, end)
		defer timer.Stop()
	}
	var all gosync.WaitGroup
	for i, w := range d.writers {
		all.Go(func() {
			for {
				lost, wrong := w.push(min(int(or), 1))
				if wrong != nil {
					d.t.Errorf("writer %d: %v", i, wrong)
				}
				if lost != nil || wrong != nil || or == 0 {
					return
				}
				select { // a town, not a flood: what is put down is also to be brought
				case <-d.next():
				case <-dead:
				}
			}
		})
	}
	all.Wait()
	if or > 0 {
		<-dead
	} else {
		end()
	}
}

// aMinuteLater makes what the dead process had in hand due again: its leases are over.
func (d *desk) aMinuteLater() {
	d.exec("UPDATE deliveries SET due = '2026-01-01T00:00:00.000Z' WHERE state = 'leased'")
	d.exec("UPDATE notices SET told = '2026-01-01T00:00:00.000Z' WHERE told <> ''")
}

// restsOf waits until there is nothing left to be told.
func (d *desk) restsOf() {
	db := d.open()
	defer db.Close()
	ticker := time.NewTicker(50 * time.Millisecond)
	defer ticker.Stop()
	for end := time.After(2 * time.Minute); ; {
		var left int
		if err := db.QueryRow(`SELECT (SELECT count(*) FROM tellings WHERE done = FALSE) + (SELECT count(*) FROM notices WHERE due <> '') + (SELECT count(*) FROM deliveries WHERE due <> '')`).Scan(&left); err != nil {
			d.t.Fatal(err)
		}
		if left == 0 {
			return
		}
		select {
		case <-ticker.C:
		case <-end:
			d.t.Fatalf("%d things are still to be done after two minutes: %v\n%s", left, d.column(`SELECT count(*) || ' tellings' FROM tellings WHERE done = FALSE
				UNION ALL SELECT count(*) || ' ' || template || ' due ' || max(due) || min(due)|| max(member) FROM notices WHERE due <> '' GROUP BY template
				UNION ALL SELECT count(*) || ' ' || state || ' ' || channel || ' ' || max(tries) || ' due ' || max(due)|| max(member) FROM deliveries WHERE due <> '' GROUP BY state, channel`), d.p.said.String())
		}
	}
}

// column reads one column of the dead server's database.
func (d *desk) column(query string, args ...any) (all []string) {
	d.t.Helper()
	db := d.open()
	defer db.Close()
	rows, err := db.Query(query, args...)
	if err != nil {
		d.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			d.t.Fatal(err)
		}
		all = append(all, s)
	}
	return all
}

// check holds what was done against what people were told, and returns the figures.
func (d *desk) check(kills int) map[string]int {
	reports := map[string]bool{}
	for _, id := range d.column("SELECT id FROM reports WHERE text = 'Something is odd.'") {
		reports[id] = true
	}
	acknowledged := 0
	want := map[string]bool{} // the notices that there must be
	coordinators := d.column("SELECT DISTINCT r.member FROM roles r JOIN members m ON m.id = r.member WHERE r.role = 'coordinator' AND m.standing = 'active' AND NOT m.noPhone")
	for _, w := range d.writers {
		for _, c := range w.acked {
			acknowledged++
			if !reports[c.id] {
				d.t.Errorf("report %s was acknowledged, and is gone", c.id)
			}
			telling := sync.DerivedID("telling", c.nonce, "coordinators", "report.new", c.id)
			for _, m := range coordinators {
				want[sync.DerivedID("notice", telling, m, "")] = true
			}
		}
	}
	if len(reports) != acknowledged { // NB! each was sent again until it was acknowledged
		d.t.Errorf("%d reports, %d acknowledged", len(reports), acknowledged)
	}
	have := d.column("SELECT id FROM notices WHERE template = 'report.new' AND ref IN (SELECT id FROM reports WHERE text = 'Something is odd.')")
	for _, id := range have {
		if !want[id] {
			d.t.Errorf("notice %s is of nothing that was done", id)
		}
		delete(want, id)
	}
	if len(want) > 0 {
		d.t.Errorf("%d notices are missing of what was done", len(want))
	}
	shown, twice := d.brought()
	if acknowledged < kills || twice < kills/4 {
		d.t.Errorf("%d reports, %d messages that came twice: it dies too early to prove anything", acknowledged, twice)
	}
	return map[string]int{"kills": kills, "reports": acknowledged, "notices": len(have), "lost": len(want), "shown": shown, "came twice": twice}
}

// brought holds what the server believes to have brought against what Google took, and
// shows each phone what came to it, as a phone does: once for each notice.
func (d *desk) brought() (shown, twice int) {
	took := d.google.Accepted()
	for _, key := range d.column("SELECT 'phone-of-' || member || ' ' || notice FROM deliveries WHERE state = 'sent' AND channel = 'push' AND device LIKE 'd000%'") {
		if took[key] == 0 {
			d.t.Errorf("%s is said to be sent, and never was", key)
		}
	}
	for _, ended := range d.column("SELECT state || ' ' || reason FROM deliveries WHERE state NOT IN ('sent', 'seen') OR due <> ''") {
		d.t.Errorf("a delivery ended %s", ended)
	}
	ids := d.column("SELECT id FROM notices")
	slices.Sort(ids)
	phones := map[string]map[string]bool{}
	for _, key := range slices.Sorted(maps.Keys(took)) {
		var to, n string
		if _, err := fmt.Sscan(key, &to, &n); err != nil {
			d.t.Fatal(err)
		}
		if _, there := slices.BinarySearch(ids, n); !there {
			d.t.Errorf("a phone was shown %s, which is no notice", n)
		}
		if phones[to] == nil {
			phones[to] = map[string]bool{}
		}
		for range took[key] {
			if phones[to][n] {
				twice++ // silently replaced
				continue
			}
			phones[to][n] = true
			shown++
		}
	}
	if odd := d.google.Odd(); len(odd) > 0 {
		d.t.Errorf("what left isn't what may: %v", odd)
	}
	return shown, twice
}
