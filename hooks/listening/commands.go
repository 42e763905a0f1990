package listening

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/pocketbase/pocketbase/core"

	"kith/internal/sync"
)

// add puts a number on the list. It counts as not checked: somebody still has to
// ring it.
func (l list) add(c *sync.Call) (sync.Result, error) {
	set, err := sync.Args[map[string]json.RawMessage](c)
	if err != nil {
		return sync.Result{}, err
	}
	var id string
	if json.Unmarshal(set["id"], &id) != nil {
		return sync.Result{}, sync.ErrShape
	}
	if err := c.Allowed(errCoordinators, "coordinators"); err != nil {
		return sync.Result{}, err
	}
	n, err := count(c, l.collection)
	if err != nil {
		return sync.Result{}, err
	}
	if n >= l.most {
		return sync.Result{}, sync.Reject("list_full", "This list is as long as it may be. Remove something first.")
	}
	r, err := c.Fresh(l.collection, id, nil)
	if err != nil {
		return sync.Result{}, err
	}
	delete(set, "id")
	for _, name := range l.needed {
		if _, said := set[name]; !said {
			return sync.Result{}, sync.ErrShape
		}
	}
	return l.save(c, r, set, "add")
}

// edit changes some columns of a number on the list.
func (l list) edit(c *sync.Call) (sync.Result, error) {
	args, err := sync.Args[struct {
		ID  string                     `json:"id"`
		Set map[string]json.RawMessage `json:"set"`
	}](c)
	if err != nil {
		return sync.Result{}, err
	}
	r, err := l.find(c, args.ID)
	if err != nil {
		return sync.Result{}, err
	}
	if len(args.Set) == 0 {
		return sync.Result{}, sync.ErrShape
	}
	return l.save(c, r, args.Set, "edit")
}

func (l list) save(c *sync.Call, r *core.Record, set map[string]json.RawMessage, verb string) (sync.Result, error) {
	for _, name := range slices.Sorted(maps.Keys(set)) { // NB! sorted: which refusal is told must not be chance
		clean, known := l.columns[name]
		if !known {
			return sync.Result{}, sync.ErrShape
		}
		value, err := clean(set[name])
		if err != nil {
			return sync.Result{}, err
		}
		r.Set(name, value)
	}
	if err := l.wrong(r); err != nil {
		return sync.Result{}, err
	}
	l.changed(r)
	if err := c.App.Save(r); err != nil {
		return sync.Result{}, err
	}
	return sync.Result{}, note(c, l.collection+"."+verb, r.Id, nil)
}

// remove takes a number off the list.
func (l list) remove(c *sync.Call) (sync.Result, error) {
	id, err := sync.IDArg(c)
	if err != nil {
		return sync.Result{}, err
	}
	r, err := l.find(c, id)
	if err != nil {
		return sync.Result{}, err
	}
	if err := c.App.Delete(r); err != nil {
		return sync.Result{}, err
	}
	return sync.Result{}, note(c, l.collection+".remove", r.Id, nil)
}

// find gives a row to a coordinator.
func (l list) find(c *sync.Call, id string) (*core.Record, error) {
	if err := c.Allowed(errCoordinators, "coordinators"); err != nil {
		return nil, err
	}
	return c.Find(l.collection, id, l.unknown)
}

// checkHelpline says that a coordinator has rung the number, and it is right.
func checkHelpline(c *sync.Call) (sync.Result, error) {
	id, err := sync.IDArg(c)
	if err != nil {
		return sync.Result{}, err
	}
	r, err := helplines.find(c, id)
	if err != nil {
		return sync.Result{}, err
	}
	day, err := today(c)
	if err != nil || day <= r.GetString("checked") { // an old check that arrives late changes nothing
		return sync.Result{}, err
	}
	r.Set("checked", day)
	if err := c.App.Save(r); err != nil {
		return sync.Result{}, err
	}
	return sync.Result{}, note(c, "helplines.check", r.Id, nil)
}
