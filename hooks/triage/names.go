package triage

import (
	"net/http"

	"github.com/pocketbase/pocketbase/core"

	"kith/internal/problem"
)

// named is a responder, as the others know them.
type named struct {
	ID        string `json:"id" db:"id"`
	FirstName string `json:"firstName" db:"firstName"`
}

// names is POST /api/concerns/names: the first names of responders, for one
// another. Who has taken something, and whom to ask before opening it all the
// same, has to be somebody; and a coach's phone holds no member but its own.
//
// NB! A route and no row: it is asked while the desk is looked at, and no phone
// keeps it.
func (w *room) names(e *core.RequestEvent) error {
	who, err := w.doorman.Proven(e)
	if err != nil {
		return err
	}
	if err := problem.NoBody(e.Request.Body); err != nil {
		return err
	}
	switch {
	case !who.Is("coach") && !who.Is("coordinator"):
		return problem.NotAllowed.Saying("Only those who look into concerns can ask this.")
	case !who.Trusted():
		return problem.DeviceNotEnrolled.Because(nil)
	}
	answer := struct {
		Names []named `json:"names"`
	}{Names: []named{}}
	err = e.App.DB().NewQuery(`SELECT m.id, m.firstName FROM members m
		WHERE m.id IN (SELECT member FROM sync_grant WHERE aud = 'responders') ORDER BY m.id`).All(&answer.Names)
	if err != nil {
		return problem.Internal.Because(err)
	}
	e.Response.Header().Set("Cache-Control", "no-store")
	return e.JSON(http.StatusOK, answer)
}
