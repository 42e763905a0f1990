// Package push is the room of setting push up: everybody is told how their phone can be
// registered, and whoever runs the server is told what is wrong. What is sent, and when,
// is hooks/notices.
package push

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/pocketbase/pocketbase/core"

	"kith/internal/push"
)

// Setting is what was read of how push is set up. Neither: it isn't.
type Setting struct {
	Credentials *push.Credentials
	Wrong       error
}

// String says it, without any secret.
func (s Setting) String() string {
	if s.Wrong != nil {
		return "off: " + s.Wrong.Error()
	}
	return s.Credentials.String()
}

// Hosts are Google's that a page may speak with, for a phone to be registered.
func (s Setting) Hosts() []string {
	if s.Credentials == nil {
		return nil
	}
	return []string{"https://firebaseinstallations.googleapis.com", "https://fcmregistrations.googleapis.com"}
}

// Keep tells everybody, before the first request, how a phone is registered; or that there
// is no push here. A setting that is wrong is said to whoever starts the server, and what
// phones were told stays: a file that can't be read for a day is no reason for a town to
// sign out of being told.
func Keep(app core.App, s Setting, console io.Writer) {
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		if s.Wrong != nil {
			if console != nil {
				fmt.Fprintf(console, "\n  Careful: push is off. %v.\n  People are told in the app and by e-mail as before. `kith push check` says when it is right.\n\n", s.Wrong)
			}
			return e.Next()
		}
		if err := publish(e.App, s.Credentials); err != nil {
			return err
		}
		e.App.OnRecordCreate("communities").BindFunc(func(r *core.RecordEvent) error {
			r.Record.Set("push", told(s.Credentials))
			return r.Next()
		})
		return e.Next()
	})
}

// publish writes what everybody is told, where they were told something else.
func publish(app core.App, c *push.Credentials) error {
	all, err := app.FindAllRecords("communities")
	if err != nil || len(all) == 0 {
		return err
	}
	before := push.Web{}
	was := all[0].GetString("push")
	set := was != "" && was != "null" && json.Unmarshal([]byte(was), &before) == nil
	if set == (c != nil) && (c == nil || before == c.Web) {
		return nil
	}
	all[0].Set("push", told(c))
	return app.Save(all[0])
}

// told is communities.push: nil where there is no push.
func told(c *push.Credentials) any {
	if c == nil {
		return nil
	}
	return c.Web
}
