package hooks_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"kith/hooks/rights"
)

// Ensure that the words of a concern are shown to whoever looks into it and to
// coordinators, that each open is in the record before, and that who noticed is
// told to coordinators alone.
func TestTriage_EachOpenIsInTheRecord(t *testing.T) {
	w := newTownWithKeys(t)
	c, boss := w.phone("resident").with("coach"), w.phone("coordinator")
	id := w.raised(map[string]any{"state": "assigned", "assignee": c.member}).Id
	c.doesWell("concerns.note", w.noteArgs(id, "I rang."))
	o := c.mustOpen(id, "")
	if o.Concern["words"] != secretWords || o.Concern["by"] != nil || o.Concern["at"] != "2026-11-25T15:00:00.000Z" || o.Glasses != nil {
		t.Errorf("the coach: %+v", o)
	}
	if len(o.Notes) != 1 || o.Notes[0].Words != "I rang." || o.Notes[0].By != c.member || o.Notes[0].Kind != "rang" {
		t.Errorf("notes: %+v", o.Notes)
	}
	o = boss.mustOpen(id, "")
	if by, _ := o.Concern["by"].(map[string]any); by["firstName"] != "Femi" || o.Concern["at"] != "2026-11-25T15:04:05.000Z" {
		t.Errorf("the coordinator: %+v", o)
	}
	seen := w.entries("concerns.open", id)
	if len(seen) != 2 || seen[0].Actor != c.member || seen[0].Detail != `{"as":"assignee"}` || seen[1].Actor != boss.member || seen[1].Detail != `{"as":"coordinator"}` {
		t.Errorf("%+v", seen)
	}
	w.theAuditHolds()
}

// Ensure that nothing is shown where the record of it can't be written, and that
// the record stands where what comes after it fails: it is on disk before
// anything is opened.
func TestTriage_WithoutARecordNothingIsShown(t *testing.T) {
	w := newTownWithKeys(t)
	c, boss := w.phone("resident").with("coach"), w.phone("coordinator")
	id := w.raised(nil).Id
	w.exec("CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'disk I/O error'); END")
	for _, p := range []*phone{boss, c} {
		rec := p.opens(id, "She rang me.")
		if rec.Code < 500 || strings.Contains(rec.Body.String(), "gas") {
			t.Errorf("without a record: %d %s", rec.Code, rec.Body)
		}
	}
	if n := w.count("breakGlasses"); n > 0 {
		t.Errorf("%d glasses without an entry", n)
	}
	w.exec("DROP TRIGGER full")

	broken := w.raised(map[string]any{"sealed": "AAAA"}).Id
	wantProblem(t, boss.opens(broken, ""), 500, "internal")
	wantProblem(t, c.opens(broken, "She rang me."), 500, "internal")
	if len(w.entries("concerns.open", broken)) != 1 || len(w.entries("concerns.breakGlass", broken)) != 1 || w.count("breakGlasses") != 1 {
		t.Errorf("what failed after it left no record: %v", w.entries("concerns.open", broken))
	}
	w.theAuditHolds()
}

// Ensure that a responder opens what isn't theirs only with a reason, that the
// coordinators are told at once and read it, and that a concern for them alone
// isn't there for anybody else.
func TestTriage_ABrokenGlassReachesTheLead(t *testing.T) {
	w := newTownWithKeys(t)
	c, boss := w.phone("resident").with("coach"), w.phone("coordinator")
	other := w.phone("resident").with("coach")
	id := w.raised(map[string]any{"state": "assigned", "assignee": other.member}).Id
	w.tellings()
	wantProblem(t, c.opens(id, " \n "), 403, "not_assigned")
	if len(w.entries("concerns.breakGlass", id)) > 0 {
		t.Error("an entry of what was refused")
	}
	if o := c.mustOpen(id, "She stands in the shop, and Imani is away."); o.Concern["words"] != secretWords || o.Concern["by"] != nil {
		t.Errorf("%+v", o)
	}
	told := "concern.glass coordinators " + id + " but " + c.member
	w.tells("a broken glass", told)
	if e := w.entries("concerns.breakGlass", id); len(e) != 1 || e[0].Actor != c.member {
		t.Errorf("%+v", e)
	}
	o := boss.mustOpen(id, "")
	if len(o.Glasses) != 1 || o.Glasses[0].By != c.member || o.Glasses[0].Reason != "She stands in the shop, and Imani is away." {
		t.Fatalf("%+v", o.Glasses)
	}
	glass := o.Glasses[0].ID
	if row := boss.exchange(map[string]any{"cursor": ""}).rows["coordinators breakGlasses/"+glass]; row["seen"] != false || row["concern"] != id {
		t.Errorf("%v", row)
	}
	line := w.noticed(boss.member, "concern.glass", id)
	boss.doesWell("breakGlasses.seen", map[string]any{"id": glass})
	if !w.isRead(line) {
		t.Error("another coordinator still has to look")
	}
	if !w.record("breakGlasses", glass).GetBool("seen") {
		t.Error("not seen")
	}
	c.mustOpen(id, "Once more.")
	c.mustOpen(id, "And again.")
	w.tells("two before one was seen", told)
	for _, g := range boss.mustOpen(id, "").Glasses {
		boss.doesWell("breakGlasses.seen", map[string]any{"id": g.ID})
	}
	c.mustOpen(id, "Still.")
	w.tells("the next", told)
	if left := w.tablesWith("She stands in the shop"); len(left) > 0 {
		t.Errorf("the reason is in the clear in %v", left)
	}
	lead := w.raised(map[string]any{"lead": true}).Id
	there, nowhere := c.opens(lead, "I have to know."), c.opens(newID(), "I have to know.")
	if there.Code != 404 || there.Body.String() != nowhere.Body.String() {
		t.Errorf("the lead's: %d %s, and of nothing: %s", there.Code, there.Body, nowhere.Body)
	}
	w.theAuditHolds()
}

