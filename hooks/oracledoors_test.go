package hooks_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/router"
)

// from asks as somebody, from where they are: on this machine or elsewhere.
func (s *stage) from(w who, method, path, body string) *httptest.ResponseRecorder {
	s.t.Helper()
	ctx, hangUp := context.WithCancel(context.Background())
	defer hangUp()
	r := httptest.NewRequestWithContext(ctx, method, "http://kith.test"+path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if w == here || w == superHere {
		r.RemoteAddr, r.Host = "127.0.0.1:5000", "127.0.0.1:8090"
	}
	if token := s.tokens[w]; token != "" {
		s.authorise(r, token)
	}
	rec := httptest.NewRecorder()
	s.mux.ServeHTTP(&hasty{ResponseRecorder: rec, hangUp: hangUp}, r)
	return rec
}

func (s *stage) inOneCommit(do func(dbx.Builder) error) error {
	return s.app.RunInTransaction(func(tx core.App) error { return do(tx.DB()) })
}

// knock is one way to PocketBase's own API. super is what a superuser on this
// machine is answered, for who can use it there; 0: not tried.
type knock struct {
	door, method, path, body string
	super                    int
}

// doorsOf are the ways to one row of one collection.
func doorsOf(collection, id string, auth bool) []knock {
	c := "/api/collections/" + collection
	out := []knock{
		{"list", "GET", c + "/records", "", 200},
		{"filter probe", "GET", c + "/records?perPage=1&filter=id!=%22%22", "", 200},
		{"filter of a hidden column", "GET", c + "/records?filter=tokenKey!=%22%22", "", 0},
		{"sort probe", "GET", c + "/records?sort=-@random", "", 200},
		{"expand", "GET", c + "/records?expand=member,listing,place,organisation", "", 200},
		{"back-relation", "GET", c + "/records?expand=visits_via_member,visits_via_listing,devices_via_member,hosts_via_listing", "", 200},
		{"filter by back-relation", "GET", c + "/records?filter=visits_via_member.firstName~%22R%22", "", 0},
		{"count", "HEAD", c + "/records", "", 0},
		{"view", "GET", c + "/records/" + id, "", 200},
		{"create", "POST", c + "/records", `{"name":"Eve"}`, 0},
		{"update", "PATCH", c + "/records/" + id, `{"name":"Eve","firstName":"Eve"}`, 0},
		{"replace", "PUT", c + "/records/" + id, `{}`, 0},
		{"delete", "DELETE", c + "/records/" + id, "", 0},
		{"file", "GET", "/api/files/" + collection + "/" + id + "/x.png", "", 0},
		{"shape", "GET", c, "", 200},
		{"truncate", "DELETE", c + "/truncate", "", 0},
		{"batch", "POST", "/api/batch", `{"requests":[{"method":"GET","url":"` + c + `/records"},{"method":"DELETE","url":"` + c + `/records/` + id + `"}]}`, 403},
		{"realtime subscribe", "POST", "/api/realtime", `{"clientId":"x","subscriptions":["` + collection + `/*","` + collection + `/` + id + `"]}`, 0},
	}
	methods := 0
	if auth {
		methods = 200
	}
	return append(out, []knock{
		{"auth methods", "GET", c + "/auth-methods", "", methods},
		{"password", "POST", c + "/auth-with-password", `{"identity":"x@example.org","password":"1234567890"}`, 0},
		{"one-time code", "POST", c + "/request-otp", `{"email":"x@example.org"}`, 0},
		{"sign in by code", "POST", c + "/auth-with-otp", `{"otpId":"x","password":"1"}`, 0},
		{"sign in by another", "POST", c + "/auth-with-oauth2", `{"provider":"google","code":"x","redirectURL":"x"}`, 0},
		{"refresh", "POST", c + "/auth-refresh", "", 0},
		{"password reset", "POST", c + "/request-password-reset", `{"email":"x@example.org"}`, 0},
		{"confirm password", "POST", c + "/confirm-password-reset", `{"token":"x","password":"1234567890","passwordConfirm":"1234567890"}`, 0},
		{"verification", "POST", c + "/request-verification", `{"email":"x@example.org"}`, 0},
		{"confirm verification", "POST", c + "/confirm-verification", `{"token":"x"}`, 0},
		{"e-mail change", "POST", c + "/request-email-change", `{"newEmail":"x@example.org"}`, 0},
		{"confirm e-mail", "POST", c + "/confirm-email-change", `{"token":"x","password":"1"}`, 0},
		{"impersonate", "POST", c + "/impersonate/" + id, `{"duration":1}`, 0},
	}...)
}

// Ensure that PocketBase's own doors to every collection are shut to everybody
// but a superuser on this machine, for whom they open.
func TestOracle_Doors(t *testing.T) {
	oneAtATime(t)
	s := newStage(t)
	collections, err := s.app.FindAllCollections()
	must(t, err)
	before := s.dump()
	for _, c := range collections {
		var id string
		for _, id = range s.ids[c.Name] { // any row will do
			break
		}
		for _, k := range doorsOf(c.Name, id, c.IsAuth()) {
			for _, w := range everybody {
				s.tries(w, c.Name, k)
			}
		}
		s.unchanged(before, "knocking at "+c.Name)
	}
}

func (s *stage) tries(w who, collection string, k knock) {
	s.t.Helper()
	if w == superHere {
		if k.super == 0 {
			return
		}
		if rec := s.from(w, k.method, k.path, k.body); rec.Code != k.super {
			s.t.Errorf("%s, %s of %s: %d, not %d: %s", w, k.door, collection, rec.Code, k.super, rec.Body)
		}
		return
	}
	rec := s.from(w, k.method, k.path, k.body)
	s.keepsSecrets(k.door, w, rec.Body.String())
	if w == here && strings.HasPrefix(k.path, "/api/collections/_superusers/auth-") {
		if rec.Code == 404 || rec.Code == 200 && k.door != "auth methods" {
			s.t.Errorf("%s, %s of %s: %d %s", w, k.door, collection, rec.Code, rec.Body)
		}
		return
	}
	if k.method == "HEAD" {
		if rec.Code != 404 {
			s.t.Errorf("%s, %s of %s: %d", w, k.door, collection, rec.Code)
		}
		return
	}
	wantProblem(s.t, rec, 404, "not_found")
}

// Ensure that every route of the server has cells: ours are named in ourRoutes,
// all others are shut to everybody but a superuser on this machine.
func TestOracle_Routes(t *testing.T) {
	oneAtATime(t)
	s := newStage(t)
	before := s.dump()
	found := routes(t)
	for _, pattern := range slices.Concat(ourRoutes, machineRoutes) {
		if !slices.Contains(found, pattern) {
			t.Errorf("%s has cells and isn't there", pattern)
		}
	}
	if len(found) < 60 {
		t.Errorf("only %d routes: the router is not read right", len(found))
	}
	fill := strings.NewReplacer("{collection}", "members", "{id}", s.phones[owner].member, "{recordId}", s.phones[owner].member, "{filename}", "x.png", "{key}", "x.zip", "{path...}", "x.js")
	for _, pattern := range found {
		if slices.Contains(ourRoutes, pattern) {
			continue
		}
		method, path, _ := strings.Cut(pattern, " ")
		path = fill.Replace(path)
		if strings.ContainsAny(path, "{}") {
			t.Errorf("%s has a parameter that the oracle can't fill", pattern)
		}
		machines := slices.Contains(machineRoutes, pattern)
		for _, w := range everybody {
			if machines && (w == superHere || w == here) {
				rec := s.from(w, method, path, "")
				s.keepsSecrets(pattern, w, rec.Body.String())
				if rec.Code != 200 {
					t.Errorf("%s, %s: %d %.200s", w, pattern, rec.Code, rec.Body)
				}
				continue
			}
			if w == superHere || w == here && strings.HasPrefix(path, "/_/") {
				continue
			}
			if rec := s.from(w, method, path, "{}"); rec.Code != 404 || !strings.Contains(rec.Body.String(), `"not_found"`) {
				t.Errorf("%s, %s: %d %.200s", w, pattern, rec.Code, rec.Body)
			}
		}
	}
	s.unchanged(before, "asking every route")
}

// routes lists the patterns of the whole router.
func routes(t *testing.T) []string {
	t.Helper()
	return append(walk(reflect.ValueOf(newTown(t).router.RouterGroup), ""), "GET /_/{path...}") // apis.Serve itself adds the dashboard
}

// walk reads the router's tree, whose branches are not exported.
func walk(group reflect.Value, prefix string) (out []string) {
	group = group.Elem()
	prefix += group.FieldByName("Prefix").String()
	children := group.FieldByName("children")
	for i := range children.Len() {
		child := children.Index(i).Elem()
		if child.Type() == reflect.TypeFor[*router.RouterGroup[*core.RequestEvent]]() {
			out = append(out, walk(child, prefix)...)
			continue
		}
		route := child.Elem()
		pattern := prefix + route.FieldByName("Path").String()
		if m := route.FieldByName("Method").String(); m != "" {
			pattern = m + " " + pattern
		}
		out = append(out, pattern)
	}
	return out
}

// Ensure that a superuser here finds what the dashboard needs, and one who asks
// from elsewhere, or by way of a proxy, nothing.
func TestOracle_TheDashboardIsForThisMachine(t *testing.T) {
	s := newStage(t)
	for _, path := range []string{"/api/collections", "/api/settings", "/api/logs", "/api/crons", "/api/backups", "/api/collections/meta/scaffolds"} {
		if rec := s.from(superHere, "GET", path, ""); rec.Code != 200 {
			t.Errorf("%s: %d %s", path, rec.Code, rec.Body)
		}
		for _, w := range []who{superAway, coordinator, here} {
			wantProblem(t, s.from(w, "GET", path, ""), 404, "not_found")
		}
	}
	r := httptest.NewRequest("GET", "http://127.0.0.1:8090/api/collections", nil)
	r.RemoteAddr = "[::1]:5000"
	r.Header.Set("Authorization", s.tokens[superHere])
	rec := httptest.NewRecorder()
	if s.mux.ServeHTTP(rec, r); rec.Code != 200 {
		t.Errorf("over IPv6: %d", rec.Code)
	}
	r.Host = "rebound.example:8090"
	rec = httptest.NewRecorder()
	if s.mux.ServeHTTP(rec, r); rec.Code != 404 {
		t.Errorf("with a name that was made to point here: %d", rec.Code)
	}
}

// Ensure that realtime is shut: nobody gets a client to subscribe with.
func TestOracle_Realtime(t *testing.T) {
	s := newStage(t)
	for _, w := range everybody {
		if w == superHere {
			continue
		}
		wantProblem(t, s.from(w, "GET", "/api/realtime", ""), 404, "not_found")
		wantProblem(t, s.from(w, "POST", "/api/realtime", fmt.Sprintf(`{"clientId":%q,"subscriptions":["visits/*","@oauth2","sync/secret"]}`, newID())), 404, "not_found")
	}
}
