package registers

import (
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/limits"
	"kith/internal/register"
	"kith/internal/sync"
	"kith/internal/text"
)

// regularOf is a line of a group's register by its id, or nil.
func regularOf(c *sync.Call, listing, id string) (*core.Record, error) {
	r, err := c.Find("regulars", id, nil)
	if err != nil || r == nil || r.GetString("listing") != listing {
		return nil, err
	}
	return canonical(c, r, nil)
}

// canonical is the line that a line is the same as; gone, where that isn't there.
func canonical(c *sync.Call, r *core.Record, gone error) (*core.Record, error) {
	if r.GetString("same") == "" {
		return r, nil
	}
	return c.Find("regulars", r.GetString("same"), gone)
}

// hosted is a line of a register that the caller keeps.
func hosted(c *sync.Call, id string) (*core.Record, register.Told, error) {
	r, err := c.Find("regulars", id, errRegular)
	if err != nil {
		return nil, nil, err
	}
	if err := c.Allowed(errRegular, "host/"+r.GetString("listing")); err != nil {
		return nil, nil, err
	}
	if r, err = canonical(c, r, errRegular); err != nil {
		return nil, nil, err
	}
	told := register.Told{}
	return r, told, r.UnmarshalJSONField("told", &told)
}

// rename puts a name right.
func rename(c *sync.Call) (sync.Result, error) {
	args, err := sync.Args[struct {
		ID        string `json:"id"`
		FirstName string `json:"firstName"`
	}](c)
	if err != nil {
		return sync.Result{}, err
	}
	name, err := text.Line(args.FirstName, limits.FirstName)
	if err != nil || name == "" {
		return sync.Result{}, sync.Reject("text_invalid", "A first name has 1 to 40 letters.")
	}
	return change(c, args.ID, "firstName", name)
}

// end takes somebody off the register who doesn't come any more: nobody rings them. What
// was is still there.
func end(c *sync.Call) (sync.Result, error) { return ended(c, register.Yes) }

// back puts them on it again.
func back(c *sync.Call) (sync.Result, error) { return ended(c, register.No) }

func ended(c *sync.Call, value string) (sync.Result, error) {
	id, err := sync.IDArg(c)
	if err != nil {
		return sync.Result{}, err
	}
	return change(c, id, "ended", value)
}

// change merges what a phone says of one line. NB! Of a line that is another by now it
// is said of the line, and not of the person: whoever took one of two off the register,
// without having heard that they are one, must not take the person off.
func change(c *sync.Call, id, column, value string) (sync.Result, error) {
	r, told, err := hosted(c, id)
	if err != nil {
		return sync.Result{}, err
	}
	if r.Id != id {
		return sync.Result{Merged: true}, nil
	}
	replaced, contradicts := told.Take(column, said(c, value))
	r.Set("told", told)
	if err := settle(c, r); err != nil {
		return sync.Result{}, err
	}
	if err := ruleOn(c.App, r.GetString("listing"), []string{r.Id}, c.Now); err != nil || !contradicts {
		return sync.Result{}, err
	}
	replaced.ID = r.Id
	return sync.Result{Merged: true, Data: map[string]any{"replaced": []register.Replaced{replaced}}}, nil
}

// settle has a line say what counts. Who was here after somebody took them off is one of
// the group again, whichever of the two the server heard first.
func settle(c *sync.Call, r *core.Record) error {
	told := register.Told{}
	if err := r.UnmarshalJSONField("told", &told); err != nil {
		return err
	}
	if name, is := told.Now("firstName"); is {
		r.Set("firstName", name.Value)
	}
	if ended, is := told.Now("ended"); is {
		since, err := cameSince(c, r, ended.At)
		if err != nil {
			return err
		}
		r.Set("ended", ended.Value == register.Yes && !since)
	}
	return c.App.SaveNoValidate(r)
}

