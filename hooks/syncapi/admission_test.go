package syncapi

import (
	"context"
	"errors"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"kith/internal/limits"
	"kith/internal/problem"
)

// Ensure that a crowd is sent away for longer the larger it is, never all to the
// same moment, and that a place which becomes free goes to one who waits.
func TestAdmission_SendsACrowdAwayForAsLongAsItTakes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClass(2, 100*time.Millisecond)
		leave, err := c.enter(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, err = c.enter(t.Context()); err != nil {
			t.Fatal(err)
		}
		in := make(chan error, 1)
		go func() {
			_, err := c.enter(t.Context())
			in <- err
		}()
		synctest.Wait()
		if leave(); <-in != nil {
			t.Error("a free place went to nobody")
		}
		waits, last := map[time.Duration]bool{}, time.Duration(0)
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		for range 400 {
			_, err := c.enter(gone)
			var p *problem.Problem
			if !errors.As(err, &p) || p.Status != 503 || p.RetryAfter <= 0 {
				t.Fatalf("%v", err)
			}
			waits[p.RetryAfter], last = true, p.RetryAfter
		}
		if len(waits) < 390 || last < limits.BusyFirst/2+10*time.Second {
			t.Errorf("400 were sent away for %d different times, the last for %v", len(waits), last)
		}
		time.Sleep(2 * limits.BusyLongest)
		if c.away.Load() != 0 || c.waiting.Load() != 0 {
			t.Errorf("%d are away and %d wait, when all are due", c.away.Load(), c.waiting.Load())
		}
	})
}

// slow is a reader's connection that notes until when it must have taken something.
type slow struct {
	*httptest.ResponseRecorder
	deadline time.Time
}

func (s *slow) SetWriteDeadline(at time.Time) error { s.deadline = at; return nil }

// Ensure that who reads nothing is cut off in the middle of a first sync, too.
func TestAdmission_WhoReadsNothingDoesNotKeepAPlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &slow{ResponseRecorder: httptest.NewRecorder()}
		p := newPaced(w)
		for range 3 {
			time.Sleep(limits.AnswerWrite / 2) // it reads, slowly
			if _, err := p.Write([]byte("x")); err != nil || time.Until(w.deadline) != limits.AnswerWrite {
				t.Errorf("%v, cut off in %v", err, time.Until(w.deadline))
			}
		}
	})
}
