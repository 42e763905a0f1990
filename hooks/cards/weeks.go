package cards

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/figures"
	"kith/internal/ledger"
	"kith/internal/sync"
)

const (
	week = 7
	// settleMost is the longest that a week waits for what tills have kept; records
	// are there for longer than that, and the weeks before it, together.
	settleMost = 21
	// newAfter is how many days somebody hasn't been in a shop who comes there for a
	// first time. Nothing remembers for longer who went where.
	newAfter = 28
)

// mondayOf is the day on which a day's week began.
func mondayOf(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day()-(int(t.Weekday())+6)%7, 0, 0, 0, 0, time.UTC)
}

// settledAfter is how many days after its end a week is final.
func settledAfter(r ledger.Rules) int { return min(r.UploadDays, settleMost) }

// Weeks counts the visits of shops by week. Owners see their own as it is, and as it
// grows. Coordinators are shown a week once, when it is final, in numbers that are
// never small: two counts of one week would tell of one visit.
func Weeks(app core.App, now time.Time) error {
	rules, zone, err := settings(app)
	if err != nil {
		return err
	}
	final := settledAfter(rules)
	this := mondayOf(now.In(zone))
	for ago := 0; ago*week <= final+week; ago++ {
		monday := this.AddDate(0, 0, -week*ago)
		if err := app.RunInTransaction(func(tx core.App) error {
			counts, err := countWeek(tx, monday)
			if err != nil {
				return err
			}
			if over := monday.AddDate(0, 0, week+final); !mondayOf(now.In(zone)).Before(over) || !dayOf(now, zone).Before(over) {
				return showDesk(tx, monday, counts)
			}
			return showOwners(tx, monday, counts)
		}); err != nil {
			return err
		}
	}
	return nil
}

// dayOf is the day of a time in a zone, as midnight in UTC.
func dayOf(t time.Time, zone *time.Location) time.Time {
	y, m, d := t.In(zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// counted is one shop's week.
type counted struct {
	Shop     string `db:"shop"`
	Visits   int    `db:"visits"`
	First    int    `db:"first"`
	Redeemed int    `db:"redeemed"`
}

// NB! inShop and not shop: a plain shop's own visits are counted, too. The "+" has it look
// among the bearer's few records; else it is among all of the shop's, for each of them.
const countShops = `SELECT s.inShop AS shop,
	sum(s.act = 'stamp' AND s.state = 'ok') AS visits,
	sum(s.act = 'stamp' AND s.state = 'ok' AND s.account <> '' AND NOT EXISTS (
		SELECT 1 FROM stamps b WHERE b.account <> '' AND b.account = s.account AND +b.inShop = s.inShop AND b.act = 'stamp' AND b.state = 'ok'
		AND +b.day >= date(s.day, {:before}) AND (b.day, b.at, b.id) < (s.day, s.at, s.id))) AS first,
	sum(s.act = 'redeem' AND s.whole) AS redeemed
	FROM stamps s WHERE s.day >= {:from} AND s.day < {:to} AND s.inShop <> '' GROUP BY s.inShop ORDER BY s.inShop`

func countWeek(tx core.App, monday time.Time) (counts []counted, err error) {
	err = tx.DB().NewQuery(countShops).Bind(dbx.Params{
		"from": monday.Format(time.DateOnly), "to": monday.AddDate(0, 0, week).Format(time.DateOnly), "before": "-" + strconv.Itoa(newAfter) + " days",
	}).All(&counts)
	return counts, err
}

// showOwners writes what owners are shown. Shops that had no visit have no row.
func showOwners(tx core.App, monday time.Time, counts []counted) error {
	for _, c := range counts {
		if c.Visits+c.Redeemed == 0 {
			continue
		}
		if err := showWeek(tx, monday, c.Shop, "own", strconv.Itoa(c.Visits), strconv.Itoa(c.First), strconv.Itoa(c.Redeemed)); err != nil {
			return err
		}
	}
	return nil
}

// showDesk writes what coordinators are shown of a week, once; the shop "" is all of
// them together.
func showDesk(tx core.App, monday time.Time, counts []counted) error {
	var done bool
	err := tx.DB().NewQuery("SELECT EXISTS (SELECT 1 FROM shopWeeks WHERE week = {:week} AND kind = 'desk')").
		Bind(dbx.Params{"week": monday.Format(time.DateOnly)}).Row(&done)
	if err != nil || done || len(counts) == 0 {
		return err
	}
	if err := showOwners(tx, monday, counts); err != nil { // what came in the last night
		return err
	}
	shown := map[string][3]string{}
	for i, of := range []func(counted) int{
		func(c counted) int { return c.Visits }, func(c counted) int { return c.First }, func(c counted) int { return c.Redeemed },
	} {
		total, cells := 0, make([]int, len(counts))
		for j, c := range counts {
			cells[j] = of(c)
			total += cells[j]
		}
		all, each := figures.Table(total, cells, true)
		set := func(shop, text string) { row := shown[shop]; row[i] = text; shown[shop] = row }
		set("", all)
		for j, c := range counts {
			set(c.Shop, each[j])
		}
	}
	for _, shop := range slices.SortedFunc(maps.Keys(shown), cmp.Compare[string]) {
		row := shown[shop]
		if err := showWeek(tx, monday, shop, "desk", row[0], row[1], row[2]); err != nil {
			return err
		}
	}
	return nil
}

// showWeek writes one row, where it isn't there or says something else.
func showWeek(tx core.App, monday time.Time, shop, kind, visits, first, redeemed string) error {
	coll, err := tx.FindCachedCollectionByNameOrId("shopWeeks")
	if err != nil {
		return err
	}
	day := monday.Format(time.DateOnly)
	id := sync.DerivedID("shopWeek", shop, day, kind)
	r, err := tx.FindRecordById("shopWeeks", id)
	if err != nil {
		r = core.NewRecord(coll)
		r.Id = id
		r.Load(map[string]any{"shop": shop, "week": day, "kind": kind})
	}
	if kind == "own" {
		first = stays(first, r.GetString("firstVisits"), visits)
	}
	if r.GetString("visits") == visits && r.GetString("firstVisits") == first && r.GetString("redeemed") == redeemed {
		return nil
	}
	r.Load(map[string]any{"visits": visits, "firstVisits": first, "redeemed": redeemed})
	return tx.Save(r)
}

// stays is how many first visits an owner is shown: no fewer than before, of visits that
// were. Somebody who leaves is in no record any more, and a figure that fell would say
// that it was somebody new.
func stays(first, shown, visits string) string {
	now, _ := strconv.Atoi(first)
	was, _ := strconv.Atoi(shown) // none: there is no row yet
	all, _ := strconv.Atoi(visits)
	return strconv.Itoa(min(all, max(now, was)))
}
