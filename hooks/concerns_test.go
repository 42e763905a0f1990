package hooks_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"kith/hooks/rights"
	"kith/internal/concern"
)

// Ensure that of every combination of what was asked, why somebody is named all
// the same, who is named, and how urgent it is, the server takes exactly what the
// table says; that what it takes is marked for the lead alone where they did not
// agree; and that no name is stored without its basis, nor with one in the clear.
func TestConcerns_EveryCombinationIsJudgedAsTheTableSays(t *testing.T) {
	raw, err := os.ReadFile("../testdata/concern/consent.json")
	must(t, err)
	var table []struct {
		Asked    string
		Override *concern.Override
		Person   *concern.Person
		Code     string
		Lead     bool
	}
	must(t, json.Unmarshal(raw, &table))
	w := newCareful(t)
	w.exec(`UPDATE communities SET care = '{"perHour":20,"perDay":50}'`)
	taken := 0
	for i, cell := range table {
		if i%8 == 0 { // a till of its own for each few
			w.exec("UPDATE concerns SET till = ''")
		}
		for _, urgency := range []string{concern.Normal, concern.Urgent} {
			p := w.listenerOf(t)
			c := p.worry()
			c.Asked, c.Override, c.Person = cell.Asked, cell.Override, cell.Person
			s := p.write(c, urgency)
			got, row := p.sends(s.says), w.concernRow(s.says.ID)
			if cell.Code != "" {
				if got != "rejected "+cell.Code || row != nil {
					t.Errorf("%+v, %s: %s, stored %v", cell, urgency, got, row)
				}
				continue
			}
			taken++
			if got != "ok" || row == nil {
				t.Fatalf("%+v, %s: %s", cell, urgency, got)
			}
			if row["urgency"] != urgency || row["lead"] != map[bool]string{true: "true", false: "false"}[cell.Lead] || (row["person"] != "") != (cell.Person != nil) || row["state"] != "new" {
				t.Errorf("%+v, %s is stored as %v", cell, urgency, row)
			}
			if cell.Person != nil && row["person"] != w.keys.Person(cell.Person.Name) {
				t.Errorf("%+v isn't found by its name", cell)
			}
		}
	}
	if taken != 2*17 || w.count("concerns") != taken {
		t.Errorf("%d of %d are taken, %d stored", taken, 2*len(table), w.count("concerns"))
	}
	for name, rows := range w.dump() {
		if strings.Contains(rows, "Joan Ames") || strings.Contains(rows, "07700 900001") || strings.Contains(rows, "left the gas") {
			t.Errorf("%s holds something in the clear", name)
		}
	}
}

var listenersOf = map[*careful]*phone{}

// listenerOf is the one trained listener of a town.
func (w *careful) listenerOf(t *testing.T) *phone {
	if listenersOf[w] == nil {
		listenersOf[w] = w.trained()
		t.Cleanup(func() { delete(listenersOf, w) })
	}
	return listenersOf[w]
}

