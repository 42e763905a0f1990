package sync

import (
	"database/sql"
	"errors"

	"github.com/pocketbase/pocketbase/core"
)

// ErrShape refuses arguments that no app of ours would send.
var ErrShape = Reject("args_invalid", "The app sent something the server could not read.")

// Allowed refuses a member who is in none of the audiences, with says.
func (c *Call) Allowed(says error, auds ...string) error {
	for _, a := range auds {
		if in, err := c.In(a); in || err != nil {
			return err
		}
	}
	return says
}

// Find returns a row by its id, or unknown where there is none.
func (c *Call) Find(collection, id string, unknown error) (*core.Record, error) {
	if err := ID(id); err != nil {
		return nil, err
	}
	r, err := c.App.FindRecordById(collection, id)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, unknown
	}
	return r, err
}

// Fresh makes a new row, not yet saved, with the id that a device chose.
func (c *Call) Fresh(collection, id string, values map[string]any) (*core.Record, error) {
	if there, err := c.Find(collection, id, nil); err != nil {
		return nil, err
	} else if there != nil {
		return nil, Reject("id_taken", "This was sent before.")
	}
	coll, err := c.App.FindCachedCollectionByNameOrId(collection)
	if err != nil {
		return nil, err
	}
	r := core.NewRecord(coll)
	r.Id = id
	r.Load(values)
	return r, nil
}
