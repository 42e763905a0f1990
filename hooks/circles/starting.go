package circles

import (
	"slices"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/calendar"
	"kith/internal/limits"
	"kith/internal/sync"
	"kith/internal/text"
)

type circleArgs struct {
	ID         string `json:"id"`
	Name       string `json:"name"`
	PersonName string `json:"personName"`
	Words      string `json:"words"`
	Requires   string `json:"requires"`
}

// values reads what a circle says of itself.
func (a *circleArgs) values() (map[string]any, error) {
	name, err := text.Line(a.Name, limits.CircleName)
	if err != nil || name == "" {
		return nil, sync.Reject("text_invalid", "A circle has a name of up to 60 letters.")
	}
	person, err := text.Line(a.PersonName, limits.FirstName)
	if err != nil || person == "" {
		return nil, sync.Reject("text_invalid", "Say what the person is called: up to 40 letters.")
	}
	words, err := text.Block(a.Words, limits.CircleWords)
	if err != nil {
		return nil, sync.Reject("text_invalid", "What helpers should know has up to 300 letters.")
	}
	if !slices.Contains([]string{"known", "reference", "dbs"}, a.Requires) {
		return nil, sync.ErrShape
	}
	return map[string]any{"name": name, "personName": person, "words": words, "requires": a.Requires}, nil
}

// start begins a circle around the caller: with their agreement, by themselves or by
// who acts for them, who then organises it.
func start(c *sync.Call) (sync.Result, error) {
	args, err := sync.Args[circleArgs](c)
	if err != nil {
		return sync.Result{}, err
	}
	values, err := args.values()
	if err != nil {
		return sync.Result{}, err
	}
	var n int
	if err := c.Ask("SELECT count(*) FROM circles WHERE person = {:person} AND status = 'open'", dbx.Params{"person": c.Member}).Row(&n); err != nil {
		return sync.Result{}, err
	}
	if n >= limits.CirclesOfOne {
		return sync.Result{}, sync.Reject("circles_full", "There are ten circles already. Close one first.")
	}
	day, err := today(c)
	if err != nil {
		return sync.Result{}, err
	}
	circle, err := c.Fresh("circles", args.ID, values)
	if err != nil {
		return sync.Result{}, err
	}
	how, by := "self", c.Member
	if c.Helper != "" {
		how, by = "acting", c.Helper
	}
	circle.Load(map[string]any{"status": "open", "person": c.Member, "agreedHow": how, "agreedBy": by, "agreedOn": day})
	if err := c.App.Save(circle); err != nil {
		return sync.Result{}, err
	}
	return sync.Result{}, organise(c, circle.Id, sync.DerivedID("organiser", circle.Id, c.Nonce), by)
}

// organise puts a member down as an organiser.
func organise(c *sync.Call, circle, id, member string) error {
	var name string
	if err := c.Ask("SELECT firstName FROM members WHERE id = {:id}", dbx.Params{"id": member}).Row(&name); err != nil {
		return err
	}
	o, err := c.Fresh("organisers", id, map[string]any{"circle": circle, "member": member, "firstName": name})
	if err != nil {
		return err
	}
	return c.App.Save(o)
}

// today is the day on which the person acted, where the community is.
func today(c *sync.Call) (string, error) {
	var name string
	if err := c.Ask("SELECT coalesce((SELECT zone FROM communities LIMIT 1), '')", nil).Row(&name); err != nil {
		return "", err
	}
	zone, known := calendar.Zone(name)
	if !known {
		zone = time.UTC
	}
	return c.OccurredAt.In(zone).Format(time.DateOnly), nil
}

// organised finds an open circle that the caller organises, and says nothing of others.
func organised(c *sync.Call, id string) (*core.Record, error) {
	circle, err := ofCircle(c, id)
	if err == nil && circle.GetString("status") != "open" {
		return nil, errClosed
	}
	return circle, err
}

