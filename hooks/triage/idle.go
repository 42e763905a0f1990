package triage

import (
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/concern"
	"kith/internal/limits"
	"kith/internal/notice"
)

// Idle tells the coordinators of concerns that nobody closed and nobody does anything
// about, in the last month before their words go. It is said each time that it is
// called, for as long as there is one.
func Idle(app core.App, now time.Time) error {
	since := now.UTC().AddDate(0, 0, limits.ConcernIdleTold-limits.ConcernIdle).Format(time.DateOnly)
	var count int
	err := app.DB().NewQuery("SELECT count(*) FROM concerns WHERE state IN ('new', 'assigned') AND received <> '' AND substr(" + concern.Touched("concerns") + ", 1, 10) <= {:since}").
		Bind(dbx.Params{"since": since}).Row(&count)
	if err != nil || count == 0 {
		return err
	}
	day := now.UTC().Format(time.DateOnly)
	return notice.Tell(app.DB(), notice.Telling{Key: "idle/" + day, To: "coordinators", Template: "concern.idle", At: now})
}
