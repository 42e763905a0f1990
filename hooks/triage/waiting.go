package triage

import (
	"errors"
	"fmt"
	gosync "sync"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/audit"
	"kith/internal/care"
	"kith/internal/concern"
	"kith/internal/notice"
	"kith/internal/sync"
)

// Watch looks after urgent concerns that nobody has picked up. It remembers since
// when each of them waits.
//
// NB! In memory, and nowhere else: the database knows the hour in which one came
// and nothing finer. What a restart forgets, the hour bounds: one that came in an
// earlier hour is older than a minute of now can say.
type Watch struct {
	mu    gosync.Mutex
	since map[string]time.Time
}

// NewWatch makes one that knows of none yet.
func NewWatch() *Watch { return &Watch{since: map[string]time.Time{}} }

// urgent is one that nobody has picked up.
type urgent struct {
	ID        string `db:"id"`
	Lead      bool   `db:"lead"`
	Escalated int    `db:"escalated"`
	Received  string `db:"received"`
	Picked    string `db:"picked"`
}

// Waited tells all responders of each urgent concern that has waited for some minutes,
// and has the desk show whom to ring after more, or at once where nobody can be written
// to. (The coordinators are told when it comes, in the same transaction.) One that was
// given to somebody who hasn't looked since is taken back first. It does nothing twice,
// however often it is called.
func (w *Watch) Waited(app core.App, now time.Time) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	settings, err := careOf(app)
	if err != nil {
		return err
	}
	if err := w.takeBack(app, now, settings); err != nil {
		return err
	}
	var list []urgent
	if err := app.DB().NewQuery(`SELECT id, lead, escalated, received, picked FROM concerns
		WHERE urgency = 'urgent' AND state = 'new' AND received <> '' ORDER BY id`).All(&list); err != nil {
		return err
	}
	still := map[string]time.Time{}
	for _, u := range list {
		since, known := w.since[u.ID]
		if !known {
			since = begun(u, settings, now)
			w.since[u.ID] = since
		}
		still[u.ID] = since
		if err := escalate(app, u, now.Sub(since), settings, now); err != nil {
			return err
		}
	}
	w.since = still
	return nil
}

func careOf(app core.App) (care.Settings, error) {
	var stored string
	err := app.DB().NewQuery("SELECT coalesce((SELECT care FROM communities LIMIT 1), '')").Row(&stored)
	return care.Read(stored), err
}

// begun is since when one waits that wasn't known before: since now, unless it is
// known to have waited for longer. One that somebody had and let go of waits anew.
func begun(u urgent, s care.Settings, now time.Time) time.Time {
	since := now
	if u.Escalated > 0 {
		since = now.Add(-care.Within(s.EscalateMinutes))
	}
	if hour, err := time.Parse("2006-01-02 15:04:05.000Z", u.Received); err == nil && u.Picked == "" && hour.Add(time.Hour).Before(since) {
		since = hour.Add(time.Hour)
	}
	return since
}

// takeBack takes urgent concerns back that were given to somebody who has neither opened
// them nor said that they are on it, so that the next one can take them: all responders
// are told.
func (w *Watch) takeBack(app core.App, now time.Time, s care.Settings) error {
	rows, err := app.FindAllRecords("concerns", dbx.HashExp{"state": "assigned", "urgency": concern.Urgent},
		dbx.NewExp("given <> '' AND given <= {:until} AND received <> ''", dbx.Params{"until": sync.Stamp(now.Add(-care.Within(s.EscalateMinutes)))}))
	if err != nil {
		return err
	}
	for _, r := range rows {
		given, err := time.Parse(time.RFC3339, r.GetString("given"))
		if err != nil {
			return err
		}
		if err := app.RunInTransaction(func(tx core.App) error { return unopened(tx, r.Id, now) }); err != nil {
			return err
		}
		w.since[r.Id] = given
	}
	return nil
}

// unopened takes one back, unless its person has looked this very moment.
func unopened(tx core.App, id string, now time.Time) error {
	r, err := tx.FindRecordById("concerns", id)
	if err != nil || r.GetString("state") != "assigned" || r.GetString("given") == "" {
		return err
	}
	if err := letGo(tx, r); err != nil {
		return err
	}
	return audit.Append(tx.DB(), audit.Entry{At: now, Action: "concerns.release", Subject: id, Detail: map[string]string{"why": "unopened"}})
}

// levelOf is how far one has to be raised that has waited for so long. Where nobody can
// be written to it is the phone list at once: there is nothing to wait for.
func levelOf(app core.App, u urgent, waits time.Duration, s care.Settings) (int, error) {
	switch {
	case waits >= care.Within(s.PhoneListMinutes):
		return 2, nil
	case waits < care.Within(s.EscalateMinutes):
		return 0, nil
	case u.Escalated > 0:
		return 1, nil
	}
	reached, err := reach(app, all(u.Lead))
	if err != nil || reached {
		return 1, err
	}
	return 2, nil
}

