package sync

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pocketbase/dbx"
)

// The tables. sync_row is the index: one entry per (row, audience), moved to a
// new seq on every change. Its key starts with the row, for the triggers; the
// two indexes serve a pull (one audience from a seq on) and the dispatcher
// (everything from a seq on).
var tables = []string{
	`CREATE TABLE sync_meta (id INTEGER PRIMARY KEY CHECK (id = 1), epoch TEXT NOT NULL, seq INTEGER NOT NULL)`,
	`INSERT INTO sync_meta VALUES (1, '', 0)`,
	`CREATE TABLE sync_row (coll TEXT NOT NULL, rid TEXT NOT NULL, aud TEXT NOT NULL, seq INTEGER NOT NULL, live INTEGER NOT NULL,
		PRIMARY KEY (coll, rid, aud)) WITHOUT ROWID`,
	`CREATE INDEX sync_row_aud ON sync_row (aud, seq, live)`,
	`CREATE INDEX sync_row_seq ON sync_row (seq)`,
	`CREATE TABLE sync_aud (aud TEXT PRIMARY KEY, head INTEGER NOT NULL, floor INTEGER NOT NULL, count INTEGER NOT NULL, checksum INTEGER NOT NULL) WITHOUT ROWID`,
	`CREATE TABLE sync_stream (id TEXT PRIMARY KEY, member TEXT NOT NULL, device TEXT NOT NULL, last INTEGER NOT NULL, acked INTEGER NOT NULL,
		pending INTEGER NOT NULL, app TEXT NOT NULL, at TEXT NOT NULL) WITHOUT ROWID`,
	`CREATE TABLE sync_command (nonce TEXT PRIMARY KEY, stream TEXT NOT NULL, number INTEGER NOT NULL, member TEXT NOT NULL, device TEXT NOT NULL,
		name TEXT NOT NULL, status TEXT NOT NULL, code TEXT NOT NULL, message TEXT NOT NULL, result TEXT NOT NULL,
		seq INTEGER NOT NULL, at TEXT NOT NULL, payload TEXT NOT NULL)`,
	`CREATE INDEX sync_command_stream ON sync_command (stream, number)`,
	`CREATE TABLE sync_number (stream TEXT NOT NULL, number INTEGER NOT NULL, nonce TEXT NOT NULL, PRIMARY KEY (stream, number)) WITHOUT ROWID`,
	`CREATE TABLE sync_attempt (nonce TEXT PRIMARY KEY, tries INTEGER NOT NULL, at TEXT NOT NULL) WITHOUT ROWID`,
	`CREATE TABLE sync_clock (seq INTEGER PRIMARY KEY, at TEXT NOT NULL)`,
}

// aggregates keep head, count, checksum and floor of each audience true to
// sync_row, whoever writes it. Pruning a tombstone raises the floor.
func aggregates() []string {
	cube := func(row string) string {
		s := fmt.Sprintf("(%s.seq %% %d)", row, checksumPrime)
		return fmt.Sprintf("(%[1]s * %[1]s %% %[2]d * %[1]s %% %[2]d * %[3]s.live)", s, checksumPrime, row)
	}
	return []string{
		`CREATE TRIGGER sync_row_i AFTER INSERT ON sync_row BEGIN
			INSERT INTO sync_aud VALUES (NEW.aud, NEW.seq, 0, NEW.live, ` + cube("NEW") + `)
			ON CONFLICT (aud) DO UPDATE SET head = max(head, excluded.head), count = count + excluded.count, checksum = checksum + excluded.checksum;
		END`,
		`CREATE TRIGGER sync_row_u AFTER UPDATE ON sync_row BEGIN
			UPDATE sync_aud SET head = max(head, NEW.seq), count = count + NEW.live - OLD.live,
				checksum = checksum + ` + cube("NEW") + ` - ` + cube("OLD") + ` WHERE aud = NEW.aud;
		END`,
		`CREATE TRIGGER sync_row_d AFTER DELETE ON sync_row BEGIN
			UPDATE sync_aud SET floor = max(floor, OLD.seq), count = count - OLD.live, checksum = checksum - ` + cube("OLD") + ` WHERE aud = OLD.aud;
		END`,
	}
}

// CreateTables makes the empty index. The epoch is set at the first start.
func CreateTables(db dbx.Builder) error { return run(db, tables) }

