package doctor

import "fmt"

// balances looks whether what accounts show is what their stamps add up to, and whether
// the list of what is held is the list of what is held. It names no account.
func (e *examination) balances() {
	var n struct {
		Accounts int `db:"accounts"`
		Off      int `db:"off"`
		Reviews  int `db:"reviews"`
	}
	err := e.db.NewQuery(`SELECT count(*) AS accounts, coalesce(sum(a.stamps <> max(0, a.closed + coalesce(n.counted, 0) + min(coalesce(n.held, 0), 1) - a.spent)), 0) AS off,
		(SELECT count(*) FROM stamps s WHERE (s.state = 'held') <> EXISTS (SELECT 1 FROM reviews r WHERE r.id = s.id)) AS reviews
		FROM accounts a LEFT JOIN (SELECT account, sum(counted) AS counted, sum(state = 'held' AND act = 'stamp') AS held FROM stamps GROUP BY account) n ON n.account = a.id`).One(&n)
	const name = "stamps"
	switch {
	case err != nil:
		e.wrong(name, "they can't be added up: "+err.Error(), "see the line on the database")
	case n.Off > 0:
		e.wrong(name, fmt.Sprintf("%d of %d accounts show another balance than their stamps add up to", n.Off, n.Accounts), "report it; the next stamp of each puts it right")
	case n.Reviews > 0:
		e.wrong(name, fmt.Sprintf("%d records are held and on no list, or on the list and not held", n.Reviews), "report it")
	default:
		e.well(name, fmt.Sprintf("%d accounts show what their stamps add up to", n.Accounts))
	}
}
