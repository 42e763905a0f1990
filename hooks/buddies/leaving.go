package buddies

import (
	"github.com/pocketbase/dbx"

	"kith/internal/notice"
	"kith/internal/sync"
)

// Coming brings what a buddy knows up to date: the caller, whom they may look out for,
// has said that they come, or don't.
func Coming(c *sync.Call, listing string) error {
	var id string
	err := c.Ask("SELECT coalesce((SELECT id FROM pairings WHERE newcomer = {:member} AND listing = {:listing} AND status IN ('asked', 'open')), '')",
		dbx.Params{"member": c.Member, "listing": listing}).Row(&id)
	if err != nil || id == "" {
		return err
	}
	p, err := c.App.FindRecordById("pairings", id)
	if err != nil {
		return err
	}
	changed, err := expect(c, p)
	if err != nil {
		return err
	}
	if err := c.App.Save(p); err != nil || !changed {
		return err
	}
	return notice.By(c, "pairing.changed", "member/"+p.GetString("buddyMember"), p.Id)
}

// Waiting tells buddies that the day on which they wait for somebody, or every day, is
// off or is another than it was: as whoever is coming is told.
func Waiting(c *sync.Call, template, listing, day string) error {
	var buddies []string
	err := c.Ask(`SELECT DISTINCT buddyMember FROM pairings WHERE listing = {:listing} AND status IN ('asked', 'open') AND buddyMember <> ''
		AND iif({:day} = '', occurrence >= {:yesterday}, occurrence = {:day}) ORDER BY 1`,
		dbx.Params{"listing": listing, "day": day, "yesterday": yesterday(c.Now)}).Column(&buddies)
	for _, b := range buddies {
		if err == nil {
			err = notice.By(c, template, "member/"+b, listing)
		}
	}
	return err
}

// EndBetween ends what there is between two members, one of whom has blocked the other.
// It looks like any other end.
func EndBetween(c *sync.Call, one, other string) error {
	return endAll(c, dbx.Or(
		dbx.HashExp{"buddyMember": one, "newcomer": other},
		dbx.HashExp{"buddyMember": other, "newcomer": one},
	))
}

// endAll ends the pairings that which holds for.
func endAll(c *sync.Call, which dbx.Expression) error {
	pairings, err := c.App.FindAllRecords("pairings", which, dbx.In("status", "asked", "open"))
	if err != nil {
		return err
	}
	for _, p := range pairings {
		if err := over(c, p, "ended"); err != nil {
			return err
		}
	}
	return nil
}

// withoutBuddy takes a buddy from the pairings that which holds for. What was open stays
// so: that somebody stays away isn't missed because their buddy went.
func withoutBuddy(c *sync.Call, which dbx.Expression) error {
	open, err := c.App.FindAllRecords("pairings", which, dbx.HashExp{"status": "open"})
	if err != nil {
		return err
	}
	for _, p := range open {
		was := p.Fresh()
		p.Load(map[string]any{"buddy": "", "buddyMember": "", "buddyName": ""})
		if err := c.App.Save(p); err != nil {
			return err
		}
		if err := tellOver(c, was, both(was)...); err != nil {
			return err
		}
	}
	return endAll(c, which)
}

// Left ends all in which a member who leaves is the buddy or the newcomer, and takes
// their card down.
func Left(c *sync.Call) error {
	offers, err := c.App.FindAllRecords("buddies", dbx.HashExp{"member": c.Member}, dbx.In("status", "offered", "approved"))
	if err != nil {
		return err
	}
	for _, b := range offers {
		if err := part(c, b, "ended"); err != nil {
			return err
		}
	}
	if err := endAll(c, dbx.HashExp{"newcomer": c.Member}); err != nil {
		return err
	}
	card, err := c.Find("hostCards", c.Member, nil)
	if err != nil || card == nil {
		return err
	}
	return c.App.Delete(card)
}
