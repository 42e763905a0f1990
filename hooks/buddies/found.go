package buddies

import (
	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/notice"
	"kith/internal/sync"
)

// Found has the pairings of a name on a register be those of the member whose it turns
// out to be, also what is over: it goes with them when they are erased. apart says
// whether one of two members wants nothing to do with the other.
func Found(apart func(c *sync.Call, one, other string) (bool, error)) func(c *sync.Call, listing, line, member string) error {
	w := &room{apart}
	return func(c *sync.Call, listing, line, member string) error {
		theirs, err := c.App.FindAllRecords("pairings", dbx.HashExp{"listing": listing, "regular": line, "newcomer": ""})
		if err != nil {
			return err
		}
		for _, p := range theirs {
			if err := w.found(c, p, member); err != nil {
				return err
			}
		}
		return nil
	}
}

// found gives a pairing to its newcomer. What couldn't have been asked for, had they been
// known, ends as any other; and before it is theirs: they are told of no end who knew of
// no beginning.
func (w *room) found(c *sync.Call, p *core.Record, member string) error {
	if s := p.GetString("status"); s == "asked" || s == "open" {
		could, err := w.could(c, p, member)
		if err != nil {
			return err
		}
		if could {
			return join(c, p, member)
		}
		if err := over(c, p, "ended"); err != nil {
			return err
		}
	}
	p.Set("newcomer", member)
	return c.App.Save(p)
}

// could says whether a member can have the buddy of a pairing: has none here yet, and is
// neither that buddy nor apart from them.
func (w *room) could(c *sync.Call, p *core.Record, member string) (bool, error) {
	var has bool
	err := c.Ask("SELECT EXISTS (SELECT 1 FROM pairings WHERE listing = {:listing} AND newcomer = {:member} AND id <> {:id} AND status IN ('asked', 'open'))",
		dbx.Params{"listing": p.GetString("listing"), "member": member, "id": p.Id}).Row(&has)
	buddy := p.GetString("buddyMember")
	if err != nil || has || buddy == member {
		return false, err
	}
	apart, err := w.apart(c, member, buddy)
	return !apart, err
}

// join has the newcomer and their buddy know of each other, as if it had been asked for
// of that member.
func join(c *sync.Call, p *core.Record, member string) error {
	p.Set("newcomer", member)
	if _, err := expect(c, p); err != nil {
		return err
	}
	if err := c.App.Save(p); err != nil || p.GetString("status") != "open" || p.GetString("buddyMember") == "" {
		return err
	}
	return notice.By(c, "pairing.open", "member/"+member, p.Id)
}
