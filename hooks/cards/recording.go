package cards

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/pocketbase/dbx"

	"kith/internal/card"
	"kith/internal/ledger"
	"kith/internal/limits"
	"kith/internal/sync"
	"kith/internal/token"
)

var errTakers = sync.Reject("not_allowed", "Only people of a shop can send what its till wrote down.")

// verdict is what a till hears of one record.
type verdict struct {
	ID      string `json:"id"` // empty: it can't be read
	Verdict string `json:"verdict"`
	// Was is the verdict that a duplicate has by now.
	Was string `json:"was,omitempty"`
}

// record takes in what tills wrote down. Each record has a verdict of its own, and one
// that is bad stops no other.
func (m *room) record(c *sync.Call) (sync.Result, error) {
	args, err := sync.Args[struct {
		Records []json.RawMessage `json:"records"`
	}](c)
	if err != nil {
		return sync.Result{}, err
	}
	if len(args.Records) == 0 || len(args.Records) > limits.RecordsPerCommand {
		return sync.Result{}, sync.ErrShape
	}
	t, err := m.taking(c)
	if err != nil {
		return sync.Result{}, err
	}
	t.read(args.Records)
	for _, step := range []func() error{t.findTills, t.verify, t.known, t.findCards, t.check, t.findVouchers, t.findUndone, t.write, t.chain, t.account} {
		if err := step(); err != nil {
			return sync.Result{}, err
		}
	}
	return sync.Result{Data: map[string][]verdict{"verdicts": t.answers()}}, nil
}

// taking is one command of records.
type taking struct {
	*books
	ring  *card.Ring
	mine  map[string]bool // the shops that the sender is of
	came  []*incoming
	tills map[string]*till
	cards map[string]*known // by sub, and by code
	owed  map[string]*owed  // vouchers by jti
	undo  []*stamp          // that were there before what they take back
}

// incoming is one record on its way.
type incoming struct {
	raw    string
	till   *till
	record card.Record
	opened card.Opened
	code   string // of the card's check
	stamp  *stamp // nil: it isn't stored
	told   verdict
}

// no is a verdict on a record that isn't stored.
func (i *incoming) no(code string) { i.told.Verdict = ledger.Rejected + ":" + code }

func (i *incoming) open() bool { return i.told.Verdict == "" }

// till is one till of the command.
type till struct {
	ID      string `db:"id"`
	Shop    string `db:"shop"`
	Key     string `db:"key"`
	Opened  string `db:"opened"`
	Ended   string `db:"ended"`
	Expires int    `db:"expires"`
	Seq     int    `db:"seq"`
	Head    string `db:"head"`
	Closed  int    `db:"closed"`
	Hours   string `db:"hours"`
	Plain   bool   `db:"plain"`

	key   token.Key
	hours ledger.Hours
}

func (m *room) taking(c *sync.Call) (*taking, error) {
	b, err := openBooks(c)
	if err != nil {
		return nil, err
	}
	var shops []string
	if err := c.Ask("SELECT substr(aud, 6) FROM sync_grant WHERE member = {:member} AND aud LIKE 'shop/%'", dbx.Params{"member": c.Member}).Column(&shops); err != nil {
		return nil, err
	}
	if len(shops) == 0 {
		return nil, errTakers
	}
	t := &taking{books: b, ring: m.ring, mine: map[string]bool{}, tills: map[string]*till{}, cards: map[string]*known{}, owed: map[string]*owed{}}
	for _, s := range shops {
		t.mine[s] = true
	}
	return t, nil
}

// read takes the records out of what was sent.
func (t *taking) read(records []json.RawMessage) {
	for _, raw := range records {
		// NB! A token has nothing in it that JSON would write in another way, and what
		// isn't one has no till.
		i := &incoming{raw: strings.Trim(string(raw), `"`)}
		t.came = append(t.came, i)
		id, ok := card.TillOf(i.raw)
		if !ok {
			i.no(ledger.Forged)
			continue
		}
		t.tills[id] = nil
		i.record.Till = id
	}
}

