package audit

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"

	"kith/hooks/doorman"
	"kith/internal/audit"
	"kith/internal/limits"
	"kith/internal/problem"
)

// reading is the route by which coordinators read the record.
type reading struct{ doorman *doorman.Doorman }

// entry is a row as it is told: its detail is an object there.
type entry struct {
	audit.Row
	Detail json.RawMessage `json:"detail"`
}

func (r *reading) serve(e *core.ServeEvent) error {
	e.Router.POST("/api/audit", r.read).Bind(apis.BodyLimit(limits.SmallBody))
	return e.Next()
}

// read is POST /api/audit: a page of entries, newest first, for a coordinator on
// an enrolled device that proves itself. The look is an entry of its own, written
// before anything is shown.
func (r *reading) read(e *core.RequestEvent) error {
	who, err := r.doorman.Proven(e)
	if err != nil {
		return err
	}
	before, limit, err := asked(e)
	if err != nil {
		return err
	}
	switch {
	case !who.Is("coordinator"):
		return problem.NotAllowed.Because(nil)
	case !who.Trusted():
		return problem.DeviceNotEnrolled.Because(nil)
	}
	answer := struct {
		Entries []entry    `json:"entries"`
		Head    audit.Head `json:"head"`
	}{Entries: []entry{}}
	err = e.App.RunInTransaction(func(tx core.App) error {
		if err := r.doorman.May(tx, who); err != nil {
			return err
		}
		if err := audit.Append(tx.DB(), audit.Entry{At: time.Now(), Actor: who.Member, Device: who.Device, Action: "audit.read"}); err != nil {
			return err
		}
		rows, err := audit.Page(tx.DB(), before, limit)
		if err != nil {
			return err
		}
		for _, row := range rows {
			answer.Entries = append(answer.Entries, entry{row, json.RawMessage(row.Detail)})
		}
		answer.Head, err = audit.Last(tx.DB())
		return err
	})
	if err != nil {
		return err
	}
	e.Response.Header().Set("Cache-Control", "no-store")
	return e.JSON(http.StatusOK, answer)
}

// asked reads which page is wanted.
func asked(e *core.RequestEvent) (before int64, limit int, err error) {
	body := struct {
		Before int64 `json:"before"`
		Limit  int   `json:"limit"`
	}{Limit: limits.AuditPage}
	if err := problem.Body(e.Request.Body, &body); err != nil {
		return 0, 0, err
	}
	if body.Before < 0 || body.Limit < 1 || body.Limit > limits.AuditPageMax {
		return 0, 0, problem.BodyInvalid.Because(nil)
	}
	return body.Before, body.Limit, nil
}
