package rights

import (
	"net/http"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"kith/internal/limits"
	"kith/internal/notice"
	"kith/internal/problem"
	"kith/internal/sync"
	"kith/internal/text"
)

// complain is POST /api/complaints: anybody may, with or without an account, and
// nobody is asked who they are. It becomes a report that coordinators see and
// must acknowledge within 30 days (Data (Use and Access) Act 2025, section 103).
func (r *room) complain(e *core.RequestEvent) error {
	var body struct {
		Text    string `json:"text"`
		Contact string `json:"contact"`
	}
	if err := problem.Body(e.Request.Body, &body); err != nil {
		return err
	}
	now := time.Now()
	if !r.complaints.Allow(e.RealIP(), now) {
		return problem.SlowDown.After(limits.Around(5 * time.Minute))
	}
	says, err := text.Block(body.Text, limits.Report)
	if err != nil || says == "" {
		return problem.BodyInvalid.Saying("Say in a few words what it is about: up to 4,000 letters.")
	}
	contact, err := text.Line(body.Contact, limits.ShortText)
	if err != nil {
		return problem.BodyInvalid.Saying("How to reach you has up to 300 letters, on one line.")
	}
	reports, err := e.App.FindCollectionByNameOrId("reports")
	if err != nil {
		return err
	}
	due := sync.Stamp(now.Add(limits.DueByLaw))
	complaint := core.NewRecord(reports)
	complaint.Load(map[string]any{"kind": "complaint", "text": says, "contact": contact, "status": "open", "created": sync.Stamp(now), "due": due})
	err = e.App.RunInTransaction(func(tx core.App) error {
		if err := tx.Save(complaint); err != nil {
			return err
		}
		return notice.Tell(tx.DB(), notice.Telling{Key: "complaint/" + complaint.Id, To: "coordinators", Template: "complaint.new", Ref: complaint.Id, At: now})
	})
	if err != nil {
		return err
	}
	e.Response.Header().Set("Cache-Control", "no-store")
	return e.JSON(http.StatusOK, map[string]string{"id": complaint.Id, "due": due})
}
