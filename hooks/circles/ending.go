package circles

import (
	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/notice"
	"kith/internal/rota"
	"kith/internal/sync"
)

// closeIt ends a circle, with all of its rota.
func closeIt(c *sync.Call) (sync.Result, error) {
	id, err := sync.IDArg(c)
	if err != nil {
		return sync.Result{}, err
	}
	circle, err := ofCircle(c, id)
	if err != nil {
		return sync.Result{}, err
	}
	if circle.GetString("status") == "closed" {
		return sync.Result{Merged: true}, nil
	}
	return sync.Result{}, closeCircle(c, circle)
}

// closeCircle ends that everybody helps, and then what there was to help with: of their
// turns they needn't be told, for all of it is over.
func closeCircle(c *sync.Call, circle *core.Record) error {
	day, err := today(c)
	if err != nil {
		return err
	}
	circle.Load(map[string]any{"status": "closed", "closedOn": day})
	if err := c.App.Save(circle); err != nil {
		return err
	}
	if err := notice.Over(c.App.DB(), circle.Id, "", "circle.yours"); err != nil {
		return err
	}
	if err := notice.Over(c.App.DB(), circle.GetString("person"), "", "circle.nobody"); err != nil {
		return err
	}
	d := deskOf(c)
	helpers, err := c.App.FindAllRecords("circleHelpers", dbx.HashExp{"circle": circle.Id}, dbx.In("status", "asked", "in"))
	if err != nil {
		return err
	}
	for _, h := range helpers {
		if err := d.endHelper(circle, h, true); err != nil {
			return err
		}
	}
	slots, err := c.App.FindAllRecords("slots", dbx.HashExp{"circle": circle.Id, "status": "on"})
	for _, s := range slots {
		if err == nil {
			err = d.endSlot(circle, s)
		}
	}
	return err
}

// endHelper ends that somebody helps in a circle: their turns are free again, or whoever
// stands by has them. It is the same whyever it is, and whoever did it; they are told
// that it is over, and of no turn. organises: they go on organising.
func (d *desk) endHelper(circle, h *core.Record, organises bool) error {
	member := h.GetString("member")
	h.Set("status", "over")
	if h.GetString("at") == "" {
		h.Set("at", sync.Stamp(d.now))
	}
	if err := d.tx.Save(h); err != nil {
		return err
	}
	delete(d.known, circle.Id)
	if err := notice.Over(d.tx.DB(), h.Id, "", "circle.asked"); err != nil {
		return err
	}
	everies, err := d.tx.FindAllRecords("everies", dbx.HashExp{"helper": h.Id})
	if err != nil {
		return err
	}
	for _, e := range everies {
		if err := d.tx.Delete(e); err != nil {
			return err
		}
	}
	if err := d.withoutHelper(circle, h.Id, member); err != nil {
		return err
	}
	if err := forgetAddress(d.tx, circle.Id, member); err != nil {
		return err
	}
	if !organises {
		if err := d.unorganise(circle, member); err != nil {
			return err
		}
	}
	return d.tell("circle.over", member, "")
}

// withoutHelper takes somebody off all turns of a circle that aren't over.
func (d *desk) withoutHelper(circle *core.Record, h, member string) error {
	slots, err := d.tx.FindAllRecords("slots", dbx.HashExp{"circle": circle.Id, "status": "on"})
	if err != nil {
		return err
	}
	const theirs = `helper = {:helper} OR instr(told, {:helper}) > 0 OR id IN (SELECT turn FROM standbys WHERE helper = {:helper})
		OR id IN (SELECT turn FROM swaps WHERE helper = {:helper})`
	for _, s := range slots {
		if err := d.each(circle, s, theirs, h, func(t *turn) error {
			t.Without(h, rotaOf(t.all), t.stamp())
			if _, err := unsaid(d.tx, member, t.row.Id); err != nil {
				return err
			}
			if err := notice.Over(d.tx.DB(), t.row.Id, member, append([]string{"turn.open", "turn.tomorrow"}, rota.Says...)...); err != nil {
				return err
			}
			return t.save()
		}); err != nil {
			return err
		}
	}
	return nil
}

// Left ends that a member who leaves helps and organises, and closes their own circles.
func Left(c *sync.Call) error {
	own, err := c.App.FindAllRecords("circles", dbx.HashExp{"person": c.Member, "status": "open"})
	if err != nil {
		return err
	}
	for _, circle := range own {
		if err := closeCircle(c, circle); err != nil {
			return err
		}
	}
	helps, err := c.App.FindAllRecords("circleHelpers", dbx.HashExp{"member": c.Member}, dbx.In("status", "asked", "in"))
	if err != nil {
		return err
	}
	for _, h := range helps {
		circle, err := c.App.FindRecordById("circles", h.GetString("circle"))
		if err != nil {
			return err
		}
		if err := deskOf(c).endHelper(circle, h, false); err != nil {
			return err
		}
	}
	organised, err := c.App.FindAllRecords("organisers", dbx.HashExp{"member": c.Member})
	if err != nil {
		return err
	}
	for _, o := range organised {
		circle, err := c.App.FindRecordById("circles", o.GetString("circle"))
		if err != nil {
			return err
		}
		if err := deskOf(c).unorganise(circle, c.Member); err != nil {
			return err
		}
	}
	return nil
}
