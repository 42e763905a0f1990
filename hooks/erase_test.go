package hooks_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"kith/hooks/rights"
	"kith/internal/audit"
	"kith/internal/sync"
	"kith/seed"
)

// Words of a life that are nowhere else in the demo town.
const (
	herName   = "Rosaqq"
	herNumber = "07700 900461"
	herWords  = "her own words"
	herEmail  = "herqq@example.org"
	herNote   = "for the knitters"
)

// life is one member of the demo town who has done everything that leaves a trace.
type life struct {
	*town
	her, host *phone
	club      string // she comes to it, and host looks after it
	own       string // she looks after it
}

func newLife(t *testing.T) *life {
	t.Helper()
	w := newTown(t, func(r *sync.Registry) {
		r.Handle("test.fail", func(*sync.Call) (sync.Result, error) { return sync.Result{}, errors.New("broken") })
	})
	w.exec("DELETE FROM communities")
	must(t, seed.Fill(w.app, time.Now()))
	l := &life{town: w, her: w.phone("activator"), host: w.phone("activator"), club: w.weekly("Lunch club").Id, own: newID()}
	w.make("hosts", map[string]any{"listing": l.club, "member": l.host.member})
	her := l.her
	her.done("people.rename", map[string]any{"firstName": herName})
	her.done("listings.add", map[string]any{
		"id": l.own, "kind": "group", "title": "Knit with neighbours", "contact": map[string]any{"name": herName, "phone": herNumber},
	})
	come := comeArgs(l.club)
	come["firstName"] = herName
	her.done("visits.come", come)
	l.host.done("registers.add", map[string]any{"id": newID(), "listing": l.club, "occurrence": lastThursday(), "firstName": herName, "visit": come["id"]})
	off := comeArgs(l.club)
	off["occurrence"] = thursdayAfter(nextThursday())
	off["firstName"] = herName
	her.done("visits.come", off)
	her.done("visits.cancel", map[string]any{"id": off["id"]})
	failing := her.command("test.fail", map[string]any{"note": herWords})
	for range 3 {
		her.sync(failing)
	}
	her.ack = her.number
	w.hasEmail(her.member, herEmail)
	her.done("invites.make", map[string]any{"id": newID(), "codeHash": codeHashOf("ABCD"), "role": "resident", "uses": 5, "days": 5, "note": herNote})
	her.done("recovery.card", map[string]any{"id": newID(), "codeHash": codeHashOf("EFGH")})
	her.done("reports.make", map[string]any{"id": newID(), "kind": "worry", "text": "The stairs are dark.", "contact": herNumber})
	her.done("safety.block", map[string]any{"id": newID(), "blocked": w.phone("resident").member})
	l.host.done("safety.vouch", map[string]any{"id": newID(), "member": her.member, "kind": "known", "seenOn": "2026-01-01", "note": herWords})
	w.phone("coordinator").done("acting.record", map[string]any{
		"id": newID(), "member": her.member, "helper": l.host.member, "how": "phone", "witness": herWords, "scopes": []string{"visits"}, "until": sync.Stamp(time.Now().AddDate(0, 1, 0)),
	})
	l.host.sync()
	must(t, audit.Append(w.app.DB(), audit.Entry{At: time.Now(), Actor: audit.Console, Action: "roles.give", Subject: her.member}))
	return l
}

// thursdayAfter is the same time a week on.
func thursdayAfter(occurrence string) string {
	at, _ := time.Parse("2006-01-02T15:04", occurrence)
	return at.AddDate(0, 0, 7).Format("2006-01-02T15:04")
}

func (w *town) exec(statement string) {
	w.t.Helper()
	_, err := w.app.DB().NewQuery(statement).Execute()
	must(w.t, err)
}

// done sends one command, which must be carried out, and returns its outcome.
func (p *phone) done(name string, args map[string]any) sync.Outcome {
	p.t.Helper()
	a := p.sync(p.command(name, args))
	p.ack = p.number
	o := a.outcomes[len(a.outcomes)-1]
	if o.Status != sync.OK && o.Status != sync.Merged {
		p.t.Fatalf("%s: %+v", name, o)
	}
	return o
}

// tablesWith are the tables in which any of the words stands.
func (w *town) tablesWith(words ...string) (found []string) {
	w.t.Helper()
	for table, rows := range w.dump() {
		if slices.ContainsFunc(words, func(s string) bool { return strings.Contains(rows, s) }) {
			found = append(found, table)
		}
	}
	slices.Sort(found)
	return found
}