// escalate raises one as far as it has waited, and tells whom that concerns, in one
// transaction: neither is there without the other.
func escalate(app core.App, u urgent, waits time.Duration, s care.Settings, now time.Time) error {
	level, err := levelOf(app, u, waits, s)
	if err != nil || level <= u.Escalated {
		return err
	}
	return app.RunInTransaction(func(tx core.App) error {
		res, err := tx.DB().NewQuery("UPDATE concerns SET escalated = {:level} WHERE id = {:id} AND state = 'new' AND escalated < {:level}").
			Bind(dbx.Params{"level": level, "id": u.ID}).Execute()
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return err // somebody has just picked it up
		}
		return raised(tx, u, level, now)
	})
}

// raised tells all responders, unless they were told before, and the coordinators that
// the desk shows whom to ring.
func raised(tx core.App, u urgent, level int, now time.Time) error {
	// NB! No time in the key: whoever holds the ids could find out the minute by trying
	// each. That it is done once is seen to by the row that was just changed.
	key := core.GenerateDefaultRandomId()
	tell := func(template, to string) error {
		return notice.Tell(tx.DB(), notice.Telling{Key: key, To: to, Template: template, Ref: u.ID, At: now})
	}
	if u.Escalated == 0 && !(u.Lead && level > 1) { // one line for the same people
		if err := tell("concern.waits", all(u.Lead)); err != nil {
			return err
		}
	}
	if level < 2 {
		return nil
	}
	return tell("concern.phone", "coordinators")
}

// Release takes back what is assigned to somebody who can't look into it any more:
// whose role was taken, who is suspended or gone.
func Release(app core.App, now time.Time) error {
	return app.RunInTransaction(func(tx core.App) error {
		rows, err := tx.FindAllRecords("concerns", dbx.NewExp(`state = 'assigned' AND received <> '' AND assignee NOT IN (
			SELECT g.member FROM sync_grant g JOIN members m ON m.id = g.member
			WHERE m.standing = 'active' AND g.aud = iif(lead, 'coordinators', 'responders'))`))
		if err != nil {
			return err
		}
		for _, r := range rows {
			if err := letGo(tx, r); err != nil {
				return err
			}
			if err := waitsAnew(tx, r, core.GenerateDefaultRandomId(), "", now); err != nil {
				return err
			}
			if err := audit.Append(tx.DB(), audit.Entry{At: now, Action: "concerns.release", Subject: r.Id, Detail: map[string]string{"why": "role"}}); err != nil {
				return err
			}
		}
		return nil
	})
}

// Untie takes the tie from a concern that has it with none that responders see any
// more: the other was withdrawn, or emptied when its days were over. Left there, it
// would look like one to a concern for the lead alone.
func Untie(app core.App) error {
	_, err := app.DB().NewQuery(`UPDATE concerns SET link = '' WHERE link <> '' AND NOT lead AND NOT EXISTS (
		SELECT 1 FROM concerns o WHERE o.link = concerns.link AND NOT o.lead AND o.id <> concerns.id)`).Execute()
	return err
}

// jobs are what the desk does by itself.
func (w *room) jobs(app core.App) {
	job := func(name, when string, do func(now time.Time) error) {
		app.Cron().MustAdd(name, when, func() {
			if err := safely(func() error { return do(time.Now()) }); err != nil {
				app.Logger().Error("triage: "+name+" broke off; it goes on the next time", "error", err)
			}
		})
	}
	job(Minutely, "* * * * *", func(now time.Time) error {
		// NB! Each of them, whatever becomes of the others: somebody urgent waits.
		return errors.Join(Release(app, now), w.watch.Waited(app, now), Untie(app))
	})
	job(Weekly, "47 6 * * 1", func(now time.Time) error { return Idle(app, now) })
	job(Quarterly, "43 3 * * *", func(now time.Time) error { return Count(app, now) })
	// Since when a new one waits is known as soon as it is on disk. NB! What goes wrong
	// with that is no fault of the letter: the job tries again within a minute.
	app.OnRecordAfterCreateSuccess("concerns").BindFunc(func(e *core.RecordEvent) error {
		if e.Record.GetString("urgency") == concern.Urgent && e.Record.GetString("state") == "new" {
			if err := safely(func() error { return w.watch.Waited(app, time.Now()) }); err != nil {
				app.Logger().Error("triage: since when an urgent concern waits is not known; it is looked at again in a minute", "error", err)
			}
		}
		return e.Next()
	})
}

// Names of the jobs.
const (
	Minutely  = "kithConcernsWaiting"
	Weekly    = "kithConcernsIdle"
	Quarterly = "kithConcernFigures"
)

// safely turns a panic into an error like any other: a job must not take the
// server with it.
func safely(do func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return do()
}
