package circles

import (
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/calendar"
	"kith/internal/limits"
	"kith/internal/notice"
	"kith/internal/rota"
	"kith/internal/sync"
)

// desk is where the rota is worked on: by one command, or by one round of the job.
type desk struct {
	tx    core.App
	now   time.Time
	key   string // of what is told
	doer  string // the member who does it, who needn't be told; "": the job
	known map[string]map[string]helper
	rest  map[string]bool // circles, and whether they rest
}

// helper is one of a circle who is in.
type helper struct {
	ID     string `db:"id"`
	Name   string `db:"firstName"`
	Member string `db:"member"`
	Safety string `db:"safety"`
	Wish   string `db:"wish"`
	Kinds  string `db:"kinds"` // of what was vouched for
	rota.Helper
}

func deskOf(c *sync.Call) *desk {
	doer := c.Member
	if c.Helper != "" {
		doer = c.Helper
	}
	return &desk{tx: c.App, now: c.Now, key: c.Nonce, doer: doer}
}

// helpers of a circle who are in.
func (d *desk) helpers(circle *core.Record) (map[string]helper, error) {
	if all, there := d.known[circle.Id]; there {
		return all, nil
	}
	var rows []helper
	err := d.tx.DB().NewQuery(`SELECT h.id, h.firstName, h.member, h.safety, coalesce(w.wish, '') AS wish,
		coalesce((SELECT group_concat(DISTINCT v.kind) FROM vouches v WHERE v.member = h.member), '') AS kinds
		FROM circleHelpers h JOIN members m ON m.id = h.member AND m.standing = 'active' LEFT JOIN circleWishes w ON w.helper = h.id
		WHERE h.circle = {:circle} AND h.status = 'in'`).Bind(dbx.Params{"circle": circle.Id}).All(&rows)
	if err != nil {
		return nil, err
	}
	all := map[string]helper{}
	for _, h := range rows {
		h.Helper = rota.Helper{
			May:       h.Wish != "blocked" && rota.Enough(circle.GetString("requires"), h.Safety != "", strings.Split(h.Kinds, ",")),
			Preferred: h.Wish == "preferred",
		}
		all[h.ID] = h
	}
	if d.known == nil {
		d.known = map[string]map[string]helper{}
	}
	d.known[circle.Id] = all
	return all, nil
}

// rotaOf is what the rota knows of some helpers.
func rotaOf(all map[string]helper) rota.Helpers {
	out := rota.Helpers{}
	for id, h := range all {
		out[id] = h.Helper
	}
	return out
}

// turn is one occurrence of a slot, on the desk.
type turn struct {
	rota.Turn
	d            *desk
	slot, circle *core.Record
	when         calendar.Occurrence
	row          *core.Record
	all          map[string]helper
	resting      bool // the circle rests: nothing is on
	had          rota.Turn
	lost         []string          // who wanted it and didn't get it
	silent       []string          // who knows by themselves how it stands
	ended        map[string]string // swaps, and how they ended
}

// turn puts one occurrence of a slot on the desk.
func (d *desk) turn(circle, slot *core.Record, when calendar.Occurrence) (*turn, error) {
	all, err := d.helpers(circle)
	if err != nil {
		return nil, err
	}
	resting, err := d.resting(circle)
	if err != nil {
		return nil, err
	}
	t := &turn{d: d, circle: circle, slot: slot, when: when, all: all, resting: resting, ended: map[string]string{}}
	id := sync.DerivedID("turn", slot.Id, when.Key)
	t.row, err = d.tx.FindRecordById("turns", id)
	if errors.Is(err, sql.ErrNoRows) {
		coll, err := d.tx.FindCachedCollectionByNameOrId("turns")
		if err != nil {
			return nil, err
		}
		t.row = core.NewRecord(coll)
		t.row.Id = id
		return t, nil
	}
	if err != nil {
		return nil, err
	}
	return t, t.read()
}

// read takes in what the tables say.
func (t *turn) read() error {
	t.Turn = rota.Turn{Helper: t.row.GetString("helper"), ByEvery: t.row.GetBool("every")}
	if raw := t.row.GetString("told"); raw != "" && raw != "null" {
		if err := json.Unmarshal([]byte(raw), &t.Memory); err != nil {
			return err
		}
	}
	db, id := t.d.tx.DB(), dbx.Params{"turn": t.row.Id}
	if err := db.NewQuery("SELECT helper, at FROM standbys WHERE turn = {:turn} ORDER BY at, helper").Bind(id).All(&t.Standbys); err != nil {
		return err
	}
	var swaps []struct{ ID, To, From string }
	// NB! From is who has the turn, by their helper's id: a swap is over when they haven't any more.
	if err := db.NewQuery(`SELECT id, helper AS "to", {:from} AS "from" FROM swaps WHERE turn = {:turn} AND status = 'asked' ORDER BY id`).
		Bind(dbx.Params{"turn": t.row.Id, "from": t.Helper}).All(&swaps); err != nil {
		return err
	}
	for _, s := range swaps {
		t.Swaps = append(t.Swaps, rota.Swap{ID: s.ID, From: s.From, To: s.To})
	}
	t.had = t.Turn
	t.had.Standbys, t.had.Swaps = slices.Clone(t.Standbys), slices.Clone(t.Swaps)
	return nil
}

// at is the time at which it is; "": it isn't on.
func (t *turn) at() string {
	if t.resting || t.when.Cancelled || t.slot.GetString("status") != "on" || t.circle.GetString("status") != "open" {
		return ""
	}
	return t.when.Start.Format(calendar.Local) + "+" + strconv.Itoa(int(t.when.End.Sub(t.when.Start)/time.Minute))
}

