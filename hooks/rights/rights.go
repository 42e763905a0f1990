// Package rights is what the law gives everybody over what is kept of them: to
// see it, to take it along, to have it erased, and to have it end by itself.
//
// All of it is read from what each room declares with sync.Registry.Keep.
package rights

import (
	"time"

	"github.com/pocketbase/pocketbase/core"

	"kith/hooks/doorman"
	"kith/internal/limits"
	"kith/internal/sync"
)

// Leaver ends what is a member's when they leave: what their going means for
// others is said before their rows go.
type Leaver = func(c *sync.Call) error

// room knows what all rooms declared.
type room struct {
	doorman    *doorman.Doorman
	registry   *sync.Registry
	leavers    []Leaver
	complaints *limits.Rate
}

// Register binds the room: the export, people.erase, complaints, and the retention
// every night. man stands at the doors; rates switches the limits of requests on; leavers are those of people.leave.
func Register(app core.App, r *sync.Registry, man *doorman.Doorman, rates bool, leavers ...Leaver) {
	r.Keep(machine()...)
	rights := &room{
		doorman: man, registry: r, leavers: leavers,
		complaints: limits.NewHourlyRate(limits.ComplaintsPerHour, rates),
	}
	app.OnServe().BindFunc(rights.serve)
	r.Handle("people.erase", rights.eraseCommand)
	app.Cron().MustAdd(Nightly, "17 3 * * *", func() {
		if _, err := Retain(app, r.Keepings, time.Now()); err != nil {
			app.Logger().Error("the retention broke off; it goes on tomorrow night", "error", err)
		}
	})
}

// Nightly is the name of the job that ends what has been kept long enough.
const Nightly = "kithRetention"

// machine is what the machine holds of itself. Nobody signs in by what PocketBase
// would store of members, so those tables stay empty.
func machine() []sync.Keeping {
	const empty = "Kith doesn't use it, and it stays empty."
	nobodys := func(table, what, why string) sync.Keeping {
		return sync.Keeping{Collection: table, What: what, Why: why}
	}
	return []sync.Keeping{
		nobodys("_superusers", "The people who run the machine: an e-mail and a scrambled password", "So that they can sign in, on the machine itself."),
		nobodys("_collections", "The shape of the database", "So that the program knows its own tables."),
		nobodys("_migrations", "Which steps the database has taken", "So that no step is taken twice."),
		nobodys("_params", "The settings of the server", "So that they hold after a restart."),
		nobodys("_externalAuths", "Signing in with another provider", empty),
		nobodys("_mfas", "Signing in by two steps", empty),
		nobodys("_otps", "Signing in by a code", empty),
		nobodys("_authOrigins", "Where somebody signed in from", empty),
	}
}
