package machine

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/limits"
)

// Health is how the server feels: ok, busy (it sheds load, and that is all), or
// sick (somebody has to come).
type Health struct {
	State string   `json:"state"`
	Why   []string `json:"why"`
}

// health is GET /api/health/machine. Busy is 200: to start a busy server again
// would only make it busier.
func (r *room) health(e *core.RequestEvent) error {
	h := r.feel(e.Request.Context(), time.Now())
	status := http.StatusOK
	if h.State == "sick" {
		status = http.StatusServiceUnavailable
	}
	e.Response.Header().Set("Cache-Control", "no-store")
	return e.JSON(status, h)
}

func (r *room) feel(ctx context.Context, now time.Time) Health {
	sick, busy := []string{}, []string{}
	if room, err := diskFree(r.app.DataDir()); err != nil {
		sick = append(sick, "the disk of the data folder can't be asked")
	} else if room < limits.DiskSpare {
		sick = append(sick, fmt.Sprintf("the disk is full: %d MB are free", room>>20))
	}
	if log := size(r.app, "data.db-wal"); log > limits.LogRunaway {
		sick = append(sick, fmt.Sprintf("the log of the database is %d MB: somebody reads it and does not let go", log>>20))
	}
	if handed, ever := r.gauges.LastHanded(); ever && now.Sub(handed) > limits.HandedLate {
		sick = append(sick, "live connections have been told nothing for "+now.Sub(handed).Round(time.Second).String())
	}
	switch err := r.write(ctx); {
	case errors.Is(err, context.DeadlineExceeded):
		busy = append(busy, "writes wait for each other")
	case err != nil:
		sick = append(sick, "writes fail: "+err.Error())
	}
	if full, ever := r.gauges.LastFull(); ever && now.Sub(full) < limits.BusyFor {
		busy = append(busy, "devices are sent away for a moment, because all places are taken")
	}
	switch {
	case len(sick) > 0:
		return Health{"sick", append(sick, busy...)}
	case len(busy) > 0:
		return Health{"busy", busy}
	}
	return Health{"ok", busy}
}

// write writes something that changes nothing, to the disk.
func (r *room) write(ctx context.Context) error {
	ctx, stop := context.WithTimeout(ctx, limits.WriteProbe)
	defer stop()
	db, is := r.app.NonconcurrentDB().(*dbx.DB)
	if !is {
		return errors.New("there is no database")
	}
	_, err := db.DB().ExecContext(ctx, "UPDATE sync_meta SET seq = seq")
	if err != nil && ctx.Err() != nil {
		return context.DeadlineExceeded
	}
	return err
}
