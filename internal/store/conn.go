package store

import (
	"context"
	"database/sql/driver"
	"strings"

	"modernc.org/sqlite"
)

// sqliteConn is what the driver's connection can do, all of which database/sql
// asks for by type.
type sqliteConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.Pinger
	driver.QueryerContext
	driver.SessionResetter
	driver.Validator
	NewBackup(to string) (*sqlite.Backup, error)
}

// mostKept statements of one connection stay prepared: all that the server's
// hot paths use, a few kB each, several times over.
const mostKept = 192

// conn is a connection that keeps its statements prepared. database/sql hands a
// connection to one goroutine at a time, so nothing here locks.
type conn struct {
	sqliteConn
	kept map[string]*kept
	uses int64
}

// kept is a prepared statement. While rows of it are being read it can't be run
// again: whoever asks meanwhile gets one of their own.
type kept struct {
	stmt interface {
		driver.Stmt
		driver.StmtExecContext
		driver.StmtQueryContext
	}
	busy bool
	used int64
}

// ExecContext runs query by its kept statement.
func (c *conn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	k, err := c.keep(ctx, query)
	if err != nil {
		return nil, err
	}
	if k == nil {
		return c.sqliteConn.ExecContext(ctx, query, args)
	}
	r, err := k.stmt.ExecContext(ctx, args)
	if err != nil {
		c.drop(query)
	}
	return r, err
}

// QueryContext asks query by its kept statement.
func (c *conn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	k, err := c.keep(ctx, query)
	if err != nil {
		return nil, err
	}
	if k == nil {
		return c.sqliteConn.QueryContext(ctx, query, args)
	}
	rows, err := k.stmt.QueryContext(ctx, args)
	if err != nil {
		c.drop(query)
		return nil, err
	}
	full, ok := rows.(sqliteRows)
	if !ok {
		return rows, nil
	}
	k.busy = true
	return &heldRows{full, k}, nil
}

// keep returns the statement of query, or nothing where it has to be run without.
func (c *conn) keep(ctx context.Context, query string) (*kept, error) {
	c.uses++
	if k, ok := c.kept[query]; ok {
		if k.busy {
			return nil, nil
		}
		k.used = c.uses
		return k, nil
	}
	if !worthKeeping(query) {
		return nil, nil
	}
	stmt, err := c.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	k := &kept{used: c.uses}
	if k.stmt, _ = stmt.(interface {
		driver.Stmt
		driver.StmtExecContext
		driver.StmtQueryContext
	}); k.stmt == nil {
		return nil, stmt.Close()
	}
	if len(c.kept) >= mostKept {
		c.forgetOne()
	}
	c.kept[query] = k
	return k, nil
}

// worthKeeping says whether query is one statement that reads or writes rows. A
// change of the schema is made once, and a pragma may do another thing each time.
func worthKeeping(query string) bool {
	query = strings.TrimSpace(query)
	verb, _, _ := strings.Cut(query, " ")
	switch strings.ToUpper(verb) {
	case "SELECT", "INSERT", "UPDATE", "DELETE", "WITH", "REPLACE", "SAVEPOINT", "RELEASE", "ROLLBACK":
		return !strings.Contains(query, ";") // NB! of a script the driver would run the first part alone
	}
	return false
}

// forgetOne makes room: the one that was used longest ago goes.
func (c *conn) forgetOne() {
	oldest := ""
	for q, k := range c.kept {
		if !k.busy && (oldest == "" || k.used < c.kept[oldest].used) {
			oldest = q
		}
	}
	c.drop(oldest)
}

// drop forgets a statement. After an error that is the surest thing to do.
func (c *conn) drop(query string) {
	if k, ok := c.kept[query]; ok {
		delete(c.kept, query)
		_ = k.stmt.Close() // says again what went wrong when it was run
	}
}

// Close closes the statements, then the connection.
func (c *conn) Close() error {
	for q := range c.kept {
		c.drop(q)
	}
	return c.sqliteConn.Close()
}

// sqliteRows is what the driver's rows can do.
type sqliteRows interface {
	driver.Rows
	driver.RowsColumnTypeDatabaseTypeName
	driver.RowsColumnTypeLength
	driver.RowsColumnTypeNullable
	driver.RowsColumnTypePrecisionScale
	driver.RowsColumnTypeScanType
}

// heldRows give their statement back when they are closed.
type heldRows struct {
	sqliteRows
	of *kept
}

// Close resets the statement and gives it back.
func (r *heldRows) Close() error {
	err := r.sqliteRows.Close()
	r.of.busy = false
	return err
}
