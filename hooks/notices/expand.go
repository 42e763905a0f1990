package notices

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/limits"
	"kith/internal/notice"
	"kith/internal/sync"
)

// telling is one that isn't told to everybody yet.
type telling struct {
	ID       string `db:"id"`
	Whom     string `db:"whom"`
	But      string `db:"but"`
	Template string `db:"template"`
	Ref      string `db:"ref"`
	At       string `db:"at"`
	After    string `db:"after"`
	Done     bool   `db:"done"`
}

// told is somebody who is told something: themselves, or about somebody without a phone.
type told struct {
	ID       string `json:"id"`
	Member   string `json:"member"`
	Template string `json:"template"`
	Ref      string `json:"ref"`
	At       string `json:"at"`
	About    string `json:"about"`
	Due      string `json:"due"`
	Calm     string `json:"calm"` // until when at the most it waits, if the same was told a moment ago; "": it doesn't
	Telling  string `json:"telling"`
}

// expand makes tellings into notices: a page of people at a time, each in a transaction
// of its own, so that nobody who writes waits for a whole town to be told.
func (w *Worker) expand(now time.Time) (more bool, err error) {
	err = w.app.RunInTransaction(func(tx core.App) error {
		p := &page{db: tx.DB(), now: now, list: []*telling{}, rows: map[string]told{}}
		more, err = p.fill()
		if err != nil {
			return err
		}
		return p.write()
	})
	return more, err
}

// page is who is told in one transaction.
type page struct {
	db   dbx.Builder
	now  time.Time
	list []*telling
	n    int             // people who were looked at
	rows map[string]told // by what makes two of them the same line of an inbox
}

// fill takes as many of the tellings as fit.
func (p *page) fill() (more bool, err error) {
	if err := p.db.NewQuery(`SELECT id, whom, but, template, ref, at, "after" FROM tellings WHERE done = FALSE ORDER BY rank, rowid LIMIT {:n}`).
		Bind(dbx.Params{"n": limits.NoticePage}).All(&p.list); err != nil {
		return false, err
	}
	for i, t := range p.list {
		room := limits.NoticePage - p.n
		if room <= 0 {
			p.list = p.list[:i]
			return true, nil
		}
		people, err := p.audience(t, room)
		if err != nil {
			return false, err
		}
		p.n += max(1, len(people))
		if t.Done = len(people) < room; !t.Done {
			t.After, more = people[len(people)-1].ID, true
		}
		if err := p.tell(t, people); err != nil {
			return false, err
		}
	}
	return more || len(p.list) == limits.NoticePage, nil
}

// person is a member who takes part.
type person struct {
	ID      string `db:"id"`
	NoPhone bool   `db:"noPhone"`
}

// audience is the next part of whom a telling is for, in the order of their ids.
func (p *page) audience(t *telling, room int) (people []person, err error) {
	params := dbx.Params{"after": t.After, "but": t.But, "room": room}
	from := "(SELECT DISTINCT member FROM sync_grant WHERE aud = {:aud}) w"
	if member, one := notice.Only(t.Whom); one {
		from, params["aud"] = "(SELECT {:aud} AS member) w", member
	} else if listing, occurrence, is := notice.Coming(t.Whom); is {
		// NB! An occurrence is named by its wall clock, anywhere: a day's slack is enough.
		from = `(SELECT DISTINCT member FROM visits WHERE listing = {:listing} AND status = 'coming'
			AND iif({:occurrence} = '', occurrence >= {:since}, occurrence = {:occurrence})) w`
		params["listing"], params["occurrence"], params["since"] = listing, occurrence, p.now.AddDate(0, 0, -1).UTC().Format(time.DateOnly)
	} else {
		params["aud"] = t.Whom
	}
	err = p.db.NewQuery(`SELECT m.id, m.noPhone FROM ` + from + ` JOIN members m ON m.id = w.member
		WHERE m.standing = 'active' AND m.id > {:after} AND m.id <> {:but} ORDER BY m.id LIMIT {:room}`).Bind(params).All(&people)
	return people, err
}

