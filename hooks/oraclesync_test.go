package hooks_test

import (
	"encoding/json"
	"maps"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"

	"kith/internal/sync"
)

// hears compares what rows somebody was given through a door with the oracle.
func (s *stage) hears(door string, w who, a *answer, only ...string) {
	s.t.Helper()
	s.keepsSecrets(door, w, a.raw)
	got := map[string]bool{}
	for key, row := range a.rows {
		if row == nil {
			continue
		}
		_, key, _ = strings.Cut(key, " ")
		collection, id, _ := strings.Cut(key, "/")
		got[key] = true
		if len(only) == 0 && !slices.Equal(slices.Sorted(maps.Keys(row)), slices.Sorted(slices.Values(columnsOf[collection]))) {
			s.t.Errorf("%s, by %s: %s has the columns %v", w, door, collection, slices.Sorted(maps.Keys(row)))
		}
		if row["id"] != id {
			s.t.Errorf("%s, by %s: %s is not %v", w, door, key, row["id"])
		}
	}
	for collection, rows := range mayHold {
		if len(only) > 0 && !slices.Contains(only, collection) {
			continue
		}
		for row, holders := range rows {
			key := collection + "/" + s.ids[collection][row]
			may := slices.Contains(holders, standIn(w)) || len(holders) == len(all)
			if may != got[key] {
				s.t.Errorf("%s, by %s: %s %q: may %v, got %v", w, door, collection, row, may, got[key])
			}
			delete(got, key)
		}
	}
	for key := range got {
		s.t.Errorf("%s, by %s, got %s, which is not in the oracle", w, door, key)
	}
}

func (s *stage) keepsSecrets(door string, w who, raw string) {
	s.t.Helper()
	for _, secret := range s.secrets() {
		if strings.Contains(raw, secret) {
			s.t.Errorf("%s was told a secret by %s: %.200s", w, door, raw[max(0, strings.Index(raw, secret)-80):])
		}
	}
}

// Ensure that a pull gives everybody what they may hold: no row and no column
// more, and none less.
func TestOracle_Pull(t *testing.T) {
	s := newStage(t)
	for _, w := range everybody {
		body := map[string]any{"protocol": 1, "cursor": ""}
		rec := s.askAs(w, "POST", "/api/sync", body)
		if want, no := refused[w]; no {
			wantProblem(t, rec, want.status, want.code)
			continue
		}
		s.hears("pull", w, parse(t, rec.Code, rec.Body))
	}
}

// askAs asks as somebody, from where they are.
func (s *stage) askAs(w who, method, path string, body any) *httptest.ResponseRecorder {
	s.t.Helper()
	raw := ""
	if body != nil {
		b, err := json.Marshal(body)
		must(s.t, err)
		raw = string(b)
	}
	return s.from(w, method, path, raw)
}

// Ensure that the public chunks give everybody the public rows, whatever token
// comes along.
func TestOracle_Chunks(t *testing.T) {
	s := newStage(t)
	for _, w := range everybody {
		rec := s.askAs(w, "GET", "/api/sync/public/-/0/0", nil)
		s.hears("chunk", visitor, parse(t, rec.Code, rec.Body))
	}
}

// touch changes a column that everybody who may hold the row gets to see.
var touch = map[string]string{
	"shops": "name", "communities": "area", "places": "address", "organisations": "url", "listings": "room", "concerns": "link", "members": "firstName", "devices": "name", "visits": "firstName",
}

// Ensure that a live connection hears of every change of a row that its member
// may hold, and of no other.
func TestOracle_Live(t *testing.T) {
	s := newStage(t)
	open := map[who]*listening{}
	for _, w := range everybody {
		if want, no := refused[w]; no {
			rec := s.askAs(w, "POST", "/api/sync/live", map[string]any{"protocol": 1, "cursor": ""})
			wantProblem(t, rec, want.status, want.code)
			continue
		}
		s.phones[w].sync()
		open[w] = s.phones[w].listen()
	}
	touched := slices.Collect(maps.Keys(touch))
	must(t, s.inOneCommit(func(db dbx.Builder) error {
		for collection, column := range touch {
			if _, err := db.NewQuery("UPDATE " + collection + " SET " + column + " = 'touched'").Execute(); err != nil {
				return err
			}
		}
		return nil
	}))
	for w, l := range open {
		var raw strings.Builder
		for line := range l.lines {
			raw.WriteString(line + "\n")
			if strings.HasPrefix(line, `{"end":`) {
				break
			}
		}
		s.hears("live", w, parse(t, 200, strings.NewReader(raw.String())), touched...)
	}
}

// Ensure that every command is carried out for those who may, refused to the
// others with its code, and changes nothing for them.
func TestOracle_Push(t *testing.T) {
	oneAtATime(t)
	s := newStage(t)
	for name := range mayDo {
		t.Run(name, func(one *testing.T) {
			s.t = one
			s = s.pushes(t, name)
		})
		s.t = t
	}
}

