package waysin

import (
	"database/sql"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"kith/internal/limits"
	"kith/internal/problem"
	"kith/internal/sync"
	"kith/internal/text"
	"kith/internal/token"
)

// account is what every way in answers.
type account struct {
	Member    string   `json:"member"`
	Device    string   `json:"device"`
	FirstName string   `json:"firstName"`
	Roles     []string `json:"roles"`
	Token     string   `json:"token"`
	Expires   string   `json:"expires"`
	Now       string   `json:"now"`
	Pending   bool     `json:"pending,omitempty"` // waits to be let in by the shop's owner
	SealTo    string   `json:"sealTo"`            // the server's transport key, base64url; empty: it takes nothing sealed
	Match     string   `json:"match,omitempty"`   // what both screens show then
}

// entering is the body of every way in; each route uses a part of it.
type entering struct {
	Invite     string `json:"invite"`
	Code       string `json:"code"`
	ID         string `json:"id"`
	Device     string `json:"device"`
	FirstName  string `json:"firstName"`
	DeviceName string `json:"deviceName"`
	Proof      string `json:"proof"`
}

// invite says what a code is for, before anybody joins with it. A phone of a member says
// whose it is: who isn't wanted in a circle is told what a code says that has ended.
//
// NB! A phone that says it badly isn't told more than one that says it well.
func (w *waysIn) invite(e *core.RequestEvent) error {
	var body entering
	if err := problem.Body(e.Request.Body, &body); err != nil {
		return err
	}
	now := time.Now()
	if !w.joins.Allow(e.RealIP(), now) {
		return problem.SlowDown.After(limits.Around(time.Minute))
	}
	member := ""
	if e.Request.Header.Get("Authorization") != "" {
		who, err := w.door.Who(e)
		if err != nil {
			return err
		}
		member = who.Member
	}
	invite, err := findInvite(e.App, body.Invite, now)
	if err != nil {
		return err
	}
	if err := w.welcome(e.App, invite, member); err != nil {
		return err
	}
	community, err := e.App.FindFirstRecordByFilter("communities", "id != ''")
	if err != nil {
		return err
	}
	role := invite.GetString("role")
	if invite.GetString("member") != "" {
		role = oneMore // whatever it says: nobody new comes of it
	}
	shop := ""
	if id := invite.GetString("shop"); id != "" {
		r, err := e.App.FindRecordById("shops", id)
		if err != nil {
			return err
		}
		shop = r.GetString("name")
	}
	leads, err := aheadOf(e.App, invite.GetString("circle"), invite.GetString("listing"))
	if err != nil {
		return err
	}
	e.Response.Header().Set("Cache-Control", "no-store")
	return e.JSON(http.StatusOK, map[string]string{
		"community": community.GetString("name"), "role": role, "shop": shop, "expires": invite.GetString("expires"),
		"circle": invite.GetString("circle"), "circleName": leads.Circle,
		"listing": invite.GetString("listing"), "listingTitle": leads.Listing,
	})
}

// join makes a device, and a member unless the invite names one.
func (w *waysIn) join(e *core.RequestEvent) error {
	return w.enter(e, w.joins, func(tx core.App, a arrival, body *entering) (*core.Record, error) {
		first, err := text.Line(body.FirstName, limits.FirstName)
		if err != nil {
			return nil, problem.BodyInvalid.Saying("A first name has 1 to 40 letters.")
		}
		return a.joinWith(tx, body.Invite, first)
	})
}