// Ensure that a concern which was written by nobody's hand, or in another's name,
// is refused with its own code and leaves nothing.
func TestConcerns_WhatNoAppWritesIsRefused(t *testing.T) {
	w := newCareful(t)
	p, other := w.trained(), w.trained()
	mine := w.make("shops", map[string]any{"name": "Mine", "status": "active"}).Id
	theirs := w.make("shops", map[string]any{"name": "Theirs", "status": "active"}).Id
	tablet := w.make("shops", map[string]any{"name": "Tablet", "status": "active"}).Id
	w.make("roles", map[string]any{"member": p.member, "role": "staff", "shop": mine})
	w.set("devices", p.device, map[string]any{"shop": tablet})
	for what, c := range map[string]struct {
		change func(*concern.Concern)
		want   string
	}{
		"another member":      {func(c *concern.Concern) { c.By.Member = other.member }, "rejected by_wrong"},
		"another device":      {func(c *concern.Concern) { c.By.Device = other.device }, "rejected by_wrong"},
		"another's shop":      {func(c *concern.Concern) { c.By.Shop = theirs }, "rejected by_wrong"},
		"a shop of nobody":    {func(c *concern.Concern) { c.By.Shop = newID() }, "rejected by_wrong"},
		"hidden characters":   {func(c *concern.Concern) { c.Words = "a\u202eb" }, "rejected text_invalid"},
		"a diagnosis":         {func(c *concern.Concern) { c.Noticed = []string{"dementia"} }, "rejected letter_invalid"},
		"of another version":  {func(c *concern.Concern) { c.V = 2 }, "rejected letter_invalid"},
		"their own shop":      {func(c *concern.Concern) { c.By.Shop = mine }, "ok"},
		"the tablet's shop":   {func(c *concern.Concern) { c.By.Shop = tablet }, "ok"},
		"no shop, from there": {func(*concern.Concern) {}, "ok"},
	} {
		worry := p.worry()
		c.change(worry)
		s := p.write(worry, concern.Normal)
		if got := p.sends(s.says); got != c.want || (w.concernRow(s.says.ID) != nil) != (c.want == "ok") {
			t.Errorf("%s: %s", what, got)
		}
	}
	s := p.write(p.worry(), concern.Normal)
	for what, change := range map[string]func(*concern.Says){
		"other facts": func(s *concern.Says) { s.Urgency = concern.Urgent }, "another id": func(s *concern.Says) { s.ID = newID() },
		"another kind": func(s *concern.Says) { s.Kind = "note" }, "half an envelope": func(s *concern.Says) { s.Sealed = s.Sealed[:1000] },
	} {
		says := s.says
		change(&says)
		if got := p.sends(says); got != "rejected letter_invalid" {
			t.Errorf("%s: %s", what, got)
		}
	}
}

// Ensure that whoever may pass on a worry does, after the basics if somebody is
// named; and that nobody else can.
func TestConcerns_AreOfThoseWhoListenAndHaveReadTheBasics(t *testing.T) {
	w := newCareful(t)
	for role, want := range map[string]string{"resident": "rejected not_allowed", "listener": "ok", "activator": "ok", "coach": "ok", "coordinator": "ok", "surgery": "rejected not_allowed"} {
		p := w.phone(role)
		if got := p.sends(p.write(p.worry(), concern.Normal).says); got != want {
			t.Errorf("%s: %s", role, got)
		}
		if want != "ok" {
			continue
		}
		s := p.write(p.named(), concern.Normal)
		if got := p.sends(s.says); got != "later basics_first" || w.concernRow(s.says.ID) != nil {
			t.Errorf("%s, named before the basics: %s", role, got)
		}
		w.make("basics", map[string]any{"member": p.member, "version": 1, "day": "2026-11-01"})
		if got := p.sends(s.says); got != "ok" {
			t.Errorf("%s, named after the basics: %s", role, got)
		}
	}
}

// Ensure that a letter is judged by the token and proof that are sealed in it, as
// of now, and that who brings it doesn't matter.
func TestConcerns_AreJudgedByWhatIsInTheLetter(t *testing.T) {
	w := newCareful(t)
	p := w.trained()
	for what, c := range map[string]struct {
		change func(*phone)
		want   string
	}{
		"without a proof":      {func(p *phone) { p.proves(false) }, "rejected proof_missing"},
		"with no token":        {func(p *phone) { p.token = "x" }, "rejected token_missing"},
		"of a suspended one":   {func(p *phone) { w.set("members", p.member, map[string]any{"standing": "suspended"}) }, "rejected member_suspended"},
		"of a revoked phone":   {func(p *phone) { w.set("devices", p.device, map[string]any{"revoked": true}) }, "rejected device_unknown"},
		"of one that waits":    {func(p *phone) { w.set("devices", p.device, map[string]any{"pending": true}) }, "rejected device_pending"},
		"by another's session": {func(*phone) {}, "ok"},
	} {
		q := w.trained()
		s := q.write(q.worry(), concern.Normal)
		c.change(q)
		letter := q.letter(s.says)
		rec := w.ask("POST", "/api/concerns", p.token, map[string]any{"letters": []string{letter}}) // p brings it
		var a struct{ Outcomes []became }
		must(t, json.Unmarshal(rec.Body.Bytes(), &a))
		if len(a.Outcomes) != 1 || a.Outcomes[0].String() != c.want {
			t.Errorf("%s: %d %s", what, rec.Code, rec.Body)
		}
	}
	thief := w.trained()
	thief.token = p.token // with a proof by another key
	thief.provers[p.token] = thief
	if got := thief.sends(p.write(p.worry(), concern.Normal).says); got != "rejected proof_invalid" {
		t.Errorf("with a proof by another key: %s", got)
	}
}

