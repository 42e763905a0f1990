package notices

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
	gosync "sync"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/limits"
	"kith/internal/notice"
	"kith/internal/sync"
)

// How a delivery ends.
const (
	sent     = "sent"
	goneAway = "gone" // nobody is at the address any more
	seen     = "seen" // they have read it, or want to be told in another way by now
	dead     = "dead"
)

// delivery is one that is in hand.
type delivery struct {
	ID       string `db:"id"`
	Of       string `db:"notice"`
	Member   string `db:"member"`
	Channel  string `db:"channel"`
	Device   string `db:"device"`
	Tries    int    `db:"tries"`
	Since    string `db:"since"`
	Rank     int    `db:"rank"`
	Digest   bool   `db:"digest"`
	Category string `db:"category"`

	Template string `db:"template"`
	Read     bool   `db:"read"`
	Active   bool   `db:"active"`
	Address  string `db:"address"`
	Kind     string `db:"kind"`
	Value    string `db:"value"`
	notice.Choices

	template notice.Template
}

// ending is what became of one.
type ending struct {
	ID     string `json:"id"`
	State  string `json:"state"`
	Due    string `json:"due"`
	Reason string `json:"reason"`
	Tries  int    `json:"tries"` // as it was taken: whoever took it since has the say
	Untry  int    `json:"untry"` // 1: it wasn't tried
	Digest bool   `json:"digest"`

	of *delivery
}

// drain brings some of what is due on its way. It has each for itself until its lease
// ends; what became of it is on disk in groups.
func (w *Worker) drain(ctx context.Context, now time.Time) (more bool, err error) {
	hand, err := w.lease(now)
	if err != nil || len(hand) == 0 {
		return false, err
	}
	if err := w.facts(hand); err != nil {
		return false, err
	}
	jobs, ends := make(chan *delivery), make(chan ending)
	begun := time.Now()
	var pool gosync.WaitGroup
	for range min(limits.DeliveriesAtOnce, len(hand)) {
		pool.Go(func() {
			for d := range jobs {
				ends <- w.one(ctx, d, time.Since(begun), now)
			}
		})
	}
	go func() {
		for _, d := range hand {
			jobs <- d
		}
		close(jobs)
		pool.Wait()
		close(ends)
	}()
	var group []ending
	for e := range ends { // NB! to the end, whatever happens: nobody must be left waiting to be heard
		if group = append(group, e); len(group) == limits.DeliveryGroup && err == nil {
			err = w.finish(group)
			group = nil
		}
	}
	if err == nil {
		err = w.finish(group)
	}
	return len(hand) == limits.DeliveryBatch, err
}

// lease takes what is due, most urgent first, by one statement: two servers on one folder
// never take the same. What somebody had taken and didn't finish in time is due again.
func (w *Worker) lease(now time.Time) (hand []*delivery, err error) {
	var ways []string
	for _, way := range []string{byPush, byEmail} {
		if _, held := w.held(way, now); !held {
			ways = append(ways, way)
		}
	}
	raw, err := json.Marshal(ways)
	if err != nil || len(ways) == 0 {
		return nil, err
	}
	const due = ` FROM deliveries WHERE due <> '' AND rank IN (0, 1, 2) AND due <= {:now} AND channel IN (SELECT value FROM json_each({:ways}))`
	params := dbx.Params{"now": sync.Stamp(now), "until": sync.Stamp(now.Add(limits.DeliveryLease)), "ways": string(raw), "n": limits.DeliveryBatch}
	var some bool
	if err := w.app.ConcurrentDB().NewQuery("SELECT EXISTS (SELECT 1" + due + ")").Bind(params).Row(&some); err != nil || !some {
		return nil, err
	}
	err = w.app.NonconcurrentDB().NewQuery(`UPDATE deliveries SET state = 'leased', due = {:until}, tries = tries + 1
		WHERE id IN (SELECT id` + due + ` ORDER BY rank, due LIMIT {:n})
		RETURNING id, notice, member, channel, device, tries, since, rank, digest, category`).Bind(params).All(&hand)
	slices.SortStableFunc(hand, func(a, b *delivery) int { // NB! as they come back they have no order; phones are quicker than mail
		return cmp.Or(cmp.Compare(a.Rank, b.Rank), -strings.Compare(a.Channel, b.Channel))
	})
	return hand, err
}

