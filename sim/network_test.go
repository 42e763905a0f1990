package sim

import (
	"bytes"
	"encoding/json"
	"testing/synctest"

	"kith/sim/device"
)

// exchange is one request of a phone through a network that may lose, double,
// hold back or cut it, or its answer.
func (w *world) exchange(p *phone, faults bool) {
	tab := pick(w, p.tabs)
	l := w.ask(p, tab, faults)
	if !faults {
		w.deliver(l)
		w.take(l)
		return
	}
	switch w.rng.IntN(24) {
	case 0, 1:
		w.count("requests lost")
		return
	case 2:
		w.count("requests that came late")
		w.late = append(w.late, l)
		return
	case 3:
		w.count("kills after asking")
		w.deliver(l)
		w.kill(p)
		return
	}
	w.deliver(l)
	if w.chance(12) {
		w.count("requests doubled")
		first := *l
		w.deliver(l)
		if w.chance(2) {
			*l = first
		}
	}
	switch w.rng.IntN(20) {
	case 0, 1:
		w.count("answers lost after the commit")
		return
	case 2:
		w.count("answers cut")
		l.answer = l.answer[:w.rng.IntN(len(l.answer))]
	case 3, 4:
		w.count("answers that came late")
		p.inbox = append(p.inbox, l)
		return
	}
	w.take(l)
	if w.chance(15) {
		w.count("answers doubled")
		w.take(l)
	}
	if w.chance(25) {
		w.count("kills after taking")
		w.kill(p)
	}
}

// ask builds a phone's next request.
func (w *world) ask(p *phone, tab *device.Device, faults bool) *letter {
	l := &letter{p: p, tab: tab, token: p.token}
	if p.member == "" {
		l.ask = tab.AskPublic()
		return l
	}
	commands, bytes := 100, 1<<20
	if faults {
		commands, bytes = 1+w.rng.IntN(6), 1<<20
		if w.chance(2) {
			bytes = 16 << 10
		}
	}
	l.ask = tab.Ask(commands, bytes)
	if p.old {
		l.ask.Body.Schema = 0
		if len(l.ask.Body.Commands) > 0 {
			w.count("pushes of an old schema")
		}
	}
	l.body = l.ask.Bytes()
	l.proof = w.proof(p, tab, l.ask.Path)
	if p.lapsed = p.lapsed && l.ask.Body.Cursor == ""; l.ask.Body.Cursor == "" && p.disk.Repair == 2 && !p.lapsed {
		w.fail("22: %s asks for everything again and again", p.name)
	}
	return l
}

// deliver brings a request to the server and its answer as far as the door.
func (w *world) deliver(l *letter) {
	if l.ask.Body == nil && w.fromCDN(l) {
		return
	}
	refuse := w.refused(l.token)
	l.parsed = nil
	l.status, l.answer = w.s.ask(l.ask.Method(), l.ask.Path, l.body, l.token, l.proof)
	synctest.Wait()
	w.note("%s %s %s -> %d %s", l.p.name, l.ask.Path, l.body, l.status, l.answer)
	w.observe()
	if refuse && l.status == 200 {
		w.fail("13: %s is revoked or suspended, and was answered", l.p.name)
	}
	if l.status != 200 {
		w.count("refusals")
		for _, code := range []string{"proof_missing", "proof_clock", "proof_used", "device_pending"} {
			if bytes.Contains(l.answer, []byte(code)) {
				w.count("refusals: " + code)
			}
		}
		if l.status >= 500 || l.status == 400 {
			w.fail("E2: %s -> %d %s", l.body, l.status, l.answer)
		}
		return
	}
	w.inspect(l)
	if l.ask.Body == nil {
		w.cdn = append(w.cdn, cached{l.ask.Path, l.answer})
	}
}

// refused says whether the server must refuse a device now (protocol.md, A2).
func (w *world) refused(token string) bool {
	d := w.o.now.rows[device.Key{Coll: "devices", ID: w.town.device[token]}]
	if d == nil {
		return token != ""
	}
	return yes(d.col["revoked"]) || yes(d.col["pending"]) || w.o.now.rows[device.Key{Coll: "members", ID: d.col["member"]}].col["standing"] != "active"
}

