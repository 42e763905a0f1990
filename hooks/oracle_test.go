package hooks_test

import (
	"testing"
)

// The permission oracle: who may do what, written by hand, independently of the
// declarations that make it so. Every cell is asked for real.
//
// docs/permissions.md says the same in words. A collection, a column, a command
// or a route without a place here fails the build.

// who asks.
type who string

const (
	visitor     who = "a visitor"
	here        who = "somebody on this machine, not signed in"
	owner       who = "a resident, whose visit it is"
	resident    who = "another resident"
	host        who = "an activator, who hosts the club"
	activator   who = "an activator, who doesn't"
	listener    who = "a listener"
	shopkeeper  who = "a shop's owner"
	shopStaff   who = "somebody who works in that shop"
	coach       who = "a coach"
	surgery     who = "somebody of the surgery"
	helper      who = "a resident who acts for the first"
	coordinator who = "a coordinator"
	unenrolled  who = "a coordinator, on a phone that isn't enrolled"
	unproven    who = "a coordinator's token, without a proof"
	waiting     who = "a phone that isn't let in yet"
	exStaff     who = "somebody who worked in that shop"
	buddy       who = "a resident who looks out for the first at the club"
	exBuddy     who = "a resident who did so before"
	blocked     who = "a resident whom the first has blocked"
	suspended   who = "a suspended resident"
	moved       who = "somebody who moved away, whose phone nobody thought of"
	revoked     who = "a revoked phone"
	erased      who = "the token of somebody who erased themselves"
	forged      who = "a coordinator's token, forged from a copy of the database"
	forgedProof who = "the same, with a proof by another key"

	forgedActivator who = "an activator's token, forged from a copy of the database"
	forgedResident  who = "a resident's token, forged from a copy of the database"
	superHere       who = "a superuser on this machine"
	superAway       who = "a superuser from elsewhere"
)

var everybody = []who{visitor, here, owner, resident, host, activator, listener, shopkeeper, shopStaff, coach, surgery, helper, coordinator, unenrolled, unproven, exStaff, buddy, exBuddy, blocked, waiting, suspended, moved, revoked, erased, forged, forgedProof, forgedActivator, forgedResident, superHere, superAway}

// syncing are those whom POST /api/sync answers; all others get sync's refusal.
var syncing = []who{owner, resident, host, activator, listener, shopkeeper, shopStaff, coach, surgery, helper, coordinator, unenrolled, exStaff, buddy, exBuddy, blocked, forgedResident}

// refused is what the others are told by the doors that need a token.
var refused = map[who]struct {
	status int
	code   string
}{
	visitor: {401, "token_missing"}, here: {401, "token_missing"}, superHere: {401, "token_missing"}, superAway: {401, "token_missing"},
	unproven: {401, "proof_missing"}, waiting: {403, "device_pending"}, suspended: {403, "member_suspended"}, moved: {401, "device_unknown"}, revoked: {401, "device_unknown"},
	erased: {401, "token_missing"}, forged: {401, "proof_missing"}, forgedProof: {400, "proof_invalid"}, forgedActivator: {401, "proof_missing"},
}

var (
	all    = syncing
	nobody = []who{}
)

// mayHold: of each row of the town, who may hold it by sync. A row that all may
// hold is public: visitors get it too, in chunks.
var mayHold = map[string]map[string][]who{
	"communities":   {"town": all},
	"places":        {"hall": all},
	"organisations": {"charity": all},
	"listings": {
		"club":   all,
		"paused": all,
		"gone":   all,
		"draft":  {host, activator, coordinator, unenrolled},
	},
	"members": each(withCoordinator, "suspended", "moved", "revoked", "left"),
	"roles": {
		"host": {host, coordinator}, "activator": {activator, coordinator}, "listener": {listener, coordinator}, "coach": {coach, coordinator},
		"surgery": {surgery, coordinator}, "coordinator": {coordinator, unenrolled}, "shopkeeper": {shopkeeper, coordinator}, "shopStaff": {shopStaff, shopkeeper, coordinator},
	},
	"devices":        phones(),
	"hosts":          {"host of the club": {host}},
	"visits":         {"owner to the club": {owner, host}, "owner to the club, called off": {owner}, "owner to the paused": {owner}},
	"_superusers":    {"super": nobody},
	"_externalAuths": {"one": nobody},
	"_mfas":          {"one": nobody},
	"_otps":          {"one": nobody},
	"_authOrigins":   {"one": nobody},
}

