package machine

import (
	"os"
	"path/filepath"
	"sync"
	"syscall"

	"github.com/pocketbase/pocketbase/core"
	"github.com/prometheus/client_golang/prometheus"
)

// figures are read when somebody asks for them.
type figures struct {
	app    core.App
	mu     sync.Mutex
	epoch  string
	epochs float64 // changes that were seen
}

var (
	seq      = describe("seq", "The number of the newest change.")
	rows     = describe("rows", "Rows by collection.", "collection")
	epochs   = describe("epoch_changes_total", "New epochs since the start, as seen when the figures were asked for.")
	database = describe("database_bytes", "Size of the database.")
	wal      = describe("log_bytes", "Size of the database's log (WAL).")
	free     = describe("disk_free_bytes", "Room on the disk of the data folder.")
	putAside = describe("commands_put_aside", "Commands that keep failing on our side.")
)

func describe(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("kith_"+name, help, labels, nil)
}

// Describe is for Prometheus.
func (f *figures) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{seq, rows, epochs, database, wal, free, putAside} {
		out <- d
	}
}

// Collect is for Prometheus.
func (f *figures) Collect(out chan<- prometheus.Metric) {
	f.mu.Lock()
	defer f.mu.Unlock()
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	if err := f.counted(gauge); err != nil {
		out <- prometheus.NewInvalidMetric(seq, err)
	}
	out <- prometheus.MustNewConstMetric(epochs, prometheus.CounterValue, f.epochs)
	gauge(database, float64(size(f.app, "data.db")))
	gauge(wal, float64(size(f.app, "data.db-wal")))
	if room, err := diskFree(f.app.DataDir()); err == nil {
		gauge(free, float64(room))
	}
}

// counted reads what is in the database.
func (f *figures) counted(gauge func(*prometheus.Desc, float64, ...string)) error {
	var epoch string
	var newest, aside float64
	if err := f.app.ConcurrentDB().NewQuery("SELECT epoch, seq, (SELECT count(*) FROM sync_command WHERE status = 'quarantined') FROM sync_meta").Row(&epoch, &newest, &aside); err != nil {
		return err
	}
	if f.epoch != "" && f.epoch != epoch {
		f.epochs++
	}
	f.epoch = epoch
	gauge(seq, newest)
	gauge(putAside, aside)
	var counts []struct {
		Coll string  `db:"coll"`
		N    float64 `db:"n"`
	}
	// NB! Without what is sealed, and what people are told of it: when a concern came is
	// known to the hour, and a figure that is gathered every few seconds would say it to these.
	if err := f.app.ConcurrentDB().NewQuery(`SELECT coll, count(DISTINCT rid) AS n FROM sync_row WHERE live = 1
		AND coll NOT IN ('concerns', 'concernNotes', 'breakGlasses', 'surgeryNotes', 'notices', 'deliveries') GROUP BY coll`).All(&counts); err != nil {
		return err
	}
	for _, c := range counts {
		gauge(rows, c.N, c.Coll)
	}
	return nil
}

func size(app core.App, name string) int64 {
	info, err := os.Stat(filepath.Join(app.DataDir(), name))
	if err != nil {
		return 0
	}
	return info.Size()
}

func diskFree(dir string) (int64, error) {
	var fs syscall.Statfs_t
	err := syscall.Statfs(dir, &fs)
	return int64(fs.Bavail) * fs.Bsize, err //nolint:gosec // no disk is that large
}
