package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

func init() { m.Register(settingsUp, settingsDown, "3_settings.go") }

// settingsUp: logs say what failed, not who asked; the batch API stays off;
// guessing a superuser's password is slow. (Kith's own routes have limits of
// their own, per device, because a hall full of phones shares one address.)
func settingsUp(app core.App) error {
	s := app.Settings()
	s.Meta.AppName = "Kith"
	s.Logs.MaxDays = 7
	s.Logs.LogIP = false
	s.Logs.LogAuthId = false
	s.Batch.Enabled = false
	s.RateLimits.Enabled = true
	s.RateLimits.Rules = []core.RateLimitRule{{Label: "*:auth", MaxRequests: 20, Duration: 60}}
	return app.Save(s)
}

func settingsDown(core.App) error { return nil }
