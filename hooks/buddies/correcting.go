package buddies

import (
	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/notice"
	"kith/internal/sync"
)

// correct is a buddy's other word on a call of which they had said that nobody answered:
// they spoke after all; or "", it is still to be made. What followed from the mistake is
// as it would be without it.
//
// NB! That they spoke is never taken back: of two phones that say both it is so, in
// whatever order they come.
func correct(c *sync.Call, call *core.Record, outcome string) (sync.Result, error) {
	later, err := following(c, call)
	if err != nil {
		return sync.Result{}, err
	}
	if outcome == "" {
		return again(c, call, len(later) > 0)
	}
	day, err := today(c)
	if err != nil {
		return sync.Result{}, err
	}
	call.Load(map[string]any{"outcome": outcome, "doneAt": day})
	if err := reached(c, call.GetString("pairing"), call.GetString("occurrence")); err != nil {
		return sync.Result{}, err
	}
	call.Set("toHosts", false)
	if err := c.App.Save(call); err != nil {
		return sync.Result{}, err
	}
	return sync.Result{}, recount(c, later)
}

// again has a call be still to be made; but not where they were missed once more, and are
// to be rung about that.
func again(c *sync.Call, call *core.Record, missed bool) (sync.Result, error) {
	if missed {
		return sync.Result{Merged: true}, nil
	}
	call.Load(map[string]any{"state": "due", "outcome": "", "doneAt": "", "toHosts": false})
	if err := c.App.Save(call); err != nil {
		return sync.Result{}, err
	}
	return sync.Result{}, notice.Over(c.App.DB(), call.Id, "", "call.unanswered")
}

// following are the calls of a pairing that came after one, until its newcomer was there
// again: those that would have been others, had they been spoken to.
func following(c *sync.Call, call *core.Record) (later []*core.Record, err error) {
	var ids []string
	err = c.Ask(`SELECT c.id FROM calls c JOIN pairings p ON p.id = c.pairing
		WHERE c.pairing = {:pairing} AND c.occurrence > {:occurrence} AND c.state <> 'void' AND NOT EXISTS (
			SELECT 1 FROM marks m WHERE p.regular <> '' AND m.regular = p.regular AND m.state = 'here' AND m.occurrence > {:occurrence} AND m.occurrence < c.occurrence)
		ORDER BY c.occurrence`, dbx.Params{"pairing": call.GetString("pairing"), "occurrence": call.GetString("occurrence")}).Column(&ids)
	for _, id := range ids {
		if err != nil {
			return nil, err
		}
		var r *core.Record
		r, err = c.App.FindRecordById("calls", id)
		later = append(later, r)
	}
	return later, err
}

// recount goes through the calls after one that was answered after all: nobody need ring
// about what was missed since, as the rule has it (internal/register), and of those that
// were not answered the hosts have each but the first.
func recount(c *sync.Call, later []*core.Record) error {
	tried := 0
	for _, r := range later {
		was := "call.due"
		switch {
		case r.GetString("state") == "due":
			r.Set("state", "void")
		case r.GetString("outcome") == "spoke":
			return nil
		default:
			if tried++; tried > 1 || !r.GetBool("toHosts") {
				continue
			}
			was = "call.unanswered"
		}
		r.Set("toHosts", false)
		if err := c.App.Save(r); err != nil {
			return err
		}
		if err := notice.Over(c.App.DB(), r.Id, "", was); err != nil {
			return err
		}
	}
	return nil
}