// past says whether it is over by now.
func (t *turn) past() bool { return !t.d.now.Before(t.when.End) }

// far says whether it is so far ahead that nobody can promise anything. NB! Each turn that
// somebody has is a row on all phones of the circle until then.
func (t *turn) far() bool { return t.when.Start.After(t.d.now.AddDate(0, 0, limits.TurnsAhead)) }

func (t *turn) stamp() string { return sync.Stamp(t.d.now) }

// save writes the turn as it stands, and tells whom it concerns.
func (t *turn) save() error {
	if t.row.IsNew() && t.Helper == "" && len(t.Standbys) == 0 && len(t.Notes) == 0 && len(t.lost) == 0 {
		return nil
	}
	if t.at() == "" {
		t.Over()
	}
	words, err := t.Settle(t.at(), t.silent, t.lost, t.back)
	if err != nil {
		return err
	}
	if err := t.write(); err != nil {
		return err
	}
	if err := t.writeStandbys(); err != nil {
		return err
	}
	if err := t.writeSwaps(); err != nil {
		return err
	}
	if err := t.settled(); err != nil {
		return err
	}
	if err := t.settleAddress(); err != nil {
		return err
	}
	for _, w := range words {
		if err := t.say(w); err != nil {
			return err
		}
	}
	return nil
}

func (t *turn) write() error {
	status := "free"
	if t.Helper != "" {
		status = "taken"
	}
	h := t.all[t.Helper]
	t.row.Load(map[string]any{
		"circle": t.circle.Id, "slot": t.slot.Id, "occurrence": t.when.Key, "helper": t.Helper, "helperName": h.Name, "member": h.Member,
		"every": t.ByEvery, "status": status, "person": t.circle.GetString("person"), "told": t.Memory,
	})
	return t.d.tx.Save(t.row)
}

func (t *turn) writeStandbys() error {
	for _, was := range t.had.Standbys {
		if slices.Contains(t.Standbys, was) {
			continue
		}
		if err := t.delete("standbys", sync.DerivedID("standby", t.row.Id, was.Helper)); err != nil {
			return err
		}
	}
	for _, s := range t.Standbys {
		if slices.Contains(t.had.Standbys, s) {
			continue
		}
		h := t.all[s.Helper]
		if err := t.fresh("standbys", sync.DerivedID("standby", t.row.Id, s.Helper), map[string]any{"helper": h.ID, "firstName": h.Name, "member": h.Member, "at": s.At}); err != nil {
			return err
		}
	}
	return nil
}

// writeSwaps ends those that aren't asked any more; a new one its command has made.
func (t *turn) writeSwaps() error {
	for _, was := range t.had.Swaps {
		if slices.Contains(t.Swaps, was) {
			continue
		}
		r, err := t.d.tx.FindRecordById("swaps", was.ID)
		if err != nil {
			return err
		}
		r.Set("status", "over")
		if how := t.ended[was.ID]; how != "" {
			r.Set("status", how)
		}
		if err := t.d.tx.Save(r); err != nil {
			return err
		}
		if err := notice.Over(t.d.tx.DB(), was.ID, "", "swap.asked"); err != nil {
			return err
		}
	}
	return nil
}

// settled takes back what isn't so any more: that somebody is needed, and that it is
// somebody's tomorrow.
func (t *turn) settled() error {
	if t.Helper == t.had.Helper && t.at() != "" {
		return nil
	}
	gone := []string{"turn.open", "turn.unfilled", "turn.tomorrow"}
	if t.Helper == "" && t.at() != "" {
		gone = []string{"turn.tomorrow"}
	}
	return notice.Over(t.d.tx.DB(), t.row.Id, "", gone...)
}

// back takes back what a helper was told of this turn and hasn't gone out.
func (t *turn) back(h string) (bool, error) {
	return unsaid(t.d.tx, t.all[h].Member, t.row.Id)
}

func unsaid(tx core.App, member, turn string) (bool, error) {
	raw, err := json.Marshal(rota.Says)
	if err != nil || member == "" {
		return false, err
	}
	res, err := tx.DB().NewQuery(`DELETE FROM tellings WHERE whom = {:whom} AND ref = {:ref} AND done = FALSE AND template IN (SELECT value FROM json_each({:says}))`).
		Bind(dbx.Params{"whom": notice.Member(member), "ref": turn, "says": string(raw)}).Execute()
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n > 0, err
}

// say tells a helper one thing of this turn; what they were told of it before isn't so
// any more.
func (t *turn) say(w rota.Word) error {
	member := t.all[w.Helper].Member
	if member == "" {
		return nil
	}
	if err := notice.Over(t.d.tx.DB(), t.row.Id, member, rota.Says...); err != nil {
		return err
	}
	return t.d.tell(w.Template, member, t.row.Id)
}

// tell tells a member something, unless they did it.
func (d *desk) tell(template, member, ref string) error {
	if member == "" || member == d.doer {
		return nil
	}
	return notice.Tell(d.tx.DB(), notice.Telling{Key: d.key, To: notice.Member(member), But: d.doer, Template: template, Ref: ref, At: d.now})
}

// fresh makes a row that hangs on this turn.
func (t *turn) fresh(collection, id string, values map[string]any) error {
	coll, err := t.d.tx.FindCachedCollectionByNameOrId(collection)
	if err != nil {
		return err
	}
	r := core.NewRecord(coll)
	r.Id = id
	r.Load(map[string]any{"turn": t.row.Id, "circle": t.circle.Id, "slot": t.slot.Id, "occurrence": t.when.Key})
	r.Load(values)
	return t.d.tx.Save(r)
}

func (t *turn) delete(collection, id string) error {
	r, err := t.d.tx.FindRecordById(collection, id)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	return t.d.tx.Delete(r)
}
