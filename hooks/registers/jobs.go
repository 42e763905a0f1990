package registers

import (
	"fmt"
	"time"

	"github.com/pocketbase/pocketbase/core"
)

// Often is the job that looks for who wasn't there. What changes a register rules on it
// at once; this is for what time changes: a session ends, a call is too late, somebody
// leaves.
const Often = "kithMissedVisits"

func jobs(app core.App) {
	app.Cron().MustAdd(Often, "*/5 * * * *", func() {
		if err := safely(func() error { return Missed(app, time.Now()) }); err != nil {
			app.Logger().Error("who wasn't there could not be looked for; it is tried again in five minutes", "error", err)
		}
	})
}

// safely turns a panic into an error like any other: a job must not take the server
// with it.
func safely(do func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return do()
}
