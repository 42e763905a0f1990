package hooks_test

import (
	"encoding/json"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kith/hooks"
	"kith/internal/concern"
	"kith/internal/seal"
	"kith/internal/sync"
)

// careful is a town with keys of concerns, outside of its data folder.
type careful struct {
	*town
	keys     *concern.Keys
	recovery *concern.Recovery
	file     string // where the keys lie
}

func newCareful(t testing.TB, prepare ...func(*sync.Registry)) *careful {
	return carefulOf(t, hooks.Config{Public: page}, prepare...)
}

func carefulOf(t testing.TB, cfg hooks.Config, prepare ...func(*sync.Registry)) *careful {
	t.Helper()
	keys, recovery, err := concern.NewKeys(time.Now())
	must(t, err)
	cfg.ConcernKeys = filepath.Join(t.TempDir(), "concern-keys")
	must(t, keys.WriteFile(cfg.ConcernKeys, true))
	w := &careful{townOf(t, cfg, prepare...), keys, recovery, cfg.ConcernKeys}
	w.sealing = keys
	w.exec("UPDATE communities SET area = 'Nunhead'")
	return w
}

// newTownWithKeys is a town in which concerns are on.
func newTownWithKeys(t testing.TB) *town { return newCareful(t).town }

// bundle is what this town tells phones to seal to.
func (w *town) bundle() concern.Bundle {
	w.t.Helper()
	c, err := w.app.FindFirstRecordByFilter("communities", "")
	must(w.t, err)
	b, err := concern.ReadBundle(c.GetString("keys"))
	must(w.t, err)
	return b
}

// slip is a concern that somebody wrote, and what their phone keeps of it.
type slip struct {
	says   concern.Says
	secret string
}

// worry is a concern without a name, as this phone writes it.
func (p *phone) worry() *concern.Concern {
	return &concern.Concern{
		V: 1, Asked: concern.NotYet, Noticed: []string{"missed", "lonely"}, Since: "weeks", Words: "Kettlecanary: she forgot it twice.",
		By: concern.By{Member: p.member, Device: p.device, FirstName: "Rosacanary"}, At: "2026-11-25T15:04:05.678Z",
	}
}

// named is the same about somebody who agreed.
func (p *phone) named() *concern.Concern {
	c := p.worry()
	c.Asked, c.Person = concern.Agreed, &concern.Person{Name: "Joan Amescanary", Reach: "07700 900001", Best: "mornings"}
	return c
}

// write seals a concern, as its phone does the moment that it is saved.
func (p *phone) write(c any, urgency string) *slip {
	p.t.Helper()
	f := concern.Facts{Kind: concern.KindConcern, ID: newID(), Urgency: urgency, Area: "Nunhead", Hour: "2026-11-25T15"}
	plain, err := json.Marshal(c)
	must(p.t, err)
	b := p.bundle()
	envelope, err := concern.Seal(b.Intake, b.Recovery, f, plain)
	must(p.t, err)
	secret := random()
	return &slip{concern.Says{Kind: f.Kind, ID: f.ID, Urgency: f.Urgency, Area: f.Area, Hour: f.Hour, Receipt: concern.ReceiptOf(secret), Sealed: b64(envelope)}, secret}
}

// withdrawal takes it back.
func (s *slip) withdrawal() concern.Says {
	return concern.Says{Kind: concern.KindWithdraw, ID: s.says.ID, Receipt: s.secret}
}

// letter puts something that this phone says into a letter.
func (p *phone) letter(says any) string {
	p.t.Helper()
	proof := ""
	if prover := p.provers[p.token]; prover != nil {
		proof = prover.dpop(httptest.NewRequest("POST", "http://kith.test/api/concerns", nil), p.token)
	}
	plain, err := json.Marshal(map[string]any{"token": p.token, "proof": proof, "letter": says})
	must(p.t, err)
	blob, err := seal.SealFor(concern.InfoLetter, p.sealTo(), concern.Pad(plain, concern.LetterStep))
	must(p.t, err)
	return b64(blob)
}

// became is what became of a letter: its outcome, and the code behind it.
type became struct{ Outcome, Code, Message string }

func (b became) String() string { return strings.TrimSpace(b.Outcome + " " + b.Code) }

// post brings letters, by nobody.
func (w *town) post(letters ...string) []became {
	w.t.Helper()
	rec := w.ask("POST", "/api/concerns", "", map[string]any{"letters": letters})
	var a struct {
		Epoch    string
		Outcomes []became
	}
	if err := json.Unmarshal(rec.Body.Bytes(), &a); err != nil || rec.Code != 200 || a.Epoch == "" || len(a.Outcomes) != len(letters) || rec.Header().Get("Cache-Control") != "no-store" {
		w.t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	return a.Outcomes
}

// sends brings what this phone says, and tells what became of it.
func (p *phone) sends(says any) string {
	p.t.Helper()
	return p.post(p.letter(says))[0].String()
}

// trained is a listener who has read the basics.
func (w *town) trained() *phone {
	w.t.Helper()
	p := w.phone("listener")
	w.make("basics", map[string]any{"member": p.member, "version": 1, "day": "2026-11-01"})
	return p
}

// row of a concern as it is stored.
func (w *town) concernRow(id string) map[string]string {
	w.t.Helper()
	r, err := w.app.FindRecordById("concerns", id)
	if err != nil {
		return nil
	}
	row := map[string]string{}
	for _, f := range r.Collection().Fields.FieldNames() {
		row[f] = r.GetString(f)
	}
	return row
}
