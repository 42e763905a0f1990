package syncapi

import (
	"context"
	"net/http"
	"sync/atomic"
	"time"

	"kith/internal/limits"
	"kith/internal/problem"
)

// class is one kind of request: how many of it are at work at once, so that a
// crowd of one kind leaves room for the others.
type class struct {
	places  chan struct{}
	takes   time.Duration // one request's share of the machine
	waiting atomic.Int64
	away    atomic.Int64 // sent away, and not yet due back
}

func newClass(places int, takes time.Duration) *class {
	return &class{places: make(chan struct{}, places), takes: takes}
}

// enter takes a place, and waits for one for limits.AdmissionWait; leave gives it
// back. The error is a 503 with a wait.
func (c *class) enter(ctx context.Context) (leave func(), err error) {
	leave = func() { <-c.places }
	select {
	case c.places <- struct{}{}:
		return leave, nil
	default:
	}
	defer c.waiting.Add(-1)
	if c.waiting.Add(1) > int64(cap(c.places))*limits.WaitersPerPlace {
		return nil, c.busy()
	}
	wait := time.NewTimer(limits.AdmissionWait)
	defer wait.Stop()
	select {
	case c.places <- struct{}{}:
		return leave, nil
	case <-wait.C:
	case <-ctx.Done():
	}
	return nil, c.busy()
}

// busy sends a device away for as long as the crowd will take: those who wait here
// and those who were sent away before it. Random, so that they don't come together.
func (c *class) busy() error {
	crowd := time.Duration(c.away.Add(1) + c.waiting.Load())
	wait := limits.Around(min(limits.BusyFirst+crowd*c.takes, limits.BusyLongest))
	time.AfterFunc(wait, func() { c.away.Add(-1) })
	return problem.Busy.After(wait)
}

// paced cuts off a reader who takes nothing for limits.AnswerWrite: until then it
// holds a place, and a snapshot of the database that can't be tidied up behind it.
type paced struct {
	http.ResponseWriter
	rc *http.ResponseController
}

func newPaced(w http.ResponseWriter) *paced { return &paced{w, http.NewResponseController(w)} }

func (p *paced) Write(b []byte) (int, error) {
	_ = p.rc.SetWriteDeadline(time.Now().Add(limits.AnswerWrite)) // where it can't be set, the server's own limit holds
	return p.ResponseWriter.Write(b)
}
