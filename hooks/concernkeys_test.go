package hooks_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"kith/hooks"
	"kith/internal/audit"
	"kith/internal/concern"
)

func verbOf(t *testing.T, verbs []*cobra.Command, args ...string) (string, error) {
	t.Helper()
	root := &cobra.Command{Use: "kith", SilenceErrors: true, SilenceUsage: true}
	root.AddCommand(verbs...)
	var said bytes.Buffer
	root.SetOut(&said)
	root.SetErr(&bytes.Buffer{})
	root.SetArgs(args)
	err := root.ExecuteContext(t.Context())
	return said.String(), err
}

// here runs a verb on the town itself, while it serves.
func (w *careful) here(args ...string) (string, error) {
	cfg := hooks.Config{ConcernKeys: w.file}
	return verbOf(w.t.(*testing.T), hooks.Verbs(w.app, w.registry, cfg), args...)
}

func (w *careful) mustHere(args ...string) string {
	w.t.Helper()
	out, err := w.here(args...)
	if err != nil {
		w.t.Fatalf("%v: %v", args, err)
	}
	return out
}

// actions are what the record says was done to keys, newest last.
func (w *town) actions(prefix string) (found []string) {
	w.t.Helper()
	must(w.t, audit.Each(w.app.DB(), func(r *audit.Row) error {
		if strings.HasPrefix(r.Action, prefix) {
			found = append(found, r.Action+" "+r.Actor)
		}
		return nil
	}))
	return found
}

// Ensure that keys are made once, outside of the data folder and for their owner
// alone, with a recovery key that is written once; and that a running server takes
// them up without a restart.
func TestKeys_AreMadeOnceAndTakenUp(t *testing.T) {
	w := &careful{town: newTown(t)}
	w.file = w.app.DataDir() + ".concern-keys"
	t.Cleanup(func() { _ = os.Remove(w.file) })
	offline := filepath.Join(t.TempDir(), "recovery")
	if _, err := w.here("keys", "new", "concerns"); err == nil || !strings.Contains(err.Error(), "--recovery") {
		t.Errorf("without a place for the recovery key: %v", err)
	}
	w.mustHere("keys", "new", "concerns", "--recovery", offline)
	for _, name := range []string{w.file, offline} {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", name, info, err)
		}
	}
	if _, err := w.here("keys", "new", "concerns", "--recovery", offline+"2"); err == nil {
		t.Error("keys were made anew")
	}
	w.runs("kithConcernKeys")
	if b := w.bundle(); b.Seq != 1 || b.Issuer == "" {
		t.Errorf("%+v", b)
	}
	inside := hooks.Config{ConcernKeys: filepath.Join(w.app.DataDir(), "x")}
	if _, err := verbOf(t, hooks.Verbs(w.app, w.registry, inside), "keys", "rotate"); err == nil || !strings.Contains(err.Error(), "KITH_CONCERN_KEYS") {
		t.Errorf("inside of the data folder: %v", err)
	}
	if got := w.actions("keys."); !slices.Equal(got, []string{"keys.new console"}) {
		t.Errorf("%v", got)
	}
}