// enter reads a way in, holds its proof, and answers with the device that let
// made, in one transaction.
func (w *waysIn) enter(e *core.RequestEvent, rate *limits.Rate, let func(core.App, arrival, *entering) (*core.Record, error)) error {
	var body entering
	if err := problem.Body(e.Request.Body, &body); err != nil {
		return err
	}
	now := time.Now()
	if !rate.Allow(e.RealIP(), now) {
		return problem.SlowDown.After(limits.Around(time.Minute))
	}
	proof, err := w.proof(e, body.Proof, now)
	if err != nil {
		return err
	}
	name, err := text.Line(body.DeviceName, limits.DeviceName)
	if err != nil {
		return problem.BodyInvalid.Saying("The name of this device can't be used.")
	}
	var device, member *core.Record
	var wrong guess
	err = e.App.RunInTransaction(func(tx core.App) error {
		var err error
		device, err = let(tx, arrival{name, proof.Key, now, w.leads}, &body)
		if errors.As(err, &wrong) {
			return nil // NB! a guess is counted, and refused all the same
		}
		if err != nil {
			return err
		}
		member, err = memberOf(tx, device) // NB! inside: a refusal uses up no invite
		return err
	})
	if err == nil {
		err = wrong.why
	}
	if err != nil {
		return err
	}
	return w.answer(e, device, member, now)
}

// session gives a known device a new token.
func (w *waysIn) session(e *core.RequestEvent) error {
	var body entering
	if err := problem.Body(e.Request.Body, &body); err != nil {
		return err
	}
	now := time.Now()
	if !w.sessions.Allow(e.RealIP(), now) {
		return problem.SlowDown.After(limits.Around(30 * time.Second))
	}
	proof, err := w.proof(e, body.Proof, now)
	if err != nil {
		return err
	}
	device, err := e.App.FindRecordById("devices", body.Device)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return problem.DeviceUnknown.Because(nil)
	case err != nil:
		return err
	case device.GetString("thumbprint") != proof.Key.Thumbprint():
		return problem.DeviceUnknown.Because(nil)
	case device.GetBool("revoked") && device.GetBool("wipe"):
		return problem.DeviceWiped.Because(nil)
	case device.GetBool("revoked"):
		return problem.DeviceUnknown.Because(nil)
	}
	member, err := memberOf(e.App, device)
	if err != nil {
		return err
	}
	return w.answer(e, device, member, now)
}

func (w *waysIn) proof(e *core.RequestEvent, raw string, now time.Time) (token.Proof, error) {
	p, err := token.VerifyProof(raw, http.MethodPost, e.Request.Host, e.Request.URL.Path, now)
	switch {
	case errors.Is(err, token.ErrClock):
		return p, problem.ProofClock.At(sync.Stamp(now))
	case err != nil:
		return p, problem.ProofInvalid.Because(err)
	case !w.used.Use(p.Key.Thumbprint()+p.ID, now, 2*limits.ProofAge):
		return p, problem.ProofUsed.Because(nil)
	}
	return p, nil
}

// memberOf finds a device's member, and refuses one who is suspended or has left.
func memberOf(app core.App, device *core.Record) (*core.Record, error) {
	member, err := app.FindRecordById("members", device.GetString("member"))
	if err != nil {
		return nil, err
	}
	switch member.GetString("standing") {
	case "active":
		return member, nil
	case "suspended":
		return nil, problem.MemberSuspended.Because(nil)
	}
	return nil, problem.DeviceUnknown.Because(nil)
}

func (w *waysIn) answer(e *core.RequestEvent, device, member *core.Record, now time.Time) error {
	raw, err := device.NewAuthToken()
	if err != nil {
		return err
	}
	roles, err := rolesOf(e.App, member.Id)
	if err != nil {
		return err
	}
	e.Response.Header().Set("Cache-Control", "no-store")
	return e.JSON(http.StatusOK, account{
		Member: member.Id, Device: device.Id, FirstName: member.GetString("firstName"), Roles: roles, Token: raw,
		Expires: sync.Stamp(now.Add(device.Collection().AuthToken.DurationTime())), Now: sync.Stamp(now),
		Pending: device.GetBool("pending"), Match: device.GetString("match"),
		SealTo: w.ring.Address(),
	})
}

func rolesOf(app core.App, member string) ([]string, error) {
	roles := []string{"resident"}
	records, err := app.FindAllRecords("roles", byMember(member))
	for _, r := range records {
		if role := r.GetString("role"); !slices.Contains(roles, role) { // of two shops, say
			roles = append(roles, role)
		}
	}
	return roles, err
}
