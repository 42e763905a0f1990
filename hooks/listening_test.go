package hooks_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"kith/internal/audit"
	"kith/internal/limits"
	"kith/internal/sync"
)

// with gives a member a role more.
func (p *phone) with(role string) *phone {
	p.make("roles", map[string]any{"member": p.member, "role": role})
	return p.proves(true)
}

// Ensure that the training cards are noted once for each version, from whichever
// phone of somebody it comes, and only for those who may pass on a worry.
func TestListening_TheBasicsAreNotedOnce(t *testing.T) {
	w := newTown(t)
	p := w.phone("resident")
	if code, _ := p.does("listening.basics", map[string]any{"id": newID(), "version": 1}); code != "not_allowed" {
		t.Errorf("a resident: %q", code)
	}
	p.with("listener")
	first := newID()
	p.doesWell("listening.basics", map[string]any{"id": first, "version": 1})
	other := w.secondPhone(p.member)
	_, a := other.does("listening.basics", map[string]any{"id": newID(), "version": 1})
	if o := a.last(); o.Status != sync.Merged || string(o.Result) != `{"id":"`+first+`"}` {
		t.Errorf("again: %+v", o)
	}
	other.doesWell("listening.basics", map[string]any{"id": newID(), "version": 2})
	if n := w.count("basics"); n != 2 {
		t.Errorf("%d rows", n)
	}
	row := p.exchange(map[string]any{"cursor": ""}).rows["member/"+p.member+" basics/"+first]
	if row["version"] != float64(1) || row["day"] != london(t) {
		t.Errorf("%v", row)
	}
}

// Ensure that a new number counts as not rung yet, whoever had rung the old one,
// and that a change of its hours does not.
func TestListening_ANewNumberHasNotBeenRung(t *testing.T) {
	w := newTown(t)
	c := w.phone("coordinator")
	id := newID()
	c.doesWell("helplines.add", map[string]any{"id": id, "topic": "debt", "name": "Debtline", "phone": "020 7946 0001"})
	checked := func() string { return w.record("helplines", id).GetString("checked") }
	if checked() != "" {
		t.Errorf("checked before anybody rang: %q", checked())
	}
	for _, step := range []struct {
		set  map[string]any
		want string
	}{
		{map[string]any{"hours": "Day and night", "phone": "020 7946 0001"}, london(t)}, {map[string]any{"phone": "020 7946 0002"}, ""}, {map[string]any{"text": "HELP to 00000"}, ""},
	} {
		c.doesWell("helplines.check", map[string]any{"id": id})
		c.doesWell("helplines.edit", map[string]any{"id": id, "set": step.set})
		if checked() != step.want {
			t.Errorf("%v: checked %q, not %q", step.set, checked(), step.want)
		}
	}
	if code, _ := c.does("helplines.edit", map[string]any{"id": id, "set": map[string]any{"phone": "", "text": ""}}); code != "phone_invalid" {
		t.Errorf("without a number: %q", code)
	}
	if code, _ := c.does("helplines.edit", map[string]any{"id": id, "set": map[string]any{"url": "javascript:alert(1)"}}); code != "text_invalid" {
		t.Errorf("with a trap: %q", code)
	}
}

// Ensure that the lines of the whole country are there from the start, can be
// dialled, say where they were looked up, and don't claim that anybody rang them.
func TestListening_TheNationalHelplinesAreThereAndUnchecked(t *testing.T) {
	w := newTown(t)
	rows, err := w.app.FindAllRecords("helplines")
	must(t, err)
	topics := map[string]bool{}
	for _, r := range rows {
		topics[r.GetString("topic")] = true
		if r.GetString("checked") != "" || !strings.HasPrefix(r.GetString("url"), "https://") {
			t.Errorf("%s: %v", r.GetString("name"), r.PublicExport())
		}
		if dialled := regexp.MustCompile(`^(\d{3}|116 123|0[38]00 \d{3} \d{4}|0333 \d{3} \d{4}|080[08] \d{3,4} \d{3,4})$`); r.GetString("phone") != "" && !dialled.MatchString(r.GetString("phone")) {
			t.Errorf("%s: %s", r.GetString("name"), r.GetString("phone"))
		}
	}
	for _, topic := range []string{"crisis", "dementia", "carers", "abuse", "bereavement", "debt", "olderPeople", "mentalHealth"} {
		if !topics[topic] {
			t.Errorf("no helpline for %s", topic)
		}
	}
}

