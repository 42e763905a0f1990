package sim

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing/fstest"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"

	"kith/hooks"
	_ "kith/migrations"

	"kith/internal/sync"
)

// server is the real server on real files, without a socket: everything that
// hooks.Register makes, asked through its own router.
type server struct {
	dir      string
	app      core.App
	mux      http.Handler
	registry *sync.Registry
}

// startServer starts on the data in dir. It is what `kith serve` does, without
// the listener, the clockwork of PocketBase's cron and its file watcher. With an
// epoch it first does what `kith epoch` does after a restore.
func startServer(dir, epoch string) (*server, error) {
	app := core.NewBaseApp(core.BaseAppConfig{
		DataDir: dir, DBConnect: connectLoosely,
		DataMaxOpenConns: 4, DataMaxIdleConns: 4, AuxMaxOpenConns: 2, AuxMaxIdleConns: 2,
	})
	app.OnBootstrap().Unbind("__pbNotifyWatcherSystemHook__")
	app.OnServe().Unbind("__pbCronStart__")
	app.OnBootstrap().Unbind("__pbCollectionSystemHook__") // it reads again what was read a moment before
	s := &server{dir: dir, app: app}
	s.registry = hooks.Register(app, hooks.Config{Keys: keysOf(dir), ConcernKeys: concernKeysOf(dir), CardKeys: cardKeysOf(dir), Public: fstest.MapFS{"index.html": {Data: []byte("<p>Kith")}}})
	registerPoison(s.registry)
	if err := app.Bootstrap(); err != nil {
		return nil, err
	}
	if err := app.RunAllMigrations(); err != nil {
		return nil, err
	}
	if epoch != "" {
		if err := sync.SetEpoch(app.DB(), epoch); err != nil {
			return nil, err
		}
	}
	for _, db := range []dbx.Builder{app.ConcurrentDB(), app.NonconcurrentDB(), app.AuxConcurrentDB(), app.AuxNonconcurrentDB()} {
		db.(*dbx.DB).DB().SetConnMaxIdleTime(0) // days pass here in no time; to open again is what takes long
	}
	router, err := apis.NewRouter(app)
	if err != nil {
		return nil, err
	}
	event := &core.ServeEvent{App: app, Router: router, Server: &http.Server{Addr: "127.0.0.1:8090"}}
	return s, app.OnServe().Trigger(event, func(e *core.ServeEvent) error {
		s.mux, err = e.Router.BuildMux()
		return err
	})
}

// keysOf is the key file of the town that a data folder is, or lies in: every
// seed has the transport key that its people were told of.
func keysOf(dir string) string { return besideTown(dir, ".keys") }

// concernKeysOf is the one of concerns.
func concernKeysOf(dir string) string { return besideTown(dir, ".concern-keys") }

// cardKeysOf is the one of cards.
func cardKeysOf(dir string) string { return besideTown(dir, ".card-keys") }

func besideTown(dir, ending string) string {
	if at := strings.Index(dir, townName); at >= 0 {
		name, _, _ := strings.Cut(dir[at:], "/")
		return dir[:at] + name + ending
	}
	return ""
}

// stop ends the server as a shutdown does: live connections get their goodbye.
func (s *server) stop() error {
	return s.app.OnTerminate().Trigger(&core.TerminateEvent{App: s.app}, func(*core.TerminateEvent) error {
		return s.app.ResetBootstrapState()
	})
}

// connectLoosely opens SQLite as main.go does, but leaves out the fsyncs: the
// simulator never cuts the power (power_test.go does), and keeps what is compiled.
func connectLoosely(path string) (*dbx.DB, error) {
	db, err := sql.Open("sqlite-kept", path+"?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=journal_size_limit(200000000)"+
		"&_pragma=synchronous(OFF)&_pragma=foreign_keys(ON)&_pragma=temp_store(MEMORY)&_pragma=cache_size(-2000)")
	if err != nil {
		return nil, err
	}
	return dbx.NewFromDB(db, "sqlite"), nil
}

