package sim

import (
	"bytes"
	"encoding/json"
	"testing/synctest"
	"time"
)

// listen opens a live connection, or reads what has come on it.
func (w *world) listen(p *phone, faults bool) {
	if p.member == "" {
		return
	}
	if p.live == nil {
		w.openLive(p)
		return
	}
	if w.refused(p.token) && !p.wire.over && p.wire.stalled == nil {
		w.fail("13: %s is revoked or suspended, and still listens", p.name)
	}
	if faults && w.chance(8) {
		w.stall(p)
		return
	}
	w.goOn(p)
	cut := faults && w.chance(12)
	w.readLive(p, faults)
	switch {
	case p.live.Closed:
		if p.live.Pull {
			w.count("live: sent to pull")
		} else {
			w.count("live: goodbyes")
		}
		w.hangUp(p)
	case p.wire.over:
		w.hangUp(p)
	case cut:
		w.count("live: cut")
		w.hangUp(p)
	case !p.hurt && !p.rotten && p.disk.Cursor != "":
		// Still open and read to the end: the device has all that is visible to it (L1, L4).
		if diff := w.o.differs(w.o.now, p.member, w.town.device[p.token], p.disk.Rows); diff != "" {
			w.fail("L1: %s is live at %d and was never told: %s", p.name, p.disk.Seq, diff)
		}
	}
}

func (w *world) openLive(p *phone) {
	tab := pick(w, p.tabs)
	body := tab.AskLive()
	if body == nil {
		return
	}
	p.proven = w.proof(p, tab, "/api/sync/live")
	p.wire = w.s.open(mustJSON(body), p.token, p.proven)
	synctest.Wait()
	if w.refused(p.token) && p.wire.status == 200 {
		w.fail("13: %s is revoked or suspended, and may listen", p.name)
	}
	if p.wire.status != 200 {
		w.count("live: refused")
		if p.wire.status >= 500 || p.wire.status == 400 {
			w.fail("E2: live -> %d %s", p.wire.status, p.wire.unread)
		}
		tab.Refuse(p.wire.unread)
		w.hangUp(p)
		return
	}
	p.live, p.hurt, p.opened = tab.Listen(), false, time.Now()
	w.count("live: opened")
}

// readLive feeds what has come to the device, with frames lost, doubled and
// swapped.
func (w *world) readLive(p *phone, faults bool) {
	blocks := frames(p.wire)
	for i, block := range blocks {
		w.inspectFrame(p, block)
		times := 1
		if faults && len(block) > 1 {
			switch w.rng.IntN(16) {
			case 0:
				times, p.hurt = 0, true
				w.count("live: frames lost")
			case 1:
				times = 2
				w.count("live: frames doubled")
			case 2:
				if i+1 < len(blocks) {
					blocks[i+1], block = block, blocks[i+1]
					w.count("live: frames swapped")
				}
			}
		}
		for range times {
			w.feed(p, block)
		}
		if p.live.Closed {
			return
		}
	}
}

// frames takes the whole lines off the wire, those of one frame together.
func frames(wr *wire) (blocks [][][]byte) {
	end := bytes.LastIndexByte(wr.unread, '\n') + 1
	var block [][]byte
	for _, line := range bytes.Split(wr.unread[:end], []byte("\n")) {
		if len(line) == 0 {
			continue
		}
		block = append(block, line)
		inside := bytes.HasPrefix(block[0], []byte(`{"frame"`))
		if !inside || bytes.HasPrefix(line, []byte(`{"end"`)) {
			blocks, block = append(blocks, block), nil
		}
	}
	wr.unread = wr.unread[end:]
	return blocks
}

func (w *world) feed(p *phone, block [][]byte) {
	applied, ignored := p.live.Applied, p.live.Ignored
	for _, line := range block {
		p.live.Line(line)
	}
	if len(block) > 1 {
		w.note("%s reads %s, seq %d", p.name, bytes.Join(block, []byte(" ")), p.disk.Seq)
	}
	if p.live.Ignored > ignored {
		w.count("live: frames ignored")
	}
	if p.live.Applied > applied {
		w.count("live: frames applied")
		w.checkpoint(p)
	}
}

func (w *world) inspectFrame(p *phone, block [][]byte) {
	var l struct {
		Frame  *struct{ From, To int64 }
		Poke   *struct{}
		Leases map[string]int64
	}
	if json.Unmarshal(block[0], &l) != nil {
		w.fail("L1: %s was sent %s", p.name, block[0])
	}
	if l.Poke != nil {
		w.count("live: pokes")
	}
	if l.Leases != nil {
		p.renewed(l.Leases)
	}
	if l.Frame != nil {
		w.checkBytes(p.member, w.deviceOf(p.token, p.proven), w.epoch, l.Frame.To, block)
	}
}
