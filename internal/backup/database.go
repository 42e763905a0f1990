package backup

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"

	_ "modernc.org/sqlite" // the one SQLite of Kith
)

// Open opens a database to look at it and never to write it. It does not wait
// for writers, and no writer for it.
//
// NB! Not mode=ro: that leaves an empty -wal and -shm behind, of whichever user
// looked, in a folder where no server runs.
func Open(name string) (*sql.DB, error) { return open(name, "&_pragma=query_only(1)") }

func open(name, pragmas string) (*sql.DB, error) {
	abs, err := filepath.Abs(name)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(abs); err != nil {
		return nil, err
	}
	at := url.URL{Scheme: "file", Path: abs, RawQuery: "mode=rw&_pragma=busy_timeout(10000)&_pragma=temp_store(MEMORY)&_pragma=cache_size(-32000)" + pragmas}
	return sql.Open("sqlite", at.String())
}

// Copy makes a copy of the database from, as it is at one moment, in the file to,
// while others go on writing it (ADR 15). told hears how far it is.
func Copy(ctx context.Context, from, to string, told func(done, of int64)) error {
	db, err := open(from, "") // NB! VACUUM INTO counts as a write, though not of this file
	if err != nil {
		return err
	}
	defer db.Close()
	var pages, size int64
	if err := db.QueryRowContext(ctx, "SELECT page_count, page_size FROM pragma_page_count, pragma_page_size").Scan(&pages, &size); err != nil {
		return err
	}
	done := make(chan struct{})
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		tick := time.NewTicker(200 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-tick.C:
				if info, err := os.Stat(to); err == nil {
					told(info.Size(), pages*size)
				}
			}
		}
	}()
	_, err = db.ExecContext(ctx, "VACUUM INTO ?", to)
	close(done)
	<-watched
	return err
}

// Check asks SQLite whether a database is whole.
func Check(ctx context.Context, name string) error {
	db, err := Open(name)
	if err != nil {
		return err
	}
	defer db.Close()
	var says string
	if err := db.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&says); err != nil {
		return err
	}
	if says != "ok" {
		return fmt.Errorf("the database is not whole: %s", says)
	}
	return nil
}
