package buddies

import (
	"encoding/json"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/limits"
	"kith/internal/notice"
	"kith/internal/sync"
	"kith/internal/text"
)

// asked finds a pairing of which the caller is the buddy, in one of some states.
func asked(c *sync.Call, states ...string) (*core.Record, error) {
	return mine(c, "buddyMember", states...)
}

// mine finds a pairing in which the caller is one of the two.
func mine(c *sync.Call, column string, states ...string) (*core.Record, error) {
	id, err := sync.IDArg(c)
	if err != nil {
		return nil, err
	}
	p, err := c.Find("pairings", id, errPairing)
	if err != nil {
		return nil, err
	}
	if p.GetString(column) != c.Member {
		return nil, errPairing
	}
	for _, s := range states {
		if p.GetString("status") == s {
			return p, nil
		}
	}
	return nil, errPairing
}

// accept opens a pairing: from now on both know of each other.
func accept(c *sync.Call) (sync.Result, error) {
	p, err := asked(c, "asked", "open")
	if err != nil {
		return sync.Result{}, err
	}
	if p.GetString("status") == "open" { // from another phone of theirs
		return sync.Result{Merged: true}, nil
	}
	day, err := today(c)
	if err != nil {
		return sync.Result{}, err
	}
	p.Load(map[string]any{"status": "open", "since": day, "opened": sync.Stamp(c.OccurredAt)})
	if err := c.App.Save(p); err != nil {
		return sync.Result{}, err
	}
	if err := notice.Over(c.App.DB(), p.Id, c.Member, "pairing.asked"); err != nil {
		return sync.Result{}, err
	}
	if whom := p.GetString("newcomer"); whom != "" {
		return sync.Result{}, notice.By(c, "pairing.open", "member/"+whom, p.Id)
	}
	return sync.Result{}, nil
}

// decline says no, without a reason.
func decline(c *sync.Call) (sync.Result, error) {
	p, err := asked(c, "asked")
	if err != nil {
		return sync.Result{}, err
	}
	return sync.Result{}, over(c, p, "declined")
}

// noThanks is the newcomer's no, without a reason.
func noThanks(c *sync.Call) (sync.Result, error) {
	p, err := mine(c, "newcomer", "open")
	if err != nil {
		return sync.Result{}, err
	}
	return sync.Result{}, over(c, p, "noThanks")
}

// endPairing ends a pairing: whoever runs the group, and the buddy.
func endPairing(c *sync.Call) (sync.Result, error) {
	p, err := asked(c, "asked", "open")
	if err == nil {
		return sync.Result{}, over(c, p, "ended")
	}
	id, err := sync.IDArg(c)
	if err != nil {
		return sync.Result{}, err
	}
	if p, err = hosting(c, "pairings", id, errPairing); err != nil {
		return sync.Result{}, err
	}
	if s := p.GetString("status"); s != "asked" && s != "open" {
		return sync.Result{Merged: true}, nil
	}
	return sync.Result{}, over(c, p, "ended")
}

// over ends a pairing. What hangs on it, the number and the calls, ends with it by the
// database itself (migrations/9k_buddies.go): so it does whoever ends it.
func over(c *sync.Call, p *core.Record, status string) error {
	was := p.Fresh()
	p.Load(map[string]any{"status": status, "ended": sync.Stamp(c.OccurredAt)})
	if err := c.App.Save(p); err != nil {
		return err
	}
	return tellOver(c, was, both(was)...)
}

// both are whom the end of a pairing concerns, beside those who run the group: the two,
// as far as they knew of it.
func both(p *core.Record) []string {
	to := []string{"host/" + p.GetString("listing")}
	if b := p.GetString("buddyMember"); b != "" {
		to = append(to, "member/"+b)
		if n := p.GetString("newcomer"); n != "" && p.GetString("status") == "open" {
			to = append(to, "member/"+n)
		}
	}
	return to
}

// tellOver tells some that a pairing is over, of its listing: the row itself they don't
// hold any more. It looks the same whoever ended it, and why.
func tellOver(c *sync.Call, p *core.Record, to ...string) error {
	if err := notice.Over(c.App.DB(), p.Id, "", "pairing.asked", "pairing.open", "pairing.changed"); err != nil {
		return err
	}
	var calls []string
	if err := c.Ask("SELECT id FROM calls WHERE pairing = {:id}", dbx.Params{"id": p.Id}).Column(&calls); err != nil {
		return err
	}
	for _, id := range calls {
		if err := notice.Over(c.App.DB(), id, "", "call.due", "call.unanswered"); err != nil {
			return err
		}
	}
	for _, whom := range to {
		if err := notice.By(c, "pairing.over", whom, p.GetString("listing")); err != nil {
			return err
		}
	}
	return nil
}

// contact hands the newcomer's number to their buddy, or takes it back.
func contact(c *sync.Call) (sync.Result, error) {
	args, err := sync.Args[struct {
		Phone string `json:"phone"`
	}](c)
	if err != nil {
		return sync.Result{}, err
	}
	p, err := mine(c, "newcomer", "open")
	if err != nil {
		return sync.Result{}, err
	}
	phone, err := text.Phone(args.Phone, limits.ContactPhone)
	if err != nil {
		return sync.Result{}, sync.Reject("phone_invalid", err.Error())
	}
	there, err := c.Find("pairingContacts", p.Id, nil)
	switch {
	case err != nil:
		return sync.Result{}, err
	case phone == "" && there == nil:
		return sync.Result{}, nil
	case phone == "":
		return sync.Result{}, c.App.Delete(there)
	case there == nil:
		if there, err = c.Fresh("pairingContacts", p.Id, map[string]any{"member": p.GetString("newcomer"), "buddyMember": p.GetString("buddyMember")}); err != nil {
			return sync.Result{}, err
		}
	}
	there.Set("phone", phone)
	return sync.Result{}, c.App.Save(there)
}

// yesterday as occurrences are named. NB! By their wall clock, anywhere: a day's slack
// is enough.
func yesterday(now time.Time) string { return now.AddDate(0, 0, -1).UTC().Format(time.DateOnly) }

// listed reads a list as it is stored.
func listed(raw string) []string {
	out := []string{}
	if json.Unmarshal([]byte(raw), &out) != nil || out == nil {
		return []string{}
	}
	return out
}