// deviceOf is the device that a request came from, if it proved that.
func (w *world) deviceOf(token, proof string) string {
	if proof == "" {
		return ""
	}
	return w.town.device[token]
}

// fromCDN answers a chunk from a cache of any age, for some time after it was made.
func (w *world) fromCDN(l *letter) bool {
	if w.calm || w.chance(2) {
		return false
	}
	for _, c := range w.cdn {
		if c.path == l.ask.Path {
			l.status, l.answer, l.parsed = 200, c.body, nil
			w.count("public chunks from a CDN")
			return true
		}
	}
	return false
}

// inspect reads an answer as it leaves the server.
func (w *world) inspect(l *letter) {
	lines := bytes.Split(bytes.TrimSpace(l.answer), []byte("\n"))
	var first struct{ Head device.Head }
	if json.Unmarshal(lines[0], &first) != nil {
		w.fail("1: an answer has no head: %s", lines[0])
	}
	w.checkBytes(l.p.member, w.deviceOf(l.token, l.proof), first.Head.Epoch, first.Head.Seq, lines)
	if l.ask.Body == nil {
		return
	}
	a := l.read()
	if a == nil {
		w.fail("1: an answer was cut by the server: %s", lines[len(lines)-1])
	}
	w.countAnswer(l, a)
	if w.toWipe(l.token) && len(a.Lines) > 0 {
		w.fail("13: %s is to be wiped, and was sent %+v", l.p.name, a.Lines[0])
	}
	for _, o := range a.Outcomes {
		if w.done[o.Nonce] != o.Status || o.Seq > a.Head.Seq {
			w.fail("7: %s was told %q at %d of %s, and the ledger says %q", l.p.name, o.Status, o.Seq, o.Nonce, w.done[o.Nonce])
		}
	}
	if a.End.Done && a.End.Sums == nil && len(a.Lines) > 0 && !w.sumsOff {
		w.count("answers without sums")
	}
}

func (w *world) countAnswer(l *letter, a *device.Answer) {
	if a.Stop != nil {
		w.count("stops: " + a.Stop.Reason)
	}
	if !a.End.Done {
		w.count("pages that were not done")
	}
	if a.End.Done && a.End.Sums == nil {
		w.count("nothing new, from memory")
	}
	for _, line := range a.Lines {
		switch {
		case line.Drop != "":
			w.count("audiences dropped")
		case line.Reset != "" && l.ask.Body.Cursor != "" && a.Head.Epoch == l.p.disk.Epoch:
			w.count("audiences reset in an epoch")
		case line.Data == nil && line.Reset == "":
			w.count("tombstones")
		}
	}
}

// take gives an answer to the tab that asked, and looks at the phone after it.
func (w *world) take(l *letter) {
	if l.tab == nil {
		return
	}
	before, stream := l.p.disk.Seen, l.p.disk.Queue.Stream
	var got device.Taken
	if l.status == 200 {
		got = l.tab.TakeParsed(l.ask, l.read())
	} else {
		got = l.tab.Take(l.ask, l.status, l.answer)
	}
	w.note("%s takes it: %d, seq %d, %d pending", l.p.name, got, l.p.disk.Seq, l.p.disk.Queue.Pending())
	switch {
	case l.p.disk.Queue.Stream == stream:
	case before != l.p.disk.Seen:
		w.count("rebirths after a restore")
	default:
		w.count("rebirths after a fork or a gap")
	}
	switch got {
	case device.Stale:
		w.count("answers built on what has moved on")
	case device.Done:
		w.count("checkpoints")
		w.leased(l)
		w.checkpoint(l.p)
	case device.Wiped:
		w.wiped(l)
	case device.Cut, device.Page, device.Refused:
	}
}

// lateLetters lets one request or answer that was held back arrive.
func (w *world) lateLetters(p *phone) {
	if n := len(w.late); n > 0 && w.chance(2) {
		i := w.rng.IntN(n)
		l := w.late[i]
		w.late = append(w.late[:i:i], w.late[i+1:]...)
		w.deliver(l)
		if l.tab != nil {
			l.p.inbox = append(l.p.inbox, l)
		}
		return
	}
	if n := len(p.inbox); n > 0 {
		i := w.rng.IntN(n)
		l := p.inbox[i]
		p.inbox = append(p.inbox[:i:i], p.inbox[i+1:]...)
		w.take(l)
	}
}
