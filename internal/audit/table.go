package audit

import "github.com/pocketbase/dbx"

// table and its triggers. The number is the only key on purpose: a second one
// would let REPLACE take another row away without a delete trigger.
//
// NB! RAISE(ABORT) holds whatever ON CONFLICT the statement names, and a BEFORE
// trigger runs before REPLACE has taken anything away.
var table = []string{
	`CREATE TABLE audit (number INTEGER PRIMARY KEY, at TEXT NOT NULL, actor TEXT NOT NULL, device TEXT NOT NULL, action TEXT NOT NULL,
		subject TEXT NOT NULL, detail TEXT NOT NULL, prev TEXT NOT NULL, hash TEXT NOT NULL) STRICT`,
	`CREATE TRIGGER audit_insert BEFORE INSERT ON audit
		WHEN NEW.number IS NOT (SELECT coalesce(max(number), 0) + 1 FROM audit)
			OR NEW.prev IS NOT coalesce((SELECT hash FROM audit ORDER BY number DESC LIMIT 1), '` + Origin.Hash + `')
		BEGIN SELECT RAISE(ABORT, 'the audit only grows at its end'); END`,
	`CREATE TRIGGER audit_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is never changed'); END`,
	`CREATE TRIGGER audit_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is never shortened'); END`,
}

// CreateTable makes the empty record and what refuses to change it.
func CreateTable(db dbx.Builder) error {
	for _, s := range table {
		if _, err := db.NewQuery(s).Execute(); err != nil {
			return err
		}
	}
	return nil
}

// DropTable takes the record away whole: only the way down of a migration does.
func DropTable(db dbx.Builder) error {
	_, err := db.NewQuery("DROP TABLE audit").Execute()
	return err
}

// Triggers are what refuses to change the record, by name.
func Triggers() map[string]string {
	return map[string]string{"audit_insert": table[1], "audit_update": table[2], "audit_delete": table[3]}
}
