package circles

import (
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/calendar"
	"kith/internal/limits"
	"kith/internal/notice"
	"kith/internal/rota"
	"kith/internal/sync"
)

// Often is the job that looks at each rota: what a command changes is ruled on at once;
// this is for what time changes.
const Often = "kithRota"

func jobs(app core.App) {
	var rounds Rounds
	app.Cron().MustAdd(AddressJob, "*/5 * * * *", func() {
		if err := safely(func() error { return Addresses(app, time.Now()) }); err != nil {
			app.Logger().Error("addresses could not be handed out and taken back; it is tried again in five minutes", "error", err)
		}
	})
	app.Cron().MustAdd(Often, "*/5 * * * *", func() {
		if err := safely(func() error { return rounds.Look(app, time.Now()) }); err != nil {
			app.Logger().Error("a rota could not be looked at; it is tried again in five minutes", "error", err)
		}
	})
}

// safely turns a panic into an error like any other: a job must not take the server
// with it.
func safely(do func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return do()
}

func (d *desk) look(circle *core.Record) error {
	if resting, err := d.resting(circle); err != nil || resting {
		return err
	}
	slots, err := d.tx.FindAllRecords("slots", dbx.HashExp{"circle": circle.Id, "status": "on"})
	if err != nil {
		return err
	}
	for _, slot := range slots {
		if err := d.gone(circle, slot); err != nil {
			return err
		}
		if err := d.fill(circle, slot); err != nil {
			return err
		}
		if err := d.near(circle, slot); err != nil {
			return err
		}
	}
	return d.late(circle)
}

// gone frees the turns of those who can't come any more, such as somebody suspended.
func (d *desk) gone(circle, slot *core.Record) error {
	return d.each(circle, slot, "helper <> ''", "", func(t *turn) error {
		if _, in := t.all[t.Helper]; in || t.Helper == "" {
			return nil
		}
		t.Without(t.Helper, rotaOf(t.all), t.stamp())
		return t.save()
	})
}

// near looks at what is in the next three days.
func (d *desk) near(circle, slot *core.Record) error {
	schedule, err := scheduleOf(slot)
	if err != nil {
		return err
	}
	for _, o := range schedule.Occurrences(d.now, d.now.Add(rota.FirstPreferred+time.Minute), most) {
		if o.Cancelled || !o.Start.After(d.now) {
			continue
		}
		t, err := d.turn(circle, slot, o)
		if err != nil {
			return err
		}
		if t.Helper == "" {
			err = t.open()
		} else {
			err = t.remind()
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// open asks for somebody to take a turn that is nobody's.
func (t *turn) open() error {
	tell, organisers := t.Open(rotaOf(t.all), t.when.Start.Sub(t.d.now))
	if len(tell) == 0 && !organisers {
		return nil
	}
	if t.row.IsNew() {
		if err := t.write(); err != nil {
			return err
		}
	}
	// NB! Told again only if somebody had it meanwhile, or it has moved.
	key := fmt.Sprintf("open %d %s", t.Freed, t.at())
	for _, h := range tell {
		if err := t.once(key, notice.Member(t.all[h].Member), "turn.open"); err != nil {
			return err
		}
	}
	if !organisers {
		return nil
	}
	who, err := t.d.organisers(t.circle)
	for _, m := range who {
		if err == nil {
			err = t.once(key, notice.Member(m), "turn.unfilled")
		}
	}
	return err
}

func (t *turn) once(key, to, template string) error {
	return notice.Tell(t.d.tx.DB(), notice.Telling{Key: key, To: to, Template: template, Ref: t.row.Id, At: t.d.now})
}

// organisers of a circle who take part now; where there are none, the person themselves.
func (d *desk) organisers(circle *core.Record) (members []string, err error) {
	err = d.tx.DB().NewQuery(`SELECT o.member FROM organisers o JOIN members m ON m.id = o.member AND m.standing = 'active'
		WHERE o.circle = {:circle} ORDER BY o.member`).Bind(dbx.Params{"circle": circle.Id}).Column(&members)
	if len(members) == 0 {
		members = []string{circle.GetString("person")}
	}
	return members, err
}

// remind reminds a turn's helper at six in the evening before; whoever took it later than
// that knows.
func (t *turn) remind() error {
	six := evening(t.when)
	if t.d.now.Before(six) || t.Since >= sync.Stamp(six) {
		return nil
	}
	return t.once("tomorrow "+t.at()+" "+t.Since, notice.Member(t.all[t.Helper].Member), "turn.tomorrow")
}

// evening is six o'clock on the evening before an occurrence, where it is.
func evening(o calendar.Occurrence) time.Time {
	day := o.Start.AddDate(0, 0, -1)
	return calendar.Place(time.Date(day.Year(), day.Month(), day.Day(), limits.EveningBefore, 0, 0, 0, time.UTC), o.Start.Location())
}

// late ends that somebody is asked to take over what is over by now.
func (d *desk) late(circle *core.Record) error {
	asked, err := d.tx.FindAllRecords("swaps", dbx.HashExp{"circle": circle.Id, "status": "asked"})
	if err != nil {
		return err
	}
	for _, s := range asked {
		slot, err := d.tx.FindRecordById("slots", s.GetString("slot"))
		if err != nil {
			return err
		}
		schedule, err := scheduleOf(slot)
		if err != nil {
			return err
		}
		if when, found := schedule.Find(s.GetString("occurrence")); found && d.now.Before(when.End) {
			continue
		}
		s.Set("status", "over")
		if err := d.tx.Save(s); err != nil {
			return err
		}
		if err := notice.Over(d.tx.DB(), s.Id, "", "swap.asked"); err != nil {
			return err
		}
	}
	return nil
}
