package registers

import (
	"cmp"
	"errors"
	"slices"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/notice"
	"kith/internal/register"
	"kith/internal/sync"
)

// pair is a pairing as the rule sees it. Line is the newcomer on the group's register.
type pair struct {
	ID          string `db:"id"`
	Listing     string `db:"listing"`
	Status      string `db:"status"`
	Opened      string `db:"opened"`
	Newcomer    string `db:"newcomer"`
	Name        string `db:"name"`
	BuddyMember string `db:"buddyMember"`
	Line        string `db:"line"`
	LineEnded   bool   `db:"lineEnded"`
	Here        bool   `db:"here"`  // the newcomer is, or has no account
	Alone       bool   `db:"alone"` // the buddy isn't one any more
}

// pairsOf are those of open pairings, and of those that have a call due. A newcomer is
// the line that the pairing names, or that of their account or their visit.
const pairsOf = `SELECT * FROM (SELECT p.id, p.listing, p.status, p.opened, p.newcomer, p.buddyMember,
	coalesce(nullif(p.newcomerName, ''), r.firstName, '') AS name, coalesce(r.id, '') AS line, coalesce(r.ended, FALSE) AS lineEnded,
	p.newcomer = '' OR EXISTS (SELECT 1 FROM members m WHERE m.id = p.newcomer AND m.standing = 'active') AS here,
	NOT EXISTS (SELECT 1 FROM buddies b JOIN members m ON m.id = b.member WHERE b.id = p.buddy AND b.status = 'approved' AND m.id = p.buddyMember AND m.standing = 'active') AS alone
	FROM pairings p LEFT JOIN regulars r ON r.id = (SELECT coalesce(nullif(o.same, ''), o.id) FROM regulars o WHERE o.listing = p.listing
		AND (o.id = p.regular OR p.regular = '' AND (p.newcomer <> '' AND o.member = p.newcomer OR p.visit <> '' AND o.visit = p.visit)) LIMIT 1)
	WHERE p.status = 'open' OR EXISTS (SELECT 1 FROM calls c WHERE c.pairing = p.id AND c.state = 'due'))`

// Missed looks at every pairing: who has to be rung by now, and about whom nobody needs
// to be rung any more. It does nothing twice, however often it is called. What is wrong
// with one group is no reason to leave the others.
func Missed(app core.App, now time.Time) error {
	var listings []string
	if err := app.DB().NewQuery("SELECT DISTINCT listing FROM (" + pairsOf + ") ORDER BY listing").Column(&listings); err != nil {
		return err
	}
	var failed []error
	for _, listing := range listings {
		failed = append(failed, app.RunInTransaction(func(tx core.App) error { return ruleOn(tx, listing, nil, now) }))
	}
	return errors.Join(failed...)
}

// ruleOn looks at the pairings of a group in the transaction of what has just been said
// of it: of some lines, or of all.
func ruleOn(tx core.App, listing string, lines []string, now time.Time) error {
	var pairs []pair
	if err := tx.DB().NewQuery(pairsOf + " WHERE listing = {:listing} ORDER BY id").Bind(dbx.Params{"listing": listing}).All(&pairs); err != nil {
		return err
	}
	if lines != nil {
		pairs = slices.DeleteFunc(pairs, func(p pair) bool { return !slices.Contains(lines, p.Line) })
	}
	if len(pairs) == 0 {
		return nil
	}
	held, err := held(tx, listing)
	if err != nil {
		return err
	}
	for i := range pairs {
		if err := rule(tx, &pairs[i], held, now); err != nil {
			return err
		}
	}
	return nil
}

// rule carries out what the missed-visit rule says of one pairing.
func rule(tx core.App, p *pair, held *holding, now time.Time) error {
	sessions, err := held.of(tx, p)
	if err != nil {
		return err
	}
	records, err := tx.FindAllRecords("calls", dbx.HashExp{"pairing": p.ID})
	if err != nil {
		return err
	}
	calls := make([]register.Call, len(records))
	for i, r := range records {
		calls[i] = register.Call{
			Occurrence: r.GetString("occurrence"), State: r.GetString("state"), Outcome: r.GetString("outcome"), Due: r.GetString("due"), ToHosts: r.GetBool("toHosts"),
		}
	}
	opened, _ := time.Parse(time.RFC3339, p.Opened) // without: since always
	pairing := register.Pairing{Open: p.Status == "open", Opened: opened, Left: !p.Here || p.Line == "" || p.LineEnded}
	now = now.In(zoneOf(held.schedule))
	return carryOut(tx, p, register.Rule(pairing, sessions, calls, now), records, now)
}

// carryOut writes down what was ruled.
func carryOut(tx core.App, p *pair, ruling register.Ruling, calls []*core.Record, now time.Time) error {
	for _, r := range calls {
		key := r.GetString("occurrence")
		switch {
		case slices.Contains(ruling.Void, key):
			r.Set("state", register.Void)
		case slices.Contains(ruling.ToHosts, key), r.GetString("state") == register.Due && p.Alone && !r.GetBool("toHosts"):
			if err := toHosts(tx, p, r, now); err != nil {
				return err
			}
		default:
			continue
		}
		if err := tx.Save(r); err != nil {
			return err
		}
	}
	if ruling.Make == "" {
		return nil
	}
	return ring(tx, p, ruling.Make, calls, now)
}

// toHosts has the hosts see a call: the buddy isn't one any more, or got no answer twice.
func toHosts(tx core.App, p *pair, call *core.Record, now time.Time) error {
	call.Set("toHosts", true)
	if p.Alone {
		call.Set("member", "")
		if err := notice.Over(tx.DB(), call.Id, "", "call.due"); err != nil {
			return err
		}
	}
	return tell(tx, "call.unanswered", "host/"+p.Listing, call.Id, now)
}

// ring has the buddy be asked to ring, or the hosts, where there is no buddy.
func ring(tx core.App, p *pair, occurrence string, calls []*core.Record, now time.Time) error {
	i := slices.IndexFunc(calls, func(r *core.Record) bool { return r.GetString("occurrence") == occurrence })
	var r *core.Record
	if i >= 0 {
		r = calls[i]
	} else {
		coll, err := tx.FindCachedCollectionByNameOrId("calls")
		if err != nil {
			return err
		}
		r = core.NewRecord(coll)
		r.Id = sync.DerivedID("call", p.ID, occurrence)
	}
	member, to, template := p.BuddyMember, notice.Member(p.BuddyMember), "call.due"
	if p.Alone {
		member, to, template = "", "host/"+p.Listing, "call.unanswered"
	}
	r.Load(map[string]any{
		"pairing": p.ID, "listing": p.Listing, "occurrence": occurrence, "firstName": p.Name, "state": register.Due, "outcome": "",
		"due": cmp.Or(r.GetString("due"), now.Format(time.DateOnly)), "toHosts": p.Alone, "member": member,
	})
	if err := tx.Save(r); err != nil {
		return err
	}
	return tell(tx, template, to, r.Id, now)
}

func tell(tx core.App, template, to, call string, now time.Time) error {
	return notice.Tell(tx.DB(), notice.Telling{Key: call + sync.Stamp(now), To: to, Template: template, Ref: call, At: now})
}
