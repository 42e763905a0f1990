package hooks_test

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/pocketbase/pocketbase/core"
	"github.com/spf13/cobra"

	"kith/hooks"
	"kith/internal/audit"
)

// bare runs a command that main runs without opening the community.
func bare(t *testing.T, data, to string, args ...string) (out string, err error) {
	t.Helper()
	app := core.NewBaseApp(core.BaseAppConfig{DataDir: data})
	root := &cobra.Command{Use: "kith", SilenceErrors: true, SilenceUsage: true}
	cfg := hooks.Config{Public: page, Version: "test", BackupTo: to}
	root.AddCommand(hooks.Bare(app, hooks.Register(app, cfg), cfg)...)
	var said bytes.Buffer
	root.SetOut(&said)
	root.SetErr(&bytes.Buffer{})
	root.SetArgs(args)
	err = root.ExecuteContext(t.Context())
	return said.String(), err
}

// key makes a backup key, and returns its file and its public half.
func key(t *testing.T) (file, public string) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "key")
	out, err := bare(t, t.TempDir(), "", "backup", "key", file)
	must(t, err)
	return file, strings.SplitN(out, "\n", 2)[0]
}

// stops the town as a server that is stopped.
func (w *town) stops() {
	must(w.t, w.app.OnTerminate().Trigger(&core.TerminateEvent{App: w.app}, func(e *core.TerminateEvent) error { return e.App.ResetBootstrapState() }))
}

// reopened is the community in a folder, opened by itself.
func reopened(t *testing.T, data string) *town {
	t.Helper()
	app := core.NewBaseApp(core.BaseAppConfig{DataDir: data})
	w := &town{t: t, app: app, registry: hooks.Register(app, hooks.Config{Public: page})}
	must(t, app.Bootstrap())
	t.Cleanup(w.stops)
	return w
}

// inFolder is every file of a folder with what is in it.
func inFolder(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	entries, err := os.ReadDir(dir)
	must(t, err)
	for _, e := range entries {
		if !e.IsDir() {
			raw, err := os.ReadFile(filepath.Join(dir, e.Name()))
			must(t, err)
			out[e.Name()] = string(raw)
		} else if strings.HasPrefix(e.Name(), ".restore") || strings.HasPrefix(e.Name(), ".backup") {
			out[e.Name()] = "left behind"
		}
	}
	return out
}

// Ensure that a backup goes into a folder that is there or to a name that is a file's,
// and that what looks like a folder that isn't there is refused: no file of that name
// is left in the place where a disk was to be.
func TestBackup_GoesWhereItWasMeantTo(t *testing.T) {
	w := newTown(t)
	dir := t.TempDir()
	for _, to := range []string{filepath.Join(dir, "nosuch"), filepath.Join(dir, "nosuch.d") + "/"} {
		if _, err := bare(t, w.app.DataDir(), "", "backup", "--plain", "--to", to); err == nil || !strings.Contains(err.Error(), "there is no folder "+to) {
			t.Errorf("%s: %v", to, err)
		}
	}
	if _, err := bare(t, w.app.DataDir(), "", "backup", "--plain", "--to", ""); err == nil || !strings.Contains(err.Error(), "--to") {
		t.Errorf("nowhere: %v", err)
	}
	if left := inFolder(t, dir); len(left) > 0 {
		t.Errorf("left is %v", slices.Collect(maps.Keys(left)))
	}
	for _, to := range []string{dir, filepath.Join(dir, "town.tar.zst")} {
		_, err := bare(t, w.app.DataDir(), "", "backup", "--plain", "--to", to)
		must(t, err)
	}
	if got := len(inFolder(t, dir)); got != 2 {
		t.Errorf("%d files are there", got)
	}
}

