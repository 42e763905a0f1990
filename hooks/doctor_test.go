package hooks_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"kith/hooks/syncapi"
	"kith/internal/limits"
	"kith/internal/sync"
)

// doctor asks kith doctor about a folder, and returns what it found wrong.
func doctor(t *testing.T, data string) (wrong map[string][]string, err error) {
	t.Helper()
	out, err := bare(t, data, "", "doctor", "--json")
	var report struct {
		Well   bool
		Checks []struct {
			Name, State, Says, Do string
			Found                 []string
		}
	}
	must(t, json.Unmarshal([]byte(out), &report))
	wrong = map[string][]string{}
	for _, c := range report.Checks {
		if c.State == "wrong" {
			wrong[c.Name] = append([]string{c.Says}, c.Found...)
			if c.Do == "" {
				t.Errorf("%s is wrong, and nobody says what to do", c.Name)
			}
		}
	}
	if report.Well != (len(wrong) == 0) || report.Well != (err == nil) {
		t.Errorf("well is %v, wrong are %v, and it ended with %v", report.Well, wrong, err)
	}
	return wrong, err
}

func (w *town) names(t *testing.T, check string, parts ...string) {
	t.Helper()
	wrong, _ := doctor(t, w.app.DataDir())
	for _, part := range parts {
		if !slices.ContainsFunc(wrong[check], func(s string) bool { return strings.Contains(s, part) }) {
			t.Errorf("%s says %q, and not %q; wrong is %v", check, wrong[check], part, wrong)
		}
	}
}

// Ensure that a town in which much was done, and somebody was erased, is well,
// while its server runs and when it is stopped.
func TestDoctor_FindsALivedInTownWell(t *testing.T) {
	l := newLife(t)
	must(t, os.Chmod(l.app.DataDir(), 0o700)) // t.TempDir is 0755
	if wrong, err := doctor(t, l.app.DataDir()); err != nil {
		t.Errorf("wrong is %v", wrong)
	}
	l.her.done("people.erase", map[string]any{})
	must(t, syncapi.Note(l.app, l.registry))
	l.stops()
	before := inFolder(t, l.app.DataDir())
	if wrong, err := doctor(t, l.app.DataDir()); err != nil {
		t.Errorf("wrong is %v", wrong)
	}
	after := inFolder(t, l.app.DataDir())
	for name, raw := range before {
		if after[name] != raw {
			t.Errorf("looking changed %s", name)
		}
	}
}

// Ensure that a trigger that was dropped and the row that was changed meanwhile
// are both named, before and after the server has mended the trigger, and that
// reindexing ends it.
func TestDoctor_NamesATriggerThatIsMissingAndTheRowThatWasChangedBehindIt(t *testing.T) {
	w := newTown(t)
	must(t, os.Chmod(w.app.DataDir(), 0o700))
	club := w.weekly("Lunch club")
	other := w.weekly("Knitting")
	must(t, syncapi.Note(w.app, w.registry))
	w.exec("DROP TRIGGER sync_listings_u")
	w.exec("UPDATE listings SET summary = 'no words of ours' WHERE id = '" + club.Id + "'")
	w.exec("UPDATE listings SET status = 'draft' WHERE id = '" + other.Id + "'")
	row := "row listings " + club.Id + ": was changed"
	w.names(t, "triggers", "trigger sync_listings_u: is missing")
	w.names(t, "index", row, "row listings "+other.Id+": is in the index for an audience that it should not be in: public", "row listings "+other.Id+": should be in an audience")
	must(t, syncapi.Prepare(w.app, w.registry))
	w.names(t, "index", row, "row listings "+other.Id)
	must(t, syncapi.Rebuild(w.app, w.registry))
	if wrong, err := doctor(t, w.app.DataDir()); err != nil {
		t.Errorf("after reindexing: %v", wrong)
	}
}

