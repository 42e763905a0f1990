package waysin

import (
	"cmp"
	"database/sql"
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"kith/internal/codes"
	"kith/internal/limits"
	"kith/internal/sync"
	"kith/internal/text"
)

var errShape = sync.Reject("args_invalid", "The app sent something the server could not read.")

type makeArgs struct {
	ID       string `json:"id"`
	CodeHash string `json:"codeHash"`
	Role     string `json:"role"`
	Shop     string `json:"shop"`
	Member   string `json:"member"`
	Uses     int    `json:"uses"`
	Days     int    `json:"days"`
	Note     string `json:"note"`
	Circle   string `json:"circle"`
	Listing  string `json:"listing"`
}

// makeInvite stores an invite whose code was made on the phone of whoever
// invites: the server gets a hash of it, so it works without a signal and a copy
// of the database opens nothing.
func makeInvite(c *sync.Call) (sync.Result, error) {
	args, err := sync.Args[makeArgs](c)
	if err != nil {
		return sync.Result{}, err
	}
	if err := args.check(); err != nil {
		return sync.Result{}, err
	}
	may, err := mayGive(c.In, c.Member, gift{args.Role, args.Shop, args.Member, args.Circle, args.Listing})
	if err != nil {
		return sync.Result{}, err
	}
	if !may {
		return sync.Result{}, sync.Reject("not_allowed", "You can't invite somebody to that. Ask a coordinator.")
	}
	if err := args.exist(c); err != nil {
		return sync.Result{}, err
	}
	if args.Note, err = text.Line(args.Note, limits.Note); err != nil {
		return sync.Result{}, sync.Reject("text_invalid", "A note has up to 80 letters.")
	}
	if err := free(c.App, "invites", args.ID, args.CodeHash); err != nil {
		return sync.Result{}, err
	}
	r, err := record(c.App, "invites", map[string]any{
		"codeHash": args.CodeHash, "role": args.Role, "shop": args.Shop, "member": args.Member, "uses": args.Uses, "usesLeft": args.Uses,
		"expires": sync.Stamp(c.Now.Add(time.Duration(args.Days) * 24 * time.Hour)), "created": sync.Stamp(c.Now), "by": c.Member, "note": args.Note, "circle": args.Circle, "listing": args.Listing,
	})
	if err != nil {
		return sync.Result{}, err
	}
	r.Id = args.ID
	if err := c.App.Save(r); err != nil {
		return sync.Result{}, err
	}
	given := map[string]string{"role": args.Role, "shop": args.Shop, "member": args.Member, "uses": strconv.Itoa(args.Uses)}
	if args.Listing != "" { // a resident like any other, but for this
		given["listing"] = args.Listing
	}
	return sync.Result{}, noted(c, "invites.make", r.Id, given)
}

// check holds the arguments to their bounds, which don't depend on who asks.
func (a *makeArgs) check() error {
	if sync.ID(a.ID) != nil || !codes.IsHash(a.CodeHash) || a.Role != oneMore && !slices.Contains(Roles, a.Role) {
		return errShape
	}
	if (a.Shop != "") != needShop(a.Role) || a.Shop != "" && sync.ID(a.Shop) != nil {
		return errShape
	}
	if (a.Member != "") != (a.Role == oneMore) || a.Member != "" && sync.ID(a.Member) != nil {
		return errShape
	}
	for _, id := range []string{a.Circle, a.Listing} {
		if id != "" && (a.Role != "resident" || sync.ID(id) != nil) {
			return errShape
		}
	}
	uses, days := limits.InviteUsesTrusted, limits.InviteDays
	switch {
	case a.Listing != "" && a.Circle != "":
		return errShape
	case a.Listing != "": // for one person, whom somebody knows who runs it
		uses, days = 1, limits.HostDays
	case a.Role == "resident":
		uses = limits.InviteUses
	case a.Role == "staff", a.Role == oneMore: // for somebody who stands there
		uses, days = 1, 1
	}
	if a.Uses < 1 || a.Uses > uses || a.Days < 1 || a.Days > days {
		return errShape
	}
	return nil
}

// exist makes sure of the shop and of the member.
//
// NB! One more device of a coordinator or an owner is their own business: else
// one coordinator alone could be another, which takes two people at the desk.
func (a *makeArgs) exist(c *sync.Call) error {
	if a.Shop != "" {
		shop, err := c.App.FindRecordById("shops", a.Shop)
		if errors.Is(err, sql.ErrNoRows) || err == nil && shop.GetString("status") == "left" {
			return sync.Reject("shop_unknown", "This shop doesn't take part any more.")
		}
		if err != nil {
			return err
		}
	}
	if nothing, err := gone(c.App, a.Circle, a.Listing); err != nil || nothing {
		return cmp.Or(err, sync.Reject("invite_nowhere", "What this leads to is not here any more."))
	}
	if a.Member == "" || a.Member == c.Member {
		return nil
	}
	if _, err := activeMember(c.App, a.Member); err != nil {
		return err
	}
	roles, err := rolesOf(c.App, a.Member)
	if err != nil {
		return err
	}
	if slices.Contains(roles, "coordinator") || slices.Contains(roles, "owner") {
		return sync.Reject("not_allowed", "They add their own devices. If they have none, recover them at the desk.")
	}
	return nil
}

// activeMember finds somebody who takes part.
func activeMember(app core.App, id string) (*core.Record, error) {
	m, err := app.FindRecordById("members", id)
	if errors.Is(err, sql.ErrNoRows) || err == nil && m.GetString("standing") != "active" {
		return nil, sync.Reject("member_unknown", "This person doesn't take part here any more.")
	}
	return m, err
}

// free refuses an id, or a code, that is there already.
func free(app core.App, collection, id, codeHash string) error {
	for column, value := range map[string]string{"id": id, "codeHash": codeHash} {
		if value == "" {
			continue
		}
		switch _, err := app.FindFirstRecordByData(collection, column, value); {
		case err == nil:
			return sync.Reject("id_taken", "This was sent before.")
		case !errors.Is(err, sql.ErrNoRows):
			return err
		}
	}
	return nil
}

// endInvite makes a code worthless: by who made it, or a coordinator.
func endInvite(c *sync.Call) (sync.Result, error) {
	id, err := idOf(c)
	if err != nil {
		return sync.Result{}, err
	}
	invite, err := c.App.FindRecordById("invites", id)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return sync.Result{}, err
	}
	if err != nil || invite.GetString("by") != c.Member {
		may, inErr := c.In("coordinators")
		if inErr != nil {
			return sync.Result{}, inErr
		}
		if err != nil || !may {
			return sync.Result{}, sync.Reject("invite_unknown", "This invite is not here any more.")
		}
	}
	invite.Set("ended", true)
	if err := c.App.Save(invite); err != nil {
		return sync.Result{}, err
	}
	return sync.Result{}, noted(c, "invites.end", id, nil)
}

// idOf reads the one argument that many commands have, and holds it to its shape.
func idOf(c *sync.Call) (string, error) {
	id, err := sync.IDArg(c)
	if err != nil {
		return "", err
	}
	return id, sync.ID(id)
}
