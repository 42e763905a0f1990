package sync

import (
	"crypto/sha256"
	"encoding/binary"

	"github.com/pocketbase/dbx"
)

// A print is 64 bits of the SHA-256 of a row as it leaves the server, with the
// seq that the row had then. The index says that a row moved; a print says that
// one changed which did not move: behind the triggers' back.

// CreatePrints makes the table of prints. Its row with no names says up to which
// seq they are noted.
func CreatePrints(db dbx.Builder) error {
	return run(db, []string{
		"CREATE TABLE sync_print (coll TEXT NOT NULL, rid TEXT NOT NULL, seq INTEGER NOT NULL, print INTEGER NOT NULL, PRIMARY KEY (coll, rid)) WITHOUT ROWID",
		"INSERT INTO sync_print VALUES ('', '', 0, 0)",
	})
}

// DropPrints removes it.
func DropPrints(db dbx.Builder) error { return run(db, []string{"DROP TABLE sync_print"}) }

// print64 is what a row's JSON comes down to.
func print64(data []byte) int64 {
	sum := sha256.Sum256(data)
	return int64(binary.LittleEndian.Uint64(sum[:8])) //nolint:gosec // any 64 bits will do
}

// Note takes the prints of all rows that moved since the last time, and forgets
// those of rows that are gone. It costs a reading of what moved, so it is done
// beside the writes and not with them; call it in a transaction.
func Note(db dbx.Builder, d *Declaration) error {
	var noted, seq int64
	if err := db.NewQuery("SELECT p.seq, m.seq FROM sync_print p, sync_meta m WHERE p.coll = ''").Row(&noted, &seq); err != nil {
		return err
	}
	if noted == seq {
		return nil
	}
	for i := range d.Collections {
		moved, err := d.Collections[i].moved(db, noted)
		if err != nil {
			return err
		}
		for _, m := range moved {
			if _, err := db.NewQuery("INSERT OR REPLACE INTO sync_print VALUES ({:coll}, {:rid}, {:seq}, {:print})").
				Bind(dbx.Params{"coll": d.Collections[i].Name, "rid": m.RID, "seq": m.Seq, "print": print64(m.Data)}).Execute(); err != nil {
				return err
			}
		}
	}
	// A tombstone that is newer than the print: the row is gone, or nobody's any more.
	if _, err := db.NewQuery(`DELETE FROM sync_print WHERE coll <> '' AND NOT EXISTS
		(SELECT 1 FROM sync_row r WHERE r.coll = sync_print.coll AND r.rid = sync_print.rid AND r.live = 1)`).Execute(); err != nil {
		return err
	}
	_, err := db.NewQuery("UPDATE sync_print SET seq = {:seq} WHERE coll = ''").Bind(dbx.Params{"seq": seq}).Execute()
	return err
}

// standing is a row of now, as it leaves the server.
type standing struct {
	RID  string `db:"rid"`
	Seq  int64  `db:"seq"`
	Data []byte `db:"data"`
}

// moved are the rows whose newest entry is younger than a seq.
func (c *Collection) moved(db dbx.Builder, since int64) (rows []standing, err error) {
	err = db.NewQuery("SELECT r.rid AS rid, r.seq AS seq, " + c.object("t") + " AS data FROM " +
		"(SELECT rid, max(seq) AS seq FROM sync_row WHERE coll = {:coll} AND seq > {:since} GROUP BY rid HAVING max(live) = 1) r JOIN " +
		quote(c.Name) + " t ON t.id = r.rid").Bind(dbx.Params{"coll": c.Name, "since": since}).All(&rows)
	return rows, err
}
