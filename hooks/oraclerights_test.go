package hooks_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"kith/internal/audit"
)

// mayAsk: what the doors that always want a proof answer everybody; "" is an
// answer. Whoever is not named is refused as by sync.
var mayAsk = map[string]map[who]string{
	"/api/export":        but("", map[who]string{}),
	"/api/email":         but("", map[who]string{}),
	"/api/email, other":  but("", map[who]string{unenrolled: "email_fixed"}),
	"/api/email/confirm": but("code_wrong", map[who]string{}),
	"/api/audit":         but("not_allowed", map[who]string{coordinator: "", unenrolled: "device_not_enrolled"}),
}

// Ensure that everybody gets what is about them, coordinators who prove
// themselves read the audit, and all others are refused and leave nothing.
func TestOracle_Rights(t *testing.T) {
	s := newStage(t)
	must(t, audit.Append(s.app.DB(), audit.Entry{Actor: audit.Console, Action: "roles.give", Subject: s.phones[host].member}))
	for path, cells := range mayAsk {
		for _, w := range everybody {
			door, another, _ := strings.Cut(path, ", ")
			body := s.openBody(path)
			before := s.dump()
			switch {
			case body != nil:
			case another != "":
				body = map[string]any{"email": newID() + "@example.org"}
			default:
				body = map[string]any{}
			}
			if door == "/api/email/confirm" && s.phones[w] != nil { // there is a code to be wrong about
				s.askAs(w, "POST", "/api/email", body)
				before, body["code"] = s.dump(), "x"
			}
			rec := s.askAs(w, "POST", door, body)
			if want, no := proofless[w]; no {
				wantProblem(t, rec, want.status, want.code)
				s.unchanged(before, path+" by "+string(w))
				continue
			}
			if cells[w] != "" {
				wantProblem(t, rec, 403, cells[w])
				if cells[w] != "code_wrong" { // which counts the tries
					s.unchanged(before, path+" by "+string(w))
				}
				continue
			}
			if rec.Code != 200 {
				t.Errorf("%s, by %s: %d %s", path, w, rec.Code, rec.Body)
			}
		}
	}
}

// Ensure that an export needs a proof of whoever asks, also of a resident.
func TestOracle_AnExportNeedsAProof(t *testing.T) {
	w := newTown(t)
	p := w.phone("resident").proves(false)
	wantProblem(t, p.ask("POST", "/api/export", p.token, map[string]any{}), 401, "proof_missing")
}

// Ensure that an export is of the caller alone: their words and rows are in it,
// nobody else's are, and nothing with which somebody could be them.
func TestExport_IsOfTheCallerAlone(t *testing.T) {
	l := newLife(t)
	other := l.phone("resident")
	other.done("people.rename", map[string]any{"firstName": "Otherqq"})
	come := comeArgs(l.club)
	come["firstName"] = "Otherqq"
	other.done("visits.come", come)
	rec := l.her.ask("POST", "/api/export", l.her.token, map[string]any{})
	var out struct {
		Community, At, Member string
		Kept                  []struct {
			What, Why, Kept string
			Rows            []map[string]any
		}
		Withheld []struct{ What, Why string }
	}
	must(t, json.Unmarshal(rec.Body.Bytes(), &out))
	said := rec.Body.String()
	for _, hers := range []string{herName, herNumber, herWords, l.her.member, l.own, "Knit with neighbours"} {
		if !strings.Contains(said, hers) {
			t.Errorf("%q is not in her export", hers)
		}
	}
	keys := []string{"Otherqq", other.member, other.device}
	for _, q := range []string{"SELECT tokenKey FROM members", "SELECT tokenKey FROM devices", "SELECT password FROM members", "SELECT codeHash FROM invites"} {
		var found []string
		must(t, l.app.DB().NewQuery(q).Column(&found))
		keys = append(keys, found...)
	}
	for _, k := range keys {
		if strings.Contains(said, k) {
			t.Errorf("%q is in her export", k)
		}
	}
	if out.Member != l.her.member || out.Community == "" || len(out.Kept) < 6 || len(out.Withheld) == 0 {
		t.Errorf("%+v", out)
	}
	for _, k := range out.Kept {
		if k.What == "" || k.Why == "" || k.Kept == "" || len(k.Rows) == 0 {
			t.Errorf("%+v", k)
		}
	}
	var last string
	must(t, l.app.DB().NewQuery("SELECT action || ' ' || subject FROM audit ORDER BY number DESC LIMIT 1").Row(&last))
	if last != "people.export "+l.her.member {
		t.Errorf("the audit's last entry is %s", last)
	}
}

