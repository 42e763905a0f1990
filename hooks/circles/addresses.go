package circles

import (
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/calendar"
	"kith/internal/limits"
	"kith/internal/sync"
)

// AddressJob is the job that hands addresses out in time, and takes them back.
const AddressJob = "kithAddresses"

// unknownEnd is how long somebody is taken to need an address for what has no known end.
// NB! handOut looks so far back: it is longer than limits.AddressGrace.
const unknownEnd = time.Hour

// window is from when to when a turn's helper has the address: from the evening before,
// where it is, until so long after its end that one can be late.
func window(o calendar.Occurrence) (from, until time.Time) {
	until = o.End.Add(limits.AddressGrace)
	if !o.End.After(o.Start) {
		until = o.Start.Add(unknownEnd)
	}
	return evening(o), until
}

// settleAddress makes, changes or takes away the copy of the home for this turn's helper,
// by what is so now. Whatever writes a turn calls it.
func (t *turn) settleAddress() error {
	a := copying{tx: t.d.tx, now: t.d.now, turn: t.row, when: t.when}
	if t.at() == "" || t.Helper == "" {
		return a.takeBack()
	}
	var err error
	if a.home, err = homeOf(t.d.tx, t.circle.Id); err != nil {
		return err
	}
	return a.settle()
}

// copying is one turn's copy of a home.
type copying struct {
	tx   core.App
	now  time.Time
	home *core.Record // nil: nobody has said where it is
	turn *core.Record
	when calendar.Occurrence
}

func (a *copying) id() string { return sync.DerivedID("address", a.turn.Id) }

func (a *copying) settle() error {
	from, until := window(a.when)
	if a.home == nil || a.turn.GetString("member") == "" || a.now.Before(from) || !a.now.Before(until) {
		return a.takeBack()
	}
	r, err := a.there()
	if err != nil {
		return err
	}
	if r == nil {
		coll, err := a.tx.FindCachedCollectionByNameOrId("addresses")
		if err != nil {
			return err
		}
		r = core.NewRecord(coll)
		r.Id = a.id()
	}
	r.Load(copied(a.home))
	r.Load(map[string]any{
		"turn": a.turn.Id, "circle": a.turn.GetString("circle"), "slot": a.turn.GetString("slot"), "occurrence": a.turn.GetString("occurrence"),
		"member": a.turn.GetString("member"), "until": sync.Stamp(until),
	})
	return a.tx.Save(r)
}

func (a *copying) there() (*core.Record, error) {
	r, err := a.tx.FindRecordById("addresses", a.id())
	if missing(err) {
		return nil, nil
	}
	return r, err
}

func (a *copying) takeBack() error {
	r, err := a.there()
	if err != nil || r == nil {
		return err
	}
	return a.tx.Delete(r)
}

func homeOf(tx core.App, circle string) (*core.Record, error) {
	r, err := tx.FindRecordById("homes", circle)
	if missing(err) {
		return nil, nil
	}
	return r, err
}

// Addresses gives each turn's helper the address when its time has come, and takes back
// every copy whose time is over or that nobody should have.
func Addresses(app core.App, now time.Time) error {
	return app.RunInTransaction(func(tx core.App) error {
		homes, err := tx.FindAllRecords("homes")
		if err != nil {
			return err
		}
		right := map[string]bool{}
		for _, h := range homes {
			if err := handOut(tx, now, h, right); err != nil {
				return err
			}
		}
		return takeBack(tx, dbx.NewExp("1 = 1"), right)
	})
}

// handOutIn is Addresses of one circle.
func handOutIn(tx core.App, now time.Time, home *core.Record) error {
	right := map[string]bool{}
	if err := handOut(tx, now, home, right); err != nil {
		return err
	}
	return takeBack(tx, dbx.HashExp{"circle": home.Id}, right)
}

// handOut sees to the copies of a home for the turns whose time it is, and names them.
func handOut(tx core.App, now time.Time, home *core.Record, right map[string]bool) error {
	circle, err := openCircle(tx, home.Id)
	if err != nil || circle == nil {
		return err
	}
	if out, err := suspended(tx, circle.GetString("person")); err != nil || out {
		return err
	}
	slots, err := tx.FindAllRecords("slots", dbx.HashExp{"circle": circle.Id, "status": "on"})
	if err != nil {
		return err
	}
	for _, slot := range slots {
		schedule, err := scheduleOf(slot)
		if err != nil {
			return err
		}
		for _, o := range schedule.Occurrences(now.Add(-unknownEnd), now.AddDate(0, 0, 2), 100) {
			if o.Cancelled {
				continue
			}
			a := copying{tx: tx, now: now, home: home, when: o}
			if a.turn, err = takenTurn(tx, slot.Id, o.Key); err != nil {
				return err
			}
			if a.turn == nil {
				continue
			}
			right[a.id()] = true
			if err := a.settle(); err != nil {
				return err
			}
		}
	}
	return nil
}

// takenTurn is a turn that somebody has who takes part here, or nil.
func takenTurn(tx core.App, slot, occurrence string) (*core.Record, error) {
	r, err := tx.FindRecordById("turns", sync.DerivedID("turn", slot, occurrence))
	if missing(err) || err == nil && (r.GetString("status") != "taken" || r.GetString("member") == "") {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var here bool
	err = tx.DB().NewQuery(`SELECT EXISTS (SELECT 1 FROM circleHelpers h JOIN members m ON m.id = h.member AND m.standing = 'active' WHERE h.id = {:id} AND h.status = 'in')`).
		Bind(dbx.Params{"id": r.GetString("helper")}).Row(&here)
	if !here {
		return nil, err
	}
	return r, err
}

// forgetAddress takes every address of a circle from somebody who helps no more.
func forgetAddress(tx core.App, circle, member string) error {
	return takeBack(tx, dbx.HashExp{"circle": circle, "member": member}, nil)
}

// takeBack deletes copies that aren't right.
func takeBack(tx core.App, which dbx.Expression, right map[string]bool) error {
	there, err := tx.FindAllRecords("addresses", which)
	if err != nil {
		return err
	}
	for _, a := range there {
		if right[a.Id] {
			continue
		}
		if err := tx.Delete(a); err != nil {
			return err
		}
	}
	return nil
}
