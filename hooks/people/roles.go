package people

import (
	"database/sql"
	"errors"
	"slices"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/calendar"
	"kith/internal/limits"
	"kith/internal/notice"
	"kith/internal/sync"
	"kith/internal/text"
)

// roles that a member can be given; those of inShop belong to one shop.
var (
	roles  = []string{"listener", "activator", "owner", "staff", "coach", "surgery", "coordinator"}
	inShop = []string{"owner", "staff"}
)

type giveArgs struct {
	ID     string `json:"id"`
	Member string `json:"member"`
	Role   string `json:"role"`
	Shop   string `json:"shop"`
}

// give gives a member a role. One that they have already is merged: the answer
// names it.
func give(c *sync.Call) (sync.Result, error) {
	args, err := sync.Args[giveArgs](c)
	if err != nil {
		return sync.Result{}, err
	}
	if err := c.Allowed(errCoordinators, "coordinators"); err != nil {
		return sync.Result{}, err
	}
	if err := checkRole(c, &args); err != nil {
		return sync.Result{}, err
	}
	m, err := here(c, args.Member)
	if err != nil {
		return sync.Result{}, err
	}
	has := &core.Record{}
	err = c.App.RecordQuery("roles").AndWhere(dbx.HashExp{"member": m.Id, "role": args.Role, "shop": args.Shop}).Limit(1).One(has)
	if err == nil {
		return sync.Result{Merged: true, Data: map[string]string{"id": has.Id}}, nil
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return sync.Result{}, err
	}
	r, err := c.Fresh("roles", args.ID, map[string]any{"member": m.Id, "role": args.Role, "shop": args.Shop})
	if err != nil {
		return sync.Result{}, err
	}
	if err := c.App.Save(r); err != nil {
		return sync.Result{}, err
	}
	if err := notice.By(c, "role.given", "member/"+m.Id, r.Id); err != nil {
		return sync.Result{}, err
	}
	return sync.Result{}, note(c, "roles.give", m.Id, ofRole(r))
}

// ofRole is what the record keeps of a role.
func ofRole(r *core.Record) map[string]string {
	return map[string]string{"role": r.GetString("role"), "shop": r.GetString("shop")}
}

// checkRole: owners and staff are of a shop that takes part, all others of none.
func checkRole(c *sync.Call, args *giveArgs) error {
	if !slices.Contains(roles, args.Role) {
		return sync.ErrShape
	}
	if !slices.Contains(inShop, args.Role) {
		if args.Shop != "" {
			return sync.ErrShape
		}
		return nil
	}
	unknown := sync.Reject("shop_unknown", "This shop is not here. Add it first.")
	if args.Shop == "" {
		return unknown
	}
	shop, err := c.Find("shops", args.Shop, unknown)
	if err == nil && shop.GetString("status") != "active" {
		return unknown
	}
	return err
}

// take takes a role back. An owner may take their own staff's.
func take(c *sync.Call) (sync.Result, error) {
	id, err := sync.IDArg(c)
	if err != nil {
		return sync.Result{}, err
	}
	r, err := c.Find("roles", id, nil)
	if err != nil {
		return sync.Result{}, err
	}
	gone := r == nil
	auds := []string{"coordinators"}
	if !gone && r.GetString("role") == "staff" {
		auds = append(auds, "owners/"+r.GetString("shop"))
	}
	if err := c.Allowed(sync.Reject("not_allowed", "Only a coordinator, or the owner for their own staff, can take a role back."), auds...); err != nil {
		return sync.Result{}, err
	}
	if gone {
		return sync.Result{}, sync.Reject("role_unknown", "This role is not there any more. Somebody may have taken it back already.")
	}
	if r.GetString("role") == "coordinator" {
		if err := notTheLast(c, r.GetString("member")); err != nil {
			return sync.Result{}, err
		}
	}
	if err := c.App.Delete(r); err != nil {
		return sync.Result{}, err
	}
	if err := notice.Over(c.App.DB(), r.Id, "", "role.given"); err != nil {
		return sync.Result{}, err
	}
	return sync.Result{}, note(c, "roles.take", r.GetString("member"), ofRole(r))
}

// notTheLast refuses what would leave the community without a coordinator who
// can take part.
func notTheLast(c *sync.Call, member string) error {
	var is, others int
	err := c.App.DB().NewQuery(`SELECT coalesce(sum(m.id = {:member}), 0), coalesce(sum(m.id <> {:member} AND m.standing = 'active'), 0)
		FROM roles r JOIN members m ON m.id = r.member WHERE r.role = 'coordinator'`).
		Bind(dbx.Params{"member": member}).Row(&is, &others)
	if err == nil && is > 0 && others == 0 {
		return sync.Reject("last_coordinator", "A community needs a coordinator. Make somebody else coordinator first.")
	}
	return err
}

// addShop takes a shop in.
func addShop(c *sync.Call) (sync.Result, error) {
	args, err := sync.Args[struct {
		ID    string `json:"id"`
		Name  string `json:"name"`
		Place string `json:"place"`
		Plain bool   `json:"plain"` // a visit there is nobody's business, from the first one on
	}](c)
	if err != nil {
		return sync.Result{}, err
	}
	if err := c.Allowed(errCoordinators, "coordinators"); err != nil {
		return sync.Result{}, err
	}
	name, err := text.Line(args.Name, limits.Title)
	if err != nil || name == "" {
		return sync.Result{}, sync.Reject("text_invalid", "A shop's name has 1 to 120 letters.")
	}
	if args.Place != "" {
		if _, err := c.Find("places", args.Place, sync.Reject("place_unknown", "This place is not here any more.")); err != nil {
			return sync.Result{}, err
		}
	}
	day, err := today(c)
	if err != nil {
		return sync.Result{}, err
	}
	s, err := c.Fresh("shops", args.ID, map[string]any{"name": name, "place": args.Place, "status": "active", "plain": args.Plain, "joined": day})
	if err != nil {
		return sync.Result{}, err
	}
	if err := c.App.Save(s); err != nil {
		return sync.Result{}, err
	}
	return sync.Result{}, note(c, "shops.add", s.Id, nil)
}

// today is the day of the command, where the community is.
func today(c *sync.Call) (string, error) {
	var name string
	err := c.Ask("SELECT coalesce(max(zone), '') FROM communities", dbx.Params{}).Row(&name)
	zone, known := calendar.Zone(name)
	if !known {
		zone = time.UTC
	}
	return c.OccurredAt.In(zone).Format(time.DateOnly), err
}
