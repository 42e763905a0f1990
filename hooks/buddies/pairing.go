package buddies

import (
	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/notice"
	"kith/internal/sync"
)

type askArgs struct {
	ID      string `json:"id"`
	Listing string `json:"listing"`
	Regular string `json:"regular"`
	Visit   string `json:"visit"`
	Buddy   string `json:"buddy"`
}

// newcomer is for whom somebody looks out. Member is empty of somebody who has no
// account, and of a name on the register.
type newcomer struct{ Regular, Visit, Member, Name string }

// ask asks a buddy to look out for a newcomer, who comes, or is on the group's register.
func (w *room) ask(c *sync.Call) (sync.Result, error) {
	args, err := sync.Args[askArgs](c)
	if err != nil {
		return sync.Result{}, err
	}
	if err := sync.ID(args.Listing); err != nil {
		return sync.Result{}, err
	}
	if err := host(c, args.Listing, errHosts); err != nil {
		return sync.Result{}, err
	}
	whom, err := find(c, &args)
	if err != nil {
		return sync.Result{}, err
	}
	p, err := c.Fresh("pairings", args.ID, map[string]any{
		"listing": args.Listing, "regular": whom.Regular, "visit": whom.Visit, "newcomer": whom.Member, "newcomerName": whom.Name, "by": c.Member,
	})
	if err != nil {
		return sync.Result{}, err
	}
	return sync.Result{}, w.askBuddy(c, p, args.Buddy)
}

// find gives the newcomer that is meant.
func find(c *sync.Call, args *askArgs) (newcomer, error) {
	if (args.Regular == "") == (args.Visit == "") {
		return newcomer{}, sync.ErrShape
	}
	if args.Regular != "" {
		unknown := sync.Reject("regular_unknown", "This person is not on the register any more.")
		r, err := c.Find("regulars", args.Regular, unknown)
		if err == nil && r.GetString("same") != "" { // another phone had added them already
			r, err = c.Find("regulars", r.GetString("same"), unknown)
		}
		if err == nil && (r.GetString("listing") != args.Listing || r.GetBool("ended")) {
			err = unknown
		}
		if err != nil {
			return newcomer{}, err
		}
		return newcomer{Regular: r.Id, Visit: r.GetString("visit"), Member: r.GetString("member"), Name: r.GetString("firstName")}, nil
	}
	unknown := sync.Reject("visit_unknown", "This person is not coming any more.")
	v, err := c.Find("visits", args.Visit, unknown)
	if err == nil && (v.GetString("listing") != args.Listing || v.GetString("status") != "coming") {
		err = unknown
	}
	if err != nil {
		return newcomer{}, err
	}
	return newcomer{Regular: v.GetString("regular"), Visit: v.Id, Member: v.GetString("member"), Name: v.GetString("firstName")}, nil
}

// askBuddy puts a pairing to a buddy, unless the newcomer has one here already.
func (w *room) askBuddy(c *sync.Call, p *core.Record, buddy string) error {
	if err := onlyOne(c, p); err != nil {
		return err
	}
	b, err := w.free(c, p, buddy)
	if err != nil {
		return err
	}
	day, err := today(c)
	if err != nil {
		return err
	}
	p.Load(map[string]any{
		"buddy": b.Id, "buddyMember": b.GetString("member"), "buddyName": b.GetString("firstName"), "status": "asked", "since": day, "opened": "", "ended": "",
	})
	if _, err := expect(c, p); err != nil {
		return err
	}
	if err := c.App.Save(p); err != nil {
		return err
	}
	// That one is over is dealt with, as far as whoever asks another is concerned.
	if err := notice.Over(c.App.DB(), p.GetString("listing"), c.Member, "pairing.over"); err != nil {
		return err
	}
	return notice.By(c, "pairing.asked", "member/"+b.GetString("member"), p.Id)
}

// same holds for the pairings of one listing that are of the same newcomer.
const same = `listing = {:listing} AND id <> {:id} AND (newcomer <> '' AND newcomer = {:newcomer} OR regular <> '' AND regular = {:regular} OR visit <> '' AND visit = {:visit})`

