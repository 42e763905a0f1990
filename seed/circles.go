package seed

import (
	"fmt"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"kith/internal/calendar"
	"kith/internal/sync"
)

// neighbours are what the demo town has of a circle that has been lived in for some
// weeks, and of small asks.
type neighbours struct {
	People   []person  `json:"people"`
	Circle   circle    `json:"circle"`
	Helpers  []helping `json:"helpers"`
	Slots    []slot    `json:"slots"`
	Messages []said    `json:"messages"`
	Asks     []ask     `json:"asks"`
}

type circle struct {
	Slug       string            `json:"slug"`
	Name       string            `json:"name"`
	Person     string            `json:"person"` // who has no phone
	PersonName string            `json:"personName"`
	Organiser  string            `json:"organiser"` // who acts for them
	Requires   string            `json:"requires"`
	Words      string            `json:"words"`
	Weeks      int               `json:"weeks"` // since it began
	Home       map[string]string `json:"home"`
}

type helping struct {
	Slug   string `json:"slug"`
	Status string `json:"status"`
	Safety string `json:"safety"`
	Wish   string `json:"wish"`
}

// slot is each week, on the weekday that is InDays after the seeding: what is next is
// always as far away, whatever day it is.
type slot struct {
	Slug    string `json:"slug"`
	Kind    string `json:"kind"`
	Start   string `json:"start"`
	End     string `json:"end"`
	Note    string `json:"note"`
	InDays  int    `json:"inDays"`
	At      string `json:"at"`
	Minutes int    `json:"minutes"`
	Every   string `json:"every"`   // who takes each
	Next    string `json:"next"`    // who has the next; "": nobody
	Standby string `json:"standby"` // who would take it
}

type said struct {
	From    string `json:"from"`
	About   string `json:"about"` // which helper
	Text    string `json:"text"`
	DaysAgo int    `json:"daysAgo"`
}

type ask struct {
	Slug   string  `json:"slug"`
	Person string  `json:"person"`
	Kind   string  `json:"kind"`
	Part   string  `json:"part"`
	Words  string  `json:"words"`
	InDays int     `json:"inDays"`
	Reply  *answer `json:"reply"`
}

type answer struct {
	Person string `json:"person"`
	Words  string `json:"words"`
	Safety string `json:"safety"`
}

// Neighbours gives the demo town a circle and some asks. look is what the server does now
// and then: it brings the rota up to date.
func Neighbours(app core.App, now time.Time, look func(core.App, time.Time) error) error {
	var n neighbours
	if err := readFile("circles.json", &n); err != nil {
		return err
	}
	if err := app.RunInTransaction(func(tx core.App) error {
		zone, err := zoneOf(tx)
		if err != nil {
			return err
		}
		w := &rotabook{writer: &writer{app: tx, now: now.In(zone)}, circle: n.Circle, names: map[string]string{}}
		w.people(n.People)
		for _, p := range n.People {
			w.names[p.Slug] = p.FirstName
		}
		w.begin(n.Helpers)
		for i, s := range n.Slots {
			w.slot(i, s, n.Helpers)
		}
		for _, m := range n.Messages {
			w.message(m)
		}
		for _, a := range n.Asks {
			w.ask(a)
		}
		return w.err
	}); err != nil {
		return err
	}
	return look(app, now)
}

// zoneOf is where the community is.
func zoneOf(app core.App) (*time.Location, error) {
	var name string
	if err := app.DB().NewQuery("SELECT zone FROM communities LIMIT 1").Row(&name); err != nil {
		return nil, err
	}
	return time.LoadLocation(name)
}

// rotabook writes a circle, and who came.
type rotabook struct {
	*writer
	circle circle
	names  map[string]string // by slug
}

func (r *rotabook) id() string                { return rowID("circles", r.circle.Slug) }
func (r *rotabook) person() string            { return rowID("members", r.circle.Person) }
func (r *rotabook) helper(slug string) string { return rowID("circleHelpers", slug) }
func (r *rotabook) day(days int) time.Time    { return r.now.AddDate(0, 0, days) }
func (r *rotabook) stamp(days int) string     { return sync.Stamp(r.day(days)) }
func (r *rotabook) member(slug string) string { return rowID("members", slug) }
func (r *rotabook) of(more map[string]any) map[string]any {
	more["circle"] = r.id()
	return more
}

