package hooks_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"kith/hooks"
)

// ofShop gives a member a role in a shop.
func (p *phone) ofShop(role, shop string) *phone {
	p.make("roles", map[string]any{"member": p.member, "role": role, "shop": shop})
	return p.proves(true)
}

// holds are the rows of a collection that a phone is given, by what is before their
// name in the answer.
func (p *phone) holds(collection string) map[string]map[string]any {
	out := map[string]map[string]any{}
	for key, row := range p.exchange(map[string]any{"cursor": ""}).rows {
		if _, id, is := strings.Cut(key, " "+collection+"/"); is {
			out[id] = row
		}
	}
	return out
}

// bearerOf has a member's account with a card and so many stamps.
func (w *town) bearerOf(member string, stamps int) (account, card string) {
	account = w.make("accounts", map[string]any{"member": member, "closed": stamps, "stamps": stamps}).Id
	sub := fmt.Sprintf("%016x", w.count("cards")+1)
	return account, w.make("cards", map[string]any{
		"account": account, "member": member, "kind": "printed", "sub": sub, "code": strings.ToUpper(sub[8:]), "status": "active", "issued": 20000, "expires": 99999, "packed": strings.Repeat("A", 103),
	}).Id
}

// Ensure that a shop whose goods could tell of somebody's health is nowhere to be
// seen, and that its visits show as no shop's, also those from before it was so.
func TestScheme_APlainShopIsNobodysBusiness(t *testing.T) {
	w := newTown(t)
	shop := w.make("shops", map[string]any{"name": "Pharmacy", "status": "active"}).Id
	boss, owner, bearer := w.phone("coordinator"), w.phone("resident").ofShop("owner", shop), w.phone("resident")
	account, _ := w.bearerOf(bearer.member, 1)
	w.make("stamps", map[string]any{
		"record": "r", "till": newID(), "seq": 1, "shop": shop, "inShop": shop, "account": account, "member": bearer.member, "act": "stamp", "at": in(-1), "day": "2026-11-25", "state": "ok", "counted": 1,
	})
	if bearer.holds("shops")[shop] == nil {
		t.Fatal("a shop like others isn't public")
	}
	owner.doesWell("shops.edit", map[string]any{"id": shop, "plain": true})
	if bearer.holds("shops")[shop] != nil {
		t.Error("a pharmacy is public")
	}
	for _, row := range bearer.holds("stamps") {
		if row["shop"] != "" {
			t.Errorf("a visit says where it was: %v", row)
		}
	}
	reward := map[string]any{"id": newID(), "title": "Plasters", "stamps": 1, "pence": 100, "shops": []any{map[string]any{"shop": shop, "share": 100}}}
	if code, _ := boss.does("rewards.add", reward); code != "shop_plain" {
		t.Errorf("it takes vouchers: %q", code)
	}
	if code, _ := owner.does("shops.edit", map[string]any{"id": shop, "plain": false}); code != "not_allowed" {
		t.Errorf("its owner makes it public again: %q", code)
	}
	boss.doesWell("shops.edit", map[string]any{"id": shop, "plain": false})
	for _, row := range bearer.holds("stamps") {
		if row["shop"] != "" {
			t.Errorf("what was nobody's business is somebody's: %v", row)
		}
	}
}

// Ensure that one can be taken in so that nobody ever saw it.
func TestScheme_AShopIsPlainFromItsFirstDayOn(t *testing.T) {
	w := newTown(t)
	boss, other, shop := w.phone("coordinator"), w.phone("resident"), newID()
	boss.doesWell("shops.add", map[string]any{"id": shop, "name": "Pharmacy", "plain": true})
	if row := boss.holds("shops")[shop]; row["plain"] != true || row["joined"] != london(t) {
		t.Errorf("%v", row)
	}
	if len(other.holds("shops")) != 0 {
		t.Error("a pharmacy is public")
	}
}

