package community

import "kith/internal/sync"

// keepings of the community's own record.
func keepings() []sync.Keeping {
	return []sync.Keeping{{
		Collection: "communities", What: "The community's name, where it is, what it is for, and whom to ring there",
		Why: "So that people know where they are.",
	}}
}