// begin writes the circle as it was agreed to, and who helps in it.
func (r *rotabook) begin(helpers []helping) {
	c, began := r.circle, -7*r.circle.Weeks
	r.save("consents", c.Person+"/"+c.Organiser, map[string]any{
		"member": r.person(), "helper": r.member(c.Organiser), "how": "inPerson", "witness": "Joyce", "recordedBy": rowID("members", "tom"),
		"scopes": []string{"visits", "details", "circles"}, "status": "active", "starts": r.stamp(began - 2), "until": r.stamp(200),
	})
	r.save("circles", c.Slug, map[string]any{
		"name": c.Name, "personName": c.PersonName, "words": c.Words, "requires": c.Requires, "status": "open",
		"person": r.person(), "agreedHow": "acting", "agreedBy": r.member(c.Organiser), "agreedOn": r.day(began).Format(dateLayout),
	})
	r.save("organisers", c.Slug+"/"+c.Organiser, r.of(map[string]any{"member": r.member(c.Organiser), "firstName": r.names[c.Organiser]}))
	home := map[string]any{"person": r.person()}
	for column, v := range c.Home {
		home[column] = v
	}
	r.saveAs("homes", r.id(), home)
	for i, h := range helpers {
		if h.Safety == "known" || h.Safety == "dbs" {
			r.save("vouches", h.Slug, map[string]any{"member": r.member(h.Slug), "kind": h.Safety, "seenOn": r.day(began).Format(dateLayout), "by": rowID("members", "tom")})
		}
		r.save("circleHelpers", h.Slug, r.of(map[string]any{
			"firstName": r.names[h.Slug], "status": h.Status, "safety": h.Safety, "member": r.member(h.Slug), "by": r.member(c.Organiser), "at": r.stamp(began + i),
		}))
		if h.Wish != "" {
			r.saveAs("circleWishes", sync.DerivedID("wish", r.id(), r.helper(h.Slug)), r.of(map[string]any{"helper": r.helper(h.Slug), "wish": h.Wish, "person": r.person()}))
		}
	}
}

// slot writes what is helped with, who came each week, and who has the next.
func (r *rotabook) slot(i int, s slot, helpers []helping) {
	first := r.day(s.InDays - 7*r.circle.Weeks)
	start := first.Format(dateLayout) + "T" + s.At
	rule := calendar.Schedule{{Start: start, Minutes: s.Minutes, Zone: r.now.Location().String(), RRule: "FREQ=WEEKLY;BYDAY=" + weekdays[first.Weekday()]}}
	r.save("slots", s.Slug, r.of(map[string]any{
		"kind": s.Kind, "start": s.Start, "end": s.End, "note": s.Note, "schedule": rule, "status": "on", "person": r.person(),
	}))
	if s.Every != "" {
		r.saveAs("everies", sync.DerivedID("every", rowID("slots", s.Slug)), r.of(map[string]any{
			"slot": rowID("slots", s.Slug), "helper": r.helper(s.Every), "helperName": r.names[s.Every], "since": start[:10], "member": r.member(s.Every), "person": r.person(),
		}))
	}
	for n, o := range rule.Occurrences(first.AddDate(0, 0, -1), r.day(7), r.circle.Weeks+2) {
		who := s.Next
		if o.Start.Before(r.now) {
			who = helpers[(n+i)%3].Slug
		}
		if s.Every != "" {
			who = s.Every
		}
		if who != "" {
			r.turn(s, o, who)
		}
	}
}

// turn is somebody's; of one that is over they were there, and home again.
func (r *rotabook) turn(s slot, o calendar.Occurrence, who string) {
	slotID := rowID("slots", s.Slug)
	id := sync.DerivedID("turn", slotID, o.Key)
	at := map[string]any{"slot": slotID, "occurrence": o.Key}
	with := func(more map[string]any) map[string]any {
		for k, v := range at {
			more[k] = v
		}
		return r.of(more)
	}
	r.saveAs("turns", id, with(map[string]any{
		"helper": r.helper(who), "helperName": r.names[who], "every": s.Every != "", "status": "taken", "member": r.member(who), "person": r.person(),
	}))
	if o.End.Before(r.now) {
		r.saveAs("turnSteps", sync.DerivedID("step", id), with(map[string]any{"turn": id, "step": "home", "at": sync.Stamp(o.End), "member": r.member(who), "person": r.person()}))
	} else if s.Standby != "" {
		r.saveAs("standbys", sync.DerivedID("standby", id, r.helper(s.Standby)), with(map[string]any{
			"turn": id, "helper": r.helper(s.Standby), "firstName": r.names[s.Standby], "member": r.member(s.Standby), "at": r.stamp(-2),
		}))
	}
}

// message is between a helper and the organisers.
func (r *rotabook) message(m said) {
	columns := map[string]any{
		"about": r.helper(m.About), "fromName": r.names[m.From], "text": m.Text, "day": r.day(-m.DaysAgo).Format(dateLayout), "at": r.stamp(-m.DaysAgo),
		"member": r.member(m.From), "circle": r.id(), "side": "helps",
	}
	if m.From != m.About {
		columns["side"], columns["to"] = "asks", r.member(m.About)
	}
	r.save("messages", fmt.Sprint(m.From, "/", m.DaysAgo), columns)
}

func (r *rotabook) ask(a ask) {
	r.save("asks", a.Slug, map[string]any{
		"kind": a.Kind, "day": r.day(a.InDays).Format(dateLayout), "part": a.Part, "words": a.Words, "firstName": r.names[a.Person], "status": "open", "member": r.member(a.Person),
	})
	if a.Reply == nil {
		return
	}
	id := rowID("asks", a.Slug)
	r.save("replies", a.Slug, map[string]any{
		"ask": id, "firstName": r.names[a.Reply.Person], "safety": a.Reply.Safety, "words": a.Reply.Words, "status": "offered",
		"member": r.member(a.Reply.Person), "asker": r.member(a.Person), "at": r.stamp(-1),
	})
}
