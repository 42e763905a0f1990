package cards

import (
	"math"

	"github.com/pocketbase/dbx"

	"kith/internal/ledger"
)

// chain says how the new records stand beside the others of their tills.
func (t *taking) chain() error {
	of := map[string][]*stamp{}
	for _, s := range t.fresh {
		of[s.Till] = append(of[s.Till], s)
	}
	for id, fresh := range of {
		if err := t.chainOf(t.tills[id], fresh); err != nil {
			return err
		}
	}
	return nil
}

func (t *taking) chainOf(till *till, fresh []*stamp) error {
	low, high := math.MaxInt, 0
	for _, s := range fresh {
		low, high = min(low, s.Seq), max(high, s.Seq)
	}
	perHour, err := t.crowded(till, fresh, low, high)
	if err != nil {
		return err
	}
	span := 1
	if perHour < math.MaxInt {
		span = 2 * perHour
	}
	var near []*stamp
	if low <= till.Seq || perHour < math.MaxInt { // else it goes on from its head
		near, err = t.load("stamps s WHERE s.till = {:till} AND s.seq BETWEEN {:low} AND {:high}", dbx.Params{"till": till.ID, "low": low - span, "high": high + span})
	}
	if err != nil {
		return err
	}
	all := make([]ledger.Record, 0, len(near)+len(fresh))
	for _, s := range near {
		all = append(all, s.entry())
	}
	for _, s := range fresh {
		all = append(all, s.entry())
	}
	for record, link := range ledger.Chain(all, ledger.Head{Seq: till.Seq, ID: till.Head}, perHour) {
		s := t.rows[idOf(record)]
		// NB! What was linked stays so: its neighbour may have ended since, or be
		// too far away to have been loaded.
		s.Linked, s.Forked = s.Linked || link.Linked, s.Forked || link.Forked
		if perHour < math.MaxInt {
			s.Busy = link.Busy
		}
	}
	return t.head(till, fresh)
}

// crowded says how many records an hour may have, where there are so many that it
// matters: one that is far from its limit needs no look at each of them.
func (t *taking) crowded(till *till, fresh []*stamp, low, high int) (perHour int, err error) {
	hours, added := []struct {
		Hour string `db:"hour"`
		N    int    `db:"n"`
	}{}, map[string]int{}
	for _, s := range fresh {
		added[s.At[:13]]++
	}
	err = t.ask("SELECT substr(s.at, 1, 13) AS hour, count(*) AS n FROM stamps s WHERE s.till = {:till} AND s.seq BETWEEN {:low} AND {:high} GROUP BY 1",
		dbx.Params{"till": till.ID, "low": low - 2*t.rules.PerTillHour, "high": high + 2*t.rules.PerTillHour}).All(&hours)
	for _, h := range hours {
		if added[h.Hour] > 0 {
			added[h.Hour] += h.N
		}
	}
	for _, n := range added {
		if n > t.rules.PerTillHour {
			return t.rules.PerTillHour, err
		}
	}
	return math.MaxInt, err
}

// head notes how far the till has come: also when its records have ended, the next one
// is known to follow.
func (t *taking) head(till *till, fresh []*stamp) error {
	seq, id := till.Seq, till.Head
	for _, s := range fresh {
		if s.Seq > seq {
			seq, id = s.Seq, s.Record
		}
	}
	if seq == till.Seq {
		return nil
	}
	_, err := t.ask("UPDATE tills SET seq = {:seq}, head = {:head} WHERE id = {:till}", dbx.Params{"seq": seq, "head": id, "till": till.ID}).Execute()
	return err
}

// account judges all that is new, and what it changes, and writes it down.
func (t *taking) account() error {
	t.follow()
	affected := append([]*stamp{}, t.fresh...)
	for id, was := range t.was {
		if *t.rows[id] != was {
			affected = append(affected, t.rows[id])
		}
	}
	if err := t.judge(affected); err != nil {
		return err
	}
	return t.store()
}