// findTills looks up whose records they are. One of a shop that isn't the sender's stays
// with its till: somebody of that shop may bring it.
func (t *taking) findTills() error {
	var found []till
	ids := map[string]bool{}
	for id := range t.tills {
		ids[id] = true
	}
	if err := t.ask(`SELECT t.id, t.shop, t.key, t.opened, t.ended, t.expires, t.seq, t.head, t.closed, coalesce(s.hours, '') AS hours, coalesce(s.plain, 0) AS plain
		FROM tills t LEFT JOIN shops s ON s.id = t.shop WHERE t.id IN (SELECT value FROM json_each({:list}))`, dbx.Params{"list": list(keys(ids))}).All(&found); err != nil {
		return err
	}
	for k := range found {
		f := &found[k]
		if json.Unmarshal([]byte(f.Key), &f.key) != nil {
			continue
		}
		f.hours, _ = ledger.ReadHours([]byte(f.Hours)) // none: always open
		t.tills[f.ID] = f
	}
	for _, i := range t.came {
		if !i.open() {
			continue
		}
		i.till = t.tills[i.record.Till]
		switch {
		case i.till == nil:
			i.no(ledger.Forged)
		case !t.mine[i.till.Shop]:
			i.no("not_allowed")
		}
	}
	return nil
}

// known lets go of what came before, and of what would stand where records have ended.
func (t *taking) known() error {
	ids := map[string]bool{}
	for _, i := range t.came {
		if i.open() && !i.newest() {
			ids[idOf(i.record.ID)] = true
		}
	}
	if len(ids) > 0 {
		if _, err := t.load("stamps s WHERE s.id IN (SELECT value FROM json_each({:list}))", dbx.Params{"list": list(keys(ids))}); err != nil {
			return err
		}
	}
	twice := map[string]bool{}
	for _, i := range t.came {
		if !i.open() {
			continue
		}
		id := idOf(i.record.ID)
		switch {
		case t.rows[id] != nil || twice[id]:
			i.told.Verdict = "duplicate"
		case i.record.Seq > i.till.Seq+limits.RecordsAhead:
			i.no(ledger.Forged) // NB! where it ends, nothing before it would be taken any more
		case i.record.Seq <= i.till.Closed:
			i.no(ledger.TooLate)
		default:
			twice[id] = true
			i.stamp = &stamp{ID: id}
		}
	}
	return nil
}

// newest says whether a record goes on from all that its till has sent so far: then it
// isn't here, nor anything that came after it.
func (i *incoming) newest() bool { return i.record.Seq > i.till.Seq }

// answers are what the till hears, in the order in which it sent.
func (t *taking) answers() []verdict {
	out := make([]verdict, 0, len(t.came))
	for _, i := range t.came {
		i.told.ID = i.record.ID
		if s := t.rows[idOf(i.record.ID)]; s != nil && i.told.Verdict == "duplicate" {
			i.told.Was = s.told()
		} else if i.stamp != nil {
			i.told.Verdict = i.stamp.told()
		}
		out = append(out, i.told)
	}
	return out
}

// write fills in the new rows.
func (t *taking) write() error {
	for _, i := range t.came {
		if i.stamp == nil {
			continue
		}
		r, s := i.record, i.stamp
		s.Record, s.Till, s.Seq, s.Prev, s.Of, s.Act, s.Shop, s.plain = r.ID, r.Till, r.Seq, r.Prev, r.Of, r.Act, i.till.Shop, i.till.Plain
		s.At, s.received = stampOf(r.At), stampOf(t.now)
		s.Day = r.At.In(t.zone).Format(time.DateOnly)
		if p := i.opened.Proof; p != nil {
			s.Proof = p.Name
		}
		t.judgeAlone(i)
		if age := t.now.Sub(r.At); age > limits.RecordsLate*24*time.Hour || age < -24*time.Hour {
			// NB! It counts for nothing, and days end together: it must not stand in an
			// old one, nor in one that never comes.
			s.Day = t.now.In(t.zone).Format(time.DateOnly)
		}
		if s.Account == "" {
			s.Card, s.Proof = "", "" // of a card that isn't known, or isn't any more
		}
		t.add(s)
	}
	return nil
}
