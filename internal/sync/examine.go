package sync

import (
	"fmt"
	"strings"

	"github.com/pocketbase/dbx"
)

// Fault is one thing of the index that is not as it must be.
type Fault struct {
	What string `json:"what"` // "trigger", "row", "audience", "seq"
	Name string `json:"name"` // of the trigger or the audience; of a row its collection and id
	Is   string `json:"is"`   // what is wrong with it
}

// faultsShown of one kind: who has more has one cause.
const faultsShown = 20

// Examine compares the index with one made from scratch, and every row that has
// not moved with its print. It writes nothing. Give it a connection that reads
// one snapshot.
func Examine(db dbx.Builder, d *Declaration) (faults []Fault, err error) {
	for i := range d.Collections {
		for _, look := range []func(dbx.Builder) ([]Fault, error){d.Collections[i].astray, d.Collections[i].changedBehind} {
			found, err := look(db)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", d.Collections[i].Name, err)
			}
			faults = append(faults, found...)
		}
	}
	found, err := sums(db)
	return append(faults, found...), err
}

// ExamineTriggers compares every trigger, and the view of the grants, with what
// the declaration generates, to the byte.
func ExamineTriggers(db dbx.Builder, d *Declaration) (faults []Fault, err error) {
	have, err := generatedThere(db)
	if err != nil {
		return nil, err
	}
	is := map[string]string{}
	for _, h := range have {
		is[h.Name] = h.SQL
	}
	for _, want := range d.generated() {
		name := strings.Fields(want)[2] // CREATE TRIGGER name …
		switch sql, there := is[name]; {
		case !there:
			faults = append(faults, Fault{"trigger", name, "is missing: changes that it should have carried are not in the index"})
		case sql != want:
			faults = append(faults, Fault{"trigger", name, "is not what this version of Kith makes"})
		}
		delete(is, name)
	}
	for name := range is {
		faults = append(faults, Fault{"trigger", name, "is there and should not be"})
	}
	return faults, nil
}

// entries is the SQL that yields the entries (rid, aud) of all rows of now.
func (c *Collection) entries() string {
	parts := make([]string, 0, len(c.To))
	for _, a := range c.To {
		s := "SELECT t.id AS rid, " + inRow(a.Key, "t") + " AS aud FROM " + quote(c.Name) + " t"
		if a.When != "" {
			s += " WHERE " + inRow(a.When, "t")
		}
		parts = append(parts, s)
	}
	return strings.Join(parts, " UNION ")
}

// astray are rows that should be in an audience and are not, or the other way.
func (c *Collection) astray(db dbx.Builder) (faults []Fault, err error) {
	const live = "SELECT rid, aud FROM sync_row WHERE coll = {:coll} AND live = 1"
	for _, q := range []struct{ sql, is string }{
		{"SELECT * FROM (" + c.entries() + ") EXCEPT " + live, "should be in an audience and is not in the index: "},
		{live + " EXCEPT SELECT * FROM (" + c.entries() + ")", "is in the index for an audience that it should not be in: "},
	} {
		var rows []struct {
			RID string `db:"rid"`
			Aud string `db:"aud"`
		}
		if err := db.NewQuery(q.sql + fmt.Sprintf(" LIMIT %d", faultsShown)).Bind(dbx.Params{"coll": c.Name}).All(&rows); err != nil {
			return nil, err
		}
		for _, r := range rows {
			faults = append(faults, Fault{"row", c.Name + " " + r.RID, q.is + r.Aud})
		}
	}
	return faults, nil
}

// changedBehind are rows that are not what they were when their print was taken,
// though the index says that they have not moved since.
func (c *Collection) changedBehind(db dbx.Builder) (faults []Fault, err error) {
	rows, err := db.NewQuery("SELECT p.rid, p.print, " + c.object("t") + " FROM sync_print p JOIN " + quote(c.Name) + " t ON t.id = p.rid " +
		"WHERE p.coll = {:coll} AND p.seq = (SELECT max(seq) FROM sync_row r WHERE r.coll = p.coll AND r.rid = p.rid)").Bind(dbx.Params{"coll": c.Name}).Rows()
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() && len(faults) < faultsShown {
		var rid string
		var was int64
		var data []byte
		if err := rows.Scan(&rid, &was, &data); err != nil {
			return nil, err
		}
		if print64(data) != was {
			faults = append(faults, Fault{"row", c.Name + " " + rid, "was changed behind the index's back: no device was told"})
		}
	}
	return faults, rows.Err()
}

