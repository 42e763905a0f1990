// Package hooks is what the server does: one folder a part of community life.
// This page is its table of contents.
package hooks

import (
	"context"

	"github.com/pocketbase/pocketbase/core"

	"kith/hooks/acting"
	"kith/hooks/asks"
	"kith/hooks/audit"
	"kith/hooks/backup"
	"kith/hooks/buddies"
	"kith/hooks/cardkeys"
	"kith/hooks/cards"
	"kith/hooks/circles"
	"kith/hooks/community"
	"kith/hooks/concerns"
	"kith/hooks/doorman"
	"kith/hooks/guard"
	"kith/hooks/listening"
	"kith/hooks/listings"
	"kith/hooks/machine"
	"kith/hooks/notices"
	"kith/hooks/people"
	"kith/hooks/push"
	"kith/hooks/registers"
	"kith/hooks/rights"
	"kith/hooks/safety"
	"kith/hooks/surgery"
	"kith/hooks/syncapi"
	"kith/hooks/triage"
	"kith/hooks/visits"
	"kith/hooks/waysin"
	"kith/internal/card"
	"kith/internal/care"
	"kith/internal/concern"
	"kith/internal/gauges"
	firebase "kith/internal/push"
	"kith/internal/seal"
	"kith/internal/sync"
)

// Register builds a whole community on app. It keeps no state outside of app,
// so that many communities can live in one process. Returns what features
// declared, for the commands of the console.
func Register(app core.App, cfg Config) *sync.Registry {
	r := &sync.Registry{}
	ring := &seal.Ring{}
	keepKeys(app, ring, cfg) // what phones may seal to this server
	worries := &concern.Ring{}
	cardRing := &card.Ring{} // what signs cards and what goes with them
	with := concerns.Keys{Transport: ring, Concerns: worries}

	leavers := leavers()
	g := cfg.Gauges
	if g == nil {
		g = gauges.New()
	}

	man := doorman.Register(app, r, cfg.RateLimits)                          // who is asking
	community.Register(app, r)                                               // the community's own record
	people.Register(app, r, circles.Stands, leavers...)                      // members, roles, shops
	waysin.Register(app, r, man, ring, cfg.RateLimits, cfg.Console, leads()) // invites, joining, devices
	listings.Register(r, buddies.Waiting, listingLink)                       // what is on, where, by whom
	visits.Register(r, buddies.Coming)                                       // "I'd like to come"
	registers.Register(app, r, buddies.Found(safety.Apart))                  // who came, and who is rung
	buddies.Register(app, r, safety.Apart)                                   // who looks out for whom, and who comes back
	circles.Register(app, r, safety.Apart, circleLink)                       // who helps whom at home, and when
	asks.Register(app, r, neighbours())                                      // small asks, and what two write to each other
	Acting().Register(app, r)                                                // who may act for whom, and what was done so
	safety.Register(r, between())                                            // who is known, who is blocked, reports
	concerns.Register(app, r, man, with, around(), cfg.RateLimits)           // what somebody noticed, sealed
	listening.Register(r)                                                    // what is at hand: basics, helplines, numbers
	triage.Register(app, r, man, worries)                                    // who looks into it, and how it ends
	surgery.Register(app, r, man, worries, cfg.RateLimits)                   // one-way notes to the surgery
	cards.Register(app, r, cardRing)                                         // one card for many shops, and its tills
	notices.Register(app, r, g, ways(cfg), cfg.Tick)                         // what people are told, and how it gets to them
	audit.Register(app, r, man)                                              // who did what with power over others
	rights.Register(app, r, man, cfg.RateLimits, leavers...)                 // what is kept of whom, and for how long

	syncapi.Register(app, r, man, ring, g, cfg.RateLimits)                  // the door of the sync protocol
	concerns.Keep(app, worries, concernKeyFile(app, cfg), cfg.Console)      // what phones seal concerns to; after the triggers are in place
	cardkeys.Keep(app, cardRing, cardKeyFile(app, cfg), cfg.Console)        // what cards are signed by; after the triggers, too
	push.Keep(app, cfg.Firebase, cfg.Console)                               // how a phone is registered for push, after the triggers, too
	guard.Register(app, cfg.Public, cfg.TrustedProxy, cfg.Firebase.Hosts()) // what makes PocketBase safe
	machine.Register(app, g, cfg.Log, cfg.LogTo)                            // what the machine says of itself
	backup.Register(app)                                                    // that nobody puts a backup back under it
	return r
}

// Acting is the room of those who act for others: what somebody organised by an agreement
// ends with it.
func Acting() acting.Room { return acting.Room{Apart: safety.Apart, Over: circles.ActingOver} }

// circleLink reads an invite to a circle, for who has an account.
func circleLink(c *sync.Call, code string) (circles.Link, error) {
	link, err := waysin.LinkTo(c, "circle", code)
	if err != nil {
		return nil, err
	}
	return link, nil
}

// leads is what invites lead to.
func leads() waysin.Leads {
	welcome := func(app core.App, circle, member, made string) (bool, error) {
		return circles.Welcome(&sync.Call{App: app, Member: member}, safety.Apart, circle, made)
	}
	return waysin.Leads{Circle: circles.Joined, Welcome: welcome, Listing: listings.Joined}
}

// listingLink reads an invite to run a listing, for who has an account.
func listingLink(c *sync.Call, code string) (listings.Link, error) {
	link, err := waysin.LinkTo(c, "listing", code)
	if err != nil {
		return nil, err
	}
	return link, nil
}

// between is what there is between two members, for who wants an end of it.
func between() safety.Others { return safety.Others{Part: endBetween, Behind: asks.Behind} }

// neighbours is what the board of small asks knows of who wants nothing to do with whom.
func neighbours() asks.Others {
	return asks.Others{Apart: safety.Apart, Block: func(c *sync.Call, id, other, about string) (sync.Result, error) {
		return safety.Block(c, safety.Blocking{ID: id, Whom: other, About: about}, endBetween)
	}}
}

// endBetween ends what there is between two members of whom one has blocked the other.
func endBetween(c *sync.Call, one, other string) error {
	if err := Acting().EndBetween(c, one, other); err != nil {
		return err
	}
	for _, end := range []func(*sync.Call, string, string) error{asks.EndBetween, circles.EndBetween} {
		if err := end(c, one, other); err != nil {
			return err
		}
	}
	return buddies.EndBetween(c, one, other)
}

// leavers are what ends when somebody leaves.
func leavers() []func(*sync.Call) error {
	return []func(*sync.Call) error{cards.Left, listings.Left, buddies.Left, visits.Left, Acting().Left, circles.Left, safety.Left, triage.Left, waysin.Left}
}

// ways are how people are reached beside their inbox. What reaches phones is built when
// there is somebody to serve: no verb of the console needs it.
func ways(cfg Config) notices.Channels {
	w := notices.Channels{Push: cfg.Push, Mail: waysin.Mail}
	if set := cfg.Firebase.Credentials; w.Push == nil && set != nil {
		w.Begin = func(ctx context.Context) (firebase.Sender, error) { return firebase.New(ctx, set) }
	}
	return w
}

// around is what the letterbox asks other rooms.
func around() concerns.Community {
	return concerns.Community{
		Basics: listening.Read,
		Limits: func(tx core.App) (hour, day int, err error) {
			var set string
			err = tx.DB().NewQuery("SELECT coalesce((SELECT care FROM communities LIMIT 1), '')").Row(&set)
			s := care.Read(set)
			return s.PerHour, s.PerDay, err
		},
	}
}
