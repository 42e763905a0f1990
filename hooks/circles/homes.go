package circles

import (
	"slices"

	"github.com/pocketbase/pocketbase/core"

	"kith/internal/limits"
	"kith/internal/sync"
	"kith/internal/text"
)

// home is where somebody lives, how to get in, and whom to ring.
type home struct {
	Circle    string `json:"circle"`
	Address   string `json:"address"`
	Door      string `json:"door"`
	RingName  string `json:"ringName"`
	RingPhone string `json:"ringPhone"`
}

var errHome = sync.Reject("home_unknown", "This circle is not here any more, or somebody else looks after it.")

// homeColumns are what of a home is copied for a turn's helper.
var homeColumns = []string{"address", "door", "ringName", "ringPhone"}

func declareHomes(r *sync.Registry) {
	r.Sync(sync.Collection{
		Name: "homes", Columns: sync.Texts(homeColumns...),
		To: []sync.Audience{themselves, {Key: "'organise/' || {row}.id"}},
	})
	r.Sync(sync.Collection{
		Name: "addresses", Columns: sync.Texts(slices.Concat([]string{"turn", "circle", "slot", "occurrence", "until"}, homeColumns)...),
		To: []sync.Audience{{Key: "'address/' || {row}.id"}},
	})
	// One row, one audience, one member: and it is over when the row says so.
	r.Grant(sync.Grant{Table: "addresses", Member: "{row}.member", Audience: "'address/' || {row}.id"})
	// A copy that ends earlier than it did is told of like another grant: the phone must hear it.
	r.Grant(sync.Grant{Table: "addresses", Member: "{row}.member", When: "{row}.until"})
	r.End("address", "SELECT until FROM addresses WHERE id = ?")
	r.Sync(sync.Collection{
		Name: "turnSteps", Columns: sync.Texts("turn", "circle", "slot", "occurrence", "step", "at"),
		To: append(slices.Concat(own("member"), own("person")), sync.Audience{Key: "'organise/' || {row}.circle"}),
	})
}

// setHome says where a circle's person lives; nothing at all takes it away, and every
// copy of it.
func setHome(c *sync.Call) (sync.Result, error) {
	h, err := sync.Args[home](c)
	if err != nil {
		return sync.Result{}, err
	}
	circle, err := c.Find("circles", h.Circle, errHome)
	if err != nil {
		return sync.Result{}, err
	}
	if err := c.Allowed(errHome, "organise/"+circle.Id); err != nil {
		return sync.Result{}, err
	}
	if circle.GetString("status") != "open" {
		return sync.Result{}, errHome
	}
	if err := h.tidy(); err != nil {
		return sync.Result{}, err
	}
	r, err := c.Find("homes", circle.Id, nil)
	switch {
	case err != nil:
		return sync.Result{}, err
	case h == home{Circle: h.Circle}:
		if r != nil {
			err = c.App.Delete(r)
		}
		return sync.Result{}, err
	case r == nil:
		if r, err = c.Fresh("homes", circle.Id, nil); err != nil {
			return sync.Result{}, err
		}
	}
	r.Load(map[string]any{"address": h.Address, "door": h.Door, "ringName": h.RingName, "ringPhone": h.RingPhone, "person": circle.GetString("person")})
	if err := c.App.Save(r); err != nil {
		return sync.Result{}, err
	}
	return sync.Result{}, handOutIn(c.App, c.Now, r)
}

// tidy holds a home to its bounds.
func (h *home) tidy() (err error) {
	if h.Address, err = text.Block(h.Address, limits.HomeAddress); err != nil {
		return sync.Reject("text_invalid", "An address has up to 200 letters.")
	}
	if h.Door, err = text.Line(h.Door, limits.HomeDoor); err != nil {
		return sync.Reject("text_invalid", "How to get in has up to 120 letters, on one line.")
	}
	if h.RingName, err = text.Line(h.RingName, limits.FirstName); err != nil {
		return sync.Reject("text_invalid", "The name of whom to ring has up to 40 letters.")
	}
	if h.RingPhone, err = text.Phone(h.RingPhone, limits.ContactPhone); err != nil {
		return sync.Reject("phone_invalid", err.Error())
	}
	return nil
}

// copied is what of a home goes into a copy of it.
func copied(h *core.Record) map[string]any {
	out := map[string]any{}
	for _, name := range homeColumns {
		out[name] = h.GetString(name)
	}
	return out
}
