// Package circles is neighbours who help somebody: a circle around one person, what it
// helps with and when, and who has which turn.
//
// What is ruled is in internal/rota, which knows nothing of databases: the same rota is
// left in whatever order phones that were away bring what was said on them. A helper
// sees first names, places in words and times; never a reason, and an address only for
// the turn that is theirs, while it is.
package circles

import (
	"slices"

	"github.com/pocketbase/pocketbase/core"

	"kith/internal/limits"
	"kith/internal/sync"
)

// Register binds the room. apart says whether one of two members wants nothing to do
// with the other; link reads the code of an invite to a circle.
func Register(app core.App, r *sync.Registry, apart func(c *sync.Call, one, other string) (bool, error), link func(c *sync.Call, code string) (Link, error)) {
	declare(r)
	r.Keep(keepings()...)
	for name, handler := range map[string]sync.Handler{
		"circles.start": start, "circles.edit": edit, "circles.close": closeIt, "circles.unshare": unshare,
		"slots.add": addSlot, "slots.edit": editSlot, "slots.change": change, "slots.end": endSlot,
		"turns.take": take, "turns.drop": drop, "turns.standby": standby, "turns.unstandby": unstandby, "turns.assign": assign,
		"turns.every": every, "turns.endEvery": endEvery, "turns.swap": swap, "swaps.yes": yes, "swaps.no": no,
	} {
		r.HandleFor("circles", name, handler)
	}
	(&door{apart, link}).register(r)
	jobs(app)
}

// declare says who gets what of the circle and its rota.
func declare(r *sync.Registry) {
	r.Prioritise("circle", 1)
	r.Prioritise("organise", 1)
	r.Lease("circle", limits.LeaseCircle)
	r.Lease("organise", limits.LeaseCircle)
	// The person organises their own circle, whoever else does.
	r.Grant(sync.Grant{Table: "circles", Member: "{row}.person", Audience: "'organise/' || {row}.id"})
	r.Grant(sync.Grant{Table: "organisers", Member: "{row}.member", Audience: "'organise/' || {row}.circle"})
	r.Grant(sync.Grant{Table: "circleHelpers", Member: "{row}.member", Audience: "'circle/' || {row}.circle", When: "{row}.status = 'in'"})

	r.Sync(sync.Collection{
		Name: "circles", Columns: sync.Texts("name", "personName", "words", "requires", "status"),
		To: []sync.Audience{
			{Key: "'circle/' || {row}.id", When: "{row}.status = 'open'"}, {Key: "'organise/' || {row}.id"},
			{Key: "'member/' || {row}.person"}, {Key: "'helped/' || {row}.person"},
		},
	})
	organise := sync.Audience{Key: "'organise/' || {row}.circle"}
	r.Sync(sync.Collection{Name: "organisers", Columns: sync.Texts("circle", "firstName"), To: []sync.Audience{organise}})
	r.Sync(sync.Collection{
		Name: "circleHelpers", Columns: sync.Texts("circle", "firstName", "status", "safety"),
		To: append(own("member"), organise),
	})
	// NB! Never to the helper, nor to the circle: nobody is to know that they are unwanted.
	r.Sync(sync.Collection{Name: "circleWishes", Columns: sync.Texts("circle", "helper", "wish"), To: []sync.Audience{themselves, organise}})
	r.Sync(sync.Collection{
		Name: "slots", Columns: append(sync.Texts("circle", "kind", "start", "end", "note", "status"), sync.Objects("schedule")...), To: everybody(),
	})
	r.Sync(sync.Collection{
		Name:    "turns",
		Columns: append(sync.Texts("circle", "slot", "occurrence", "helper", "helperName", "status"), sync.Bools("every")...), To: everybody(),
	})
	r.Sync(sync.Collection{Name: "everies", Columns: sync.Texts("circle", "slot", "helper", "helperName", "since"), To: everybody()})
	turn := sync.Texts("turn", "circle", "slot", "occurrence", "helper")
	r.Sync(sync.Collection{
		Name: "standbys", Columns: slices.Concat(turn, sync.Texts("firstName")), To: append(own("member"), organise),
	})
	r.Sync(sync.Collection{
		Name: "swaps", Columns: slices.Concat(turn, sync.Texts("fromName", "toName", "status")),
		To: append(slices.Concat(own("member"), own(`"from"`)), organise),
	})
}

// own are the audiences of the member in a column, and of who acts for them.
//
// NB! What nobody may see whom they trust with something else, such as their visits, is
// theirs alone: themselves.
func own(column string) []sync.Audience {
	there := "{row}." + column + " <> ''"
	return []sync.Audience{{Key: "'member/' || {row}." + column, When: there}, {Key: "'helped/' || {row}." + column, When: there}}
}

var themselves = sync.Audience{Key: "'member/' || {row}.person", When: "{row}.person <> ''"}

// everybody are the audiences of what all of a circle see, and its person.
func everybody() []sync.Audience {
	return append(own("person"), sync.Audience{Key: "'circle/' || {row}.circle"}, sync.Audience{Key: "'organise/' || {row}.circle"})
}

// What more than one command says no with. NB! Who may not know of a row is told what
// anybody is told of one that isn't there.
var (
	errCircle     = sync.Reject("circle_unknown", "This circle is not here any more.")
	errClosed     = sync.Reject("circle_closed", "This circle is closed. There is nothing to do.")
	errOrganisers = sync.Reject("not_allowed", "Only the organisers of the circle can do this.")
	errHelpers    = sync.Reject("not_allowed", "Only the helpers of the circle can do this.")
	errHelper     = sync.Reject("helper_unknown", "This helper is not in the circle any more. Choose another.")
	errSlot       = sync.Reject("slot_unknown", "This is not here any more, or you don't help there any more.")
	errTurn       = sync.Reject("turn_unknown", "It isn't on at that time any more. Choose another.")
	errOver       = sync.Reject("turn_over", "This is over. There is nothing to do.")
	errOff        = sync.Reject("turn_over", "It isn't on that day. There is nothing to do.")
	errFar        = sync.Reject("turn_early", "This is more than a year ahead. Take it when it is nearer.")
	errMoved      = sync.Reject("schedule_invalid", "Choose a day from today on, at most a year away.")
	errSafety     = sync.Reject("safety_first", "For this circle somebody must vouch for you first. Ask its organiser what is needed.")
	errSafetyOf   = sync.Reject("safety_first", "For this circle somebody must vouch for this helper first. Ask a coordinator what is needed.")
	errEvery      = sync.Reject("every_taken", "Somebody takes this every time already. You can take single days.")
	errSwap       = sync.Reject("swap_over", "This is settled already. There is nothing to do.")
)
