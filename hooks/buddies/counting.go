package buddies

import (
	"encoding/json"
	"maps"
	"slices"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/returning"
	"kith/internal/sync"
)

// Daily is the name of the job that counts who came back.
const Daily = "kithReturns"

// Count makes the figures of quarters that are settled, each once and for ever: made
// anew, the difference between two of them would tell of one person.
func Count(app core.App, now time.Time) error {
	var days []string
	if err := app.DB().NewQuery("SELECT DISTINCT substr(occurrence, 1, 7) || '-01' FROM marks ORDER BY 1").Column(&days); err != nil {
		return err
	}
	for _, day := range days {
		q, is := returning.QuarterOf(day)
		if !is || !q.Settled(now) {
			continue
		}
		if err := app.RunInTransaction(func(tx core.App) error { return countQuarter(tx, q) }); err != nil {
			return err
		}
	}
	return nil
}

// group is one listing of which registers are kept, with what is counted.
type group struct {
	Listing string `db:"listing"`
	Prices  string `db:"prices"`
	Venue   string `db:"venue"`
	Taken   int    `db:"taken"`
	counts  returning.Counts
}

func countQuarter(tx core.App, q returning.Quarter) error {
	var made bool
	if err := tx.DB().NewQuery("SELECT EXISTS (SELECT 1 FROM returnFigures WHERE period = {:period})").Bind(dbx.Params{"period": q.String()}).Row(&made); err != nil || made {
		return err
	}
	groups, err := groupsOf(tx, q)
	if err != nil || len(groups) == 0 {
		return err
	}
	into, err := tx.FindCachedCollectionByNameOrId("returnFigures")
	if err != nil {
		return err
	}
	rows := publish(groups)
	for _, at := range slices.SortedFunc(maps.Keys(rows), figure.compare) {
		r := core.NewRecord(into)
		r.Id = sync.DerivedID("returns", q.String(), at.listing, at.of, at.value, at.measure)
		r.Load(map[string]any{"listing": at.listing, "of": at.of, "value": at.value, "period": q.String(), "measure": at.measure, "shown": rows[at]})
		if err := tx.Save(r); err != nil {
			return err
		}
	}
	return nil
}

// groupsOf a quarter are those of which somebody was ticked in it, or a register taken.
func groupsOf(tx core.App, q returning.Quarter) (groups []group, err error) {
	span := dbx.Params{"first": q.First(), "after": q.After(), "from": q.From(), "until": q.Until()}
	if err := tx.DB().NewQuery(`SELECT l.id AS listing, coalesce(l.prices, 'null') AS prices, l.venue,
		(SELECT count(*) FROM registers r WHERE r.listing = l.id AND r.state = 'taken' AND r.occurrence >= {:first} AND r.occurrence < {:after}) AS taken
		FROM listings l WHERE l.id IN (SELECT listing FROM registers WHERE occurrence >= {:first} AND occurrence < {:after}) ORDER BY l.id`).
		Bind(span).All(&groups); err != nil {
		return nil, err
	}
	for i := range groups {
		var marks []returning.Mark
		span["listing"] = groups[i].Listing
		if err := tx.DB().NewQuery(`SELECT coalesce(nullif(r.same, ''), r.id) AS person, substr(m.occurrence, 1, 10) AS day, m.state, m.first
			FROM marks m JOIN regulars r ON r.id = m.regular
			WHERE m.listing = {:listing} AND m.occurrence >= {:from} AND m.occurrence < {:until}`).Bind(span).All(&marks); err != nil {
			return nil, err
		}
		groups[i].counts = returning.Count(q, marks, groups[i].Taken)
	}
	return groups, nil
}

// pricePoint is what it costs to come, in a word: of what is fixed the least.
func pricePoint(raw string) string {
	var p struct {
		Mode    string `json:"mode"`
		Amounts []struct {
			Pence int `json:"pence"`
		} `json:"amounts"`
	}
	if json.Unmarshal([]byte(raw), &p) != nil || p.Mode == "" {
		return "unknown"
	}
	if p.Mode != "fixed" {
		return p.Mode
	}
	if len(p.Amounts) == 0 {
		return "unknown"
	}
	least := p.Amounts[0].Pence
	for _, a := range p.Amounts {
		least = min(least, a.Pence)
	}
	switch {
	case least <= 300:
		return "upTo3"
	case least <= 1000:
		return "upTo10"
	}
	return "over10"
}

func venueOf(venue string) string {
	if venue == "" {
		return "other"
	}
	return venue
}