// Ensure that after a rotation phones are told of the new key, by the same signer
// and with a higher number, and older concerns still open; that an older key is
// destroyed only when somebody says yes to how many it opens; and that what was
// sealed to it opens by the recovery key alone then.
func TestKeys_AreRotatedAndRetired(t *testing.T) {
	w := newCareful(t)
	p := w.trained()
	before := w.bundle()
	first := p.write(p.worry(), concern.Normal)
	late := p.write(p.worry(), concern.Normal) // sealed to the old key, and sent later
	if got := p.sends(first.says); got != "ok" {
		t.Fatal(got)
	}
	old := w.concernRow(first.says.ID)["keyName"]
	w.mustHere("keys", "rotate")
	w.runs("kithConcernKeys")
	after := w.bundle()
	if after.Seq <= before.Seq || after.Signer != before.Signer || bytes.Equal(after.Intake, before.Intake) || !bytes.Equal(after.Recovery, before.Recovery) {
		t.Errorf("%+v, then %+v", before, after)
	}
	if a, b := p.sends(late.says), p.sends(p.write(p.worry(), concern.Normal).says); a != "ok" || b != "ok" {
		t.Errorf("%s, %s", a, b)
	}
	if out := w.mustHere("keys", "check"); !strings.Contains(out, "3 open by the keys here, 0 are of a key that was destroyed") {
		t.Error(out)
	}
	if out, err := w.here("keys", "retire", old, "--letters-lost"); err == nil || !strings.Contains(out, "2 concerns are sealed to it, 2 of them not closed, and 0 notes and reasons") {
		t.Errorf("%s, %v", out, err)
	}
	w.mustHere("keys", "retire", old, "--yes", "--letters-lost")
	w.runs("kithConcernKeys")
	offline := filepath.Join(t.TempDir(), "recovery")
	must(t, w.recovery.WriteFile(offline))
	if out := w.mustHere("keys", "check", "--recovery", offline); !strings.Contains(out, "1 open by the keys here, 2 are of a key that was destroyed") || !strings.Contains(out, "3 open by the recovery key") {
		t.Error(out)
	}
	if got := w.actions("keys."); !slices.Equal(got, []string{"keys.rotate console", "keys.retire console"}) {
		t.Errorf("%v", got)
	}
}

// Ensure that no key is destroyed while letters that were sealed to it can still come,
// unless somebody says that these may be lost; and that the sixty days begin when
// phones are told of another key.
func TestKeys_AreNotRetiredUnderLettersOnTheirWay(t *testing.T) {
	w := newCareful(t)
	raw, err := os.ReadFile(w.file)
	must(t, err)
	rotated := func(daysAgo int) string {
		made := time.Now().UTC().AddDate(0, 0, -daysAgo)
		must(t, os.WriteFile(w.file, raw, 0o600))
		keys, err := concern.ReadFile(w.file)
		must(t, err)
		must(t, keys.Rotate(made))
		must(t, keys.WriteFile(w.file, false))
		return keys.Intake()[0].Name
	}
	old := rotated(60)
	if _, err := w.here("keys", "retire", old, "--yes"); err == nil || !strings.Contains(err.Error(), "--letters-lost") || !strings.Contains(err.Error(), "nothing was done") {
		t.Errorf("on the sixtieth day: %v", err)
	}
	if keys, err := concern.ReadFile(w.file); err != nil || len(keys.Intake()) != 2 {
		t.Errorf("a key is gone: %v", err)
	}
	old = rotated(61)
	w.mustHere("keys", "retire", old, "--yes")
}

// Ensure that where something is sealed and its key file is missing, nobody is told to
// make new keys, neither by a verb nor by the server; and that new ones are made only
// for somebody who says that the old ones are lost.
func TestKeys_ThatAreMissingAreNotReplacedByMistake(t *testing.T) {
	w, _ := ledTo(t)
	_, err := w.here("keys", "new", "concerns", "--recovery", filepath.Join(t.TempDir(), "x"))
	if err == nil || !strings.Contains(err.Error(), "there are keys already") || strings.Contains(err.Error(), "--lost") {
		t.Errorf("new, where they are: %v", err)
	}
	must(t, os.Remove(w.file))
	_, err = w.here("keys", "check")
	if err == nil || !strings.Contains(err.Error(), "the keys of concerns are missing: 3 concerns are sealed, to keys that belong in "+w.file) || strings.Contains(err.Error(), "keys new") {
		t.Errorf("check: %v", err)
	}
	fresh := filepath.Join(t.TempDir(), "new")
	if _, err := w.here("keys", "new", "concerns", "--recovery", fresh); err == nil || !strings.Contains(err.Error(), "--lost") {
		t.Errorf("new: %v", err)
	}
	for _, name := range []string{w.file, fresh} {
		if _, err := os.Stat(name); err == nil {
			t.Errorf("%s was made", name)
		}
	}
	_, said, err := again(t, w.app.DataDir(), hooks.Config{ConcernKeys: w.file})
	must(t, err)
	if !strings.Contains(said, "the keys of concerns are missing") || strings.Contains(said, "keys new") {
		t.Errorf("serve says %s", said)
	}
	w.mustHere("keys", "new", "concerns", "--recovery", fresh, "--lost")
}

