package sim

import (
	"cmp"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"kith/sim/device"
)

func sortedKeys[V any](m map[device.Key]V) []device.Key {
	return slices.SortedFunc(maps.Keys(m), func(a, b device.Key) int {
		return cmp.Or(cmp.Compare(a.Coll, b.Coll), cmp.Compare(a.ID, b.ID))
	})
}

func textField(name string) core.Field { return &core.TextField{Name: name, Max: 80} }

// forgetLedger makes the ledger that of a backup: what is in it counts as done.
func (w *world) forgetLedger() {
	err := withData(w.data(), "data.db", func(db *sql.DB) error {
		rows, err := db.Query("SELECT rowid, nonce, status FROM sync_command ORDER BY rowid")
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var nonce, status string
			if err := rows.Scan(&w.ledger, &nonce, &status); err != nil {
				return err
			}
			w.done[nonce] = status
		}
		return rows.Err()
	})
	if err != nil {
		w.fail("%v", err)
	}
}

// quiesce ends all faults, lets everybody sync, and looks at what is left.
func (w *world) quiesce() {
	w.note("quiet")
	if w.sumsOff {
		w.endWrongSums()
	}
	w.late, w.calm = nil, true
	for _, p := range w.phones {
		w.kill(p)
	}
	w.raw("the last edit", "UPDATE organisations SET name = 'The end'", "UPDATE members SET firstName = firstName || '.'")
	w.readTheBasics()
	for busy := true; busy; {
		w.letEverybodyIn()
		busy = w.carryAll() || w.endWipes()
		busy = w.bringAll() || busy
		if w.step++; w.step > *length+40 {
			break // atRest and checkSealed say who never came to rest
		}
		for _, p := range w.phones {
			if d := p.disk; p.member != "" && !(w.toWipe(p.token) && d.Queue.Pending() == 0) && (d.Queue.Pending() > 0 || d.Staged() || d.Seq != w.o.now.seq || d.Epoch != w.epoch || d.Repair != 0) {
				w.exchange(p, false)
				busy = true
			}
		}
	}
	time.Sleep(31 * time.Second) // chunks in the server's own memory are good for half a minute
	for range 2 {
		for _, p := range w.phones {
			w.exchange(p, false)
		}
	}
	for _, p := range w.phones {
		w.atRest(p)
	}
	w.checkLoss()
	w.checkSealed()
	w.checkLetters()
	w.checkRegisters()
}

// letEverybodyIn undoes what keeps somebody out; a command that was on its way
// may have done it just now.
func (w *world) letEverybodyIn() {
	for i := range people {
		for n := range 3 {
			d := w.o.now.rows[device.Key{Coll: "devices", ID: id("device", i*10+n)}]
			if w.standing(memberID(i)) != "active" || d != nil && (yes(d.col["revoked"]) || yes(d.col["pending"])) {
				w.raw("everybody let in", "UPDATE members SET standing = 'active'", "UPDATE devices SET revoked = false, pending = false")
				return
			}
		}
	}
}

// atRest: a phone has everything, and nothing waits (3, 10, 22).
func (w *world) atRest(p *phone) {
	d := p.disk
	if n := d.Queue.Pending(); n > 0 && p.member != "" {
		w.fail("10: %s still has %d commands, the first is %s", p.name, n, mustJSON(d.Queue.Entries[0]))
	}
	if d.Epoch != w.epoch || d.Seq != w.o.now.seq || d.Staged() {
		w.fail("3: %s is at %s/%d, not at %s/%d", p.name, d.Epoch, d.Seq, w.epoch, w.o.now.seq)
	}
	if diff := w.o.differs(w.o.now, p.member, w.town.device[p.token], d.Rows); diff != "" {
		w.fail("3: %s is at rest and differs: %s", p.name, diff)
	}
	if d.Repair != 0 {
		w.fail("22: the sums agree, and %s does not see it (%d)", p.name, d.Repair)
	}
}

// checkLoss: everything that was done on a phone that lives is in the ledger, or
// the phone was told that it was refused (6); so is all of each journal (8).
func (w *world) checkLoss() {
	for _, p := range w.phones {
		for _, nonce := range p.made {
			if p.member != "" && w.done[nonce] == "" && !p.told[nonce] {
				w.fail("6: %s of %s is lost: %+v", nonce, p.name, w.did[nonce])
			}
		}
		for _, j := range p.disk.Queue.Journal {
			if w.done[j.Nonce] == "" {
				w.fail("8: %s is in the journal of %s and not in the ledger", j.Nonce, p.name)
			}
		}
	}
	w.count(fmt.Sprintf("epochs at the end: %d", w.epochs))
}
