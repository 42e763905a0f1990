package doctor

import (
	"fmt"
	"time"

	"github.com/pocketbase/dbx"

	"kith/internal/sync"
)

// notices looks whether people are told what they are to be told. A server that stands
// still tells nobody, and that is no fault of the folder.
func (e *examination) notices() {
	var n struct {
		Untold  int `db:"untold"`
		Late    int `db:"late"`
		Dead    int `db:"dead"`
		Reasons int `db:"reasons"`
	}
	err := e.db.NewQuery(`SELECT (SELECT count(*) FROM tellings WHERE done = FALSE AND at < {:before}) AS untold,
		(SELECT count(*) FROM deliveries WHERE due <> '' AND since < {:before}) AS late,
		(SELECT count(*) FROM deliveries WHERE state = 'dead') AS dead,
		(SELECT count(DISTINCT reason) FROM deliveries WHERE state = 'dead') AS reasons`).
		Bind(dbx.Params{"before": sync.Stamp(e.now.Add(-2 * time.Hour))}).One(&n) // NB! some are known by the hour
	const name = "notices"
	switch {
	case err != nil:
		e.wrong(name, "they can't be counted: "+err.Error(), "see the line on the database")
	case n.Untold > 0:
		e.note(name, fmt.Sprintf("%d things that people are to be told lie here for more than an hour", n.Untold),
			"see that the server runs; if it does, its log says what it can't do")
	case n.Late > 0:
		e.note(name, fmt.Sprintf("%d messages could not be brought for more than an hour; they are tried for a day", n.Late), "kith push check; and see that a mail server is set up")
	case n.Dead > 0:
		e.add(Check{Name: name, State: Note, Says: fmt.Sprintf("%d messages could not be delivered, for %d reasons", n.Dead, n.Reasons),
			Found: e.reasons(), Do: "mend what they say, then send them again: on the desk, under What reached nobody"})
	default:
		e.well(name, "whatever people are to be told they are told")
	}
}

func (e *examination) reasons() []string {
	found, err := e.strings(`SELECT count(*) || ' by ' || channel || ': ' || reason FROM deliveries WHERE state = 'dead' GROUP BY channel, reason ORDER BY count(*) DESC, reason LIMIT 10`)
	if err != nil {
		return nil
	}
	return found
}