// DropTables removes the index and everything generated.
func DropTables(db dbx.Builder) error {
	if err := Uninstall(db); err != nil {
		return err
	}
	var stmts []string
	for _, t := range []string{"row", "aud", "stream", "command", "number", "attempt", "clock", "meta"} {
		stmts = append(stmts, "DROP TABLE sync_"+t)
	}
	return run(db, stmts)
}

// Install makes the grants view and all triggers those of d. What is there in
// the same words stays: a start changes nothing that every connection would have
// to read again. Call it at each start and after every change of a collection's
// shape, in a transaction.
func Install(db dbx.Builder, d *Declaration) error {
	wanted := d.generated()
	have, err := generatedThere(db)
	if err != nil {
		return err
	}
	var stmts []string
	for _, g := range have {
		if !slices.Contains(wanted, g.SQL) {
			stmts = append(stmts, g.drop())
		}
	}
	for _, s := range wanted {
		if !slices.ContainsFunc(have, func(g generated) bool { return g.SQL == s }) {
			stmts = append(stmts, s)
		}
	}
	return run(db, stmts)
}

// generated are the statements that make what is generated from a declaration.
func (d *Declaration) generated() []string {
	stmts := aggregates()
	for i := range d.Collections {
		stmts = append(stmts, d.Collections[i].triggers()...)
	}
	view := make([]string, 0, len(d.Grants))
	for i, g := range d.Grants {
		stmts = append(stmts, g.triggers(i)...)
		if g.Audience == "" {
			continue
		}
		s := fmt.Sprintf("SELECT %s AS member, %s AS aud FROM %s", inRow(g.Member, g.Table), inRow(g.Audience, g.Table), quote(g.Table))
		if g.When != "" {
			s += " WHERE " + inRow(g.When, g.Table)
		}
		view = append(view, s)
	}
	if len(view) > 0 {
		stmts = append(stmts, "CREATE VIEW sync_grant AS "+strings.Join(view, " UNION ALL "))
	}
	return stmts
}

// generated is a trigger or a view that is in the database.
type generated struct {
	Type string `db:"type"`
	Name string `db:"name"`
	SQL  string `db:"sql"`
}

func (g generated) drop() string { return "DROP " + strings.ToUpper(g.Type) + " " + quote(g.Name) }

func generatedThere(db dbx.Builder) (there []generated, err error) {
	err = db.NewQuery(`SELECT type, name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'sync\_%' ESCAPE '\' OR type = 'view' AND name = 'sync_grant'`).All(&there)
	return there, err
}

// Uninstall removes the grants view and the triggers that speak of some tables; of
// none named: all.
func Uninstall(db dbx.Builder, tables ...string) error {
	there, err := generatedThere(db)
	if err != nil {
		return err
	}
	var stmts []string
	for _, g := range there {
		// NB! Rather one too many, by a word that only holds a table's name.
		if len(tables) == 0 || slices.ContainsFunc(tables, func(table string) bool { return strings.Contains(g.SQL, table) }) {
			stmts = append(stmts, g.drop())
		}
	}
	return run(db, stmts)
}

const bump = "UPDATE sync_meta SET seq = seq + 1;\n"

// again moves seq on once more where a row got another id.
const again = "UPDATE sync_meta SET seq = seq + 1 WHERE OLD.id IS NOT NEW.id;\n"
const seqNow = "(SELECT seq FROM sync_meta)"

// triggers of a collection: whatever writes a row (a command, the dashboard, an
// import, raw SQL, a cascade) moves its entries, in the same transaction.
func (c *Collection) triggers() []string {
	enter := fmt.Sprintf(`INSERT INTO sync_row (coll, rid, aud, seq, live) SELECT '%s', NEW.id, aud, %s, 1 FROM (%s) WHERE true
		ON CONFLICT (coll, rid, aud) DO UPDATE SET seq = excluded.seq, live = 1;`, c.Name, seqNow, c.audiences("NEW"))
	leave := func(row, keep string) string {
		return fmt.Sprintf(`UPDATE sync_row SET seq = %s, live = 0 WHERE coll = '%s' AND rid = %s.id AND live = 1%s;`, seqNow, c.Name, row, keep)
	}
	stay := " AND aud NOT IN (" + c.audiences("NEW") + ")"
	t := func(verb, on, when, body string) string {
		return fmt.Sprintf("CREATE TRIGGER sync_%s_%s AFTER %s ON %s %s BEGIN\n%s%s\nEND", c.Name, verb, on, quote(c.Name), when, bump, body)
	}
	return []string{
		// NB! An insert also leaves: REPLACE INTO deletes without a delete trigger.
		// A new id is two entries of one audience, so two seqs: pages go on from a
		// seq, and rows are kept by it.
		t("i", "INSERT", "", leave("NEW", stay)+"\n"+enter),
		t("u", "UPDATE", "WHEN "+c.changed(), leave("OLD", " AND OLD.id IS NOT NEW.id")+"\n"+again+leave("NEW", stay)+"\n"+enter),
		t("d", "DELETE", "", leave("OLD", "")),
	}
}

