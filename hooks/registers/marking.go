package registers

import (
	"slices"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/limits"
	"kith/internal/register"
	"kith/internal/sync"
	"kith/internal/text"
)

// saying is what somebody says of one regular. What isn't there, they say nothing of.
type saying struct {
	Regular    string  `json:"regular"`
	State      *string `json:"state"`
	First      *bool   `json:"first"`
	Welcomed   *bool   `json:"welcomed"`
	Introduced *string `json:"introduced"`
}

// mark writes down who is here, and who isn't. Who is not on the register any more is
// left out and named: the others of the same hall are not lost with them.
func mark(c *sync.Call) (sync.Result, error) {
	args, err := sync.Args[struct {
		Listing    string   `json:"listing"`
		Occurrence string   `json:"occurrence"`
		Marks      []saying `json:"marks"`
	}](c)
	if err != nil {
		return sync.Result{}, err
	}
	if len(args.Marks) == 0 || len(args.Marks) > limits.MarksPerCommand {
		return sync.Result{}, errArgs
	}
	for i := range args.Marks {
		if err := args.Marks[i].check(); err != nil {
			return sync.Result{}, err
		}
	}
	s, err := begin(c, args.Listing, args.Occurrence)
	if err != nil {
		return sync.Result{}, err
	}
	if slices.ContainsFunc(args.Marks, func(m saying) bool { return m.seen() }) {
		if err := s.started(); err != nil {
			return sync.Result{}, err
		}
	}
	return s.marks(args.Marks)
}

func (s *session) marks(all []saying) (sync.Result, error) {
	if err := s.there(); err != nil {
		return sync.Result{}, err
	}
	var marked, gone []string
	for _, m := range all {
		regular, err := regularOf(s.c, s.listing, m.Regular)
		if err != nil {
			return sync.Result{}, err
		}
		if regular == nil {
			gone = append(gone, m.Regular)
			continue
		}
		if err := s.markOne(regular, &m); err != nil {
			return sync.Result{}, err
		}
		marked = append(marked, regular.Id)
	}
	if len(marked) == 0 {
		return sync.Result{}, errRegular
	}
	if err := ruleOn(s.c.App, s.listing, marked, s.c.Now); err != nil {
		return sync.Result{}, err
	}
	data := map[string]any{}
	if gone != nil {
		data["gone"] = gone
	}
	return s.answer(gone != nil, data), nil
}

func (m *saying) check() error {
	if err := sync.ID(m.Regular); err != nil {
		return err
	}
	if m.State != nil && !slices.Contains([]string{register.Here, register.Away, register.Excused, register.None}, *m.State) {
		return errArgs
	}
	if m.Introduced == nil || *m.Introduced == "" {
		return nil
	}
	line, err := text.Line(*m.Introduced, limits.Introduced)
	if err != nil {
		return sync.Reject("text_invalid", "To whom somebody was introduced has up to 40 letters.")
	}
	m.Introduced = &line
	return nil
}

// seen says whether this is known of a session only once it is on.
func (m *saying) seen() bool {
	return m.State == nil || *m.State == register.Here || *m.State == register.Away
}

// said are the columns that something is said of.
func (m *saying) said() map[string]string {
	out := map[string]string{}
	if m.State != nil {
		out["state"] = *m.State
	}
	if m.Introduced != nil {
		out["introduced"] = *m.Introduced
	}
	for column, tick := range map[string]*bool{"first": m.First, "welcomed": m.Welcomed} {
		if tick == nil {
			continue
		}
		if out[column] = register.No; *tick {
			out[column] = register.Yes
		}
	}
	return out
}

// markOne merges what is said of one regular into their mark.
func (s *session) markOne(regular *core.Record, m *saying) error {
	r, told, err := s.markOf(regular.Id)
	if err != nil {
		return err
	}
	columns := m.said()
	for _, column := range []string{"state", "first", "welcomed", "introduced"} {
		if value, is := columns[column]; is {
			s.take(told, r.Id, column, value)
		}
	}
	if err := s.write(r, told); err != nil {
		return err
	}
	return s.came(regular)
}

// markOf reads a regular's mark, or makes one.
func (s *session) markOf(regular string) (*core.Record, register.Told, error) {
	told := register.Told{}
	id := sync.DerivedID("mark", s.register.Id, regular)
	r, err := s.c.Find("marks", id, nil)
	if err != nil {
		return nil, nil, err
	}
	if r != nil {
		return r, told, r.UnmarshalJSONField("told", &told)
	}
	r, err = s.c.Fresh("marks", id, map[string]any{
		"register": s.register.Id, "listing": s.listing, "regular": regular, "occurrence": s.register.GetString("occurrence"), "state": register.None,
	})
	return r, told, err
}

// write has a mark say what counts.
func (s *session) write(r *core.Record, told register.Told) error {
	r.Set("told", told)
	for column := range told {
		counts, is := told.Now(column)
		if !is {
			continue
		}
		switch column {
		case "first", "welcomed":
			r.Set(column, counts.Value == register.Yes)
		case "state":
			r.Load(map[string]any{"state": counts.Value, "occurredAt": sync.Stamp(counts.At)})
			s.by(r, counts)
			if counts.Nonce == s.c.Nonce {
				r.Set("clock", s.c.Clock)
			}
		default:
			r.Set(column, counts.Value)
		}
	}
	return s.c.App.SaveNoValidate(r)
}

// came notes on a regular's line the day of their last mark; of apologies for one that is
// to come, the day on which they were made: by it is counted how long a name is kept. Where somebody has taken
// them off the register, it depends on this whether they still are.
func (s *session) came(regular *core.Record) error {
	if strings.Contains(regular.GetString("told"), `"ended"`) {
		if err := settle(s.c, regular); err != nil {
			return err
		}
	}
	day := min(s.when.Key[:10], s.c.OccurredAt.In(s.when.Start.Location()).Format(time.DateOnly))
	_, err := s.c.Ask("UPDATE regulars SET last = {:day} WHERE id = {:id} AND last < {:day}", dbx.Params{"day": day, "id": regular.Id}).Execute()
	return err
}