// Ensure that a shop that is in a reward which somebody can have doesn't vanish from
// it: whoever goes in with that voucher would be seen doing so.
func TestScheme_AShopInARewardIsNotMadePlain(t *testing.T) {
	w := newTown(t)
	boss := w.phone("coordinator")
	shop := w.make("shops", map[string]any{"name": "Teapot", "status": "active"}).Id
	reward := newID()
	boss.doesWell("rewards.add", map[string]any{"id": reward, "title": "Tea", "stamps": 1, "pence": 100, "shops": []any{map[string]any{"shop": shop, "share": 100}}})
	if got := w.record("rewards", reward).GetString("plainText"); got != "Tea, for 1 stamp.\nWorth up to £1.00.\nAt Teapot." {
		t.Errorf("%q", got)
	}
	if code, _ := boss.does("shops.edit", map[string]any{"id": shop, "plain": true}); code != "shop_in_reward" {
		t.Errorf("%q", code)
	}
	boss.doesWell("rewards.end", map[string]any{"id": reward})
	boss.doesWell("shops.edit", map[string]any{"id": shop, "plain": true})
}

// Ensure that a shop which leaves is left by everybody in it, and that its tills are
// on the list that all others are told.
func TestScheme_WhoLeavesLeavesWhole(t *testing.T) {
	w := newTown(t)
	shop, other := w.make("shops", map[string]any{"name": "Teapot", "status": "active"}).Id, w.make("shops", map[string]any{"name": "Chair", "status": "active"}).Id
	owner, staff, beside := w.phone("resident").ofShop("owner", shop), w.phone("resident").ofShop("staff", shop), w.phone("resident").ofShop("owner", other)
	till := w.make("tills", map[string]any{"shop": shop, "name": "Counter", "opened": in(-1)}).Id
	if code, _ := beside.does("shops.leave", map[string]any{"id": shop}); code != "not_allowed" {
		t.Errorf("another's: %q", code)
	}
	owner.doesWell("shops.leave", map[string]any{"id": shop})
	if code, _ := owner.does("shops.leave", map[string]any{"id": shop}); code != "not_allowed" {
		t.Errorf("again: %q", code)
	}
	for who, p := range map[string]*phone{"owner": owner, "staff": staff} {
		if len(p.holds("roles")) > 0 || len(p.holds("tills")) > 0 || len(p.holds("revocations")) > 0 {
			t.Errorf("the %s has something of the shop", who)
		}
	}
	if w.record("tills", till).GetString("ended") == "" || w.record("shops", shop).GetString("status") != "left" {
		t.Error("it goes on")
	}
	if list := beside.holds("revocations"); len(list) != 1 {
		t.Errorf("tills are told %v", list)
	}
}

// Ensure that whoever prints a voucher learns neither whose card it is nor what
// becomes of others of it, and a coordinator nothing of anybody's.
func TestScheme_WhoPrintsAVoucherIsNotToldWhoseItIs(t *testing.T) {
	w := newTown(t)
	shop := w.make("shops", map[string]any{"name": "Teapot", "status": "active"}).Id
	boss, owner, bearer := w.phone("coordinator"), w.phone("resident").ofShop("owner", shop), w.phone("resident")
	_, card := w.bearerOf(bearer.member, 5)
	reward := newID()
	boss.doesWell("rewards.add", map[string]any{"id": reward, "title": "Tea", "stamps": 2, "pence": 100, "shops": []any{map[string]any{"shop": shop, "share": 100}}})
	mine, printed := newID(), newID()
	bearer.doesWell("vouchers.get", map[string]any{"id": mine, "reward": reward})
	code := strings.ToLower(w.record("cards", card).GetString("code"))
	owner.doesWell("vouchers.print", map[string]any{"id": printed, "code": code[:4] + "-" + code[4:], "reward": reward})
	got := owner.holds("vouchers")
	if len(got) != 1 || got[printed] == nil || got[printed]["printed"] != true || len(got[printed]["packed"].(string)) != 234 {
		t.Errorf("who prints is given %v", got)
	}
	if said := fmt.Sprint(owner.exchange(map[string]any{"cursor": ""}).rows); strings.Contains(said, bearer.member) || strings.Contains(said, w.record("cards", card).GetString("account")) {
		t.Error("who prints is told whose it is")
	}
	if len(bearer.holds("vouchers")) != 2 || len(boss.holds("vouchers")) != 0 || len(boss.holds("cards")) != 0 || len(boss.holds("accounts")) != 0 {
		t.Error("somebody has too many or too few vouchers")
	}
	if said := owner.ask("POST", "/api/export", owner.token, map[string]any{}).Body.String(); strings.Contains(said, bearer.member) || !strings.Contains(said, "somebody else's voucher") {
		t.Errorf("an export tells whose it is: %s", said)
	}
	entry := w.audited("vouchers.print")
	if len(entry) != 1 || strings.Contains(strings.Join(entry, " "), bearer.member) {
		t.Errorf("the record says %v", entry)
	}
	w.exec("UPDATE vouchers SET issued = issued - 2")
	w.runs("kithRetention")
	if len(owner.holds("vouchers")) != 0 {
		t.Error("who prints has it for longer than the day")
	}
}

