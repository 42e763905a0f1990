package listings

import (
	"database/sql"
	"encoding/json"
	"errors"
	"reflect"
	"sort"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"kith/internal/calendar"
	"kith/internal/sync"
)

var errNotAllowed = sync.Reject("not_allowed", "Only the people who run this, and coordinators, can change it.")
var errUnknown = sync.Reject("listing_unknown", "This listing is not here any more.")

// add stores a new listing and makes its author the host of it.
func add(c *sync.Call) (sync.Result, error) {
	if err := allowed(c, "activators"); err != nil {
		return sync.Result{}, err
	}
	r, err := created(c, "listings", columns)
	if err != nil {
		return sync.Result{}, err
	}
	if r.GetString("status") == "" {
		r.Set("status", "active")
	}
	day, err := today(c)
	if err != nil {
		return sync.Result{}, err
	}
	r.Set("checked", day)
	r.Set("source", "member")
	if err := c.App.Save(r); err != nil {
		return sync.Result{}, err
	}
	_, err = host(c.App, sync.DerivedID("host", c.Nonce), r.Id, c.Member)
	return sync.Result{}, err
}

// addPlace stores a new place.
func addPlace(c *sync.Call) (sync.Result, error) {
	if err := allowed(c, "activators"); err != nil {
		return sync.Result{}, err
	}
	r, err := created(c, "places", placeColumns)
	if err != nil {
		return sync.Result{}, err
	}
	return sync.Result{}, c.App.Save(r)
}

// edit changes the columns in set. Where somebody else changed the same column
// meanwhile, the later arrival wins and is told what it replaced.
func (w *room) edit(c *sync.Call) (sync.Result, error) {
	args, err := sync.Args[struct {
		ID  string                     `json:"id"`
		Set map[string]json.RawMessage `json:"set"`
		Was map[string]json.RawMessage `json:"was"`
	}](c)
	if err != nil {
		return sync.Result{}, err
	}
	r, err := hosted(c, args.ID)
	if err != nil {
		return sync.Result{}, err
	}
	was := r.Fresh()
	replaced := map[string]any{}
	for _, name := range sorted(args.Set) {
		clean, known := columns[name]
		if !known {
			return sync.Result{}, errShape
		}
		value, err := clean(c.App, args.Set[name])
		if err != nil {
			return sync.Result{}, err
		}
		before := plain(r.Get(name))
		var was any
		if json.Unmarshal(args.Was[name], &was) != nil {
			was = before // the device did not say what it saw: nothing to compare
		}
		if !reflect.DeepEqual(before, was) && !reflect.DeepEqual(before, plain(value)) {
			replaced[name] = before
		}
		r.Set(name, value)
	}
	if err := c.App.Save(r); err != nil {
		return sync.Result{}, err
	}
	if err := w.tellComing(c, was, r); err != nil {
		return sync.Result{}, err
	}
	if len(replaced) > 0 {
		return sync.Result{Merged: true, Data: map[string]any{"replaced": replaced}}, nil
	}
	return sync.Result{}, nil
}

// check notes that somebody made sure today that all this is so.
func check(c *sync.Call) (sync.Result, error) {
	id, err := sync.IDArg(c)
	if err != nil {
		return sync.Result{}, err
	}
	r, err := hosted(c, id)
	if err != nil {
		return sync.Result{}, err
	}
	day, err := today(c)
	if err != nil {
		return sync.Result{}, err
	}
	if day > r.GetString("checked") { // an old check that arrives late changes nothing
		r.Set("checked", day)
	}
	return sync.Result{}, c.App.Save(r)
}

func allowed(c *sync.Call, auds ...string) error {
	for _, a := range auds {
		if in, err := c.In(a); in || err != nil {
			return err
		}
	}
	return errNotAllowed
}

// hosted finds a listing that the caller may change.
func hosted(c *sync.Call, id string) (*core.Record, error) {
	if err := sync.ID(id); err != nil {
		return nil, err
	}
	r, err := c.App.FindRecordById("listings", id)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, errUnknown
	}
	if err != nil {
		return nil, err
	}
	return r, allowed(c, "host/"+id, "coordinators")
}

// created makes a new record from the arguments of a call: an id and columns.
func created(c *sync.Call, collection string, known map[string]cleaner) (*core.Record, error) {
	args, err := sync.Args[map[string]json.RawMessage](c)
	if err != nil {
		return nil, err
	}
	var id string
	if json.Unmarshal(args["id"], &id) != nil {
		return nil, errShape
	}
	if err := sync.ID(id); err != nil {
		return nil, err
	}
	if taken, err := exists(c.App, collection, id); err != nil {
		return nil, err
	} else if taken {
		return nil, sync.Reject("id_taken", "This was added before.")
	}
	coll, err := c.App.FindCachedCollectionByNameOrId(collection)
	if err != nil {
		return nil, err
	}
	r := core.NewRecord(coll)
	r.Id = id
	delete(args, "id")
	for _, name := range sorted(args) {
		clean, ok := known[name]
		if !ok {
			return nil, errShape
		}
		value, err := clean(c.App, args[name])
		if err != nil {
			return nil, err
		}
		r.Set(name, value)
	}
	for _, name := range []string{"title", "name", "kind"} { // what a record can't be without
		if clean, has := known[name]; has && r.GetString(name) == "" {
			if _, err := clean(c.App, json.RawMessage(`""`)); err != nil {
				return nil, err
			}
		}
	}
	return r, nil
}

func exists(app core.App, collection, id string) (bool, error) {
	_, err := app.FindRecordById(collection, id)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// today is the day on which the person acted, where the community is.
func today(c *sync.Call) (string, error) {
	var name string
	err := c.App.DB().NewQuery("SELECT zone FROM communities LIMIT 1").Row(&name)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", err
	}
	zone, known := calendar.Zone(name)
	if !known {
		zone = time.UTC
	}
	return c.OccurredAt.In(zone).Format(time.DateOnly), nil
}

// plain is a stored value as JSON sees it.
func plain(v any) (out any) {
	raw, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(raw, &out)
	}
	if err != nil {
		return v
	}
	return out
}

func sorted(m map[string]json.RawMessage) []string {
	names := make([]string, 0, len(m))
	for n := range m {
		names = append(names, n)
	}
	sort.Strings(names)
	return names
}
