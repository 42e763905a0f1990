package concerns

import (
	"net/http"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/concern"
	"kith/internal/limits"
	"kith/internal/problem"
)

// What a Listener can learn of a concern. An unknown one is received, too.
const (
	stateReceived = "received"
	stateOnIt     = "onIt"
	stateClosed   = "closed"
)

// receipts is POST /api/concerns/receipts: how it goes with what somebody passed
// on, to whoever has the secrets. Always eight, filled up with random ones, so that
// nobody sees how many there are; and what happened today shows tomorrow.
func (b *box) receipts(e *core.RequestEvent) error {
	now := time.Now()
	if !b.perAsker.Allow(e.RealIP(), now) {
		return problem.SlowDown.After(limits.Around(time.Minute))
	}
	secrets, err := readReceipts(e)
	if err != nil {
		return err
	}
	if b.keys.Concerns.Keys() == nil {
		return problem.ConcernsOff.After(limits.Around(10 * time.Minute))
	}
	states, err := statesOf(e.App, secrets, now)
	if err != nil {
		return err
	}
	e.Response.Header().Set("Cache-Control", "no-store")
	return e.JSON(http.StatusOK, map[string]any{"states": states})
}

func readReceipts(e *core.RequestEvent) ([]string, error) {
	var body struct {
		Receipts []string `json:"receipts"`
	}
	if err := problem.Body(e.Request.Body, &body); err != nil {
		return nil, err
	}
	if len(body.Receipts) != limits.ReceiptsPerRequest {
		return nil, problem.BodyInvalid.Saying("The request has a wrong number of receipts.")
	}
	for _, secret := range body.Receipts {
		if !concern.Secret(secret) {
			return nil, problem.BodyInvalid.Saying("A receipt has 22 letters.")
		}
	}
	return body.Receipts, nil
}

func statesOf(app core.App, secrets []string, now time.Time) ([]string, error) {
	zone := zoneOf(app)
	today := now.In(zone).Format(time.DateOnly)
	forgotten := now.In(zone).AddDate(0, 0, 1-toldDays).Format(time.DateOnly)
	states := make([]string, len(secrets))
	for i, secret := range secrets {
		var rows []struct {
			State    string `db:"state"`
			Picked   string `db:"picked"`
			ClosedOn string `db:"closedOn"`
		}
		err := app.DB().NewQuery("SELECT state, picked, closedOn FROM concerns WHERE receipt = {:receipt} AND state <> 'withdrawn'").
			Bind(dbx.Params{"receipt": concern.ReceiptOf(secret)}).All(&rows)
		if err != nil {
			return nil, err
		}
		states[i] = stateReceived
		if len(rows) == 0 {
			continue
		}
		if before(rows[0].Picked, today, zone) {
			states[i] = stateOnIt
		}
		if rows[0].State == "closed" && before(rows[0].ClosedOn, today, zone) {
			states[i] = stateClosed
		}
		// NB! How long it is kept tells how it ended: so no longer than what is kept least.
		if rows[0].State == "closed" && before(rows[0].ClosedOn, forgotten, zone) {
			states[i] = stateReceived
		}
	}
	return states, nil
}

// before says whether something was on a day before today, in the community's zone.
func before(at, today string, zone *time.Location) bool {
	if len(at) == len(time.DateOnly) {
		return at < today
	}
	t, err := time.Parse(time.RFC3339, strings.Replace(at, " ", "T", 1))
	return err == nil && t.In(zone).Format(time.DateOnly) < today
}

func zoneOf(app core.App) *time.Location {
	var name string
	if err := app.DB().NewQuery("SELECT coalesce((SELECT zone FROM communities LIMIT 1), '')").Row(&name); err != nil {
		return time.UTC
	}
	if zone, err := time.LoadLocation(name); err == nil {
		return zone
	}
	return time.UTC
}
