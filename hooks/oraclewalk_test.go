package hooks_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"kith/internal/sync"
)

// walker is one phone of a random walk, and what the walk knows of it: written
// by hand, and apart from all that the server keeps.
type walker struct {
	*phone
	name                       who
	suspended, revoked         bool
	pending, enrolled, proving bool
	roles                      map[string]string // role, or role/shop: id of its row
	helps                      map[int]string    // whom: id of the consent, under visits
	held                       map[string]bool   // audiences on the phone
}

// refusal is what the server has to say to them, always or at a door that wants
// a proof; "" is an answer.
func (w *walker) refusal(proof bool) string {
	switch {
	case w.revoked:
		return "device_unknown"
	case w.pending:
		return "device_pending"
	case w.suspended:
		return "member_suspended"
	case !w.proving && (proof || len(w.roles) > 0):
		return "proof_missing"
	}
	return ""
}

// stroll is a town whose rights change at random.
type stroll struct {
	*stage
	r     *rand.Rand
	who   []*walker
	shops map[string]string
}

func newStroll(t *testing.T, seed uint64) *stroll {
	w := &stroll{stage: &stage{town: newTown(t), tokens: map[who]string{}}, r: rand.New(rand.NewPCG(seed, seed)), shops: map[string]string{}}
	for _, shop := range []string{"A", "B"} {
		w.shops[shop] = w.make("shops", map[string]any{"name": "Shop", "status": "active"}).Id
	}
	for i := range 5 {
		p := &walker{phone: w.phone("resident"), name: who(fmt.Sprint("walker ", i)), enrolled: true, proving: true, roles: map[string]string{}, helps: map[int]string{}, held: map[string]bool{}}
		w.who, w.tokens[p.name] = append(w.who, p), p.token
	}
	return w
}

// rights are the audiences that somebody who is answered may hold.
func (w *stroll) rights(p *walker) []string {
	out := map[string]bool{sync.Public: true, "neighbours": true, "member/" + p.member: true}
	sure := p.enrolled && p.proving
	for role := range p.roles {
		switch role {
		case "activator":
			out["activators"], out["listeners"] = true, true
		case "coordinator":
			out["activators"], out["listeners"] = true, true
			if sure {
				out["coordinators"], out["responders"] = true, true
			}
		case "coach":
			out["listeners"] = true
			if sure {
				out["responders"] = true
			}
		case "surgery":
			if sure {
				out["surgery"] = true
			}
		case "listener":
			out["listeners"] = true
		default: // of a shop
			shop := w.shops[role[len(role)-1:]]
			out["shop/"+shop], out["counters"] = true, true
			if role[:5] == "owner" && sure {
				out["owners/"+shop] = true
			}
		}
	}
	for whom := range p.helps {
		out["helped/"+w.who[whom].member] = true
	}
	return slices.Sorted(maps.Keys(out))
}

// change gives or takes one thing, and says what.
func (w *stroll) change() string {
	i := w.r.IntN(len(w.who))
	p := w.who[i]
	turn := func(what string, is *bool) string {
		*is = !*is
		w.set("devices", p.device, map[string]any{what: *is})
		return fmt.Sprint(p.name, " ", what, " ", *is)
	}
	switch n := w.r.IntN(16); n {
	case 0:
		return turn("revoked", &p.revoked)
	case 1:
		return turn("pending", &p.pending)
	case 2, 3:
		return turn("enrolled", &p.enrolled)
	case 4:
		p.suspended = !p.suspended
		w.set("members", p.member, map[string]any{"standing": map[bool]string{true: "suspended", false: "active"}[p.suspended]})
		return fmt.Sprint(p.name, " suspended ", p.suspended)
	case 5:
		p.proving = !p.proving
		p.proves(p.proving)
		return fmt.Sprint(p.name, " proves ", p.proving)
	case 6, 7, 8:
		return w.changeHelp(i, (i+1+w.r.IntN(len(w.who)-1))%len(w.who))
	}
	return w.changeRole(p, []string{"activator", "coordinator", "listener", "owner/A", "owner/B", "staff/A", "coach", "surgery"}[w.r.IntN(8)])
}

func (w *stroll) changeRole(p *walker, role string) string {
	if id := p.roles[role]; id != "" {
		must(w.t, w.app.Delete(w.record("roles", id)))
		delete(p.roles, role)
		return fmt.Sprint(p.name, " no ", role)
	}
	row := map[string]any{"member": p.member, "role": role}
	if n := len(role) - 2; role[n] == '/' {
		row["role"], row["shop"] = role[:n], w.shops[role[n+1:]]
	}
	p.roles[role] = w.make("roles", row).Id
	return fmt.Sprint(p.name, " ", role)
}

