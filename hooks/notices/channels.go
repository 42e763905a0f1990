package notices

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"kith/internal/limits"
	"kith/internal/notice"
	"kith/internal/push"
)

// Channels are the ways by which people are reached beside their inbox.
type Channels struct {
	Push push.Sender // nil: nobody set it up
	Mail Mail        // nil: none goes out
	// MailTakes is how long one e-mail may take; 0: as long as any message.
	MailTakes time.Duration
	// Begin makes Push when the server begins to serve; nil: it is there, or never is.
	Begin func(context.Context) (push.Sender, error)
}

// Mail sends one e-mail, and says whether it went.
type Mail func(app core.App, to, subject, text string) error

// The names of the ways.
const (
	byPush  = "push"
	byEmail = "email"
)

// send brings one message on its way. NB! Outside of any transaction, and once.
func (w *Worker) send(ctx context.Context, d *delivery) error {
	if d.Channel == byEmail {
		subject, text := words(d.template)
		return w.within(ctx, func() error { return w.ways.Mail(w.app, d.Address, subject, text) })
	}
	return w.ways.Push.Send(ctx, push.Message{To: d.Value, FID: d.Kind == "fid", N: d.Of, K: d.Category})
}

// within waits for a mail no longer than ctx and MailTakes allow: whoever speaks with a
// mail server that says nothing can't be stopped, and all others would wait behind it. It
// goes on by itself, and may arrive; of those there are never more than a few.
func (w *Worker) within(ctx context.Context, post func() error) error {
	ctx, stop := context.WithTimeout(ctx, cmp.Or(w.ways.MailTakes, limits.DeliveryTakes))
	defer stop()
	late := &push.Later{Code: push.Timeout}
	select {
	case w.mails <- struct{}{}:
	case <-ctx.Done():
		return late
	}
	done := make(chan error, 1)
	go func() {
		defer func() { <-w.mails }()
		done <- safely(post)
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return late
	}
}

// has says whether there is such a way here.
func (w *Worker) has(way string) bool {
	if way == byEmail {
		return w.ways.Mail != nil
	}
	return w.ways.Push != nil
}

// words are all that an e-mail says: that there is something, and nothing of what. Anybody
// may look over a shoulder at an inbox.
func words(t notice.Template) (subject, text string) {
	switch {
	case t.Urgent:
		return "Please look at Kith now", "Something urgent is waiting, and somebody should look at it now. Open Kith: it stands under For you.\n"
	case t.Category == notice.Task:
		return "Please look at Kith", "Something is waiting for you. Open Kith: it stands under For you.\n"
	case t.Security:
		return "Something about your account changed", "Something about how you get into Kith has changed. Open Kith to see what.\n\n" +
			"If you can't open it, or this wasn't you, please tell a coordinator today.\n"
	}
	return "There is something for you", "Open Kith to see what is new for you.\n\nYou can choose in the app, under You, How you are told, what you get an e-mail for.\n"
}

// verdict is what an error says: how the channel is, how the message ends, and the
// reason if it is one for good.
func verdict(err error) (a notice.Answer, end string, later *push.Later, reason string) {
	var gone *push.Gone
	var broken *push.Broken
	switch {
	case err == nil:
		return notice.Accepted, sent, nil, ""
	case errors.As(err, &gone):
		return notice.Other, goneAway, nil, gone.Code
	case errors.As(err, &later):
		return notice.Busy, "", later, later.Code
	case errors.As(err, &broken) && broken.Setup:
		return notice.Setup, dead, nil, broken.Code
	case errors.As(err, &broken):
		return notice.Other, dead, nil, broken.Code
	}
	// A mail server says in its own words what it didn't like, of this mail or of all: the
	// others go on.
	return notice.Other, "", &push.Later{}, "mail"
}
