package triage

import (
	"errors"
	"fmt"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
)

// mails say that there is something to look at, and nothing else: no name, no
// word, no area. Anybody may look over a shoulder at an inbox.
type mails struct{ post Post }

func (m mails) ofUrgent(app core.App) error {
	return m.tell(app, "'coordinators'", "", "Please look at the desk", "Somebody passed on something urgent. Open Kith's desk.\n")
}

// ofAll are those who are told when nobody has picked an urgent one up.
func ofAll(lead bool) (auds string) {
	if lead {
		return "'coordinators'"
	}
	return "'responders'"
}

// reach says whether toAll gets to anybody: somebody has an address, and there is a
// mail server. Without one, mails lie in a folder.
func (m mails) reach(app core.App, lead bool) (bool, error) {
	to, err := addresses(app, ofAll(lead), "")
	return len(to) > 0 && app.Settings().SMTP.Enabled, err
}

// toAll go out when nobody has picked an urgent one up.
func (m mails) toAll(app core.App, lead bool) error {
	return m.tell(app, ofAll(lead), "", "Please look at the desk now", "Somebody passed on something urgent, and nobody has picked it up yet. Open Kith's desk.\n")
}

// ofGlass says that by has opened what isn't theirs. Until somebody has seen the last
// one of theirs it is said once: many mails hide the urgent ones.
func (m mails) ofGlass(app core.App, by string) error {
	var unseen int
	if err := app.DB().NewQuery(`SELECT count(*) FROM breakGlasses WHERE "by" = {:by} AND NOT seen`).Bind(dbx.Params{"by": by}).Row(&unseen); err != nil || unseen > 1 {
		return err
	}
	return m.tell(app, "'coordinators'", by, "Somebody opened a concern that was not theirs",
		"A responder opened a concern that is somebody else's, and said why. Open Kith's desk to read it.\n")
}

// ofIdle says that some concerns were forgotten.
func (m mails) ofIdle(app core.App, count int) error {
	return m.tell(app, "'coordinators'", "", "Some concerns have no end yet", fmt.Sprintf(
		"Concerns that nobody has closed, opened or done anything about for eleven months: %d. Open Kith's desk, and close each, or write down what was done. After a year with nothing done, all that was written of one is deleted.\n", count))
}

// tell writes to everybody of an audience who has an address, but one.
func (m mails) tell(app core.App, auds, but, subject, text string) error {
	to, err := addresses(app, auds, but)
	for _, address := range to {
		err = errors.Join(err, m.post(app, address, subject, text))
	}
	return err
}

func addresses(app core.App, auds, but string) (to []string, err error) {
	err = app.DB().NewQuery(`SELECT DISTINCT m.email FROM sync_grant g JOIN members m ON m.id = g.member
		WHERE g.aud IN (` + auds + `) AND m.standing = 'active' AND m.email <> '' AND m.id <> {:but} ORDER BY m.email`).
		Bind(dbx.Params{"but": but}).Column(&to)
	return to, err
}