// Ensure that check names each that doesn't open, and a recovery key of others.
func TestKeys_CheckNamesWhatDoesNotOpen(t *testing.T) {
	w, _ := ledTo(t)
	var id string
	must(t, w.app.DB().NewQuery("SELECT min(id) FROM concerns").Row(&id))
	w.set("concerns", id, map[string]any{"area": "Elsewhere"})
	if _, err := w.here("keys", "check"); err == nil || !strings.Contains(err.Error(), id) || strings.Count(err.Error(), "\n") != 0 {
		t.Errorf("%v", err)
	}
	w.set("concerns", id, map[string]any{"area": "Nunhead"})
	_, others, err := concern.NewKeys(time.Now())
	must(t, err)
	name := filepath.Join(t.TempDir(), "others")
	must(t, others.WriteFile(name))
	if _, err := w.here("keys", "check", "--recovery", name); err == nil || !strings.Contains(err.Error(), "not the one of the keys here") {
		t.Errorf("%v", err)
	}
	must(t, os.Chmod(w.file, 0o644))
	if _, err := w.here("keys", "check"); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("%v", err)
	}
}

// Ensure that when the key file is lost for good, new keys and the old recovery key
// bring everything back, found by its names again.
func TestKeys_AreRescuedByTheRecoveryKey(t *testing.T) {
	w, _ := ledTo(t)
	dir := t.TempDir()
	old := filepath.Join(dir, "old")
	must(t, w.recovery.WriteFile(old))
	must(t, os.Remove(w.file))
	w.mustHere("keys", "new", "concerns", "--recovery", filepath.Join(dir, "new"), "--lost")
	if _, err := w.here("keys", "rescue"); err == nil || !strings.Contains(err.Error(), "--recovery FILE") {
		t.Errorf("without the old one: %v", err)
	}
	if out := w.mustHere("keys", "rescue", "--recovery", old); !strings.Contains(out, "3 were sealed anew") {
		t.Error(out)
	}
	if out := w.mustHere("keys", "check", "--recovery", filepath.Join(dir, "new")); !strings.Contains(out, "3 open by the keys here") || !strings.Contains(out, "3 open by the recovery key") {
		t.Error(out)
	}
	if out := w.mustHere("concerns", "about", "joan AMESCANARY"); !strings.Contains(out, "2 concerns name them") {
		t.Error(out)
	}
}

// Ensure that whoever asks what is kept about them is found by any way in which
// their name is written, that nothing of the concern is shown, and that the look is
// in the record without a name.
func TestConcerns_AreFoundByNameAndTheLookIsRecorded(t *testing.T) {
	w, secrets := ledTo(t)
	for _, name := range []string{"Joan Amescanary", "Mrs AMESCANARY, Joan"} {
		out := w.mustHere("concerns", "about", name)
		if !strings.Contains(out, "2 concerns name them") || strings.Count(out, "they did not agree") != 1 {
			t.Errorf("%s: %s", name, out)
		}
		for _, secret := range secrets {
			if strings.Contains(out, secret) {
				t.Errorf("%q is shown", secret)
			}
		}
	}
	if out := w.mustHere("concerns", "about", "Somebody Else"); !strings.Contains(out, "0 concerns") {
		t.Error(out)
	}
	if _, err := w.here("concerns", "about", " . "); err == nil {
		t.Error("no name was looked for")
	}
	if got := w.actions("concerns.about"); !slices.Equal(got, []string{"concerns.about console", "concerns.about console", "concerns.about console"}) {
		t.Errorf("%v", got)
	}
	var detail []string
	must(t, w.app.DB().NewQuery("SELECT detail FROM audit WHERE action = 'concerns.about' ORDER BY number").Column(&detail))
	if want := `{"by":"name","found":"2"}`; len(detail) != 3 || detail[0] != want || !strings.Contains(detail[2], `"found":"0"`) {
		t.Errorf("the record says %v", detail)
	}
	if strings.Contains(w.dump()["audit"], "canary") {
		t.Error("the record has a name")
	}
}

