package sim

import (
	"database/sql/driver"
	"errors"
	"sync"
	"testing/synctest"
)

// A disk that is full or broken, and a process that dies, between any two
// statements of a transaction that writes. Reads beside it are not touched, so
// that the same seed breaks at the same place.

// breakage is switched on for one request at a time.
var breakage broken

type broken struct {
	sync.Mutex
	after int   // so many statements go well
	err   error // then this is what the disk says; nil: nothing is broken
	dead  bool  // from then on nothing works until the next start
	did   bool
}

var (
	errFull = errors.New("database or disk is full (13)")
	errIO   = errors.New("disk I/O error (10)")
)

func (b *broken) set(after int, err error, dead bool) {
	b.Lock()
	defer b.Unlock()
	b.after, b.err, b.dead, b.did = after, err, dead, false
}

// end mends the disk, and says whether it had broken.
func (b *broken) end() bool {
	b.Lock()
	defer b.Unlock()
	did := b.did
	b.err, b.did = nil, false
	return did
}

// statement is one statement of a transaction that writes, or its commit.
func (b *broken) statement() error {
	b.Lock()
	defer b.Unlock()
	if b.err == nil || b.did && !b.dead {
		return nil
	}
	if b.after--; b.after >= 0 {
		return nil
	}
	b.did = true
	return b.err
}

// keptTx is a transaction that writes: its commit can fail, too.
type keptTx struct {
	driver.Tx
	c *keptConn
}

func (t *keptTx) Commit() error {
	t.c.writes = false
	if err := breakage.statement(); err != nil {
		return errors.Join(err, t.Tx.Rollback())
	}
	return t.Tx.Commit()
}

func (t *keptTx) Rollback() error {
	t.c.writes = false
	return t.Tx.Rollback()
}

// brokenDisk is one request whose transaction breaks somewhere: the disk is full
// or broken for one statement, or the process dies there. Nothing may be half
// done, and what was not confirmed comes again.
func (w *world) brokenDisk(p *phone) {
	if p.member == "" || p.disk.Queue.Pending() == 0 {
		return
	}
	kinds := []struct {
		what string
		err  error
		dead bool
	}{{"disks full", errFull, false}, {"disks that fail once", errIO, false}, {"kills between statements", errIO, true}}
	kind := kinds[w.rng.IntN(len(kinds))]
	l := w.ask(p, pick(w, p.tabs), true)
	refuse := w.refused(l.token)
	breakage.set(w.rng.IntN(40), kind.err, kind.dead)
	l.parsed = nil
	l.status, l.answer = w.s.ask(l.ask.Method(), l.ask.Path, l.body, l.token, l.proof)
	synctest.Wait()
	did := breakage.end()
	w.observe()
	w.note("%s, broken %v: %d %s", p.name, did, l.status, l.answer)
	if did {
		w.count(kind.what)
	}
	if refuse && l.status == 200 {
		w.fail("13: %s is revoked or suspended, and was answered", p.name)
	}
	if did && kind.dead {
		w.restart()
		return // whoever died says nothing
	}
	w.hubLooks()
	if l.status == 200 && l.read() != nil {
		w.inspect(l)
	}
	w.take(l)
}
