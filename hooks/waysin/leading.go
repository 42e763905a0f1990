package waysin

import (
	"errors"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/problem"
	"kith/internal/sync"
)

// Leads puts a member into what their invite leads to; a *sync.Rejection says why not.
type Leads struct {
	// Circle is one to help in; the invite was made at a time.
	Circle func(tx core.App, circle, member, made string, now time.Time) error
	// Welcome says whether a member may come into a circle by an invite made at a time.
	Welcome func(app core.App, circle, member, made string) (bool, error)
	// Listing is one to run with others.
	Listing func(tx core.App, listing, member string) error
}

// Link is an invite that leads somewhere, and is good.
type Link struct {
	to     string
	invite *core.Record
}

// ErrLink is the one answer to a link that leads nowhere, whyever that is.
var ErrLink = sync.Reject("link_unknown", "This link has ended. Ask whoever sent it for a new one.")

// LinkTo reads the code of an invite to a circle or a listing, as kind says, for somebody
// who has an account.
func LinkTo(c *sync.Call, kind, code string) (*Link, error) {
	invite, err := findInvite(c.App, code, c.Now)
	var refused *problem.Problem
	if errors.As(err, &refused) || err == nil && invite.GetString(kind) == "" {
		return nil, ErrLink
	}
	if err != nil {
		return nil, err
	}
	return &Link{invite.GetString(kind), invite}, nil
}

// Into is where it leads to: an id.
func (l *Link) Into() string { return l.to }

// Made is when it was made.
func (l *Link) Made() string { return l.invite.GetString("created") }

// Use uses a link up by one.
func (l *Link) Use(c *sync.Call) error {
	l.invite.Set("usesLeft", l.invite.GetInt("usesLeft")-1)
	return c.App.Save(l.invite)
}

// ahead is what an invite leads to: the name of a circle that is open, and of a listing
// that hasn't ended. Good: it is there, or it leads nowhere and needn't be.
type ahead struct {
	Circle  string `db:"circle"`
	Listing string `db:"listing"`
}

func aheadOf(app core.App, circle, listing string) (a ahead, err error) {
	err = app.DB().NewQuery(`SELECT coalesce((SELECT name FROM circles WHERE id = {:circle} AND status = 'open'), '') AS circle,
		coalesce((SELECT title FROM listings WHERE id = {:listing} AND status <> 'ended'), '') AS listing`).
		Bind(dbx.Params{"circle": circle, "listing": listing}).One(&a)
	return a, err
}

// gone says whether what an invite leads to isn't there any more.
func gone(app core.App, circle, listing string) (bool, error) {
	a, err := aheadOf(app, circle, listing)
	return circle != "" && a.Circle == "" || listing != "" && a.Listing == "", err
}

// welcome refuses who isn't wanted in the circle that an invite leads into, as if it had
// ended.
func (w *waysIn) welcome(app core.App, invite *core.Record, member string) error {
	circle := invite.GetString("circle")
	if circle == "" || member == "" {
		return nil
	}
	may, err := w.leads.Welcome(app, circle, member, invite.GetString("created"))
	if err == nil && !may {
		return problem.InviteExpired.Because(nil)
	}
	return err
}

// lead puts a new member into what their invite leads to.
func (a arrival) lead(tx core.App, invite *core.Record, member string) error {
	var err error
	if circle := invite.GetString("circle"); circle != "" {
		err = a.leads.Circle(tx, circle, member, invite.GetString("created"), a.now)
	}
	if listing := invite.GetString("listing"); listing != "" {
		err = a.leads.Listing(tx, listing, member)
	}
	var refused *sync.Rejection
	if errors.As(err, &refused) {
		return problem.InviteExpired.Saying(refused.Message)
	}
	return err
}
