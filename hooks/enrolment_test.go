package hooks_test

import (
	"encoding/json"
	"testing"

	"kith/internal/sync"
)

// counter is a shop with its owner.
func (w *town) counter() (shop string, keeper *phone) {
	w.t.Helper()
	shop = w.make("shops", map[string]any{"name": "Corner shop", "status": "active"}).Id
	keeper = w.phone("resident")
	w.make("roles", map[string]any{"member": keeper.member, "role": "owner", "shop": shop})
	return shop, keeper.proves(true)
}

// till joins by an invite of the shop's owner, and waits. It gives the digits
// that its screen shows.
func (keeper *phone) till(shop string) (till *phone, match string) {
	keeper.t.Helper()
	code, _ := keeper.invites(map[string]any{"role": "staff", "shop": shop})
	till = keeper.stranger()
	rec := till.join(code)
	var a struct {
		Pending bool
		Match   string
	}
	must(keeper.t, json.Unmarshal(rec.Body.Bytes(), &a))
	if rec.Code != 200 || !a.Pending || len(a.Match) != 6 {
		keeper.t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	till.take(rec)
	return till, a.Match
}

// Ensure that a shop's new phone waits, and may do nothing, until its owner has
// compared the digits; and that the role comes with that and not before.
func TestEnrolment_OfStaffWaitsForTheSameDigits(t *testing.T) {
	w := newTown(t)
	shop, keeper := w.counter()
	till, match := keeper.till(shop)
	wantProblem(t, w.ask("POST", "/api/sync", till.token, map[string]any{"protocol": 1, "cursor": ""}), 403, "device_pending")
	wantProblem(t, w.ask("POST", "/api/sync/live", till.token, till.liveBody()), 403, "device_pending")
	seen := keeper.exchange(map[string]any{"cursor": ""})
	if row := seen.rows["owners/"+shop+" devices/"+till.device]; row["match"] != match || row["pending"] != true {
		t.Errorf("the owner is told %v, the phone shows %s", row, match)
	}
	if n := w.rolesOf(till.member); n != 0 {
		t.Errorf("%d roles while it waits", n)
	}
	if code := keeper.told("devices.admit", map[string]any{"id": till.device, "match": wrong(match)}); code != "match_wrong" {
		t.Errorf("other digits: %q", code)
	}
	keeper.mustDo("devices.admit", map[string]any{"id": till.device, "match": match})
	rec := till.session(nil)
	var a struct {
		Pending bool
		Match   *string
		Roles   []string
	}
	must(t, json.Unmarshal(rec.Body.Bytes(), &a))
	if rec.Code != 200 || a.Pending || a.Match != nil || len(a.Roles) != 2 || a.Roles[1] != "staff" {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	if row := till.exchange(map[string]any{"cursor": ""}); !row.has("shop/"+shop, "shops", shop) {
		t.Errorf("it doesn't know its shop: %s", row.raw)
	}
	again := keeper.sync(keeper.command("devices.admit", map[string]any{"id": till.device, "match": match}))
	if o := again.outcomes[0]; o.Status != sync.Merged || w.rolesOf(till.member) != 1 {
		t.Errorf("admitted twice: %+v, %d roles", o, w.rolesOf(till.member))
	}
}

func (w *town) rolesOf(member string) (n int) {
	must(w.t, w.app.DB().NewQuery("SELECT count(*) FROM roles WHERE member = '"+member+"'").Row(&n))
	return n
}

// Ensure that a refused phone leaves nothing: no device, no member, no role.
func TestEnrolment_ARefusedPhoneLeavesNothing(t *testing.T) {
	w := newTown(t)
	shop, keeper := w.counter()
	members, devices := w.count("members"), w.count("devices")
	till, _ := keeper.till(shop)
	keeper.mustDo("devices.refuse", map[string]any{"id": till.device})
	if w.count("members") != members || w.count("devices") != devices {
		t.Errorf("%d members, %d devices", w.count("members")-members, w.count("devices")-devices)
	}
	wantProblem(t, till.session(nil), 401, "device_unknown")
	wantProblem(t, w.ask("POST", "/api/sync", till.token, map[string]any{"protocol": 1}), 401, "token_missing")
}

// Ensure that an owner lets nobody in elsewhere, and nobody lets themselves in.
func TestEnrolment_IsForTheOwnerOfThatShop(t *testing.T) {
	w := newTown(t)
	shop, keeper := w.counter()
	_, other := w.counter()
	till, match := keeper.till(shop)
	for name, p := range map[string]*phone{"another owner": other, "a resident": w.phone("resident"), "an activator": w.phone("activator")} {
		for _, command := range []string{"devices.admit", "devices.refuse", "devices.revoke", "devices.wipe", "devices.rename"} {
			if code := p.told(command, map[string]any{"id": till.device, "match": match, "name": "x"}); code != "device_unknown" {
				t.Errorf("%s, by %s: %q", command, name, code)
			}
		}
	}
	if code := other.told("invites.make", map[string]any{"id": newID(), "codeHash": codeHashOf(newID()), "role": "staff", "shop": shop, "uses": 1, "days": 1}); code != "not_allowed" {
		t.Errorf("staff for another's shop: %q", code)
	}
}
