package hooks_test

import (
	"testing"

	"kith/internal/concern"
)

// The oracle's cells of concerns: sealed rows that leave without their words.

func init() {
	desk := []who{coach, coordinator}
	mayHold["concerns"] = map[string][]who{
		"new": desk, "of the coach": desk, "for the lead": {coordinator}, "closed": desk, "withdrawn": nobody, "over": nobody,
	}
	columnsOf["concerns"] = []string{"id", "urgency", "area", "received", "state", "lead", "assignee", "picked", "closedOn", "outcome", "link", "escalated"}
}

// concerns of the town, with a canary in every column that nobody may read.
func (s *stage) concerns() {
	for name, c := range map[string]map[string]any{
		"new":          {"state": "new"},
		"of the coach": {"state": "assigned", "assignee": s.phones[coach].member},
		"for the lead": {"state": "new", "lead": true},
		"closed":       {"state": "closed", "outcome": "helped", "closedOn": "2026-11-25"},
		"withdrawn":    {"state": "withdrawn", "closedOn": "2026-11-25"},
		"over":         {"state": "closed", "outcome": "helped", "received": ""},
	} {
		for column, value := range map[string]any{"urgency": "normal", "area": "Nunhead", "hour": "2026-11-25T14", "received": "2026-11-25 14:00:00.000Z", "quarter": "2026-Q4"} {
			if _, set := c[column]; !set {
				c[column] = value
			}
		}
		c["keyName"], c["sealed"], c["person"], c["receipt"], c["till"] = canary[:16], canary, canary, canary+name, canary
		s.name("concerns", name, s.make("concerns", c))
	}
}

// mayPassOn says what becomes of the letter of each of those who sync: "" is taken.
var mayPassOn = but("not_allowed", map[who]string{host: "", activator: "", listener: "", coach: "", coordinator: "", unenrolled: ""})

// Ensure that a letter is taken of those who listen, and of nobody else, whoever
// brings it; that a refused one leaves nothing; and that how it goes is asked by
// nobody in particular.
func TestOracle_Letters(t *testing.T) {
	s := newStage(t)
	s.exec(`INSERT OR IGNORE INTO basics (id, member, version, day) SELECT substr('basics' || id, 1, 15), id, 1, '2026-11-01' FROM members`)
	for _, w := range everybody {
		p := s.phones[w]
		if p == nil {
			p = &phone{town: s.town, token: s.tokens[w], member: newID(), device: newID()}
		}
		p.town = s.town
		want := "ok"
		if code := mayPassOn[standIn(w)]; code != "" {
			want = "rejected " + code
		}
		if no, is := refused[w]; is {
			want = "rejected " + no.code
		}
		before := s.dump()
		if got := p.sends(p.write(p.named(), concern.Normal).says); got != want {
			t.Errorf("%s: %s, not %s", w, got, want)
		}
		if want != "ok" {
			s.unchanged(before, "a letter of "+string(w))
		}
		before = s.dump()
		if rec := s.askAs(w, "POST", "/api/concerns/receipts", map[string]any{"receipts": []string{random(), random(), random(), random(), random(), random(), random(), random()}}); rec.Code != 200 {
			t.Errorf("%s asks how it goes: %d %s", w, rec.Code, rec.Body)
		}
		s.unchanged(before, "how it goes, asked by "+string(w))
	}
}
