// Package doorman says who is asking. Every route that needs a device's token
// asks here: which device of which member it is, as of now, whether it may take
// part, and whether it has shown that it holds its key.
package doorman

import (
	"context"
	"database/sql"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"modernc.org/sqlite"

	"kith/internal/limits"
	"kith/internal/problem"
	"kith/internal/sync"
	"kith/internal/token"
)

// Caller is the device that a request came from, and its member.
type Caller struct {
	Member, Device string
	// Name is the member's first name; only Proven looks it up.
	Name string
	// Roles that the member has now, beside resident.
	Roles []string
	// Enrolled: the device may hold what is guarded. Proven: this request showed
	// that it comes from the device itself, and not from a copy of its token.
	Enrolled, Proven bool
	// Wipe: the device is to hand in what it has, and then to forget everything.
	Wipe bool
}

// Trusted says whether guarded audiences may go to this caller.
func (c Caller) Trusted() bool { return c.Enrolled && c.Proven }

// Is says whether the caller has a role.
func (c Caller) Is(role string) bool {
	for _, r := range c.Roles {
		if r == role {
			return true
		}
	}
	return false
}

// Doorman stands at the doors of one community.
type Doorman struct {
	engine    *sync.Engine
	perDevice *limits.Rate
	used      token.Once
	standing  standing
}

// Register makes the doorman of a community, and declares what moves a member's
// marker so that nothing remembered outlives a change. rates switches the limits
// of requests on.
func Register(app core.App, r *sync.Registry, rates bool) *Doorman {
	r.Trust("SELECT enrolled AND NOT revoked AND NOT pending FROM devices WHERE id = ?")
	// Without an audience a grant is a reason to ask again: a lost phone stops
	// listening at once. NB! || joins texts, so that a change of any of them counts.
	r.Grant(sync.Grant{Table: "devices", Member: "{row}.member", When: "{row}.revoked || {row}.pending || {row}.enrolled || {row}.wipe"})
	r.Grant(sync.Grant{Table: "roles", Member: "{row}.member", When: "{row}.role"})
	return &Doorman{perDevice: limits.NewRate(limits.DevicePerMinute, limits.DeviceBurst, rates)}
}

// Watch tells the doorman which engine sees the commits.
func (d *Doorman) Watch(e *sync.Engine) { d.engine = e }

// Who says who is asking. A member with a role must prove that the request comes
// from their device; others need not, and a proof that they send is not read.
func (d *Doorman) Who(e *core.RequestEvent) (Caller, error) {
	c, known, err := d.who(e)
	if err != nil || !known.mustProve() {
		return c, err
	}
	c.Proven = true
	return c, d.prove(e, known.thumbprint)
}

// Proven is Who for what nobody may do with a copied token: it refuses a request
// that has no proof.
func (d *Doorman) Proven(e *core.RequestEvent) (Caller, error) {
	c, known, err := d.who(e)
	if err != nil {
		return c, err
	}
	if err := d.prove(e, known.thumbprint); err != nil {
		return c, err
	}
	c.Proven = true
	err = e.App.DB().NewQuery("SELECT firstName FROM members WHERE id = {:id}").Bind(dbx.Params{"id": c.Member}).Row(&c.Name)
	return c, err
}

// Carried is Who for what somebody else brings, of access, the token that was
// sealed with it. Its proof was signed when it was sealed, whenever that was.
func (d *Doorman) Carried(e *core.RequestEvent, access, proof string) (Caller, error) {
	c, known, err := d.who(e)
	if err != nil || !known.mustProve() {
		return c, err
	}
	if proof == "" {
		return c, problem.ProofMissing.Because(nil)
	}
	p, err := token.VerifyProof(proof, e.Request.Method, e.Request.Host, e.Request.URL.Path, time.Time{})
	if err != nil || p.Key.Thumbprint() != known.thumbprint || p.Access != token.Access(access) {
		return c, problem.ProofInvalid.Because(err)
	}
	c.Proven = true
	return c, nil
}

// Sealed is Carried for a letter that its phone can't seal again: where the token in
// it has run out since, or was made void, the proof alone says which device sealed
// it, as it would when that device asks for a new token. What was signed longer than
// limits.LetterLife ago is refused as Carried refuses it.
func (d *Doorman) Sealed(e *core.RequestEvent, access, proof string, now time.Time) (Caller, error) {
	auth, err := d.Holder(e.App, access)
	var p *problem.Problem
	if errors.As(err, &p) && p.Code == problem.TokenMissing.Code {
		auth, err = d.signer(e, access, proof, now)
	}
	if err != nil {
		return Caller{}, err
	}
	inner := &core.RequestEvent{App: e.App, Auth: auth}
	inner.Request = e.Request
	return d.Carried(inner, access, proof)
}