// audited are the entries of one action in the record.
func (w *town) audited(action string) (out []string) {
	var rows []struct {
		Subject string `db:"subject"`
		Detail  string `db:"detail"`
	}
	must(w.t, w.app.DB().NewQuery("SELECT subject, detail FROM audit WHERE action = '"+action+"' ORDER BY number").All(&rows))
	for _, r := range rows {
		out = append(out, r.Subject+" "+r.Detail)
	}
	return out
}

// Ensure that rules are set piece by piece, and that a new community begins with some.
func TestScheme_RulesAreSetPieceByPiece(t *testing.T) {
	w := newTown(t)
	boss := w.phone("coordinator")
	boss.doesWell("community.scheme", map[string]any{"set": map[string]any{"stampsPerDay": 3}})
	for _, row := range boss.holds("communities") {
		rules, _ := row["scheme"].(map[string]any)
		if rules["stampsPerDay"] != float64(3) || rules["voucherDays"] != float64(60) {
			t.Errorf("%v", rules)
		}
	}
	if !slices.Equal(w.audited("community.scheme"), []string{w.townID() + " {}"}) {
		t.Errorf("%v", w.audited("community.scheme"))
	}
}

func (w *town) townID() string {
	r, err := w.app.FindFirstRecordByFilter("communities", "id != ''")
	must(w.t, err)
	return r.Id
}

// Ensure that the demo town shows what a scheme looks like after half a year, and
// that its tills have a list to go by from the first start on.
func TestScheme_TheDemoIsLivedIn(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	_, err := verb(t, data, hooks.Config{}, "seed")
	must(t, err)
	w, _, err := again(t, data, hooks.Config{})
	must(t, err)
	for what, least := range map[string]int{
		"shopWeeks WHERE kind = 'own'": 60, "shopWeeks WHERE kind = 'desk' AND shop = '' AND visits NOT LIKE 'fewer%'": 15, "settlements WHERE pence > 0": 10,
		"patterns": 2, "reviews": 3, "rewards WHERE status = 'active'": 3, "shops WHERE perk <> ''": 4, "cards WHERE code = 'EDNACARD'": 1,
		"vouchers WHERE status = 'open' AND packed <> ''": 5, "accounts WHERE stamps > 0": 30, "revocations WHERE token <> ''": 1, "tills WHERE ended = '' AND token <> ''": 5,
	} {
		var n int
		must(t, w.app.DB().NewQuery("SELECT count(*) FROM "+what).Row(&n))
		if n < least {
			t.Errorf("%d %s, wanted %d", n, what, least)
		}
	}
	before := w.states()
	boss := w.phone("coordinator")
	for id := range boss.holds("reviews") {
		boss.doesWell("stamps.review", map[string]any{"id": id, "accept": true})
	}
	if left := boss.holds("reviews"); len(left) != 0 {
		t.Errorf("%d are still to be looked at", len(left))
	}
	after := w.states()
	for id, state := range before {
		if after[id] != state && (state != "held" || after[id] != "ok") {
			t.Errorf("looking at one changes another: %s was %s, and is %s", id, state, after[id])
		}
	}
}

// states are what became of all records.
func (w *town) states() map[string]string {
	rows, err := w.app.FindAllRecords("stamps")
	must(w.t, err)
	out := map[string]string{}
	for _, r := range rows {
		out[r.Id] = r.GetString("state")
	}
	return out
}
