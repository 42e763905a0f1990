package hooks_test

import (
	"database/sql"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
)

// The oracle's cells of those who were more once, and of those who never were:
// staff whose role was taken, somebody who erased themselves, somebody whom
// another has blocked, and a thief who has a copy of the database.
//
// NB! A copy of the database has what signs tokens. A forged one is as good as a
// copied phone of a resident, and nothing more: what a role brings, and what needs
// a proof, hangs on a key that is in no database.

func init() {
	mayHold["devices"][short[exStaff]] = []who{exStaff, shopkeeper, coordinator} // the shop's tablet, still
}

// proofless are told so by the doors that always want a proof.
var proofless = maps.Clone(refused)

func init() { proofless[forgedResident] = refused[forgedProof] }

// standIn is whose cells somebody has: a token is no better for being forged.
func standIn(w who) who {
	if w == forgedResident {
		return resident
	}
	return w
}

// strangers come in, and lose again what they had.
func (s *stage) strangers() {
	gone := s.phone("resident")
	gone.mustDo("people.erase", map[string]any{})
	s.tokens[erased] = gone.token
	bakery := s.ids["shops"]["bakery"]
	role := s.make("roles", map[string]any{"member": s.phones[exStaff].member, "role": "staff", "shop": bakery})
	s.set("devices", s.phones[exStaff].device, map[string]any{"shop": bakery})
	must(s.t, s.app.Delete(role))
	s.set("members", s.phones[moved].member, map[string]any{"standing": "moved"})
}

// copied are the phones whose rows are in the copy.
var copied = map[who]who{forged: coordinator, forgedProof: coordinator, forgedActivator: activator, forgedResident: resident}

// thieves copy the database, and sign tokens of those phones with what is in it.
// Their proofs are by a key of their own.
func (s *stage) thieves() {
	for w, of := range copied {
		thief := s.stranger()
		thief.member, thief.device = s.phones[of].member, s.phones[of].device
		thief.token = s.forge(thief.device, time.Now().Add(time.Duration(len(w))*time.Hour)) // NB! one for each: provers go by token
		thief.proves(w == forgedProof || w == forgedResident)
		s.phones[w], s.tokens[w] = thief, thief.token
	}
}

// forge signs a device's token with nothing but a copy of the database's files.
func (w *town) forge(device string, until time.Time) string {
	w.t.Helper()
	loot := w.t.TempDir()
	for _, name := range []string{"data.db", "data.db-wal"} {
		raw, err := os.ReadFile(filepath.Join(w.app.DataDir(), name))
		if os.IsNotExist(err) && name != "data.db" {
			continue
		}
		must(w.t, err)
		must(w.t, os.WriteFile(filepath.Join(loot, name), raw, 0o600))
	}
	db, err := sql.Open("sqlite", filepath.Join(loot, "data.db"))
	must(w.t, err)
	defer db.Close()
	var key, collection, options string
	must(w.t, db.QueryRow("SELECT d.tokenKey, c.id, c.options FROM devices d JOIN _collections c ON c.name = 'devices' WHERE d.id = ?", device).Scan(&key, &collection, &options))
	var o struct{ AuthToken struct{ Secret string } }
	must(w.t, json.Unmarshal([]byte(options), &o))
	token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{
		core.TokenClaimType: core.TokenTypeAuth, core.TokenClaimId: device, core.TokenClaimCollectionId: collection, core.TokenClaimRefreshable: true, "exp": until.Unix(),
	}).SignedString([]byte(key + o.AuthToken.Secret))
	must(w.t, err)
	return token
}

// Ensure that the forged tokens are real ones: the server takes one for the
// device that it names, or the cells of the forged would prove nothing.
func TestOracle_TheForgedTokensAreRealOnes(t *testing.T) {
	s := newStage(t)
	for w, of := range copied {
		auth, err := s.app.FindAuthRecordByToken(s.tokens[w], core.TokenTypeAuth)
		must(t, err)
		if auth.Id != s.phones[of].device || s.tokens[w] == s.tokens[of] {
			t.Errorf("%s is %s", w, auth.Id)
		}
	}
}

// mayDoFor is what may be done for the owner, by scope of the consent. Without
// one, and for everybody else, it is nothing.
var mayDoFor = map[string][]string{
	"visits": {"visits.come", "visits.cancel", "pairings.noThanks", "pairings.contact"},
	"circles": {"asks.make", "asks.settle", "asks.end", "asks.block", "replies.choose", "replies.end", "contacts.share", "contacts.end", "messages.send",
		"circles.start", "circles.edit", "circles.close", "circles.share", "circles.unshare", "circles.join",
		"circleHelpers.admit", "circleHelpers.remove", "circleHelpers.prefer", "circleHelpers.block", "circleHelpers.clear", "circleHelpers.leave",
		"slots.add", "slots.edit", "slots.change", "slots.end", "homes.set", "swaps.yes", "swaps.no",
		"turns.take", "turns.drop", "turns.standby", "turns.unstandby", "turns.every", "turns.endEvery", "turns.swap", "turns.assign", "turns.step"},
	"details": {"people.rename", "safety.block", "safety.unblock", "cards.lost"},
}

