package concerns

import (
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/hooks/doorman"
	"kith/internal/audit"
	"kith/internal/concern"
)

// taking is one letter inside of its own transaction.
type taking struct {
	*box
	tx       core.App
	keys     *concern.Keys
	who      doorman.Caller
	says     concern.Says
	envelope []byte
	plain    []byte // what judge found in it
	now      time.Time
}

func (t *taking) take() (outcome, error) {
	before, err := t.tx.FindRecordById("concerns", t.says.ID)
	if errors.Is(err, sql.ErrNoRows) {
		before, err = nil, nil
	}
	if err != nil {
		return ourFault, err
	}
	// What is here already is theirs by its receipt, whatever they are by now.
	if before == nil || before.GetString("receipt") != t.receipt() {
		if may, err := t.may(); err != nil || !may {
			return notAllowed, err
		}
	}
	if t.says.Kind == concern.KindWithdraw {
		return t.withdraw(before)
	}
	return t.concern(before)
}

// may says whether whoever wrote this is one of those who pass on worries.
func (t *taking) may() (may bool, err error) {
	err = t.tx.DB().NewQuery("SELECT EXISTS (SELECT 1 FROM roles WHERE member = {:member} AND role IN ('listener', 'activator', 'coach', 'coordinator'))").
		Bind(dbx.Params{"member": t.who.Member}).Row(&may)
	return may, err
}

// receipt is what is stored of a letter's receipt.
func (t *taking) receipt() string {
	if t.says.Kind == concern.KindWithdraw {
		return concern.ReceiptOf(t.says.Receipt)
	}
	return t.says.Receipt
}

// withdraw takes a concern back which nobody has picked up. If it hasn't come yet,
// what is noted here keeps it out when it does.
func (t *taking) withdraw(before *core.Record) (outcome, error) {
	if before == nil {
		// NB! Twice as many as may come: whoever sent ten can take ten back.
		if many, err := t.many(2); many || err != nil {
			return tooMany, err
		}
		r, err := t.fresh()
		if err != nil {
			return ourFault, err
		}
		r.Load(map[string]any{"receipt": t.receipt(), "till": t.till()})
		return taken, t.withdrawn(r)
	}
	switch {
	case before.GetString("receipt") != t.receipt():
		return unknown, nil
	case before.GetString("state") == "withdrawn":
		return merged, nil
	case before.GetString("state") != "new" || before.GetString("picked") != "":
		return pickedUp, nil
	}
	return taken, t.withdrawn(before)
}

// withdrawn leaves nothing of a concern but that there was one.
func (t *taking) withdrawn(r *core.Record) error {
	for _, column := range []string{"urgency", "area", "hour", "received", "lead", "assignee", "picked", "given", "outcome", "link", "grouped", "escalated", "keyName", "sealed", "person"} {
		r.Set(column, nil)
	}
	r.Load(map[string]any{"state": "withdrawn", "closedOn": t.now.UTC().Format(time.DateOnly), "quarter": quarterOf(t.now)})
	if err := t.tx.Save(r); err != nil {
		return err
	}
	if err := t.takenBack(); err != nil {
		return err
	}
	return t.note("concerns.withdraw", nil)
}

// concern takes one in, if it may come in as it is.
func (t *taking) concern(before *core.Record) (outcome, error) {
	if before != nil {
		if before.GetString("receipt") != t.receipt() {
			return invalid, nil
		}
		return merged, nil // sent again, or withdrawn already
	}
	var other bool
	err := t.tx.DB().NewQuery("SELECT count(*) > 0 FROM concerns WHERE receipt = {:receipt}").Bind(dbx.Params{"receipt": t.says.Receipt}).Row(&other)
	if err != nil || other {
		return invalid, err
	}
	c, verdict, refused := t.judge()
	if refused != nil {
		return *refused, nil
	}
	if ours, err := t.ours(c.By); err != nil || !ours {
		return wrongBy, err
	}
	if verdict.Named {
		if ready, err := t.community.Basics(t.tx, t.who.Member); err != nil || !ready {
			return basicsFirst, err
		}
	}
	if many, err := t.many(1); err != nil || many {
		return tooMany, err
	}
	if err := t.sealAnew(); err != nil {
		return ourFault, err
	}
	return taken, t.save(c, verdict)
}

// sealAnew puts what was opened into an envelope of our own: so the recovery key opens
// it for sure, whatever the phone sealed to that.
//
// NB! What stands in the clear beside it is the phone's to say, and not a place for
// anybody's name: an area that isn't the community's is no area.
func (t *taking) sealAnew() error {
	var area string
	if err := t.tx.DB().NewQuery("SELECT coalesce((SELECT area FROM communities LIMIT 1), '')").Row(&area); err != nil {
		return err
	}
	if t.says.Area != area {
		t.says.Area = ""
	}
	intake, _, err := concern.Names(t.envelope)
	if err != nil {
		return err
	}
	envelope, err := t.keys.Anew(t.says.Facts(), intake, t.plain)
	if err != nil {
		return err
	}
	t.envelope, t.says.Sealed = envelope, concern.Text(envelope)
	return nil
}

