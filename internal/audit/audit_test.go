package audit_test

import (
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	_ "modernc.org/sqlite"

	"kith/internal/audit"
)

var day = time.Date(2026, 6, 4, 11, 0, 0, 0, time.UTC)

func open(t *testing.T) *dbx.DB {
	t.Helper()
	db, err := dbx.Open("sqlite", filepath.Join(t.TempDir(), "audit.db")+"?_pragma=synchronous(OFF)")
	must(t, err)
	t.Cleanup(func() { _ = db.Close() })
	must(t, audit.CreateTable(db))
	return db
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// filled has n entries that differ in every column.
func filled(t *testing.T, n int) *dbx.DB {
	t.Helper()
	db := open(t)
	for i := range n {
		must(t, audit.Append(db, audit.Entry{
			At: day.Add(time.Duration(i) * time.Minute), Actor: fmt.Sprintf("actor%010d", i), Device: fmt.Sprintf("device%09d", i),
			Action: "roles.give", Subject: fmt.Sprintf("subject%08d", i), Detail: map[string]string{"role": "owner", "shop": fmt.Sprintf("shop%011d", i)},
		}))
	}
	return db
}

func exec(t *testing.T, db *dbx.DB, statement string, args ...any) {
	t.Helper()
	_, err := db.DB().Exec(statement, args...)
	must(t, err)
}

// unguarded takes the triggers away, as somebody with the file could.
func unguarded(t *testing.T, db *dbx.DB) {
	t.Helper()
	for _, name := range []string{"insert", "update", "delete"} {
		exec(t, db, "DROP TRIGGER audit_"+name)
	}
}

func wantBroken(t *testing.T, err error, number int64, why string) {
	t.Helper()
	var b *audit.Broken
	if !errors.As(err, &b) || b.Number != number || !strings.Contains(b.Why, why) {
		t.Errorf("found %v, wanted entry %d: … %s …", err, number, why)
	}
}

// Ensure that an untouched record holds, and that its head is the newest entry.
func TestVerify_HoldsWhatWasAppended(t *testing.T) {
	empty, err := audit.Verify(open(t))
	if err != nil || empty != audit.Origin {
		t.Errorf("an empty record: %v %v", empty, err)
	}
	db := filled(t, 5)
	head, err := audit.Verify(db)
	must(t, err)
	last, err := audit.Last(db)
	must(t, err)
	if head != last || head.Number != 5 {
		t.Errorf("head %v, last %v", head, last)
	}
	again, err := audit.ParseHead(head.String() + "\n")
	if err != nil || again != head {
		t.Errorf("on paper %v %v", again, err)
	}
	if _, err := audit.Verify(db, head, audit.Origin); err != nil {
		t.Error(err)
	}
}

// Ensure that one changed byte of any column of any entry is found, at that entry.
func TestVerify_FindsOneChangedByteOfAnyColumn(t *testing.T) {
	for _, column := range []string{"at", "actor", "device", "action", "subject", "detail", "prev", "hash"} {
		for number := int64(1); number <= 3; number++ {
			db := filled(t, 3)
			unguarded(t, db)
			var value string
			must(t, db.NewQuery(fmt.Sprintf("SELECT %s FROM audit WHERE number = %d", column, number)).Row(&value))
			for i := range value {
				changed := value[:i] + string(value[i]^1) + value[i+1:]
				exec(t, db, fmt.Sprintf("UPDATE audit SET %s = ? WHERE number = ?", column), changed, number)
				_, err := audit.Verify(db)
				var b *audit.Broken
				if !errors.As(err, &b) || b.Number != number {
					t.Fatalf("%s of %d, byte %d: %v", column, number, i, err)
				}
			}
		}
	}
	db := filled(t, 3)
	unguarded(t, db)
	exec(t, db, "UPDATE audit SET number = 7 WHERE number = 3")
	_, err := audit.Verify(db)
	wantBroken(t, err, 3, "missing")
}

// Ensure that bytes moved from one column to the next are found: the lengths are
// part of what is hashed.
func TestVerify_FindsBytesThatMovedToTheNextColumn(t *testing.T) {
	db := filled(t, 1)
	unguarded(t, db)
	exec(t, db, "UPDATE audit SET actor = actor || substr(device, 1, 1), device = substr(device, 2)")
	_, err := audit.Verify(db)
	wantBroken(t, err, 1, "changed")
}

// Ensure that an entry taken out, put in or swapped is found where it happened.
func TestVerify_FindsWhatWasTakenOutPutInOrSwapped(t *testing.T) {
	db := filled(t, 4)
	unguarded(t, db)
	exec(t, db, "DELETE FROM audit WHERE number = 2")
	_, err := audit.Verify(db)
	wantBroken(t, err, 2, "missing")

	exec(t, db, "UPDATE audit SET number = number - 1 WHERE number > 2")
	_, err = audit.Verify(db)
	wantBroken(t, err, 2, "follow")

	db = filled(t, 4)
	unguarded(t, db)
	exec(t, db, "UPDATE audit SET number = CASE number WHEN 2 THEN -3 WHEN 3 THEN -2 END WHERE number IN (2, 3)")
	exec(t, db, "UPDATE audit SET number = -number WHERE number < 0")
	_, err = audit.Verify(db)
	wantBroken(t, err, 2, "follow")

	db = filled(t, 2)
	unguarded(t, db)
	exec(t, db, "DELETE FROM audit WHERE number = 1")
	_, err = audit.Verify(db)
	wantBroken(t, err, 1, "missing")
}

// Ensure that a cut-off end, which the chain alone can't show, is found with a head.
func TestVerify_FindsACutOffEndByAHeadThatWasNoted(t *testing.T) {
	db := filled(t, 4)
	head, err := audit.Last(db)
	must(t, err)
	unguarded(t, db)
	exec(t, db, "DELETE FROM audit WHERE number > 2")
	if _, err := audit.Verify(db); err != nil {
		t.Fatalf("a shorter chain is a whole chain: %v", err)
	}
	_, err = audit.Verify(db, head)
	wantBroken(t, err, 3, "went on to 4")
}

// Ensure that a chain made anew from some entry on is found with a head.
func TestVerify_FindsAChainMadeAnewByAHeadThatWasNoted(t *testing.T) {
	db := filled(t, 4)
	head, err := audit.Last(db)
	must(t, err)
	unguarded(t, db)
	exec(t, db, "DELETE FROM audit WHERE number > 2")
	for range 3 {
		must(t, audit.Append(db, audit.Entry{At: day, Actor: audit.Console, Action: "roles.take"}))
	}
	if _, err := audit.Verify(db); err != nil {
		t.Fatal(err)
	}
	_, err = audit.Verify(db, head)
	wantBroken(t, err, 4, "made anew")
}

// Ensure that no statement changes or takes away an entry, or puts one elsewhere
// than at the end.
func TestTable_RefusesEverythingButGrowing(t *testing.T) {
	db := filled(t, 3)
	before, err := audit.Last(db)
	must(t, err)
	const row = "at, actor, device, action, subject, detail, prev, hash"
	for _, statement := range []string{
		"UPDATE audit SET actor = 'somebody'",
		"UPDATE audit SET hash = hash",
		"UPDATE OR REPLACE audit SET number = 1 WHERE number = 2",
		"UPDATE OR IGNORE audit SET number = 1 WHERE number = 2",
		"DELETE FROM audit",
		"DELETE FROM audit WHERE number = 3",
		"INSERT OR REPLACE INTO audit SELECT * FROM audit WHERE number = 2",
		"REPLACE INTO audit SELECT * FROM audit WHERE number = 3",
		"INSERT OR IGNORE INTO audit SELECT * FROM audit WHERE number = 2",
		"INSERT INTO audit SELECT * FROM audit WHERE number = 2 ON CONFLICT DO UPDATE SET actor = 'somebody'",
		"INSERT INTO audit SELECT 9, " + row + " FROM audit WHERE number = 3",
		"INSERT INTO audit SELECT 4, " + row + " FROM audit WHERE number = 3",
		"INSERT INTO audit SELECT 0, " + row + " FROM audit WHERE number = 3",
		"INSERT OR REPLACE INTO audit SELECT NULL, " + row + " FROM audit WHERE number = 3",
		"INSERT INTO audit (" + row + ") SELECT " + row + " FROM audit WHERE number = 3",
		"INSERT INTO audit SELECT 4, at, NULL, device, action, subject, detail, hash, hash FROM audit WHERE number = 3",
	} {
		_, err := db.DB().Exec(statement)
		if err == nil {
			t.Errorf("%s went through", statement)
		}
		if now, err := audit.Verify(db, before); err != nil || now != before {
			t.Fatalf("after %s: %v %v", statement, now, err)
		}
	}
}

// Ensure that an entry and what it tells of stand or fall together.
func TestAppend_IsPartOfTheCallersTransaction(t *testing.T) {
	db := filled(t, 1)
	undone := errors.New("undone")
	err := db.Transactional(func(tx *dbx.Tx) error {
		must(t, audit.Append(tx, audit.Entry{At: day, Action: "roles.take"}))
		return undone
	})
	if !errors.Is(err, undone) {
		t.Fatal(err)
	}
	if head, err := audit.Verify(db); err != nil || head.Number != 1 {
		t.Errorf("after a rollback: %v %v", head, err)
	}
}

// Ensure that neither a name with a space nor what somebody wrote gets in.
func TestAppend_TakesIdsAndCodesOnly(t *testing.T) {
	db := open(t)
	for _, e := range []audit.Entry{
		{Action: "Roles give"},
		{Action: ""},
		{Action: "roles.give", Actor: "Rosa Kaya"},
		{Action: "roles.give", Subject: "it was late, and"},
		{Action: "roles.give", Device: strings.Repeat("a", 65)},
		{Action: "roles.give", Detail: map[string]string{"note": "she isn't well"}},
		{Action: "roles.give", Detail: map[string]string{"a note": "1"}},
		{Action: "roles.give", Detail: map[string]string{"note": "Zoë"}},
	} {
		if err := audit.Append(db, e); err == nil {
			t.Errorf("%+v was taken", e)
		}
	}
	if head, err := audit.Last(db); err != nil || head != audit.Origin {
		t.Errorf("%v %v", head, err)
	}
}

// Ensure that pages come newest first, and that the last of one leads to the next.
func TestPage_WalksFromTheNewest(t *testing.T) {
	db := filled(t, 5)
	var seen []int64
	before := int64(0)
	for {
		rows, err := audit.Page(db, before, 2)
		must(t, err)
		if len(rows) == 0 {
			break
		}
		for _, r := range rows {
			seen = append(seen, r.Number)
		}
		before = rows[len(rows)-1].Number
	}
	if fmt.Sprint(seen) != "[5 4 3 2 1]" {
		t.Errorf("%v", seen)
	}
}

// Ensure that what isn't a head is refused, and never read as another one.
func TestParseHead_RefusesWhatIsNone(t *testing.T) {
	hash := audit.Origin.Hash
	for _, s := range []string{"", "1", "1-" + hash[1:], "01-" + hash, "-1-" + hash, "1-" + strings.ToUpper(strings.Repeat("a", 64)), "9999999999999999999-" + hash} {
		if h, err := audit.ParseHead(s); err == nil {
			t.Errorf("%q became %v", s, h)
		}
	}
}

// Ensure that a record that isn't there is an error, not a whole chain.
func TestVerify_SaysThatThereIsNoRecord(t *testing.T) {
	db := open(t)
	must(t, audit.DropTable(db))
	if _, err := audit.Verify(db); err == nil {
		t.Error("a missing table is a whole chain")
	}
	if _, err := audit.Last(db); err == nil || errors.Is(err, sql.ErrNoRows) {
		t.Errorf("a missing table has a head: %v", err)
	}
}
