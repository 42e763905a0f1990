// Package gauges are the instruments of one community, as Prometheus reads them.
// Each label is one of a few words that stand in the program: a route's pattern, a
// command's name, an outcome. Never an id, a name or anything that somebody sent,
// so that whoever sees the figures sees nobody.
package gauges

import (
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// Gauges of one community. What nobody set reads as nothing.
type Gauges struct {
	Registry *prometheus.Registry
	requests *prometheus.CounterVec
	refused  *prometheus.CounterVec
	took     *prometheus.HistogramVec
	commands *prometheus.CounterVec
	jobs     *prometheus.CounterVec
	jobTook  *prometheus.GaugeVec

	live   atomic.Pointer[func() (open int, lagged int64)]
	handed atomic.Int64 // when commits were last handed out, in Unix nanoseconds
	full   atomic.Int64 // when somebody was last sent away because all places were taken
}

// The parts of sync whose time is taken.
const (
	Push = "push" // the commands of a request, to the disk
	Pull = "pull" // the answer
	Live = "live" // a connection, from its first line to its last
)

// New makes the instruments.
func New() *Gauges {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: "kith_" + name, Help: help}, labels)
	}
	g := &Gauges{
		Registry: prometheus.NewRegistry(),
		requests: counter("requests_total", "Requests by route and class of status.", "route", "class"),
		refused:  counter("refused_total", "Requests sent away for a while: busy (503) or too many from one place (429).", "route", "why"),
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "kith_sync_seconds", Help: "How long the parts of sync take; live is a connection's life.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10, 60, 600, 3600},
		}, []string{"part"}),
		commands: counter("commands_total", "Commands by name and outcome; a name that no command has is unknown.", "name", "outcome"),
		jobs:     counter("job_runs_total", "Runs of the jobs of the night and the minute.", "job"),
		jobTook:  prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "kith_job_seconds", Help: "How long a job's last run took."}, []string{"job"}),
	}
	g.Registry.MustRegister(g.requests, g.refused, g.took, g.commands, g.jobs, g.jobTook,
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "kith_live_connections", Help: "Open live connections."}, func() float64 {
			open, _ := g.liveNow()
			return float64(open)
		}),
		prometheus.NewCounterFunc(prometheus.CounterOpts{Name: "kith_live_lagged_total", Help: "Live connections closed because their reader was too slow."}, func() float64 {
			_, lagged := g.liveNow()
			return float64(lagged)
		}),
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return g
}

// Request counts one answer; sent says that it sent somebody away for a while.
func (g *Gauges) Request(route string, status int, sent bool, now time.Time) {
	class := "other"
	if status >= 100 && status < 600 {
		class = string(rune('0'+status/100)) + "xx"
	}
	g.requests.WithLabelValues(route, class).Inc()
	switch {
	case !sent:
	case status == 429:
		g.refused.WithLabelValues(route, "rate").Inc()
	case status == 503:
		g.refused.WithLabelValues(route, "busy").Inc()
		g.full.Store(now.UnixNano())
	}
}

// Took notes how long a part of sync took.
func (g *Gauges) Took(part string, d time.Duration) {
	g.took.WithLabelValues(part).Observe(d.Seconds())
}

// Command counts one outcome of a command that there is.
func (g *Gauges) Command(name, outcome string) { g.commands.WithLabelValues(name, outcome).Inc() }

// Job counts one run.
func (g *Gauges) Job(name string, d time.Duration) {
	g.jobs.WithLabelValues(name).Inc()
	g.jobTook.WithLabelValues(name).Set(d.Seconds())
}

// WatchLive says how open connections are counted.
func (g *Gauges) WatchLive(now func() (open int, lagged int64)) { g.live.Store(&now) }

func (g *Gauges) liveNow() (int, int64) {
	if f := g.live.Load(); f != nil {
		return (*f)()
	}
	return 0, 0
}

// Handed notes that all commits so far were handed out.
func (g *Gauges) Handed(now time.Time) { g.handed.Store(now.UnixNano()) }

// LastHanded says when that was, and whether it ever was.
func (g *Gauges) LastHanded() (time.Time, bool) { return at(g.handed.Load()) }

// LastFull says when somebody was last sent away because all places were taken.
func (g *Gauges) LastFull() (time.Time, bool) { return at(g.full.Load()) }

func at(nanos int64) (time.Time, bool) { return time.Unix(0, nanos), nanos != 0 }