// judge opens the envelope, once, to hold it to what the person said.
func (t *taking) judge() (*concern.Concern, concern.Verdict, *outcome) {
	no := func(o outcome) (*concern.Concern, concern.Verdict, *outcome) { return nil, concern.Verdict{}, &o }
	plain, err := t.keys.Open(t.says.Facts(), t.envelope)
	if errors.Is(err, concern.ErrOtherKey) {
		return no(elsewhere)
	}
	if err != nil {
		return no(invalid)
	}
	t.plain = plain
	c, err := concern.Read(plain)
	if err != nil {
		return no(invalid)
	}
	verdict, err := c.Check()
	switch {
	case errors.Is(err, concern.ErrMissing):
		return no(noBasis)
	case errors.Is(err, concern.ErrConsent):
		return no(halfConsent)
	case errors.Is(err, concern.ErrText):
		return no(badText)
	case err != nil:
		return no(invalid)
	}
	return c, verdict, nil
}

// ours says whether a concern is by whom its letter is: nobody puts their words
// into another's mouth, or another's shop.
func (t *taking) ours(by concern.By) (ours bool, err error) {
	if by.Member != t.who.Member || by.Device != t.who.Device {
		return false, nil
	}
	if by.Shop == "" {
		return true, nil
	}
	err = t.tx.DB().NewQuery(`SELECT EXISTS (SELECT 1 FROM roles WHERE member = {:member} AND shop = {:shop})
		OR EXISTS (SELECT 1 FROM devices WHERE id = {:device} AND shop = {:shop})`).
		Bind(dbx.Params{"member": by.Member, "device": by.Device, "shop": by.Shop}).Row(&ours)
	return ours, err
}

// many says whether this device has brought as many as it may, counted by a name
// of the day that is nobody's; or this person, from whichever devices, as many as two
// devices may.
//
// NB! An urgent one counts, and doesn't wait for an hour to be over: somebody may have
// several of them in one bad hour. The day's bound holds for it, too.
func (t *taking) many(times int) (bool, error) {
	perHour, perDay, err := t.community.Limits(t.tx)
	if err != nil {
		return true, err
	}
	var hour, day int
	err = t.tx.DB().NewQuery("SELECT count(*), coalesce(sum(received = {:hour}), 0) FROM concerns WHERE till = {:till}").
		Bind(dbx.Params{"till": t.till(), "hour": received(t.now)}).Row(&day, &hour)
	flood := hour >= perHour*times && t.says.Urgency != concern.Urgent
	return flood || day >= perDay*times || t.tally.of(t.who.Member, t.now) >= 2*perDay*times, err
}

func (t *taking) till() string { return t.keys.Till(t.who.Device, t.now.UTC().Format(time.DateOnly)) }

func (t *taking) save(c *concern.Concern, verdict concern.Verdict) error {
	r, err := t.fresh()
	if err != nil {
		return err
	}
	intake, _, err := concern.Names(t.envelope)
	if err != nil {
		return err
	}
	person, basis := "", "advice"
	switch {
	case verdict.Lead:
		person, basis = t.keys.Person(c.Person.Name), c.Override.Ground
	case verdict.Named:
		person, basis = t.keys.Person(c.Person.Name), c.Asked
	}
	r.Load(map[string]any{
		"urgency": t.says.Urgency, "area": t.says.Area, "hour": t.says.Hour, "received": received(t.now), "quarter": quarterOf(t.now),
		"state": "new", "lead": verdict.Lead, "keyName": intake, "sealed": t.says.Sealed, "person": person, "receipt": t.says.Receipt, "till": t.till(),
	})
	if err := t.tx.Save(r); err != nil {
		return err
	}
	if err := t.tell(); err != nil {
		return err
	}
	t.tally.add(t.who.Member, t.now)
	return t.note("concerns.arrive", map[string]string{"basis": basis})
}

func (t *taking) fresh() (*core.Record, error) {
	c, err := t.tx.FindCachedCollectionByNameOrId("concerns")
	if err != nil {
		return nil, err
	}
	r := core.NewRecord(c)
	r.Id = t.says.ID
	return r, nil
}

// note puts on which basis something came into the record, by nobody, and no finer
// than the hour.
func (t *taking) note(action string, detail map[string]string) error {
	return audit.Append(t.tx.DB(), audit.Entry{At: t.now.UTC().Truncate(time.Hour), Action: action, Subject: t.says.ID, Detail: detail})
}

// received is the hour in which something came.
func received(t time.Time) string {
	return t.UTC().Truncate(time.Hour).Format("2006-01-02 15:04:05.000Z")
}

func quarterOf(t time.Time) string {
	t = t.UTC()
	return fmt.Sprintf("%d-Q%d", t.Year(), (int(t.Month())+2)/3)
}