// Ensure that a backup that is made while people write is of one moment: whole
// commands, an index that is true to the rows, and all that was answered before.
func TestBackup_UnderLoadIsOfOneMoment(t *testing.T) {
	w := newTown(t)
	secret, public := key(t)
	p := w.phone("activator")
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	before := make(chan int)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for n := 0; ctx.Err() == nil; n++ {
			p.done("places.add", map[string]any{"id": newID(), "name": "Hall " + strconv.Itoa(n)})
			select {
			case before <- n + 1:
			default:
			}
		}
	}()
	told := <-before
	file := filepath.Join(t.TempDir(), "b.age")
	out, err := bare(t, w.app.DataDir(), public, "backup", "--to", file)
	must(t, err)
	stop()
	<-done
	var note struct {
		Epoch, Audit string
		Seq          int64
		Encrypted    bool
	}
	must(t, json.Unmarshal([]byte(out), &note))
	if !note.Encrypted || note.Seq == 0 || note.Epoch == "" || note.Audit == "" {
		t.Errorf("it said %s", out)
	}
	folder := filepath.Join(t.TempDir(), "data")
	_, err = bare(t, folder, "", "restore", file, "--key", secret)
	must(t, err)
	r := reopened(t, folder)
	places, commands := r.count("places"), 0
	must(t, r.app.DB().NewQuery("SELECT count(*) FROM sync_command WHERE name = 'places.add'").Row(&commands))
	if places != commands || places < told {
		t.Errorf("%d places of %d commands; %d were answered before", places, commands, told)
	}
}

// Ensure that a restore needs no second step: a new epoch, without those who were
// erased since, in the tables, in the bytes, and in the audit; and that what stood
// there is kept.
func TestRestore_ErasesAgainAndBeginsAnEpochByItself(t *testing.T) {
	l := newLife(t)
	secret, public := key(t)
	file := filepath.Join(t.TempDir(), "b.age")
	_, err := bare(t, l.app.DataDir(), public, "backup", "--to", file)
	must(t, err)
	var epoch string
	must(t, l.app.DB().NewQuery("SELECT epoch FROM sync_meta").Row(&epoch))
	l.her.done("people.erase", map[string]any{})
	boss := l.phone("coordinator")
	boss.done("roles.give", map[string]any{"id": newID(), "member": l.host.member, "role": "coordinator"})
	l.stops()
	data := l.app.DataDir()
	out, err := bare(t, data, "", "restore", file, "--key", secret, "--replace")
	must(t, err)
	var said struct {
		Epoch, Kept string
		Erased      int
		Unsure      string
		Since       []struct{ Action string }
	}
	must(t, json.Unmarshal([]byte(out), &said))
	if said.Erased != 1 || said.Epoch == epoch || said.Epoch == "" || said.Unsure != "" || !strings.Contains(out, "roles.give") {
		t.Errorf("it said %s", out)
	}
	if _, err := os.Stat(said.Kept); err != nil {
		t.Error(err)
	}
	for name, raw := range inFolder(t, data) {
		if strings.HasPrefix(name, "data.db") && name != filepath.Base(said.Kept) && strings.Contains(raw, herName) {
			t.Errorf("her name is in the bytes of %s", name)
		}
	}
	r := reopened(t, data)
	if left := r.tablesWith(herName, herNumber, herWords, herEmail, herNote); len(left) > 0 {
		t.Errorf("her words are in %v", left)
	}
	var now string
	must(t, r.app.DB().NewQuery("SELECT epoch FROM sync_meta").Row(&now))
	if _, err := audit.Verify(r.app.DB()); err != nil || now != said.Epoch {
		t.Errorf("%v, epoch %s", err, now)
	}
	var actions []string
	must(t, r.app.DB().NewQuery("SELECT action FROM audit ORDER BY number DESC LIMIT 2").Column(&actions))
	if !slices.Equal(actions, []string{"backup.restore", "people.erase"}) {
		t.Errorf("the audit ends with %v", actions)
	}
}

