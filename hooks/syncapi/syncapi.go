// Package syncapi is the door of the sync protocol: POST /api/sync, the public
// chunks and the live connections. What is said there is decided in
// internal/sync; here are requests, limits, compression and who is asking.
package syncapi

import (
	"context"
	"crypto/rand"
	"errors"
	gosync "sync"
	"sync/atomic"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"

	"kith/hooks/doorman"
	"kith/internal/gauges"
	"kith/internal/limits"
	"kith/internal/seal"
	"kith/internal/sync"
)

// door is the sync protocol of one community.
type door struct {
	app      core.App
	doorman  *doorman.Doorman
	registry *sync.Registry
	engine   *sync.Engine
	hub      *sync.Hub
	inHand   atomic.Int64 // pushes whose answer isn't written yet; each is announced when it is
	// listening are live connections that the HTTP server does not know any more. None is
	// counted once the server stops and waits for them, for which mu is held.
	listening gosync.WaitGroup
	mu        gosync.Mutex
	stops     bool
	pushes    *class
	snapshots *class
	deltas    *class
	perPlace  *limits.Rate
	// perCarrier is of whoever brings what was sealed: they need no token.
	perCarrier *limits.Rate
	ring       *seal.Ring
	chunks     chunkCache
	gauges     *gauges.Gauges
}

// Register binds the routes, the triggers and the dispatcher. r must hold
// everything that features declare; man says who is asking; ring has the key that phones seal to; g counts. rates switches the limits of requests on.
func Register(app core.App, r *sync.Registry, man *doorman.Doorman, ring *seal.Ring, g *gauges.Gauges, rates bool) {
	d := &door{
		app: app, doorman: man, registry: r, ring: ring, gauges: g,
		pushes:     newClass(limits.PushesAtOnce, limits.PushTakes),
		snapshots:  newClass(limits.SnapshotsAtOnce, limits.SnapshotTakes),
		deltas:     newClass(limits.DeltasAtOnce, limits.DeltaTakes),
		perPlace:   limits.NewRate(limits.PublicPerMinute, limits.PublicPerMinute/4, rates),
		perCarrier: limits.NewRate(limits.SealedPerMinute, limits.SealedPerMinute, rates),
	}
	r.Keep(keepings()...)
	app.OnServe().BindFunc(d.serve)
	d.keepTriggers()
	d.wakeOnCommit()
	app.Cron().MustAdd("kithPrints", "* * * * *", func() {
		if err := Note(app, r); err != nil {
			app.Logger().Error("the prints of rows could not be taken; they are in a minute", "error", err)
		}
	})
}

// Note takes the prints of rows that moved, by which kith doctor finds one that
// was changed behind the index's back.
func Note(app core.App, r *sync.Registry) error {
	return app.RunInTransaction(func(tx core.App) error { return sync.Note(tx.DB(), &r.Declaration) })
}

// Rebuild makes the index anew.
func Rebuild(app core.App, r *sync.Registry) error {
	return app.RunInTransaction(func(tx core.App) error { return sync.Rebuild(tx.DB(), &r.Declaration) })
}

func (d *door) serve(e *core.ServeEvent) error {
	if err := Prepare(e.App, d.registry); err != nil {
		return err
	}
	d.engine = sync.NewEngine(e.App.ConcurrentDB().(*dbx.DB).DB(), &d.registry.Declaration)
	d.doorman.Watch(d.engine)
	d.hub = sync.NewHub(d.engine)
	hub := d.hub
	d.gauges.WatchLive(func() (int, int64) { return hub.Devices(), hub.Lagged() })
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		d.hub.Run(ctx, func(err error) {
			if err != nil {
				e.App.Logger().Error("live: could not hand out a commit", "error", err)
				return
			}
			d.gauges.Handed(time.Now())
		})
	}()
	e.App.OnTerminate().BindFunc(func(t *core.TerminateEvent) error {
		stop()
		<-done
		d.goodbye()
		d.engine.Close()
		return errors.Join(Note(t.App, d.registry), t.Next())
	})
	quiet := apis.SkipSuccessActivityLog()
	e.Router.POST("/api/sync", squeezed(d.sync)).Bind(quiet, apis.BodyLimit(limits.SyncBody))
	e.Router.POST("/api/sync/live", d.live).Bind(quiet, apis.BodyLimit(limits.SyncBody))
	e.Router.POST("/api/sync/sealed", d.sealed).Bind(quiet, apis.BodyLimit(limits.SyncBody))
	e.Router.GET("/api/sync/public/{epoch}/{base}/{pos}", d.public).Bind(quiet)
	return e.Next()
}

// goodbye waits until each connection was told that the server stops, or for as
// long as PocketBase would wait.
func (d *door) goodbye() {
	d.mu.Lock()
	d.stops = true
	d.mu.Unlock()
	told := make(chan struct{})
	go func() {
		defer close(told)
		d.listening.Wait()
	}()
	select {
	case <-told:
	case <-time.After(limits.LiveStop):
	}
}

// Prepare makes the index of a migrated database true to what is declared:
// triggers, grants, the rows of before, and an epoch if there is none.
func Prepare(app core.App, r *sync.Registry) error {
	return app.RunInTransaction(func(tx core.App) error {
		if err := sync.Install(tx.DB(), &r.Declaration); err != nil {
			return err
		}
		if err := sync.Reindex(tx.DB(), &r.Declaration); err != nil {
			return err
		}
		if err := sync.EnsureEpoch(tx.DB(), newEpoch); err != nil {
			return err
		}
		return sync.Note(tx.DB(), &r.Declaration)
	})
}

// NewEpoch makes every device fetch everything anew and bring back what a
// restored database has forgotten.
func NewEpoch(app core.App) error {
	return app.RunInTransaction(func(tx core.App) error { return sync.SetEpoch(tx.DB(), newEpoch()) })
}

func newEpoch() string { return rand.Text()[:16] }

// keepTriggers drops and recreates the triggers that speak of a collection around
// every change of its shape; one that names a dropped column would break it.
func (d *door) keepTriggers() {
	around := func(e *core.CollectionEvent) error {
		app := e.App
		return app.RunInTransaction(func(tx core.App) error {
			e.App = tx
			defer func() { e.App = app }()
			var tables []string // what it was called until now
			if err := tx.DB().NewQuery("SELECT name FROM _collections WHERE id = {:id}").Bind(dbx.Params{"id": e.Collection.Id}).Column(&tables); err != nil {
				return err
			}
			if err := sync.Uninstall(tx.DB(), append(tables, e.Collection.Name)...); err != nil {
				return err
			}
			if err := e.Next(); err != nil {
				return err
			}
			return sync.InstallWhatFits(tx.DB(), &d.registry.Declaration)
		})
	}
	d.app.OnCollectionCreateExecute().BindFunc(around)
	d.app.OnCollectionUpdateExecute().BindFunc(around)
	d.app.OnCollectionDeleteExecute().BindFunc(around)
}

// wakeOnCommit tells the dispatcher of what is written outside of a push.
func (d *door) wakeOnCommit() {
	wake := func(e *core.ModelEvent) error {
		if d.hub != nil && d.inHand.Load() == 0 {
			d.hub.Wake()
		}
		return e.Next()
	}
	d.app.OnModelAfterCreateSuccess().BindFunc(wake)
	d.app.OnModelAfterUpdateSuccess().BindFunc(wake)
	d.app.OnModelAfterDeleteSuccess().BindFunc(wake)
}