// Ensure that whatever else can be wrong is named.
func TestDoctor_NamesWhatIsWrong(t *testing.T) {
	w := newTown(t)
	p := w.phone("activator")
	p.done("visits.come", comeArgs(w.weekly("Lunch club").Id))
	row := w.weekly("Knitting").Id
	must(t, syncapi.Note(w.app, w.registry))
	must(t, os.Chmod(w.app.DataDir(), 0o755))
	w.names(t, "folder", "is open to other users")
	must(t, os.Chmod(w.app.DataDir(), 0o700))

	w.exec("DROP TRIGGER sync_row_u")
	w.exec("CREATE TRIGGER sync_row_u AFTER UPDATE ON sync_row BEGIN SELECT 1; END")
	w.exec("DROP TRIGGER audit_delete")
	w.exec("CREATE TRIGGER sly AFTER INSERT ON visits BEGIN SELECT 1; END")
	w.names(t, "triggers", "sync_row_u: is not what", "audit_delete: is missing", "sly: is not one")
	w.exec("DROP TRIGGER sync_listings_d")
	w.exec("DELETE FROM listings WHERE id = '" + row + "'")
	w.names(t, "index", "row listings "+row+": is in the index for an audience that it should not be in")
	w.exec("UPDATE sync_aud SET count = count + 1 WHERE aud = 'public'")
	w.names(t, "index", "audience public: has a count")
	w.exec("UPDATE audit SET number = number") // no entry, no refusal
	w.exec("DROP TRIGGER IF EXISTS audit_insert")
	w.exec("INSERT INTO audit VALUES (1, '2026-01-01T00:00:00.000Z', '', '', 'roles.give', '', '{}', 'x', 'y')")
	w.names(t, "audit", "entry 1")
	w.exec("INSERT INTO sync_clock VALUES (9999999, '" + sync.Stamp(time.Now().AddDate(1, 0, 0)) + "')")
	w.names(t, "clock", "something was written at")
	w.exec("PRAGMA foreign_keys = OFF")
	w.exec("UPDATE visits SET listing = 'nosuchlisting00'")
	w.names(t, "relations", "its listing leads nowhere")
	w.app.Settings().Batch.Enabled, w.app.Settings().Logs.LogIP = true, true
	must(t, w.app.Save(w.app.Settings()))
	w.names(t, "settings", "batch", "addresses are logged")
	must(t, os.WriteFile(filepath.Join(w.app.DataDir(), "backup.json"), []byte(`{"at":"2026-01-01T00:00:00Z"}`), 0o600))
	w.names(t, "backup", "2026-01-01")
	old := filepath.Join(w.app.DataDir(), "data.db.before-20260101-000000")
	must(t, os.WriteFile(old, nil, 0o600))
	must(t, os.Chtimes(old, time.Now(), time.Now().AddDate(0, -2, 0)))
	w.names(t, "old databases", "for longer than", old)
	must(t, os.Rename(w.app.DataDir()+".keys", w.app.DataDir()+".gone"))
	w.names(t, "transport key", "missing")
	must(t, os.Truncate(filepath.Join(w.app.DataDir(), "data.db-wal"), limits.LogRunaway+1))
	w.names(t, "log", "is 400 MB")
	w.stops()
	must(t, os.WriteFile(filepath.Join(w.app.DataDir(), "data.db"), []byte("scorched"), 0o600))
	w.names(t, "database", "can't be read")
}

// Ensure that the doctor says of how many coaches and coordinators nothing urgent gets
// to by mail, and why; and that this is no fault of the machine.
func TestDoctor_CountsWhomNothingUrgentReaches(t *testing.T) {
	w := newTown(t)
	must(t, os.Chmod(w.app.DataDir(), 0o700))
	says := func(want ...string) {
		t.Helper()
		out, err := bare(t, w.app.DataDir(), "", "doctor")
		for _, part := range append(want, "responders") {
			if err != nil || !strings.Contains(out, part) {
				t.Errorf("no %q (%v) in\n%s", part, err, out)
			}
		}
	}
	says("nobody is a coach or coordinator")
	boss, coach := w.phone("coordinator"), w.phone("resident").with("coach")
	gone := w.phone("coach")
	w.set("members", gone.member, map[string]any{"standing": "suspended"})
	w.hasEmail(w.phone("listener").member, "listener@example.org")
	says("any of 2 coaches and coordinators by mail: no mail server is set up")
	w.sendsMail()
	must(t, w.app.Save(w.app.Settings()))
	says("2 of 2 coaches and coordinators can't be written to", "2 with no address", "put numbers to ring")
	w.hasEmail(boss.member, "lead@example.org")
	w.hasEmail(coach.member, "coach@example.org")
	says("all 2 coaches and coordinators can be written to")
	w.exec("UPDATE members SET verified = FALSE WHERE id = '" + coach.member + "'")
	says("1 of 2 coaches and coordinators can't be written to", "0 with no address", "1 with one that they haven't confirmed")
}