// pushes asks everybody's cell of one command. It returns the town in which to
// go on.
func (s *stage) pushes(t *testing.T, name string) *stage {
	one, cells := s.t, mayDo[name]
	command, _, _ := strings.Cut(name, ",")
	left := map[string]bool{}
	for _, w := range syncing {
		if left[s.phones[w].member] { // another phone of somebody who has left by now
			s, left = newStage(t), map[string]bool{}
			s.t = one
		}
		s.asks = w
		args := s.argsOf(name)
		var before map[string]string
		if cells[w] != "" {
			before = s.dumpOf("sync_")
		}
		p := s.phones[w]
		c := p.command(command, args)
		if strings.HasSuffix(name, ", for the owner") {
			c["for"] = s.phones[owner].member
		}
		a := p.sync(c)
		p.ack = p.number
		o := a.outcomes[len(a.outcomes)-1]
		if done := o.Status == sync.OK || o.Status == sync.Merged; o.Code != cells[w] || done != (cells[w] == "") {
			s.t.Errorf("%s, by %s: %+v", name, w, o)
		}
		if cells[w] != "" {
			s.sameRows(before, name+" by "+string(w))
		} else if command == "people.leave" || name == "people.erase" {
			left[p.member] = true
		}
	}
	if len(left) > 0 {
		s = newStage(t)
		s.t = one
	}
	s.refuses(name, command)
	return s
}

// refuses asks one command of all who are not answered, and looks once for what
// they left.
func (s *stage) refuses(name, command string) {
	s.t.Helper()
	s.asks = coordinator
	args := s.argsOf(name)
	before := s.dump()
	for w, want := range refused {
		wantProblem(s.t, s.askAs(w, "POST", "/api/sync", s.pushOf(command, args)), want.status, want.code)
	}
	s.unchanged(before, name+" by those who are refused")
}

// pushOf is a request with one command, on a stream of its own.
func (s *stage) pushOf(command string, args map[string]any) map[string]any {
	c := (&phone{town: s.town}).command(command, args)
	return map[string]any{"protocol": 1, "stream": random(), "ack": 0, "pending": 1, "cursor": "", "commands": []any{c}}
}

func (s *stage) argsOf(name string) map[string]any {
	club, draft := s.ids["listings"]["club"], s.ids["listings"]["draft"]
	switch name {
	case "visits.come":
		return comeArgs(club)
	case "visits.come, to the draft":
		return comeArgs(draft)
	case "visits.cancel":
		return map[string]any{"id": s.ids["visits"]["owner to the club"]}
	case "listings.add":
		return map[string]any{"id": newID(), "kind": "group", "title": "Walk"}
	case "listings.edit":
		return map[string]any{"id": club, "set": map[string]any{"room": newID()}}
	case "listings.edit, of the draft":
		return map[string]any{"id": draft, "set": map[string]any{"room": newID()}}
	case "listings.check":
		return map[string]any{"id": club}
	case "places.add":
		return map[string]any{"id": newID(), "name": "Hall"}
	case "people.rename":
		return map[string]any{"firstName": "Ada"}
	case "people.erase":
		return map[string]any{"member": ""}
	case "people.erase, without phone":
		return map[string]any{"member": s.make("members", map[string]any{"firstName": "Edna", "standing": "active", "noPhone": true}).Id}
	case "people.erase, with a phone":
		return map[string]any{"member": s.phones[suspended].member}
	}
	if args := s.hostArgs(name); args != nil {
		return args
	}
	if args := s.circleArgs(name); args != nil {
		return args
	}
	if args := s.waysInArgs(name); args != nil {
		return args
	}
	for _, room := range []func(string) map[string]any{s.listeningArgs, s.triageArgs, s.schemeArgs, s.cardsArgs, s.registersArgs, s.buddyArgs, s.askArgsOf, s.noticeArgs} {
		if args := room(name); args != nil {
			return args
		}
	}
	return s.peopleArgs(name)
}

// sameRows holds the collections against before; what a push notes of itself
// may have changed.
func (s *stage) sameRows(before map[string]string, after string) {
	s.t.Helper()
	for table, rows := range s.dumpOf("sync_") {
		if rows != before[table] {
			s.t.Errorf("%s changed %s", after, table)
		}
	}
}

// Ensure that people.rename reaches the caller's own member alone.
func TestOracle_NobodyIsRenamedByAnother(t *testing.T) {
	s := newStage(t)
	p := s.phones[resident]
	p.sync(p.command("people.rename", map[string]any{"firstName": "Eve", "id": s.phones[owner].member, "member": s.phones[owner].member}))
	m, err := s.app.FindRecordById("members", s.phones[owner].member)
	must(t, err)
	if m.GetString("firstName") != "Rosa" {
		t.Errorf("the owner is %s now", m.GetString("firstName"))
	}
}

// Ensure that who loses a right loses its rows with the next answer, of every
// kind: role, hosting, membership.
func TestOracle_ALostRightTakesItsRowsAlong(t *testing.T) {
	s := newStage(t)
	for _, c := range []struct {
		w               who
		collection, row string
		lost            string // audience
	}{
		{activator, "roles", "activator", "activators"},
		{helper, "consents", "helper for owner", "helped/" + s.phones[owner].member},
		{host, "hosts", "host of the club", "host/" + s.ids["listings"]["club"]},
	} {
		p := s.phones[c.w]
		p.sync()
		r, err := s.app.FindRecordById(c.collection, s.ids[c.collection][c.row])
		must(t, err)
		must(t, s.app.Delete(r))
		if a := p.sync(); !slices.Contains(a.drops, c.lost) {
			t.Errorf("%s keeps %s: %s", c.w, c.lost, a.raw)
		}
		if a := p.exchange(map[string]any{"cursor": ""}); strings.Contains(a.raw, `["`+c.lost+`"`) {
			t.Errorf("%s is given %s again: %s", c.w, c.lost, a.raw)
		}
	}
}
