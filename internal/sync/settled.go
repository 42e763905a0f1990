package sync

import "github.com/pocketbase/dbx"

// CreateSettled makes the table that says since which day every stream that
// numbered a command has acknowledged it: from then on limits.Outcomes count.
func CreateSettled(db dbx.Builder) error {
	return run(db, []string{`CREATE TABLE sync_settled (nonce TEXT PRIMARY KEY, day TEXT NOT NULL) WITHOUT ROWID`})
}

// DropSettled takes it away.
func DropSettled(db dbx.Builder) error { return run(db, []string{"DROP TABLE sync_settled"}) }
