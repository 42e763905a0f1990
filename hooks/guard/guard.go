// Package guard makes PocketBase safe for a town: refusals in one shape, doors
// that are not Kith's closed to all but superusers on this machine, security
// headers, the built app as static files.
package guard

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/netip"
	"os"
	"slices"
	"strings"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"
	"github.com/pocketbase/pocketbase/tools/router"

	"kith/internal/problem"
)

// Register binds the room; app files come from public.
//
// trustedProxy names the header in which a proxy before this server puts the
// client's address, or is empty. elsewhere are the other hosts that a page may ask.
func Register(app core.App, public fs.FS, trustedProxy string, elsewhere []string) {
	app.OnBootstrap().BindFunc(func(e *core.BootstrapEvent) error {
		if err := e.Next(); err != nil {
			return err
		}
		return private(e.App.DataDir())
	})
	// NB! PocketBase would put the old rows back and go on in the same epoch, and
	// devices would never bring back what the backup lacks.
	app.OnBackupRestore().BindFunc(func(*core.BackupEvent) error {
		return errors.New("a backup is put back with `kith restore`, while the server is stopped: see docs/operations.md")
	})
	app.OnServe().Bind(&hook.Handler[*core.ServeEvent]{
		Id: "kithGuard",
		Func: func(e *core.ServeEvent) error {
			if err := checkSQLite(e.App); err != nil {
				return err
			}
			if trustedProxy != "" {
				e.App.Settings().TrustedProxy.Headers = []string{trustedProxy}
				e.App.Settings().TrustedProxy.UseLeftmostIP = false // the leftmost is what the client says of itself
			}
			e.InstallerFunc = nil // superusers are made with `kith superuser`
			// Other sites may not ask on a person's behalf; the public chunks say otherwise themselves.
			e.Router.Unbind(apis.DefaultCorsMiddlewareId)
			e.Router.Bind(&hook.Handler[*core.RequestEvent]{Id: "kithRefusals", Func: refusals, Priority: outermost})
			e.Router.Bind(&hook.Handler[*core.RequestEvent]{Id: "kithHeaders", Func: headers(elsewhere), Priority: outermost + 1})
			e.Router.Bind(&hook.Handler[*core.RequestEvent]{Id: "kithDoors", Func: doors, Priority: apis.DefaultLoadAuthTokenMiddlewarePriority + 1})
			static, err := newStatic(public)
			if err != nil {
				return err
			}
			e.Router.GET("/{path...}", static.serve).Bind(apis.SkipSuccessActivityLog())
			e.Router.GET("/api/{path...}", nothing(e.Router, static)) // NB! else the app's page answers for it
			e.Router.Route("", "/", nothing(e.Router, static))
			return e.Next()
		},
		Priority: 900, // after the features' routes, before the listener
	})
}

// private shuts the data folder to other users of the machine: who can read
// data.db can read everybody's visits, and forge tokens. PocketBase makes it 0755.
func private(dir string) error {
	info, err := os.Stat(dir)
	if err != nil || info.Mode().Perm()&0o077 == 0 {
		return err
	}
	return os.Chmod(dir, 0o700)
}

// outermost goes before PocketBase's own middlewares, the request log included.
const outermost = apis.DefaultActivityLoggerMiddlewarePriority - 100

// refusals writes every refusal in the catalogue's shape. A superuser's
// dashboard keeps PocketBase's own.
func refusals(e *core.RequestEvent) error {
	err := e.Next()
	if err == nil || e.Written() || dashboard(e) && !ours(e.Request.URL.Path) {
		return err
	}
	var p *problem.Problem
	var api *router.ApiError
	switch {
	case errors.As(err, &p):
	case errors.As(err, &api):
		p = problem.Of(api)
	default:
		e.App.Logger().Error("a request failed", "route", e.Request.Pattern, "error", err)
		p = problem.Internal.Because(err)
	}
	return p.Write(e.Response)
}