func (w *careful) set(collection, id string, values map[string]any) {
	w.t.Helper()
	r, err := w.app.FindRecordById(collection, id)
	must(w.t, err)
	r.Load(values)
	must(w.t, w.app.Save(r))
}

func (w *careful) retain(t *testing.T, now time.Time) {
	t.Helper()
	_, err := rights.Retain(w.app, w.registry.Keepings, now)
	must(t, err)
}

// Ensure that a letter is taken once, however often and by whomever it comes, that
// each of several is judged for itself, and that an id or receipt is one concern's.
func TestConcerns_AreTakenOnce(t *testing.T) {
	w := newCareful(t)
	p := w.trained()
	s, bad := p.write(p.worry(), concern.Normal), p.write(p.worry(), concern.Normal)
	bad.says.Urgency = concern.Urgent
	got := w.post(p.letter(s.says), p.letter(bad.says), p.letter(s.says), "AQ", "!", b64(make([]byte, 5000)))
	for i, want := range []string{"ok", "rejected letter_invalid", "merged", "rejected letter_invalid", "rejected letter_invalid", "rejected letter_invalid"} {
		if got[i].String() != want || want != "ok" && want != "merged" && got[i].Message == "" {
			t.Errorf("%d: %+v", i, got[i])
		}
	}
	same, other := s.says, p.write(p.worry(), concern.Normal).says
	same.Receipt, other.Receipt = concern.ReceiptOf(random()), s.says.Receipt
	for what, says := range map[string]concern.Says{"the same id": same, "the same receipt": other} {
		if got := p.sends(says); got != "rejected letter_invalid" {
			t.Errorf("%s: %s", what, got)
		}
	}
	if w.count("concerns") != 1 {
		t.Errorf("%d concerns", w.count("concerns"))
	}
}

// Ensure that whoever lost their role since hears that their letter came, and can
// take it back; but brings no new one.
func TestConcerns_AreTheirsByTheReceiptAlsoWithoutTheRole(t *testing.T) {
	w := newCareful(t)
	p := w.trained()
	s, fresh := p.write(p.worry(), concern.Normal), p.write(p.worry(), concern.Normal)
	if got := p.sends(s.says); got != "ok" {
		t.Fatal(got)
	}
	w.exec("DELETE FROM roles WHERE member = '" + p.member + "'")
	for i, c := range []struct {
		says any
		want string
	}{{s.says, "merged"}, {fresh.says, "rejected not_allowed"}, {fresh.withdrawal(), "rejected not_allowed"}, {s.withdrawal(), "ok"}, {s.says, "merged"}} {
		if got := p.sends(c.says); got != c.want {
			t.Errorf("%d: %s", i, got)
		}
	}
}

// Ensure that a concern can be withdrawn until somebody has picked it up, by
// whoever has its secret; that nothing of it is left then; and that the order in
// which the two letters come makes no difference.
func TestConcerns_CanBeWithdrawnUntilPickedUp(t *testing.T) {
	w := newCareful(t)
	w.exec(`UPDATE communities SET care = '{"perHour":20,"perDay":50}'`)
	p, other := w.trained(), w.trained()
	write := func() *slip { return p.write(p.named(), concern.Normal) }
	gone := func(s *slip) {
		t.Helper()
		row := w.concernRow(s.says.ID)
		for _, column := range []string{"urgency", "area", "hour", "received", "assignee", "picked", "keyName", "sealed", "person"} {
			if row[column] != "" {
				t.Errorf("%s is left: %q", column, row[column])
			}
		}
		if row["state"] != "withdrawn" {
			t.Errorf("it is %v", row)
		}
	}
	after := write()
	for i, c := range []struct {
		says any
		want string
	}{
		{after.says, "ok"}, {concern.Says{Kind: concern.KindWithdraw, ID: after.says.ID, Receipt: random()}, "rejected concern_unknown"},
		{after.withdrawal(), "ok"}, {after.withdrawal(), "merged"}, {after.says, "merged"},
	} {
		if got := p.sends(c.says); got != c.want {
			t.Errorf("%d: %s", i, got)
		}
	}
	gone(after)
	before := write()
	if a, b := other.sends(before.withdrawal()), p.sends(before.says); a != "ok" || b != "merged" {
		t.Errorf("withdrawn before it came: %s, %s", a, b)
	}
	gone(before)
	for what, change := range map[string]map[string]any{
		"assigned": {"state": "assigned", "picked": "2026-11-25"}, "let go again": {"state": "new", "picked": "2026-11-25"}, "closed": {"state": "closed"},
	} {
		late := write()
		p.sends(late.says)
		w.set("concerns", late.says.ID, change)
		if got := p.sends(late.withdrawal()); got != "rejected picked_up" || w.concernRow(late.says.ID)["sealed"] == "" {
			t.Errorf("%s: %s", what, got)
		}
	}
}