// registerPoison adds what only the simulator asks for: a command that counts,
// and so shows when it is done twice, and one that fails on our side after it
// has written something.
func registerPoison(r *sync.Registry) {
	r.Handle("sim.count", func(c *sync.Call) (sync.Result, error) {
		_, err := c.App.DB().NewQuery("UPDATE communities SET lat = lat + 1").Execute()
		return sync.Result{}, err
	})
	r.Handle("sim.fail", func(c *sync.Call) (sync.Result, error) {
		args, err := sync.Args[struct {
			ID    string `json:"id"`
			Panic bool   `json:"panic"`
		}](c)
		if err != nil {
			return sync.Result{}, err
		}
		_, err = c.App.DB().NewQuery("INSERT INTO places (id, name) VALUES ({:id}, 'half done')").Bind(dbx.Params{"id": args.ID}).Execute()
		if err == nil && args.Panic {
			panic("sim.fail")
		}
		return sync.Result{}, errors.Join(err, errors.New("sim.fail"))
	})
}

// ask makes one request and returns its answer whole.
func (s *server) ask(method, path string, body []byte, token, proof string) (int, []byte) {
	r := httptest.NewRequest(method, "http://127.0.0.1:8090"+path, strings.NewReader(string(body)))
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	if proof != "" {
		r.Header.Set("DPoP", proof)
	}
	w := httptest.NewRecorder()
	s.mux.ServeHTTP(w, r)
	return w.Code, w.Body.Bytes()
}

// exec runs SQL as one transaction, past every hook.
func (s *server) exec(statements ...string) error {
	return s.app.RunInTransaction(func(tx core.App) error {
		for _, q := range statements {
			if _, err := tx.DB().NewQuery(q).Execute(); err != nil {
				return fmt.Errorf("%w in %s", err, q)
			}
		}
		return nil
	})
}

// save writes a record through PocketBase, as the dashboard does.
func (s *server) save(collection, id string, values map[string]any) error {
	r, err := s.app.FindRecordById(collection, id)
	if err != nil {
		c, err := s.app.FindCollectionByNameOrId(collection)
		if err != nil {
			return err
		}
		r = core.NewRecord(c)
		r.Id = id
		if c.IsAuth() {
			r.SetRandomPassword()
		}
	}
	r.Load(values)
	if err := s.app.Save(r); err != nil {
		return fmt.Errorf("saving %s/%s: %w", collection, id, err)
	}
	return nil
}

// remove deletes a record through PocketBase, with all that goes with it.
func (s *server) remove(collection, id string) error {
	r, err := s.app.FindRecordById(collection, id)
	if err != nil {
		return err
	}
	return s.app.Delete(r)
}

// wire is one open live connection, seen from the network: what the server has
// written and the device hasn't read yet.
type wire struct {
	header http.Header
	status int
	unread []byte
	over   bool
	hangUp context.CancelFunc
	gone   <-chan struct{}
	// stalled, if there is one, holds back what the server writes until it is closed.
	stalled chan struct{}
}

func (w *wire) Header() http.Header    { return w.header }
func (w *wire) WriteHeader(status int) { w.status = status }
func (w *wire) Flush()                 {}

func (w *wire) Write(p []byte) (int, error) {
	if s := w.stalled; s != nil {
		select {
		case <-s:
		case <-w.gone:
			return 0, context.Canceled
		}
	}
	w.unread = append(w.unread, p...)
	return len(p), nil
}

// open starts a live connection. The caller must let the bubble settle before
// it reads from the wire.
func (s *server) open(body []byte, token, proof string) *wire {
	ctx, cancel := context.WithCancel(context.Background())
	w := &wire{header: http.Header{}, status: http.StatusOK, hangUp: cancel, gone: ctx.Done()}
	r := httptest.NewRequestWithContext(ctx, http.MethodPost, "http://127.0.0.1:8090/api/sync/live", strings.NewReader(string(body)))
	r.Header.Set("Authorization", "Bearer "+token)
	if proof != "" {
		r.Header.Set("DPoP", proof)
	}
	go func() {
		s.mux.ServeHTTP(w, r)
		w.over = true
	}()
	return w
}

func mustJSON(v any) []byte {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err) // only plain values are passed
	}
	return raw
}
