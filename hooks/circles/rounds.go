package circles

import (
	"errors"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/calendar"
	"kith/internal/limits"
	"kith/internal/rota"
	"kith/internal/sync"
)

// Rounds remembers of each circle what it looked like when its rota was last looked at,
// and until when nothing will come of looking again. A town has a thousand circles and a
// round every five minutes, and in most of them nothing has happened and no hour struck.
//
// NB! It is never needed: what isn't remembered is looked at.
type Rounds struct {
	seen map[string]seen
}

// seen is a circle as it was left by a look.
type seen struct {
	seq  int64 // of the newest of its rows
	at   time.Time
	next time.Time
}

// Look looks at each circle's rota.
func Look(app core.App, now time.Time) error { return new(Rounds).Look(app, now) }

// Look looks at the rota of each circle of which something may have changed, by the rows
// alone: it fills in who takes every one, asks for whom is needed, and reminds. One circle
// that can't be looked at doesn't keep it from the others, and is looked at again.
func (r *Rounds) Look(app core.App, now time.Time) error {
	var all []struct {
		ID  string `db:"id"`
		Seq int64  `db:"seq"`
	}
	// NB! All of a circle's rows are its organisers', so any change of it is the newest there.
	if err := app.DB().NewQuery("SELECT id, " + newest + " AS seq FROM circles c WHERE status = 'open' ORDER BY id").All(&all); err != nil {
		return err
	}
	was := r.seen
	r.seen = make(map[string]seen, len(all))
	var failed error
	for _, c := range all {
		if before, known := was[c.ID]; known && before.seq == c.Seq && !now.Before(before.at) && now.Before(before.next) {
			r.seen[c.ID] = before
			continue
		}
		left, err := lookAt(app, c.ID, now)
		if err == nil {
			r.seen[c.ID] = left
		}
		failed = errors.Join(failed, err)
	}
	return failed
}

const newest = "coalesce((SELECT max(seq) FROM sync_row WHERE aud = 'organise/' || c.id), 0)"

func lookAt(app core.App, id string, now time.Time) (left seen, err error) {
	err = app.RunInTransaction(func(tx core.App) error {
		circle, err := tx.FindRecordById("circles", id)
		if err != nil {
			return err
		}
		d := &desk{tx: tx, now: now, key: "rota " + sync.Stamp(now)}
		if err := d.look(circle); err != nil {
			return err
		}
		left.at = now
		if left.next, err = d.next(circle); err != nil {
			return err
		}
		return tx.DB().NewQuery("SELECT " + newest + " FROM circles c WHERE id = {:id}").Bind(dbx.Params{"id": id}).Row(&left.seq)
	})
	return left, err
}

// next is when time alone may change something of a circle's rota: an hour of one of its
// turns strikes. Who helps may be vouched for, suspended or restored meanwhile, of which
// the circle's rows say nothing: so it is never longer than limits.RotaLook.
func (d *desk) next(circle *core.Record) (time.Time, error) {
	next := d.now.Add(limits.RotaLook)
	slots, err := d.tx.FindAllRecords("slots", dbx.HashExp{"circle": circle.Id, "status": "on"})
	if err != nil {
		return next, err
	}
	for _, slot := range slots {
		schedule, err := scheduleOf(slot)
		if err != nil {
			return next, err
		}
		for _, o := range schedule.Occurrences(d.now, next.Add(rota.Ahead), most) {
			for _, hour := range hours(o) {
				// NB! One that strikes just now may count as struck or as not: it is looked at again.
				if !hour.Before(d.now) && hour.Before(next) {
					next = hour
				}
			}
		}
	}
	return next, nil
}

// hours of a turn are when something becomes so of it by itself.
func hours(o calendar.Occurrence) []time.Time {
	before := func(d time.Duration) time.Time { return o.Start.Add(-d) }
	return []time.Time{
		before(rota.Ahead), before(rota.OpenLast), before(rota.FirstPreferred), before(rota.ThenAll), before(rota.ThenOrganisers), evening(o), o.Start, o.End,
	}
}
