package hooks_test

import (
	"regexp"
	"strings"
	"testing"

	"kith/internal/sync"
)

// names says by what a phone that holds raw could tell that it is about a member: their
// id, or an id that is made of theirs.
func names(raw, member string) (by []string) {
	ids := regexp.MustCompile(`\b[a-z0-9]{15}\b`).FindAllString(raw, -1)
	if strings.Contains(raw, member) {
		by = append(by, "their id")
	}
	for _, kind := range []string{"reply", "host", "organiser", "joined", "block", "role", "contact", "helper", "visit"} {
		for _, about := range ids {
			for _, made := range []string{sync.DerivedID(kind, about, member), sync.DerivedID(kind, member, about), sync.DerivedID(kind, member)} {
				if strings.Contains(raw, made) {
					by = append(by, kind+" of "+about)
				}
			}
		}
	}
	return by
}

// Ensure that who asks, replies, helps or runs a group stays a first name to the others:
// also to whoever blocks or reports them, which only coordinators can look up.
func TestUnnamed_NobodyIsToldWhichMemberTheOtherIs(t *testing.T) {
	w := newTown(t)
	b := newBoard(w)
	pearl := w.phone("coordinator")
	b.ask = b.ada.asksFor("walk")
	reply := b.can(b.sam)
	b.ada.doesWell("replies.choose", map[string]any{"id": reply})
	b.ada.doesWell("messages.send", map[string]any{"id": newID(), "about": reply, "text": "At ten?"})
	report := newID()
	b.sam.doesWell("reports.make", map[string]any{"id": report, "about": reply, "kind": "worry", "text": "She sounds low"})
	b.sam.doesWell("asks.block", map[string]any{"id": newID(), "about": reply})
	b.ada.doesWell("asks.block", map[string]any{"id": newID(), "about": b.sam.asksFor("post")})
	for name, p := range map[string]struct{ who, of *phone }{"who replied": {b.sam, b.ada}, "who asks": {b.ada, b.sam}} {
		p.who.cursor = ""
		if by := names(p.who.sync().raw, p.of.member); by != nil {
			t.Errorf("%s can tell who the other is by %v", name, by)
		}
	}
	if got := pearl.holds("reportSubjects")[report]["about"]; got != b.ada.member {
		t.Errorf("a coordinator is told that it is about %v", got)
	}
	w.exec1("DELETE FROM reports")
	if n := w.count("reportSubjects"); n != 0 {
		t.Error("what a report is about outlives it")
	}
}

// Ensure that who names somebody whom they blocked by an ask isn't told that it is them.
func TestUnnamed_ABlockByNameIsNoAnswerToABlockByAnAsk(t *testing.T) {
	b := newBoard(newTown(t))
	b.ask = b.ada.asksFor("walk")
	b.sam.doesWell("asks.block", map[string]any{"id": newID(), "about": b.ask})
	first, second := newID(), newID()
	b.sam.doesWell("safety.block", map[string]any{"id": first, "blocked": b.ada.member})
	if o := b.sam.sync(b.sam.command("safety.block", map[string]any{"id": second, "blocked": b.ada.member})).last(); o.Status != sync.Merged || string(o.Result) != `{"id":"`+first+`"}` {
		t.Errorf("the second by name is %s %s", o.Status, o.Result)
	}
	b.sam.doesWell("safety.unblock", map[string]any{"id": first})
	b.ada.doesWell("replies.make", map[string]any{"id": newID(), "ask": b.sam.asksFor("post"), "words": "I can"})
	if got := b.sam.holds("replies"); len(got) != 0 {
		t.Errorf("who took back the one block is brought what the other keeps away: %v", got)
	}
}

// Ensure that runners of a group, organisers, and who came by a circle's link know each
// other's first names and nothing to find the member by.
func TestUnnamed_IdsOfRowsSayNothingOfTheirMember(t *testing.T) {
	w := newTown(t)
	ada, sam := w.phone("activator"), w.phone("resident")
	club := newID()
	ada.mustDo("listings.add", map[string]any{"id": club, "kind": "group", "title": "Walk"})
	code, _ := ada.invites(map[string]any{"listing": club, "days": 7})
	sam.mustDo("hosts.join", map[string]any{"code": code})
	if by := names(hostsOf(ada), sam.member); by != nil {
		t.Errorf("a co-host is told by %v", by)
	}

	r := newRound(t, 1)
	link, _ := r.edna.invites(map[string]any{"circle": r.id, "uses": 9, "days": 7})
	fresh := &phone{town: r.town, key: newKey(t), queue: random()}
	fresh.take(fresh.join(link))
	for name, p := range map[string]struct{ who, of *phone }{"the organiser of who came": {r.edna, fresh}, "who came of the organiser": {fresh, r.edna}} {
		p.who.cursor = ""
		if by := names(p.who.sync().raw, p.of.member); by != nil {
			t.Errorf("%s: by %v", name, by)
		}
	}
}

func hostsOf(p *phone) string {
	p.cursor = ""
	var rows []string
	for line := range strings.SplitSeq(p.sync().raw, "\n") {
		if strings.Contains(line, `"hosts"`) {
			rows = append(rows, line)
		}
	}
	return strings.Join(rows, "\n")
}
