package notices

import (
	"encoding/json"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/limits"
	"kith/internal/notice"
	"kith/internal/sync"
)

// chosen are the columns of notice.Choices, of somebody who may have chosen nothing yet.
const chosen = `coalesce(c.zone, '') AS c_zone, coalesce(c.quietFrom, '') AS c_quietFrom, coalesce(c.quietUntil, '') AS c_quietUntil,
	coalesce(c.digestAt, '') AS c_digestAt, coalesce(c.loyalty, '') AS c_loyalty, coalesce(c.notice, '') AS c_notice,
	coalesce(c.task, '') AS c_task, coalesce(c.account, '') AS c_account, coalesce(c.email, FALSE) AS c_email`

// zoneOf is the community's time zone.
func zoneOf(db dbx.Builder) (zone string, err error) {
	err = db.NewQuery("SELECT coalesce((SELECT zone FROM communities LIMIT 1), '')").Row(&zone)
	return zone, err
}

// undecided is a notice of which it is to be decided how it is told.
type undecided struct {
	ID       string `db:"id"`
	Member   string `db:"member"`
	Template string `db:"template"`
	Gathered bool   `db:"gathered"`
	Round    int    `db:"round"`
	Active   bool   `db:"active"`
	Address  bool   `db:"address"`
	notice.Choices

	template notice.Template
}

// decided is what becomes of it.
type decided struct {
	ID       string `json:"id"`
	Due      string `json:"due"`
	Gathered bool   `json:"gathered"`
	Told     string `json:"told"`
}

// outgoing is a delivery to be made.
type outgoing struct {
	ID       string `json:"id"`
	Notice   string `json:"notice"`
	Round    int    `json:"round"`
	Member   string `json:"member"`
	Channel  string `json:"channel"`
	Device   string `json:"device"`
	Due      string `json:"due"`
	Rank     int    `json:"rank"`
	Digest   bool   `json:"digest"`
	Category string `json:"category"`
	Day      string `json:"day"`
}

// decide says how a page of people are told what is due: now, and by which ways, or
// later, or in the digest of a day, or in their inbox alone.
func (w *Worker) decide(now time.Time) (more bool, err error) {
	err = w.app.RunInTransaction(func(tx core.App) error {
		d := &decision{w: w, db: tx.DB(), now: now, phones: map[string][]string{}, mailed: map[string]string{}, out: []outgoing{}, ends: []decided{}} // NB! null would be one of each
		more, err = d.read()
		if err != nil {
			return err
		}
		for i := 0; i < len(d.due); {
			end := i + 1
			for end < len(d.due) && d.due[end].Member == d.due[i].Member {
				end++
			}
			d.person(d.due[i:end])
			i = end
		}
		return d.write()
	})
	return more, err
}

type decision struct {
	w      *Worker
	db     dbx.Builder
	now    time.Time
	due    []*undecided
	phones map[string][]string // by member
	mailed map[string]string   // by member: when an e-mail that wasn't urgent last went out
	out    []outgoing
	ends   []decided
}

// read takes all that is due for some people: what is for one of them goes together.
func (d *decision) read() (more bool, err error) {
	var members []string
	if err := d.db.NewQuery("SELECT DISTINCT member FROM notices WHERE due <> '' AND due <= {:now} LIMIT {:n}").
		Bind(dbx.Params{"now": sync.Stamp(d.now), "n": limits.NoticePage}).Column(&members); err != nil {
		return false, err
	}
	zone, err := zoneOf(d.db)
	if err != nil {
		return false, err
	}
	raw, err := json.Marshal(members)
	if err != nil {
		return false, err
	}
	params := dbx.Params{"now": sync.Stamp(d.now), "members": string(raw)}
	if err := d.db.NewQuery(`SELECT n.id, n.member, n.template, n.gathered, n.round, m.standing = 'active' AS active, m.email <> '' AS address, ` + chosen + `
		FROM notices n JOIN members m ON m.id = n.member LEFT JOIN noticeChoices c ON c.id = n.member
		WHERE n.due <> '' AND n.due <= {:now} AND n.member IN (SELECT value FROM json_each({:members})) ORDER BY n.member, n.at DESC, n.id`).
		Bind(params).All(&d.due); err != nil {
		return false, err
	}
	for _, n := range d.due {
		n.Choices = n.Choices.Whole(zone)
	}
	var phones []struct{ ID, Member string }
	if err := d.mails(params); err != nil {
		return false, err
	}
	err = d.db.NewQuery("SELECT id, member FROM registrations WHERE member IN (SELECT value FROM json_each({:members})) ORDER BY id").Bind(params).All(&phones)
	for _, p := range phones {
		d.phones[p.Member] = append(d.phones[p.Member], p.ID)
	}
	return len(members) == limits.NoticePage, err
}

// mails looks up when each was last written to.
func (d *decision) mails(params dbx.Params) error {
	var last []struct{ Member, Since string }
	err := d.db.NewQuery(`SELECT member, max(since) AS since FROM deliveries WHERE member IN (SELECT value FROM json_each({:members})) AND channel = 'email' AND rank > 0 AND tries > 0
		GROUP BY member`).Bind(params).All(&last)
	for _, l := range last {
		d.mailed[l.Member] = l.Since
	}
	return err
}

