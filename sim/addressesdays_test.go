package sim

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// What the people of the street do, with what their phones show them.

// part is that somebody helps, as their own phone has it.
type part struct{ ID, Circle, Status string }

// parts are where a phone's member helps.
func (s *street) parts(p *handset) (all []part) {
	for k, h := range p.d.Rows {
		var r part
		if k.Coll != "circleHelpers" || !slices.Contains(h.Auds, "member/"+p.member) || json.Unmarshal(h.Data, &r) != nil || r.Status != "in" {
			continue
		}
		all = append(all, r)
	}
	slices.SortFunc(all, func(a, b part) int { return strings.Compare(a.ID, b.ID) })
	return all
}

// occurrence names one of a slot's, of today or one of the days after it.
func (s *street) occurrence(n int) string {
	days := s.r.IntN(4)
	if s.r.IntN(2) == 0 {
		days = s.r.IntN(2)
	}
	day := time.Now().In(londonTime).AddDate(0, 0, days)
	for n == 1 && !slices.Contains([]time.Weekday{time.Monday, time.Wednesday, time.Friday}, day.Weekday()) {
		day = day.AddDate(0, 0, 1)
	}
	return day.Format(time.DateOnly) + "T" + dailySlots[n].start
}

func (s *street) round(id string) *around {
	return s.rounds[slices.IndexFunc(s.rounds, func(c *around) bool { return c.id == id })]
}

// acts is a helper doing something about a turn, with or without a signal.
func (s *street) acts(p *handset) {
	parts := s.parts(p)
	if len(parts) == 0 {
		return
	}
	me := pick(s.world, parts)
	c := s.round(me.Circle)
	n := s.r.IntN(len(c.slots))
	of := map[string]any{"slot": c.slots[n], "occurrence": s.occurrence(n)}
	switch s.r.IntN(20) {
	case 0, 1, 2, 3, 4, 5, 6:
		s.does(p, "turns.take", of)
	case 7, 8:
		if t := s.mine(p, me.ID); t != nil {
			s.does(p, "turns.drop", t)
		}
	case 9, 10:
		s.does(p, "turns.standby", of)
	case 11:
		s.does(p, "turns.unstandby", of)
	case 12:
		s.does(p, pick(s.world, []string{"turns.every", "turns.endEvery"}), map[string]any{"slot": c.slots[n]})
	case 13, 14, 15:
		s.asksOrAnswers(p, me)
	default:
		if t := s.mine(p, me.ID); t != nil {
			t["step"] = pick(s.world, []string{"onWay", "here", "home", "noAnswer", ""})
			s.does(p, "turns.step", t)
		}
	}
}

// mine is a turn that a phone shows as its helper's, as the arguments that name it.
func (s *street) mine(p *handset, helper string) map[string]any {
	var all []map[string]any
	for k, h := range p.d.Rows {
		var r struct{ ID, Helper, Slot, Occurrence string }
		if k.Coll == "turns" && json.Unmarshal(h.Data, &r) == nil && r.Helper == helper {
			all = append(all, map[string]any{"slot": r.Slot, "occurrence": r.Occurrence})
		}
	}
	if len(all) == 0 {
		return nil
	}
	slices.SortFunc(all, func(a, b map[string]any) int {
		return strings.Compare(fmt.Sprint(a["occurrence"], a["slot"]), fmt.Sprint(b["occurrence"], b["slot"]))
	})
	return all[len(all)-1]
}

// asksOrAnswers: a helper asks another to take their turn, or says yes to who asked them.
func (s *street) asksOrAnswers(p *handset, me part) {
	var asked []string
	for k, h := range p.d.Rows {
		var r struct{ Helper, Status string }
		if k.Coll == "swaps" && json.Unmarshal(h.Data, &r) == nil && r.Status == "asked" && r.Helper == me.ID {
			asked = append(asked, k.ID)
		}
	}
	if len(asked) > 0 {
		slices.Sort(asked)
		s.does(p, pick(s.world, []string{"swaps.yes", "swaps.yes", "swaps.no"}), map[string]any{"id": asked[0]})
		return
	}
	if t := s.mine(p, me.ID); t != nil {
		var others []string
		if err := s.s.app.DB().NewQuery("SELECT id FROM circleHelpers WHERE circle = '" + me.Circle + "' AND status = 'in' AND id <> '" + me.ID + "' ORDER BY id").Column(&others); err != nil {
			s.fail("%v", err)
		}
		if len(others) > 0 {
			t["id"], t["helper"] = s.freshID("swap"), pick(s.world, others)
			s.does(p, "turns.swap", t)
		}
	}
}

// organise is a person doing something about their circle.
func (s *street) organise() {
	if s.r.IntN(6) > 0 {
		return
	}
	c := pick(s.world, s.rounds)
	n := s.r.IntN(len(c.slots))
	occurrence := s.occurrence(n)
	switch s.r.IntN(12) {
	case 0:
		s.count("homes changed")
		s.moves(c)
	case 1, 2, 3:
		s.count("turns moved")
		at, err := time.ParseInLocation("2006-01-02T15:04", occurrence, londonTime)
		if err != nil {
			s.fail("%v", err)
		}
		at = at.Add(time.Duration(s.r.IntN(96)-24) * 30 * time.Minute)
		s.says(c.person, "slots.change", map[string]any{"id": c.slots[n], "occurrence": occurrence, "start": at.Format("2006-01-02T15:04"), "minutes": 30 + 30*s.r.IntN(4)})
	case 4:
		s.says(c.person, "slots.change", map[string]any{"id": c.slots[n], "occurrence": occurrence, "cancelled": s.r.IntN(3) > 0})
	case 5:
		s.takesOff(c)
	default:
		s.says(c.person, "turns.assign", map[string]any{"slot": c.slots[n], "occurrence": occurrence, "helper": s.oneOf(c)})
	}
}

// oneOf is a helper of a circle, or nobody.
func (s *street) oneOf(c *around) string {
	var in []string
	if err := s.s.app.DB().NewQuery("SELECT id FROM circleHelpers WHERE circle = '" + c.id + "' AND status = 'in' ORDER BY id").Column(&in); err != nil {
		s.fail("%v", err)
	}
	return pick(s.world, append(in, ""))
}

// takesOff takes a helper off, and lets somebody else in.
func (s *street) takesOff(c *around) {
	h := s.oneOf(c)
	if h == "" {
		return
	}
	s.count("helpers taken off")
	s.says(c.person, pick(s.world, []string{"circleHelpers.remove", "circleHelpers.block"}), map[string]any{"id": h})
	if m := s.r.IntN(len(people)); memberID(m) != c.person {
		s.lets(c, m)
	}
}

// closes closes a circle.
func (s *street) closes(c *around) {
	for _, p := range s.handsets {
		if p.member == c.person {
			s.opens(p)
		}
	}
	s.says(c.person, "circles.close", map[string]any{"id": c.id})
	c.closed = true
}
