// Package community is the one record of the community itself: its name, area,
// time zone, the local definition of social prescribing, whose data it shows, and
// what it has set for looking after people.
package community

import (
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/sync"
)

// Register declares the community's record, for everybody.
func Register(app core.App, r *sync.Registry) {
	r.Sync(sync.Collection{
		Name: "communities",
		Columns: append(append(append(sync.Texts("name", "area", "zone", "definition", "keys"),
			sync.Numbers("lat", "lon")...), sync.Objects("attributions", "care", "cardKeys", "scheme", "push")...), sync.Bools("demo")...),
		To: []sync.Audience{{Key: "'" + sync.Public + "'"}},
	})
	r.Prioritise(sync.Public, 3)
	r.Keep(keepings()...)
	r.Handle("community.care", changeCare)
	app.OnRecordCreate("communities").BindFunc(careFromTheStart)
}
