package waysin

import (
	"errors"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/problem"
	"kith/internal/sync"
)

// Circled puts a member into the circle of an invite that was made at a time; a
// *sync.Rejection says why not.
type Circled func(tx core.App, circle, member, made string, now time.Time) error

// Link is an invite to a circle that is good.
type Link struct {
	circle string
	made   string
	invite *core.Record
}

// ErrLink is the one answer to a link that leads nowhere, whyever that is.
var ErrLink = sync.Reject("link_unknown", "This link has ended. Ask whoever sent it for a new one.")

// CircleLink reads the code of an invite to a circle, for somebody who has an account.
func CircleLink(c *sync.Call, code string) (*Link, error) {
	invite, err := findInvite(c.App, code, c.Now)
	var refused *problem.Problem
	if errors.As(err, &refused) || err == nil && invite.GetString("circle") == "" {
		return nil, ErrLink
	}
	if err != nil {
		return nil, err
	}
	return &Link{invite.GetString("circle"), invite.GetString("created"), invite}, nil
}

// Into is the circle, and when the link was made.
func (l *Link) Into() (circle, made string) { return l.circle, l.made }

// Use uses a link up by one.
func (l *Link) Use(c *sync.Call) error {
	l.invite.Set("usesLeft", l.invite.GetInt("usesLeft")-1)
	return c.App.Save(l.invite)
}

// circleOpen is the name of a circle that is open, or "".
func circleOpen(app core.App, id string) (name string, err error) {
	err = app.DB().NewQuery("SELECT coalesce((SELECT name FROM circles WHERE id = {:id} AND status = 'open'), '')").Bind(dbx.Params{"id": id}).Row(&name)
	return name, err
}

// joinCircle puts a new member into the circle of their invite.
func (a arrival) joinCircle(tx core.App, invite *core.Record, member string) error {
	circle := invite.GetString("circle")
	if circle == "" {
		return nil
	}
	err := a.circled(tx, circle, member, invite.GetString("created"), a.now)
	var refused *sync.Rejection
	if errors.As(err, &refused) {
		return problem.InviteExpired.Saying(refused.Message)
	}
	return err
}