// triggers of a grant: a change of who is in what touches the members' own
// marker in the index (audience "@member"), which nobody is ever granted, so
// that open connections learn of it from the index alone.
func (g *Grant) triggers(n int) []string {
	touch := func(row string) string {
		return fmt.Sprintf(`INSERT INTO sync_row (coll, rid, aud, seq, live) VALUES ('@', %[1]s, '@' || %[1]s, %[2]s, 0)
		ON CONFLICT (coll, rid, aud) DO UPDATE SET seq = excluded.seq;`, inRow(g.Member, row), seqNow)
	}
	differs := func(e string) string { return fmt.Sprintf("(%s) IS NOT (%s)", inRow(e, "OLD"), inRow(e, "NEW")) }
	when := differs(g.Member)
	for _, e := range []string{g.Audience, g.When} {
		if e != "" {
			when += " OR " + differs(e)
		}
	}
	t := func(verb, on, when, body string) string {
		return fmt.Sprintf("CREATE TRIGGER sync_grant_%s%d_%s AFTER %s ON %s %s BEGIN\n%s%s\nEND", g.Table, n, verb, on, quote(g.Table), when, bump, body)
	}
	return []string{
		t("i", "INSERT", "", touch("NEW")),
		t("u", "UPDATE", "WHEN "+when, touch("OLD")+"\n"+touch("NEW")),
		t("d", "DELETE", "", touch("OLD")),
	}
}

func run(db dbx.Builder, stmts []string) error {
	for _, s := range stmts {
		// NB! dbx rewrites {{x}} and [[x]]; no statement here has them.
		if _, err := db.NewQuery(s).Execute(); err != nil {
			return fmt.Errorf("%w in: %s", err, strings.SplitN(s, "\n", 2)[0])
		}
	}
	return nil
}

// EnsureEpoch gives a new database its epoch.
func EnsureEpoch(db dbx.Builder, fresh func() string) error {
	_, err := db.NewQuery("UPDATE sync_meta SET epoch = {:epoch} WHERE epoch = ''").Bind(dbx.Params{"epoch": fresh()}).Execute()
	return err
}

// SetEpoch starts a new epoch: cursors of the old one lead to resets, and
// devices bring back what the database forgot.
func SetEpoch(db dbx.Builder, epoch string) error {
	_, err := db.NewQuery("UPDATE sync_meta SET epoch = {:epoch}").Bind(dbx.Params{"epoch": epoch}).Execute()
	return err
}

// InstallWhatFits installs the declarations whose collections are there with all
// declared columns: while migrations build the database, some are not yet. At
// the next start Install insists on all.
func InstallWhatFits(db dbx.Builder, d *Declaration) error {
	var names []string
	if err := db.NewQuery("SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'sync_row'").Column(&names); err != nil || len(names) == 0 {
		return err
	}
	fits := &Declaration{Priorities: d.Priorities}
	columns := func(table string) (map[string]bool, error) {
		var have []string
		err := db.NewQuery("SELECT name FROM pragma_table_info({:table})").Bind(dbx.Params{"table": table}).Column(&have)
		set := map[string]bool{}
		for _, c := range have {
			set[c] = true
		}
		return set, err
	}
	for _, c := range d.Collections {
		have, err := columns(c.Name)
		if err != nil {
			return err
		}
		if c.fits(have) {
			fits.Collections = append(fits.Collections, c)
		}
	}
	for _, g := range d.Grants {
		have, err := columns(g.Table)
		if err != nil {
			return err
		}
		if fitsAll(have, g.Member, g.Audience, g.When) {
			fits.Grants = append(fits.Grants, g)
		}
	}
	return Install(db, fits)
}
