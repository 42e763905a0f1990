package device

import "time"

// trusted is the clock by which leases are counted (protocol.md, W2): it only
// rises, by whichever of the phone's clock and the time since it was opened went
// further.
type trusted struct {
	at   time.Duration
	wall time.Time
	mono time.Time
}

// Trusted is that clock.
func (d *Device) Trusted() time.Duration {
	now, mono := d.Now(), time.Now()
	c := &d.Disk.clock
	if !c.wall.IsZero() {
		c.at += max(0, now.Sub(c.wall), mono.Sub(c.mono))
	}
	c.wall, c.mono = now, mono
	return c.at
}

// wake goes on from the disk: the phone's clock is all there is, and if it has
// gone back every lease is over.
func (d *Device) wake() {
	c := &d.Disk.clock
	if c.wall.IsZero() {
		return
	}
	gone := d.Now().Sub(c.wall)
	if gone < 0 {
		for aud := range d.Leases {
			d.Leases[aud] = 0
		}
	}
	c.at += max(0, gone)
	c.wall, c.mono = d.Now(), time.Now()
}

// lease begins leases anew, from when they were asked for.
func (d *Device) lease(asked time.Duration, seconds map[string]int64) {
	d.Leases = map[string]time.Duration{}
	for aud, s := range seconds {
		d.Leases[aud] = asked + time.Duration(s)*time.Second
	}
}

// EndLeases forgets what may not be held any longer, and starts over.
func (d *Device) EndLeases() (over []string) {
	now := d.Trusted()
	for aud, until := range d.Leases {
		if until <= now {
			over = append(over, aud)
		}
	}
	if len(over) == 0 {
		return nil
	}
	for _, aud := range over {
		delete(d.Leases, aud)
		d.Rows.forget(aud)
	}
	d.startOver()
	return over
}