// ofCircle finds a circle that the caller organises. Who only helps in it is told so.
func ofCircle(c *sync.Call, id string) (*core.Record, error) {
	circle, err := c.Find("circles", id, errCircle)
	if err != nil {
		return nil, err
	}
	refusal := errCircle
	if in, err := c.In("circle/" + circle.Id); err != nil {
		return nil, err
	} else if in {
		refusal = errOrganisers
	}
	return circle, c.Allowed(refusal, "organise/"+circle.Id)
}

// edit changes what a circle says of itself. Who is in stays in; for turns it counts
// from now on.
func edit(c *sync.Call) (sync.Result, error) {
	args, err := sync.Args[circleArgs](c)
	if err != nil {
		return sync.Result{}, err
	}
	circle, err := organised(c, args.ID)
	if err != nil {
		return sync.Result{}, err
	}
	values, err := args.values()
	if err != nil {
		return sync.Result{}, err
	}
	circle.Load(values)
	return sync.Result{}, c.App.Save(circle)
}

// share has a helper organise the circle, too. Whoever wants nothing to do with them, or
// they with, helps there no more, as if they had organised it before.
func (w *door) share(c *sync.Call) (sync.Result, error) {
	circle, id, err := shared(c)
	if err != nil {
		return sync.Result{}, err
	}
	h, err := inCircle(c, "circleHelpers", id, circle.Id)
	if err != nil {
		return sync.Result{}, err
	}
	if h == nil || h.GetString("status") != "in" {
		return sync.Result{}, errHelper
	}
	if out, err := suspended(c.App, h.GetString("member")); err != nil || out {
		return sync.Result{}, first(err, errHelper)
	}
	var there []string
	if err := c.Ask("SELECT member FROM organisers WHERE circle = {:circle}", dbx.Params{"circle": circle.Id}).Column(&there); err != nil {
		return sync.Result{}, err
	}
	switch {
	case slices.Contains(there, h.GetString("member")):
		return sync.Result{Merged: true}, nil
	case len(there) >= limits.Organisers:
		return sync.Result{}, sync.Reject("organisers_full", "A circle has up to three organisers.")
	}
	member := h.GetString("member")
	if err := organise(c, circle.Id, sync.DerivedID("organiser", circle.Id, h.Id), member); err != nil {
		return sync.Result{}, err
	}
	return sync.Result{}, w.partFrom(c, circle, member)
}

// partFrom takes off whoever is apart from somebody who begins to organise a circle.
func (w *door) partFrom(c *sync.Call, circle *core.Record, organiser string) error {
	helps, err := c.App.FindAllRecords("circleHelpers", dbx.HashExp{"circle": circle.Id}, dbx.In("status", "asked", "in"))
	if err != nil {
		return err
	}
	for _, h := range helps {
		apart, err := w.apart(c, organiser, h.GetString("member"))
		if err == nil && apart {
			err = takeOff(c, circle, h)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// unshare has somebody organise it no more: a helper, who goes on helping, or one of the
// organisers, who may be no helper, as whoever began it for the person isn't.
func unshare(c *sync.Call) (sync.Result, error) {
	circle, id, err := shared(c)
	if err != nil {
		return sync.Result{}, err
	}
	who, err := inCircle(c, "circleHelpers", id, circle.Id)
	if err == nil && who == nil {
		who, err = inCircle(c, "organisers", id, circle.Id)
	}
	if err != nil {
		return sync.Result{}, err
	}
	if who == nil || who.GetString("member") == circle.GetString("person") {
		return sync.Result{}, errHelper
	}
	return sync.Result{}, deskOf(c).unorganise(circle, who.GetString("member"))
}

func shared(c *sync.Call) (circle *core.Record, who string, err error) {
	args, err := sync.Args[struct {
		Circle string `json:"circle"`
		Helper string `json:"helper"`
	}](c)
	if err != nil {
		return nil, "", err
	}
	circle, err = organised(c, args.Circle)
	return circle, args.Helper, err
}

// inCircle finds a row of a circle's, or nil.
func inCircle(c *sync.Call, collection, id, circle string) (*core.Record, error) {
	r, err := c.Find(collection, id, nil)
	if err != nil || r == nil || r.GetString("circle") != circle {
		return nil, err
	}
	return r, nil
}
