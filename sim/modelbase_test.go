package sim

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"

	kith "kith/internal/sync"
	"kith/sim/device"
)

// The tables of the small model, on one connection: what a transaction is elsewhere
// is a savepoint there, so that a walk can go back to any moment.

// oneDriver gives every connection that is asked for the same one.
type oneDriver struct{ shared *keptConn }

func (d oneDriver) Open(string) (driver.Conn, error) { return &oneConn{d.shared}, nil }

type oneConn struct{ *keptConn }

// Close leaves the connection to the others.
func (c *oneConn) Close() error { return nil }

// BeginTx begins a savepoint.
func (c *oneConn) BeginTx(ctx context.Context, _ driver.TxOptions) (driver.Tx, error) {
	_, err := c.ExecContext(ctx, "SAVEPOINT tx", nil)
	return oneTx{c}, err
}

type oneTx struct{ c *oneConn }

// Commit lets the savepoint go.
func (t oneTx) Commit() error {
	_, err := t.c.ExecContext(context.Background(), "RELEASE tx", nil)
	return err
}

// Rollback undoes it.
func (t oneTx) Rollback() error {
	_, err := t.c.ExecContext(context.Background(), "ROLLBACK TO tx", nil)
	if err != nil {
		return err
	}
	return t.Commit()
}

// openOne makes the tables, of which one collection is synced: notes, which are
// everybody's, or the circle's alone.
func openOne(t *testing.T, name string) *sql.DB {
	t.Helper()
	plain, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	raw, err := plain.Driver().Open(":memory:")
	if err != nil {
		t.Fatal(err)
	}
	sql.Register("sqlite-"+name, oneDriver{&keptConn{connection: raw.(connection), name: "auxiliary.db"}})
	db, err := sql.Open("sqlite-"+name, "")
	if err != nil {
		t.Fatal(err)
	}
	b := dbx.NewFromDB(db, "sqlite")
	for _, q := range []string{
		"CREATE TABLE notes (id TEXT PRIMARY KEY, text TEXT NOT NULL, secret INTEGER NOT NULL)",
		"CREATE TABLE circle (id TEXT PRIMARY KEY, member TEXT NOT NULL)",
		"CREATE TABLE effects (nonce TEXT NOT NULL)",
	} {
		if _, err := db.Exec(q); err != nil {
			t.Fatal(err)
		}
	}
	if err := kith.CreateTables(b); err != nil {
		t.Fatal(err)
	}
	if err := kith.Install(b, &modelRegistry(nil).Declaration); err != nil {
		t.Fatal(err)
	}
	for _, q := range []string{
		"UPDATE sync_meta SET epoch = 'epoch1'", "INSERT INTO circle VALUES ('one', 'rosa'), ('two', 'sam')",
		"INSERT INTO notes VALUES ('hall', 'There is a hall', 0), ('bench', 'And a bench', 0)", "DELETE FROM notes WHERE id = 'bench'",
	} {
		if _, err := db.Exec(q); err != nil {
			t.Fatal(err)
		}
	}
	return db
}

func modelRegistry(m *model) *kith.Registry {
	r := &kith.Registry{}
	r.Sync(kith.Collection{
		Name: "notes", Columns: append(kith.Texts("text"), kith.Bools("secret")...),
		To: []kith.Audience{{Key: "'public'", When: "NOT {row}.secret"}, {Key: "'circle'", When: "{row}.secret"}},
	})
	r.Grant(kith.Grant{Table: "circle", Member: "{row}.member", Audience: "'circle'"})
	r.Handle("put", func(c *kith.Call) (kith.Result, error) {
		args, err := kith.Args[struct {
			ID     string `json:"id"`
			Text   string `json:"text"`
			Secret bool   `json:"secret"`
		}](c)
		if err != nil {
			return kith.Result{}, err
		}
		for _, q := range []string{
			"INSERT INTO notes VALUES ({:id}, {:text}, {:secret}) ON CONFLICT (id) DO UPDATE SET text = excluded.text, secret = excluded.secret",
			"INSERT INTO effects VALUES ({:text})",
		} {
			if _, err := c.App.DB().NewQuery(q).Bind(dbx.Params{"id": args.ID, "text": args.Text, "secret": args.Secret}).Execute(); err != nil {
				return kith.Result{}, err
			}
		}
		if m.now.broken == c.Nonce {
			m.now.broken = ""
			return kith.Result{}, fmt.Errorf("broken")
		}
		return kith.Result{}, nil
	})
	return r
}

func newModel(t *testing.T, db *sql.DB, pair int) *model {
	m := &model{t: t, db: db, pair: pair, known: map[uint64]counts{}}
	m.registry = modelRegistry(m)
	m.now.epoch = 1
	for i := range m.now.parties {
		m.now.parties[i].Device, m.now.parties[i].member = m.device(i), "rosa"
	}
	m.exec("SAVEPOINT everything")
	m.now.backup = m.backUp()
	switch pairs[pair] {
	case "two people":
		m.now.parties[1].member = "sam"
	case "a phone and its clone": // with something on it that was not sent yet
		m.act(0)
		m.clone(0)
	}
	return m
}

