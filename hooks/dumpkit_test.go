package hooks_test

import (
	"context"
	"path/filepath"
	"strings"
	gosync "sync"

	"github.com/pocketbase/pocketbase/core"
	"modernc.org/sqlite"
)

// written are the tables of each database that were written and not dumped since,
// as SQLite itself says it of every connection of this process, whoever opened it;
// and how often each was written at all.
var written = struct {
	gosync.Mutex
	in    map[string]map[string]bool
	times map[string]map[string]int
}{in: map[string]map[string]bool{}, times: map[string]map[string]int{}}

// NB! Every database of these tests dies with its test, so none waits for a disk.
// What a power cut leaves is asked of the real server, in sim.
func init() {
	sqlite.RegisterConnectionHook(func(c sqlite.ExecQuerierContext, name string) error {
		path, _, _ := strings.Cut(name, "?")
		c.(sqlite.HookRegisterer).RegisterPreUpdateHook(func(u sqlite.SQLitePreUpdateData) {
			written.Lock()
			defer written.Unlock()
			if written.in[path] == nil {
				written.in[path] = map[string]bool{}
			}
			if written.times[path] == nil {
				written.times[path] = map[string]int{}
			}
			written.times[path][u.TableName]++
			written.in[path][u.TableName] = true
		})
		_, err := c.ExecContext(context.Background(), "PRAGMA synchronous = OFF", nil)
		return err
	})
}

// dump is every table of the community as text, to be compared.
func (w *town) dump() map[string]string { return w.dumpOf("") }

// dumpOf leaves out the tables whose names begin with without, if that is given.
// NB! The oracle asks for it thousands of times: SQLite makes the text, and says
// which tables it has to be made of anew.
func (w *town) dumpOf(without string) map[string]string {
	w.t.Helper()
	out := map[string]string{}
	must(w.t, w.app.RunInTransaction(func(tx core.App) error { // so that nobody writes meanwhile
		if err := w.forgetWritten(tx); err != nil {
			return err
		}
		for table, columns := range w.columns {
			if without != "" && strings.HasPrefix(table, without) {
				continue
			}
			rows, known := w.dumped[table]
			if !known {
				if err := tx.DB().NewQuery("SELECT coalesce(group_concat(" + columns + ", char(10)), '') FROM " + table).Row(&rows); err != nil {
					return err
				}
			}
			w.dumped[table], out[table] = rows, rows
		}
		return nil
	}))
	return out
}

func (w *town) path() string { return filepath.Join(w.app.DataDir(), "data.db") }

// writes says how often any of these tables was written.
func (w *town) writes(tables ...string) (n int) {
	written.Lock()
	defer written.Unlock()
	for _, table := range tables {
		n += written.times[w.path()][table]
	}
	return n
}

// forgetWritten forgets the tables that were written since the last time: all, if
// there are other tables by now.
func (w *town) forgetWritten(tx core.App) error {
	path := w.path()
	written.Lock()
	for table := range written.in[path] {
		delete(w.dumped, table)
	}
	delete(written.in, path)
	written.Unlock()
	var shape int
	if err := tx.DB().NewQuery("PRAGMA schema_version").Row(&shape); err != nil {
		return err
	}
	if shape == w.shape {
		return nil
	}
	w.shape, w.dumped, w.columns = shape, map[string]string{}, map[string]string{}
	var tables []struct{ Name, Columns string }
	if err := tx.DB().NewQuery(`SELECT m.name AS name, group_concat('quote("' || c.name || '")', ' || char(9) || ') AS columns
		FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' GROUP BY m.name`).All(&tables); err != nil {
		return err
	}
	for _, table := range tables {
		w.columns[table.Name] = table.Columns
	}
	return nil
}

// missesNothing reads all of it once more at the end of a test, so that no write
// went past the dumps.
func (w *town) missesNothing() {
	if w.shape == 0 || !w.app.IsBootstrapped() {
		return
	}
	last := w.dump()
	w.shape = 0
	w.unchanged(last, "something that SQLite did not tell of")
}

func (w *town) unchanged(before map[string]string, after string) {
	w.t.Helper()
	for table, rows := range w.dump() {
		if rows != before[table] {
			w.t.Errorf("%s changed %s from\n%s\nto\n%s", after, table, before[table], rows)
		}
	}
}