func (w *stroll) changeHelp(i, whom int) string {
	p := w.who[i]
	if id := p.helps[whom]; id != "" {
		w.set("consents", id, map[string]any{"status": "ended"})
		delete(p.helps, whom)
		return fmt.Sprint(p.name, " helps no more ", whom)
	}
	id := w.consent(w.who[whom].member, p.member)
	w.set("consents", id, map[string]any{"scopes": []string{"visits"}})
	p.helps[whom] = id
	return fmt.Sprint(p.name, " helps ", whom)
}

// ask asks as somebody, by some door, and holds the answer to the rights.
func (w *stroll) ask() string {
	p := w.who[w.r.IntN(len(w.who))]
	door := []string{"pull", "from nothing", "live", "push", "export", "chunk"}[w.r.IntN(6)]
	if door == "chunk" {
		rec := w.from(p.name, "GET", "/api/sync/public/-/0/0", "")
		w.holds(p, door, []string{sync.Public}, slices.Sorted(maps.Keys(parse(w.t, rec.Code, rec.Body).sums)))
		return door
	}
	if code := p.refusal(door == "export"); code != "" || door == "export" || door == "live" {
		path := map[string]string{"export": "/api/export", "live": "/api/sync/live"}[door]
		if path == "" {
			path = "/api/sync"
		}
		rec := w.from(p.name, "POST", path, `{"protocol":1,"cursor":""}`)
		if status := rec.Code; code == "" && status != 200 || code != "" && !slices.Contains([]int{401, 403}, status) || code != "" && !strings.Contains(rec.Body.String(), `"`+code+`"`) {
			w.t.Errorf("%s by %s: %d %.200s, not %q", p.name, door, rec.Code, rec.Body, code)
		}
		return door
	}
	if door == "push" {
		return w.push(p)
	}
	if door == "from nothing" {
		p.cursor, p.held = "", map[string]bool{}
	}
	a := p.sync()
	p.hears(a)
	w.holds(p, door, w.rights(p), slices.Sorted(maps.Keys(p.held)))
	if door == "from nothing" {
		w.holds(p, door+", sums", w.rights(p), slices.Sorted(maps.Keys(a.sums)))
	}
	return door
}

// hears keeps the phone's audiences as the app does.
func (w *walker) hears(a *answer) {
	for _, aud := range a.drops {
		delete(w.held, aud)
	}
	for _, aud := range a.resets {
		w.held[aud] = true
	}
}

// push sends a command of which the rights are known.
func (w *stroll) push(p *walker) string {
	whom := w.r.IntN(len(w.who))
	name, want := "roles.give", "not_allowed"
	args := map[string]any{"id": newID(), "member": w.somebody(), "role": "coach"}
	boss := p.roles["coordinator"] != ""
	switch w.r.IntN(3) {
	case 0:
		if boss {
			want = map[bool]string{false: "device_not_enrolled"}[p.enrolled && p.proving]
		}
	case 1:
		name, args = "people.add", map[string]any{"id": newID(), "firstName": "Edna"}
		if boss || p.roles["activator"] != "" {
			want = ""
		}
	case 2:
		name, args, want = "visits.come", comeArgs(newID()), "not_acting"
		if p.helps[whom] != "" && !w.who[whom].suspended {
			want = "listing_unknown" // they may, and it isn't there
		}
	}
	c := p.command(name, args)
	if name == "visits.come" {
		c["for"] = w.who[whom].member
	}
	a := p.sync(c)
	p.hears(a)
	p.ack = p.number
	if got := a.outcomes[len(a.outcomes)-1].Code; got != want {
		w.t.Errorf("%s, %s: %q, not %q", p.name, name, got, want)
	}
	w.holds(p, "push", w.rights(p), slices.Sorted(maps.Keys(p.held)))
	return name
}

func (w *stroll) holds(p *walker, door string, may, got []string) {
	w.t.Helper()
	if !slices.Equal(may, got) {
		w.t.Errorf("%s by %s: may hold %q, holds %q", p.name, door, may, got)
	}
}

// Ensure that whatever was given and taken before, in whatever order, nobody
// holds more than they may, or less. KITH_WALK is how many steps to go,
// KITH_WALK_SEED which walk to go again.
func TestOracle_RandomWalks(t *testing.T) {
	oneAtATime(t)
	steps, seed := 400, rand.Uint64()
	if n, err := strconv.Atoi(os.Getenv("KITH_WALK")); err == nil {
		steps = n
	}
	if n, err := strconv.ParseUint(os.Getenv("KITH_WALK_SEED"), 10, 64); err == nil {
		seed = n
	}
	w := newStroll(t, seed)
	var trail []string
	for i := range steps {
		trail = append(trail, w.change(), w.ask())
		if t.Failed() {
			t.Fatalf("step %d: again with KITH_WALK_SEED=%d KITH_WALK=%d; the last steps: %q", i, seed, steps, trail[max(0, len(trail)-12):])
		}
	}
}
