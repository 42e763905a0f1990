package hooks_test

import (
	"fmt"
	"syscall"
	"testing"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/notice"
)

// cpu begins to measure, and says at the end what the processor took: on a busy machine
// the clock says more of the others.
func cpu(b *testing.B) (end func()) {
	used := func() (n int64) {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			b.Fatal(err)
		}
		return u.Utime.Nano() + u.Stime.Nano()
	}
	b.ResetTimer()
	begun := used()
	return func() { b.ReportMetric(float64(used()-begun)/float64(b.N), "cpu-ns/op") }
}

// BenchmarkNotices_Drain is what it costs to bring one message that is taken at once.
func BenchmarkNotices_Drain(b *testing.B) {
	w := newTold(b)
	rosa := w.member(nil)
	_, err := w.app.DB().NewQuery(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {:n})
		INSERT INTO notices (id, member, template, ref, at, read, about, due, gathered, told, round, telling)
		SELECT printf('n%014d', i), {:member}, 'visit.new', '', '2026-01-15T12:00:00.000Z', FALSE, '', '', FALSE, '', 0, '' FROM n`).Bind(dbx.Params{"n": b.N, "member": rosa}).Execute()
	must(b, err)
	_, err = w.app.DB().NewQuery(`INSERT INTO deliveries (id, notice, round, member, channel, device, state, due, since, rank, tries, digest, reason, category, day)
		SELECT 'd' || substr(id, 2), id, 0, member, 'push', (SELECT id FROM registrations), 'waiting', at, at, 2, 0, FALSE, '', 'notice', '2026-01-15' FROM notices`).Execute()
	must(b, err)
	defer cpu(b)()
	if got := len(w.work()); got != b.N {
		b.Fatalf("%d of %d", got, b.N)
	}
}

// BenchmarkNotices_Town is all that it costs to tell one person of a large audience.
func BenchmarkNotices_Town(b *testing.B) {
	w := newTold(b)
	_, err := w.app.DB().NewQuery(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {:n})
		INSERT INTO members (id, firstName, standing, email, tokenKey, password) SELECT printf('m%014d', i), 'Rosa', 'active', '', 'k' || i, 'x' FROM n`).Bind(dbx.Params{"n": b.N}).Execute()
	must(b, err)
	w.exec1(`INSERT INTO hosts (id, listing, member) SELECT 'h' || substr(id, 2), 'listing00000001', id FROM members`)
	w.exec1(`INSERT INTO registrations (id, member, kind, value, day) SELECT 'd' || substr(id, 2), id, 'token', 'token-' || id, '2026-01-15' FROM members`)
	w.tell(notice.Telling{To: "host/listing00000001", Template: "visit.new"})
	defer cpu(b)()
	if got := len(w.work()); got != b.N {
		b.Fatalf("%d of %d", got, b.N)
	}
}

// BenchmarkNotices_Tell is what telling adds to a command, in a transaction of a thousand.
func BenchmarkNotices_Tell(b *testing.B) {
	w := newTold(b)
	n := 0
	defer cpu(b)()
	for n < b.N {
		must(b, w.app.RunInTransaction(func(tx core.App) error {
			for range min(1000, b.N-n) {
				n++
				if err := notice.Tell(tx.DB(), notice.Telling{Key: fmt.Sprint(n), To: "host/listing00000001", Template: "visit.new", Ref: "listing00000001", At: w.now}); err != nil {
					return err
				}
			}
			return nil
		}))
	}
}
