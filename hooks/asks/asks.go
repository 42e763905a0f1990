// Package asks is a board of small asks: somebody would like a hand, somebody else
// can, and the two find each other without either of them having to say where they live
// or what number they have.
//
// Who is blocked can't tell: what they say they can is kept as it would be of anybody
// else, and reaches nobody. What two write to each other is relayed; a number is seen
// by the other once both have given theirs. It is so also between a circle's organisers
// and who helps in it.
package asks

import (
	"time"

	"github.com/pocketbase/pocketbase/core"

	"kith/internal/calendar"
	"kith/internal/sync"
)

// Hourly is the name of the job that takes from the board what is past.
const Hourly = "kithAsks"

// Others are what this room asks of others.
type Others struct {
	// Apart says whether one of two members wants nothing to do with the other.
	Apart func(c *sync.Call, one, other string) (bool, error)
	// Block is the caller's block of whoever is behind something, as a row with that id.
	Block func(c *sync.Call, id, other, about string) (sync.Result, error)
}

type room struct{ Others }

// Register binds the room.
func Register(app core.App, r *sync.Registry, others Others) {
	declare(r)
	r.Keep(keepings()...)
	w := &room{others}
	for name, handler := range map[string]sync.Handler{
		"asks.make": makeAsk, "asks.settle": settle, "asks.end": endAsk, "asks.block": w.blockBehind,
		"replies.choose": w.choose, "replies.end": endReplyOf,
		"contacts.share": w.share, "contacts.end": w.unshare, "messages.send": w.send,
	} {
		r.HandleFor("circles", name, handler)
	}
	r.Handle("replies.make", w.reply) // NB! Who comes is who said so, and nobody in their place.
	app.Cron().MustAdd(Hourly, "17 * * * *", func() {
		if err := Expire(app, time.Now()); err != nil {
			app.Logger().Error("asks: could not take down what is past", "error", err)
		}
	})
}

func declare(r *sync.Registry) {
	// NB! Members, and not everybody: that somebody needs a hand is nothing for passers-by.
	r.Grant(sync.Grant{Table: "members", Member: "{row}.id", Audience: "'neighbours'", When: "{row}.standing = 'active'"})
	// Who was chosen knows what it was about also when it has left the board.
	r.Grant(sync.Grant{Table: "replies", Member: "{row}.member", Audience: "'ask/' || {row}.ask", When: "{row}.status = 'chosen'"})
	r.Sync(sync.Collection{
		Name: "asks", Columns: sync.Texts("kind", "day", "part", "words", "firstName", "status"),
		To: []sync.Audience{
			{Key: "'neighbours'", When: "{row}.status = 'open'"}, {Key: "'ask/' || {row}.id"}, {Key: "'member/' || {row}.member"}, {Key: "'helped/' || {row}.member"},
		},
	})
	r.Sync(sync.Collection{
		Name: "replies", Columns: sync.Texts("ask", "firstName", "safety", "words", "status"),
		To: []sync.Audience{
			{Key: "'member/' || {row}.member"},
			{Key: "'member/' || {row}.asker", When: "NOT {row}.apart"}, {Key: "'helped/' || {row}.asker", When: "NOT {row}.apart"},
		},
	})
	r.Sync(sync.Collection{
		Name: "contacts", Columns: sync.Texts("about", "side", "firstName", "phone"),
		To: []sync.Audience{
			{Key: "'member/' || {row}.member"}, {Key: "'helped/' || {row}.member", When: "{row}.side = 'asks'"},
			{Key: "'member/' || {row}.other", When: "{row}.other <> '' AND {row}.both"},
			{Key: "'helped/' || {row}.other", When: "{row}.other <> '' AND {row}.both AND {row}.side = 'helps'"},
			{Key: "'organise/' || {row}.circle", When: "{row}.circle <> '' AND {row}.both AND {row}.side = 'helps'"},
		},
	})
	r.Sync(sync.Collection{
		Name: "messages", Columns: sync.Texts("about", "side", "fromName", "text", "day", "at"),
		To: []sync.Audience{
			{Key: "'member/' || {row}.member"}, {Key: "'helped/' || {row}.member", When: "{row}.side = 'asks'"},
			{Key: `'member/' || {row}."to"`, When: `{row}."to" <> '' AND NOT {row}.apart`},
			{Key: `'helped/' || {row}."to"`, When: `{row}."to" <> '' AND NOT {row}.apart AND {row}.side = 'helps'`},
			{Key: "'organise/' || {row}.circle", When: "{row}.circle <> '' AND NOT {row}.apart"},
		},
	})
}

// NB! Who may not know of a row is told what anybody is told of one that isn't there.
var (
	errAsk   = sync.Reject("ask_unknown", "This isn't asked for any more.")
	errReply = sync.Reject("reply_unknown", "This is over, or it is somebody else's.")
)

// today is the day where the community is.
func today(app core.App, now time.Time) (string, error) {
	var name string
	if err := app.DB().NewQuery("SELECT coalesce((SELECT zone FROM communities LIMIT 1), '')").Row(&name); err != nil {
		return "", err
	}
	zone, known := calendar.Zone(name)
	if !known {
		zone = time.UTC
	}
	return now.In(zone).Format(time.DateOnly), nil
}

// nameOf is how a member is called here.
func nameOf(c *sync.Call) (string, error) {
	m, err := c.Find("members", c.Member, errAsk)
	if err != nil {
		return "", err
	}
	return m.GetString("firstName"), nil
}
