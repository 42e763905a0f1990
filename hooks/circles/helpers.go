package circles

import (
	"slices"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/notice"
	"kith/internal/rota"
	"kith/internal/sync"
)

// helperOf finds a helper of a circle that the caller organises, and the circle. Of
// others nobody is told more than of one who isn't there.
func helperOf(c *sync.Call) (circle, helper *core.Record, err error) {
	id, err := sync.IDArg(c)
	if err != nil {
		return nil, nil, err
	}
	if helper, err = c.Find("circleHelpers", id, errHelper); err != nil {
		return nil, nil, err
	}
	if err = c.Allowed(errHelper, "organise/"+helper.GetString("circle")); err != nil {
		return nil, nil, err
	}
	circle, err = c.Find("circles", helper.GetString("circle"), errHelper)
	return circle, helper, err
}

// admit lets somebody in who asked, if they are as known as the circle wants.
func (w *door) admit(c *sync.Call) (sync.Result, error) {
	circle, h, err := helperOf(c)
	if err != nil {
		return sync.Result{}, err
	}
	member := h.GetString("member")
	switch {
	case h.GetString("status") == "in": // another organiser was quicker
		return sync.Result{Merged: true}, nil
	case h.GetString("status") != "asked" || circle.GetString("status") != "open":
		return sync.Result{}, errHelper
	}
	if full, err := isFull(c.App, circle.Id); err != nil || full {
		return sync.Result{}, first(err, errFull)
	}
	if apart, err := w.apartFrom(c, circle.Id, member); err != nil || apart {
		return sync.Result{}, first(err, errHelper)
	}
	kinds, err := vouchedFor(c, member)
	if err != nil {
		return sync.Result{}, err
	}
	if !rota.Enough(circle.GetString("requires"), true, kinds) {
		return sync.Result{}, errSafetyOf
	}
	h.Load(map[string]any{"status": "in", "safety": strongest(kinds), "by": c.Member, "at": sync.Stamp(c.Now)})
	if err := c.App.Save(h); err != nil {
		return sync.Result{}, err
	}
	if err := notice.Over(c.App.DB(), h.Id, "", "circle.asked"); err != nil {
		return sync.Result{}, err
	}
	return sync.Result{}, notice.By(c, "circle.in", notice.Member(member), circle.Id)
}

func vouchedFor(c *sync.Call, member string) (kinds []string, err error) {
	err = c.Ask("SELECT DISTINCT kind FROM vouches WHERE member = {:member}", dbx.Params{"member": member}).Column(&kinds)
	return kinds, err
}

// strongest is what of somebody counts most; without a word for them, the link.
func strongest(kinds []string) string {
	for _, k := range []string{"dbs", "reference", "known"} {
		if slices.Contains(kinds, k) {
			return k
		}
	}
	return "link"
}

// remove takes somebody off.
func remove(c *sync.Call) (sync.Result, error) {
	circle, h, err := helperOf(c)
	if err != nil {
		return sync.Result{}, err
	}
	return sync.Result{Merged: h.GetString("status") == "over"}, takeOff(c, circle, h)
}

// takeOff ends that somebody helps, by an organiser's word. It is the one way in which
// that is done: of a block they hear nothing else.
func takeOff(c *sync.Call, circle, h *core.Record) error {
	if h.GetString("status") == "over" { // who left off helping may have gone on organising
		return deskOf(c).unorganise(circle, h.GetString("member"))
	}
	h.Load(map[string]any{"by": c.Member, "at": sync.Stamp(c.Now)})
	return deskOf(c).endHelper(circle, h, false)
}

// block takes somebody off, and keeps them from coming again.
func block(c *sync.Call) (sync.Result, error) {
	circle, h, err := helperOf(c)
	if err != nil {
		return sync.Result{}, err
	}
	// NB! Before it is ended, so that whoever is told of anything by that is told after all
	// is as it will be.
	if err := wish(c, circle, h, "blocked"); err != nil {
		return sync.Result{}, err
	}
	return sync.Result{}, takeOff(c, circle, h)
}

