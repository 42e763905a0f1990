package hooks_test

import (
	"slices"
	"testing"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
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

var everybody = []who{visitor, here, owner, resident, host, activator, listener, shopkeeper, shopStaff, coach, surgery, helper, coordinator, unenrolled, unproven, exStaff, blocked, waiting, suspended, moved, revoked, erased, forged, forgedProof, forgedActivator, forgedResident, superHere, superAway}

// syncing are those whom POST /api/sync answers; all others get sync's refusal.
var syncing = []who{owner, resident, host, activator, listener, shopkeeper, shopStaff, coach, surgery, helper, coordinator, unenrolled, exStaff, blocked, forgedResident}

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
	"shops":          {"bakery": {shopkeeper, shopStaff, coordinator}, "other": {coordinator}},
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
	"communities":   {"id", "name", "area", "zone", "lat", "lon", "definition", "attributions", "demo"},
	"places":        {"id", "name", "address", "postcode", "lat", "lon", "kind", "access"},
	"organisations": {"id", "name", "description", "url", "email", "phone"},
	"listings": {"id", "kind", "title", "summary", "description", "organisation", "place", "room", "schedule", "prices", "access", "venue", "languages",
		"whoComes", "firstVisit", "contact", "checked", "status", "source", "sourceUrl", "twin"},
	"members": {"id", "firstName", "created", "standing", "noPhone", "hasEmail"},
	"roles":   {"id", "member", "role", "shop"},
	"shops":   {"id", "name", "place", "status"},
	"devices": {"id", "member", "name", "revoked", "created", "seen", "pending", "match", "wipe", "enrolled", "shop"},
	"hosts":   {"id", "listing", "member"},
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
	"POST /api/sync", "POST /api/sync/live", "POST /api/sync/sealed", "POST /api/complaints", "POST /api/export", "POST /api/audit", "GET /api/sync/public/{epoch}/{base}/{pos}",
}

// machineRoutes are open to whoever sits at the machine, signed in or not, and to
// nobody else.
var machineRoutes = []string{"GET /metrics", "GET /api/health/machine"}

// canary stands in every column that nobody may read.
const canary = "canary7nobodyreadsthis"

// stage is the town of the oracle.
type stage struct {
	*town
	asks   who // who is being asked for: some arguments are their own
	phones map[who]*phone
	tokens map[who]string
	ids    map[string]map[string]string // collection, row: id
}

func newStage(t *testing.T) *stage {
	s := &stage{town: newTown(t), asks: coordinator, phones: map[who]*phone{}, tokens: map[who]string{}, ids: map[string]map[string]string{}}
	for w := range short {
		if second[w] != "" {
			continue
		}
		role := map[who]string{host: "activator", activator: "activator", coordinator: "coordinator"}[w]
		if role == "" {
			role = "resident"
		}
		s.phones[w] = s.phone(role)
		s.tokens[w] = s.phones[w].token
	}
	for w, whose := range second {
		s.phones[w] = s.secondPhone(s.phones[whose].member)
		s.tokens[w] = s.phones[w].token
	}
	s.phones[unproven].proves(false)
	s.tokens[superHere] = s.superuser()
	s.tokens[superAway] = s.superuser()
	s.furnish()
	// The day is noted before anything is looked at: else the first request of each would change a row.
	_, err := s.app.DB().NewQuery("UPDATE devices SET seen = {:day}").Bind(dbx.Params{"day": london(t)}).Execute()
	must(t, err)
	s.suspend(s.phones[suspended].member)
	s.set("devices", s.phones[unenrolled].device, map[string]any{"enrolled": false})
	s.set("devices", s.phones[waiting].device, map[string]any{"pending": true, "match": "123456"})
	s.set("devices", s.phones[revoked].device, map[string]any{"revoked": true})
	s.thieves()
	return s
}

func (s *stage) name(collection, row string, r *core.Record) *core.Record {
	if s.ids[collection] == nil {
		s.ids[collection] = map[string]string{}
	}
	s.ids[collection][row] = r.Id
	return r
}

func (s *stage) set(collection, id string, values map[string]any) {
	s.t.Helper()
	r, err := s.app.FindRecordById(collection, id)
	must(s.t, err)
	r.Load(values)
	must(s.t, s.app.Save(r))
}

