package hooks_test

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kith/hooks"
	"kith/internal/concern"
)

// Ensure that the recovery key opens what is stored even where a phone sealed
// nothing to it that opens: a concern, and a note to the surgery by anybody.
func TestAttack_WhatWasBadlySealedToTheRecoveryKeyIsRecoveredToo(t *testing.T) {
	w := newCareful(t)
	p := w.trained()
	spoil := func(envelope []byte) {
		if envelope != nil {
			envelope[1+121+8+65+3] ^= 1 // in the data key, as sealed to the recovery key
		}
	}
	s := p.sealedAs(p.named(), func(_ *concern.Facts, envelope []byte) { spoil(envelope) })
	if got := p.sends(s.says); got != "ok" {
		t.Fatal(got)
	}
	note := w.noteAbout("Joan Ames", "")
	raw, err := base64.RawURLEncoding.DecodeString(note["sealed"].(string))
	must(t, err)
	spoil(raw)
	note["sealed"] = b64(raw)
	if rec := w.ask("POST", "/api/notes", "", note); rec.Code != 200 {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	offline := filepath.Join(t.TempDir(), "recovery")
	must(t, w.recovery.WriteFile(offline))
	if out := w.mustHere("keys", "check", "--recovery", offline); !strings.Contains(out, "2 open by the recovery key") {
		t.Error(out)
	}
}

// Ensure that one envelope that nothing opens doesn't keep all others from being
// rescued after the key file was lost; and that one is found by name afterwards in
// the surgery's tray, too.
func TestAttack_OneBrokenEnvelopeDoesNotKeepTheOthersShut(t *testing.T) {
	w, _ := ledTo(t)
	if rec := w.ask("POST", "/api/notes", "", w.noteAbout("Joan Amescanary", "")); rec.Code != 200 {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	var id, sealed string
	must(t, w.app.DB().NewQuery("SELECT id, sealed FROM concerns ORDER BY person LIMIT 1").Row(&id, &sealed))
	w.set("concerns", id, map[string]any{"sealed": sealed[:len(sealed)-8] + "AAAAAAAA"})
	dir := t.TempDir()
	old := filepath.Join(dir, "old")
	must(t, w.recovery.WriteFile(old))
	must(t, os.Remove(w.file))
	w.mustHere("keys", "new", "concerns", "--recovery", filepath.Join(dir, "new"), "--lost")
	if out := w.mustHere("keys", "rescue", "--recovery", old); !strings.Contains(out, "3 were sealed anew") || !strings.Contains(out, "concerns "+id+": it opens by no key") {
		t.Error(out)
	}
	if out := w.mustHere("concerns", "about", "Joan Amescanary"); !strings.Contains(out, "2 concerns name them, and 1 notes to the surgery") {
		t.Error(out)
	}
}

// Ensure that a text which Go would read as an envelope, and others wouldn't, is
// none: another spelling of its last letter, or broken lines in it.
func TestAttack_AnEnvelopeHasOneSpelling(t *testing.T) {
	w := newCareful(t)
	p, coach := w.trained(), w.phone("coach")
	spellings := func(sealed string) []string {
		last := sealed[len(sealed)-1]
		return []string{sealed[:len(sealed)-1] + string(last+1), sealed[:40] + "\n" + sealed[40:], sealed + strings.Repeat("\n", 12001-len(sealed)), sealed + "="}
	}
	s, note := p.write(p.worry(), concern.Normal), w.noteAbout("Joan Ames", "")
	about := w.raised(map[string]any{"state": "assigned", "assignee": coach.member})
	for i := range 4 {
		says := s.says
		says.Sealed = spellings(says.Sealed)[i]
		if got := p.sends(says); got != "rejected letter_invalid" {
			t.Errorf("letter %d: %s", i, got)
		}
		if i != 2 { // too long for one request
			other := map[string]any{"id": note["id"], "hour": note["hour"], "sealed": spellings(note["sealed"].(string))[i]}
			wantProblem(t, w.ask("POST", "/api/notes", "", other), 400, "body_invalid")
		}
		args := w.noteArgs(about.Id, "Rang.")
		args["sealed"] = spellings(args["sealed"].(string))[i]
		if o := coach.sync(coach.command("concerns.note", args)).outcomes[0]; o.Status != "rejected" || o.Code != "note_invalid" {
			t.Errorf("note %d: %+v", i, o)
		}
		coach.ack = coach.number
	}
	if n := w.count("concerns") + w.count("surgeryNotes") + w.count("concernNotes"); n != 1 {
		t.Errorf("%d rows", n)
	}
}

// Ensure that a recovery key isn't written where backups would carry it, by whatever
// name that folder is called, and that no keys are made where it can't be written:
// a running server would take them up.
func TestAttack_NoKeysAreMadeWithoutARecoveryKeyOutside(t *testing.T) {
	w := &careful{town: newTown(t)}
	w.file = filepath.Join(t.TempDir(), "keys")
	link := filepath.Join(t.TempDir(), "link")
	must(t, os.Symlink(w.app.DataDir(), link))
	must(t, os.WriteFile(link+"-taken", nil, 0o600))
	for _, recovery := range []string{filepath.Join(w.app.DataDir(), "recovery"), filepath.Join(link, "recovery"), link + "-taken", filepath.Join(link, "none", "recovery")} {
		if _, err := w.here("keys", "new", "concerns", "--recovery", recovery); err == nil {
			t.Errorf("%s was taken", recovery)
		}
		if _, err := os.Stat(w.file); !os.IsNotExist(err) {
			t.Errorf("%s: there are keys, and nobody can recover what is sealed to them", recovery)
		}
	}
	must(t, os.WriteFile(w.file, []byte("of before"), 0o600))
	if _, err := w.here("keys", "new", "concerns", "--recovery", link+"2"); err == nil {
		t.Error("keys were made anew")
	}
	if _, err := os.Stat(link + "2"); !os.IsNotExist(err) {
		t.Error("a recovery key of no keys lies about")
	}
	inside := hooks.Config{ConcernKeys: filepath.Join(link, "keys")}
	if _, err := verbOf(t, hooks.Verbs(w.app, w.registry, inside), "keys", "check"); err == nil || !strings.Contains(err.Error(), "inside of the data folder") {
		t.Errorf("by another name: %v", err)
	}
}
