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
	after int   // so many statements go well; atCommit: all, until one is a commit
	err   error // then this is what the disk says; nil: nothing is broken
	dead  bool  // from then on nothing works until the next start
	did   bool
	seen  int // statements until then
}

// atCommit lets every statement of a transaction go well, and its commit fail.
const atCommit = -1

var (
	errFull = errors.New("database or disk is full (13)")
	errIO   = errors.New("disk I/O error (10)")
)

func (b *broken) set(after int, err error, dead bool) {
	b.Lock()
	defer b.Unlock()
	b.after, b.err, b.dead, b.did, b.seen = after, err, dead, false, 0
}

// end mends the disk, and says whether it had broken, and at which statement; else how
// many there were.
func (b *broken) end() (did bool, seen int) {
	b.Lock()
	defer b.Unlock()
	did, seen = b.did, b.seen
	b.err, b.did = nil, false
	return did, seen
}

// statement is one statement of a transaction that writes, or its commit.
func (b *broken) statement(commit bool) error {
	b.Lock()
	defer b.Unlock()
	if b.err == nil || b.did && !b.dead {
		return nil
	}
	if !b.did {
		b.seen++
		if b.did = b.seen == b.after+1 || b.after == atCommit && commit; !b.did {
			return nil
		}
	}
	return b.err
}

// keptTx is a transaction that writes: its commit can fail, too.
type keptTx struct {
	driver.Tx
	c *keptConn
}

func (t *keptTx) Commit() error {
	t.c.writes = false
	if err := breakage.statement(true); err != nil {
		return errors.Join(err, t.Tx.Rollback())
	}
	return t.Tx.Commit()
}

func (t *keptTx) Rollback() error {
	t.c.writes = false
	return t.Tx.Rollback()
}

// brokenDisk is one request whose transaction breaks: first at its commit, which says
// how many statements it has, then the same request at any of them. The disk is full
// or broken for one statement, or the process dies there. Nothing may be half done,
// and what was not confirmed comes again.
func (w *world) brokenDisk(p *phone) {
	if p.member == "" || p.disk.Queue.Pending() == 0 {
		return
	}
	kinds := []struct {
		what string
		err  error
		dead bool
	}{{"disks full", errFull, false}, {"disks that fail once", errIO, false}, {"kills between statements", errIO, true}}
	kind := kinds[min(w.rng.IntN(4), 2)]
	l := w.ask(p, pick(w, p.tabs), true)
	did, statements := w.breaks(l, atCommit, errFull, false)
	if did {
		w.count("disks full at a commit")
		if l.status == 200 {
			w.fail("21: %s was answered, and the commit had failed: %s", p.name, l.answer)
		}
		at := w.rng.IntN(statements)
		if w.chance(4) {
			at = statements - 1
		}
		l.proof = w.proof(p, l.tab, l.ask.Path)
		if did, _ = w.breaks(l, at, kind.err, kind.dead); did {
			w.count(kind.what)
		}
		if did && kind.dead && at >= statements*2/3 {
			w.count("kills in the last third of a write")
		}
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

// breaks delivers a request while the disk breaks, and looks at what it left.
func (w *world) breaks(l *letter, after int, err error, dead bool) (did bool, statements int) {
	refuse := w.refused(l.token)
	breakage.set(after, err, dead)
	l.parsed = nil
	l.status, l.answer = w.s.ask(l.ask.Method(), l.ask.Path, l.body, l.token, l.proof)
	synctest.Wait()
	did, statements = breakage.end()
	w.observe()
	w.note("%s, broken %v at statement %d: %d %s", l.p.name, did, statements, l.status, l.answer)
	if refuse && l.status == 200 {
		w.fail("13: %s is revoked or suspended, and was answered", l.p.name)
	}
	return did, statements
}
