package push

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"kith/internal/push/fake"
)

// google is the fake and a sender to it; at the end nothing odd was sent.
func google(t *testing.T) (*fake.Server, *Firebase) {
	t.Helper()
	s, err := fake.Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	f, err := New(t.Context(), credentials(t, s))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if odd := s.Odd(); len(odd) > 0 {
			t.Errorf("what left is not what may leave: %q", odd)
		}
	})
	return s, f
}

func credentials(t *testing.T, s *fake.Server) *Credentials {
	t.Helper()
	c, err := Read(environment(s))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func environment(s *fake.Server) func(string) string {
	env := map[string]string{"KITH_FCM": string(s.Credentials()), "KITH_FCM_WEB": string(s.Web()), "KITH_FCM_ENDPOINT": s.URL()}
	return func(name string) string { return env[name] }
}

var one = Message{To: "phone", FID: true, N: "abc123abc123abc", K: Task}

// Ensure that exactly this leaves, of the two kinds of address, and nothing that differs
// with what happened.
func TestSend_IsAnIDAndAKind(t *testing.T) {
	s, f := google(t)
	for _, m := range []Message{one, {To: "phone:token", N: "n", K: Notice}} {
		if err := f.Send(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{
		`{"message":{"data":{"k":"task","n":"abc123abc123abc","v":"1"},"webpush":{"headers":{"TTL":"86400","Topic":"task","Urgency":"high"}},"fid":"phone"}}`,
		`{"message":{"data":{"k":"notice","n":"n","v":"1"},"webpush":{"headers":{"TTL":"86400","Topic":"notice","Urgency":"normal"}},"token":"phone:token"}}`,
	}
	for i, r := range s.Requests() {
		if r.Body != want[i] {
			t.Errorf("%s left, not %s", r.Body, want[i])
		}
		if !strings.Contains(r.Raw, "HTTP/2.0") {
			t.Errorf("not by HTTP/2: %s", r.Raw)
		}
	}
}

// Ensure that what isn't an id and a kind is stopped on this side.
func TestSend_StopsWhatIsMore(t *testing.T) {
	s, f := google(t)
	for _, m := range []Message{{To: "phone", N: "Ann is late", K: Task}, {To: "phone", N: "n", K: "concern"}, {To: "phone", K: Task}} {
		if err := f.Send(t.Context(), m); !isBroken(err, NotPlain, false) {
			t.Errorf("%v: %v", m, err)
		}
	}
	if len(s.Requests()) > 0 {
		t.Error("it left")
	}
}

// Ensure that every answer that Google documents is told apart, by one try of ours.
func TestSend_TellsAnswersApart(t *testing.T) {
	for name, c := range map[string]struct {
		way fake.Answer
		is  func(error) bool
	}{
		"taken":                 {fake.OK(), func(err error) bool { return err == nil }},
		"unregistered":          {fake.Unregistered(), gone("UNREGISTERED")},
		"not an address":        {fake.InvalidToken(), gone("INVALID_ARGUMENT")},
		"of another project":    {fake.SenderMismatch(), gone("SENDER_ID_MISMATCH")},
		"a wrong message":       {fake.InvalidPayload(), broken("INVALID_ARGUMENT", false)},
		"too big":               {fake.TooBig(), broken("INVALID_ARGUMENT", false)},
		"another VAPID key":     {fake.ThirdParty(), broken("THIRD_PARTY_AUTH_ERROR", true)},
		"too many":              {fake.Quota(7 * time.Second), later("QUOTA_EXCEEDED", 7*time.Second)},
		"too many, no time":     {fake.Quota(0), later("QUOTA_EXCEEDED", time.Minute)},
		"overloaded":            {fake.Unavailable(3 * time.Second), later("UNAVAILABLE", 3*time.Second)},
		"overloaded, no time":   {fake.Unavailable(0), later("UNAVAILABLE", 0)},
		"a fault":               {fake.Internal(), later("INTERNAL", 0)},
		"cut, and it was taken": {fake.Cut(), later(Network, 0)},
		"cut before":            {fake.CutBefore(), later(Network, 0)},
		"somebody between":      {fake.Foreign(), later(Unreadable, 0)},
		"502 of a proxy":        {fake.Answer{Status: 502, Body: "<html>"}, later("502", 0)},
		"404 of a proxy":        {fake.Answer{Status: 404, Body: "<html>"}, broken(NoProject, true)},
		"elsewhere":             {fake.Answer{Status: 307}, broken("307", false)},
	} {
		t.Run(name, func(t *testing.T) {
			s, f := google(t)
			s.Answer(one.To, c.way)
			if err := f.Send(t.Context(), one); !c.is(err) {
				t.Errorf("%v", err)
			}
			if n := len(s.Requests()); n != 1 {
				t.Errorf("%d tries", n)
			}
		})
	}
}

// Ensure that an answer that doesn't come is given up when the caller gives up, and may
// have arrived.
func TestSend_GivesUpWithItsCaller(t *testing.T) {
	s, f := google(t)
	until, there := make(chan struct{}), make(chan struct{})
	defer close(until)
	s.Decide(func(fake.Request) fake.Answer { close(there); return fake.Slow(until) })
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- f.Send(ctx, one) }()
	<-there
	cancel()
	if err := <-done; !later(Network, 0)(err) && !later(Timeout, 0)(err) {
		t.Errorf("%v", err)
	}
}

// Ensure that nobody there is for later, not for ever.
func TestSend_NobodyThere(t *testing.T) {
	s, f := google(t)
	s.Close()
	if err := f.Send(t.Context(), one); !later(Network, 0)(err) {
		t.Errorf("%v", err)
	}
}

// Ensure that what the endpoint of tokens says is told apart as well.
func TestSend_WithoutAToken(t *testing.T) {
	for name, c := range map[string]struct {
		why fake.Refusal
		is  func(error) bool
	}{
		"clock":   {fake.ClockWrong, broken(KeyClock, true)},
		"key":     {fake.KeyUnknown, broken(KeyRefused, true)},
		"account": {fake.NoAccount, broken(KeyRefused, true)},
		"down":    {fake.TokensDown, later("503", 0)},
	} {
		t.Run(name, func(t *testing.T) {
			s, f := google(t)
			s.Refuse(&c.why)
			if err := f.Send(t.Context(), one); !c.is(err) {
				t.Errorf("%v", err)
			}
			s.Refuse(nil)
			if err := f.Send(t.Context(), one); err != nil {
				t.Errorf("and is not asked for again: %v", err)
			}
		})
	}
}

// Ensure that a token which Google takes back is asked for anew, by the next try.
func TestSend_TokenTakenBack(t *testing.T) {
	s, f := google(t)
	if err := f.Send(t.Context(), one); err != nil {
		t.Fatal(err)
	}
	s.Revoke()
	if err := f.Send(t.Context(), one); !later("UNAUTHENTICATED", 0)(err) {
		t.Errorf("%v", err)
	}
	if err := f.Send(t.Context(), one); err != nil {
		t.Errorf("%v", err)
	}
}

// Ensure that many at once share one token and one connection.
func TestSend_ManyAtOnce(t *testing.T) {
	s, f := google(t)
	var all sync.WaitGroup
	for i := range 200 {
		all.Go(func() {
			m := one
			m.To = fmt.Sprint("phone", i)
			if err := f.Send(t.Context(), m); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := s.Tokens(); n != 1 {
		t.Errorf("%d tokens", n)
	}
	if n := len(s.Accepted()); n != 200 {
		t.Errorf("%d arrived", n)
	}
}

// Ensure that Retry-After is read as a number and as a date, and never trusted too far.
func TestAfter(t *testing.T) {
	now := time.Date(2026, 11, 5, 10, 0, 0, 0, time.UTC)
	for value, want := range map[string]time.Duration{
		"": 0, "30": 30 * time.Second, "-4": 0, "soon": 0, "99999999": 24 * time.Hour, "99999999999999999999": 0,
		"Thu, 05 Nov 2026 10:02:00 GMT": 2 * time.Minute, "Thu, 05 Nov 2026 09:00:00 GMT": 0,
	} {
		if got := after(value, now); got != want {
			t.Errorf("%q: %s, not %s", value, got, want)
		}
	}
}

func gone(code string) func(error) bool {
	return func(err error) bool {
		var e *Gone
		return errors.As(err, &e) && e.Code == code
	}
}

func later(code string, after time.Duration) func(error) bool {
	return func(err error) bool {
		var e *Later
		return errors.As(err, &e) && e.Code == code && e.After == after
	}
}

func broken(code string, setup bool) func(error) bool {
	return func(err error) bool { return isBroken(err, code, setup) }
}

func isBroken(err error, code string, setup bool) bool {
	var e *Broken
	return errors.As(err, &e) && e.Code == code && e.Setup == setup
}
