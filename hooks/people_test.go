package hooks_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/hooks/syncapi"
	"kith/hooks/waysin"
	"kith/internal/audit"
)

// does sends one command and says how it ended.
func (p *phone) does(name string, args map[string]any) (code string, a *answer) {
	p.t.Helper()
	a = p.sync(p.command(name, args))
	p.ack = p.number
	o := a.outcomes[len(a.outcomes)-1]
	if o.Code == "quarantined" {
		p.t.Fatalf("%s: %+v", name, o)
	}
	return o.Code, a
}

// doesWell sends one command that must be carried out.
func (p *phone) doesWell(name string, args map[string]any) *answer {
	p.t.Helper()
	code, a := p.does(name, args)
	if code != "" {
		p.t.Fatalf("%s: %s: %s", name, code, a.raw)
	}
	return a
}

func (w *town) record(collection, id string) *core.Record {
	w.t.Helper()
	r, err := w.app.FindRecordById(collection, id)
	must(w.t, err)
	return r
}

// Ensure that who leaves is told so in the same answer, holds nothing but public
// rows after it, and is nobody from the next request on; and that nothing of
// theirs goes on without them.
func TestPeople_WhoLeavesIsToldAndThenIsNobody(t *testing.T) {
	s := newStage(t)
	p := s.phones[host]
	p.sync()
	p.doesWell("visits.come", comeArgs(s.ids["listings"]["club"]))
	late := comeArgs(s.ids["listings"]["club"])
	a := p.sync(p.command("people.leave", map[string]any{"why": "moved"}), p.command("visits.come", late))
	if n := len(a.outcomes); n == 0 || a.outcomes[n-1].Status != "ok" || len(a.stops) > 0 {
		t.Fatalf("%s", a.raw)
	}
	if _, err := s.app.FindRecordById("visits", late["id"].(string)); err == nil {
		t.Error("who had left is expected somewhere")
	}
	want := []string{"activators", "host/" + s.ids["listings"]["club"], "listeners", "member/" + p.member}
	if !slices.Equal(a.drops, want) || !a.done {
		t.Errorf("drops %v, wanted %v", a.drops, want)
	}
	if got := p.exchange(nil); got.code != 401 || !strings.Contains(got.raw, "device_unknown") {
		t.Errorf("asked again: %d %s", got.code, got.raw)
	}
	for _, q := range []string{
		"SELECT count(*) FROM roles WHERE member = '" + p.member + "'", "SELECT count(*) FROM hosts WHERE member = '" + p.member + "'",
		"SELECT count(*) FROM visits WHERE status = 'coming' AND member = '" + p.member + "'", "SELECT count(*) FROM devices WHERE NOT revoked AND member = '" + p.member + "'",
	} {
		var n int
		must(t, s.app.DB().NewQuery(q).Row(&n))
		if n != 0 {
			t.Errorf("%d: %s", n, q)
		}
	}
	if got := s.record("members", p.member).GetString("standing"); got != "moved" {
		t.Errorf("their standing is %s", got)
	}
}

// Ensure that a community never loses its last coordinator who can take part: by
// a taken role, by leaving, and with one who is suspended not counted.
func TestPeople_TheLastCoordinatorStays(t *testing.T) {
	w := newTown(t)
	first, second := w.phone("coordinator"), w.phone("coordinator")
	role := func(p *phone) string {
		r, err := w.app.FindFirstRecordByData("roles", "member", p.member)
		must(t, err)
		return r.Id
	}
	first.doesWell("people.suspend", map[string]any{"member": second.member})
	for name, args := range map[string]map[string]any{"roles.take": {"id": role(first)}, "people.leave": {"why": "left"}} {
		if code, _ := first.does(name, args); code != "last_coordinator" {
			t.Errorf("%s of the last: %q", name, code)
		}
	}
	first.doesWell("people.restore", map[string]any{"member": second.member})
	second.doesWell("roles.take", map[string]any{"id": role(first)})
	if code, _ := second.does("roles.take", map[string]any{"id": role(second)}); code != "last_coordinator" {
		t.Errorf("the one who is left: %q", code)
	}
	if code, _ := first.does("people.suspend", map[string]any{"member": second.member}); code != "not_allowed" {
		t.Errorf("a former coordinator: %q", code)
	}
}

// Ensure that suspending takes effect at the next request, and so does restoring.
func TestPeople_AStandingCountsFromTheNextRequestOn(t *testing.T) {
	w := newTown(t)
	c, p := w.phone("coordinator"), w.phone("resident")
	p.sync()
	for range 2 { // two coordinators may mean the same
		c.doesWell("people.suspend", map[string]any{"member": p.member})
	}
	if a := p.exchange(nil); a.code != 403 || !strings.Contains(a.raw, "member_suspended") {
		t.Errorf("suspended: %d %s", a.code, a.raw)
	}
	wantProblem(t, w.ask("POST", "/api/session", "", map[string]any{"device": p.device, "proof": p.proof("/api/session", time.Now())}), 403, "member_suspended")
	c.doesWell("people.restore", map[string]any{"member": p.member})
	p.doesWell("people.rename", map[string]any{"firstName": "Ada"})
	p.doesWell("people.leave", map[string]any{"why": "left"})
	if code, _ := c.does("people.restore", map[string]any{"member": p.member}); code != "member_unknown" {
		t.Errorf("somebody who left was restored: %q", code)
	}
	wantProblem(t, w.ask("POST", "/api/session", "", map[string]any{"device": p.device, "proof": p.proof("/api/session", time.Now())}), 401, "device_unknown")
}