// facts looks up what is true now of what is in hand.
func (w *Worker) facts(hand []*delivery) error {
	ids, byID := make([]string, len(hand)), map[string]*delivery{}
	for i, d := range hand {
		ids[i], byID[d.ID] = d.ID, d
	}
	raw, err := json.Marshal(ids)
	if err != nil {
		return err
	}
	zone, err := zoneOf(w.app.ConcurrentDB())
	if err != nil {
		return err
	}
	var rows []*delivery
	if err := w.app.ConcurrentDB().NewQuery(`SELECT d.id, coalesce(n.template, '') AS template, coalesce(n.read, TRUE) AS read,
		coalesce(m.standing = 'active', FALSE) AS active, coalesce(m.email, '') AS address, coalesce(r.kind, '') AS kind, coalesce(r.value, '') AS value, ` + chosen + `
		FROM json_each({:ids}) l JOIN deliveries d ON d.id = l.value LEFT JOIN notices n ON n.id = d.notice LEFT JOIN members m ON m.id = d.member
		LEFT JOIN registrations r ON r.id = d.device AND r.member = d.member LEFT JOIN noticeChoices c ON c.id = d.member`).
		Bind(dbx.Params{"ids": string(raw)}).All(&rows); err != nil {
		return err
	}
	for _, r := range rows {
		d := byID[r.ID]
		d.Template, d.Read, d.Active, d.Address, d.Kind, d.Value, d.Choices = r.Template, r.Read, r.Active, r.Address, r.Kind, r.Value, r.Choices.Whole(zone)
		d.template, _ = notice.Find(r.Template)
	}
	return nil
}

// one brings one on its way, if that is still wanted, and says what became of it.
func (w *Worker) one(ctx context.Context, d *delivery, after time.Duration, now time.Time) ending {
	e := ending{ID: d.ID, Tries: d.Tries, Digest: d.Digest, of: d}
	if e.judged(w, now) {
		return e
	}
	if until, held := w.held(d.Channel, now); held || after > limits.DeliveryBegin || ctx.Err() != nil {
		return e.later(max(0, until.Sub(now)), 1, now)
	}
	limited, stop := context.WithTimeout(ctx, limits.DeliveryTakes)
	defer stop()
	err := safely(func() error { return w.send(limited, d) })
	if ctx.Err() != nil && err != nil {
		return e.later(0, 0, now) // we stopped, not they
	}
	a, end, busy, reason := verdict(err)
	var said, wait time.Duration
	if busy != nil {
		said = min(busy.After, notice.GiveUp)
		wait = max(said, notice.Backoff(d.Tries, w.chance()))
	}
	w.took(d.Channel, a, said, now)
	switch {
	case end != "":
		e.State, e.Reason = end, reason
	case old(d.Since, now):
		e.State, e.Reason = dead, reason
	default:
		return e.later(wait, 0, now)
	}
	return e
}

// old says whether a message has been tried for long enough.
func old(since string, now time.Time) bool {
	begun, err := time.Parse(time.RFC3339Nano, since)
	return err != nil || now.Sub(begun) >= notice.GiveUp
}

// later has it tried again after a while.
func (e ending) later(wait time.Duration, untry int, now time.Time) ending {
	e.State, e.Due, e.Untry = "waiting", sync.Stamp(now.Add(wait)), untry
	return e
}

// judged ends one that is not wanted any more, or can't be brought anywhere. What was
// chosen since, or the hour, may have it wait.
func (e *ending) judged(w *Worker, now time.Time) bool {
	d := e.of
	how := notice.When(d.Choices, d.template, d.Digest, now)
	wanted := how.Push && d.Channel == byPush || how.Mail && d.Channel == byEmail
	switch {
	case d.Read && !d.template.Security || !d.Active || !wanted: // NB! who came in may have read it first, so that nobody else does
		e.State = seen
	case how.Kind != notice.Now:
		*e = e.later(how.At.Sub(now), 1, now)
		e.Digest = d.Digest || how.Kind == notice.Digest
	case !w.has(d.Channel) || d.Channel == byPush && d.Value == "" || d.Channel == byEmail && d.Address == "":
		e.State = goneAway
	default:
		return false
	}
	return true
}

// finish puts down what became of a group, all at once. Whatever somebody else has taken
// meanwhile, because it took too long, is theirs.
func (w *Worker) finish(group []ending) error {
	if len(group) == 0 {
		return nil
	}
	raw, err := json.Marshal(group)
	if err != nil {
		return err
	}
	return w.app.RunInTransaction(func(tx core.App) error {
		if _, err := tx.DB().NewQuery(`UPDATE deliveries AS d SET state = l.value ->> 'state', due = l.value ->> 'due', reason = l.value ->> 'reason', digest = l.value ->> 'digest', tries = d.tries - (l.value ->> 'untry')
			FROM json_each({:group}) l WHERE d.id = l.value ->> 'id' AND d.state = 'leased' AND d.tries = l.value ->> 'tries'`).
			Bind(dbx.Params{"group": string(raw)}).Execute(); err != nil {
			return err
		}
		for _, e := range group {
			if err := e.forget(tx.DB()); err != nil {
				return err
			}
		}
		return nil
	})
}

// forget takes an address out at which nobody is any more. NB! Only if it is still the
// same: the phone may have told us a new one since.
func (e *ending) forget(db dbx.Builder) error {
	if e.State != goneAway || e.of.Value == "" {
		return nil
	}
	_, err := db.NewQuery("DELETE FROM registrations WHERE id = {:id} AND value = {:value}").
		Bind(dbx.Params{"id": e.of.Device, "value": e.of.Value}).Execute()
	return err
}
