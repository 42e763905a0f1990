// Package imports is the room where other people's feeds come in: services in
// Open Referral UK and events in iCalendar.
//
//	kith import oruk FILE|URL [--feed NAME] [--whole=false]
//	kith import ical FILE|URL [--feed NAME] [--whole=false]
//
// One import is one transaction: either all of it is there, or nothing is. Each
// row of the feed is created, updated, unchanged, or refused with a reason. A
// row that left a whole feed is marked gone, never erased, and comes back when
// the feed has it again. What isn't a feed (a web page, a cut file, an error,
// an answer that didn't come) changes nothing.
//
// A row that somebody here edited stays as they left it until the feed itself
// says something new about it; then the feed wins, and the report says so.
//
// The report for a person goes to the standard error, one closing line of JSON
// to the standard output.
package imports

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"github.com/pocketbase/pocketbase/core"
	"github.com/spf13/cobra"
)

// Counts is the closing line. Read = Created + Updated + Unchanged + Refused.
type Counts struct {
	Read      int `json:"read"`
	Created   int `json:"created"`
	Updated   int `json:"updated"`
	Unchanged int `json:"unchanged"`
	Refused   int `json:"refused"`
	// Gone counts the rows that left the feed since the import before.
	Gone int `json:"gone"`
}

// loader turns a file or an address into a batch.
type loader func(ctx context.Context, from source) (*batch, error)

// Command is `kith import`. It expects a database with all migrations and with
// the triggers of the sync index, as hooks.Verbs sees to. Its errors are sentences for the person who runs it;
// a command that gives one has changed nothing.
func Command(app core.App) *cobra.Command {
	parent := &cobra.Command{
		Use:   "import",
		Short: "Takes in listings from another organisation's feed",
	}
	// NB! PocketBase's own writer for errors writes to the standard output, where
	// a script expects the closing line and nothing else.
	parent.SetErr(os.Stderr)
	parent.AddCommand(
		subcommand(app, "oruk", "Takes in services from Open Referral UK 1.0 or 3.0", loadServices),
		subcommand(app, "ical", "Takes in events from an iCalendar file", loadEvents),
	)
	return parent
}

func subcommand(app core.App, format, short string, load loader) *cobra.Command {
	var feed string
	var whole bool
	command := &cobra.Command{
		Use:          format + " FILE|URL",
		Short:        short,
		SilenceUsage: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			// NB! Not in Args: what cobra refuses before RunE exits with 0.
			if len(args) != 1 {
				return fmt.Errorf("give one file or address to import from, not %d", len(args))
			}
			from, err := newSource(args[0], feed)
			if err != nil {
				return err
			}
			b, err := load(cmd.Context(), from)
			if err != nil {
				return fmt.Errorf("nothing was imported from %s: %w", from, err)
			}
			b.source = format + ":" + from.feed
			b.whole = b.whole && whole
			counts, err := run(app, b)
			if err != nil {
				return fmt.Errorf("nothing was imported from %s: %w", from, err)
			}
			report(cmd.ErrOrStderr(), b, counts)
			return json.NewEncoder(cmd.OutOrStdout()).Encode(counts)
		},
	}
	command.Flags().StringVar(&feed, "feed", "", "name of the feed, the same at every import (default: the file's name or the host)")
	command.Flags().BoolVar(&whole, "whole", true, "the feed is whole: rows that it no longer has are marked gone")
	return command
}

// run writes a batch in one transaction.
func run(app core.App, b *batch) (counts Counts, err error) {
	err = app.RunInTransaction(func(tx core.App) error {
		counts, err = b.write(tx)
		return err
	})
	return counts, err
}