// tell notes who is told: in the place of somebody without a phone those who help them.
func (p *page) tell(t *telling, people []person) error {
	tpl, there := notice.Find(t.Template)
	if !there { // of a version that was taken back
		return nil
	}
	var helped []string
	for _, who := range people {
		if who.NoPhone {
			helped = append(helped, who.ID)
			continue
		}
		p.add(t, tpl, who.ID, "")
	}
	if len(helped) == 0 || tpl.Scope == "" {
		return nil
	}
	ids, err := json.Marshal(helped)
	if err != nil {
		return err
	}
	var helpers []struct {
		Helper string `db:"helper"`
		Member string `db:"member"`
	}
	if err := p.db.NewQuery(`SELECT DISTINCT c.helper, c.member FROM consents c JOIN members h ON h.id = c.helper AND h.standing = 'active'
		JOIN json_each(c.scopes) s ON s.value = {:scope}
		WHERE c.status = 'active' AND c.until > {:now} AND c.member IN (SELECT value FROM json_each({:ids})) AND c.helper <> {:but}`).
		Bind(dbx.Params{"scope": tpl.Scope, "now": sync.Stamp(p.now), "ids": string(ids), "but": t.But}).All(&helpers); err != nil {
		return err
	}
	for _, h := range helpers {
		p.add(t, tpl, h.Helper, h.Member)
	}
	return nil
}

// calm is how long somebody is not told again of the same thing, whatever became of it:
// who says a hundred times that they come and that they don't must not ring a host's
// phone a hundred times.
const calm = 15 * time.Minute

func (p *page) add(t *telling, tpl notice.Template, member, about string) {
	row := told{
		ID: sync.DerivedID("notice", t.ID, member, about), Member: member, Template: t.Template, Ref: t.Ref, At: t.At, About: about,
		Due: tpl.Stamp(p.now), Telling: t.ID,
	}
	if tpl.Rank() > 0 {
		row.Calm = tpl.Stamp(p.now.Add(calm))
		if tpl.Hourly {
			row.Calm = sync.Stamp(p.now.Truncate(time.Hour).Add(calm))
		}
	}
	key := member + " " + about + " " + t.Template + " " + t.Ref
	if other, twice := p.rows[key]; twice && other.At > row.At {
		return
	}
	p.rows[key] = row
}

// write puts the page's notices down, and how far its tellings are. Who hasn't read of
// the same thing yet has that line moved up, and is told once more.
func (p *page) write() error {
	rows := make([]told, 0, len(p.rows))
	for _, r := range p.rows {
		rows = append(rows, r)
	}
	slices.SortFunc(rows, func(a, b told) int { return strings.Compare(a.ID, b.ID) })
	raw, err := json.Marshal(rows)
	if err != nil {
		return err
	}
	tellings, err := json.Marshal(p.list)
	if err != nil {
		return err
	}
	params := dbx.Params{"rows": string(raw), "tellings": string(tellings)}
	for _, q := range []string{bumpNotices, insertNotices, moveTellings} {
		if _, err := p.db.NewQuery(q).Bind(params).Execute(); err != nil {
			return err
		}
	}
	return nil
}

const (
	alike = `(ref, template, member, about) = (l.value ->> 'ref', l.value ->> 'template', l.value ->> 'member', l.value ->> 'about')`

	// One that was over before anybody was told of it is the same line still.
	same = alike + ` AND (n.read = FALSE OR n.told = '' AND n.due = '')`

	// NB! No later than so long from now: the clock may have been wrong when it was told.
	due = `max(l.value ->> 'due', min(l.value ->> 'calm', coalesce((SELECT strftime('%Y-%m-%dT%H:%M:%fZ', max(told), '+15 minutes') FROM notices WHERE told <> '' AND ` + alike + `), '')))`

	// What isn't decided yet is decided when it was to be; what had waited for a digest
	// waits for the next one.
	bumpNotices = `UPDATE notices AS n SET at = l.value ->> 'at', telling = l.value ->> 'telling', read = FALSE, round = n.round + (n.due = ''),
		gathered = iif(n.due <> '', n.gathered, FALSE), due = iif(n.due <> '', n.due, ` + due + `)
		FROM json_each({:rows}) l WHERE ` + same + ` AND n.telling <> l.value ->> 'telling'`

	insertNotices = `INSERT INTO notices (id, member, template, ref, at, read, about, due, gathered, told, round, telling)
		SELECT l.value ->> 'id', l.value ->> 'member', l.value ->> 'template', l.value ->> 'ref', l.value ->> 'at', FALSE, l.value ->> 'about', ` + due + `, FALSE, '', 0, l.value ->> 'telling'
		FROM json_each({:rows}) l WHERE NOT EXISTS (SELECT 1 FROM notices n WHERE ` + same + `) ON CONFLICT (id) DO NOTHING`

	moveTellings = `UPDATE tellings AS t SET "after" = l.value ->> 'After', done = l.value ->> 'Done'
		FROM json_each({:tellings}) l WHERE t.id = l.value ->> 'ID'`
)
