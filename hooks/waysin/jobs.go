package waysin

import (
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/sync"
)

// Hourly ends what has run out by now: enrolments of devices, recoveries that
// wait at the desk, codes and kept mails.
func Hourly(app core.App, now time.Time) error {
	err := app.RunInTransaction(func(tx core.App) error {
		if err := endEnrolments(tx, now); err != nil {
			return err
		}
		if err := lapsed(tx, now); err != nil {
			return err
		}
		return forgetCodes(tx, now)
	})
	if err != nil {
		return err
	}
	return forgetMail(app, now)
}

func endEnrolments(tx core.App, now time.Time) error {
	over, err := tx.FindAllRecords("devices", dbx.HashExp{"enrolled": true}, dbx.NewExp("enrolledUntil <= {:now}", dbx.Params{"now": sync.Stamp(now)}))
	if err != nil {
		return err
	}
	for _, d := range over {
		d.Set("enrolled", false)
		d.Set("enrolledUntil", "")
		if err := tx.Save(d); err != nil {
			return err
		}
	}
	return nil
}