// each row that is about one member has their name. others are rows of members
// who don't sync.
func each(holders func(who) []who, others ...string) map[string][]who {
	rows := map[string][]who{}
	for _, w := range syncing {
		if second[w] == "" && short[w] != "" {
			rows[short[w]] = holders(w)
		}
	}
	for _, row := range others {
		rows[row] = holders("")
	}
	return rows
}

func withCoordinator(w who) []who {
	if w == coordinator {
		return []who{coordinator, unenrolled}
	}
	return []who{w, coordinator}
}

// second phones of a member, and whose they are.
var second = map[who]who{unenrolled: coordinator, unproven: coordinator, waiting: resident}

// phones are the rows of each, and those of the second ones.
func phones() map[string][]who {
	rows := each(withCoordinator, "suspended", "moved", "revoked")
	rows["unenrolled"], rows["unproven"], rows["waiting"] = withCoordinator(coordinator), withCoordinator(coordinator), withCoordinator(resident)
	return rows
}

// columnsOf a row, as it leaves the server by any door but the dashboard.
var columnsOf = map[string][]string{
	"communities":   {"id", "name", "area", "zone", "lat", "lon", "definition", "attributions", "demo", "keys"},
	"places":        {"id", "name", "address", "postcode", "lat", "lon", "kind", "access"},
	"organisations": {"id", "name", "description", "url", "email", "phone"},
	"listings": {"id", "kind", "title", "summary", "description", "organisation", "place", "room", "schedule", "prices", "access", "venue", "languages",
		"whoComes", "firstVisit", "contact", "checked", "status", "source", "sourceUrl", "twin"},
	"members": {"id", "firstName", "created", "standing", "noPhone", "hasEmail"},
	"roles":   {"id", "member", "role", "shop"},
	"devices": {"id", "member", "name", "revoked", "created", "seen", "pending", "match", "wipe", "enrolled", "shop"},
	"hosts":   {"id", "listing", "firstName"},
	"visits":  {"id", "listing", "occurrence", "firstName", "welcome", "status"},
}

// but are the cells of a command: everybody who syncs is told code, but those
// who are named. What only a coordinator may, one on another phone is told to do
// on an enrolled one.
func but(code string, cells map[who]string) map[who]string {
	_, special := cells[coordinator]
	if _, named := cells[unenrolled]; special && !named {
		cells[unenrolled] = "device_not_enrolled"
	}
	for _, w := range syncing {
		if _, named := cells[w]; !named {
			cells[w] = code
		}
	}
	return cells
}

