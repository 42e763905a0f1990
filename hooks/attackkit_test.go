package hooks_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"net/http"
	"testing"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/router"

	"kith/hooks"
)

func newKey(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	return key
}

// routed is a community of its own configuration, with its router before it is
// built: newTown hides both.
func routed(t testing.TB, cfg hooks.Config) (*town, *router.Router[*core.RequestEvent]) {
	t.Helper()
	app := core.NewBaseApp(core.BaseAppConfig{DataDir: t.TempDir()})
	must(t, app.Bootstrap())
	w := &town{t: t, app: app, registry: hooks.Register(app, cfg)}
	must(t, app.RunAllMigrations())
	r, err := apis.NewRouter(app)
	must(t, err)
	t.Cleanup(func() {
		_ = app.OnTerminate().Trigger(&core.TerminateEvent{App: app}, func(e *core.TerminateEvent) error { return e.App.ResetBootstrapState() })
	})
	must(t, app.OnServe().Trigger(&core.ServeEvent{App: app, Router: r, Server: &http.Server{Addr: "192.0.2.1:80"}}, func(*core.ServeEvent) error {
		w.mux, err = r.BuildMux()
		return err
	}))
	return w, r
}

func newTownWithLimits(t testing.TB) *town {
	w, _ := routed(t, hooks.Config{Public: page, RateLimits: true})
	return w
}

// oneAtATime leaves a long test out where races are looked for: it asks one
// thing after another, so there is nothing to find, and takes ten times as long.
// Each has a town of its own, so that two of them run side by side.
func oneAtATime(t *testing.T) {
	t.Helper()
	if raceDetected {
		t.Skip("asks one thing after another: run without -race")
	}
	t.Parallel()
}