// Ensure that one device brings so many an hour and so many a day as the community
// has set, and no more; another isn't held up by it, and what waits comes later.
func TestConcerns_AreBoundedForOneDevice(t *testing.T) {
	w := newCareful(t)
	p, other := w.trained(), w.trained()
	send := func(p *phone) string { return p.sends(p.write(p.worry(), concern.Normal).says) }
	for i, want := range []string{"ok", "ok", "ok", "later too_many"} {
		if got := send(p); got != want {
			t.Errorf("%d: %s", i, got)
		}
	}
	if got := send(other); got != "ok" {
		t.Error(got)
	}
	w.exec("UPDATE concerns SET received = '2026-01-01 00:00:00.000Z'") // an hour ago
	w.exec(`UPDATE communities SET care = '{"perHour":3,"perDay":5}'`)
	for i, want := range []string{"ok", "ok", "later too_many"} {
		if got := send(p); got != want {
			t.Errorf("later that day, %d: %s", i, got)
		}
	}
	w.exec("UPDATE concerns SET till = ''") // the next day
	if got := send(p); got != "ok" {
		t.Error(got)
	}
}

// Ensure that something urgent doesn't wait for an hour to be over, that it counts all
// the same, and that the day's bound holds for it: whoever means harm floods no desk.
func TestConcerns_AnUrgentOneWaitsForNoHour(t *testing.T) {
	w := newCareful(t)
	w.exec(`UPDATE communities SET care = '{"perHour":2,"perDay":5}'`)
	p := w.trained()
	send := func(urgency string) string { return p.sends(p.write(p.worry(), urgency).says) }
	for i, step := range []struct{ urgency, want string }{
		{concern.Urgent, "ok"}, {concern.Urgent, "ok"}, {concern.Urgent, "ok"},
		{concern.Normal, "later too_many"}, // they counted
		{concern.Urgent, "ok"}, {concern.Urgent, "ok"},
		{concern.Urgent, "later too_many"}, {concern.Normal, "later too_many"},
	} {
		if got := send(step.urgency); got != step.want {
			t.Errorf("%d, %s: %s, not %s", i, step.urgency, got, step.want)
		}
	}
	if n := w.count("concerns"); n != 5 {
		t.Errorf("%d concerns", n)
	}
}

// Ensure that what can't be opened now is kept by its phone: sealed to another
// key, of the transport or of concerns.
func TestConcerns_SealedElsewhereStayOnTheirPhone(t *testing.T) {
	w, another := newCareful(t), newCareful(t)
	p := w.trained()
	s := p.write(p.worry(), concern.Normal)
	b := another.bundle()
	plain, err := json.Marshal(p.worry())
	must(t, err)
	envelope, err := concern.Seal(b.Intake, b.Recovery, s.says.Facts(), plain)
	must(t, err)
	says := s.says
	says.Sealed = b64(envelope)
	if got := p.sends(says); got != "later sealed_elsewhere" {
		t.Error(got)
	}
	q := another.trained()
	if got := w.post(q.letter(q.write(q.worry(), concern.Normal).says))[0].String(); got != "later sealed_elsewhere" {
		t.Error(got)
	}
	if w.count("concerns") != 0 {
		t.Error("something was stored")
	}
}