func (m *model) device(i int) *device.Device {
	return device.New(clockOfMonday, func() string {
		m.now.parties[i].names++
		return fmt.Sprintf("stream%d-%d", i, m.now.parties[i].names)
	})
}

func (m *model) exec(query string, args ...any) {
	if _, err := m.db.Exec(query, args...); err != nil {
		m.t.Errorf("%v in %s", err, query)
	}
}

// holds is what a member is to hold now, from the tables alone.
func (m *model) holds(member string) map[device.Key]string {
	in := m.inCircle(member)
	rows, err := m.db.Query("SELECT id, text, secret FROM notes")
	if err != nil {
		m.fail("%v", err)
		return nil
	}
	defer rows.Close()
	want := map[device.Key]string{}
	for rows.Next() {
		var id, text string
		var secret bool
		if err := rows.Scan(&id, &text, &secret); err != nil {
			m.fail("%v", err)
		}
		aud := "public"
		if secret {
			aud = "circle"
		}
		if !secret || in {
			want[device.Key{Coll: "notes", ID: id}] = fmt.Sprintf(`%s {"id":"%s","secret":%v,"text":"%s"}`, aud, id, secret, text)
		}
	}
	return want
}

func (m *model) inCircle(member string) (in bool) {
	if err := m.db.QueryRow("SELECT EXISTS (SELECT 1 FROM circle WHERE member = ?)", member).Scan(&in); err != nil {
		m.fail("%v", err)
	}
	return in
}

// permitted: nothing of the circle is in an answer to who isn't in it (13).
func (m *model) permitted(i int, x *exchange) {
	if m.inCircle(m.now.parties[i].member) {
		return
	}
	for _, l := range x.answer.Lines {
		if l.Reset == "circle" || l.Aud == "circle" && l.Data != nil {
			m.fail("13: phone %d was sent %+v", i, l)
		}
	}
}

// kept is one table as it was.
type kept struct {
	table string
	rows  [][]any
}

// tablesOfModel in the order in which they are put back: triggers of the first
// write to the last.
var tablesOfModel = strings.Fields("notes circle effects sync_row sync_stream sync_command sync_number sync_attempt sync_clock sync_aud sync_meta")

// tables is all that is in them, as text.
func (m *model) tables() string {
	var all sql.NullString
	if err := m.db.QueryRow(dump).Scan(&all); err != nil {
		m.fail("%v", err)
	}
	return all.String
}

var dump = func() string {
	columns := map[string]string{
		"notes": "id text secret", "circle": "id member", "effects": "nonce", "sync_meta": "epoch seq", "sync_row": "coll rid aud seq live", "sync_aud": "aud head floor count checksum",
		"sync_stream": "id member last acked pending", "sync_command": "nonce stream number member status seq", "sync_number": "stream number nonce",
		"sync_attempt": "nonce tries", "sync_clock": "seq at",
	}
	var parts []string
	for _, table := range tablesOfModel {
		parts = append(parts, "SELECT group_concat(line, ';') AS line FROM (SELECT "+strings.ReplaceAll(columns[table], " ", "||' '||")+" AS line FROM "+table+" ORDER BY 1)")
	}
	return "SELECT group_concat(coalesce(line, ''), char(10)) FROM (" + strings.Join(parts, " UNION ALL ") + ")"
}()

func (m *model) backUp() (all []kept) {
	for _, table := range tablesOfModel {
		k := kept{table: table}
		rows, err := m.db.Query("SELECT * FROM " + table)
		if err != nil {
			m.fail("%v", err)
			return nil
		}
		columns, err := rows.Columns()
		if err != nil {
			m.fail("%v", err)
		}
		for rows.Next() {
			values := make([]any, len(columns))
			at := make([]any, len(columns))
			for i := range values {
				at[i] = &values[i]
			}
			if err := rows.Scan(at...); err != nil {
				m.fail("%v", err)
			}
			k.rows = append(k.rows, values)
		}
		if err := rows.Close(); err != nil {
			m.fail("%v", err)
		}
		all = append(all, k)
	}
	return all
}

// restore puts a backup back, under a new epoch.
func (m *model) restore(all []kept) {
	for _, k := range all {
		m.exec("DELETE FROM " + k.table)
		for _, values := range k.rows {
			m.exec("INSERT INTO "+k.table+" VALUES ("+strings.Join(slices.Repeat([]string{"?"}, len(values)), ", ")+")", values...)
		}
	}
	m.now.epoch++
	m.exec(fmt.Sprintf("UPDATE sync_meta SET epoch = 'epoch%d'", m.now.epoch))
}