// signer is the device that signed a proof for a token.
func (d *Doorman) signer(e *core.RequestEvent, access, proof string, now time.Time) (*core.Record, error) {
	p, err := token.VerifyProof(proof, e.Request.Method, e.Request.Host, e.Request.URL.Path, time.Time{})
	age := now.Sub(p.At)
	if err != nil || p.Access != token.Access(access) || age < -limits.ProofAge || age > limits.LetterLife {
		return nil, problem.TokenMissing.Because(err)
	}
	device := &core.Record{}
	err = e.App.RecordQuery("devices").AndWhere(dbx.HashExp{"thumbprint": p.Key.Thumbprint()}).Limit(1).One(device)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, problem.TokenMissing.Because(err)
	}
	return device, err // NB! what the database can't say now is no refusal: the letter would be lost
}

// Holder is whose a token is. NB! PocketBase takes a token for none also where its database
// doesn't answer: what is refused as that, a phone asks for anew, or, where it is
// somebody else's that it carries, lets go of.
func (d *Doorman) Holder(app core.App, access string) (*core.Record, error) {
	auth, err := app.FindAuthRecordByToken(access, core.TokenTypeAuth)
	switch {
	case unanswered(err):
		return nil, problem.Busy.After(limits.Around(5 * time.Second)).Because(err)
	case err != nil:
		return nil, problem.TokenMissing.Because(err)
	}
	return auth, nil
}

// unanswered says whether an error is that the database couldn't be asked.
func unanswered(err error) bool {
	var fault *sqlite.Error
	return errors.As(err, &fault) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) || errors.Is(err, sql.ErrConnDone) ||
		err != nil && err.Error() == "sql: database is closed" // which has no name in database/sql
}

func (d *Doorman) who(e *core.RequestEvent) (Caller, *known, error) {
	auth, err := e.Auth, error(nil)
	if auth == nil {
		auth, err = d.Holder(e.App, bearer(e.Request))
	}
	if err != nil {
		return Caller{}, nil, err
	}
	if auth.Collection().Name != "devices" {
		return Caller{}, nil, problem.TokenMissing.Because(nil)
	}
	c := Caller{Device: auth.Id, Member: auth.GetString("member")}
	if !d.perDevice.Allow(c.Device, time.Now()) {
		return c, nil, problem.SlowDown.After(limits.Around(2 * time.Second))
	}
	k, err := d.standing.check(e.Request.Context(), d.engine, c, func() (*known, error) { return d.look(e.App, c) })
	if err != nil {
		return c, nil, err
	}
	c.Roles, c.Enrolled, c.Wipe = k.roles, k.enrolled, k.wipe
	return c, k, nil
}

// prove checks the proof in the header DPoP (RFC 9449), which is for this
// request and this token, by the device's own key, and used once.
func (d *Doorman) prove(e *core.RequestEvent, thumbprint string) error {
	headers := e.Request.Header.Values("DPoP")
	if len(headers) == 0 {
		return problem.ProofMissing.Because(nil)
	}
	now := time.Now()
	p, err := token.VerifyProof(headers[0], e.Request.Method, e.Request.Host, e.Request.URL.Path, now)
	switch {
	case errors.Is(err, token.ErrClock):
		return problem.ProofClock.At(sync.Stamp(now))
	case err != nil || len(headers) > 1:
		return problem.ProofInvalid.Because(err)
	case p.Key.Thumbprint() != thumbprint || p.Access != token.Access(bearer(e.Request)):
		return problem.ProofInvalid.Because(errors.New("of another key or token"))
	case !d.used.Use(thumbprint+p.ID, now, 2*limits.ProofAge):
		return problem.ProofUsed.Because(nil)
	}
	return nil
}

func bearer(r *http.Request) string {
	raw := r.Header.Get("Authorization")
	if scheme, rest, found := strings.Cut(raw, " "); found && strings.EqualFold(scheme, "Bearer") {
		return rest
	}
	return raw
}

// May refuses a device that may not take part, as of tx: a write asks again
// inside its own transaction.
func (d *Doorman) May(tx core.App, c Caller) error {
	k, err := d.look(tx, c)
	if err == nil && k.mustProve() && !c.Proven {
		return problem.ProofMissing.Because(nil) // they were given a role since the request came in
	}
	return err
}

// Saw notes the day on which a device asked, once a day. Call it in the
// transaction of the request's own write, where there is one: a request that is
// refused leaves nothing behind.
func (d *Doorman) Saw(tx core.App, c Caller, now time.Time) error {
	k := d.standing.of(c)
	if k == nil || k.seen == k.today(now) {
		return nil
	}
	d.standing.forget(c) // what is remembered has the day before; if this is undone, it is tried again
	_, err := tx.DB().NewQuery("UPDATE devices SET seen = {:day} WHERE id = {:id} AND seen <> {:day}").
		Bind(dbx.Params{"day": k.today(now), "id": c.Device}).Execute()
	return err
}

// Wiped ends a device that has handed in all that it had, and is about to forget it.
func (d *Doorman) Wiped(app core.App, c Caller) error {
	_, err := app.DB().NewQuery("UPDATE devices SET revoked = true WHERE id = {:id}").Bind(dbx.Params{"id": c.Device}).Execute()
	return err
}

// Unseen says whether Saw has something to note.
func (d *Doorman) Unseen(c Caller, now time.Time) bool {
	k := d.standing.of(c)
	return k != nil && k.seen != k.today(now)
}