// Ensure that in the demo town a life can be erased: the answer says what went
// and what stays and why; nothing else of it is left in any table, nor in the
// bytes on the disk; and what is left is gone when its days are over. Run it with
// -v to read the before and after.
func TestErase_OfALifeInTheDemoTownLeavesWhatItNames(t *testing.T) {
	l := newLife(t)
	her := l.her
	words, ids := []string{herName, herNumber, herWords, herEmail, herNote}, []string{her.member, her.device}
	t.Logf("before: her words are in %v, her ids in %v", l.tablesWith(words...), l.tablesWith(ids...))

	var erased rights.Erased
	must(t, json.Unmarshal(her.done("people.erase", map[string]any{}).Result, &erased))
	for _, g := range erased.Gone {
		t.Logf("gone: %3d × %s", g.Rows, g.What)
	}
	for _, s := range erased.Stays {
		t.Logf("stays: %s. %s", s.What, s.Why)
	}
	if len(erased.Gone) < 6 || len(erased.Stays) < 4 {
		t.Errorf("%+v", erased)
	}
	if left := l.tablesWith(words...); len(left) > 0 {
		t.Errorf("her words are still in %v", left)
	}
	want := []string{"audit", "sync_aud", "sync_command", "sync_row", "sync_stream"}
	if left := l.tablesWith(ids...); !slices.Equal(left, want) {
		t.Errorf("her ids are in %v, and what was named is %v", left, want)
	}
	if a := her.exchange(map[string]any{"cursor": ""}); a.code != 401 {
		t.Errorf("her phone is answered %d %s", a.code, a.raw)
	}
	if a := l.host.sync(); !strings.Contains(a.raw, `"gone"`) || strings.Contains(a.raw, herName) {
		t.Errorf("the host's phone was told %s", a.raw)
	}

	_, err := rights.Retain(l.app, l.registry.Keepings, time.Now())
	must(t, err)
	for _, file := range []string{"data.db", "data.db-wal"} {
		raw, err := os.ReadFile(filepath.Join(l.app.DataDir(), file))
		must(t, err)
		for _, word := range words {
			if strings.Contains(string(raw), word) {
				t.Errorf("%q is still in the bytes of %s", word, file)
			}
		}
	}

	l.exec("INSERT INTO sync_clock SELECT seq, '" + sync.Stamp(time.Now().Add(time.Hour)) + "' FROM sync_meta") // somebody else goes on
	ended, err := rights.Retain(l.app, l.registry.Keepings, time.Now().AddDate(1, 2, 0))
	must(t, err)
	for _, e := range ended {
		if e.Rows > 0 {
			t.Logf("a year on: %3d × %s", e.Rows, e.What)
		}
	}
	if left := l.tablesWith(ids...); !slices.Equal(left, []string{"audit"}) {
		t.Errorf("a year on her ids are in %v", left)
	}
	if _, err := audit.Verify(l.app.DB()); err != nil {
		t.Error(err)
	}
	t.Logf("a year on: her words are in %v, her ids in %v", l.tablesWith(words...), l.tablesWith(ids...))
}

// Ensure that a coordinator erases somebody without a phone, and nobody who has
// one; and that a community keeps a coordinator.
func TestErase_OfAnotherIsForThoseWithoutAPhone(t *testing.T) {
	w := newTown(t)
	boss, other := w.phone("coordinator"), w.phone("resident")
	with := w.make("members", map[string]any{"firstName": "Ednaqq", "standing": "active"}).Id
	refused := func(p *phone, member, code string) {
		t.Helper()
		a := p.sync(p.command("people.erase", map[string]any{"member": member}))
		p.ack = p.number
		if o := a.outcomes[len(a.outcomes)-1]; o.Code != code {
			t.Errorf("%+v, wanted %s", o, code)
		}
	}
	refused(other, with, "not_allowed")
	refused(other, newID(), "not_allowed") // who is here is nobody's business
	refused(boss, other.member, "has_phone")
	refused(boss, newID(), "member_unknown")
	refused(boss, "nonsense", "args_invalid")
	refused(boss, boss.member, "last_coordinator")
	boss.done("people.erase", map[string]any{"member": with})
	refused(boss, with, "member_unknown")
	w.set("devices", other.device, map[string]any{"revoked": true})
	boss.done("people.erase", map[string]any{"member": other.member})
	if w.tablesWith("Ednaqq") != nil || w.count("members") != 1 {
		t.Error("somebody is left")
	}
	var actors []string
	must(t, w.app.DB().NewQuery("SELECT actor FROM audit WHERE action = 'people.erase'").Column(&actors))
	if !slices.Equal(actors, []string{boss.member, boss.member}) {
		t.Errorf("the audit says %v", actors)
	}
}

func (w *town) set(collection, id string, values map[string]any) {
	w.t.Helper()
	r, err := w.app.FindRecordById(collection, id)
	must(w.t, err)
	r.Load(values)
	must(w.t, w.app.Save(r))
}

// Ensure that neither an export nor an erasure says whether somebody blocked, or
// told the coordinators something about, whoever asks.
func TestErase_DoesNotSayWhoBlockedOrWorried(t *testing.T) {
	w := newTown(t)
	said := func(disliked bool) string {
		her, other := w.phone("resident"), w.phone("resident")
		if disliked {
			other.done("safety.block", map[string]any{"id": newID(), "blocked": her.member})
			other.done("reports.make", map[string]any{"id": newID(), "kind": "worry", "about": her.member, "text": "She shouts."})
		}
		var out struct{ Withheld json.RawMessage }
		must(t, json.Unmarshal(her.ask("POST", "/api/export", her.token, map[string]any{}).Body.Bytes(), &out))
		return string(out.Withheld) + string(her.done("people.erase", map[string]any{}).Result)
	}
	if with, without := said(true), said(false); with != without {
		t.Errorf("who is disliked is told\n%s\nand who isn't\n%s", with, without)
	}
}

// Ensure that what others were told that names the person is emptied, and what
// doesn't name them is not.
func TestErase_EmptiesWhatOthersWereToldOfThem(t *testing.T) {
	w := newTown(t, func(r *sync.Registry) {
		r.Handle("test.echo", func(c *sync.Call) (sync.Result, error) { return sync.Result{Data: c.Args}, nil })
	})
	her, other := w.phone("resident"), w.phone("resident")
	other.done("test.echo", map[string]any{"about": her.member})
	other.done("test.echo", map[string]any{"about": "nobody"})
	her.done("people.erase", map[string]any{})
	var results []string
	must(t, w.app.DB().NewQuery("SELECT result FROM sync_command WHERE name = 'test.echo' ORDER BY number").Column(&results))
	if len(results) != 2 || results[0] != "" || results[1] != `{"about":"nobody"}` {
		t.Errorf("%q", results)
	}
}
