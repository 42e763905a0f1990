package hooks_test

import (
	"errors"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	gosync "sync"
	"testing"
	"testing/fstest"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/router"

	"kith/hooks"
	"kith/internal/concern"
	"kith/internal/store"
	"kith/internal/sync"
	_ "kith/migrations"
)

// town is a whole community behind its real router, without a socket.
type town struct {
	t        testing.TB
	app      core.App
	registry *sync.Registry
	mux      http.Handler
	router   *router.Router[*core.RequestEvent]
	provers  map[string]*phone // by token: phones whose requests carry a proof
	sealing  *concern.Keys     // those of concerns; nil: there are none
	shape    int               // the schema's version, of which the next two are
	columns  map[string]string // by table: how it is read as text
	dumped   map[string]string // by table: that text, as long as nobody writes
}

var page fs.FS = fstest.MapFS{
	"index.html":       {Data: []byte("<!doctype html><title>Kith</title>" + strings.Repeat(" ", 2000))},
	"assets/app-1a.js": {Data: []byte("console.log(1)")},
}

func newTown(t testing.TB, prepare ...func(*sync.Registry)) *town {
	t.Helper()
	return townOf(t, hooks.Config{Public: page}, prepare...)
}

func newTownWithLimits(t testing.TB) *town {
	t.Helper()
	return townOf(t, hooks.Config{Public: page, RateLimits: true})
}

func townOf(t testing.TB, cfg hooks.Config, prepare ...func(*sync.Registry)) *town {
	t.Helper()
	w, err := raise(t, migrated(t), cfg, prepare...)
	must(t, err)
	w.make("communities", map[string]any{"name": "Test town", "zone": "Europe/London"})
	return w
}

// again serves a data folder once more, as after a restart, and hears what is
// said on the console.
func again(t *testing.T, data string, cfg hooks.Config) (w *town, said string, failed error) {
	t.Helper()
	var console strings.Builder
	cfg.Public, cfg.Console = page, io.Writer(&console)
	w, failed = raise(t, data, cfg)
	return w, console.String(), failed
}

// raise opens the community of a data folder and serves it. Nothing happens in it
// by itself: the clock of its jobs stands still, and a test runs those it means.
func raise(t testing.TB, data string, cfg hooks.Config, prepare ...func(*sync.Registry)) (*town, error) {
	t.Helper()
	app := core.NewBaseApp(core.BaseAppConfig{DataDir: data, DBConnect: store.Open})
	must(t, app.Bootstrap())
	w := &town{t: t, app: app, registry: hooks.Register(app, cfg)}
	for _, p := range prepare {
		p(w.registry)
	}
	must(t, app.RunAllMigrations())
	var err error
	w.router, err = apis.NewRouter(app)
	must(t, err)
	event := &core.ServeEvent{App: app, Router: w.router, Server: &http.Server{Addr: "192.0.2.1:80"}}
	err = app.OnServe().Trigger(event, func(*core.ServeEvent) (err error) {
		app.Cron().Stop()
		w.mux, err = w.router.BuildMux()
		return err
	})
	if err != nil {
		must(t, app.ResetBootstrapState())
		return nil, err
	}
	t.Cleanup(func() {
		w.t = t
		w.missesNothing()
		_ = app.OnTerminate().Trigger(&core.TerminateEvent{App: app}, func(e *core.TerminateEvent) error { return e.App.ResetBootstrapState() })
	})
	return w, nil
}

// shape is what all towns begin with, as the migrations leave it: they are run
// once, and their files are copied. KITH_SHAPE names a folder where another process
// left them, or where this one does: planted faults start a hundred processes, of
// which each would run all migrations for a test of a few milliseconds.
var shape = gosync.OnceValues(func() (map[string][]byte, error) {
	kept := os.Getenv("KITH_SHAPE")
	if kept != "" {
		if files, err := shapeIn(kept); !errors.Is(err, fs.ErrNotExist) {
			return files, err
		}
	}
	data, err := os.MkdirTemp(kept, "kith-shape-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(data)
	app := core.NewBaseApp(core.BaseAppConfig{DataDir: data, DBConnect: store.Open})
	hooks.Register(app, hooks.Config{Public: page})
	if err := app.Bootstrap(); err != nil {
		return nil, err
	}
	if err := errors.Join(app.RunAllMigrations(), app.ResetBootstrapState()); err != nil {
		return nil, err
	}
	if kept == "" {
		return shapeIn(data)
	}
	for _, name := range shapeFiles {
		if err := os.Rename(filepath.Join(data, name), filepath.Join(kept, name)); err != nil {
			return nil, err
		}
	}
	return shapeIn(kept)
})

var shapeFiles = []string{"auxiliary.db", "data.db"}

func shapeIn(data string) (map[string][]byte, error) {
	files := map[string][]byte{}
	for _, name := range shapeFiles {
		raw, err := os.ReadFile(filepath.Join(data, name))
		if err != nil {
			return nil, err
		}
		files[name] = raw
	}
	return files, nil
}

// migrated is a data folder with that in it, and secrets of its own.
func migrated(t testing.TB) string {
	t.Helper()
	files, err := shape()
	must(t, err)
	data := t.TempDir()
	for name, raw := range files {
		must(t, os.WriteFile(filepath.Join(data, name), raw, 0o600))
	}
	db, err := store.Open(filepath.Join(data, "data.db"))
	must(t, err)
	_, err = db.NewQuery(`UPDATE _collections SET options = json_set(options, '$.authToken.secret', hex(randomblob(25))) WHERE type = 'auth'`).Execute()
	must(t, err)
	must(t, db.Close())
	return data
}
