package cards

import (
	"database/sql"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/ledger"
	"kith/internal/sync"
)

// books are the records that one command looks at, and what becomes of them.
//
// NB! This is the way of all stamps of a town: it asks a few questions for a whole
// command, never one a record, and never through the records of PocketBase.
type books struct {
	c     *sync.Call // nil: no command is carried out
	tx    core.App
	now   time.Time
	rules ledger.Rules
	zone  *time.Location
	rows  map[string]*stamp // by id
	was   map[string]stamp  // the same as they are stored
	fresh []*stamp
}

func openBooks(c *sync.Call) (*books, error) {
	b := &books{c: c, tx: c.App, now: c.Now, rows: map[string]*stamp{}, was: map[string]stamp{}}
	var err error
	b.rules, b.zone, err = settings(c.App)
	return b, err
}

// ask is a statement with its parameters; lists go in as JSON.
func (b *books) ask(statement string, params dbx.Params) *dbx.Query {
	if b.c == nil {
		return b.tx.DB().NewQuery(statement).Bind(params)
	}
	return b.c.Ask(statement, params)
}

// each carries a statement out over rows, which are {:rows} in it; none: it doesn't.
func (b *books) each(statement string, rows [][]any) error {
	if len(rows) == 0 {
		return nil
	}
	raw, err := json.Marshal(rows)
	if err != nil {
		return err
	}
	_, err = b.ask(statement, dbx.Params{"rows": string(raw)}).Execute()
	return err
}

// list writes a list as a parameter.
func list(of []string) string {
	raw, err := json.Marshal(of)
	if err != nil || of == nil {
		return "[]" // texts can always be written
	}
	return string(raw)
}

func keys(set map[string]bool) []string { return slices.Sorted(maps.Keys(set)) }

func noRows(err error) bool { return errors.Is(err, sql.ErrNoRows) }

func stampOf(t time.Time) string { return sync.Stamp(t) }

// load reads stamps that are not at hand yet.
func (b *books) load(statement string, params dbx.Params) ([]*stamp, error) {
	var found []stamp
	if err := b.ask("SELECT "+columns+" FROM "+statement, params).All(&found); err != nil {
		return nil, err
	}
	out := make([]*stamp, 0, len(found))
	for i := range found {
		s := &found[i]
		if b.rows[s.ID] == nil {
			b.rows[s.ID], b.was[s.ID] = s, *s
		}
		out = append(out, b.rows[s.ID])
	}
	return out, nil
}

// add takes in a new one.
func (b *books) add(s *stamp) {
	b.rows[s.ID] = s
	b.fresh = append(b.fresh, s)
}

// around is how far from a record others can stand that it changes: all of its day, and
// of a proof or an undo that goes past midnight. reach is how far those see in turn.
const (
	around = 25 * time.Hour
	reach  = 75 * time.Hour
)

// judge says anew what becomes of some records and of all that hang on them.
func (b *books) judge(affected []*stamp) error {
	if err := b.findUndone(affected); err != nil {
		return err
	}
	moments, err := b.moments(affected)
	if err != nil {
		return err
	}
	if err := b.gather(moments); err != nil {
		return err
	}
	facts, err := b.facts()
	if err != nil {
		return err
	}
	byAccount := map[string][]*stamp{}
	for _, s := range b.rows {
		if s.Account != "" && moments[s.Account] != nil {
			byAccount[s.Account] = append(byAccount[s.Account], s)
		}
	}
	for account, rows := range byAccount {
		b.verdicts(rows, facts, moments[account])
	}
	for _, s := range affected {
		if s.Account == "" {
			b.verdicts(b.beside(s), facts, nil)
		}
	}
	return nil
}

// beside are the records of nobody that are judged with one: it, and what else was
// redeemed of its voucher, whoever has left since. NB! An undo isn't among them; what it
// took out is left out.
func (b *books) beside(s *stamp) []*stamp {
	rows := []*stamp{s}
	for _, r := range b.rows {
		if r != s && s.Voucher != "" && r.Voucher == s.Voucher && r.Account == "" && r.State != ledger.Undone {
			rows = append(rows, r)
		}
	}
	return rows
}

