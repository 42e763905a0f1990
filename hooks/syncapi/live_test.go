package syncapi

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"kith/internal/limits"
)

// told is a wire that keeps what goes over it.
type told struct{ lines []string }

// Send keeps p.
func (w *told) Send(p []byte) error { w.lines = append(w.lines, string(p)); return nil }

// leasing is a connection whose leases are always the same.
func leasing(seconds map[string]int64) func(time.Time) map[string]int64 {
	return func(time.Time) map[string]int64 { return seconds }
}

// Ensure that a connection which stays open says again and again that what is
// leased goes on, and not with every beat: else a phone that is never without the
// server for a moment would forget what it holds.
func TestLeases_AreToldAgainAsLongAsItLasts(t *testing.T) {
	w := &told{}
	s := &stream{wire: w, leases: leasing(map[string]int64{"coordinators": 259200})}
	began := time.Date(2026, 6, 1, 9, 0, 0, 0, time.UTC)
	for beats := range 3*int(limits.LeaseBeat/limits.LiveBeat) + 1 {
		if err := s.lease(began.Add(time.Duration(beats) * limits.LiveBeat)); err != nil {
			t.Fatal(err)
		}
	}
	if len(w.lines) != 4 {
		t.Errorf("in three times %v it was told %d times", limits.LeaseBeat, len(w.lines))
	}
	if strings.Join(w.lines, "") != strings.Repeat(`{"leases":{"coordinators":259200}}`+"\n", len(w.lines)) {
		t.Errorf("%q", w.lines)
	}
	none := &told{}
	s = &stream{wire: none, leases: leasing(nil)}
	if err := s.lease(began); err != nil || len(none.lines) != 0 {
		t.Errorf("nothing is leased, and it says %q (%v)", none.lines, err)
	}
}

// Ensure that a server that stops waits for who listens, not for ever, and that a
// connection which begins while it waits is over before its request is.
func TestGoodbye_WaitsForWhoListens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, began := &door{}, time.Now()
		d.beyond(func() { time.Sleep(limits.LiveStop / 2) })
		d.beyond(func() { time.Sleep(limits.LiveStop / 4) })
		d.goodbye()
		if took := time.Since(began); took != limits.LiveStop/2 {
			t.Errorf("it waited for %v", took)
		}
		over := false
		if d.beyond(func() { over = true }); !over {
			t.Error("nobody waits for this one")
		}
		slow, began, gone := &door{}, time.Now(), make(chan struct{})
		defer close(gone)
		slow.beyond(func() { <-gone })
		slow.goodbye()
		if took := time.Since(began); took != limits.LiveStop {
			t.Errorf("it waited for %v", took)
		}
	})
}
