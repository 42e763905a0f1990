package registers

import (
	"slices"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/calendar"
	"kith/internal/register"
)

// holding are the sessions of a group that have a register, as the calendar has them
// now. They are the same for all its pairings: read for each, a full group that meets
// every day held the database for seconds.
type holding struct {
	schedule calendar.Schedule
	sessions []register.Session
	ids      []string // of their registers
	keys     []string // what the calendar calls them
}

func held(tx core.App, listing string) (*holding, error) {
	h := &holding{}
	var err error
	if h.schedule, err = scheduleOf(tx, listing); err != nil {
		return nil, err
	}
	var rows []struct {
		ID         string `db:"id"`
		Occurrence string `db:"occurrence"`
		Taken      bool   `db:"taken"`
	}
	if err := tx.DB().NewQuery("SELECT id, occurrence, state = 'taken' AS taken FROM registers WHERE listing = {:listing}").
		Bind(dbx.Params{"listing": listing}).All(&rows); err != nil {
		return nil, err
	}
	for _, r := range rows {
		o, found := resolve(h.schedule, r.Occurrence)
		if !found { // it isn't in the calendar any more: when it was is in its name
			at, _ := time.Parse(calendar.Local, r.Occurrence)
			o = calendar.Occurrence{Key: r.Occurrence, Cancelled: true}
			o.Start = calendar.Place(at, zoneOf(h.schedule))
			o.End = o.Start
		}
		h.sessions = append(h.sessions, register.Session{Key: r.Occurrence, Start: o.Start, End: o.End, Off: o.Cancelled, Taken: r.Taken})
		h.ids, h.keys = append(h.ids, r.ID), append(h.keys, o.Key)
	}
	return h, nil
}

// of gives the sessions, and what their registers say of the newcomer of a pairing.
func (h *holding) of(tx core.App, p *pair) ([]register.Session, error) {
	var rows []struct {
		Register string `db:"register"`
		State    string `db:"state"`
	}
	err := tx.DB().NewQuery("SELECT register, state FROM marks WHERE regular = {:line}").Bind(dbx.Params{"line": p.Line}).All(&rows)
	if err != nil {
		return nil, err
	}
	marks := map[string]string{}
	for _, r := range rows {
		marks[r.Register] = r.State
	}
	var off []string
	err = tx.DB().NewQuery("SELECT occurrence FROM visits WHERE listing = {:listing} AND member = {:member} AND status = 'cancelled'").
		Bind(dbx.Params{"listing": p.Listing, "member": p.Newcomer}).Column(&off)
	if err != nil {
		return nil, err
	}
	for i, key := range off {
		if o, found := resolve(h.schedule, key); found {
			off[i] = o.Key
		}
	}
	sessions := slices.Clone(h.sessions)
	for i := range sessions {
		sessions[i].Mark, sessions[i].CalledOff = marks[h.ids[i]], slices.Contains(off, h.keys[i])
	}
	return sessions, nil
}

// zoneOf is where a group meets.
func zoneOf(s calendar.Schedule) *time.Location {
	if len(s) > 0 {
		if zone, known := calendar.Zone(s[0].Zone); known {
			return zone
		}
	}
	return time.UTC
}
