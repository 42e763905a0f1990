package sim

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"strings"
	"sync"

	"modernc.org/sqlite"
)

// Most of what a seed once cost was SQLite compiling the same statements again.
// The simulator opens its databases through this driver, which keeps each
// connection's compiled statements, and notes which tables were written to, so
// that the checks after each commit need not read what nobody can have changed.
// SQLite itself is the same: it compiles a kept statement anew when the shape of
// its tables has changed.

func init() {
	db, err := sql.Open("sqlite", "")
	if err != nil {
		panic(err) // the driver is registered by its package
	}
	sql.Register("sqlite-kept", keptDriver{db.Driver()})
}

// touched are the tables that have been written to, by whatever: a statement, a
// trigger, a cascade. A write that was rolled back counts too.
var touched = touches{tables: map[string]bool{}}

type touches struct {
	sync.Mutex
	tables map[string]bool
	all    bool
}

func (t *touches) add(table string) {
	t.Lock()
	defer t.Unlock()
	t.tables[table] = true
}

// everything may have changed: another file, or another shape of a table.
func (t *touches) everything() {
	t.Lock()
	defer t.Unlock()
	t.all = true
}

// take says what was written to since it was last asked.
func (t *touches) take() (is func(table string) bool) {
	t.Lock()
	defer t.Unlock()
	tables, all := t.tables, t.all
	t.tables, t.all = map[string]bool{}, false
	return func(table string) bool { return all || tables[table] }
}

type keptDriver struct{ driver.Driver }

// parked are connections that a server that was stopped left to the next one on
// the same files. To open another reads all the shapes of all the tables again.
var parked = struct {
	sync.Mutex
	by map[string][]*keptConn
}{by: map[string][]*keptConn{}}

// closeParked closes those on the files of one folder, before they are replaced.
func closeParked(dir string) error {
	parked.Lock()
	defer parked.Unlock()
	var errs []error
	for name, conns := range parked.by {
		if !strings.HasPrefix(name, dir+"/") {
			continue
		}
		for _, c := range conns {
			errs = append(errs, c.end())
		}
		delete(parked.by, name)
	}
	return errors.Join(errs...)
}

// waiting says whether there are some on the files of a folder.
func waiting(dir string) bool {
	parked.Lock()
	defer parked.Unlock()
	for name, conns := range parked.by {
		if strings.HasPrefix(name, dir+"/") && len(conns) > 0 {
			return true
		}
	}
	return false
}

// connection is what modernc's connections can do and database/sql asks for.
type connection interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

type statement interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

func (d keptDriver) Open(name string) (driver.Conn, error) {
	parked.Lock()
	defer parked.Unlock()
	if waiting := parked.by[name]; len(waiting) > 0 {
		parked.by[name] = waiting[:len(waiting)-1]
		return waiting[len(waiting)-1], nil
	}
	c, err := d.Driver.Open(name)
	if err != nil {
		return nil, err
	}
	if !strings.Contains(name, "auxiliary.db") {
		c.(sqlite.HookRegisterer).RegisterPreUpdateHook(func(u sqlite.SQLitePreUpdateData) { touched.add(u.TableName) })
	}
	return &keptConn{connection: c.(connection), name: name}, nil
}

// keptConn is one connection. idle are statements that are compiled and not in use;
// older are those that were not used since idle was last full.
type keptConn struct {
	connection
	name   string
	idle   map[string]statement
	older  map[string]statement
	writes bool // inside of a transaction that may write
}

// BeginTx begins a transaction; one that may write can break (broken_test.go).
func (c *keptConn) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	tx, err := c.connection.BeginTx(ctx, o)
	if err != nil || o.ReadOnly || strings.Contains(c.name, "auxiliary.db") {
		return tx, err
	}
	c.writes = true
	return &keptTx{tx, c}, nil
}

// breaks is what a broken disk says to one statement.
func (c *keptConn) breaks() error {
	if !c.writes {
		return nil
	}
	return breakage.statement(false)
}

const mostKept = 250

// Close parks the connection, unless it is broken.
func (c *keptConn) Close() error {
	if !c.IsValid() {
		return c.end()
	}
	parked.Lock()
	defer parked.Unlock()
	parked.by[c.name] = append(parked.by[c.name], c)
	return nil
}

func (c *keptConn) end() error {
	for _, s := range []map[string]statement{c.idle, c.older} {
		closeAll(s) // the connection goes, and all of it
	}
	c.idle, c.older = nil, nil
	return c.connection.Close()
}

func closeAll(statements map[string]statement) {
	for _, s := range statements {
		_ = s.Close() // nothing is left to be told of it
	}
}

// keeps says whether a statement is worth keeping. What is neither that nor the
// frame of a transaction may change a table's shape.
func keeps(query string) bool {
	verb, _, _ := strings.Cut(strings.TrimSpace(query), " ")
	switch strings.ToUpper(strings.TrimRight(verb, ";")) {
	case "SELECT", "INSERT", "UPDATE", "DELETE", "REPLACE", "WITH", "SAVEPOINT", "RELEASE", "ROLLBACK":
		return true
	case "PRAGMA", "BEGIN", "COMMIT":
	default:
		touched.everything()
	}
	return false
}

func (c *keptConn) compiled(ctx context.Context, query string) (statement, error) {
	for _, kept := range []map[string]statement{c.idle, c.older} {
		if s := kept[query]; s != nil {
			delete(kept, query)
			return s, nil
		}
	}
	s, err := c.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	return s.(statement), nil
}

func (c *keptConn) putBack(query string, s statement) error {
	if c.idle[query] != nil {
		return s.Close()
	}
	if len(c.idle) >= mostKept {
		closeAll(c.older)
		c.older, c.idle = c.idle, nil
	}
	if c.idle == nil {
		c.idle = map[string]statement{}
	}
	c.idle[query] = s
	return nil
}

func (c *keptConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if err := c.breaks(); err != nil {
		return nil, err
	}
	if !keeps(query) {
		return c.connection.ExecContext(ctx, query, args)
	}
	s, err := c.compiled(ctx, query)
	if err != nil {
		return nil, err
	}
	r, err := s.ExecContext(ctx, args)
	if err != nil {
		_ = s.Close() // what failed is not kept; its own error is the one to tell
		return nil, err
	}
	return r, c.putBack(query, s)
}

func (c *keptConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	if err := c.breaks(); err != nil {
		return nil, err
	}
	if !keeps(query) {
		return c.connection.QueryContext(ctx, query, args)
	}
	s, err := c.compiled(ctx, query)
	if err != nil {
		return nil, err
	}
	r, err := s.QueryContext(ctx, args)
	if err != nil {
		_ = s.Close() // what failed is not kept; its own error is the one to tell
		return nil, err
	}
	return &keptRows{r.(typedRows), c, query, s}, nil
}

type typedRows interface {
	driver.Rows
	driver.RowsColumnTypeDatabaseTypeName
	driver.RowsColumnTypeLength
	driver.RowsColumnTypeNullable
	driver.RowsColumnTypePrecisionScale
	driver.RowsColumnTypeScanType
}

// keptRows give their statement back when they are closed.
type keptRows struct {
	typedRows
	c     *keptConn
	query string
	s     statement
}

func (r *keptRows) Close() error {
	err := r.typedRows.Close()
	if s := r.s; s != nil {
		r.s = nil
		if err != nil {
			_ = s.Close() // what failed is not kept; its own error is the one to tell
			return err
		}
		return r.c.putBack(r.query, s)
	}
	return err
}