// cameSince says whether somebody was ticked as here after a time, of a session of that
// day or later: an old register that is typed in says nothing of today.
func cameSince(c *sync.Call, r *core.Record, at time.Time) (since bool, err error) {
	schedule, err := scheduleOf(c.App, r.GetString("listing"))
	if err != nil {
		return false, err
	}
	err = c.Ask("SELECT EXISTS (SELECT 1 FROM marks WHERE regular = {:id} AND state = 'here' AND occurredAt > {:at} AND occurrence >= {:day})",
		dbx.Params{"id": r.Id, "at": sync.Stamp(at), "day": at.In(zoneOf(schedule)).Format(time.DateOnly)}).Row(&since)
	return since, err
}

// same says that two lines are one person: both phones had added them.
func (w *room) same(c *sync.Call) (sync.Result, error) {
	args, err := sync.Args[struct {
		ID string `json:"id"`
		As string `json:"as"`
	}](c)
	if err != nil {
		return sync.Result{}, err
	}
	one, _, err := hosted(c, args.ID)
	if err != nil {
		return sync.Result{}, err
	}
	other, _, err := hosted(c, args.As)
	if err != nil {
		return sync.Result{}, err
	}
	switch a, b := one.GetString("member"), other.GetString("member"); {
	case one.GetString("listing") != other.GetString("listing"):
		return sync.Result{}, errRegular
	case one.Id == other.Id:
		return sync.Result{Merged: true}, nil // somebody else has said so before
	case a != "" && b != "" && a != b:
		return sync.Result{}, sync.Reject("regular_taken", "Each of them has said themselves that they would come. They are two people.")
	}
	if err := join(c, one, other); err != nil {
		return sync.Result{}, err
	}
	if err := w.known(c, other); err != nil {
		return sync.Result{}, err
	}
	return sync.Result{}, ruleOn(c.App, other.GetString("listing"), []string{other.Id}, c.Now)
}

// join makes one line of two: what was said of either was said of into, and whatever
// names one means it from here on.
func join(c *sync.Call, line, into *core.Record) error {
	var both bool
	err := c.Ask("SELECT count(DISTINCT regular) > 1 FROM pairings WHERE regular IN ({:line}, {:into}) AND status IN ('asked', 'open')",
		dbx.Params{"line": line.Id, "into": into.Id}).Row(&both)
	if err != nil {
		return err
	}
	if both {
		return sync.Reject("pairing_open", "Each of them has a buddy. End one of the two first.")
	}
	if into.GetString("member") == "" {
		into.Load(map[string]any{"member": line.GetString("member"), "visit": line.GetString("visit")})
	}
	for _, column := range []string{"since", "last"} {
		if a, b := line.GetString(column), into.GetString(column); b == "" || a != "" && (a < b) == (column == "since") {
			into.Set(column, a)
		}
	}
	line.Load(map[string]any{"same": into.Id, "member": into.GetString("member")})
	for _, r := range []*core.Record{line, into} {
		if err := c.App.SaveNoValidate(r); err != nil {
			return err
		}
	}
	p := dbx.Params{"line": line.Id, "into": into.Id}
	for _, q := range []string{
		"UPDATE regulars SET same = {:into} WHERE same = {:line}",
		"UPDATE pairings SET regular = {:into} WHERE regular = {:line}",
		"UPDATE visits SET regular = {:into} WHERE regular = {:line}",
	} {
		if _, err := c.Ask(q, p).Execute(); err != nil {
			return err
		}
	}
	return joinMarks(c, line, into)
}

func joinMarks(c *sync.Call, line, into *core.Record) error {
	marks, err := c.App.FindAllRecords("marks", dbx.HashExp{"regular": line.Id})
	if err != nil {
		return err
	}
	for _, m := range marks {
		reg, err := c.App.FindRecordById("registers", m.GetString("register"))
		if err != nil {
			return err
		}
		s := &session{c: c, listing: into.GetString("listing"), register: reg}
		r, told, err := s.markOf(into.Id)
		if err != nil {
			return err
		}
		other := register.Told{}
		if err := m.UnmarshalJSONField("told", &other); err != nil {
			return err
		}
		told.Join(other)
		if err := s.write(r, told); err != nil {
			return err
		}
		if err := c.App.Delete(m); err != nil {
			return err
		}
	}
	return nil
}
