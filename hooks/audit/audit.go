// Package audit is the room of the audit: the record of who did what with power
// over others. The record itself is internal/audit; every room writes to it.
package audit

import (
	"github.com/pocketbase/pocketbase/core"

	"kith/hooks/doorman"
	"kith/internal/sync"
)

// Register declares why the record is kept, and binds the route by which
// coordinators read it.
func Register(app core.App, r *sync.Registry, man *doorman.Doorman) {
	app.OnServe().BindFunc((&reading{man}).serve)
	r.Keep(sync.Keeping{
		Collection: "audit", What: "The record of who did what with power over others: ids, dates and short codes, no names and no words",
		Why:   "So that a wrong can be found out later, and nobody can take it back in secret.",
		Whose: "{row}.actor = {member} OR {row}.subject = {member}",
		AtErasure: "stays: A record that can be emptied proves nothing. It holds ids only, " +
			"and yours leads to nobody any more.",
	})
}
