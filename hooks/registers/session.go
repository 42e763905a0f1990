package registers

import (
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/calendar"
	"kith/internal/limits"
	"kith/internal/register"
	"kith/internal/sync"
)

// session is one occurrence as a command means it, and its register.
type session struct {
	c        *sync.Call
	listing  string
	named    string // the occurrence, as the phone knows it
	when     calendar.Occurrence
	register *core.Record
	told     register.Told
	replaced []register.Replaced
}

// begin finds the occurrence that a command of a host's is about, and its register: a
// new one, where nobody has said anything of it yet.
func begin(c *sync.Call, listing, occurrence string) (*session, error) {
	if err := sync.ID(listing); err != nil {
		return nil, err
	}
	if err := c.Allowed(errHosts, "host/"+listing); err != nil {
		return nil, err
	}
	schedule, err := scheduleOf(c.App, listing)
	if err != nil {
		return nil, err
	}
	when, found := resolve(schedule, occurrence)
	if !found {
		return nil, errOccurrence
	}
	if c.OccurredAt.After(when.End.Add(limits.RegisterLate)) {
		return nil, sync.Reject("too_late", "That is more than two weeks ago. Its register can't be changed any more.")
	}
	if c.OccurredAt.Before(when.Start.Add(-limits.RegisterAhead)) {
		return nil, errEarly
	}
	s := &session{c: c, listing: listing, named: occurrence, when: when, told: register.Told{}}
	return s, s.open(schedule)
}

// started refuses what can't be known before a session.
func (s *session) started() error {
	if s.c.OccurredAt.Before(s.when.Start.Add(-limits.RegisterEarly)) {
		return errEarly
	}
	return nil
}

func scheduleOf(app core.App, listing string) (s calendar.Schedule, err error) {
	var raw string
	err = app.DB().NewQuery("SELECT coalesce(schedule, 'null') FROM listings WHERE id = {:id}").Bind(dbx.Params{"id": listing}).Row(&raw)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil || raw == "" {
		return nil, err
	}
	return s, json.Unmarshal([]byte(raw), &s)
}

// resolve finds an occurrence by its name, or by its day where there is one and no
// other: a group that has begun to meet at half past is the same group, and a phone
// that hadn't heard of it names the hour of before.
func resolve(s calendar.Schedule, key string) (calendar.Occurrence, bool) {
	if o, found := s.Find(key); found {
		return o, true
	}
	at, err := time.Parse(calendar.Local, key)
	if err != nil {
		return calendar.Occurrence{}, false
	}
	var day []calendar.Occurrence
	for _, o := range s.Occurrences(at.AddDate(0, 0, -2), at.AddDate(0, 0, 3), 100) {
		if o.Key[:len(time.DateOnly)] == key[:len(time.DateOnly)] {
			day = append(day, o)
		}
	}
	if len(day) != 1 {
		return calendar.Occurrence{}, false
	}
	return day[0], true
}

// open reads the register, or makes one. Where the hour of a day was changed after
// somebody had begun its register, that is the one.
func (s *session) open(schedule calendar.Schedule) error {
	var keys []string
	day := s.when.Key[:len(time.DateOnly)]
	err := s.c.Ask("SELECT occurrence FROM registers WHERE listing = {:listing} AND occurrence >= {:day} AND occurrence < {:day} || 'U'",
		dbx.Params{"listing": s.listing, "day": day}).Column(&keys)
	if err != nil {
		return err
	}
	key := s.when.Key
	if len(keys) == 1 {
		if o, found := resolve(schedule, keys[0]); found && o.Key == s.when.Key {
			key = keys[0]
		}
	}
	id := sync.DerivedID("register", s.listing, key)
	if s.register, err = s.c.Find("registers", id, nil); err != nil {
		return err
	}
	if s.register != nil {
		return s.register.UnmarshalJSONField("told", &s.told)
	}
	s.register, err = s.c.Fresh("registers", id, map[string]any{"listing": s.listing, "occurrence": key, "state": register.Open})
	return err
}

// say is what this phone says of something now.
func (s *session) say(value string) register.Said { return said(s.c, value) }

// said is what the phone of a call says. NB! Which phone that is, nobody can tell from
// it: it is there to know one from another.
func said(c *sync.Call, value string) register.Said {
	return register.Said{Phone: sync.DerivedID("phone", c.Device)[:8], Value: value, At: c.OccurredAt, Nonce: c.Nonce}
}

// take has told take in what this phone says of a column of a row.
func (s *session) take(told register.Told, id, column, value string) {
	if r, contradicts := told.Take(column, s.say(value)); contradicts {
		r.ID = id
		s.replaced = append(s.replaced, r)
	}
}

// save writes the register as it stands.
//
// NB! Of these collections a handler has checked every column that it sets.
func (s *session) save() error {
	s.register.Set("told", s.told)
	if state, is := s.told.Now("state"); is {
		at := ""
		if state.Value == register.Taken {
			at = sync.Stamp(state.At)
		}
		s.register.Load(map[string]any{"state": state.Value, "at": at})
		s.by(s.register, state)
	}
	if heads, is := s.told.Now("heads"); is {
		s.register.Set("heads", heads.Value)
	}
	return s.c.App.SaveNoValidate(s.register)
}

// there has the register be there, for marks to belong to.
func (s *session) there() error {
	if !s.register.IsNew() {
		return nil
	}
	return s.save()
}

// by notes whose word of a row counts, where it is this one's.
func (s *session) by(r *core.Record, counts register.Said) {
	if counts.Nonce == s.c.Nonce {
		r.Set("by", s.c.Member)
	}
}

// answer is what the phone is told: of which register it was, what was contradicted, and
// data, if there is more.
func (s *session) answer(merged bool, data map[string]any) sync.Result {
	if data == nil {
		data = map[string]any{}
	}
	data["register"] = s.register.Id
	if len(s.replaced) > 0 {
		merged, data["replaced"] = true, s.replaced
	}
	return sync.Result{Merged: merged || s.register.GetString("occurrence") != s.named, Data: data}
}
