package waysin

import (
	"database/sql"
	"errors"
	"net/http"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/hooks/doorman"
	"kith/internal/audit"
	"kith/internal/problem"
)

// email sends a code to the caller's own address, or to one that is to become
// it. What follows from confirming it is much, so the request has to show that it
// comes from the device itself.
func (w *waysIn) email(e *core.RequestEvent) error {
	who, err := w.door.Proven(e)
	if err != nil {
		return err
	}
	var body struct {
		Email string `json:"email"`
	}
	if err := problem.Body(e.Request.Body, &body); err != nil {
		return err
	}
	to, ok := address(body.Email)
	if body.Email != "" && !ok {
		return problem.BodyInvalid.Saying("That is not an e-mail address.")
	}
	var digits string
	now := time.Now()
	err = e.App.RunInTransaction(func(tx core.App) error {
		if err := w.door.May(tx, who); err != nil {
			return err
		}
		if to, err = mayConfirm(tx, who, to); err != nil {
			return err
		}
		own, err := isOwn(tx, who.Member, to)
		if err != nil {
			return err
		}
		if !w.mailboxes.allow(who.Member, to, own, now) {
			return nextCode()
		}
		_, digits, err = w.codes.newCode(tx, map[string]any{"kind": "email", "member": who.Member, "device": who.Device, "email": to}, now)
		return err
	})
	if err != nil {
		return err
	}
	if err := w.post.code(e.App, to, digits); err != nil {
		return err
	}
	return nothing(e)
}

// mayConfirm is the address that a device may confirm: any, for a member who has
// none; their own; and from an enrolled device another one. Else whoever has a
// member's phone for a minute could make it theirs for good.
func mayConfirm(tx core.App, who doorman.Caller, to string) (string, error) {
	member, err := tx.FindRecordById("members", who.Member)
	if err != nil {
		return "", err
	}
	device, err := tx.FindRecordById("devices", who.Device)
	if err != nil {
		return "", err
	}
	own := member.Email()
	switch {
	case to == "" && own == "":
		return "", problem.BodyInvalid.Saying("Say which e-mail address it is.")
	case to == "":
		return own, nil
	case own != "" && to != own && !device.GetBool("enrolled"):
		return "", problem.EmailFixed.Because(nil)
	}
	return to, nil
}

// confirmEmail takes the code of the last mail. The address is the member's from
// then on, and the device is enrolled.
func (w *waysIn) confirmEmail(e *core.RequestEvent) error {
	who, err := w.door.Proven(e)
	if err != nil {
		return err
	}
	var body struct {
		Code string `json:"code"`
	}
	if err := problem.Body(e.Request.Body, &body); err != nil {
		return err
	}
	now := time.Now()
	var before string
	var wrong guess
	err = e.App.RunInTransaction(func(tx core.App) error {
		if err := w.door.May(tx, who); err != nil {
			return err
		}
		row, err := newest(tx, who.Device)
		if err != nil {
			return err
		}
		if err := w.codes.try(tx, row, body.Code, now); err != nil {
			if errors.As(err, &wrong) {
				return nil // NB! counted, and refused all the same
			}
			return err
		}
		to, err := mayConfirm(tx, who, row.GetString("email")) // as of now, not of when it was asked for
		if err != nil {
			return err
		}
		before, err = confirmed(tx, who, to, now)
		return err
	})
	if err == nil {
		err = wrong.why
	}
	if err != nil {
		return err
	}
	if before != "" {
		if err := w.post.moved(e.App, before); err != nil {
			return err
		}
	}
	return nothing(e)
}

// confirmed gives a member an address and enrols their device. It returns the
// address that it replaced, if there was another.
func confirmed(tx core.App, who doorman.Caller, email string, now time.Time) (before string, err error) {
	other := &core.Record{}
	err = tx.RecordQuery("members").AndWhere(dbx.HashExp{"email": email}).AndWhere(dbx.Not(dbx.HashExp{"id": who.Member})).Limit(1).One(other)
	if err == nil {
		return "", problem.EmailTaken.Because(nil)
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return "", err
	}
	member, err := tx.FindRecordById("members", who.Member)
	if err != nil {
		return "", err
	}
	if before = member.Email(); before == email {
		before = ""
	}
	another := member.Email() != email
	member.SetEmail(email)
	member.SetVerified(true)
	if err := tx.Save(member); err != nil {
		return "", err
	}
	if another {
		if err := tellMember(tx, who.Member, "email.changed", "", now); err != nil {
			return "", err
		}
	}
	device, err := tx.FindRecordById("devices", who.Device)
	if err != nil {
		return "", err
	}
	device.Load(enrolled(now))
	if err := tx.Save(device); err != nil {
		return "", err
	}
	return before, audit.Append(tx.DB(), audit.Entry{At: now, Actor: who.Member, Device: who.Device, Action: "email.confirm", Subject: who.Member})
}

// nothing is the answer of what was done and has nothing to say.
func nothing(e *core.RequestEvent) error {
	e.Response.Header().Set("Cache-Control", "no-store")
	return e.JSON(http.StatusOK, struct{}{})
}
