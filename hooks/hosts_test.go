package hooks_test

import (
	"strings"
	"testing"

	"github.com/pocketbase/dbx"
)

// Ensure that whoever runs a group can let one more, by a link for one person that they
// hand over; that those who run it know of each other; and that somebody always does.
func TestHosts_RunAGroupTogether(t *testing.T) {
	w := newTown(t)
	ada, sam, other := w.phone("activator"), w.phone("resident"), w.phone("resident")
	club := newID()
	ada.mustDo("listings.add", map[string]any{"id": club, "kind": "group", "title": "Walk"})
	if got := sam.told("invites.make", map[string]any{"id": newID(), "codeHash": codeHashOf("A"), "role": "resident", "listing": club, "uses": 1, "days": 7}); got != "not_allowed" {
		t.Errorf("who doesn't run it lets somebody: %s", got)
	}
	code, _ := ada.invites(map[string]any{"listing": club, "days": 7})
	sam.mustDo("hosts.join", map[string]any{"code": code})
	if got := other.told("hosts.join", map[string]any{"code": code}); got != "link_unknown" {
		t.Errorf("a link lets two: %s", got)
	}
	seen := 0
	for key := range sam.exchange(map[string]any{"cursor": ""}).rows {
		if strings.HasPrefix(key, "host/"+club+" hosts/") {
			seen++
		}
	}
	if seen != 2 {
		t.Errorf("who runs it sees %d who do", seen)
	}
	again, _ := ada.invites(map[string]any{"listing": club, "days": 7})
	for _, p := range []*phone{sam, other} { // who runs it already doesn't use it up
		p.mustDo("hosts.join", map[string]any{"code": again})
	}
	other.mustDo("hosts.end", map[string]any{"id": w.hosting(club, other.member)})

	own, hers := w.hosting(club, sam.member), w.hosting(club, ada.member)
	if got := other.told("hosts.end", map[string]any{"id": own}); got != "host_unknown" {
		t.Errorf("somebody else ends it: %s", got)
	}
	sam.mustDo("hosts.end", map[string]any{"id": hers})
	if got := ada.told("listings.check", map[string]any{"id": club}); got != "not_allowed" {
		t.Errorf("who was taken off goes on: %s", got)
	}
	if got := sam.told("hosts.end", map[string]any{"id": own}); got != "last_host" {
		t.Errorf("nobody runs it: %s", got)
	}
}

// hosting is the row of who runs a listing.
func (w *town) hosting(listing, member string) string {
	w.t.Helper()
	r, err := w.app.FindFirstRecordByFilter("hosts", "listing = {:listing} && member = {:member}", dbx.Params{"listing": listing, "member": member})
	must(w.t, err)
	return r.Id
}

// Ensure that somebody new to Kith comes by such a link, and is told what it is for.
func TestHosts_AreLetByALink(t *testing.T) {
	w := newTown(t)
	ada := w.phone("activator")
	club := newID()
	ada.mustDo("listings.add", map[string]any{"id": club, "kind": "group", "title": "Walk"})
	code, _ := ada.invites(map[string]any{"listing": club, "days": 7})
	if rec := w.ask("POST", "/api/invite", "", map[string]any{"invite": code}); !strings.Contains(rec.Body.String(), `"listingTitle":"Walk"`) {
		t.Errorf("it says %s", rec.Body)
	}
	if rec := w.phoneKey().join(code); rec.Code != 200 {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	if names := w.ask1("SELECT group_concat(firstName) FROM hosts WHERE listing = '" + club + "' AND firstName <> ''"); strings.Count(names, ",") != 1 {
		t.Errorf("it is run by %q", names)
	}
}