// Ensure that owners and staff are of one shop that is there, all others of none,
// and that a role which somebody has already is merged.
func TestPeople_RolesAreOfTheRightShop(t *testing.T) {
	w := newTown(t)
	c, p := w.phone("coordinator"), w.phone("resident")
	shop := newID()
	c.doesWell("shops.add", map[string]any{"id": shop, "name": "Copper kettle"})
	for _, try := range []struct{ role, shop, code string }{
		{"owner", "", "shop_unknown"}, {"staff", newID(), "shop_unknown"}, {"coach", shop, "args_invalid"}, {"mayor", "", "args_invalid"}, {"owner", shop, ""},
	} {
		if code, _ := c.does("roles.give", map[string]any{"id": newID(), "member": p.member, "role": try.role, "shop": try.shop}); code != try.code {
			t.Errorf("%s of %q: %q", try.role, try.shop, code)
		}
	}
	_, a := c.does("roles.give", map[string]any{"id": newID(), "member": p.member, "role": "owner", "shop": shop})
	if o := a.outcomes[len(a.outcomes)-1]; o.Status != "merged" || !strings.Contains(string(o.Result), `"id"`) {
		t.Errorf("given twice: %+v", o)
	}
	if w.count("roles") != 2 {
		t.Errorf("%d roles", w.count("roles"))
	}
	a = p.sync()
	if !a.has("shop/"+shop, "shops", shop) || len(a.rows) == 0 {
		t.Errorf("the owner doesn't see their shop: %s", a.raw)
	}
}

// Ensure that somebody who was added without a phone has one as soon as a device
// joins for them, and that an address is only said to be there.
func TestPeople_NoPhoneAndHasEmailFollowWhatIsSo(t *testing.T) {
	w := newTown(t)
	activator, id := w.phone("activator"), newID()
	activator.doesWell("people.add", map[string]any{"id": id, "firstName": "Edna"})
	if m := w.record("members", id); !m.GetBool("noPhone") || m.GetString("standing") != "active" || m.GetBool("hasEmail") {
		t.Fatalf("%v", m.PublicExport())
	}
	if code, _ := activator.does("people.add", map[string]any{"id": id, "firstName": "Eve"}); code != "id_taken" {
		t.Errorf("added twice: %q", code)
	}
	m := w.record("members", id)
	m.Set("email", "edna@example.org")
	must(t, w.app.Save(m))
	code, err := waysin.NewInvite(w.app, waysin.Invite{Role: "resident", Member: id, Uses: 1, Until: time.Now().Add(time.Hour)}, time.Now())
	must(t, err)
	p := w.stranger()
	p.take(p.join(code))
	a := p.sync()
	row := a.rows["member/"+id+" members/"+id]
	if row == nil || row["noPhone"] != false || row["hasEmail"] != true {
		t.Errorf("%v", row)
	}
}

// Ensure that the step back and forward works on a community that is alive, with
// its triggers in place: nobody has to join again.
func TestPeople_MigratesACommunityThatIsAlive(t *testing.T) {
	w := newTown(t)
	p := w.phone("activator")
	p.sync()
	steps := map[string]*core.Migration{}
	for _, m := range core.AppMigrations.Items() {
		steps[m.File] = m
	}
	must(t, steps["9k_buddies.go"].Down(w.app)) // its triggers look at standings
	must(t, steps["9g_cards.go"].Down(w.app))   // it builds on the other's shops
	must(t, steps["6_people.go"].Down(w.app))
	must(t, steps["6_people.go"].Up(w.app))
	must(t, steps["9g_cards.go"].Up(w.app))
	must(t, steps["9k_buddies.go"].Up(w.app))
	must(t, syncapi.Prepare(w.app, w.registry))
	p.doesWell("people.add", map[string]any{"id": newID(), "firstName": "Edna"})
}

// Ensure that what was done with power over others is in the record once, by id,
// and that what was refused is not.
func TestPeople_WhatIsDoneToOthersIsInTheRecord(t *testing.T) {
	s := newStage(t)
	begun, err := audit.Last(s.app.DB())
	must(t, err)
	for _, name := range []string{"people.add", "people.suspend", "roles.give, in a shop", "roles.take, of staff", "shops.add"} {
		command, _, _ := strings.Cut(name, ",")
		args := s.argsOf(name)
		for w, entries := range map[who]int{coordinator: 1, resident: 0} {
			before, err := audit.Last(s.app.DB())
			must(t, err)
			s.phones[w].does(command, args)
			after, err := audit.Last(s.app.DB())
			must(t, err)
			if int(after.Number-before.Number) != entries {
				t.Errorf("%s by %s: %d entries", name, w, after.Number-before.Number)
			}
		}
	}
	var actors []string
	must(t, s.app.DB().NewQuery("SELECT DISTINCT actor FROM audit WHERE number > {:begun}").Bind(dbx.Params{"begun": begun.Number}).Column(&actors))
	if !slices.Equal(actors, []string{s.phones[coordinator].member}) {
		t.Errorf("done by %v", actors)
	}
}
