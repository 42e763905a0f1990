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
	coordinator who = "a coordinator"
	suspended   who = "a suspended resident"
	revoked     who = "a revoked phone"
	superHere   who = "a superuser on this machine"
	superAway   who = "a superuser from elsewhere"
)

var everybody = []who{visitor, here, owner, resident, host, activator, coordinator, suspended, revoked, superHere, superAway}

// syncing are those whom POST /api/sync answers; all others get sync's refusal.
var syncing = []who{owner, resident, host, activator, coordinator}

// refused is what the others are told by the doors that need a token.
var refused = map[who]struct {
	status int
	code   string
}{
	visitor: {401, "token_missing"}, here: {401, "token_missing"}, superHere: {401, "token_missing"}, superAway: {401, "token_missing"},
	suspended: {403, "member_suspended"}, revoked: {401, "device_unknown"},
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
		"draft":  {host, activator, coordinator},
	},
	"members": {
		"owner": {owner}, "resident": {resident}, "host": {host}, "activator": {activator}, "coordinator": {coordinator}, "suspended": nobody, "revoked": nobody,
	},
	"roles": {"host": {host}, "activator": {activator}, "coordinator": {coordinator}},
	"devices": {
		"owner": {owner, coordinator}, "resident": {resident, coordinator}, "host": {host, coordinator}, "activator": {activator, coordinator},
		"coordinator": {coordinator}, "suspended": {coordinator}, "revoked": {coordinator},
	},
	"invites":        {"open": nobody},
	"hosts":          {"host of the club": {host}},
	"visits":         {"owner to the club": {owner, host}, "owner to the club, called off": {owner}, "owner to the paused": {owner}},
	"_superusers":    {"super": nobody},
	"_externalAuths": {"one": nobody},
	"_mfas":          {"one": nobody},
	"_otps":          {"one": nobody},
	"_authOrigins":   {"one": nobody},
}

// columnsOf a row, as it leaves the server by any door but the dashboard.
var columnsOf = map[string][]string{
	"communities":   {"id", "name", "area", "zone", "lat", "lon", "definition", "attributions", "demo"},
	"places":        {"id", "name", "address", "postcode", "lat", "lon", "kind", "access"},
	"organisations": {"id", "name", "description", "url", "email", "phone"},
	"listings": {"id", "kind", "title", "summary", "description", "organisation", "place", "room", "schedule", "prices", "access", "venue", "languages",
		"whoComes", "firstVisit", "contact", "checked", "status", "source", "sourceUrl", "twin"},
	"members": {"id", "firstName", "created"},
	"roles":   {"id", "member", "role"},
	"devices": {"id", "member", "name", "revoked", "created", "seen", "pending", "match", "wipe", "enrolled", "shop"},
	"hosts":   {"id", "listing", "member"},
	"visits":  {"id", "listing", "occurrence", "firstName", "welcome", "status"},
}

// mayDo: what each command answers each of those who sync; "" is carried out.
var mayDo = map[string]map[who]string{
	"visits.come":                 {owner: "", resident: "", host: "", activator: "", coordinator: ""},
	"visits.come, to the draft":   {owner: "listing_unknown", resident: "listing_unknown", host: "listing_unknown", activator: "listing_unknown", coordinator: "listing_unknown"},
	"visits.cancel":               {owner: "", resident: "visit_unknown", host: "visit_unknown", activator: "visit_unknown", coordinator: "visit_unknown"},
	"listings.add":                {owner: "not_allowed", resident: "not_allowed", host: "", activator: "", coordinator: ""},
	"listings.edit":               {owner: "not_allowed", resident: "not_allowed", host: "", activator: "not_allowed", coordinator: ""},
	"listings.edit, of the draft": {owner: "not_allowed", resident: "not_allowed", host: "not_allowed", activator: "not_allowed", coordinator: ""},
	"listings.check":              {owner: "not_allowed", resident: "not_allowed", host: "", activator: "not_allowed", coordinator: ""},
	"places.add":                  {owner: "not_allowed", resident: "not_allowed", host: "", activator: "", coordinator: ""},
	"people.rename":               {owner: "", resident: "", host: "", activator: "", coordinator: ""},
	"nosuch.command":              {owner: "command_unknown", resident: "command_unknown", host: "command_unknown", activator: "command_unknown", coordinator: "command_unknown"},
}

// ourRoutes are open to others than superusers; of all other routes the oracle
// asks that they are closed.
var ourRoutes = []string{
	"GET /{path...}", "GET /api/{path...}", "/", // the app, and what isn't there
	"GET /api/health", "POST /api/join", "POST /api/session", "POST /api/sync", "POST /api/sync/live", "GET /api/sync/public/{epoch}/{base}/{pos}",
}

// canary stands in every column that nobody may read.
const canary = "canary7nobodyreadsthis"

// stage is the town of the oracle.
type stage struct {
	*town
	phones map[who]*phone
	tokens map[who]string
	ids    map[string]map[string]string // collection, row: id
}

func newStage(t *testing.T) *stage {
	s := &stage{town: newTown(t), phones: map[who]*phone{}, tokens: map[who]string{}, ids: map[string]map[string]string{}}
	for w, role := range map[who]string{owner: "resident", resident: "resident", host: "activator", activator: "activator", coordinator: "coordinator", suspended: "resident", revoked: "resident"} {
		s.phones[w] = s.phone(role)
		s.tokens[w] = s.phones[w].token
	}
	s.tokens[superHere] = s.superuser()
	s.tokens[superAway] = s.superuser()
	s.furnish()
	s.suspend(s.phones[suspended].member)
	s.set("devices", s.phones[revoked].device, map[string]any{"revoked": true})
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
	s.name("invites", "open", s.make("invites", map[string]any{"codeHash": canary, "role": "coordinator", "usesLeft": 1, "expires": "2099-01-01T00:00:00.000Z"}))
	s.name("hosts", "host of the club", s.make("hosts", map[string]any{"listing": s.ids["listings"]["club"], "member": s.phones[host].member}))
	s.visits()
	s.people()
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

var short = map[who]string{owner: "owner", resident: "resident", host: "host", activator: "activator", coordinator: "coordinator", suspended: "suspended", revoked: "revoked"}

func (s *stage) people() {
	for w, p := range s.phones {
		for collection, id := range map[string]string{"members": p.member, "devices": p.device} {
			r, err := s.app.FindRecordById(collection, id)
			must(s.t, err)
			s.name(collection, short[w], r)
		}
		role, err := s.app.FindFirstRecordByData("roles", "member", p.member)
		if slices.Contains([]who{host, activator, coordinator}, w) {
			must(s.t, err)
			s.name("roles", short[w], role)
		}
	}
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