// Ensure that the list of numbers ends somewhere: every phone of the town holds it.
func TestListening_AListIsNoLongerThanItMayBe(t *testing.T) {
	w := newTown(t)
	c := w.phone("coordinator")
	for i := range limits.OnCallRows {
		c.doesWell("onCall.add", map[string]any{"id": newID(), "name": fmt.Sprint("Tom ", i), "phone": "020 7946 0001"})
	}
	if code, _ := c.does("onCall.add", map[string]any{"id": newID(), "name": "Tom", "phone": "020 7946 0001"}); code != "list_full" {
		t.Errorf("%q", code)
	}
}

// Ensure that a community begins with settings for looking after people, that a
// change leaves the others as they are, and that each change is in the record.
func TestListening_CareIsSetPieceByPiece(t *testing.T) {
	w := newTown(t)
	c := w.phone("coordinator")
	settings := func() map[string]any {
		for key, row := range c.exchange(map[string]any{"cursor": ""}).rows {
			if strings.HasPrefix(key, "public communities/") {
				return row["care"].(map[string]any)
			}
		}
		return nil
	}
	if s := settings(); s["escalateMinutes"] != float64(10) || s["councilPhone"] != "" {
		t.Errorf("at first: %v", s)
	}
	c.doesWell("community.care", map[string]any{"set": map[string]any{"councilPhone": "020  7946 0111"}})
	c.doesWell("community.care", map[string]any{"set": map[string]any{"escalateMinutes": 15}})
	if s := settings(); s["escalateMinutes"] != float64(15) || s["councilPhone"] != "020 7946 0111" || s["perHour"] != float64(3) {
		t.Errorf("then: %v", s)
	}
	_, a := c.does("community.care", map[string]any{"set": map[string]any{"phoneListMinutes": 12}})
	if o := a.last(); o.Code != "care_invalid" || o.Message != "The phone list comes after the others were told." {
		t.Errorf("%+v", o)
	}
	page, err := audit.Page(w.app.DB(), 0, 10)
	must(t, err)
	n := 0
	for _, r := range page {
		if r.Action == "community.care" && r.Actor == c.member {
			n++
		}
	}
	if n != 2 {
		t.Errorf("%d entries of two changes: %v", n, page)
	}
}

// Ensure that a coach's right to the responders' list hangs on their device, and
// ends with their role.
func TestListening_WhoIsOnCallIsForRespondersOnTheirOwnPhones(t *testing.T) {
	w := newTown(t)
	id := w.make("onCall", map[string]any{"name": "Tom", "phone": "020 7946 0001"}).Id
	p := w.phone("resident").with("coach")
	enrolled := func(yes bool) {
		d := w.record("devices", p.device)
		d.Set("enrolled", yes)
		must(t, w.app.Save(d))
	}
	enrolled(false)
	if a := p.sync(); a.has("responders", "onCall", id) {
		t.Errorf("on a phone that isn't enrolled: %s", a.raw)
	}
	enrolled(true)
	if a := p.sync(); !a.has("responders", "onCall", id) {
		t.Errorf("on an enrolled one: %s", a.raw)
	}
	role, err := w.app.FindFirstRecordByData("roles", "member", p.member)
	must(t, err)
	must(t, w.app.Delete(role))
	if a := p.sync(); !slices.Contains(a.drops, "responders") {
		t.Errorf("without the role: %s", a.raw)
	}
}
