package notices

import (
	"context"
	"errors"
	"math/rand/v2"
	gosync "sync"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/limits"
	"kith/internal/notice"
	"kith/internal/sync"
)

// Worker brings out what people are to be told: tellings become notices, notices become
// deliveries, and those are brought on their way. All that must outlive it is on disk;
// of its own it knows only which way is left alone for a while.
type Worker struct {
	app    core.App
	ways   Channels
	chance func() float64 // from 0 to 1

	step   gosync.Mutex  // one step at a time
	mails  chan struct{} // those under way
	mu     gosync.Mutex
	pauses map[string]*notice.Pause // by way
}

// NewWorker makes one.
func NewWorker(app core.App, ways Channels) *Worker {
	return &Worker{
		app: app, ways: ways, chance: rand.Float64, mails: make(chan struct{}, limits.MailsAtOnce),
		pauses: map[string]*notice.Pause{byPush: {}, byEmail: {}},
	}
}

// Step does a bounded part of what is to be done as of now, and says whether there is
// more. It does nothing twice, however often it is called, and by how many at a time.
func (w *Worker) Step(ctx context.Context, now time.Time) (more bool, err error) {
	w.step.Lock()
	defer w.step.Unlock()
	todo, err := w.look(now)
	if err != nil {
		return false, err
	}
	if todo.Expand {
		if more, err = pages(ctx, now, w.expand); err != nil {
			return false, err
		}
	}
	if todo.Expand || todo.Decide {
		undecided, err := pages(ctx, now, w.decide)
		if err != nil {
			return false, err
		}
		more = more || undecided
	}
	undone, err := w.drain(ctx, now)
	return more || undone, err
}

// pages does one page after another, and says whether there are more than it did.
func pages(ctx context.Context, now time.Time, page func(time.Time) (bool, error)) (bool, error) {
	for n := 0; n < limits.NoticePages && ctx.Err() == nil; n++ {
		if more, err := page(now); err != nil || !more {
			return false, err
		}
	}
	return true, nil
}

// todo is what there is to do.
type todo struct {
	Expand bool `db:"expand"`
	Decide bool `db:"decide"`
}

func (w *Worker) look(now time.Time) (t todo, err error) {
	err = w.app.ConcurrentDB().NewQuery(`SELECT EXISTS (SELECT 1 FROM tellings WHERE done = FALSE) AS expand,
		EXISTS (SELECT 1 FROM notices WHERE due <> '' AND due <= {:now}) AS decide`).Bind(dbx.Params{"now": sync.Stamp(now)}).One(&t)
	return t, err
}

// All does all that there is to do as of now, and mends what a clock that had jumped has
// left behind.
func (w *Worker) All(ctx context.Context, now time.Time) error {
	if err := w.mend(now); err != nil {
		return err
	}
	for {
		more, err := w.Step(ctx, now)
		if err != nil || !more || ctx.Err() != nil {
			return err
		}
	}
}

// mend brings back what waits for a day that isn't near: nothing is put off for longer
// than to the next digest, so the clock was wrong when it was.
func (w *Worker) mend(now time.Time) error {
	var errs []error
	for table, anew := range map[string]string{"notices": ", gathered = FALSE", "deliveries": ""} {
		params := dbx.Params{"now": sync.Stamp(now), "far": sync.Stamp(now.Add(2 * notice.GiveUp))}
		var lost bool
		if err := w.app.ConcurrentDB().NewQuery("SELECT EXISTS (SELECT 1 FROM " + table + " WHERE due <> '' AND due > {:far})").Bind(params).Row(&lost); err != nil || !lost {
			errs = append(errs, err)
			continue
		}
		_, err := w.app.NonconcurrentDB().NewQuery("UPDATE " + table + " SET due = {:now}" + anew + " WHERE due <> '' AND due > {:far}").Bind(params).Execute()
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// held says until when a way is left alone, if it is.
func (w *Worker) held(way string, now time.Time) (until time.Time, is bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	p := w.pauses[way]
	return p.Until(), p.Held(now)
}

func (w *Worker) took(way string, a notice.Answer, after time.Duration, now time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.pauses[way].Took(a, after, w.chance(), now)
}

// serve has the worker look every tick, for as long as the server runs. Where what
// reaches phones can't be made, people are told in every other way.
func (w *Worker) serve(tick time.Duration) func(*core.ServeEvent) error {
	return func(e *core.ServeEvent) error {
		ctx, stop := context.WithCancel(context.Background())
		if w.ways.Begin != nil {
			var err error
			if w.ways.Push, err = w.ways.Begin(ctx); err != nil {
				e.App.Logger().Error("notices: push is off", "error", err)
				w.ways.Push = nil // NB! not an interface around nothing
			}
		}
		if tick == 0 {
			e.App.OnTerminate().BindFunc(func(t *core.TerminateEvent) error {
				stop()
				return t.Next()
			})
			return e.Next()
		}
		done := make(chan struct{})
		go func() {
			defer close(done)
			w.run(ctx, tick)
		}()
		e.App.OnTerminate().BindFunc(func(t *core.TerminateEvent) error {
			stop()
			select { // what hangs on the way must not hold up the end
			case <-done:
			case <-time.After(limits.MailStop):
			}
			return t.Next()
		})
		return e.Next()
	}
}

func (w *Worker) run(ctx context.Context, tick time.Duration) {
	beat := time.NewTicker(tick)
	defer beat.Stop()
	for failed := 0; ; {
		select {
		case <-ctx.Done():
			return
		case <-beat.C:
		}
		if failed > 0 { // the job that runs each minute says why, and tries again
			failed--
			continue
		}
		for more := true; more && ctx.Err() == nil; {
			err := safely(func() (err error) {
				more, err = w.Step(ctx, time.Now())
				return err
			})
			if err != nil {
				w.app.Logger().Error("notices: not everybody could be told; it is tried again in a while", "error", err)
				more, failed = false, 30
			}
		}
	}
}
