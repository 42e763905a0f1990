package safety

import (
	"time"

	"github.com/pocketbase/pocketbase/core"

	"kith/internal/limits"
	"kith/internal/notice"
	"kith/internal/sync"
	"kith/internal/text"
)

// due is until when somebody should have dealt with each kind of report.
var due = map[string]time.Duration{
	"worry": limits.DueWorry, "safety": limits.DueSafety, "correction": limits.DueByLaw, "complaint": limits.DueByLaw,
}

// makeReport tells the coordinators something, about somebody or about nobody.
func (w *room) makeReport(c *sync.Call) (sync.Result, error) {
	args, err := sync.Args[struct {
		ID      string `json:"id"`
		About   string `json:"about"`
		Kind    string `json:"kind"`
		Text    string `json:"text"`
		Contact string `json:"contact"`
	}](c)
	if err != nil {
		return sync.Result{}, err
	}
	within, known := due[args.Kind]
	if !known {
		return sync.Result{}, sync.ErrShape
	}
	says, err := words(args.Text, "Say in a few words what it is about.")
	if err != nil {
		return sync.Result{}, err
	}
	contact, err := text.Line(args.Contact, limits.ShortText)
	if err != nil {
		return sync.Result{}, sync.Reject("text_invalid", "How to reach you has up to 300 letters, on one line.")
	}
	about, behind, err := w.whom(c, args.About)
	if err != nil {
		return sync.Result{}, err
	}
	r, err := c.Fresh("reports", args.ID, map[string]any{
		"by": c.Member, "about": about, "kind": args.Kind, "text": says, "contact": contact, "status": "open",
		"created": sync.Stamp(c.Now), "due": sync.Stamp(c.Now.Add(within)),
	})
	if err != nil {
		return sync.Result{}, err
	}
	if err := c.App.Save(r); err != nil {
		return sync.Result{}, err
	}
	if behind != "" {
		s, err := c.Fresh("reportSubjects", r.Id, map[string]any{"about": behind})
		if err != nil {
			return sync.Result{}, err
		}
		if err := c.App.Save(s); err != nil {
			return sync.Result{}, err
		}
	}
	return sync.Result{}, notice.By(c, "report.new", "coordinators", r.Id)
}

// whom a report is about: a member, or whoever is behind something that the caller holds
// of them, which only coordinators learn; both "": nobody.
func (w *room) whom(c *sync.Call, about string) (member, behind string, err error) {
	if about == "" {
		return "", "", nil
	}
	m, err := c.Find("members", about, nil)
	if err != nil || m != nil {
		return about, "", err
	}
	behind, err = w.Behind(c, about, errMemberUnknown)
	return "", behind, err
}

// words are one paragraph or more, and not none.
func words(s, none string) (string, error) {
	clean, err := text.Block(s, limits.Report)
	if err != nil {
		return "", sync.Reject("text_invalid", err.Error())
	}
	if clean == "" {
		return "", sync.Reject("text_invalid", none)
	}
	return clean, nil
}

// acknowledge says that somebody has read a report.
func acknowledge(c *sync.Call) (sync.Result, error) {
	id, err := sync.IDArg(c)
	if err != nil {
		return sync.Result{}, err
	}
	r, err := report(c, id)
	if err != nil || r.GetString("status") != "open" {
		return sync.Result{}, err // two coordinators may read it at once
	}
	r.Set("status", "acknowledged")
	if err := c.App.Save(r); err != nil {
		return sync.Result{}, err
	}
	if err := looked(c, r); err != nil {
		return sync.Result{}, err
	}
	return sync.Result{}, note(c, "reports.acknowledge", r.Id, map[string]string{"kind": r.GetString("kind")})
}

// closeReport says what came of a report; whoever made it can read that.
func closeReport(c *sync.Call) (sync.Result, error) {
	args, err := sync.Args[struct {
		ID      string `json:"id"`
		Outcome string `json:"outcome"`
	}](c)
	if err != nil {
		return sync.Result{}, err
	}
	r, err := report(c, args.ID)
	if err != nil {
		return sync.Result{}, err
	}
	if r.GetString("status") == "closed" {
		return sync.Result{}, sync.Reject("report_closed", "Somebody has closed this already. What came of it stands there.")
	}
	outcome, err := words(args.Outcome, "Say in a few words what came of it.")
	if err != nil {
		return sync.Result{}, err
	}
	r.Load(map[string]any{"status": "closed", "outcome": outcome, "closed": sync.Stamp(c.Now)})
	if err := c.App.Save(r); err != nil {
		return sync.Result{}, err
	}
	if err := looked(c, r); err != nil {
		return sync.Result{}, err
	}
	if by := r.GetString("by"); by != "" { // what came without an account is nobody's
		if err := notice.By(c, "report.closed", "member/"+by, r.Id); err != nil {
			return sync.Result{}, err
		}
	}
	return sync.Result{}, note(c, "reports.close", r.Id, map[string]string{"kind": r.GetString("kind")})
}

// looked says that somebody has read a report: the others need not be told of it.
func looked(c *sync.Call, r *core.Record) error {
	return notice.Over(c.App.DB(), r.Id, "", "report.new", "complaint.new")
}

// report finds one, for a coordinator.
func report(c *sync.Call, id string) (*core.Record, error) {
	if err := c.Allowed(errCoordinators, "coordinators"); err != nil {
		return nil, err
	}
	return c.Find("reports", id, sync.Reject("report_unknown", "This report is not here any more."))
}
