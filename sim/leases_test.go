package sim

import (
	"slices"
	"time"

	"kith/sim/device"
)

// leased notes when the leases of an answer are truly over: by the server's own
// clock, from when it answered.
func (w *world) leased(l *letter) {
	a := l.read()
	at, err := time.Parse(time.RFC3339Nano, a.Head.Now)
	if err != nil {
		w.fail("1: %v", err)
	}
	l.p.ends = map[string]time.Time{}
	for aud, s := range a.End.Leases {
		l.p.ends[aud] = at.Add(time.Duration(s) * time.Second)
	}
}

// renewed notes that a live connection said at its beginning that some go on.
func (p *phone) renewed(seconds map[string]int64) {
	for aud, s := range seconds {
		if !p.opened.IsZero() {
			p.ends[aud] = p.opened.Add(time.Duration(s) * time.Second)
		}
	}
	p.opened = time.Time{}
}

// leases lets each phone's own timer ring, as time goes on, and looks at what it
// still shows (16).
func (w *world) leases() {
	for _, p := range w.phones {
		if over := p.tabs[0].EndLeases(); len(over) > 0 {
			w.count("leases over")
			p.lapsed = true
			w.note("%s ends %d leases", p.name, len(over))
		}
		for aud, end := range p.ends {
			if time.Now().Before(end) {
				continue
			}
			for k, h := range p.disk.Rows {
				if slices.Contains(h.Auds, aud) {
					w.fail("16: %s shows %v for %s, whose lease was over at %v", p.name, k, aud, end)
				}
			}
		}
	}
}

// clockWhileClosed sets a phone's clock back while its app is closed.
func (w *world) clockWhileClosed(p *phone) {
	w.kill(p)
	p.skew -= 48 * time.Hour
	p.tabs = []*device.Device{device.Open(p.disk, p.tabs[0])}
	w.attend(p)
	w.count("clocks set back while closed")
}
