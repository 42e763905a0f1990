// Package notices is how people are told: everybody's inbox, how they want to be told,
// the phones that can be reached, and the worker that brings it all out. What rooms say
// is to be told stands in internal/notice; why it is done so, in docs/adr/0023.
package notices

import (
	"context"
	"fmt"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"kith/internal/gauges"
	"kith/internal/sync"
)

// Job is the name of the job that does each minute what the worker does each second: it
// is what is left when somebody stops the worker.
const Job = "kithNotices"

// Register binds the room. ways are how people are reached beside their inbox. Every
// tick the worker looks whether there is something to do; 0: it doesn't, and whoever
// wants something done calls Step or runs the job.
func Register(app core.App, r *sync.Registry, g *gauges.Gauges, ways Channels, tick time.Duration) {
	declare(r)
	r.Keep(keepings()...)
	for name, handler := range map[string]sync.Handler{
		"notices.read": read, "notices.unread": unread, "notices.choose": choose, "notices.try": try,
		"registrations.put": putRegistration, "registrations.end": endRegistration,
		"deliveries.again": again,
	} {
		r.Handle(name, handler)
	}
	w := NewWorker(app, ways)
	g.Registry.MustRegister(&figures{app: app, worker: w})
	app.Cron().MustAdd(Job, "* * * * *", func() {
		if err := w.All(context.Background(), time.Now()); err != nil {
			app.Logger().Error("notices: not everybody could be told; it is tried again in a minute", "error", err)
		}
	})
	app.OnServe().BindFunc(w.serve(tick))
}

// declare says which rows leave the server, and to whom. Of what could not be delivered
// coordinators learn the way and the reason, and not whom it was for.
func declare(r *sync.Registry) {
	member := sync.Audience{Key: "'member/' || {row}.member"}
	r.Sync(sync.Collection{
		Name: "notices", Columns: append(sync.Texts("template", "ref", "at", "about"), sync.Bools("read")...), To: []sync.Audience{member},
	})
	r.Sync(sync.Collection{
		Name:    "noticeChoices",
		Columns: append(sync.Texts("zone", "quietFrom", "quietUntil", "digestAt", "loyalty", "notice", "task", "account"), sync.Bools("email")...),
		To:      []sync.Audience{{Key: "'member/' || {row}.id"}},
	})
	r.Sync(sync.Collection{Name: "registrations", Columns: sync.Texts("day"), To: []sync.Audience{member}})
	r.Sync(sync.Collection{
		Name: "deliveries", Columns: sync.Texts("channel", "category", "reason", "day"),
		To: []sync.Audience{{Key: "'coordinators'", When: "{row}.state = 'dead'"}},
	})
}

// safely turns a panic into an error like any other: what goes wrong with one notice
// must not take the server with it.
func safely(do func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return do()
}
