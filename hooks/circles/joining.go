package circles

import (
	"errors"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/limits"
	"kith/internal/notice"
	"kith/internal/sync"
)

// Link is an invite to a circle that is good, as it is read for one command.
type Link interface {
	Into() (circle string)
	Made() string
	Use(c *sync.Call) error
}

// errLink is what every link says that leads nowhere: one that has ended, one of a circle
// that is closed, and any in the hands of somebody who isn't wanted there any more.
//
// NB! The three are one answer, byte for byte: nobody is to find out that they are
// blocked.
var errLink = sync.Reject("link_unknown", "This link has ended. Ask whoever sent it for a new one.")

var errFull = sync.Reject("circle_full", "This circle has as many helpers as it can have.")

// joining is somebody who comes with a link.
type joining struct {
	ID     string // of their row
	Circle string
	Member string
	Made   string // when the link was
	Now    time.Time
}

// Joined puts somebody who has just joined Kith into the circle of their invite. They
// are new: nobody can have asked to be spared them.
func Joined(tx core.App, circle, member, made string, now time.Time) error {
	_, _, err := enter(tx, joining{core.GenerateDefaultRandomId(), circle, member, made, now})
	return err
}

// Welcome says whether a member may come into a circle by a link that was made at a time:
// what join would say of it, before they say that they come.
func Welcome(c *sync.Call, apart func(c *sync.Call, one, other string) (bool, error), circle, made string) (bool, error) {
	away, err := (&door{apart: apart}).apartFrom(c, circle, c.Member)
	if err != nil || away {
		return false, err
	}
	_, err = before(c.App, joining{Circle: circle, Member: c.Member, Made: made})
	if errors.Is(err, errLink) {
		return false, nil
	}
	return err == nil, err
}

// join puts somebody who has an account into the circle of a link.
func (w *door) join(c *sync.Call) (sync.Result, error) {
	args, err := sync.Args[struct {
		ID   string `json:"id"`
		Code string `json:"code"`
	}](c)
	if err != nil {
		return sync.Result{}, err
	}
	if err := sync.ID(args.ID); err != nil {
		return sync.Result{}, err
	}
	link, err := w.link(c, args.Code)
	if err != nil {
		return sync.Result{}, err
	}
	circle := link.Into()
	if apart, err := w.apartFrom(c, circle, c.Member); err != nil || apart {
		return sync.Result{}, first(err, errLink)
	}
	row, fresh, err := enter(c.App, joining{args.ID, circle, c.Member, link.Made(), c.Now})
	if err != nil {
		return sync.Result{}, err
	}
	if !fresh {
		return sync.Result{Merged: true, Data: map[string]string{"id": row, "circle": circle}}, nil
	}
	return sync.Result{Data: map[string]string{"id": row, "circle": circle}}, link.Use(c)
}

// enter makes the row of somebody who comes with a link: in, where it is enough that
// somebody knows them who gave it to them; else they ask, and an organiser lets them in.
func enter(tx core.App, j joining) (row string, fresh bool, err error) {
	circle, err := openCircle(tx, j.Circle)
	if err != nil || circle == nil {
		return "", false, first(err, errLink)
	}
	if circle.GetString("person") == j.Member {
		return "", false, sync.Reject("not_yourself", "This circle is around you.")
	}
	there, err := before(tx, j)
	if err != nil || there != "" {
		return there, false, err
	}
	if full, err := isFull(tx, circle.Id); err != nil || full {
		return "", false, first(err, errFull)
	}
	status := "asked"
	if circle.GetString("requires") == "known" {
		status = "in"
	}
	if err := put(tx, j, status); err != nil || status == "in" {
		return j.ID, true, err
	}
	return j.ID, true, notice.Tell(tx.DB(), notice.Telling{
		Key: j.ID, To: "organise/" + circle.Id, But: j.Member, Template: "circle.asked", Ref: j.ID, At: j.Now,
	})
}

// before looks at what somebody was to the circle: their row, if they are in it or have
// asked. Whom somebody took off isn't let in again by a link of before, nor who is
// blocked by any.
func before(tx core.App, j joining) (there string, err error) {
	var rows []struct {
		ID      string `db:"id"`
		Status  string `db:"status"`
		By      string `db:"by"`
		At      string `db:"at"`
		Blocked bool   `db:"blocked"`
	}
	err = tx.DB().NewQuery(`SELECT h.id, h.status, h."by", h.at, coalesce(w.wish, '') = 'blocked' AS blocked
		FROM circleHelpers h LEFT JOIN circleWishes w ON w.helper = h.id WHERE h.circle = {:circle} AND h.member = {:member} ORDER BY h.id`).
		Bind(dbx.Params{"circle": j.Circle, "member": j.Member}).All(&rows)
	if err != nil {
		return "", err
	}
	for _, r := range rows {
		takenOff := r.Status == "over" && r.By != j.Member && r.At >= j.Made
		if r.Blocked || takenOff {
			return "", errLink
		}
		if r.Status != "over" {
			there = r.ID
		}
	}
	return there, nil
}

func put(tx core.App, j joining, status string) error {
	var name string
	if err := tx.DB().NewQuery("SELECT firstName FROM members WHERE id = {:id}").Bind(dbx.Params{"id": j.Member}).Row(&name); err != nil {
		return err
	}
	if _, err := tx.FindRecordById("circleHelpers", j.ID); err == nil {
		return sync.Reject("id_taken", "This was sent before.")
	}
	coll, err := tx.FindCachedCollectionByNameOrId("circleHelpers")
	if err != nil {
		return err
	}
	r := core.NewRecord(coll)
	r.Id = j.ID
	r.Load(map[string]any{"circle": j.Circle, "firstName": name, "status": status, "safety": "link", "member": j.Member, "by": j.Member, "at": sync.Stamp(j.Now)})
	return tx.Save(r)
}

// openCircle is a circle that is open, or nil.
func openCircle(tx core.App, id string) (*core.Record, error) {
	r, err := tx.FindRecordById("circles", id)
	if missing(err) || err == nil && r.GetString("status") != "open" {
		return nil, nil
	}
	return r, err
}

func isFull(tx core.App, circle string) (bool, error) {
	var n int
	err := tx.DB().NewQuery("SELECT count(*) FROM circleHelpers WHERE circle = {:circle} AND status = 'in'").Bind(dbx.Params{"circle": circle}).Row(&n)
	return n >= limits.CircleHelpers, err
}

// apartFrom says whether a member and somebody who runs a circle want nothing to do with
// one another.
func (w *door) apartFrom(c *sync.Call, circle, member string) (bool, error) {
	var others []string
	err := c.Ask(`SELECT person FROM circles WHERE id = {:circle} AND person <> '' UNION SELECT member FROM organisers WHERE circle = {:circle}`,
		dbx.Params{"circle": circle}).Column(&others)
	if err != nil {
		return false, err
	}
	for _, other := range others {
		if apart, err := w.apart(c, member, other); apart || err != nil {
			return apart, err
		}
	}
	return false, nil
}

// first is err, or if there is none the other.
func first(err, other error) error {
	if err != nil {
		return err
	}
	return other
}
