// Package buddies is that nobody walks in alone: members who offered to look out for
// newcomers of a group, who looks out for whom, the call when somebody didn't come, an
// activator's card, and how many come back.
//
// Who was let be a buddy, and for whom, is said by those who run the group. A buddy
// knows the first name that the newcomer gave, and a number only if the newcomer handed
// one over; when it is over, both know nothing any more.
package buddies

import (
	"slices"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"kith/internal/calendar"
	"kith/internal/sync"
)

// room is the room, and the question it asks another.
type room struct {
	apart func(c *sync.Call, one, other string) (bool, error)
}

// Register binds the room. apart says whether one of two members wants nothing to do
// with the other.
func Register(app core.App, r *sync.Registry, apart func(c *sync.Call, one, other string) (bool, error)) {
	declare(r)
	r.Keep(keepings()...)
	w := &room{apart}
	for name, handler := range map[string]sync.Handler{
		"buddies.offer": offer, "buddies.end": endOffer, "buddies.approve": approve, "buddies.decline": declineOffer,
		"pairings.ask": w.ask, "pairings.swap": w.swap, "pairings.accept": accept, "pairings.decline": decline, "pairings.end": endPairing,
		"calls.done": callDone, "hostCards.show": showCard, "hostCards.hide": hideCard,
	} {
		r.Handle(name, handler)
	}
	r.HandleFor("visits", "pairings.noThanks", noThanks)
	r.HandleFor("visits", "pairings.contact", contact)
	app.Cron().MustAdd(Daily, "41 4 * * *", func() {
		if err := Count(app, time.Now()); err != nil {
			app.Logger().Error("buddies: could not count who came back", "error", err)
		}
	})
}

func declare(r *sync.Registry) {
	r.Sync(sync.Collection{
		Name: "buddies", Columns: slices.Concat(sync.Texts("listing", "firstName", "status"), sync.Objects("interests")),
		To: []sync.Audience{
			{Key: "'member/' || {row}.member"},
			{Key: "'host/' || {row}.listing", When: "{row}.status IN ('offered', 'approved')"},
		},
	})
	r.Sync(sync.Collection{
		Name: "pairings",
		Columns: slices.Concat(
			sync.Texts("listing", "regular", "visit", "buddy", "buddyName", "newcomerName", "status", "since", "occurrence", "welcome"), sync.Objects("interests")),
		To: []sync.Audience{
			{Key: "'host/' || {row}.listing"},
			{Key: "'member/' || {row}.buddyMember", When: "{row}.buddyMember <> '' AND {row}.status IN ('asked', 'open')"},
			// NB! Not while it is asked: somebody who can't is nobody that let them down.
			{Key: "'member/' || {row}.newcomer", When: "{row}.newcomer <> '' AND {row}.buddyMember <> '' AND {row}.status = 'open'"},
			{Key: "'helped/' || {row}.newcomer", When: "{row}.newcomer <> '' AND {row}.buddyMember <> '' AND {row}.status = 'open'"},
		},
	})
	r.Sync(sync.Collection{
		Name: "pairingContacts", Columns: sync.Texts("phone"),
		To: []sync.Audience{{Key: "'member/' || {row}.buddyMember"}, {Key: "'member/' || {row}.member"}, {Key: "'helped/' || {row}.member"}},
	})
	r.Sync(sync.Collection{
		Name: "calls", Columns: append(sync.Texts("pairing", "listing", "occurrence", "firstName", "state", "outcome", "due"), sync.Bools("toHosts")...),
		To: []sync.Audience{
			{Key: "'member/' || {row}.member", When: "{row}.member <> '' AND {row}.state <> 'void'"},
			{Key: "'host/' || {row}.listing", When: "{row}.toHosts AND {row}.state <> 'void'"},
		},
	})
	r.Sync(sync.Collection{
		Name: "hostCards", Columns: slices.Concat(sync.Texts("firstName", "text"), sync.Objects("listings"), sync.Bools("shown")),
		To: []sync.Audience{{Key: "'" + sync.Public + "'", When: "{row}.shown"}, {Key: "'member/' || {row}.id"}},
	})
	r.Sync(sync.Collection{
		Name: "returnFigures", Columns: sync.Texts("listing", "of", "value", "period", "measure", "shown"),
		To: []sync.Audience{
			{Key: "'host/' || {row}.listing", When: `{row}."of" = 'group'`},
			{Key: "'coordinators'", When: `{row}."of" <> 'group'`},
		},
	})
}

// NB! Who may not know of a row is told what anybody is told of one that isn't there.
// A buddy who can't be asked is one sentence, whyever that is: that they left, that the
// newcomer has blocked them, and that they are the newcomer.
var (
	errHosts   = sync.Reject("not_allowed", "Only the people who run this can do this.")
	errBuddy   = sync.Reject("buddy_unknown", "This buddy can't be asked. Choose another.")
	errOffer   = sync.Reject("buddy_unknown", "This offer is not here any more.")
	errPairing = sync.Reject("pairing_unknown", "This is over, or it is somebody else's.")
)

// today is the day on which the person acted, where the community is.
func today(c *sync.Call) (string, error) {
	var name string
	if err := c.Ask("SELECT coalesce((SELECT zone FROM communities LIMIT 1), '')", nil).Row(&name); err != nil {
		return "", err
	}
	zone, known := calendar.Zone(name)
	if !known {
		zone = time.UTC
	}
	return c.OccurredAt.In(zone).Format(time.DateOnly), nil
}

// host refuses whoever doesn't run a listing, with says.
func host(c *sync.Call, listing string, says error) error { return c.Allowed(says, "host/"+listing) }

// hosting finds a row of a listing that the caller runs, and says nothing of others.
func hosting(c *sync.Call, collection, id string, unknown error) (*core.Record, error) {
	r, err := c.Find(collection, id, unknown)
	if err != nil {
		return nil, err
	}
	return r, host(c, r.GetString("listing"), unknown)
}
