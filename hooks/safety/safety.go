// Package safety is what keeps people safe from one another: who is known by
// whom, who wants nothing to do with whom, and what somebody tells the
// coordinators. A block is known to whoever made it, and to nobody else.
package safety

import (
	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/audit"
	"kith/internal/sync"
)

// Others are what this room has others do.
type Others struct {
	// Part ends what there is between two members, in a way that looks like any other end.
	Part func(c *sync.Call, one, other string) error
	// Behind gives the member behind something that the caller holds of them, without
	// telling who it is; or unknown.
	Behind func(c *sync.Call, about string, unknown error) (string, error)
}

type room struct{ Others }

// Register binds the room.
func Register(r *sync.Registry, others Others) {
	r.Sync(sync.Collection{
		Name: "vouches", Columns: sync.Texts("member", "kind", "seenOn", "by", "note"),
		To: []sync.Audience{{Key: "'member/' || {row}.member"}, {Key: "'coordinators'"}},
	})
	r.Sync(sync.Collection{
		Name: "blocks", Columns: sync.Texts("member", "blocked", "about"),
		To: []sync.Audience{{Key: "'member/' || {row}.member"}},
	})
	r.Sync(sync.Collection{
		Name: "reports", Columns: sync.Texts("by", "about", "kind", "text", "contact", "status", "outcome", "created", "due", "closed"),
		To: []sync.Audience{{Key: "'member/' || {row}.by", When: "{row}.by <> ''"}, {Key: "'coordinators'"}},
	})
	r.Sync(sync.Collection{Name: "reportSubjects", Columns: sync.Texts("about"), To: []sync.Audience{{Key: "'coordinators'"}}})
	r.Keep(keepings()...)
	w := &room{others}
	r.Handle("safety.vouch", vouch)
	r.Handle("safety.unvouch", unvouch)
	r.HandleFor("details", "safety.block", w.block)
	r.HandleFor("details", "safety.unblock", unblock)
	r.Handle("reports.make", w.makeReport)
	r.Handle("reports.acknowledge", acknowledge)
	r.Handle("reports.close", closeReport)
}

var (
	errCoordinators  = sync.Reject("not_allowed", "Only a coordinator can do this.")
	errMemberUnknown = sync.Reject("member_unknown", "This person is not here any more.")
)

// note puts what was done with power over others into the record.
func note(c *sync.Call, action, subject string, detail map[string]string) error {
	return audit.Append(c.App.DB(), audit.Entry{At: c.Now, Actor: c.Member, Device: c.Device, Action: action, Subject: subject, Detail: detail})
}

// Apart says whether one of two members has blocked the other.
func Apart(c *sync.Call, one, other string) (bool, error) {
	var n int
	err := c.App.DB().NewQuery("SELECT count(*) FROM blocks WHERE (member = {:a} AND whom = {:b}) OR (member = {:b} AND whom = {:a})").
		Bind(dbx.Params{"a": one, "b": other}).Row(&n)
	return n > 0, err
}

// block ends what is between two people, and keeps it from beginning again.
func (w *room) block(c *sync.Call) (sync.Result, error) {
	args, err := sync.Args[struct {
		ID      string `json:"id"`
		Blocked string `json:"blocked"`
	}](c)
	if err != nil {
		return sync.Result{}, err
	}
	return Block(c, Blocking{ID: args.ID, Whom: args.Blocked}, w.Part)
}

// Blocking is a block to be.
type Blocking struct {
	ID    string // of the row
	Whom  string // a member
	About string // what the caller holds of them, who goes on being behind it; "": the caller named them
}

// Block is the caller's block of another.
//
// NB! It is merged only into one of the same: else whom they named would be whoever is
// behind.
func Block(c *sync.Call, b Blocking, part func(c *sync.Call, one, other string) error) (sync.Result, error) {
	other, err := c.Find("members", b.Whom, errMemberUnknown)
	if err != nil {
		return sync.Result{}, err
	}
	if other.Id == c.Member {
		return sync.Result{}, sync.Reject("not_yourself", "You can't block yourself.")
	}
	values := map[string]any{"member": c.Member, "whom": other.Id, "blocked": "", "about": b.About}
	if b.About == "" {
		values["blocked"] = other.Id
	}
	before := &core.Record{}
	err = c.App.RecordQuery("blocks").AndWhere(dbx.HashExp(values)).Limit(1).One(before)
	if err == nil {
		return sync.Result{Merged: true, Data: map[string]string{"id": before.Id}}, nil
	}
	if !missing(err) {
		return sync.Result{}, err
	}
	r, err := c.Fresh("blocks", b.ID, values)
	if err != nil {
		return sync.Result{}, err
	}
	if err := c.App.Save(r); err != nil {
		return sync.Result{}, err
	}
	return sync.Result{}, part(c, c.Member, other.Id)
}

// unblock takes the caller's own block back. What it ended stays ended.
func unblock(c *sync.Call) (sync.Result, error) {
	id, err := sync.IDArg(c)
	if err != nil {
		return sync.Result{}, err
	}
	unknown := sync.Reject("block_unknown", "This block is not there any more.")
	b, err := c.Find("blocks", id, unknown)
	if err != nil {
		return sync.Result{}, err
	}
	if b.GetString("member") != c.Member {
		return sync.Result{}, unknown
	}
	return sync.Result{}, c.App.Delete(b)
}

// Left forgets whom a member who leaves had blocked.
func Left(c *sync.Call) error {
	blocks, err := c.App.FindAllRecords("blocks", dbx.HashExp{"member": c.Member})
	if err != nil {
		return err
	}
	for _, b := range blocks {
		if err := c.App.Delete(b); err != nil {
			return err
		}
	}
	return nil
}
