package cards

import (
	"errors"
	"time"

	"github.com/pocketbase/pocketbase/core"
)

// Names of the jobs of the scheme.
const (
	SchemeHourly  = "kithScheme"
	SchemeNightly = "kithSchemeNight"
)

// jobs keep the list of what was revoked fresh by the hour; by night, before the
// retention, vouchers run out, and weeks, settlements and patterns are made.
func (s *scheme) jobs(app core.App) {
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		if err := e.Next(); err != nil { // NB! the keys are put on the ring on the way
			return err
		}
		if err := s.Hourly(e.App, time.Now()); err != nil {
			e.App.Logger().Error("the list of what was revoked could not be made", "error", err)
		}
		return nil
	})
	app.Cron().MustAdd(SchemeHourly, "13 * * * *", func() {
		if err := s.Hourly(app, time.Now()); err != nil {
			app.Logger().Error("the list of what was revoked could not be made; it is tried again in an hour", "error", err)
		}
	})
	app.Cron().MustAdd(SchemeNightly, "43 2 * * *", func() {
		if err := Nightly(app, time.Now()); err != nil {
			app.Logger().Error("what is made of cards each night could not be; it is tried again tomorrow", "error", err)
		}
	})
}

// Hourly keeps the list of what was revoked fresh, and what owners see of this week.
func (s *scheme) Hourly(app core.App, now time.Time) error {
	if err := app.RunInTransaction(func(tx core.App) error { return s.revoke(tx, now) }); err != nil {
		return err
	}
	return Weeks(app, now)
}

// Nightly does what is done once a day. One that fails doesn't keep the others.
func Nightly(app core.App, now time.Time) error {
	return errors.Join(expireVouchers(app, now), Weeks(app, now), Settle(app, now), Patterns(app, now))
}
