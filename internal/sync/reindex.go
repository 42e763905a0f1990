package sync

import (
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/pocketbase/dbx"
)

// CreateShapes makes the table in which Reindex remembers what was declared.
func CreateShapes(db dbx.Builder) error {
	return run(db, []string{"CREATE TABLE sync_shape (name TEXT PRIMARY KEY, shape TEXT NOT NULL) WITHOUT ROWID"})
}

// DropShapes removes it.
func DropShapes(db dbx.Builder) error { return run(db, []string{"DROP TABLE sync_shape"}) }

// Reindex brings rows that were there before to what is declared now. Triggers
// see changes of rows; that a newer version of the server sends another column
// of them, or sends them to somebody else, changes no row. So where a
// declaration is another than at the last start all its rows move to a new seq,
// into the audiences of now and out of the others; where the grants are others,
// everybody's marker moves. Call it after Install, in the same transaction.
func Reindex(db dbx.Builder, d *Declaration) error {
	for i := range d.Collections {
		c := &d.Collections[i]
		err := ifAnother(db, c.Name, fmt.Sprint(c.byName(), c.To), func() error { return c.reindex(db) })
		if err != nil {
			return err
		}
	}
	return ifAnother(db, "@", d.shape(), func() error {
		return run(db, []string{bump, `INSERT INTO sync_row (coll, rid, aud, seq, live) SELECT '@', member, '@' || member, ` + seqNow + `, 0
			FROM (SELECT member FROM sync_grant UNION SELECT rid FROM sync_row WHERE coll = '@') WHERE true
			ON CONFLICT (coll, rid, aud) DO UPDATE SET seq = excluded.seq`})
	})
}

// shape is all that decides who is in what.
func (d *Declaration) shape() string { return fmt.Sprint(d.Grants, d.Guarded, d.Trusted) }

func ifAnother(db dbx.Builder, name, shape string, do func() error) error {
	var before string
	err := db.NewQuery("SELECT shape FROM sync_shape WHERE name = {:name}").Bind(dbx.Params{"name": name}).Row(&before)
	if err == nil && before == shape || err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if err := do(); err != nil {
		return err
	}
	_, err = db.NewQuery("INSERT OR REPLACE INTO sync_shape VALUES ({:name}, {:shape})").Bind(dbx.Params{"name": name, "shape": shape}).Execute()
	return err
}

// reindex moves row by row: entries of one audience have a seq each, since pages
// go on from one.
func (c *Collection) reindex(db dbx.Builder) error {
	var ids []string
	if err := db.NewQuery("SELECT id FROM " + quote(c.Name)).Column(&ids); err != nil {
		return err
	}
	parts := make([]string, 0, len(c.To))
	for _, a := range c.To {
		s := "SELECT " + inRow(a.Key, "t") + " AS aud FROM " + quote(c.Name) + " t WHERE t.id = {:id}"
		if a.When != "" {
			s += " AND (" + inRow(a.When, "t") + ")"
		}
		parts = append(parts, s)
	}
	auds := strings.Join(parts, " UNION ")
	for _, id := range ids {
		for _, q := range []string{
			bump,
			"UPDATE sync_row SET seq = " + seqNow + ", live = 0 WHERE coll = {:coll} AND rid = {:id} AND live = 1 AND aud NOT IN (" + auds + ")",
			"INSERT INTO sync_row (coll, rid, aud, seq, live) SELECT {:coll}, {:id}, aud, " + seqNow + ", 1 FROM (" + auds + `) WHERE true
				ON CONFLICT (coll, rid, aud) DO UPDATE SET seq = excluded.seq, live = 1`,
		} {
			if _, err := db.NewQuery(q).Bind(dbx.Params{"coll": c.Name, "id": id}).Execute(); err != nil {
				return fmt.Errorf("reindexing %s: %w", c.Name, err)
			}
		}
	}
	return nil
}
