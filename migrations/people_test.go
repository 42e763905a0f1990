package migrations_test

import (
	"testing"

	"github.com/pocketbase/pocketbase/core"

	_ "kith/migrations"
)

// step is one migration by its file's name.
func step(t *testing.T, file string) *core.Migration {
	t.Helper()
	for _, m := range core.AppMigrations.Items() {
		if m.File == file {
			return m
		}
	}
	t.Fatalf("there is no %s", file)
	return nil
}

func migrated(t *testing.T) core.App {
	t.Helper()
	app := core.NewBaseApp(core.BaseAppConfig{DataDir: t.TempDir()})
	must(t, app.Bootstrap())
	t.Cleanup(func() { must(t, app.ResetBootstrapState()) })
	must(t, app.RunAllMigrations())
	return app
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func exec(t *testing.T, app core.App, q string) {
	t.Helper()
	_, err := app.DB().NewQuery(q).Execute()
	must(t, err)
}

func texts(t *testing.T, app core.App, q string) (found []string) {
	t.Helper()
	must(t, app.DB().NewQuery(q).Column(&found))
	return found
}

// Ensure that going back and forward again keeps everybody out who was out, and
// everybody in who was in, with the roles that both sides know.
func TestPeople_StandingAndRolesAreCarriedBothWays(t *testing.T) {
	app := migrated(t)
	exec(t, app, `INSERT INTO shops (id, name, status) VALUES ('s1', 'Kettle', 'active')`)
	for _, m := range []string{"active", "suspended", "left", "moved"} {
		exec(t, app, `INSERT INTO members (id, firstName, standing, email, tokenKey, password) VALUES ('`+m+`', 'Rosa', '`+m+`', '`+m+`@example.org', '`+m+`', 'x')`)
	}
	exec(t, app, `INSERT INTO roles (id, member, role, shop) VALUES ('r1', 'active', 'coordinator', ''), ('r2', 'active', 'owner', 's1'), ('r3', 'left', 'coach', '')`)

	must(t, step(t, "9n_asks.go").Down(app))
	must(t, step(t, "9l_circles.go").Down(app))
	must(t, step(t, "9k_buddies.go").Down(app)) // its triggers hang on what goes
	must(t, step(t, "6_people.go").Down(app))
	if in := texts(t, app, "SELECT id FROM members WHERE NOT suspended"); len(in) != 1 || in[0] != "active" {
		t.Errorf("back: %v may take part", in)
	}
	if r := texts(t, app, "SELECT id FROM roles"); len(r) != 1 || r[0] != "r1" {
		t.Errorf("back: the roles are %v", r)
	}

	must(t, step(t, "6_people.go").Up(app))
	if in := texts(t, app, "SELECT id FROM members WHERE standing = 'active' AND hasEmail"); len(in) != 1 || in[0] != "active" {
		t.Errorf("forward: %v may take part", in)
	}
	if out := texts(t, app, "SELECT id FROM members WHERE standing = 'suspended'"); len(out) != 3 {
		t.Errorf("forward: %v are suspended", out)
	}
	exec(t, app, `INSERT INTO roles (id, member, role) VALUES ('r4', 'active', 'listener')`)
	if r := texts(t, app, "SELECT id FROM roles WHERE shop = ''"); len(r) != 2 {
		t.Errorf("forward: the roles are %v", r)
	}
}