// ours are the addresses that are open to others than superusers.
func ours(path string) bool {
	switch path {
	case "/api/health", "/api/invite", "/api/join", "/api/session", "/api/recover", "/api/code", "/api/code/confirm",
		"/api/email", "/api/email/confirm", "/api/sync", "/api/sync/live", "/api/sync/sealed",
		"/api/complaints", "/api/export", "/api/audit", "/api/concerns", "/api/concerns/receipts", "/api/concerns/open", "/api/concerns/names", "/api/notes", "/api/notes/open":
		return true
	}
	return strings.HasPrefix(path, "/api/sync/public/")
}

// machines are the addresses at which the machine speaks of itself, to whoever
// sits at it.
func machines(path string) bool { return path == "/metrics" || path == "/api/health/machine" }

// doors closes PocketBase's own API and dashboard: rules are nil anyway, but
// what isn't there can't leak, by a filter, a back-relation or a subscription.
func doors(e *core.RequestEvent) error {
	path := e.Request.URL.Path
	if machines(path) {
		if direct(e) {
			return e.Next()
		}
		return problem.NotFound.Because(nil)
	}
	inside := strings.HasPrefix(path, "/api/") && !ours(path) || path == "/_" || strings.HasPrefix(path, "/_/")
	if !inside || dashboard(e) {
		return e.Next()
	}
	return problem.NotFound.Because(nil)
}

// passedOn are the headers by which a proxy says for whom it asks; also the one
// that the configuration names.
var passedOn = []string{"Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip", "Cf-Connecting-Ip", "True-Client-Ip"}

// direct says whether a request comes from this machine itself: not through a
// proxy that runs here, and not from a page whose name was made to point here.
func direct(e *core.RequestEvent) bool {
	if !isLoopback(e.RemoteIP()) {
		return false
	}
	for _, h := range slices.Concat(passedOn, e.App.Settings().TrustedProxy.Headers) {
		if len(e.Request.Header.Values(h)) > 0 {
			return false
		}
	}
	host, _, err := net.SplitHostPort(e.Request.Host)
	if err != nil {
		host = e.Request.Host
	}
	return host == "localhost" || isLoopback(strings.Trim(host, "[]"))
}

func isLoopback(ip string) bool {
	addr, err := netip.ParseAddr(ip)
	return err == nil && addr.Unmap().IsLoopback()
}

// dashboard says whether a request is for the dashboard and may be: from this
// machine, and signed in as superuser or doing so.
func dashboard(e *core.RequestEvent) bool {
	if !direct(e) {
		return false
	}
	path := e.Request.URL.Path
	return e.HasSuperuserAuth() || strings.HasPrefix(path, "/_/") || strings.HasPrefix(path, "/api/collections/_superusers/auth-")
}

// nothing answers what no route took: 405 for an address that is asked in
// another way, else 404.
func nothing(r *router.Router[*core.RequestEvent], s *static) func(*core.RequestEvent) error {
	return func(e *core.RequestEvent) error {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			if r.HasRoute(method, e.Request.URL.Path) || method == http.MethodGet && (isChunk(e.Request.URL.Path) || s.is(e.Request.URL.Path)) {
				e.Response.Header().Set("Allow", method)
				return problem.MethodNotAllowed.Because(nil)
			}
		}
		return problem.NotFound.Because(nil)
	}
}

// isChunk says whether path has the shape of /api/sync/public/{epoch}/{base}/{pos}.
func isChunk(path string) bool {
	rest, ok := strings.CutPrefix(path, "/api/sync/public/")
	return ok && strings.Count(rest, "/") == 2
}

// checkSQLite refuses a SQLite that the measurements in docs/ were not made on.
func checkSQLite(app core.App) error {
	var version string
	if err := app.DB().NewQuery("SELECT sqlite_version()").Row(&version); err != nil {
		return err
	}
	var major, minor, patch int
	if _, err := fmt.Sscanf(version, "%d.%d.%d", &major, &minor, &patch); err != nil {
		return err
	}
	if found := major*1_000_000 + minor*1_000 + patch; found < oldestSQLite {
		return fmt.Errorf("SQLite %s is older than what Kith was measured on (%d)", version, oldestSQLite)
	}
	return nil
}

// oldestSQLite, as 1,000,000 × major + 1,000 × minor + patch.
const oldestSQLite = 3_051_000