func (s *stage) furnish() {
	hidden := map[string]any{"sourceId": canary, "sourceHash": canary}
	with := func(values map[string]any) map[string]any {
		for k, v := range hidden {
			values[k] = v
		}
		return values
	}
	town, err := s.app.FindFirstRecordByFilter("communities", "")
	must(s.t, err)
	s.name("communities", "town", town)
	s.name("places", "hall", s.make("places", with(map[string]any{"name": "Hall", "source": canary})))
	s.name("organisations", "charity", s.make("organisations", with(map[string]any{"name": "Charity", "source": canary})))
	for _, status := range []string{"active", "paused", "gone", "draft"} {
		name := map[string]string{"active": "club"}[status]
		if name == "" {
			name = status
		}
		club := s.name("listings", name, s.weekly("Lunch "+status))
		s.set("listings", club.Id, map[string]any{"status": status, "sourceHash": canary, "sourceId": canary + status})
	}
	s.name("hosts", "host of the club", s.make("hosts", map[string]any{"listing": s.ids["listings"]["club"], "member": s.phones[host].member}))
	s.visits()
	s.shops()
	s.strangers()
	s.waysIn()
	s.people()
	s.acting()
	s.systemRows()
}

func (s *stage) visits() {
	for name, v := range map[string]map[string]any{
		"owner to the club":             {"listing": s.ids["listings"]["club"], "occurrence": nextThursday(), "status": "coming"},
		"owner to the club, called off": {"listing": s.ids["listings"]["club"], "occurrence": "2026-01-08T12:00", "status": "cancelled"},
		"owner to the paused":           {"listing": s.ids["listings"]["paused"], "occurrence": nextThursday(), "status": "coming"},
	} {
		v["member"], v["welcome"], v["firstName"], v["occurredAt"] = s.phones[owner].member, "door", "Rosa", canary
		s.name("visits", name, s.make("visits", v))
	}
}

// shops, and the roles that an invite doesn't give.
func (s *stage) shops() {
	for _, name := range []string{"bakery", "other"} {
		s.name("shops", name, s.make("shops", map[string]any{"name": "Bakery", "status": "active"}))
	}
	bakery := s.ids["shops"]["bakery"]
	for w, r := range map[who]map[string]any{
		listener: {"role": "listener"}, coach: {"role": "coach"}, surgery: {"role": "surgery"},
		shopkeeper: {"role": "owner", "shop": bakery}, shopStaff: {"role": "staff", "shop": bakery},
	} {
		r["member"] = s.phones[w].member
		s.name("roles", short[w], s.make("roles", r))
	}
}

// short are the names of rows, of all who have a phone.
var short = map[who]string{
	owner: "owner", resident: "resident", host: "host", activator: "activator", listener: "listener", shopkeeper: "shopkeeper", shopStaff: "shopStaff",
	coach: "coach", surgery: "surgery", helper: "helper", coordinator: "coordinator", suspended: "suspended", moved: "moved", revoked: "revoked",
	exStaff: "exStaff", blocked: "blocked", unenrolled: "unenrolled", unproven: "unproven", waiting: "waiting",
}

func (s *stage) people() {
	for w, p := range s.phones {
		for collection, id := range map[string]string{"members": p.member, "devices": p.device} {
			r, err := s.app.FindRecordById(collection, id)
			must(s.t, err)
			if collection == "devices" || second[w] == "" {
				s.name(collection, short[w], r)
			}
		}
		role, err := s.app.FindFirstRecordByData("roles", "member", p.member)
		if slices.Contains([]who{host, activator, coordinator}, w) {
			must(s.t, err)
			s.name("roles", short[w], role)
		}
	}
	s.name("members", "left", s.make("members", map[string]any{"firstName": "Len", "standing": "left"}))
	// NB! raw: PocketBase would make new tokens of a new key.
	for _, table := range []string{"members", "devices"} {
		_, err := s.app.DB().NewQuery("UPDATE " + table + " SET email = id || {:canary}").Bind(dbx.Params{"canary": "@" + canary + ".example"}).Execute()
		must(s.t, err)
	}
}

func (s *stage) systemRows() {
	super, err := s.app.FindFirstRecordByFilter(core.CollectionNameSuperusers, "")
	must(s.t, err)
	s.name("_superusers", "super", super)
	ref := func(values map[string]any) map[string]any {
		values["collectionRef"], values["recordRef"] = super.Collection().Id, super.Id
		return values
	}
	s.name("_externalAuths", "one", s.make("_externalAuths", ref(map[string]any{"provider": "google", "providerId": canary})))
	s.name("_mfas", "one", s.make("_mfas", ref(map[string]any{"method": "password"})))
	s.name("_otps", "one", s.make("_otps", ref(map[string]any{"password": "12345678"})))
	s.name("_authOrigins", "one", s.make("_authOrigins", ref(map[string]any{"fingerprint": canary})))
}

// secrets are the values that must be in no answer but a superuser's here.
func (s *stage) secrets() []string {
	s.t.Helper()
	out := []string{canary}
	for _, q := range []string{
		"SELECT tokenKey FROM members", "SELECT tokenKey FROM devices", "SELECT thumbprint FROM devices", "SELECT password FROM members", "SELECT tokenKey FROM _superusers", "SELECT email FROM _superusers",
	} {
		var found []string
		must(s.t, s.app.DB().NewQuery(q).Column(&found))
		out = append(out, found...)
	}
	return out
}

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
