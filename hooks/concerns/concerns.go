// Package concerns is the letterbox: what somebody noticed comes in here, sealed,
// and is kept sealed. Who brought it is written nowhere.
//
// NB! A concern is no command: a command's queue says whose it is. Nothing in this
// package may write to the tables of sync, to the audit or to a log who asked, nor
// a time finer than the hour.
package concerns

import (
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"

	"kith/hooks/doorman"
	"kith/internal/concern"
	"kith/internal/limits"
	"kith/internal/seal"
	"kith/internal/sync"
)

// Keys are what the letterbox opens with: letters by the transport key, envelopes
// by the keys of concerns. Either may be missing, and it is shut then.
type Keys struct {
	Transport *seal.Ring
	Concerns  *concern.Ring
}

// Community is what other rooms know, asked inside the letter's own transaction.
type Community struct {
	// Basics says whether a member has read what somebody should know before they
	// name anybody.
	Basics func(tx core.App, member string) (bool, error)
	// Limits are how many concerns one device may bring in an hour and in a day.
	Limits func(tx core.App) (hour, day int, err error)
}

// box is the letterbox of one community.
type box struct {
	doorman    *doorman.Doorman
	keys       Keys
	community  Community
	perCarrier *limits.Rate
	perAsker   *limits.Rate
	places     chan struct{} // letters that are opened at once
	tally      tally
}

// there is true for a concern that is still one: not withdrawn, and not emptied
// when its days were over.
const there = "{row}.state <> 'withdrawn' AND {row}.received <> ''"

// Register declares concerns and binds the letterbox. rates switches the limits of
// requests on.
func Register(app core.App, r *sync.Registry, man *doorman.Doorman, keys Keys, c Community, rates bool) {
	r.Sync(sync.Collection{
		Name: "concerns",
		Columns: append(append(sync.Texts("urgency", "area", "received", "state", "assignee", "picked", "closedOn", "outcome", "link"),
			sync.Bools("lead")...), sync.Numbers("escalated")...),
		To: []sync.Audience{
			{Key: "'coordinators'", When: there},
			{Key: "'responders'", When: there + " AND NOT {row}.lead"},
		},
	})
	r.Keep(keepings()...)
	b := &box{
		doorman: man, keys: keys, community: c, places: make(chan struct{}, limits.LettersAtOnce),
		perCarrier: limits.NewRate(limits.LettersPerMinute, limits.LettersPerMinute, rates),
		perAsker:   limits.NewRate(limits.ReceiptsPerMinute, limits.ReceiptsPerMinute, rates),
	}
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.Router.POST("/api/concerns", b.letters).Bind(apis.BodyLimit(limits.LettersBody))
		e.Router.POST("/api/concerns/receipts", b.receipts).Bind(apis.BodyLimit(limits.SmallBody))
		return e.Next()
	})
}
