// Package doctor is the room of `kith doctor`: it names what is wrong with a
// community and what to do, while the server runs or not. It only looks. It does
// not open the community as the server does, for that already mends things, and
// what was mended can't be named.
package doctor

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/spf13/cobra"

	"kith/internal/backup"
	"kith/internal/sync"
)

// State of one thing that was looked at.
type State string

// The states. Only what is wrong makes the whole of it not well.
const (
	Well  State = "well"
	Note  State = "note" // worth knowing, and no fault
	Wrong State = "wrong"
)

// Check is one thing that was looked at, and what was found.
type Check struct {
	Name  string   `json:"name"`
	State State    `json:"state"`
	Says  string   `json:"says"`
	Found []string `json:"found,omitempty"` // names: triggers, rows, audiences
	Do    string   `json:"do,omitempty"`
}

// Report is all of it.
type Report struct {
	Well   bool    `json:"well"`
	Checks []Check `json:"checks"`
}

// errUnwell makes the process end with something other than 0.
var errUnwell = errors.New("something is wrong")

// Keys say where the keys lie: outside of the folder that is looked at.
type Keys struct{ Transport, Concerns, Cards func() (string, error) }

// Command is `kith doctor`.
func Command(app core.App, r *sync.Registry, key Keys) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use: "doctor", Short: "Says what is wrong with this community, and what to do", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			c.SilenceErrors = true // the report says it
			report := Examine(app.DataDir(), app.EncryptionEnv(), r, key, time.Now())
			if err := report.write(c.OutOrStdout(), asJSON); err != nil {
				return err
			}
			if !report.Well {
				return errUnwell
			}
			return nil
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "say it as JSON")
	return c
}

func (r *Report) write(w io.Writer, asJSON bool) error {
	if asJSON {
		out := json.NewEncoder(w)
		out.SetIndent("", "  ")
		return out.Encode(r)
	}
	for _, c := range r.Checks {
		mark := map[State]string{Well: "  well ", Note: "  note ", Wrong: "WRONG  "}[c.State]
		if _, err := fmt.Fprintf(w, "%s %-18s %s\n", mark, c.Name, c.Says); err != nil {
			return err
		}
		for _, f := range c.Found {
			fmt.Fprintf(w, "%26s %s\n", "", f)
		}
		if c.Do != "" {
			fmt.Fprintf(w, "%26s What to do: %s\n", "", c.Do)
		}
	}
	return nil
}

// examination is one, under way.
type examination struct {
	data, encryption string
	registry         *sync.Registry
	key              Keys
	now              time.Time
	db               dbx.Builder // one snapshot
	report           *Report
}

// opened is what to do where a database can't be opened.
const opened = "see whether the disk is full, or another user owns the file"

// Examine looks at the folder data. encryption names the variable that holds the
// key of the settings, or is empty.
func Examine(data, encryption string, r *sync.Registry, key Keys, now time.Time) *Report {
	e := &examination{data: data, encryption: encryption, registry: r, key: key, now: now, report: &Report{Well: true}}
	e.machine()
	name := e.file("data.db")
	if err := backup.IsDatabase(name); err != nil {
		e.wrong("database", "it can't be read: "+err.Error(), "put a backup back: kith restore")
		return e.report
	}
	db, err := backup.Open(name)
	if err != nil {
		e.wrong("database", err.Error(), opened)
		return e.report
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	// NB! BEGIN by hand: PocketBase's builder would take a transaction for a writer.
	if _, err := db.Exec("BEGIN"); err != nil {
		e.wrong("database", err.Error(), opened)
		return e.report
	}
	defer db.Exec("ROLLBACK") //nolint:errcheck // it read
	e.db = dbx.NewFromDB(db, "sqlite")
	e.database()
	return e.report
}

func (e *examination) add(c Check) {
	e.report.Checks = append(e.report.Checks, c)
	e.report.Well = e.report.Well && c.State != Wrong
}

func (e *examination) well(name, says string) { e.add(Check{Name: name, State: Well, Says: says}) }

func (e *examination) note(name, says, do string) {
	e.add(Check{Name: name, State: Note, Says: says, Do: do})
}

func (e *examination) wrong(name, says, do string, found ...string) {
	e.add(Check{Name: name, State: Wrong, Says: says, Do: do, Found: found})
}

// faults says what of the index is wrong, or that it is well.
func (e *examination) faults(name, well, do string, faults []sync.Fault, err error) {
	switch {
	case err != nil:
		e.wrong(name, "it could not be looked at: "+err.Error(), "see the line on the database")
	case len(faults) == 0:
		e.well(name, well)
	default:
		found := make([]string, len(faults))
		for i, f := range faults {
			found[i] = f.What + " " + f.Name + ": " + f.Is
		}
		e.wrong(name, fmt.Sprintf("%d things are not as they must be", len(faults)), do, found...)
	}
}
