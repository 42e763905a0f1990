// Package store opens the one SQLite file of a community, the same way for the
// server, its tools and what measures them. Connections keep their statements:
// preparing an INSERT together with the triggers of its table takes SQLite
// longer than carrying it out.
package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"

	"github.com/pocketbase/dbx"
	_ "modernc.org/sqlite" // the driver
)

// pragmas of every connection. synchronous=FULL: what a phone was told is saved
// survives a power cut. With PocketBase's NORMAL it does not always, see
// TestPowerCut_TheControlLoses. With secure_delete what is deleted is overwritten
// as it goes; the retention scrubs away the rest each night.
//
// NB! A transaction takes the right to write as it begins, but for those that say that
// they only read. Else one that reads first fails at its first write where a verb of the
// console has written meanwhile, whatever the timeout: SQLite can't let it go on from
// what it has read.
const pragmas = "?_txlock=immediate&_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=journal_size_limit(200000000)" +
	"&_pragma=synchronous(FULL)&_pragma=secure_delete(ON)&_pragma=foreign_keys(ON)&_pragma=temp_store(MEMORY)&_pragma=cache_size(-32000)"

// Open opens the database at path.
func Open(path string) (*dbx.DB, error) { return Keeping(path + pragmas) }

// Keeping opens a database under pragmas of its own, with connections that keep
// their statements as Open's do: for a simulator that has no disk.
func Keeping(name string) (*dbx.DB, error) {
	plain, err := dbx.Open("sqlite", name)
	if err != nil {
		return nil, err
	}
	defer plain.Close() // it was opened for its driver, and never connects
	return dbx.NewFromDB(sql.OpenDB(connector{plain.DB().Driver(), name}), "sqlite"), nil
}

// OpenPlain opens it as PocketBase would: no statement is kept. It is there to
// be measured beside Open.
func OpenPlain(path string) (*dbx.DB, error) { return dbx.Open("sqlite", path+pragmas) }

// connector makes the connections of a pool.
type connector struct {
	driver driver.Driver
	dsn    string
}

// Driver is SQLite's.
func (c connector) Driver() driver.Driver { return c.driver }

// Connect opens a connection that keeps its statements.
func (c connector) Connect(context.Context) (driver.Conn, error) {
	inner, err := c.driver.Open(c.dsn)
	if err != nil {
		return nil, err
	}
	able, ok := inner.(sqliteConn)
	if !ok {
		return nil, errors.Join(errors.New("store: this version of the SQLite driver lacks what Kith needs"), inner.Close())
	}
	return &conn{sqliteConn: able, kept: map[string]*kept{}}, nil
}