// Ensure that the doctor says when the keys of concerns are missing, open to others
// or not those that something is sealed to; and that a town without concerns is well.
func TestDoctor_NamesMissingKeysOfConcerns(t *testing.T) {
	w := newTown(t)
	must(t, os.Chmod(w.app.DataDir(), 0o700))
	if wrong, err := doctor(t, w.app.DataDir()); err != nil {
		t.Errorf("without concerns and keys: %v", wrong)
	}
	keys, _, err := concern.NewKeys(time.Now())
	must(t, err)
	w.file(t, keys)
	w.runs("kithConcernKeys")
	p := w.trained()
	if got := p.sends(p.write(p.worry(), concern.Normal).says); got != "ok" {
		t.Fatal(got)
	}
	if wrong, err := doctor(t, w.app.DataDir()); err != nil {
		t.Errorf("with its keys: %v", wrong)
	}
	w.file(t, nil)
	w.names(t, "concern keys", "is missing")
	other, _, err := concern.NewKeys(time.Now())
	must(t, err)
	w.file(t, other)
	w.names(t, "concern keys", "keys that are not in the file", keys.Intake()[0].Name+" in concerns")
	w.exec("UPDATE concerns SET keyName = '', sealed = ''")
	for _, table := range []string{"concernNotes", "breakGlasses", "surgeryNotes"} {
		w.exec("INSERT INTO " + table + " (id, keyName, sealed) VALUES ('aaaaaaaaaaaaaaa', 'feedfeedfeedfeed', 'AAAA')")
		w.names(t, "concern keys", "feedfeedfeedfeed in "+table)
		w.exec("DELETE FROM " + table)
	}
	must(t, os.Chmod(w.app.DataDir()+".concern-keys", 0o644))
	w.names(t, "concern keys", "chmod 600")
}

// file puts keys where the server looks for them, or takes them away.
func (w *town) file(t *testing.T, keys *concern.Keys) {
	t.Helper()
	name := w.app.DataDir() + ".concern-keys"
	if err := os.Remove(name); err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	if keys != nil {
		must(t, keys.WriteFile(name, true))
	}
}

// Ensure that the demo town comes with keys and their recovery key, says so, and
// that every concern of it would open.
func TestKeys_AreMadeWithTheDemoTown(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	out, err := verb(t, data, hooks.Config{}, "seed")
	must(t, err)
	if !strings.Contains(out, data+".concern-keys-recovery") || !strings.Contains(out, "goes into a safe") {
		t.Errorf("it said %s", out)
	}
	if _, err := verb(t, data, hooks.Config{}, "keys", "check", "--recovery", data+".concern-keys-recovery"); err != nil {
		t.Error(err)
	}
	w, said, err := again(t, data, hooks.Config{})
	must(t, err)
	var open int
	must(t, w.app.DB().NewQuery("SELECT count(*) FROM concerns WHERE sealed <> ''").Row(&open))
	if open != 2 {
		t.Errorf("%d concerns to look at", open)
	}
	shown := map[string]string{}
	figures, err := w.app.FindAllRecords("concernFigures")
	must(t, err)
	for _, f := range figures {
		if f.GetString("area") == "" {
			shown[f.GetString("measure")+" "+f.GetString("shown")] = f.GetString("quarter")
		}
	}
	// One quarter of numbers that are rounded or too small, and one that is too small itself.
	for _, want := range []string{"raised 45", "prompt 35", "helped 15", "declined fewer than 8", "raised fewer than 8", "helped not shown"} {
		if shown[want] == "" {
			t.Errorf("%q is not among the figures: %v", want, shown)
		}
	}
	if shown["raised 45"] <= shown["raised fewer than 8"] {
		t.Errorf("which quarter is which? %v", shown)
	}
	if w.bundle().Seq != 1 || strings.Contains(said, "Concerns are off") {
		t.Errorf("it said %s", said)
	}
}
