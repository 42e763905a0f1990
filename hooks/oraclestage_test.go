package hooks_test

import (
	"slices"
	"testing"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
)

// stage is the town of the oracle.
type stage struct {
	*town
	asks   who // who is being asked for: some arguments are their own
	phones map[who]*phone
	tokens map[who]string
	ids    map[string]map[string]string // collection, row: id
	same   map[string]ring              // where there would be thousands of circles: one for each command
	known  struct {                     // the secrets, as long as nobody writes where they stand
		writes int
		all    []string
	}
}

func newStage(t *testing.T) *stage {
	s := &stage{town: newTownWithKeys(t), asks: coordinator, phones: map[who]*phone{}, tokens: map[who]string{}, ids: map[string]map[string]string{}}
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
	s.concerns()
	s.desk()
	s.listening()
	s.buddies()
	s.circles()
	s.asking()
	s.cards()
	s.registers()
	s.notices()
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
	exStaff: "exStaff", buddy: "buddy", exBuddy: "exBuddy", blocked: "blocked", unenrolled: "unenrolled", unproven: "unproven", waiting: "waiting",
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
// NB! Every answer is searched for them, thousands in one test.
func (s *stage) secrets() []string {
	s.t.Helper()
	if s.known.all != nil && s.known.writes == s.writes("members", "devices", core.CollectionNameSuperusers) {
		return s.known.all
	}
	must(s.t, s.app.RunInTransaction(func(tx core.App) error { // so that nobody writes meanwhile
		s.known.writes, s.known.all = s.writes("members", "devices", core.CollectionNameSuperusers), []string{canary}
		for _, q := range []string{
			"SELECT tokenKey FROM members", "SELECT tokenKey FROM devices", "SELECT thumbprint FROM devices", "SELECT password FROM members", "SELECT tokenKey FROM _superusers", "SELECT email FROM _superusers",
		} {
			var found []string
			if err := tx.DB().NewQuery(q).Column(&found); err != nil {
				return err
			}
			s.known.all = append(s.known.all, found...)
		}
		return nil
	}))
	return s.known.all
}
