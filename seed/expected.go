package seed

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/calendar"
	"kith/internal/limits"
	"kith/internal/sync"
)

// expected is what the demo town has of being expected: registers of months, and who
// looks out for whom.
type expected struct {
	People  []person `json:"people"`
	Groups  []keeps  `json:"groups"`
	Buddies []offer  `json:"buddies"`
	Pairing paired   `json:"pairing"`
	Visit   comes    `json:"visit"`
	Card    showing  `json:"card"`
}

// keeps is a group that keeps registers.
type keeps struct {
	Listing  string   `json:"listing"`
	Weeks    int      `json:"weeks"` // that it has done so
	Regulars []string `json:"regulars"`
}

type offer struct {
	Slug      string   `json:"slug"` // who
	Listing   string   `json:"listing"`
	Interests []string `json:"interests"`
	Status    string   `json:"status"`
	DaysAgo   int      `json:"daysAgo"`
}

// paired is a newcomer who came some times, and then not: their buddy has to ring them.
type paired struct {
	Listing  string `json:"listing"`
	Newcomer string `json:"newcomer"`
	Buddy    string `json:"buddy"`
	Times    int    `json:"times"`
	Phone    string `json:"phone"`
}

type comes struct {
	Listing   string   `json:"listing"`
	Person    string   `json:"person"`
	FirstName string   `json:"firstName"`
	Welcome   string   `json:"welcome"`
	Say       string   `json:"say"`
	Interests []string `json:"interests"`
}

type showing struct {
	Person   string   `json:"person"`
	Text     string   `json:"text"`
	Listings []string `json:"listings"`
}

// Expected gives the demo town registers, buddies and a call that is due. count is what
// the server does each night: it makes figures of the quarters that are over.
func Expected(app core.App, now time.Time, count func(core.App, time.Time) error) error {
	var e expected
	if err := readFile("expected.json", &e); err != nil {
		return err
	}
	if err := app.RunInTransaction(func(tx core.App) error {
		w := &doorbook{writer: &writer{app: tx, now: now}, chance: rand.New(rand.NewPCG(1851, 1901)), held: map[string][]calendar.Occurrence{}}
		w.people(e.People)
		for _, g := range e.Groups {
			w.keep(g)
		}
		for _, o := range e.Buddies {
			w.offer(o)
		}
		w.pair(e.Pairing)
		w.visit(e.Visit)
		w.card(e.Card)
		return w.err
	}); err != nil {
		return err
	}
	return count(app, now)
}

// doorbook writes what was on, and who came.
type doorbook struct {
	*writer
	chance *rand.Rand
	held   map[string][]calendar.Occurrence // by listing: what took place, the newest last
}

// schedule of a listing, as it is stored.
func (d *doorbook) schedule(listing string) (s calendar.Schedule) {
	if d.err != nil {
		return nil
	}
	r, err := d.app.FindRecordById("listings", rowID("listings", listing))
	if err == nil {
		err = json.Unmarshal([]byte(r.GetString("schedule")), &s)
	}
	if err != nil {
		d.err = fmt.Errorf("seed: expected.json: %s: %w", listing, err)
	}
	return s
}

// keep writes the registers of a group. Some have come from the beginning, others came
// later, and some of each stay away again.
func (d *doorbook) keep(g keeps) {
	for _, o := range d.schedule(g.Listing).Occurrences(d.now.AddDate(0, 0, -7*g.Weeks), d.now, limits.Regulars) {
		if !o.Cancelled && o.End.Before(d.now) {
			d.held[g.Listing] = append(d.held[g.Listing], o)
		}
	}
	held := d.held[g.Listing]
	for _, o := range held {
		d.row("registers", registerID(g.Listing, o.Key), map[string]any{
			"listing": rowID("listings", g.Listing), "occurrence": o.Key, "state": "taken", "at": sync.Stamp(o.End), "heads": 0,
		})
	}
	for i, name := range g.Regulars {
		from, to := 0, len(held)
		if i%3 > 0 {
			from = d.chance.IntN(max(1, len(held)-4))
		}
		if i%4 == 3 {
			to = min(len(held), from+1+d.chance.IntN(12))
		}
		var days []int
		for n := from; n < to; n++ {
			if n == from || d.chance.IntN(4) > 0 {
				days = append(days, n)
			}
		}
		d.regular(g.Listing, rowID("regulars", g.Listing+"/"+name), name, "", days, from > 0)
	}
}

func registerID(listing, key string) string {
	return sync.DerivedID("register", rowID("listings", listing), key)
}

