package hooks_test

import (
	"encoding/json"
	"testing"
)

// Ensure that a coach learns the first names of those who look into concerns, of
// nobody else, and nothing but the name; and that nobody else learns them.
func TestTriage_RespondersKnowOneAnotherByName(t *testing.T) {
	w := newTown(t)
	c, boss, other := w.phone("resident").with("coach"), w.phone("coordinator"), w.phone("resident")
	for member, name := range map[string]string{c.member: "Imani", boss.member: "Tom", other.member: "Maya"} {
		w.exec("UPDATE members SET firstName = '" + name + "' WHERE id = '" + member + "'")
	}
	ask := func(p *phone) map[string]string {
		t.Helper()
		rec := p.ask("POST", "/api/concerns/names", p.token, map[string]any{})
		if rec.Code != 200 || rec.Header().Get("Cache-Control") != "no-store" {
			t.Fatalf("%d %s", rec.Code, rec.Body)
		}
		var out struct{ Names []map[string]string }
		must(t, json.Unmarshal(rec.Body.Bytes(), &out))
		names := map[string]string{}
		for _, one := range out.Names {
			if len(one) != 2 {
				t.Errorf("more than a name: %v", one)
			}
			names[one["id"]] = one["firstName"]
		}
		return names
	}
	for _, p := range []*phone{c, boss} {
		if names := ask(p); names[c.member] != "Imani" || names[boss.member] != "Tom" || names[other.member] != "" {
			t.Errorf("%v", names)
		}
	}
	wantProblem(t, other.ask("POST", "/api/concerns/names", other.token, map[string]any{}), 403, "not_allowed")
	wantProblem(t, c.proves(false).ask("POST", "/api/concerns/names", c.token, map[string]any{}), 401, "proof_missing")
}
