package sim

import (
	"errors"
	"fmt"
	"os"
	"time"
)

// What happens to the machine: it is stopped, it is lost, a backup is put back.

// backUp copies the files while the server is at rest.
func (w *world) backUp() {
	if w.sumsOff {
		return
	}
	dir := w.dir(fmt.Sprintf("backup%d", len(w.backups)))
	if err := copyData(w.s.dir, dir); err != nil {
		w.fail("%v", err)
	}
	shape, err := shapeOf(w.db())
	if err != nil {
		w.fail("%v", err)
	}
	w.backups = append(w.backups, backup{dir, shape, w.o.now, w.o.now.seq})
	w.count("backups")
}

// restore puts a backup back, as docs/operations.md says.
func (w *world) restore() {
	if len(w.backups) == 0 || w.epochs > 3 || w.sumsOff {
		return
	}
	w.restoreTo(pick(w, w.backups))
}

func (w *world) restoreTo(b backup) {
	w.stop()
	if err := putBack(b.dir, b.shape, w.data()); err != nil {
		w.fail("%v", err)
	}
	w.epochs++
	w.o.now, w.ledger, w.done = b.state, 0, map[string]string{}
	w.forgetLedger()
	w.start(fmt.Sprintf("epoch%d", w.epochs))
	w.count("restores")
	w.note("restored to %d as %s", b.seq, w.epoch)
}

// loseTheDay is the backup of a night, a day of which the machine is lost, and a
// phone that saw that day: what it did then it brings back into a time in which
// less has happened than it has seen.
func (w *world) loseTheDay(p *phone) {
	if p.member == "" || w.epochs > 3 || w.sumsOff {
		return
	}
	w.backUp()
	for range 4 + w.rng.IntN(4) {
		w.edit()
	}
	time.Sleep(time.Duration(2+w.rng.IntN(60)) * time.Minute)
	w.exchange(p, false)
	w.come(p)
	if w.chance(2) {
		w.exchange(p, false)
	}
	w.restoreTo(w.backups[len(w.backups)-1])
	w.count("days lost")
	w.exchange(p, true)
	w.exchange(p, true)
}

func (w *world) restart() {
	w.stop()
	w.start("")
	w.count("restarts")
}

// night is a server that is off for hours or days.
func (w *world) night() {
	d := time.Duration(w.rng.Int64N(int64(72 * time.Hour)))
	if w.asleep += d; w.asleep > 9*24*time.Hour {
		return
	}
	w.stop()
	time.Sleep(d)
	w.start("")
	w.count("nights")
}

// cleanUp leaves the files to the next world, unless this one may have left them in use.
func (w *world) cleanUp() {
	dirs := backupDirs(w)
	if w.t.Failed() {
		dirs = append(dirs, w.data())
	}
	for _, d := range dirs {
		if err := errors.Join(closeParked(d), os.RemoveAll(d)); err != nil {
			w.t.Error(err)
		}
	}
}

func backupDirs(w *world) (dirs []string) {
	for _, b := range w.backups {
		dirs = append(dirs, b.dir)
	}
	return dirs
}
