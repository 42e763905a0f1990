package waysin

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/mailer"

	"kith/internal/limits"
)

// post sends mails one after another, outside of the requests that caused them.
// What waits when the server stops is not sent: codes die with the process too.
type post struct{ waiting chan letter }

// letter is a mail. One that is about somebody else leaves no trace here that is finer
// than the hour: neither in a file nor in the log, by its subject.
type letter struct {
	to, subject, text string
	quiet             bool
}

func newPost() *post { return &post{waiting: make(chan letter, limits.MailQueue)} }

// code writes a mail with a code. One to nobody is written too, and not posted.
func (p *post) code(app core.App, to, digits string) error {
	town, err := townName(app)
	if err != nil {
		return err
	}
	return p.send(app, letter{to: to, subject: "Your code for " + town, text: fmt.Sprintf(
		"Your code for %s is %s.\n\nType it in the app within %d minutes. Nobody will ever ask you to tell them this code.\n\n"+
			"If you didn't ask for a code, you need not do anything.\n", town, digits, int(limits.CodeLife.Minutes()))})
}

// moved tells an address that it is no longer the one of its member.
func (p *post) moved(app core.App, to string) error {
	town, err := townName(app)
	if err != nil {
		return err
	}
	return p.send(app, letter{to: to, subject: "Your e-mail address for " + town + " was changed", text: fmt.Sprintf(
		"Somebody who uses %s had this e-mail address. They have just changed it to another one.\n\n"+
			"If that was not you, please tell a coordinator today.\n", town)})
}

// Mail sends a mail of another room at once, and says whether it went; its subject begins
// with the town.
func Mail(app core.App, to, subject, text string) error {
	town, err := townName(app)
	if err != nil {
		return err
	}
	return letter{to, town + ": " + subject, text, true}.post(app)
}

// send puts a letter into the queue. NB! One that finds it full is dropped, and
// only the log is told: an answer of its own would say that there is such an
// address. Who waits in vain asks again.
func (p *post) send(app core.App, l letter) error {
	if l.to == "" {
		return nil
	}
	select {
	case p.waiting <- l:
	default:
		app.Logger().Error("mail: too many are waiting, one was dropped", "subject", l.logged())
	}
	return nil
}

// deliver posts what comes until ctx ends. Nobody waits for it any more, so a
// mail that can't be sent is logged, without its address.
func (p *post) deliver(ctx context.Context, app core.App) {
	for {
		select {
		case <-ctx.Done():
			return
		case l := <-p.waiting:
			if err := l.post(app); err != nil {
				app.Logger().Error("mail: could not be sent", "subject", l.logged(), "error", err)
			}
		}
	}
}

func (l letter) logged() string {
	if l.quiet {
		return ""
	}
	return l.subject
}

// kept says to keepMail, and to nobody else, that a mail is quiet.
const kept = "X-Kith-Kept"

func (l letter) post(app core.App) error {
	meta := app.Settings().Meta
	town, err := townName(app)
	if err != nil {
		return err
	}
	m := &mailer.Message{From: mail.Address{Name: town, Address: meta.SenderAddress}, To: []mail.Address{{Address: l.to}}, Subject: l.subject, Text: l.text}
	if l.quiet && !app.Settings().SMTP.Enabled {
		m.Headers = map[string]string{kept: "by the hour"}
	}
	return app.NewMailClient().Send(m)
}

func townName(app core.App) (string, error) {
	r, err := app.FindFirstRecordByFilter("communities", "id != ''")
	if err != nil {
		return "", err
	}
	return strings.Join(strings.Fields(r.GetString("name")), " "), nil // on one line, as headers are
}

// mailFolder is where mails are kept while no mail server is set up.
func mailFolder(app core.App) string { return filepath.Join(app.DataDir(), "mail") }

// keepMail writes a mail as a file, where no mail server is set up: for the
// demo, and so that nobody is locked out on the day before it is.
func keepMail(e *core.MailerEvent) error {
	if e.App.Settings().SMTP.Enabled {
		return e.Next()
	}
	if len(e.Message.To) == 0 {
		return errors.New("a mail to nobody")
	}
	if err := os.MkdirAll(mailFolder(e.App), 0o700); err != nil {
		return err
	}
	now := time.Now().UTC()
	if e.Message.Headers[kept] != "" {
		now = now.Truncate(time.Hour)
	}
	name := now.Format("20060102-150405") + "-" + strings.ToLower(rand.Text()[:6]) + ".txt"
	text := fmt.Sprintf("Date: %s\nFrom: %s\nTo: %s\nSubject: %s\n\n%s", now.Format(time.RFC1123Z), e.Message.From.String(), e.Message.To[0].Address, e.Message.Subject, e.Message.Text)
	name = filepath.Join(mailFolder(e.App), name)
	return errors.Join(os.WriteFile(name, []byte(text), 0o600), os.Chtimes(name, now, now))
}

// forgetMail deletes kept mails a day after they were written: their codes are
// long dead, and the addresses on them are nobody's business.
func forgetMail(app core.App, now time.Time) error {
	files, err := os.ReadDir(mailFolder(app))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, f := range files {
		info, err := f.Info()
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		if now.Sub(info.ModTime()) < limits.MailKept {
			continue
		}
		if err := os.Remove(filepath.Join(mailFolder(app), f.Name())); err != nil {
			return err
		}
	}
	return nil
}
