package sim

import (
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// The files of a community: copied, and put back under connections that stay open.
// To open one reads all the shapes of all the tables, and a new one has compiled
// nothing yet: that was most of what a seed cost.

var databases = []string{"data.db", "auxiliary.db"}

// copyData copies the database files of a server that is stopped, or at rest.
func copyData(from, to string) error {
	if err := errors.Join(closeParked(to), os.RemoveAll(to)); err != nil {
		return err
	}
	if err := os.MkdirAll(to, 0o700); err != nil {
		return err
	}
	for _, name := range databases {
		if err := errors.Join(copyFile(from, to, name), copyFile(from, to, name+"-wal")); err != nil {
			return err
		}
	}
	return nil
}

// copyFile copies one file, into the one that is there already if there is one.
// What is not there is empty.
func copyFile(from, to, name string) error {
	raw, err := os.ReadFile(filepath.Join(from, name))
	if errors.Is(err, fs.ErrNotExist) {
		raw, err = nil, nil
	}
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(to, name), raw, 0o600)
}

// putBack makes the data in a folder, of a server that is stopped, that of another
// folder, whose tables have this shape. If it is theirs now, too, the connections
// that are parked there go on with the new content, and all that they have compiled.
func putBack(from, shape, to string) error {
	now := ""
	if waiting(to) {
		if err := withData(to, "data.db", func(db *sql.DB) (err error) { now, err = shapeOf(db); return err }); err != nil {
			return err
		}
	}
	if now != shape {
		return copyData(from, to)
	}
	for _, name := range databases {
		if err := errors.Join(copyFile(from, to, name), copyFile(from, to, name+"-wal"), forgetIndex(filepath.Join(to, name+"-shm"))); err != nil {
			return err
		}
		stamps++
		stamp := fmt.Sprintf("PRAGMA user_version = %d", stamps)
		if err := withData(to, name, func(db *sql.DB) error { _, err := db.Exec(stamp); return err }); err != nil {
			return err
		}
	}
	return nil
}

// stamps are given to content that was put back. NB! A commit is how connections
// hear that what they remember of the pages is of another time.
var stamps int

// forgetIndex empties the header of a write-ahead log's index, so that it is read
// anew from the log: what a crash of the machine leaves.
func forgetIndex(path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteAt(make([]byte, 136), 0)
	return errors.Join(err, f.Close())
}

// withData does something on one of the connections that are parked on a file.
func withData(dir, name string, do func(*sql.DB) error) error {
	db, err := connectLoosely(filepath.Join(dir, name))
	if err != nil {
		return err
	}
	return errors.Join(do(db.DB()), db.Close())
}

// shapeOf is all that is known of the shape of a database's tables, and of how
// often it was changed.
func shapeOf(db *sql.DB) (shape string, err error) {
	err = db.QueryRow("SELECT (SELECT schema_version FROM pragma_schema_version) || group_concat(sql, ';') FROM sqlite_master").Scan(&shape)
	return shape, err
}
