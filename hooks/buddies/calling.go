package buddies

import (
	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/notice"
	"kith/internal/sync"
)

// callDone says how a call went. That two of them were not answered, one after the
// other, those who run the group are told.
//
// NB! That somebody needs something is not written down: whoever has the database
// could tell by it who passed a worry on, and of which day. Both of those who were
// reached are "spoke".
func callDone(c *sync.Call) (sync.Result, error) {
	args, err := sync.Args[struct {
		ID      string `json:"id"`
		Outcome string `json:"outcome"`
	}](c)
	if err != nil {
		return sync.Result{}, err
	}
	outcome, known := map[string]string{"": "", "fine": "spoke", "needs": "spoke", "noAnswer": "noAnswer"}[args.Outcome]
	if !known {
		return sync.Result{}, sync.ErrShape
	}
	unknown := sync.Reject("call_unknown", "This call is not yours any more. There is nothing to do.")
	call, err := c.Find("calls", args.ID, unknown)
	if err != nil {
		return sync.Result{}, err
	}
	if m := call.GetString("member"); m == "" || m != c.Member {
		return sync.Result{}, byHosts(c, call, outcome, unknown)
	}
	switch state, was := call.GetString("state"), call.GetString("outcome"); {
	case state == "done" && was == "noAnswer" && outcome != was:
		return correct(c, call, outcome)
	case state != "due" || outcome == "": // done on another phone, or not needed any more: they have rung, and that is good
		return sync.Result{Merged: true}, nil
	}
	day, err := today(c)
	if err != nil {
		return sync.Result{}, err
	}
	call.Load(map[string]any{"state": "done", "outcome": outcome, "doneAt": day})
	if outcome == "spoke" {
		return sync.Result{}, spoke(c, call)
	}
	return sync.Result{}, noAnswer(c, call)
}

// spoke: somebody was reached, so nobody else need do anything.
func spoke(c *sync.Call, call *core.Record) error {
	if err := reached(c, call.GetString("pairing"), ""); err != nil {
		return err
	}
	return save(c, call)
}

// reached takes the calls of a pairing that went to the hosts back from them: those up to
// an occurrence; "": all.
func reached(c *sync.Call, pairing, until string) error {
	theirs, err := c.App.FindAllRecords("calls", dbx.HashExp{"pairing": pairing, "toHosts": true})
	if err != nil {
		return err
	}
	for _, e := range theirs {
		if until != "" && e.GetString("occurrence") > until {
			continue
		}
		e.Set("toHosts", false)
		if err := c.App.Save(e); err != nil {
			return err
		}
		if err := notice.Over(c.App.DB(), e.Id, "", "call.unanswered"); err != nil {
			return err
		}
	}
	return nil
}

// byHosts is what those who run the group say of a call that came to them.
func byHosts(c *sync.Call, call *core.Record, outcome string, unknown error) error {
	if !call.GetBool("toHosts") || call.GetString("state") == "void" {
		return unknown
	}
	if err := host(c, call.GetString("listing"), unknown); err != nil {
		return err
	}
	if outcome != "spoke" { // they may try once more, and have nothing to take back
		return nil
	}
	day, err := today(c)
	if err != nil {
		return err
	}
	call.Load(map[string]any{"state": "done", "outcome": outcome, "doneAt": day, "toHosts": false})
	return spoke(c, call)
}

// noAnswer: where there was none before either, and they weren't here in between, it is
// more than a buddy can do.
func noAnswer(c *sync.Call, call *core.Record) error {
	var before string
	err := c.Ask(`SELECT coalesce((SELECT c.outcome FROM calls c JOIN pairings p ON p.id = c.pairing
		WHERE c.pairing = {:pairing} AND c.member = {:member} AND c.state = 'done' AND c.id <> {:id} AND NOT EXISTS (
			SELECT 1 FROM marks m WHERE p.regular <> '' AND m.regular = p.regular AND m.state = 'here' AND m.occurrence > c.occurrence)
		ORDER BY c.occurrence DESC LIMIT 1), '')`, dbx.Params{"pairing": call.GetString("pairing"), "member": c.Member, "id": call.Id}).Row(&before)
	if err != nil {
		return err
	}
	if before != "noAnswer" {
		return save(c, call)
	}
	call.Set("toHosts", true)
	if err := save(c, call); err != nil {
		return err
	}
	return notice.By(c, "call.unanswered", "host/"+call.GetString("listing"), call.Id)
}

func save(c *sync.Call, call *core.Record) error {
	if err := c.App.Save(call); err != nil {
		return err
	}
	return notice.Over(c.App.DB(), call.Id, c.Member, "call.due")
}
