package triage

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/figures"
	"kith/internal/sync"
)

// settledAfter a quarter is over its figures are made: until then somebody may
// still pick up in time what came on its last day.
const settledAfter = 8 * 24 * time.Hour

// Count makes the figures of quarters that are over, each once and for ever: made
// anew, the difference between two of them would tell of one person.
func Count(app core.App, now time.Time) error {
	var quarters []string
	if err := app.DB().NewQuery(`SELECT DISTINCT quarter FROM concerns WHERE quarter <> ''
		AND quarter NOT IN (SELECT quarter FROM concernFigures) ORDER BY quarter`).Column(&quarters); err != nil {
		return err
	}
	for _, q := range quarters {
		over, err := endOf(q)
		if err != nil {
			return err
		}
		if now.Before(over.Add(settledAfter)) {
			continue
		}
		if err := app.RunInTransaction(func(tx core.App) error { return countQuarter(tx, q) }); err != nil {
			return err
		}
	}
	return nil
}

// endOf a quarter, such as 2026-Q4, in UTC.
func endOf(quarter string) (time.Time, error) {
	var year, n int
	if _, err := fmt.Sscanf(quarter, "%d-Q%d", &year, &n); err != nil {
		return time.Time{}, fmt.Errorf("triage: %q is no quarter", quarter)
	}
	return time.Date(year, time.Month(3*n+1), 1, 0, 0, 0, 0, time.UTC), nil
}

// counted is one area of one quarter.
type counted struct {
	Area        string `db:"area"`
	Raised      int    `db:"raised"`
	Urgent      int    `db:"urgent"`
	Prompt      int    `db:"prompt"`
	Helped      int    `db:"helped"`
	TakenUp     int    `db:"takenUp"`
	HandedOver  int    `db:"handedOver"`
	Advised     int    `db:"advised"`
	Declined    int    `db:"declined"`
	NoAnswer    int    `db:"noAnswer"`
	NotAConcern int    `db:"notAConcern"`
}

const countAreas = `SELECT area, count(*) AS raised, sum(urgency = 'urgent') AS urgent, sum(prompt) AS prompt,
	sum(outcome = 'helped') AS helped, sum(outcome = 'takenUp') AS takenUp, sum(outcome = 'handedOver') AS handedOver,
	sum(outcome = 'advised') AS advised, sum(outcome = 'declined') AS declined, sum(outcome = 'noAnswer') AS noAnswer, sum(outcome = 'notAConcern') AS notAConcern
	FROM concerns WHERE quarter = {:quarter} AND state <> 'withdrawn' GROUP BY area ORDER BY area`

func countQuarter(tx core.App, quarter string) error {
	var areas []counted
	if err := tx.DB().NewQuery(countAreas).Bind(dbx.Params{"quarter": quarter}).All(&areas); err != nil {
		return err
	}
	into, err := tx.FindCachedCollectionByNameOrId("concernFigures")
	if err != nil {
		return err
	}
	rows := publish(areas)
	for _, area := range slices.Sorted(maps.Keys(rows)) {
		for _, measure := range slices.Sorted(maps.Keys(rows[area])) {
			r := core.NewRecord(into)
			r.Id = sync.DerivedID("figures", quarter, area, measure)
			r.Load(map[string]any{"quarter": quarter, "area": area, "measure": measure, "shown": rows[area][measure]})
			if err := tx.Save(r); err != nil {
				return err
			}
		}
	}
	return nil
}

// publish is what is shown of counts: area, measure, text. The area "" is all of
// them. Outcomes are of all areas together only, and where an area's concerns are
// too few to be a number, nothing more is said of them.
func publish(areas []counted) map[string]map[string]string {
	rows := map[string]map[string]string{"": {}}
	for _, a := range areas {
		if a.Area != "" {
			rows[a.Area] = map[string]string{}
		}
	}
	per := func(measure string, of func(counted) int) (total int) {
		cells := make([]int, len(areas))
		for i, a := range areas {
			cells[i] = of(a)
			total += cells[i]
		}
		all, shown := figures.Table(total, cells, true)
		for i, a := range areas {
			if a.Area != "" {
				rows[a.Area][measure] = shown[i]
			}
		}
		rows[""][measure] = all
		return total
	}
	raised := per("raised", func(c counted) int { return c.Raised })
	per("urgent", func(c counted) int { return c.Urgent })
	per("prompt", func(c counted) int { return c.Prompt })
	outcomesOf(areas, raised, rows[""])
	for _, row := range rows {
		if s := row["raised"]; s != figures.Small && s != figures.Hidden {
			continue
		}
		for measure := range row {
			if measure != "raised" {
				row[measure] = figures.Hidden
			}
		}
	}
	return rows
}

func outcomesOf(areas []counted, raised int, row map[string]string) {
	cells := make([]int, len(outcomes))
	for _, a := range areas {
		for i, n := range []int{a.Helped, a.TakenUp, a.HandedOver, a.Advised, a.Declined, a.NoAnswer, a.NotAConcern} {
			cells[i] += n
		}
	}
	_, shown := figures.Table(raised, cells, false) // some are still open
	for i, outcome := range outcomes {
		row[outcome] = shown[i]
	}
}
