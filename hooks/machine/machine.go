// Package machine is the room of what the machine says of itself, to whoever runs
// it and on the machine alone: figures for Prometheus, a health that tells sick
// from busy, and a line for each request. Nobody is in any of it.
package machine

import (
	"context"
	"crypto/rand"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"
	"github.com/pocketbase/pocketbase/tools/router"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"kith/internal/gauges"
)

// Lines says which requests are written as lines of JSON.
type Lines string

// The choices.
const (
	NoLines Lines = "off"
	Failed  Lines = "failed" // what was answered with 400 and more
	All     Lines = "all"
)

// room watches one community.
type room struct {
	app    core.App
	gauges *gauges.Gauges
	lines  Lines
	out    *slog.Logger
	rows   *figures
}

// Register binds the room. Lines go to out.
func Register(app core.App, g *gauges.Gauges, lines Lines, out io.Writer) {
	r := &room{app: app, gauges: g, lines: lines, rows: &figures{app: app}}
	if out == nil {
		out = io.Discard
	}
	r.out = slog.New(slog.NewJSONHandler(out, nil))
	g.Registry.MustRegister(r.rows)
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		r.watchJobs()
		// NB! PocketBase's own log of requests keeps whole addresses, with whatever somebody put into them.
		e.Router.Unbind(apis.DefaultActivityLoggerMiddlewareId)
		e.Router.Bind(&hook.Handler[*core.RequestEvent]{Id: "kithWatch", Func: r.watch, Priority: first})
		metrics := promhttp.HandlerFor(g.Registry, promhttp.HandlerOpts{})
		e.Router.GET("/metrics", func(e *core.RequestEvent) error {
			metrics.ServeHTTP(e.Response, e.Request)
			return nil
		})
		e.Router.GET("/api/health/machine", r.health)
		return e.Next()
	})
}

// first is before what writes refusals, which is before all else.
const first = apis.DefaultActivityLoggerMiddlewarePriority - 200

// unlogged are the addresses of letters: when one came is known to the hour, and a
// line would say it to the second.
var unlogged = map[string]bool{"POST /api/concerns": true, "POST /api/concerns/receipts": true, "POST /api/notes": true}

// watch counts a request, and writes its line.
func (r *room) watch(e *core.RequestEvent) error {
	begun := time.Now()
	id := rand.Text()[:16]
	e.Response.Header().Set("X-Request-Id", id) // never the client's own: it could hold anything
	err := e.Next()
	route, status := e.Request.Pattern, e.Status()
	if status == 0 {
		status = http.StatusOK
		if err != nil { // PocketBase writes its own refusals after this, and so
			status = router.ToApiError(err).Status
		}
	}
	if route == "" {
		route = "/"
	}
	now := time.Now()
	counted := route
	if unlogged[route] && status < http.StatusInternalServerError {
		counted = "/" // NB! whoever gathers figures keeps them by the second, too
	}
	r.gauges.Request(counted, status, e.Response.Header().Get("Retry-After") != "", now)
	if unlogged[route] {
		return err
	}
	failed := status >= http.StatusBadRequest
	line := []slog.Attr{
		slog.String("route", route), slog.Int("status", status),
		slog.Float64("ms", float64(now.Sub(begun).Microseconds())/1000), slog.String("request", id),
	}
	if failed {
		r.app.Logger().LogAttrs(context.Background(), slog.LevelWarn, "a request was refused", line...)
	}
	if r.lines == All || r.lines == Failed && failed {
		r.out.LogAttrs(context.Background(), slog.LevelInfo, "request", line...)
	}
	return err
}

// watchJobs counts the runs of whatever is to be done at some time.
func (r *room) watchJobs() {
	for _, j := range r.app.Cron().Jobs() {
		run := j.Run
		r.app.Cron().MustAdd(j.Id(), j.Expression(), func() {
			begun := time.Now()
			run()
			r.gauges.Job(j.Id(), time.Since(begun))
		})
	}
}
