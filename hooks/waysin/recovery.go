package waysin

import (
	"database/sql"
	"errors"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/audit"
	"kith/internal/codes"
	"kith/internal/limits"
	"kith/internal/notice"
	"kith/internal/problem"
	"kith/internal/sync"
)

var errNoRecovery = sync.Reject("recovery_unknown", "This is not here any more.")

// makeCard stores the hash of a card's code, for the caller themselves. The card
// of before is worth nothing from then on.
func makeCard(c *sync.Call) (sync.Result, error) {
	args, err := recoveryArgs(c)
	if err != nil {
		return sync.Result{}, err
	}
	if !codes.IsHash(args.CodeHash) {
		return sync.Result{}, errShape
	}
	if err := free(c.App, "recoveries", args.ID, args.CodeHash); err != nil {
		return sync.Result{}, err
	}
	before, err := c.App.FindAllRecords("recoveries", dbx.HashExp{"member": c.Member, "kind": "card"})
	if err != nil {
		return sync.Result{}, err
	}
	for _, old := range before {
		if err := c.App.Delete(old); err != nil {
			return sync.Result{}, err
		}
	}
	return saved(c, "recovery.card", args.ID, map[string]any{
		"member": c.Member, "kind": "card", "status": "ready", "codeHash": args.CodeHash,
		"created": sync.Stamp(c.Now), "expires": sync.Stamp(c.Now.AddDate(0, 0, limits.CardDays)),
	})
}

// openRecovery says that somebody stands at the desk without a phone: the first
// of two people who know them.
func openRecovery(c *sync.Call) (sync.Result, error) {
	args, err := recoveryArgs(c)
	if err != nil {
		return sync.Result{}, err
	}
	may, err := c.In("coordinators")
	if err != nil {
		return sync.Result{}, err
	}
	if !may {
		return sync.Result{}, sync.Reject("not_allowed", "Only coordinators can begin this.")
	}
	if err := sync.ID(args.Member); err != nil {
		return sync.Result{}, err
	}
	member, err := activeMember(c.App, args.Member)
	if err != nil {
		return sync.Result{}, err
	}
	if member.Id == c.Member {
		return sync.Result{}, sync.Reject("not_yourself", "Somebody else has to do this for you.")
	}
	if err := free(c.App, "recoveries", args.ID, ""); err != nil {
		return sync.Result{}, err
	}
	if err := notice.By(c, "recovery.open", "activators", args.ID); err != nil { // who may be the second
		return sync.Result{}, err
	}
	return saved(c, "recovery.open", args.ID, map[string]any{
		"member": member.Id, "kind": "desk", "status": "open", "openedBy": c.Member, "firstName": member.GetString("firstName"),
		"created": sync.Stamp(c.Now), "expires": sync.Stamp(c.Now.Add(limits.DeskOpen)),
	})
}

// confirmRecovery is the second of the two: their phone makes the code, and they
// read it out.
func confirmRecovery(c *sync.Call) (sync.Result, error) {
	args, err := recoveryArgs(c)
	if err != nil {
		return sync.Result{}, err
	}
	if !codes.IsHash(args.CodeHash) {
		return sync.Result{}, errShape
	}
	r, err := atDesk(c, args.ID)
	if err != nil {
		return sync.Result{}, err
	}
	if r.GetString("openedBy") == c.Member || r.GetString("member") == c.Member {
		return sync.Result{}, sync.Reject("not_yourself", "Somebody else has to do this.")
	}
	if r.GetString("status") != "open" || r.GetString("expires") <= sync.Stamp(c.Now) {
		return sync.Result{}, sync.Reject("recovery_closed", "This was confirmed or refused before. Begin again.")
	}
	if err := free(c.App, "recoveries", "", args.CodeHash); err != nil {
		return sync.Result{}, err
	}
	r.Set("status", "ready")
	r.Set("confirmedBy", c.Member)
	r.Set("codeHash", args.CodeHash)
	r.Set("expires", sync.Stamp(c.Now.Add(limits.DeskReady)))
	if err := settled(c.App, r.Id); err != nil {
		return sync.Result{}, err
	}
	return sync.Result{}, put(c, "recovery.confirm", r)
}

// refuseRecovery stops one: at the desk by whoever works there, a card by whose
// it is.
func refuseRecovery(c *sync.Call) (sync.Result, error) {
	args, err := recoveryArgs(c)
	if err != nil {
		return sync.Result{}, err
	}
	r, err := c.App.FindRecordById("recoveries", args.ID)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return sync.Result{}, err
	}
	if err != nil || r.GetString("kind") != "card" || r.GetString("member") != c.Member {
		if r, err = atDesk(c, args.ID); err != nil {
			return sync.Result{}, err
		}
	}
	if r.GetString("status") == "used" {
		return sync.Result{}, sync.Reject("recovery_closed", "This was used before.")
	}
	r.Set("status", "refused")
	r.Set("codeHash", "")
	if err := settled(c.App, r.Id); err != nil {
		return sync.Result{}, err
	}
	return sync.Result{}, put(c, "recovery.refuse", r)
}

