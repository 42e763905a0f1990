package rights

import (
	"net/http"
	"time"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/audit"
	"kith/internal/limits"
	"kith/internal/problem"
	"kith/internal/sync"
)

func (r *room) serve(e *core.ServeEvent) error {
	e.Router.POST("/api/complaints", r.complain).Bind(apis.BodyLimit(limits.ComplaintBody))
	e.Router.POST("/api/export", r.export).Bind(apis.BodyLimit(limits.SmallBody))
	return e.Next()
}

// export is POST /api/export: everything about who asks, in one file. It needs a
// proof: a copied token must not be enough to take somebody's life along.
func (r *room) export(e *core.RequestEvent) error {
	who, err := r.doorman.Proven(e)
	if err != nil {
		return err
	}
	if err := problem.NoBody(e.Request.Body); err != nil {
		return err
	}
	now := time.Now()
	var out *Export
	err = e.App.RunInTransaction(func(tx core.App) (err error) {
		if err := r.doorman.May(tx, who); err != nil {
			return err
		}
		if out, err = export(tx.DB(), r.registry.Keepings, who.Member, sync.Stamp(now)); err != nil {
			return err
		}
		return audit.Append(tx.DB(), audit.Entry{At: now, Actor: who.Member, Device: who.Device, Action: "people.export", Subject: who.Member})
	})
	if err != nil {
		return err
	}
	e.Response.Header().Set("Cache-Control", "no-store")
	return e.JSON(http.StatusOK, out)
}