// Ensure that for another nobody does anything, but who may act for them does
// what its scopes say; and no more than that when it has ended.
func TestOracle_ForAnother(t *testing.T) {
	s := newStage(t)
	for _, w := range syncing {
		var scopes []string
		if w == helper {
			scopes = []string{"visits"}
		}
		s.doesFor(w, scopes...)
	}
	consent := s.ids["consents"]["helper for owner"]
	for _, c := range []struct {
		status string
		scopes []string
		until  string
	}{
		{"active", []string{"details"}, in(30)}, {"active", []string{"visits", "details"}, in(30)}, {"active", []string{"circles"}, in(30)},
		{"active", []string{"visits", "details"}, in(-1)}, {"ended", []string{"visits", "details"}, in(30)},
	} {
		s.set("consents", consent, map[string]any{"status": c.status, "scopes": c.scopes, "until": c.until})
		if c.status == "ended" || c.until < in(0) {
			c.scopes = nil
		}
		s.doesFor(helper, c.scopes...)
	}
}

// doesFor tries every command for the owner, in one push.
func (s *stage) doesFor(w who, scopes ...string) {
	s.t.Helper()
	var may, names []string
	for _, scope := range scopes {
		may = append(may, mayDoFor[scope]...)
	}
	var commands []map[string]any
	s.asks = owner // whose right counts
	for _, name := range s.registry.Names() {
		c := s.phones[w].command(name, s.argsOf(name))
		c["for"] = s.phones[owner].member
		names, commands = append(names, name), append(commands, c)
	}
	before := s.dumpOf("sync_")
	a := s.phones[w].sync(commands...)
	s.phones[w].ack = s.phones[w].number
	for i, o := range a.outcomes {
		if want := map[bool]string{false: "not_acting"}[slices.Contains(may, names[i])]; o.Code != want {
			s.t.Errorf("%s for the owner, by %s with %v: %+v", names[i], w, scopes, o)
		}
	}
	if len(a.outcomes) != len(names) {
		s.t.Fatalf("%d outcomes of %d", len(a.outcomes), len(names))
	}
	if len(may) == 0 {
		s.sameRows(before, "doing all for the owner by "+string(w))
	}
}

// Ensure that what somebody sealed is judged as theirs, as if they brought it
// themselves: who has a role needs the proof that was signed when it was sealed.
func TestOracle_Sealed(t *testing.T) {
	var s *stage
	for i, w := range everybody {
		if i%10 == 0 { // whoever stands in for all would be in more circles than anybody may
			s = newStage(t)
		}
		p := s.phones[w]
		if s.asks = w; p == nil {
			p, s.asks = &phone{town: s.town, token: s.tokens[w]}, coordinator
		}
		var names []string
		var commands []map[string]any
		for _, name := range slices.Backward(slices.Sorted(maps.Keys(mayDo))) { // NB! backward: a new card takes the old one away
			command, _, _ := strings.Cut(name, ",")
			if command == "people.leave" || command == "people.erase" {
				continue
			}
			c := p.command(command, s.argsOf(name))
			if strings.HasSuffix(name, ", for the owner") {
				c["for"] = s.phones[owner].member
			}
			c["number"] = len(commands) + 1
			names, commands = append(names, name), append(commands, c)
		}
		sealed := s.seal(p.left(commands...))
		rec := s.carry(sealed)
		for n := 0; n < 100 && strings.Contains(rec.Body.String(), `"reason":"retry"`); n++ { // it was too much for one go, and who carries it comes again
			rec = s.carry(sealed)
		}
		switch want, no := refused[w]; {
		case no:
			wantProblem(s.t, rec, want.status, want.code)
			continue
		case rec.Code != 200:
			t.Fatalf("sealed by %s: %d %s", w, rec.Code, rec.Body)
		}
		for i, c := range commands {
			var code string
			must(t, s.app.DB().NewQuery("SELECT code FROM sync_command WHERE nonce = {:nonce}").Bind(dbx.Params{"nonce": c["nonce"]}).Row(&code))
			if want := mayDo[names[i]][standIn(w)]; code != want {
				t.Errorf("%s, sealed by %s: %q, not %q", names[i], w, code, want)
			}
		}
	}
}
