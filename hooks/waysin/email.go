package waysin

import (
	"database/sql"
	"errors"
	"net/http"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/audit"
	"kith/internal/limits"
	"kith/internal/problem"
)

// code sends a code to an e-mail address, if a member has it. Whether one does
// can't be told from the answer, nor from how long it takes: both ways are the
// same statements and hashes, the mail goes out after the answer, and the answer
// waits for a fixed moment.
func (w *waysIn) code(e *core.RequestEvent) error {
	var body struct {
		Email string `json:"email"`
	}
	if err := problem.Body(e.Request.Body, &body); err != nil {
		return err
	}
	now := time.Now()
	moment := time.NewTimer(limits.CodeMoment)
	defer moment.Stop()
	email, ok := address(body.Email)
	switch {
	case !w.joins.Allow(e.RealIP(), now):
		return problem.SlowDown.After(limits.Around(time.Minute))
	case !ok:
		return problem.BodyInvalid.Saying("That is not an e-mail address.")
	case !w.mailboxes.strangers.Allow(email, now):
		return nextCode()
	}
	id, err := w.newSignIn(e.App, email, now)
	if err != nil {
		return err
	}
	select {
	case <-moment.C:
	case <-e.Request.Context().Done():
	}
	e.Response.Header().Set("Cache-Control", "no-store")
	return e.JSON(http.StatusOK, map[string]string{"id": id})
}

// newSignIn makes a code for whoever has an address, and posts it.
func (w *waysIn) newSignIn(app core.App, email string, now time.Time) (id string, err error) {
	var member, digits string
	err = app.RunInTransaction(func(tx core.App) error {
		// NB! One row whether there is such a member or not.
		if err := tx.DB().NewQuery("SELECT coalesce((SELECT id FROM members WHERE email = {:email}), '')").
			Bind(dbx.Params{"email": email}).Row(&member); err != nil {
			return err
		}
		row, d, err := w.codes.newCode(tx, map[string]any{"kind": "signIn", "member": member}, now)
		if err == nil {
			id, digits = row.Id, d
		}
		return err
	})
	if err != nil {
		return "", err
	}
	to := email
	if member == "" {
		to = "" // written all the same, and not posted
	}
	return id, w.post.code(app, to, digits)
}

// confirmCode signs a device in with a code by e-mail. It is enrolled with that.
func (w *waysIn) confirmCode(e *core.RequestEvent) error {
	return w.enter(e, w.joins, func(tx core.App, a arrival, body *entering) (*core.Record, error) {
		row, err := tx.FindRecordById("codes", body.ID)
		if errors.Is(err, sql.ErrNoRows) || err == nil && row.GetString("kind") != "signIn" {
			return nil, problem.CodeExpired.Because(nil)
		}
		if err != nil {
			return nil, err
		}
		return w.signIn(tx, a, row, body.Code)
	})
}

// signIn makes a device of a code, once. The same key again is the same device,
// for an answer that was lost.
func (w *waysIn) signIn(tx core.App, a arrival, row *core.Record, digits string) (*core.Record, error) {
	mine, err := known(tx, a.key)
	if err != nil {
		return nil, err
	}
	if mine != nil && row.GetBool("used") && row.GetString("device") == mine.Id && w.codes.right(row, digits) && !mine.GetBool("revoked") {
		return mine, nil
	}
	if err := w.codes.try(tx, row, digits, a.now); err != nil {
		return nil, err
	}
	if mine != nil && (mine.GetBool("revoked") || mine.GetString("member") != row.GetString("member")) {
		return nil, problem.DeviceUnknown.Because(nil)
	}
	if mine == nil {
		if mine, err = a.device(tx, row.GetString("member"), enrolled(a.now)); err == nil {
			err = tellNew(tx, mine, a.now)
		}
	} else {
		mine.Load(enrolled(a.now))
		err = tx.Save(mine)
	}
	if err != nil {
		return nil, err
	}
	row.Set("device", mine.Id)
	if err := tx.Save(row); err != nil {
		return nil, err
	}
	return mine, audit.Append(tx.DB(), audit.Entry{At: a.now, Actor: row.GetString("member"), Device: mine.Id, Action: "email.signIn", Subject: mine.Id})
}
