package rights

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/audit"
	"kith/internal/limits"
	"kith/internal/sync"
)

// Ended is what a run of the retention ended, or would end, of one keeping.
type Ended struct {
	What string
	Rows int
}

// Retain ends whatever has been kept for as long as its keeping says, in batches
// of one short transaction each: people go on while it runs. A run that breaks
// off has done what it did, and the next one goes on.
func Retain(app core.App, keepings []sync.Keeping, now time.Time) ([]Ended, error) {
	out, err := (&retention{app, keepings, now}).run()
	if err != nil {
		return out, err
	}
	n, err := mails(app.DataDir(), now, os.Remove)
	out = append(out, Ended{elsewhere[0].What, n})
	return out, errors.Join(err, scrub(app))
}

// Rehearse says what Retain would end: it does it all, and takes it back.
func Rehearse(app core.App, keepings []sync.Keeping, now time.Time) (out []Ended, err error) {
	back := errors.New("rehearsed")
	err = app.RunInTransaction(func(tx core.App) (err error) {
		if out, err = (&retention{tx, keepings, now}).run(); err == nil {
			err = back
		}
		return err
	})
	if !errors.Is(err, back) {
		return out, err
	}
	n, err := mails(app.DataDir(), now, func(string) error { return nil })
	return append(out, Ended{elsewhere[0].What, n}), err
}

// retention is one run.
type retention struct {
	app      core.App
	keepings []sync.Keeping
	now      time.Time
}

func (r *retention) run() (out []Ended, err error) {
	if err := r.write(func(db dbx.Builder) error { return sync.Settle(db, r.now) }); err != nil {
		return nil, err
	}
	for i := range r.keepings {
		k := &r.keepings[i]
		if k.Days == 0 {
			continue
		}
		n, err := r.end(k)
		if err != nil {
			return out, err
		}
		out = append(out, Ended{k.What, n})
	}
	return out, r.write(sync.Sweep)
}

func (r *retention) write(do func(dbx.Builder) error) error {
	return r.app.RunInTransaction(func(tx core.App) error { return do(tx.DB()) })
}

// scrub writes the database file anew, without what was deleted. secure_delete
// overwrites what goes, but when SQLite moves rows between pages now and then a
// copy is left in the gap; and the log of the last days is a copy, too.
func scrub(app core.App) error {
	if err := app.Vacuum(); err != nil {
		return err
	}
	_, err := app.NonconcurrentDB().NewQuery("PRAGMA wal_checkpoint(TRUNCATE)").Execute()
	return err
}

// end carries out one keeping.
func (r *retention) end(k *sync.Keeping) (total int, err error) {
	day := dbx.Params{"day": r.now.UTC().AddDate(0, 0, -k.Days).Format(time.DateOnly)}
	if k.AtEnd == "erase" {
		return r.eraseOver(k, day)
	}
	for {
		var n int
		err := r.write(func(db dbx.Builder) (err error) {
			n, err = change(db, k.Collection, k.AtEnd, k.Over(), sync.Blanks(k.AtEnd), day, limits.RetentionBatch)
			return err
		})
		total += n
		if err != nil || n < limits.RetentionBatch {
			return total, err
		}
	}
}

// eraseOver erases the members whose own row is over, one in a transaction.
func (r *retention) eraseOver(k *sync.Keeping, day dbx.Params) (int, error) {
	var members []string
	if err := r.app.DB().NewQuery("SELECT id FROM " + quote(k.Collection) + " WHERE " + k.Over()).Bind(day).Column(&members); err != nil {
		return 0, err
	}
	for i, m := range members {
		err := r.write(func(db dbx.Builder) error {
			if _, err := erase(db, r.keepings, m, func() error { return nil }); err != nil {
				return err
			}
			return audit.Append(db, audit.Entry{At: r.now, Action: "people.erase", Subject: m, Detail: map[string]string{"why": "retention"}})
		})
		if err != nil {
			return i, err
		}
	}
	return len(members), nil
}

// mails takes away what waited in the folder of mails for too long.
func mails(data string, now time.Time, remove func(string) error) (n int, err error) {
	dir := filepath.Join(data, "mail")
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	for _, e := range entries {
		info, statErr := e.Info()
		if statErr != nil || !info.Mode().IsRegular() || info.ModTime().After(now.AddDate(0, 0, -mailDays)) {
			err = errors.Join(err, statErr)
			continue
		}
		n++
		err = errors.Join(err, remove(filepath.Join(dir, e.Name())))
	}
	return n, err
}