// atDesk finds a recovery at the desk, for activators and coordinators.
func atDesk(c *sync.Call, id string) (*core.Record, error) {
	may, err := c.In("activators")
	if err != nil {
		return nil, err
	}
	r, err := c.App.FindRecordById("recoveries", id)
	if errors.Is(err, sql.ErrNoRows) || err == nil && (!may || r.GetString("kind") != "desk") {
		return nil, errNoRecovery
	}
	return r, err
}

type recovering struct {
	ID       string `json:"id"`
	Member   string `json:"member"`
	CodeHash string `json:"codeHash"`
}

func recoveryArgs(c *sync.Call) (recovering, error) {
	args, err := sync.Args[recovering](c)
	if err != nil {
		return args, err
	}
	return args, sync.ID(args.ID)
}

func saved(c *sync.Call, action, id string, values map[string]any) (sync.Result, error) {
	r, err := record(c.App, "recoveries", values)
	if err != nil {
		return sync.Result{}, err
	}
	r.Id = id
	return sync.Result{}, put(c, action, r)
}

// put saves a recovery, and notes it.
func put(c *sync.Call, action string, r *core.Record) error {
	if err := c.App.Save(r); err != nil {
		return err
	}
	return noted(c, action, r.Id, map[string]string{"member": r.GetString("member")})
}

// recover is how somebody comes back without any of their devices.
func (w *waysIn) recover(e *core.RequestEvent) error {
	return w.enter(e, w.joins, func(tx core.App, a arrival, body *entering) (*core.Record, error) {
		return a.recoverWith(tx, body.Code)
	})
}

// recoverWith uses up a code and makes a device. All others of the member are
// revoked with it: whoever has the lost phone loses what it could do.
//
// NB! The same key again is the same device, for an answer that was lost; to
// every other key the code is used up.
func (a arrival) recoverWith(tx core.App, code string) (*core.Record, error) {
	r, err := tx.FindFirstRecordByData("recoveries", "codeHash", codes.Hash(code))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, problem.RecoveryInvalid.Because(nil)
	}
	if err != nil {
		return nil, err
	}
	mine, err := known(tx, a.key)
	if err != nil {
		return nil, err
	}
	if mine != nil && (mine.GetBool("revoked") || mine.GetString("member") != r.GetString("member")) {
		return nil, problem.RecoveryInvalid.Because(nil)
	}
	if mine != nil && r.GetString("status") == "used" && r.GetString("device") == mine.Id {
		return mine, nil
	}
	if r.GetString("status") != "ready" || r.GetString("expires") <= sync.Stamp(a.now) {
		return nil, problem.RecoveryInvalid.Because(nil)
	}
	if mine == nil {
		if mine, err = a.device(tx, r.GetString("member"), nil); err != nil {
			return nil, err
		}
	}
	r.Set("status", "used")
	r.Set("device", mine.Id)
	if err := tx.Save(r); err != nil {
		return nil, err
	}
	if err := revokeOthers(tx, mine); err != nil {
		return nil, err
	}
	if err := tellMember(tx, mine.GetString("member"), "recovery.used", "", a.now); err != nil {
		return nil, err
	}
	return mine, audit.Append(tx.DB(), audit.Entry{
		At: a.now, Actor: r.GetString("member"), Device: mine.Id, Action: "recovery.use", Subject: r.Id, Detail: map[string]string{"kind": r.GetString("kind")},
	})
}

func revokeOthers(tx core.App, kept *core.Record) error {
	devices, err := tx.FindAllRecords("devices", dbx.HashExp{"member": kept.GetString("member"), "revoked": false}, dbx.Not(dbx.HashExp{"id": kept.Id}))
	if err != nil {
		return err
	}
	for _, d := range devices {
		d.Set("revoked", true)
		if err := tx.Save(d); err != nil {
			return err
		}
	}
	return nil
}

// lapsed refuses what has waited at the desk for too long, so that it leaves the
// phones of those who work there.
func lapsed(app core.App, now time.Time) error {
	old, err := app.FindAllRecords("recoveries", dbx.In("status", "open", "ready"), dbx.NewExp("expires <= {:now}", dbx.Params{"now": sync.Stamp(now)}))
	if err != nil {
		return err
	}
	for _, r := range old {
		r.Set("status", "refused")
		r.Set("codeHash", "")
		if err := app.Save(r); err != nil {
			return err
		}
		if err := settled(app, r.Id); err != nil {
			return err
		}
	}
	return nil
}
