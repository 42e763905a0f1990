// Package listening is what somebody in a shop has at hand before and beside
// passing on a worry: the basics that they have read, the helplines that can be
// rung together, and who of the responders can be rung.
package listening

import (
	"github.com/pocketbase/dbx"

	"kith/internal/audit"
	"kith/internal/sync"
)

// Register binds the room.
func Register(r *sync.Registry) {
	r.Sync(sync.Collection{
		Name: "basics", Columns: append(sync.Texts("member", "day"), sync.Numbers("version")...),
		To: []sync.Audience{{Key: "'member/' || {row}.member"}, {Key: "'coordinators'"}},
	})
	r.Sync(sync.Collection{
		Name:    "helplines",
		Columns: append(sync.Texts("topic", "name", "phone", "text", "hours", "url", "area", "checked"), sync.Numbers("order")...),
		To:      []sync.Audience{{Key: "'" + sync.Public + "'"}},
	})
	r.Sync(sync.Collection{
		Name: "onCall", Columns: append(sync.Texts("name", "phone"), sync.Numbers("order")...),
		To: []sync.Audience{{Key: "'responders'"}},
	})
	r.Keep(keepings()...)
	r.Handle("listening.basics", readBasics)
	for _, l := range []list{helplines, onCall} {
		r.Handle(l.collection+".add", l.add)
		r.Handle(l.collection+".edit", l.edit)
		r.Handle(l.collection+".remove", l.remove)
	}
	r.Handle("helplines.check", checkHelpline)
}

var errCoordinators = sync.Reject("not_allowed", "Only a coordinator can do this.")

// note puts what was done with power over others into the record.
func note(c *sync.Call, action, subject string, detail map[string]string) error {
	return audit.Append(c.App.DB(), audit.Entry{At: c.Now, Actor: c.Member, Device: c.Device, Action: action, Subject: subject, Detail: detail})
}

// count the rows of a collection.
func count(c *sync.Call, collection string) (n int, err error) {
	err = c.Ask("SELECT count(*) FROM "+collection, dbx.Params{}).Row(&n)
	return n, err
}
