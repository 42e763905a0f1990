package sync

import (
	"time"

	"github.com/pocketbase/dbx"
)

// CreateSettled makes the table that says since which day every stream that
// numbered a command has acknowledged it: from then on limits.Outcomes count.
func CreateSettled(db dbx.Builder) error {
	return run(db, []string{`CREATE TABLE sync_settled (nonce TEXT PRIMARY KEY, day TEXT NOT NULL) WITHOUT ROWID`})
}

// DropSettled takes it away.
func DropSettled(db dbx.Builder) error { return run(db, []string{"DROP TABLE sync_settled"}) }

// Settle notes which commands have been acknowledged since the last time, and
// which will never be: their device is gone or revoked.
//
// NB! Days can't be counted from when a command came. A phone that hears of its
// outcome a year later keeps it in its journal from then on, and brings it back
// after a restore: it has to be known until the journal has forgotten it.
func Settle(db dbx.Builder, now time.Time) error {
	_, err := db.NewQuery(`INSERT INTO sync_settled SELECT c.nonce, {:day} FROM sync_command c
		WHERE NOT EXISTS (SELECT 1 FROM sync_settled s WHERE s.nonce = c.nonce)
		AND c.nonce NOT IN (SELECT n.nonce FROM sync_stream s JOIN devices d ON d.id = s.device AND NOT d.revoked
			JOIN sync_number n ON n.stream = s.id AND n.number > s.acked)`).
		Bind(dbx.Params{"day": now.UTC().Format(time.DateOnly)}).Execute()
	return err
}

// Sweep takes away what hangs on commands, streams and members that are gone. A
// number that is asked for again is a fork then, as it is for whoever lost the
// end of their queue.
func Sweep(db dbx.Builder) error {
	return run(db, []string{
		`DELETE FROM sync_number WHERE nonce NOT IN (SELECT nonce FROM sync_command)`,
		`DELETE FROM sync_settled WHERE nonce NOT IN (SELECT nonce FROM sync_command)`,
		`DELETE FROM sync_aud WHERE head > 0 AND aud NOT IN (SELECT aud FROM sync_row)
			AND (aud LIKE 'member/%' OR aud LIKE 'helped/%' OR aud LIKE '@%') AND substr(aud, instr(aud, '/') + 1) NOT IN (SELECT id FROM members)
			AND substr(aud, 2) NOT IN (SELECT id FROM members)`,
	})
}