// prefer has somebody be told of open turns before others, and take over before them.
func prefer(c *sync.Call) (sync.Result, error) {
	circle, h, err := helperOf(c)
	if err != nil {
		return sync.Result{}, err
	}
	if h.GetString("status") != "in" {
		return sync.Result{}, errHelper
	}
	return sync.Result{}, wish(c, circle, h, "preferred")
}

// clear takes back what was wished of somebody. What a block ended stays ended.
func clearWish(c *sync.Call) (sync.Result, error) {
	circle, h, err := helperOf(c)
	if err != nil {
		return sync.Result{}, err
	}
	w, err := c.Find("circleWishes", sync.DerivedID("wish", circle.Id, h.Id), nil)
	if err != nil || w == nil {
		return sync.Result{}, err
	}
	return sync.Result{}, c.App.Delete(w)
}

func wish(c *sync.Call, circle, h *core.Record, what string) error {
	id := sync.DerivedID("wish", circle.Id, h.Id)
	w, err := c.Find("circleWishes", id, nil)
	if err != nil {
		return err
	}
	if w == nil {
		if w, err = c.Fresh("circleWishes", id, map[string]any{"circle": circle.Id, "helper": h.Id, "person": circle.GetString("person")}); err != nil {
			return err
		}
	}
	w.Set("wish", what)
	return c.App.Save(w)
}

// leave ends that the caller helps.
func leave(c *sync.Call) (sync.Result, error) {
	id, err := sync.IDArg(c)
	if err != nil {
		return sync.Result{}, err
	}
	h, err := c.Find("circleHelpers", id, errHelper)
	if err != nil {
		return sync.Result{}, err
	}
	if h.GetString("member") != c.Member {
		return sync.Result{}, errHelper
	}
	if h.GetString("status") == "over" {
		return sync.Result{Merged: true}, nil
	}
	circle, err := c.Find("circles", h.GetString("circle"), errHelper)
	if err != nil {
		return sync.Result{}, err
	}
	h.Load(map[string]any{"by": c.Member, "at": sync.Stamp(c.Now)})
	return sync.Result{}, deskOf(c).endHelper(circle, h, true)
}

// EndBetween takes either of two members off the circles that the other is the person of,
// or organises, in a way that looks like any other taking off. Where both organise it is
// the other who goes, and not the one who wants it.
func EndBetween(c *sync.Call, one, other string) error {
	for _, pair := range [][2]string{{other, one}, {one, other}} {
		circles, err := runsFor(c, pair[0], pair[1])
		if err != nil {
			return err
		}
		for _, circle := range circles {
			if err := part(c, circle, pair[0]); err != nil {
				return err
			}
		}
	}
	return nil
}

// runsFor are the circles in which a member helps, or which they organise, that somebody
// else runs, too. Nobody is taken off their own.
func runsFor(c *sync.Call, member, other string) (circles []string, err error) {
	err = c.Ask(`SELECT c.id FROM circles c WHERE c.person <> {:member}
		AND (c.person = {:other} OR EXISTS (SELECT 1 FROM organisers o WHERE o.circle = c.id AND o.member = {:other}))
		AND (EXISTS (SELECT 1 FROM circleHelpers h WHERE h.circle = c.id AND h.member = {:member} AND h.status <> 'over')
			OR EXISTS (SELECT 1 FROM organisers o WHERE o.circle = c.id AND o.member = {:member}))
		ORDER BY c.id`, dbx.Params{"member": member, "other": other}).Column(&circles)
	return circles, err
}

// part ends all that a member is to a circle.
func part(c *sync.Call, id, member string) error {
	circle, err := c.Find("circles", id, errCircle)
	if err != nil {
		return err
	}
	helps, err := c.App.FindAllRecords("circleHelpers", dbx.HashExp{"circle": id, "member": member}, dbx.In("status", "asked", "in"))
	if err != nil {
		return err
	}
	for _, h := range helps {
		if err := takeOff(c, circle, h); err != nil {
			return err
		}
	}
	return deskOf(c).unorganise(circle, member)
}
