package hooks_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"
)

// tellings are what was put down since it was asked last: "template to ref",
// and " but member" where somebody is left out.
func (w *town) tellings() []string {
	w.t.Helper()
	var out []string
	must(w.t, w.app.DB().NewQuery("SELECT trim(template || ' ' || whom || ' ' || ref) || iif(but = '', '', ' but ' || but) FROM tellings WHERE NOT done ORDER BY 1").Column(&out))
	w.exec("DELETE FROM tellings")
	return out
}

// tells checks what was put down since the last time.
func (w *town) tells(what string, want ...string) {
	w.t.Helper()
	got := w.tellings()
	slices.Sort(want)
	if !slices.Equal(got, want) {
		w.t.Errorf("%s tells\n%s\nand not\n%s", what, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// noticed puts a notice into somebody's inbox, unread, and gives its id.
func (w *town) noticed(member, template, ref string) string {
	w.t.Helper()
	return w.make("notices", map[string]any{"member": member, "template": template, "ref": ref, "at": in(0), "due": in(1)}).Id
}

// isRead says whether a notice was read; of one that is gone it fails.
func (w *town) isRead(id string) bool {
	w.t.Helper()
	r := w.record("notices", id)
	if r.GetBool("read") != (r.GetString("due") == "") {
		w.t.Errorf("%s is read: %v, and due at %q", id, r.GetBool("read"), r.GetString("due"))
	}
	return r.GetBool("read")
}

// theOnly is the id of the only row of a collection.
func (w *town) theOnly(collection string) string {
	w.t.Helper()
	r, err := w.app.FindFirstRecordByFilter(collection, "")
	must(w.t, err)
	return r.Id
}

// tellingTimes are the times that stand beside what was put down.
func (w *town) tellingTimes(t testing.TB) (out []string) {
	t.Helper()
	must(t, w.app.DB().NewQuery("SELECT DISTINCT at FROM tellings ORDER BY at").Column(&out))
	return out
}

// comes has somebody come to a day of a listing.
func (p *phone) comes(listing, occurrence string) string {
	p.t.Helper()
	args := comeArgs(listing)
	args["occurrence"] = occurrence
	p.doesWell("visits.come", args)
	var id string
	must(p.t, p.app.DB().NewQuery("SELECT id FROM visits WHERE member = {:member} AND listing = {:listing} AND occurrence = {:occurrence}").
		Bind(dbx.Params{"member": p.member, "listing": listing, "occurrence": occurrence}).Row(&id))
	return id
}
