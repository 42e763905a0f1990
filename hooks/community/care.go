package community

import (
	"encoding/json"
	"errors"

	"github.com/pocketbase/pocketbase/core"

	"kith/internal/audit"
	"kith/internal/care"
	"kith/internal/sync"
)

// changeCare sets some of what the community has set for looking after people.
func changeCare(c *sync.Call) (sync.Result, error) {
	args, err := sync.Args[struct {
		Set map[string]json.RawMessage `json:"set"`
	}](c)
	if err != nil {
		return sync.Result{}, err
	}
	if err := c.Allowed(sync.Reject("not_allowed", "Only a coordinator can do this."), "coordinators"); err != nil {
		return sync.Result{}, err
	}
	town, err := c.App.FindFirstRecordByFilter("communities", "id != ''")
	if err != nil {
		return sync.Result{}, err
	}
	changed, err := care.Read(town.GetString("care")).Change(args.Set)
	switch {
	case errors.Is(err, care.ErrShape):
		return sync.Result{}, sync.ErrShape
	case err != nil:
		return sync.Result{}, sync.Reject("care_invalid", err.Error())
	}
	town.Set("care", changed)
	if err := c.App.Save(town); err != nil {
		return sync.Result{}, err
	}
	return sync.Result{}, audit.Append(c.App.DB(), audit.Entry{At: c.Now, Actor: c.Member, Device: c.Device, Action: "community.care", Subject: town.Id})
}

// careFromTheStart has a new community begin with what holds by default, so that
// no phone has to know it.
func careFromTheStart(e *core.RecordEvent) error {
	if s := e.Record.GetString("care"); s == "" || s == "null" {
		e.Record.Set("care", care.Defaults())
	}
	return e.Next()
}