// Ensure that where an intake key was destroyed the desk says so, and one lost
// note hides no concern.
func TestTriage_ALostKeyIsSaid(t *testing.T) {
	w := newTownWithKeys(t)
	boss := w.phone("coordinator")
	foreign := foreignTo(t)
	wantProblem(t, boss.opens(w.raised(map[string]any{"sealed": foreign}).Id, ""), 409, "sealed_elsewhere")
	id := w.raised(nil).Id
	w.make("concernNotes", map[string]any{"concern": id, "by": boss.member, "kind": "rang", "hour": "2026-11-25T15", "sealed": foreign})
	if o := boss.mustOpen(id, ""); len(o.Notes) != 1 || o.Notes[0].Words != "" || o.Concern["words"] != secretWords {
		t.Errorf("%+v", o)
	}
}

// Ensure that notes and reasons go with the words of their concern, and not before.
func TestTriage_NotesEndWithTheirConcern(t *testing.T) {
	w := newTownWithKeys(t)
	day := time.Now().UTC().AddDate(0, 0, -3)
	ids := map[bool]string{}
	for _, over := range []bool{true, false} {
		set := map[string]any{"state": "closed", "outcome": "helped", "closedOn": day.Format(time.DateOnly)}
		if over {
			set["sealed"], set["received"] = "", ""
		}
		id := w.raised(set).Id
		ids[over] = id
		w.make("concernNotes", map[string]any{"concern": id, "kind": "rang", "hour": day.Format("2006-01-02T15"), "sealed": "AAAA"})
		w.make("breakGlasses", map[string]any{"concern": id, "at": day.Format("2006-01-02T15:04:05.000Z"), "sealed": "AAAA"})
	}
	_, err := rights.Retain(w.app, w.registry.Keepings, time.Now())
	must(t, err)
	for _, coll := range []string{"concernNotes", "breakGlasses"} {
		var left []string
		must(t, w.app.DB().NewQuery("SELECT concern FROM "+coll).Bind(dbx.Params{}).Column(&left))
		if len(left) != 1 || left[0] != ids[false] {
			t.Errorf("%s: of %v is left, not of %s", coll, left, ids[false])
		}
	}
}

// Ensure that opening needs the device itself: a copied token opens nothing, and
// neither does a coordinator's phone that isn't enrolled.
func TestTriage_OpeningNeedsTheDeviceItself(t *testing.T) {
	w := newTownWithKeys(t)
	boss := w.phone("coordinator")
	id := w.raised(nil).Id
	d := w.record("devices", boss.device)
	d.Set("enrolled", false)
	must(t, w.app.Save(d))
	wantProblem(t, boss.opens(id, ""), 403, "device_not_enrolled")
	wantProblem(t, boss.proves(false).opens(id, ""), 401, "proof_missing")
	if e := w.entries("concerns.open", id); len(e) > 0 {
		t.Errorf("%v", e)
	}
}

// Ensure that what responders write, and what is handed to the surgery, opens by
// the recovery key alone, as the concerns do; and that no copy of the data shows a
// word of it.
func TestTriage_TheRecoveryKeyOpensAllThatIsSealed(t *testing.T) {
	w := newCareful(t)
	c := w.phone("resident").with("coach")
	id := w.raised(map[string]any{"state": "assigned", "assignee": c.member}).Id
	c.doesWell("concerns.note", w.noteArgs(id, "Kettlewords: I rang."))
	c.mustOpen(w.raised(nil).Id, "Kettlewords: she stands in the shop.")
	if rec := w.ask("POST", "/api/notes", "", w.noteAbout("Joan Ames", "")); rec.Code != 200 {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	offline := filepath.Join(t.TempDir(), "recovery")
	must(t, w.recovery.WriteFile(offline))
	if said := w.mustHere("keys", "check", "--recovery", offline); !strings.Contains(said, "2 concerns, 1 note about them, 1 reason for opening one and 1 note to the surgery are sealed") || !strings.Contains(said, "5 open by the keys here") {
		t.Errorf("%s", said)
	}
	if left := w.tablesWith("Kettlewords", secretWords, "Joan Ames"); len(left) > 0 {
		t.Errorf("in the clear in %v", left)
	}
}