// findUndone reads what undos take back: what was redeemed of the same voucher on other
// days hangs on it.
func (b *books) findUndone(undos []*stamp) error {
	ids := map[string]bool{}
	for _, s := range undos {
		if s.Of != "" && b.rows[idOf(s.Of)] == nil {
			ids[idOf(s.Of)] = true
		}
	}
	if len(ids) == 0 {
		return nil
	}
	_, err := b.load("stamps s WHERE s.id IN (SELECT value FROM json_each({:list}))", dbx.Params{"list": list(keys(ids))})
	return err
}

// verdicts are asked for of the records of one account, and taken on by those that are
// around the moments; all: without moments.
func (b *books) verdicts(rows []*stamp, facts ledger.Facts, moments []time.Time) {
	entries := make([]ledger.Record, len(rows))
	of := make(map[string]*stamp, len(rows))
	for i, s := range rows {
		entries[i], of[s.Record] = s.entry(), s
	}
	for _, v := range ledger.Judge(entries, b.rules, facts) {
		s := of[v.ID]
		if len(moments) == 0 || slices.ContainsFunc(moments, func(m time.Time) bool { return s.at().Sub(m).Abs() <= around }) {
			s.takes(v)
		}
	}
}

// moments are when something happened on each account: the records, and all others of
// the same vouchers, however long ago.
func (b *books) moments(affected []*stamp) (map[string][]time.Time, error) {
	at, jtis := map[string][]time.Time{}, map[string]bool{}
	note := func(s *stamp) {
		if s.Account != "" {
			at[s.Account] = append(at[s.Account], s.at())
		}
	}
	for _, s := range affected {
		note(s)
		if s.Voucher != "" {
			jtis[s.Voucher] = true
		}
		if s.Act == ledger.ActUndo { // of a voucher, maybe
			if of := b.rows[idOf(s.Of)]; of != nil && of.Voucher != "" {
				jtis[of.Voucher] = true
			}
		}
	}
	if len(jtis) == 0 {
		return at, nil
	}
	others, err := b.load("stamps s WHERE s.voucher <> '' AND s.voucher IN (SELECT value FROM json_each({:list}))", dbx.Params{"list": list(keys(jtis))})
	for _, s := range others {
		note(s)
	}
	return at, err
}

// gather loads what stands around the moments.
func (b *books) gather(moments map[string][]time.Time) error {
	var spans [][3]string
	for account, times := range moments {
		slices.SortFunc(times, time.Time.Compare)
		from := times[0]
		for i, t := range times {
			if i+1 == len(times) || times[i+1].Sub(t) > 2*reach {
				spans = append(spans, [3]string{account, stampOf(from.Add(-reach)), stampOf(t.Add(reach))})
				if i+1 < len(times) {
					from = times[i+1]
				}
			}
		}
	}
	if len(spans) == 0 {
		return nil
	}
	raw, err := json.Marshal(spans)
	if err != nil {
		return err
	}
	_, err = b.load("json_each({:spans}) e CROSS JOIN stamps s ON s.account <> '' AND s.account = e.value->>0 AND s.at BETWEEN e.value->>1 AND e.value->>2", dbx.Params{"spans": string(raw)})
	return err
}

// facts are what is known of vouchers by records that have ended.
func (b *books) facts() (ledger.Facts, error) {
	f, jtis := ledger.Facts{Vouchers: map[string]ledger.Used{}}, map[string]bool{}
	for _, s := range b.rows {
		if s.Voucher != "" {
			jtis[s.Voucher] = true
		}
	}
	if len(jtis) == 0 {
		return f, nil
	}
	var known []struct {
		JTI  string `db:"jti"`
		Used bool   `db:"used"`
		Paid string `db:"paid"`
	}
	err := b.ask("SELECT jti, used, coalesce(paid, '') AS paid FROM vouchers WHERE jti IN (SELECT value FROM json_each({:list}))", dbx.Params{"list": list(keys(jtis))}).All(&known)
	for _, v := range known {
		u := ledger.Used{Before: v.Used}
		_ = json.Unmarshal([]byte(v.Paid), &u.Paid) // nobody was paid yet
		f.Vouchers[v.JTI] = u
	}
	return f, err
}
