package backup_test

import (
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"

	"kith/internal/backup"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// database makes a small one, and returns its name.
func database(t *testing.T) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "data.db")
	db, err := sql.Open("sqlite", name)
	must(t, err)
	for _, q := range []string{"CREATE TABLE t (a TEXT)", "INSERT INTO t VALUES ('Rosamund')", "PRAGMA user_version = 7"} {
		_, err := db.Exec(q)
		must(t, err)
	}
	must(t, db.Close())
	return name
}

func keys(t *testing.T) (*age.X25519Identity, []age.Recipient) {
	t.Helper()
	id, err := age.GenerateX25519Identity()
	must(t, err)
	return id, []age.Recipient{id.Recipient()}
}

func quiet(int64) {}

func manifest() backup.Manifest {
	return backup.Manifest{Format: backup.Format, Version: "test", At: "2026-06-04T11:00:00Z", Epoch: "E", Seq: 5, Audit: "0-00"}
}

// written is a backup of a small database.
func written(t *testing.T, db string, to []age.Recipient) string {
	t.Helper()
	name, m := filepath.Join(t.TempDir(), "b"), manifest()
	size, err := backup.ThisDisk().Write(name, db, &m, to, quiet)
	must(t, err)
	if info, err := os.Stat(name); err != nil || info.Size() != size || info.Mode().Perm() != 0o600 {
		t.Fatalf("%v %v, told %d", info, err, size)
	}
	return name
}

func read(t *testing.T, name string) string {
	t.Helper()
	raw, err := os.ReadFile(name)
	must(t, err)
	return string(raw)
}

// Ensure that what is read is byte for byte what was written, sealed or not, and
// that sealed it can't be read by looking at it.
func TestRead_GivesBackWhatWasWritten(t *testing.T) {
	db := database(t)
	id, to := keys(t)
	for _, name := range []string{written(t, db, to), written(t, db, nil), db} {
		out := filepath.Join(t.TempDir(), "out.db")
		m, err := backup.Read(name, out, []age.Identity{id}, quiet)
		must(t, err)
		if read(t, out) != read(t, db) {
			t.Error("the database is another one")
		}
		if name != db && (m.Epoch != "E" || m.Seq != 5 || m.Bytes == 0) {
			t.Errorf("%+v", m)
		}
		must(t, backup.Check(t.Context(), out))
	}
	if s := read(t, written(t, db, to)); strings.Contains(s, "Rosamund") || strings.Contains(s, "manifest") {
		t.Error("a name can be read in a sealed backup")
	}
}

// Ensure that another key, no key, and what is no backup are told apart in words.
func TestRead_SaysWhatIsWrongWithAKeyOrAFile(t *testing.T) {
	db := database(t)
	_, to := keys(t)
	other, _ := keys(t)
	none := filepath.Join(t.TempDir(), "letter.txt")
	must(t, os.WriteFile(none, []byte("Dear Ruth,"), 0o600))
	for _, c := range []struct {
		file string
		ids  []age.Identity
		want error
	}{
		{written(t, db, to), []age.Identity{other}, backup.ErrKey},
		{written(t, db, to), nil, backup.ErrNoKey},
		{none, []age.Identity{other}, backup.ErrNotOne},
	} {
		out := filepath.Join(t.TempDir(), "out.db")
		if _, err := backup.Read(c.file, out, c.ids, quiet); !errors.Is(err, c.want) {
			t.Errorf("%v, wanted %v", err, c.want)
		}
		if _, err := os.Stat(out); err == nil {
			t.Error("something was left behind")
		}
	}
}

// Ensure that a backup that was cut anywhere, or in which one bit of any byte is
// another, gives no database, or the very same one: zstd has a bit that means
// nothing, which matters only where no seal is around it.
func TestRead_RefusesEveryCutAndEveryFlippedBit(t *testing.T) {
	db := database(t)
	id, to := keys(t)
	dir := t.TempDir()
	sealed := true
	refused := func(what string, i int, raw string) {
		t.Helper()
		bad, out := filepath.Join(dir, "bad"), filepath.Join(dir, "out.db")
		must(t, os.WriteFile(bad, []byte(raw), 0o600))
		_, err := backup.Read(bad, out, []age.Identity{id}, quiet)
		if err == nil && sealed {
			t.Fatalf("%s %d of %d was taken", what, i, len(raw))
		}
		if err == nil {
			if read(t, out) != read(t, db) {
				t.Fatalf("%s %d of %d gave another database", what, i, len(raw))
			}
			must(t, os.Remove(out))
		}
		if _, err := os.Stat(out); err == nil {
			t.Fatalf("%s %d left a database behind", what, i)
		}
	}
	for _, receivers := range [][]age.Recipient{to, nil} {
		sealed = receivers != nil
		whole := read(t, written(t, db, receivers))
		for i := range whole {
			refused("cut at", i, whole[:i])
			refused("bit in byte", i, whole[:i]+string([]byte{whole[i] ^ 1<<(i%8)})+whole[i+1:])
		}
		refused("longer", 0, whole+"x")
	}
}

// Ensure that a backup takes nobody's place.
func TestWrite_TakesNoPlaceThatIsTaken(t *testing.T) {
	db := database(t)
	taken := filepath.Join(t.TempDir(), "taken")
	must(t, os.WriteFile(taken, []byte("mine"), 0o600))
	m := manifest()
	if _, err := backup.ThisDisk().Write(taken, db, &m, nil, quiet); err == nil || read(t, taken) != "mine" {
		t.Errorf("%v, and %q stands there", err, read(t, taken))
	}
}

// Ensure that a key that was made opens what is sealed to its public half, and
// that no key is written over another.
func TestMakeKey_OpensWhatIsSealedToIt(t *testing.T) {
	db := database(t)
	name := filepath.Join(t.TempDir(), "key")
	public, err := backup.MakeKey(name)
	must(t, err)
	to, err := backup.Recipients(public + ", " + public)
	must(t, err)
	ids, err := backup.Identities(name)
	must(t, err)
	if _, err := backup.Read(written(t, db, to), filepath.Join(t.TempDir(), "out.db"), ids, quiet); err != nil || len(to) != 2 {
		t.Error(err)
	}
	if _, err := backup.MakeKey(name); err == nil {
		t.Error("a key was written over")
	}
	if _, err := backup.Recipients(read(t, name)); err == nil {
		t.Error("a secret key was taken for a public one")
	}
}
