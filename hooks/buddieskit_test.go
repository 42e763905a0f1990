package hooks_test

// doorstep is a lunch club with somebody who runs it, a newcomer, and a buddy of theirs.
type doorstep struct {
	*town
	host, rosa, sam   *phone
	club, visit       string
	offer, pairing    string
	thursday, nextOne string
}

// newDoorstep has Rosa come next Thursday, and Sam approved to look out for newcomers.
func newDoorstep(w *town) *doorstep {
	d := &doorstep{town: w, host: w.phone("activator"), rosa: w.phone("resident"), sam: w.phone("resident"), club: w.weekly("Lunch club").Id, offer: newID()}
	d.thursday = nextThursday()
	d.nextOne = thursdayAfter(d.thursday)
	w.make("hosts", map[string]any{"listing": d.club, "member": d.host.member})
	d.visit = d.rosa.comes(d.club, d.thursday)
	d.sam.doesWell("buddies.offer", map[string]any{"id": d.offer, "listing": d.club, "interests": []string{"walking", "art"}})
	d.host.doesWell("buddies.approve", map[string]any{"id": d.offer})
	return d
}

// pair asks Sam, who says yes.
func (d *doorstep) pair() *doorstep {
	d.pairing = d.asks(d.offer)
	d.sam.doesWell("pairings.accept", map[string]any{"id": d.pairing})
	return d
}

func (d *doorstep) asks(offer string) string {
	id := newID()
	d.host.doesWell("pairings.ask", map[string]any{"id": id, "listing": d.club, "visit": d.visit, "buddy": offer})
	return id
}

// another is one more buddy of the club.
func (d *doorstep) another() (p *phone, offer string) {
	p, offer = d.phone("resident"), newID()
	p.doesWell("buddies.offer", map[string]any{"id": offer, "listing": d.club})
	d.host.doesWell("buddies.approve", map[string]any{"id": offer})
	return p, offer
}

// missed is a call that Sam is asked to make, of a day that Rosa missed.
func (d *doorstep) missed(occurrence string) string {
	return d.make("calls", map[string]any{
		"pairing": d.pairing, "listing": d.club, "occurrence": occurrence, "firstName": "Rosa", "state": "due", "due": occurrence[:10], "member": d.sam.member,
	}).Id
}

// sees is what a phone holds of the rows of being looked out for.
func (p *phone) sees() (n map[string]int) {
	n = map[string]int{}
	for _, collection := range []string{"buddies", "pairings", "pairingContacts", "calls"} {
		if rows := p.holds(collection); len(rows) > 0 {
			n[collection] = len(rows)
		}
	}
	return n
}

// exported is what a phone's member takes with them.
func (p *phone) exported() string {
	p.t.Helper()
	p.proves(true)
	rec := p.ask("POST", "/api/export", p.token, map[string]any{})
	if rec.Code != 200 {
		p.t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	return rec.Body.String()
}
