package sim

import "time"

// rot damages a disk: a row is lost, or an old version came back.
func (w *world) rot(p *phone) {
	keys := sortedKeys(p.disk.Rows)
	if len(keys) == 0 || p.disk.Repair != 0 || w.sumsOff {
		return
	}
	k := pick(w, keys)
	if h := p.disk.Rows[k]; w.chance(2) {
		delete(p.disk.Rows, k)
	} else {
		h.Seq += 1_000_000
		p.disk.Rows[k] = h
	}
	p.rotten = true
	w.count("disks damaged")
}

// wrongSums makes the server's checksum wrong for a while: devices must not ask
// for everything for ever (22), and get over it when it is right again.
func (w *world) wrongSums() {
	if w.sumsOff {
		w.endWrongSums()
		return
	}
	w.sumsOff = true
	w.raw("server sums wrong", "UPDATE sync_aud SET checksum = checksum + 7 WHERE aud = 'public'")
}

func (w *world) endWrongSums() {
	w.raw("server sums right again", "UPDATE sync_aud SET checksum = checksum - 7 WHERE aud = 'public'")
	w.sumsOff = false
	time.Sleep(31 * time.Second) // the server's own memory of chunks
	w.cdn, w.late = nil, nil
	for _, p := range w.phones {
		p.inbox = nil
		p.rotten = p.rotten || p.disk.Repair != 0
		if p.disk.Repair == 2 {
			w.count("phones that gave up on the sums")
		}
	}
}
