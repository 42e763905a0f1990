package sim

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"testing/synctest"
	"time"

	"kith/internal/seal"
	"kith/sim/device"
)

// How people leave a phone: told to forget them from afar, or at the end of their
// turn on one that is shared, with what they could not send sealed (protocol.md,
// 4.3 and 4.4).

// parcel is what somebody left sealed on a shared device.
type parcel struct {
	blob   string
	token  string
	nonces []string
}

// toWipe says whether a device is to forget all that is its person's.
func (w *world) toWipe(token string) bool {
	d := w.o.now.rows[device.Key{Coll: "devices", ID: w.town.device[token]}]
	return d != nil && yes(d.col["wipe"])
}

func (w *world) tellToWipe(p *phone) {
	if p.member == "" || w.toWipe(p.token) {
		return
	}
	w.raw("devices told to wipe", fmt.Sprintf("UPDATE devices SET wipe = true WHERE id = '%s'", w.town.device[p.token]))
}

// wiped is a phone that has just forgotten its person. One that was refused was
// shut out by then, and nobody would take what it still had.
func (w *world) wiped(l *letter) {
	p := l.p
	if asked := l.ask.Body; l.status != 200 {
		w.count("wipes told by a refusal")
	} else if asked.Pending > len(asked.Commands) {
		w.fail("6: %s was wiped with %d commands that it had not handed in", p.name, asked.Pending-len(asked.Commands))
	}
	if n := len(p.disk.Rows) + len(p.disk.Queue.Entries) + len(p.disk.Queue.Journal); n > 0 || p.disk.Staged() || p.disk.Cursor != "" {
		w.fail("18: %s was wiped and holds %d things", p.name, n)
	}
	p.made, p.rotten, p.lapsed, p.ends = nil, false, false, nil
	w.kill(p)
	w.count("phones wiped from afar")
}

// endWipes lets what is left on phones that are to be wiped be handed in, and
// then gives them to somebody new; true while there was one.
func (w *world) endWipes() (was bool) {
	for i := range w.phones {
		p := w.phones[i]
		if p.member == "" || !w.toWipe(p.token) {
			continue
		}
		was = true
		if p.disk.Queue.Pending() > 0 {
			return true // the next round of pushes
		}
		w.kill(p)
		w.unpack(p)
	}
	if was {
		w.raw("wipes ended", "UPDATE devices SET wipe = false, revoked = false")
	}
	return was
}

// signOut ends a person's turn on a shared device: what waits is sealed, the rest
// is deleted (18).
func (w *world) signOut(p *phone) {
	if p.member == "" {
		return
	}
	w.kill(p)
	tab := p.tabs[0]
	tab.Proves = true
	plain := tab.Sealable(w.fresh(), p.token, w.proof(p, tab, "/api/sync/sealed"))
	w.count("people signed out")
	if plain != nil {
		w.sealed = append(w.sealed, w.seal(p, plain))
		w.count("outboxes sealed")
	}
	w.unpack(p)
	p.lapsed, p.ends = false, nil
}

func (w *world) seal(p *phone, plain []byte) *parcel {
	key, err := seal.Read(keysOf(w.s.dir))
	if err != nil {
		w.fail("%v", err)
	}
	blob, err := seal.Seal(key.Public(), plain)
	if err != nil {
		w.fail("%v", err)
	}
	one := &parcel{blob: base64.RawURLEncoding.EncodeToString(blob), token: p.token}
	for _, c := range p.disk.Queue.Entries {
		if !c.Pending() {
			continue
		}
		one.nonces = append(one.nonces, c.Nonce)
		if bytes.Contains(blob, []byte(c.Nonce)) || len(c.Args) > 4 && bytes.Contains(blob, c.Args) {
			w.fail("18: what %s sealed can be read", p.name)
		}
	}
	w.note("%s signs out and leaves %v", p.name, one.nonces)
	return one
}

// carry brings some of what is sealed, by whoever has a network.
func (w *world) carry(faults bool) {
	if len(w.sealed) == 0 {
		return
	}
	n := 1 + w.rng.IntN(min(3, len(w.sealed)))
	some := w.sealed[:n:n]
	if faults && w.chance(6) {
		w.count("sealed: requests lost")
		return
	}
	status, answer := w.bring(some)
	if faults && w.chance(6) {
		w.count("sealed: requests doubled")
		status, answer = w.bring(some)
	}
	if faults && w.chance(4) {
		w.count("sealed: answers lost after the commit")
		return
	}
	if status != 200 {
		w.count("sealed: refused")
		w.sealed = append(w.sealed[n:len(w.sealed):len(w.sealed)], some...)
		return
	}
	var told struct {
		Taken int
		Stops []json.RawMessage
	}
	if json.Unmarshal(answer, &told) != nil || told.Taken != n {
		w.fail("18: of %d parts were taken: %s", n, answer)
	}
	if len(told.Stops) > 0 {
		w.count("sealed: stops")
		return
	}
	for _, one := range some {
		for _, nonce := range one.nonces {
			if w.done[nonce] == "" && !w.refused(one.token) { // who leaves with it has no device any more, and what came after is not done
				w.fail("7: %s was sealed and taken in, and is not in the ledger", nonce)
			}
		}
	}
	w.sealed = w.sealed[n:]
	w.count("sealed: taken in")
}

// bring is the request. Nobody's turn comes whose device is refused (S1).
func (w *world) bring(some []*parcel) (status int, answer []byte) {
	blobs, refuse := []string{}, false
	for _, one := range some {
		blobs = append(blobs, one.blob)
		refuse = refuse || w.refused(one.token)
	}
	status, answer = w.s.ask("POST", "/api/sync/sealed", mustJSON(map[string]any{"sealed": blobs}), "", "")
	w.observe()
	w.note("%d sealed parts -> %d %s", len(some), status, answer)
	switch {
	case refuse && status == 200:
		w.fail("13: what somebody sealed who is revoked or suspended was taken in")
	case status >= 500 || status == 400:
		w.fail("E2: sealed -> %d %s", status, answer)
	case status == 429:
		time.Sleep(10 * time.Second)
	}
	return status, answer
}

// carryAll carries what is left, once all is quiet; true while there is something of
// somebody who is not refused.
func (w *world) carryAll() bool {
	i := slices.IndexFunc(w.sealed, func(one *parcel) bool { return !w.refused(one.token) })
	if i < 0 {
		return false
	}
	w.sealed = append(w.sealed[i:len(w.sealed):len(w.sealed)], w.sealed[:i]...)
	w.carry(false)
	return true
}

// checkSealed: what was left sealed has come, but of those who are refused to the
// end, such as who has left the community (18).
func (w *world) checkSealed() {
	for _, one := range w.sealed {
		if !w.refused(one.token) {
			w.fail("18: %v lie sealed to the end, and nobody is refused", one.nonces)
		}
		w.count("sealed: of who is refused to the end")
	}
}

// stall is a phone that doesn't read its connection; goOn reads again.
func (w *world) stall(p *phone) {
	if p.wire.stalled == nil && !p.wire.over {
		p.wire.stalled = make(chan struct{})
		w.count("live: stalled")
	}
}

func (w *world) goOn(p *phone) {
	if p.wire == nil || p.wire.stalled == nil {
		return
	}
	close(p.wire.stalled)
	synctest.Wait()
	p.wire.stalled = nil
	synctest.Wait()
}