// Ensure that where the database is lost, an export of its audit says who is to
// be erased again, and that nothing is claimed without one.
func TestRestore_ReadsWhoWasErasedFromAnExportWhereTheDatabaseIsLost(t *testing.T) {
	l := newLife(t)
	file := filepath.Join(t.TempDir(), "b.tar.zst")
	_, err := bare(t, l.app.DataDir(), "", "backup", "--to", file, "--plain")
	must(t, err)
	l.her.done("people.erase", map[string]any{})
	var export bytes.Buffer
	must(t, audit.Each(l.app.DB(), func(r *audit.Row) error { return json.NewEncoder(&export).Encode(r) }))
	name := filepath.Join(t.TempDir(), "audit.jsonl")
	must(t, os.WriteFile(name, export.Bytes(), 0o600))

	out, err := bare(t, filepath.Join(t.TempDir(), "new"), "", "restore", file)
	must(t, err)
	if !strings.Contains(out, `"unsure"`) {
		t.Errorf("it said %s", out)
	}
	folder := filepath.Join(t.TempDir(), "new")
	out, err = bare(t, folder, "", "restore", file, "--audit", name)
	must(t, err)
	if strings.Contains(out, `"unsure"`) || !strings.Contains(out, `"erased":1`) {
		t.Errorf("it said %s", out)
	}
	if left := reopened(t, folder).tablesWith(herName, herNumber); len(left) > 0 {
		t.Errorf("her words are in %v", left)
	}
}

// Ensure that a restore that can't be done leaves every byte as it was: while
// somebody uses the folder, over a database, with another key, of a damaged file,
// of a newer Kith.
func TestRestore_ThatCannotBeDoneChangesNothing(t *testing.T) {
	w := newTown(t)
	w.phone("resident")
	secret, public := key(t)
	other, _ := key(t)
	file := filepath.Join(t.TempDir(), "b.age")
	data := w.app.DataDir()
	_, err := bare(t, data, public, "backup", "--to", file)
	must(t, err)
	raw, err := os.ReadFile(file)
	must(t, err)
	bad := filepath.Join(t.TempDir(), "bad.age")
	must(t, os.WriteFile(bad, raw[:len(raw)-1], 0o600))
	fails := func(why string, args ...string) {
		t.Helper()
		before := inFolder(t, data)
		_, err := bare(t, data, "", append([]string{"restore"}, args...)...)
		if err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%v failed with %v, wanted %q", args, err, why)
		}
		if !maps.Equal(before, inFolder(t, data)) {
			t.Errorf("%v: the folder is another one", args)
		}
	}
	fails("stop it first", file, "--key", secret, "--replace") // by SQLite's own lock
	w.stops()
	held := reopened(t, data)
	fails("stop it first", file, "--key", secret, "--replace")
	held.stops()
	fails("--replace", file, "--key", secret)
	fails("does not open", file, "--key", other, "--replace")
	fails("--key", file, "--replace")
	fails("damaged", bad, "--key", secret, "--replace")
	fails("no such file", file+"x", "--key", secret, "--replace")

	newer := reopened(t, data)
	newer.exec("INSERT INTO _migrations (file, applied) VALUES ('9999_later.go', 1)")
	later := filepath.Join(t.TempDir(), "later.tar.zst")
	_, err = bare(t, data, "", "backup", "--to", later, "--plain")
	must(t, err)
	newer.stops()
	fails("newer Kith", later, "--replace")
}

// Ensure that a database that can't be read at all gives way, too, and is kept
// with its log.
func TestRestore_TakesThePlaceOfADatabaseThatIsBroken(t *testing.T) {
	w := newTown(t)
	data := w.app.DataDir()
	file := filepath.Join(t.TempDir(), "b.tar.zst")
	_, err := bare(t, data, "", "backup", "--to", file, "--plain")
	must(t, err)
	w.stops()
	must(t, os.WriteFile(filepath.Join(data, "data.db"), []byte("scorched"), 0o600))
	must(t, os.WriteFile(filepath.Join(data, "data.db-wal"), []byte("too"), 0o600))
	out, err := bare(t, data, "", "restore", file, "--replace")
	must(t, err)
	var said struct{ Kept, Unsure string }
	must(t, json.Unmarshal([]byte(out), &said))
	old, err := os.ReadFile(said.Kept)
	must(t, err)
	log, err := os.ReadFile(said.Kept + "-wal")
	must(t, err)
	if string(old) != "scorched" || string(log) != "too" || said.Unsure == "" {
		t.Errorf("kept %q and %q, said %s", old, log, out)
	}
	r := reopened(t, data)
	if r.count("communities") != 1 {
		t.Error("the community is not back")
	}
}
