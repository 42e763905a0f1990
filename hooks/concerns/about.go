package concerns

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/spf13/cobra"

	"kith/internal/audit"
	"kith/internal/concern"
)

// AboutCommand is `kith concerns about NAME`: which concerns are about somebody
// who asks what is kept about them. It opens none.
func AboutCommand(app core.App, file func() (string, error)) *cobra.Command {
	v := &verbs{app, file}
	parent := &cobra.Command{
		Use: "concerns", Short: "Concerns, for a coordinator at the machine: kith concerns about NAME",
	}
	parent.AddCommand(&cobra.Command{
		Use: "about NAME", Short: "Finds the concerns in which somebody is named; what is in them opens at the desk", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			_, keys, err := v.read()
			if err != nil {
				return err
			}
			return app.RunInTransaction(func(tx core.App) error { return about(tx, keys, args[0], time.Now(), c.OutOrStdout()) })
		},
	})
	return parent
}

// named is a concern that names somebody.
type named struct {
	ID       string `db:"id"`
	Received string `db:"received"`
	State    string `db:"state"`
	Lead     bool   `db:"lead"`
}

// about notes that somebody looked by a name, and how many that found, before it says
// anything.
//
// NB! Neither whom it was about nor which were found: the record is kept for ever, and
// ids beside each other, or a name that only the keys can read, would say there for as
// long that these are about one person.
func about(app core.App, keys *concern.Keys, name string, now time.Time, out io.Writer) error {
	person := keys.Person(name)
	if person == "" {
		return errors.New("that is no name")
	}
	var found []named
	err := app.DB().NewQuery("SELECT id, received, state, lead FROM concerns WHERE person = {:person} ORDER BY received, id").Bind(dbx.Params{"person": person}).All(&found)
	if err != nil {
		return err
	}
	var notes int
	if err := app.DB().NewQuery("SELECT count(*) FROM surgeryNotes WHERE person = {:person}").Bind(dbx.Params{"person": keys.Noted(name)}).Row(&notes); err != nil {
		return err
	}
	looked := audit.Entry{
		At: now, Actor: audit.Console, Action: "concerns.about",
		Detail: map[string]string{"by": "name", "found": strconv.Itoa(len(found))},
	}
	if err := audit.Append(app.DB(), looked); err != nil {
		return err
	}
	for _, f := range found {
		basis := "they agreed"
		if f.Lead {
			basis = "they did not agree: for the lead alone"
		}
		if _, err := fmt.Fprintf(out, "%s  %.13s  %s  %s\n", f.ID, f.Received, f.State, basis); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintf(out, "%d concerns name them, and %d notes to the surgery are about them: only the surgery can open these. A name that was written otherwise is not found: try how else people call them. What is in one opens at the desk, and that is recorded.\n", len(found), notes)
	return err
}