// person decides for one person, newest first. What they are told now of one category,
// or in one digest, is one message: the newest of it, as their inbox has the rest.
func (d *decision) person(list []*undecided) {
	pushes, mail := map[string]*undecided{}, (*undecided)(nil)
	for _, n := range list {
		var how notice.Decision
		var there bool
		if n.template, there = notice.Find(n.Template); there && n.Active {
			how = notice.When(n.Choices, n.template, n.Gathered, d.now)
		}
		if how.Kind == notice.Later || how.Kind == notice.Digest {
			d.ends = append(d.ends, decided{ID: n.ID, Due: sync.Stamp(how.At), Gathered: n.Gathered || how.Kind == notice.Digest})
			continue
		}
		d.ends = append(d.ends, decided{ID: n.ID, Gathered: n.Gathered, Told: n.template.Stamp(d.now)})
		if how.Kind == notice.Never {
			continue
		}
		if group := n.group(); how.Push && leads(n, pushes[group]) {
			pushes[group] = n
		}
		if how.Mail && leads(n, mail) {
			mail = n
		}
	}
	for _, group := range groups {
		if n := pushes[group]; n != nil && d.w.has(byPush) {
			for _, phone := range d.phones[n.Member] {
				d.add(n, byPush, phone)
			}
		}
	}
	if mail != nil && mail.Address && d.w.has(byEmail) {
		d.add(mail, byEmail, "")
	}
}

// groups are what of one person's goes as one message, in the order in which it goes.
var groups = []string{"urgent task", "urgent account", notice.Task, notice.Account, notice.Notice, notice.Loyalty, "digest"}

func (n *undecided) group() string {
	switch {
	case n.template.Rank() == 0:
		return "urgent " + n.template.Category
	case n.Gathered:
		return "digest"
	}
	return n.template.Category
}

// leads says whether n speaks for a group rather than what did until now, which is newer.
func leads(n, other *undecided) bool {
	return other == nil || n.template.Rank() < other.template.Rank() ||
		n.template.Category == notice.Notice && other.template.Category == notice.Loyalty
}

// add makes a delivery. NB! Its id says nothing: a coordinator who sees one that is dead,
// and knows the ids of a concern and of a member, could else work out whose it is.
func (d *decision) add(n *undecided, channel, device string) {
	due := n.template.Stamp(d.now)
	if channel == byEmail && n.template.Rank() > 0 {
		due = d.calm(n.Member, due)
	}
	d.out = append(d.out, outgoing{
		ID: core.GenerateDefaultRandomId(), Notice: n.ID, Round: n.Round, Member: n.Member, Channel: channel, Device: device,
		Due: due, Rank: n.template.Rank(), Digest: n.Gathered, Category: n.template.Category, Day: due[:len(time.DateOnly)],
	})
}

// calm is when somebody may be written to again: a hundred reports are no hundred mails.
// NB! The clock may have been wrong when they last were.
func (d *decision) calm(member, due string) string {
	last, err := time.Parse(time.RFC3339, d.mailed[member])
	if err != nil || last.After(d.now) {
		return due
	}
	return max(due, sync.Stamp(last.Add(limits.MailCalm)))
}

func (d *decision) write() error {
	out, err := json.Marshal(d.out)
	if err != nil {
		return err
	}
	ends, err := json.Marshal(d.ends)
	if err != nil {
		return err
	}
	for _, q := range []string{endOlder, insertDeliveries, endDecisions} {
		if _, err := d.db.NewQuery(q).Bind(dbx.Params{"out": string(out), "ends": string(ends)}).Execute(); err != nil {
			return err
		}
	}
	return nil
}

const (
	// What still waits to be brought to the same phone, of the same kind, needn't ring any
	// more: this one does. What is urgent goes for itself.
	endOlder = `UPDATE deliveries AS d SET state = 'seen', due = '' FROM json_each({:out}) l
		WHERE d.member = l.value ->> 'member' AND d.channel = l.value ->> 'channel' AND d.device = l.value ->> 'device' AND d.category = l.value ->> 'category'
		AND d.state = 'waiting' AND d.rank > 0 AND l.value ->> 'rank' > 0`

	insertDeliveries = `INSERT INTO deliveries (id, notice, round, member, channel, device, state, due, since, rank, tries, digest, reason, category, day)
		SELECT l.value ->> 'id', l.value ->> 'notice', l.value ->> 'round', l.value ->> 'member', l.value ->> 'channel', l.value ->> 'device', 'waiting',
		l.value ->> 'due', l.value ->> 'due', l.value ->> 'rank', 0, l.value ->> 'digest', '', l.value ->> 'category', l.value ->> 'day'
		FROM json_each({:out}) l`

	endDecisions = `UPDATE notices AS n SET due = l.value ->> 'due', gathered = l.value ->> 'gathered', told = iif(l.value ->> 'told' = '', n.told, l.value ->> 'told')
		FROM json_each({:ends}) l WHERE n.id = l.value ->> 'id'`
)
