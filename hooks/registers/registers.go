// Package registers is who came: the register of one occurrence of one group, kept by
// all who host it, also by two phones in a hall without a signal. And it is what
// follows from somebody not being on it: that their buddy is asked to ring them.
//
// What is said is merged by internal/register: the same is left, in whatever order
// phones bring it. A host sees a first name, and never which member that is.
package registers

import (
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/sync"
)

// room is the room, and whom it tells that somebody of whom it knew a name is a member.
type room struct {
	found func(c *sync.Call, listing, line, member string) error
}

// Register declares what is synced and what can be asked for, and binds the jobs. found
// hears of every member whose line of a register becomes known.
func Register(app core.App, r *sync.Registry, found func(c *sync.Call, listing, line, member string) error) {
	w := &room{found}
	hosts := "'host/' || {row}.listing"
	r.Sync(sync.Collection{
		Name: "regulars", Columns: append(sync.Texts("listing", "firstName", "since"), sync.Bools("ended")...),
		To: []sync.Audience{{Key: hosts, When: "{row}.same = ''"}},
	})
	r.Sync(sync.Collection{
		Name: "registers", Columns: append(sync.Texts("listing", "occurrence", "state", "at"), sync.Numbers("heads")...),
		To: []sync.Audience{{Key: hosts}},
	})
	r.Sync(sync.Collection{
		Name: "marks", Columns: append(sync.Texts("register", "listing", "regular", "state", "introduced"), sync.Bools("first", "welcomed")...),
		To: []sync.Audience{{Key: hosts}},
	})
	r.Keep(keepings()...)
	for name, handler := range map[string]sync.Handler{
		"registers.mark": mark, "registers.add": w.add, "registers.count": count,
		"registers.take": take, "registers.open": open,
		"regulars.rename": rename, "regulars.end": end, "regulars.back": back, "regulars.same": w.same,
	} {
		r.Handle(name, handler)
	}
	jobs(app)
}

// What more than one command says no with. NB! Whoever doesn't host a group is told the
// same of a regular of it as of one that isn't there.
var (
	errHosts      = sync.Reject("not_allowed", "Only the people who run this group keep its register.")
	errOccurrence = sync.Reject("occurrence_unknown", "It isn't on at that time any more. Choose another day.")
	errRegular    = sync.Reject("regular_unknown", "This person is not on the register any more.")
	errEarly      = sync.Reject("too_early", "That is not yet. Its register opens the day before.")
	errArgs       = sync.Reject("args_invalid", "The app sent something the server could not read.")
)
