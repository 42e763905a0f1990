package waysin

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	_ "kith/migrations"
)

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

func save(t *testing.T, app core.App, collection string, values map[string]any) *core.Record {
	t.Helper()
	r, err := record(app, collection, values)
	must(t, err)
	if r.Collection().IsAuth() {
		r.SetRandomPassword()
	}
	must(t, app.Save(r))
	return r
}

// Ensure that the console makes invites of every role, of a shop that is there,
// and says what is wrong with anything else; and that what it made is on record.
func TestInviteCommand_MakesEveryRole(t *testing.T) {
	app := migrated(t)
	save(t, app, "communities", map[string]any{"name": "Test town", "zone": "Europe/London"})
	shop := save(t, app, "shops", map[string]any{"name": "Corner shop", "status": "active"})
	run := func(args ...string) error {
		c := InviteCommand(app)
		c.SetArgs(args)
		c.SilenceErrors, c.SilenceUsage = true, true
		return c.Execute()
	}
	for _, role := range Roles {
		args := []string{"--role", role}
		if needShop(role) {
			args = append(args, "--shop", "Corner shop")
		}
		must(t, run(args...))
	}
	for says, args := range map[string][]string{
		"a role is": {"--role", "king"}, "which --shop names": {"--role", "owner"}, "0 shops": {"--role", "staff", "--shop", "Nowhere"},
		"are of none": {"--role", "coach", "--shop", shop.Id}, "begins with https://": {"--address", "kith.example"}, "1 to 366 days": {"--days", "400"},
	} {
		if err := run(args...); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%v: %v", args, err)
		}
	}
	var noted []string
	must(t, app.DB().NewQuery("SELECT json_extract(detail, '$.role') FROM audit WHERE actor = 'console' AND action = 'invites.make' ORDER BY number").Column(&noted))
	if strings.Join(noted, " ") != strings.Join(Roles, " ") {
		t.Errorf("on record: %v", noted)
	}
}

// Ensure that a link leads to where the server last listened, unless somebody
// says where people reach it.
func TestInviteCommand_LeadsToWhereTheServerListened(t *testing.T) {
	app := migrated(t)
	for _, c := range []struct{ listened, typed, want string }{
		{"", "", "http://127.0.0.1:8090"}, {"127.0.0.1:9000", "", "http://127.0.0.1:9000"}, {"kith.example:443", "", "https://kith.example"},
		{"", "https://town.example", "https://town.example"},
	} {
		if c.listened != "" {
			must(t, greet(&strings.Builder{}, app, c.listened))
		}
		got, err := addressOf(app, c.typed)
		if must(t, err); got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
	info, err := os.Stat(addressFile(app))
	if must(t, err); info.Mode().Perm() != 0o600 {
		t.Errorf("%v", info.Mode())
	}
}

// Ensure that the console says where mails go, and has a link for everybody of
// the demo who has a role and a phone, and for one resident; that they enrol; and
// that nobody gets one off this machine.
func TestGreet_HasALinkForEveryRoleOfTheDemo(t *testing.T) {
	app := migrated(t)
	save(t, app, "communities", map[string]any{"name": "Test town", "zone": "Europe/London", "demo": true})
	shop := save(t, app, "shops", map[string]any{"name": "Corner shop", "status": "active"})
	for name, role := range map[string]string{"Maya": "", "Ravi": "", "Pearl": "activator", "Omar": "owner", "Sid": "staff", "Tom": "coordinator"} {
		m := save(t, app, "members", map[string]any{"firstName": name, "standing": "active", "created": "2026-01-01"})
		if role == "owner" || role == "staff" {
			save(t, app, "roles", map[string]any{"member": m.Id, "role": role, "shop": shop.Id})
		} else if role != "" {
			save(t, app, "roles", map[string]any{"member": m.Id, "role": role})
		}
	}
	save(t, app, "members", map[string]any{"firstName": "Edna", "standing": "active", "noPhone": true})
	var out strings.Builder
	must(t, greet(&out, app, "127.0.0.1:8090"))
	if n := strings.Count(out.String(), "/join#"); n != 5 || strings.Contains(out.String(), "Edna") || !strings.Contains(out.String(), mailFolder(app)) {
		t.Errorf("%d links: %s", n, out.String())
	}
	invites, err := app.FindAllRecords("invites")
	must(t, err)
	for _, i := range invites {
		if !i.GetBool("console") || i.GetString("member") == "" {
			t.Errorf("%v", i)
		}
	}
	out.Reset()
	if links, err := personas(app, "192.0.2.1:80", "http://192.0.2.1", time.Now()); err != nil || links != "" {
		t.Errorf("%v %q", err, links)
	}
	if n, err := app.CountRecords("invites"); err != nil || n != 0 {
		t.Errorf("%d invites stay", n)
	}
}