// regular is a line of a register, with the days on which they were here.
func (d *doorbook) regular(listing, id, name, member string, days []int, first bool) {
	held := d.held[listing]
	if len(days) == 0 || days[len(days)-1] >= len(held) {
		return
	}
	d.row("regulars", id, map[string]any{
		"listing": rowID("listings", listing), "firstName": name, "member": member,
		"since": held[days[0]].Key[:10], "last": held[days[len(days)-1]].Key[:10],
	})
	for i, n := range days {
		register := registerID(listing, held[n].Key)
		newcomer := first && i == 0
		d.row("marks", sync.DerivedID("mark", register, id), map[string]any{
			"register": register, "listing": rowID("listings", listing), "regular": id, "state": "here", "first": newcomer, "welcomed": newcomer,
			"occurrence": held[n].Key, "occurredAt": sync.Stamp(held[n].Start), "clock": "good",
		})
	}
}

// row writes one without asking for what it points at: there are a thousand of them.
func (d *doorbook) row(table, id string, columns map[string]any) {
	if d.err != nil {
		return
	}
	params := dbx.Params{"id": id}
	for name, v := range columns {
		params[name] = v
	}
	if _, err := d.app.DB().Insert(table, params).Execute(); err != nil {
		d.err = fmt.Errorf("seed: %s %s: %w", table, id, err)
	}
}

func (d *doorbook) offer(o offer) {
	d.save("buddies", o.Slug+"/"+o.Listing, map[string]any{
		"listing": rowID("listings", o.Listing), "member": rowID("members", o.Slug), "firstName": d.nameOf(o.Slug), "interests": o.Interests,
		"status": o.Status, "at": sync.Stamp(d.now.AddDate(0, 0, -o.DaysAgo)),
	})
}

func (d *doorbook) nameOf(slug string) (name string) {
	if d.err == nil {
		d.err = d.app.DB().NewQuery("SELECT firstName FROM members WHERE id = {:id}").Bind(dbx.Params{"id": rowID("members", slug)}).Row(&name)
	}
	return name
}

// pair has somebody come some times, looked out for by a buddy, and miss the last one.
func (d *doorbook) pair(p paired) {
	held := d.held[p.Listing]
	if len(held) <= p.Times {
		return
	}
	listing, slug, name := rowID("listings", p.Listing), p.Listing+"/"+p.Newcomer, d.nameOf(p.Newcomer)
	days := []int{}
	for n := len(held) - 1 - p.Times; n < len(held)-1; n++ {
		days = append(days, n)
	}
	d.regular(p.Listing, rowID("regulars", slug), name, rowID("members", p.Newcomer), days, true)
	began, missed := held[days[0]], held[len(held)-1]
	d.save("pairings", slug, map[string]any{
		"listing": listing, "regular": rowID("regulars", slug), "newcomer": rowID("members", p.Newcomer), "newcomerName": name,
		"buddy": rowID("buddies", p.Buddy+"/"+p.Listing), "buddyMember": rowID("members", p.Buddy), "buddyName": d.nameOf(p.Buddy),
		"status": "open", "since": began.Key[:10], "opened": sync.Stamp(began.Start.AddDate(0, 0, -1)),
	})
	d.row("pairingContacts", rowID("pairings", slug), map[string]any{"phone": p.Phone, "member": rowID("members", p.Newcomer), "buddyMember": rowID("members", p.Buddy)})
	if d.now.Sub(missed.End) > limits.CallDays*24*time.Hour {
		return // a holiday came between
	}
	d.row("calls", sync.DerivedID("call", rowID("pairings", slug), missed.Key), map[string]any{
		"pairing": rowID("pairings", slug), "listing": listing, "occurrence": missed.Key, "firstName": name,
		"state": "due", "due": missed.End.Format(dateLayout), "member": rowID("members", p.Buddy),
	})
}

// visit is somebody who means to come next.
func (d *doorbook) visit(c comes) {
	coming := d.schedule(c.Listing).Occurrences(d.now, d.now.Add(horizon), limits.Regulars)
	i := slices.IndexFunc(coming, func(o calendar.Occurrence) bool { return !o.Cancelled && o.Start.After(d.now) })
	if i < 0 {
		return
	}
	d.save("visits", c.Person+"/"+c.Listing, map[string]any{
		"listing": rowID("listings", c.Listing), "member": rowID("members", c.Person), "occurrence": coming[i].Key, "firstName": c.FirstName,
		"welcome": c.Welcome, "say": c.Say, "interests": c.Interests, "first": true, "status": "coming", "occurredAt": sync.Stamp(d.now), "clock": "good",
	})
}

// card is an activator's: its id is theirs.
func (d *doorbook) card(s showing) {
	listings := make([]string, 0, len(s.Listings))
	for _, l := range s.Listings {
		listings = append(listings, rowID("listings", l))
	}
	raw, err := json.Marshal(listings)
	if err != nil && d.err == nil {
		d.err = err
	}
	d.row("hostCards", rowID("members", s.Person), map[string]any{"firstName": d.nameOf(s.Person), "text": s.Text, "listings": string(raw), "shown": true})
}
