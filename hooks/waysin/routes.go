package waysin

import (
	"database/sql"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"kith/internal/limits"
	"kith/internal/problem"
	"kith/internal/sync"
	"kith/internal/text"
	"kith/internal/token"
)

// account is what both routes answer.
type account struct {
	Member    string   `json:"member"`
	Device    string   `json:"device"`
	FirstName string   `json:"firstName"`
	Roles     []string `json:"roles"`
	Token     string   `json:"token"`
	Expires   string   `json:"expires"`
	Now       string   `json:"now"`
}

// join makes a device, and a member unless the invite names one.
func (w *waysIn) join(e *core.RequestEvent) error {
	var body struct {
		Invite     string `json:"invite"`
		FirstName  string `json:"firstName"`
		DeviceName string `json:"deviceName"`
		Proof      string `json:"proof"`
	}
	if err := read(e, &body); err != nil {
		return err
	}
	now := time.Now()
	if !w.joins.Allow(e.RealIP(), now) {
		return problem.SlowDown.After(time.Minute)
	}
	proof, err := w.proof(e, body.Proof, now)
	if err != nil {
		return err
	}
	first, err := text.Line(body.FirstName, limits.FirstName)
	if err != nil {
		return problem.BodyInvalid.Saying("A first name has 1 to 40 letters.")
	}
	name, err := text.Line(body.DeviceName, limits.DeviceName)
	if err != nil {
		return problem.BodyInvalid.Saying("The name of this device can't be used.")
	}
	var device, member *core.Record
	err = e.App.RunInTransaction(func(tx core.App) error {
		var err error
		if device, err = enrol(tx, body.Invite, first, name, proof.Key, now); err != nil {
			return err
		}
		member, err = memberOf(tx, device) // NB! inside: a refusal uses up no invite
		return err
	})
	if err != nil {
		return err
	}
	return w.answer(e, device, member, now)
}

// session gives a known device a new token.
func (w *waysIn) session(e *core.RequestEvent) error {
	var body struct {
		Device string `json:"device"`
		Proof  string `json:"proof"`
	}
	if err := read(e, &body); err != nil {
		return err
	}
	now := time.Now()
	if !w.sessions.Allow(e.RealIP(), now) {
		return problem.SlowDown.After(30 * time.Second)
	}
	proof, err := w.proof(e, body.Proof, now)
	if err != nil {
		return err
	}
	device, err := e.App.FindRecordById("devices", body.Device)
	if errors.Is(err, sql.ErrNoRows) || (err == nil && (device.GetBool("revoked") || device.GetString("thumbprint") != proof.Key.Thumbprint())) {
		return problem.DeviceUnknown.Because(nil)
	}
	if err != nil {
		return err
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
	})
}

func rolesOf(app core.App, member string) ([]string, error) {
	roles := []string{"resident"}
	records, err := app.FindAllRecords("roles", byMember(member))
	for _, r := range records {
		roles = append(roles, r.GetString("role"))
	}
	return roles, err
}

// read takes a small JSON body whole and strictly: one value, known types.
func read(e *core.RequestEvent, into any) error {
	raw, err := io.ReadAll(e.Request.Body)
	if err != nil {
		return problem.BodyTooLarge.Because(err)
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return problem.BodyInvalid.Because(err)
	}
	return nil
}