// Ensure that what is withheld is named to everybody alike, so that its being
// named tells nobody that there is something.
func TestExport_NamesWhatIsWithheldToEverybodyAlike(t *testing.T) {
	l := newLife(t)
	withheld := func(p *phone) string {
		var out struct{ Withheld json.RawMessage }
		must(t, json.Unmarshal(p.ask("POST", "/api/export", p.token, map[string]any{}).Body.Bytes(), &out))
		return string(out.Withheld)
	}
	if hers, others := withheld(l.her), withheld(l.phone("resident")); hers != others {
		t.Errorf("she is told %s, somebody new %s", hers, others)
	}
}

// auditPage is what POST /api/audit answers.
type auditPage struct {
	Entries []struct {
		Number                               int64
		Actor, Device, Action, Subject, Hash string
		Detail                               map[string]string
	}
	Head audit.Head
}

func (p *phone) auditPage(body map[string]any) (page auditPage) {
	p.t.Helper()
	rec := p.ask("POST", "/api/audit", p.token, body)
	if rec.Code != 200 {
		p.t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	must(p.t, json.Unmarshal(rec.Body.Bytes(), &page))
	return page
}

// Ensure that each look at the audit is an entry of it, there before anything is
// shown; that pages lead on from one another; and that the head is the newest.
func TestAudit_EachLookIsAnEntry(t *testing.T) {
	w := newTown(t)
	boss := w.phone("coordinator")
	for range 3 {
		must(t, audit.Append(w.app.DB(), audit.Entry{Actor: audit.Console, Action: "roles.give", Detail: map[string]string{"role": "owner"}}))
	}
	before, err := audit.Last(w.app.DB())
	must(t, err)
	page := boss.auditPage(map[string]any{"limit": 2})
	look := page.Entries[0]
	if len(page.Entries) != 2 || look.Action != "audit.read" || look.Actor != boss.member || look.Device != boss.device || look.Number != before.Number+1 {
		t.Errorf("%+v", page)
	}
	if page.Head.Number != look.Number || page.Head.Hash != look.Hash {
		t.Errorf("the head is %v", page.Head)
	}
	var numbers []int64
	for at := page.Entries[1].Number; ; {
		page := boss.auditPage(map[string]any{"before": at, "limit": 2})
		if len(page.Entries) == 0 {
			break
		}
		for _, e := range page.Entries {
			numbers = append(numbers, e.Number)
			at = e.Number
			if e.Action == "roles.give" && e.Detail["role"] != "owner" && e.Actor == audit.Console {
				t.Errorf("%+v", e)
			}
		}
	}
	if !slices.IsSortedFunc(numbers, func(a, b int64) int { return int(b - a) }) || numbers[len(numbers)-1] != 1 {
		t.Errorf("%v", numbers)
	}
	for _, bad := range []map[string]any{{"limit": 0}, {"limit": 201}, {"before": -1}, {"before": "x"}} {
		wantProblem(t, boss.ask("POST", "/api/audit", boss.token, bad), 400, "body_invalid")
	}
	if _, err := audit.Verify(w.app.DB(), before); err != nil {
		t.Error(err)
	}
}
