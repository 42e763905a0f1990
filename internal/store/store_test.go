package store

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"sync"
	"testing"

	"github.com/pocketbase/dbx"
)

func fresh(t *testing.T) *dbx.DB {
	t.Helper()
	db, err := Open(filepath.Join(t.TempDir(), "data.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	db.DB().SetMaxOpenConns(1) // one connection: what it keeps is what is tested
	run(t, db, "CREATE TABLE cups (id TEXT PRIMARY KEY, n INTEGER NOT NULL)", "CREATE TABLE seen (id TEXT, by TEXT)")
	return db
}

func run(t *testing.T, db *dbx.DB, statements ...string) {
	t.Helper()
	for _, s := range statements {
		if _, err := db.DB().Exec(s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

func text(t *testing.T, db *dbx.DB, query string, args ...any) (out string) {
	t.Helper()
	if err := db.DB().QueryRow(query, args...).Scan(&out); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return out
}

// Ensure that a commit is on the disk when it returns, whatever opens the file.
func TestOpen_WritesThroughToTheDisk(t *testing.T) {
	db := fresh(t)
	for pragma, want := range map[string]string{"synchronous": "2", "journal_mode": "wal", "secure_delete": "1", "foreign_keys": "1"} {
		if got := text(t, db, "PRAGMA "+pragma); got != want {
			t.Errorf("%s is %s, wanted %s", pragma, got, want)
		}
	}
}

// Ensure that a kept statement fires the triggers that are there now, and knows
// the columns that are there now.
func TestOpen_AKeptStatementFollowsTheSchema(t *testing.T) {
	db := fresh(t)
	insert := "INSERT INTO cups (id, n) VALUES (?, 1)"
	for i, by := range []string{"first", "second"} {
		run(t, db, "DROP TRIGGER IF EXISTS watch", "CREATE TRIGGER watch AFTER INSERT ON cups BEGIN INSERT INTO seen VALUES (NEW.id, '"+by+"'); END")
		for j := range 3 {
			id := fmt.Sprint(i, j)
			if _, err := db.DB().Exec(insert, id); err != nil {
				t.Fatal(err)
			}
			if got := text(t, db, "SELECT by FROM seen WHERE id = ?", id); got != by {
				t.Errorf("row %s was seen by %q, wanted %q", id, got, by)
			}
		}
	}
	all := "SELECT * FROM cups WHERE id = '00'"
	columns := func() []string {
		rows, err := db.DB().Query(all)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		names, err := rows.Columns()
		if err != nil {
			t.Fatal(err)
		}
		return names
	}
	if got := columns(); len(got) != 2 {
		t.Fatal(got)
	}
	run(t, db, "ALTER TABLE cups ADD COLUMN colour TEXT")
	if got := columns(); len(got) != 3 || got[2] != "colour" {
		t.Error(got)
	}
}

// Ensure that a statement can be run while rows of the same one are being read.
func TestOpen_TheSameStatementInsideItself(t *testing.T) {
	db := fresh(t)
	run(t, db, "INSERT INTO cups VALUES ('a', 1), ('b', 2), ('c', 3)")
	tx, err := db.DB().Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback() //nolint:errcheck // nothing was written
	count := func(deeper func()) (n int) {
		rows, err := tx.Query("SELECT id FROM cups ORDER BY id")
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		for rows.Next() {
			n++
			deeper()
		}
		return n
	}
	if got := count(func() {
		if inner := count(func() {}); inner != 3 {
			t.Errorf("inside: %d rows", inner)
		}
	}); got != 3 {
		t.Errorf("outside: %d rows", got)
	}
}

// Ensure that what went wrong once leaves nothing behind in a kept statement:
// neither a refused row, nor rows read in part, nor a question given up.
func TestOpen_AKeptStatementForgetsWhatWentWrong(t *testing.T) {
	db := fresh(t)
	insert := "INSERT INTO cups (id, n) VALUES (?, ?)"
	for i := range 3 {
		if _, err := db.DB().Exec(insert, "same", i); (err != nil) != (i > 0) {
			t.Fatalf("%d: %v", i, err)
		}
	}
	if _, err := db.DB().Exec(insert, "other", nil); err == nil {
		t.Error("a column that must not be null was")
	}
	run(t, db, "INSERT INTO cups VALUES ('x', 7), ('y', 8)")
	for range 2 {
		rows, err := db.DB().Query("SELECT n FROM cups WHERE n > 6 ORDER BY n")
		if err != nil {
			t.Fatal(err)
		}
		rows.Next()
		_ = rows.Close() // in the middle
	}
	ctx, stop := context.WithCancel(context.Background())
	stop()
	if err := db.DB().QueryRowContext(ctx, "SELECT n FROM cups WHERE id = ?", "x").Scan(new(int)); err == nil {
		t.Error("a question that was given up was answered")
	}
	if got := text(t, db, "SELECT n FROM cups WHERE id = ?", "x"); got != "7" {
		t.Error(got)
	}
	run(t, db, "VACUUM") // refused while any statement is in the middle of its rows
}

// Ensure that more statements than are kept all work, and a script runs whole.
func TestOpen_MoreThanAreKept(t *testing.T) {
	db := fresh(t)
	for round := range 2 {
		for i := range mostKept + 20 {
			if got := text(t, db, fmt.Sprintf("SELECT ? || '/%d'", i), round); got != fmt.Sprintf("%d/%d", round, i) {
				t.Fatal(got)
			}
		}
	}
	run(t, db, "INSERT INTO cups VALUES ('1', 1); INSERT INTO cups VALUES ('2', 2)")
	if got := text(t, db, "SELECT count(*) FROM cups"); got != "2" {
		t.Errorf("%s rows of two", got)
	}
}

// Ensure that many may ask at once, each over a connection of its own.
func TestOpen_ManyAtOnce(t *testing.T) {
	db := fresh(t)
	db.DB().SetMaxOpenConns(8)
	run(t, db, "INSERT INTO cups VALUES ('a', 1)")
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for range 50 {
				var n sql.NullInt64
				if err := db.DB().QueryRow("SELECT n FROM cups WHERE id = ?", "a").Scan(&n); err != nil || n.Int64 != 1 {
					t.Errorf("%v, %v", n, err)
				}
			}
		})
	}
	wg.Wait()
}
