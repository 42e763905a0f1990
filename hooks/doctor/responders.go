package doctor

import "fmt"

// responders looks whether something urgent reaches those who look into concerns. It
// counts them, and names nobody.
func (e *examination) responders() {
	var n struct {
		All      int `db:"total"`
		Without  int `db:"without"`
		Doubtful int `db:"doubtful"`
	}
	err := e.db.NewQuery(`SELECT count(*) AS total, coalesce(sum(email = ''), 0) AS without, coalesce(sum(email <> '' AND NOT verified), 0) AS doubtful
		FROM members WHERE standing = 'active' AND id IN (SELECT member FROM sync_grant WHERE aud = 'responders')`).One(&n)
	s, settingsErr := e.readSettings()
	const name, ring = "responders", "put numbers to ring on the desk, under Looking after people"
	switch {
	case err != nil:
		e.wrong(name, "they can't be counted: "+err.Error(), "see the line on the database")
	case n.All == 0:
		e.note(name, "nobody is a coach or coordinator yet", "kith invite")
	case settingsErr == nil && !s.SMTP.Enabled:
		e.note(name, fmt.Sprintf("nothing urgent reaches any of %d coaches and coordinators by mail: no mail server is set up", n.All),
			"name a mail server in the dashboard, under Settings; until then "+ring)
	case n.Without+n.Doubtful > 0:
		e.add(Check{Name: name, State: Note, Says: fmt.Sprintf("%d of %d coaches and coordinators can't be written to: nothing urgent reaches them by mail", n.Without+n.Doubtful, n.All),
			Found: []string{fmt.Sprintf("%d with no address", n.Without), fmt.Sprintf("%d with one that they haven't confirmed", n.Doubtful)},
			Do:    "they confirm one in the app, under You; until then " + ring})
	default:
		e.well(name, fmt.Sprintf("all %d coaches and coordinators can be written to", n.All))
	}
}
