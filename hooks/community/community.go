// Package community is the one record of the community itself: its name, area,
// time zone, the local definition of social prescribing, whose data it shows.
package community

import "kith/internal/sync"

// Register declares the community's record, for everybody.
func Register(r *sync.Registry) {
	r.Sync(sync.Collection{
		Name: "communities",
		Columns: append(append(append(sync.Texts("name", "area", "zone", "definition"),
			sync.Numbers("lat", "lon")...), sync.Objects("attributions")...), sync.Bools("demo")...),
		To: []sync.Audience{{Key: "'" + sync.Public + "'"}},
	})
	r.Prioritise(sync.Public, 3)
	r.Keep(keepings()...)
}
