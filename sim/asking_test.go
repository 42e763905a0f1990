package sim

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing/synctest"
	"time"

	"kith/internal/concern"
	"kith/sim/device"
)

// Who asks for a concern that is somebody else's: by the cursor of a phone that has
// it, by the door that opens one, by a letter that takes it back, by a command. A
// Listener learns nothing of any but their own, and a responder what is theirs (25).

// tryForConcerns is a person who does that. Their phone is not changed by it.
func (w *world) tryForConcerns(p *phone) {
	if w.chance(2) { // rather a Listener
		p = w.phoneThat(p, func(p *phone) bool { return w.mayRaise(p.member) && !w.in(p.member, "responders") })
	}
	if p.member == "" {
		return
	}
	switch w.rng.IntN(4) {
	case 0:
		w.askWithTheirCursor(p)
	case 1, 2:
		w.open(p)
	case 3:
		w.takeBackTheirs(p)
	}
}

func (w *world) in(member, aud string) bool { return w.o.now.grants[member][aud] }

// askWithTheirCursor asks as if one held all that another phone holds.
func (w *world) askWithTheirCursor(p *phone) {
	other := w.phoneThat(p, func(q *phone) bool {
		return q.member != p.member && w.in(q.member, "responders") && q.disk.Cursor != ""
	})
	if other == p || w.toWipe(p.token) {
		return
	}
	body := p.tabs[0].Ask(0, 1<<20).Body
	body.Pending, body.Cursor = 0, other.disk.Cursor
	l := &letter{p: p, token: p.token, ask: &device.Ask{Path: "/api/sync", Body: body}, body: mustJSON(body)}
	l.proof = w.proof(p, p.tabs[0], "/api/sync")
	w.count("asked with another's cursor")
	w.deliver(l)
}

// open asks for the words of one concern.
func (w *world) open(p *phone) {
	k, f := w.oneConcern()
	if f == nil {
		return
	}
	tab := p.tabs[0]
	tab.Proves = true
	refuse := w.refused(p.token)
	before := w.o.now
	status, raw := w.s.ask("POST", "/api/concerns/open", mustJSON(map[string]any{"id": k.ID}), p.token, w.proof(p, tab, "/api/concerns/open"))
	synctest.Wait()
	w.observe()
	w.note("%s opens %s: %d", p.name, k.ID, status)
	may := !refuse && before.trusts(w.town.device[p.token]) && f.col["state"] != "withdrawn" &&
		(w.in(p.member, "coordinators") || w.in(p.member, "responders") && !yes(f.col["lead"]) && f.col["assignee"] == p.member)
	switch {
	case status >= 500:
		w.fail("E2: open -> %d %s", status, raw)
	case status == 200 && !may:
		w.fail("25: %s (%s) opened concern %s, which is %v", p.name, p.member, k.ID, f.col)
	case status != 200 && bytes.Contains(raw, []byte("two weeks")):
		w.fail("25: %s was refused concern %s, and told of it: %s", p.name, k.ID, raw)
	case status == 200:
		w.count("concerns opened")
	default:
		w.count("concerns not opened")
	}
}

// oneConcern is one that there is, or was until it was taken back.
func (w *world) oneConcern() (key device.Key, f *fact) {
	n := 0
	for _, k := range sortedKeys(w.o.now.rows) {
		if k.Coll == "concerns" {
			if n++; w.chance(n) {
				key, f = k, w.o.now.rows[k]
			}
		}
	}
	return key, f
}

// takeBackTheirs is a letter that would take back what somebody else wrote, by a
// secret that isn't its own.
func (w *world) takeBackTheirs(p *phone) {
	k, f := w.oneConcern()
	if f == nil || !w.mayRaise(p.member) {
		return
	}
	says := concern.Says{Kind: concern.KindWithdraw, ID: k.ID, Receipt: w.fresh()}
	text := w.sealLetter(p, says)
	status, raw := w.s.ask("POST", "/api/concerns", mustJSON(map[string]any{"letters": []string{text}}), "", "")
	w.observe()
	if status == 429 || status == 503 {
		time.Sleep(time.Minute)
		return
	}
	var a struct{ Outcomes []letterOutcome }
	if json.Unmarshal(raw, &a) != nil || status != 200 || len(a.Outcomes) != 1 {
		w.fail("E2: letters -> %d %s", status, raw)
	}
	w.note("%s would take back %s: %v", p.name, k.ID, a.Outcomes[0])
	w.count(strings.TrimSpace("another's taken back: " + a.Outcomes[0].Outcome + " " + a.Outcomes[0].Code))
	if o := a.Outcomes[0].Outcome; o == "ok" || o == "merged" {
		w.fail("25: %s took back %s without its secret", p.name, k.ID)
	}
}

// lookInto is a responder at the desk, with what their phone shows: somebody may
// have taken it back since, or may do so while this is on its way.
func (w *world) lookInto(p *phone) {
	p = w.phoneThat(p, func(q *phone) bool { return w.in(q.member, "responders") && w.holds(q, "concerns") })
	if !w.holds(p, "concerns") || p.disk.Queue.Pending() > 12 {
		return
	}
	name := pick(w, []string{"concerns.take", "concerns.take", "concerns.take", "concerns.close"})
	args := map[string]any{"id": w.seen(p, "concerns")}
	if name == "concerns.close" {
		args["outcome"] = "helped"
	}
	w.do(p, name, args)
}

func (w *world) holds(p *phone, coll string) bool {
	for k := range p.disk.Rows {
		if k.Coll == coll {
			return true
		}
	}
	return false
}

// checkDesk: what was taken back stays so, whatever comes after it (25).
func (w *world) checkDesk(before *state) {
	for k, f := range before.rows {
		if k.Coll != "concerns" || f.col["state"] != "withdrawn" {
			continue
		}
		if now := w.o.now.rows[k]; now != nil && now.col["state"] != "withdrawn" {
			w.fail("25: %s was taken back, and is %s again", k.ID, now.col["state"])
		}
	}
}

func (w *world) withdrawn(id string) bool {
	f := w.o.now.rows[device.Key{Coll: "concerns", ID: id}]
	return f != nil && f.col["state"] == "withdrawn"
}