// sums holds the heads, counts and checksums of the audiences against their
// entries, and looks for seqs that stand where they can't.
func sums(db dbx.Builder) (faults []Fault, err error) {
	const cube = "((r.seq %% %[1]d) * (r.seq %% %[1]d) %% %[1]d * (r.seq %% %[1]d) %% %[1]d * r.live)"
	type found struct {
		What string `db:"what"`
		Name string `db:"name"`
		Is   string `db:"is_so"`
	}
	var out []found
	err = db.NewQuery(fmt.Sprintf(`WITH now AS (SELECT aud, max(seq) AS head, sum(live) AS n, sum(`+cube+`) AS checksum FROM sync_row r GROUP BY aud)
		SELECT * FROM (
		SELECT 'audience' AS what, now.aud AS name, 'has a count, a checksum or a head that is not that of its rows' AS is_so FROM now LEFT JOIN sync_aud a ON a.aud = now.aud
			WHERE a.aud IS NULL OR a.count <> n OR a.checksum <> now.checksum OR a.head < now.head
		UNION ALL SELECT 'audience', aud, 'has no rows, and says it has' FROM sync_aud WHERE (count <> 0 OR checksum <> 0) AND aud NOT IN (SELECT aud FROM now)
		UNION ALL SELECT 'seq', aud || ' ' || seq, 'is that of more than one row of an audience' FROM sync_row GROUP BY aud, seq HAVING count(*) > 1
		UNION ALL SELECT 'seq', coll || ' ' || rid, 'is newer than the newest' FROM sync_row WHERE seq > (SELECT seq FROM sync_meta)
		UNION ALL SELECT 'seq', 'epoch', 'is missing' FROM sync_meta WHERE epoch = ''
		) LIMIT %[2]d`, checksumPrime, faultsShown)).All(&out)
	for _, f := range out {
		faults = append(faults, Fault(f))
	}
	return faults, err
}

// Rebuild makes the index anew from the rows: each moves to a new seq, into the
// audiences of now and out of the others, as do rows that are gone; the sums
// follow. Every device then fetches everything once more. Call it after Install,
// in a transaction.
func Rebuild(db dbx.Builder, d *Declaration) error {
	for i := range d.Collections {
		c := &d.Collections[i]
		if err := c.reindex(db); err != nil {
			return err
		}
		var gone []string
		if err := db.NewQuery("SELECT DISTINCT rid FROM sync_row WHERE coll = {:coll} AND live = 1 AND rid NOT IN (SELECT id FROM " + quote(c.Name) + ")").
			Bind(dbx.Params{"coll": c.Name}).Column(&gone); err != nil {
			return err
		}
		for _, id := range gone {
			for _, q := range []string{bump, "UPDATE sync_row SET seq = " + seqNow + ", live = 0 WHERE coll = {:coll} AND rid = {:id} AND live = 1"} {
				if _, err := db.NewQuery(q).Bind(dbx.Params{"coll": c.Name, "id": id}).Execute(); err != nil {
					return err
				}
			}
		}
	}
	if err := run(db, []string{fmt.Sprintf(`INSERT INTO sync_aud SELECT aud, max(seq), 0, sum(live), sum((seq %% %[1]d) * (seq %% %[1]d) %% %[1]d * (seq %% %[1]d) %% %[1]d * live)
		FROM sync_row WHERE true GROUP BY aud
		ON CONFLICT (aud) DO UPDATE SET head = max(head, excluded.head), count = excluded.count, checksum = excluded.checksum`, checksumPrime)}); err != nil {
		return err
	}
	return Note(db, d)
}
