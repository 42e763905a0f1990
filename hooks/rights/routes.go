package rights

import (
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/limits"
)

func (r *room) serve(e *core.ServeEvent) error {
	e.Router.POST("/api/complaints", r.complain).Bind(apis.BodyLimit(limits.ComplaintBody))
	return e.Next()
}
