package hooks_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"kith/internal/limits"
)

// puts makes n rows of a member in a table beside a relation, in one statement.
func (w *town) puts(n int, table, relation, member string) {
	w.t.Helper()
	w.exec(fmt.Sprintf(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i < %d)
		INSERT INTO %s (id, %s, member) SELECT substr(lower(hex(randomblob(8))), 1, 15), substr(lower(hex(randomblob(8))), 1, 15), '%s' FROM n`, n, table, relation, member))
}

// pullsAll pulls from nothing, in small pages, and holds each cursor against its bound.
func (p *phone) pullsAll() (pages, audiences int) {
	p.t.Helper()
	for cursor, done := "", false; !done; pages++ {
		a := p.exchange(map[string]any{"cursor": cursor, "maxBytes": limits.PageMin})
		if a.code != 200 || pages > 1000 {
			p.t.Fatalf("page %d: %d %s", pages, a.code, a.raw)
		}
		if len(a.cursor) > limits.Cursor {
			p.t.Fatalf("a cursor of %d bytes is given, and would be refused", len(a.cursor))
		}
		cursor, done, audiences = a.cursor, a.done, audiences+len(a.resets)
	}
	return pages, audiences
}

// Ensure that no cursor is given that would then be refused, in however many audiences
// the database has somebody.
func TestCrowd_NobodyIsGivenACursorThatIsRefused(t *testing.T) {
	w := newTown(t)
	ada := w.phone("activator")
	w.puts(limits.Audiences+50, "organisers", "circle", ada.member)
	if _, audiences := ada.pullsAll(); audiences != limits.Audiences+1 {
		t.Errorf("%d audiences are sent", audiences)
	}
}

// Ensure that the name of every audience that is declared is within what the length of a
// cursor is made for.
func TestCrowd_EveryAudiencesNameIsWithinItsBound(t *testing.T) {
	literal, id := regexp.MustCompile(`'([^']*)'`), regexp.MustCompile(`\|\| *\{row\}\.\w+`)
	for _, g := range newTown(t).registry.Grants {
		n := 15 * len(id.FindAllString(g.Audience, -1))
		for _, part := range literal.FindAllStringSubmatch(g.Audience, -1) {
			n += len(part[1])
		}
		if n > limits.AudienceName || g.Audience != "" && n == 0 {
			t.Errorf("%s is %d bytes long", g.Audience, n)
		}
	}
}

// Ensure that no command puts somebody into more audiences than a cursor has room for,
// whoever sends it and whatever kind they are of; and that whoever is in more, from
// before, can still be let out.
func TestCrowd_NoCommandPutsSomebodyIntoTooMany(t *testing.T) {
	s := newStage(t)
	boss, sam := s.phones[coordinator], s.phones[resident]
	var in int
	must(t, s.app.DB().NewQuery("SELECT count(DISTINCT aud) FROM sync_grant WHERE member = '"+sam.member+"'").Row(&in))
	s.puts(limits.Audiences-in-3, "organisers", "circle", sam.member)
	give := func() string {
		shop := s.make("shops", map[string]any{"name": "Bakery", "status": "active"}).Id
		return boss.told("roles.give", map[string]any{"id": newID(), "member": sam.member, "role": "owner", "shop": shop})
	}
	if got := give(); got != "" { // the shop, its owners, and the counters
		t.Fatalf("the last that there is room for: %s", got)
	}
	if got := give(); got != "groups_full" {
		t.Errorf("one more: %q", got)
	}
	if got := sam.told("circles.start", map[string]any{"id": newID(), "name": "Round", "personName": "Sam", "words": "", "requires": "known"}); got != "groups_full" {
		t.Errorf("one more by themselves: %q", got)
	}
	sam.pullsAll()

	s.puts(5, "organisers", "circle", sam.member)
	role := s.ask1("SELECT id FROM roles WHERE role = 'owner' AND member = '" + sam.member + "'")
	boss.mustDo("roles.take", map[string]any{"id": role})
	boss.mustDo("people.suspend", map[string]any{"member": sam.member})
	if got := s.ask1("SELECT standing FROM members WHERE id = '" + sam.member + "'"); got != "suspended" {
		t.Errorf("they are %s", got)
	}
}

// Ensure that one person runs a bounded number of listings, with those that are over; and
// that they can leave one of those, also as the last who runs it.
func TestHosts_OneRunsABoundedNumber(t *testing.T) {
	w := newTown(t)
	ada := w.phone("activator")
	w.puts(limits.Hosting-1, "hosts", "listing", ada.member)
	add := func() (string, string) {
		id := newID()
		return id, ada.told("listings.add", map[string]any{"id": id, "kind": "group", "title": "Walk"})
	}
	club, got := add()
	if got != "" {
		t.Fatalf("the last that there is room for: %s", got)
	}
	if id, got := add(); got != "hosting_full" || w.ask1("SELECT count(*) FROM listings WHERE id = '"+id+"'") != "0" {
		t.Errorf("one more: %q", got)
	}
	bob := w.phone("activator")
	dance := newID()
	bob.mustDo("listings.add", map[string]any{"id": dance, "kind": "group", "title": "Dance"})
	code, _ := bob.invites(map[string]any{"listing": dance, "days": 7})
	if got := ada.told("hosts.join", map[string]any{"code": code}); got != "hosting_full" {
		t.Errorf("one more by a link: %q", got)
	}

	own := map[string]any{"id": w.hosting(club, ada.member)}
	if got := ada.told("hosts.end", own); got != "last_host" {
		t.Errorf("what goes on is left alone: %q", got)
	}
	ada.mustDo("listings.edit", map[string]any{"id": club, "set": map[string]any{"status": "ended"}})
	ada.mustDo("hosts.end", own)
	ada.mustDo("hosts.join", map[string]any{"code": code})
	if a := ada.exchange(map[string]any{"cursor": ""}); !strings.Contains(a.raw, "host/"+dance) || strings.Contains(a.raw, "host/"+club) {
		t.Error("the one is left, or the other not joined")
	}
}