// mayDo: what each command answers each of those who sync; "" is carried out.
var mayDo = map[string]map[who]string{
	"visits.come":                 but("", map[who]string{}),
	"visits.come, to the draft":   but("listing_unknown", map[who]string{}),
	"visits.cancel":               but("visit_unknown", map[who]string{owner: ""}),
	"listings.add":                but("not_allowed", map[who]string{host: "", activator: "", coordinator: "", unenrolled: ""}),
	"listings.edit":               but("not_allowed", map[who]string{host: "", coordinator: ""}),
	"listings.edit, of the draft": but("not_allowed", map[who]string{coordinator: ""}),
	"listings.check":              but("not_allowed", map[who]string{host: "", coordinator: ""}),
	"hosts.join":                  but("", map[who]string{}),
	"hosts.join, of a wrong code": but("link_unknown", map[who]string{}),
	"hosts.end":                   but("host_unknown", map[who]string{host: ""}),
	"hosts.end, of the last":      but("host_unknown", map[who]string{host: "last_host"}),
	"places.add":                  but("not_allowed", map[who]string{host: "", activator: "", coordinator: "", unenrolled: ""}),
	"people.rename":               but("", map[who]string{}),
	"people.add":                  but("not_allowed", map[who]string{host: "", activator: "", coordinator: "", unenrolled: ""}),
	"people.suspend":              but("not_allowed", map[who]string{coordinator: ""}),
	"people.suspend, of oneself":  but("not_allowed", map[who]string{coordinator: "not_yourself"}),
	"people.suspend, of who left": but("not_allowed", map[who]string{coordinator: "member_unknown"}),
	"people.restore":              but("not_allowed", map[who]string{coordinator: ""}),
	"people.restore, of oneself":  but("not_allowed", map[who]string{coordinator: "not_yourself"}),
	"people.leave":                but("", map[who]string{coordinator: "last_coordinator", unenrolled: "last_coordinator"}),
	"people.erase":                but("", map[who]string{coordinator: "last_coordinator", unenrolled: "last_coordinator"}),
	"people.erase, without phone": but("not_allowed", map[who]string{coordinator: ""}),
	"people.erase, with a phone":  but("not_allowed", map[who]string{coordinator: "has_phone"}),
	"roles.give":                  but("not_allowed", map[who]string{coordinator: ""}),
	"roles.give, in a shop":       but("not_allowed", map[who]string{coordinator: ""}),
	"roles.take":                  but("not_allowed", map[who]string{coordinator: ""}),
	"roles.take, of staff":        but("not_allowed", map[who]string{shopkeeper: "", coordinator: ""}),
	"roles.take, of other staff":  but("not_allowed", map[who]string{coordinator: ""}),
	"roles.take, of an owner":     but("not_allowed", map[who]string{coordinator: ""}),
	"roles.take, of the last":     but("not_allowed", map[who]string{coordinator: "last_coordinator"}),
	"roles.take, of what is gone": but("not_allowed", map[who]string{coordinator: "role_unknown"}),
	"shops.add":                   but("not_allowed", map[who]string{coordinator: ""}),
	"nosuch.command":              but("command_unknown", map[who]string{}),
}

// ourRoutes are open to others than superusers; of all other routes the oracle
// asks that they are closed.
var ourRoutes = []string{
	"GET /{path...}", "GET /api/{path...}", "/", // the app, and what isn't there
	"GET /api/health", "POST /api/invite", "POST /api/join", "POST /api/session", "POST /api/recover",
	"POST /api/code", "POST /api/code/confirm", "POST /api/email", "POST /api/email/confirm",
	"POST /api/sync", "POST /api/sync/live", "POST /api/sync/sealed", "POST /api/complaints", "POST /api/export", "POST /api/audit", "POST /api/concerns", "POST /api/concerns/receipts", "POST /api/concerns/open", "POST /api/concerns/names", "POST /api/notes", "POST /api/notes/open", "GET /api/sync/public/{epoch}/{base}/{pos}",
}

// machineRoutes are open to whoever sits at the machine, signed in or not, and to
// nobody else.
var machineRoutes = []string{"GET /metrics", "GET /api/health/machine"}

// canary stands in every column that nobody may read.
const canary = "canary7nobodyreadsthis"

// Ensure that the oracle knows every collection, and every row of the town has
// a place in it.
func TestOracle_KnowsEveryCollection(t *testing.T) {
	s := newStage(t)
	collections, err := s.app.FindAllCollections()
	must(t, err)
	for _, c := range collections {
		rows, known := mayHold[c.Name]
		if !known || len(rows) == 0 {
			t.Errorf("%s has no cells: say in mayHold who may hold its rows", c.Name)
		}
		for row := range rows {
			if s.ids[c.Name][row] == "" {
				t.Errorf("%s: the town has no row %q", c.Name, row)
			}
		}
	}
	for name := range mayHold {
		if _, err := s.app.FindCollectionByNameOrId(name); err != nil {
			t.Errorf("%s has cells and isn't there", name)
		}
	}
}

// Ensure that every command has cells, for everybody who syncs.
func TestOracle_KnowsEveryCommand(t *testing.T) {
	w := newTown(t)
	for _, name := range w.registry.Names() {
		if _, known := mayDo[name]; !known {
			t.Errorf("%s has no cells: say in mayDo who may do it", name)
		}
	}
	for name, cells := range mayDo {
		for _, w := range syncing {
			if _, known := cells[w]; !known {
				t.Errorf("%s has no cell for %s", name, w)
			}
		}
	}
}
