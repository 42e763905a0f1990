package cards

import (
	"encoding/json"
	"errors"

	"github.com/pocketbase/pocketbase/core"

	"kith/internal/ledger"
	"kith/internal/sync"
)

// changeRules sets some of the rules of the card.
func changeRules(c *sync.Call) (sync.Result, error) {
	args, err := sync.Args[struct {
		Set map[string]json.RawMessage `json:"set"`
	}](c)
	if err != nil {
		return sync.Result{}, err
	}
	if err := c.Allowed(errCoordinators, "coordinators"); err != nil {
		return sync.Result{}, err
	}
	town, err := c.App.FindFirstRecordByFilter("communities", "id != ''")
	if err != nil {
		return sync.Result{}, err
	}
	changed, err := ledger.Read(town.GetString("scheme")).Change(args.Set)
	switch {
	case errors.Is(err, ledger.ErrShape):
		return sync.Result{}, sync.ErrShape
	case err != nil:
		return sync.Result{}, sync.Reject("scheme_invalid", err.Error())
	}
	town.Set("scheme", changed)
	if err := c.App.Save(town); err != nil {
		return sync.Result{}, err
	}
	return noted(c, "community.scheme", town.Id, nil)
}

// rulesFromTheStart has a new community begin with what holds by default, so that
// no till has to know it.
func rulesFromTheStart(e *core.RecordEvent) error {
	if s := e.Record.GetString("scheme"); s == "" || s == "null" {
		e.Record.Set("scheme", ledger.Defaults())
	}
	return e.Next()
}
