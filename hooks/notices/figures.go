package notices

import (
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/prometheus/client_golang/prometheus"

	"kith/internal/sync"
)

// figures are read when somebody asks for them.
//
// NB! How many notices there are, or went out, is no figure: one that is gathered every
// few seconds would say when somebody passed on a worry. These are of what is broken.
type figures struct {
	app    core.App
	worker *Worker
}

var (
	late   = prometheus.NewDesc("kith_deliveries_late", "Messages that could not be brought for five minutes or more.", nil, nil)
	lost   = prometheus.NewDesc("kith_deliveries_dead", "Messages that could not be delivered at all, and wait for a coordinator.", nil, nil)
	paused = prometheus.NewDesc("kith_push_paused", "1 while push is left alone because it answers with nothing but faults.", nil, nil)
)

// Describe is for Prometheus.
func (f *figures) Describe(out chan<- *prometheus.Desc) { out <- late; out <- lost; out <- paused }

// Collect is for Prometheus.
func (f *figures) Collect(out chan<- prometheus.Metric) {
	now := time.Now()
	var row struct {
		Late float64 `db:"late"`
		Dead float64 `db:"dead"`
	}
	err := f.app.ConcurrentDB().NewQuery(`SELECT (SELECT count(*) FROM deliveries WHERE due <> '' AND since <= {:before} AND state = 'waiting' AND tries > 0) AS late,
		(SELECT count(*) FROM deliveries WHERE state = 'dead') AS dead`).Bind(dbx.Params{"before": sync.Stamp(now.Add(-5 * time.Minute))}).One(&row)
	if err != nil {
		out <- prometheus.NewInvalidMetric(late, err)
		return
	}
	held := 0.0
	if _, is := f.worker.held(byPush, now); is {
		held = 1
	}
	out <- prometheus.MustNewConstMetric(late, prometheus.GaugeValue, row.Late)
	out <- prometheus.MustNewConstMetric(lost, prometheus.GaugeValue, row.Dead)
	out <- prometheus.MustNewConstMetric(paused, prometheus.GaugeValue, held)
}
