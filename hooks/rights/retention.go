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
// of one short transaction each: people go on while it runs. With dry it only
// counts. A run that breaks off has done what it did, and the next one goes on.
func Retain(app core.App, keepings []sync.Keeping, now time.Time, dry bool) ([]Ended, error) {
	r := &retention{app, keepings, now, dry}
	if err := r.write(func(db dbx.Builder) error { return sync.Settle(db, now) }); err != nil {
		return nil, err
	}
	var out []Ended
	for i := range keepings {
		k := &keepings[i]
		if k.Days == 0 {
			continue
		}
		n, err := r.end(k)
		if err != nil {
			return out, err
		}
		out = append(out, Ended{k.What, n})
	}
	if err := r.write(sync.Sweep); err != nil {
		return out, err
	}
	n, err := mails(filepath.Join(app.DataDir(), "mail"), now, dry)
	out = append(out, Ended{elsewhere[0].What, n})
	if err != nil || dry {
		return out, err
	}
	return out, scrub(app)
}

// retention is one run.
type retention struct {
	app      core.App
	keepings []sync.Keeping
	now      time.Time
	dry      bool
}

// write runs do in a transaction, unless this run only counts.
func (r *retention) write(do func(dbx.Builder) error) error {
	if r.dry {
		return nil
	}
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
	switch {
	case r.dry:
		return count(r.app.DB(), k.Collection, k.Over(), day)
	case k.AtEnd == "erase":
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
			if _, err := erase(db, r.keepings, m); err != nil {
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

// mails deletes what waited in the folder of mails for too long.
func mails(dir string, now time.Time, dry bool) (n int, err error) {
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
		if !dry {
			err = errors.Join(err, os.Remove(filepath.Join(dir, e.Name())))
		}
	}
	return n, err
}
