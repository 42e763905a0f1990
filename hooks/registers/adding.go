package registers

import (
	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/limits"
	"kith/internal/register"
	"kith/internal/sync"
	"kith/internal/text"
)

// addArgs are somebody who is here and was on no list: by first name, or as the one who
// had said that they'd come.
type addArgs struct {
	ID string `json:"id"`
	sessionArgs
	FirstName string `json:"firstName"`
	Visit     string `json:"visit"`
	First     bool   `json:"first"`
}

// add puts somebody on the group's register, and ticks them as here. Where they are on it
// already (another phone was quicker, or it is the same person's visit) it is that line
// that is ticked, and the answer names it; the id goes on meaning that line.
func (w *room) add(c *sync.Call) (sync.Result, error) {
	args, err := sync.Args[addArgs](c)
	if err != nil {
		return sync.Result{}, err
	}
	if err := args.check(); err != nil {
		return sync.Result{}, err
	}
	s, err := begin(c, args.Listing, args.Occurrence)
	if err != nil {
		return sync.Result{}, err
	}
	if err := s.started(); err != nil {
		return sync.Result{}, err
	}
	regular, merged, err := s.line(&args)
	if err != nil {
		return sync.Result{}, err
	}
	if err := w.known(c, regular); err != nil {
		return sync.Result{}, err
	}
	if err := s.there(); err != nil {
		return sync.Result{}, err
	}
	here := saying{State: new(string)}
	if *here.State = register.Here; args.First {
		here.First = &args.First
	}
	if err := s.markOne(regular, &here); err != nil {
		return sync.Result{}, err
	}
	if err := ruleOn(c.App, s.listing, []string{regular.Id}, c.Now); err != nil {
		return sync.Result{}, err
	}
	return s.answer(merged, map[string]any{"id": regular.Id}), nil
}

func (a *addArgs) check() error {
	if err := sync.ID(a.ID); err != nil {
		return err
	}
	if a.Visit != "" {
		if err := sync.ID(a.Visit); err != nil {
			return err
		}
	}
	name, err := text.Line(a.FirstName, limits.FirstName)
	if err != nil || name == "" {
		return sync.Reject("text_invalid", "A first name has 1 to 40 letters.")
	}
	a.FirstName = name
	return nil
}

// line is the line of the register that an addition comes to: there already, or new.
func (s *session) line(args *addArgs) (line *core.Record, merged bool, err error) {
	member, err := s.visitor(args.Visit)
	if err != nil {
		return nil, false, err
	}
	line, err = s.c.Find("regulars", args.ID, nil)
	switch {
	case err != nil:
		return nil, false, err
	case line != nil && line.GetString("listing") != s.listing:
		return nil, false, sync.Reject("id_taken", "This was sent before.")
	case line != nil:
		line, err = s.tie(line, member, args.Visit)
		return line, true, err
	}
	if line, err = s.fresh(args); err != nil {
		return nil, false, err
	}
	tied, err := s.tie(line, member, args.Visit)
	return tied, tied != nil && tied.Id != args.ID, err
}

// visitor is whose visit it is; "": nobody's, or it isn't there any more.
func (s *session) visitor(visit string) (member string, err error) {
	err = s.c.Ask("SELECT coalesce((SELECT member FROM visits WHERE id = {:visit} AND listing = {:listing}), '')",
		dbx.Params{"visit": visit, "listing": s.listing}).Row(&member)
	return member, err
}

func (s *session) fresh(args *addArgs) (*core.Record, error) {
	var n int
	err := s.c.Ask("SELECT count(*) FROM regulars WHERE listing = {:listing}", dbx.Params{"listing": s.listing}).Row(&n)
	if err != nil {
		return nil, err
	}
	if n >= limits.Regulars {
		return nil, sync.Reject("list_full", "There are 600 people on this register. Take somebody off it first.")
	}
	day := s.when.Key[:10]
	told := register.Told{}
	told.Say("firstName", s.say(args.FirstName))
	line, err := s.c.Fresh("regulars", args.ID, map[string]any{"listing": s.listing, "firstName": args.FirstName, "since": day, "last": day, "told": told})
	if err != nil {
		return nil, err
	}
	return line, s.c.App.SaveNoValidate(line)
}

// tie has a line be that of a member, where it is known whose visit it was. Who is on
// the register already has one line and no other.
func (s *session) tie(line *core.Record, member, visit string) (*core.Record, error) {
	line, err := canonical(s.c, line, errRegular)
	if err != nil || member == "" || line.GetString("member") == member {
		return line, err
	}
	var theirs string
	if err := s.c.Ask("SELECT coalesce((SELECT id FROM regulars WHERE listing = {:listing} AND member = {:member} AND same = ''), '')",
		dbx.Params{"listing": s.listing, "member": member}).Row(&theirs); err != nil {
		return nil, err
	}
	if theirs != "" {
		into, err := s.c.App.FindRecordById("regulars", theirs)
		if err != nil {
			return nil, err
		}
		return into, join(s.c, line, into)
	}
	if line.GetString("member") != "" {
		return nil, sync.Reject("regular_taken", "That line of the register is somebody else's. Add them as a new one.")
	}
	line.Load(map[string]any{"member": member, "visit": visit})
	return line, s.c.App.SaveNoValidate(line)
}

// known has all that is of a member know their line, and be theirs: what isn't would
// stay behind when they are erased.
func (w *room) known(c *sync.Call, line *core.Record) error {
	if line.GetString("member") == "" {
		return nil
	}
	p := dbx.Params{"line": line.Id, "listing": line.GetString("listing"), "member": line.GetString("member"), "visit": line.GetString("visit")}
	for _, q := range []string{
		"UPDATE regulars SET member = {:member} WHERE same = {:line} AND member <> {:member}",
		"UPDATE visits SET regular = {:line} WHERE listing = {:listing} AND member = {:member} AND status = 'coming' AND regular <> {:line}",
		"UPDATE pairings SET regular = {:line} WHERE listing = {:listing} AND regular <> {:line} AND (newcomer <> '' AND newcomer = {:member} OR regular = '' AND visit <> '' AND visit = {:visit})",
	} {
		if _, err := c.Ask(q, p).Execute(); err != nil {
			return err
		}
	}
	return w.found(c, line.GetString("listing"), line.Id, line.GetString("member"))
}