func sameAs(p *core.Record) dbx.Params {
	return dbx.Params{"listing": p.GetString("listing"), "id": p.Id, "newcomer": p.GetString("newcomer"), "regular": p.GetString("regular"), "visit": p.GetString("visit")}
}

func onlyOne(c *sync.Call, p *core.Record) error {
	var has bool
	err := c.Ask("SELECT EXISTS (SELECT 1 FROM pairings WHERE "+same+" AND status IN ('asked', 'open'))", sameAs(p)).Row(&has)
	if err == nil && has {
		return sync.Reject("pairing_open", "They have a buddy here already. Swap that one, or end it first.")
	}
	return err
}

// free gives a buddy whom a newcomer can have.
func (w *room) free(c *sync.Call, p *core.Record, buddy string) (*core.Record, error) {
	b, err := c.Find("buddies", buddy, errBuddy)
	if err != nil {
		return nil, err
	}
	member, whom := b.GetString("member"), p.GetString("newcomer")
	if b.GetString("listing") != p.GetString("listing") || b.GetString("status") != "approved" || member == whom {
		return nil, errBuddy
	}
	var active, refused bool
	params := sameAs(p)
	params["member"] = member
	if err := c.Ask(`SELECT EXISTS (SELECT 1 FROM members WHERE id = {:member} AND standing = 'active'),
		EXISTS (SELECT 1 FROM pairings WHERE `+same+` AND status = 'noThanks' AND buddyMember = {:member})`, params).Row(&active, &refused); err != nil {
		return nil, err
	}
	switch apart, err := w.apart(c, member, whom); {
	case err != nil:
		return nil, err
	case !active || whom != "" && apart:
		return nil, errBuddy
	case refused:
		return nil, sync.Reject("pairing_refused", "They said no thanks to this buddy. Choose another, or none.")
	}
	return b, nil
}

// swap puts another buddy in the place of one.
func (w *room) swap(c *sync.Call) (sync.Result, error) {
	args, err := sync.Args[struct {
		ID    string `json:"id"`
		Buddy string `json:"buddy"`
	}](c)
	if err != nil {
		return sync.Result{}, err
	}
	p, err := hosting(c, "pairings", args.ID, errPairing)
	if err != nil {
		return sync.Result{}, err
	}
	switch p.GetString("status") {
	case "asked", "open", "declined":
	default:
		return sync.Result{}, errPairing
	}
	if p.GetString("buddy") == args.Buddy && p.GetString("status") != "declined" {
		return sync.Result{Merged: true}, nil
	}
	if b := p.GetString("buddyMember"); b != "" && p.GetString("status") != "declined" {
		if err := tellOver(c, p, "member/"+b); err != nil {
			return sync.Result{}, err
		}
	}
	return sync.Result{}, w.askBuddy(c, p, args.Buddy)
}

// next is the newcomer's next visit.
type next struct {
	ID         string `db:"id"`
	Occurrence string `db:"occurrence"`
	FirstName  string `db:"firstName"`
	Welcome    string `db:"welcome"`
	Interests  string `db:"interests"`
}

// expect writes into a pairing when its newcomer means to come, and how they want to be
// met. It says whether that is another than it was.
func expect(c *sync.Call, p *core.Record) (changed bool, err error) {
	var coming []next
	if p.GetString("newcomer") != "" {
		if err := c.Ask(`SELECT id, occurrence, firstName, welcome, coalesce(interests, 'null') AS interests FROM visits
			WHERE member = {:member} AND listing = {:listing} AND status = 'coming' AND occurrence >= {:yesterday} ORDER BY occurrence LIMIT 1`,
			dbx.Params{"member": p.GetString("newcomer"), "listing": p.GetString("listing"), "yesterday": yesterday(c.Now)}).All(&coming); err != nil {
			return false, err
		}
	}
	var n next
	if len(coming) > 0 {
		n = coming[0]
		p.Set("visit", n.ID)
	}
	if n.FirstName != "" {
		p.Set("newcomerName", n.FirstName)
	}
	changed = p.GetString("occurrence") != n.Occurrence || p.GetString("welcome") != n.Welcome
	p.Load(map[string]any{"occurrence": n.Occurrence, "welcome": n.Welcome, "interests": listed(n.Interests)})
	return changed, nil
}
