// Package seed fills an empty community with the demo town: about 150 invented
// groups, services, events and notices around Nunhead and Peckham, on a map of
// real places. The town is data that a person can edit, in the JSON files
// beside this one; README.md says how, and which parts are real.
//
// The town is the same on every machine, ids included. Only dates move: what
// is written as days from now is counted from the day on which it is filled.
package seed

import (
	"errors"
	"fmt"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/spf13/cobra"
)

// ErrNotEmpty says that the community has rows of its own. Nothing was written.
var ErrNotEmpty = errors.New("this community is not empty, so the demo town was left out. Use another data folder")

// Source is the source column of every listing of the demo town.
const Source = "demo"

// Fill writes the demo town in one transaction, with dates counted from now.
// It answers ErrNotEmpty if there is any row in the collections it writes to.
// After any error nothing is written.
func Fill(app core.App, now time.Time) error {
	t, err := readTown()
	if err != nil {
		return err
	}
	zone, err := time.LoadLocation(t.community.Zone)
	if err != nil {
		return fmt.Errorf("seed: %w", err)
	}
	return app.RunInTransaction(func(tx core.App) error {
		if err := checkEmpty(tx); err != nil {
			return err
		}
		w := &writer{app: tx, now: now.In(zone)}
		w.community(t.community, t.looking)
		w.places(t.places)
		w.organisations(t.organisations)
		w.listings(t.listings)
		w.shops(t.shops)
		w.rewards(t.rewards, t.shops)
		w.people(t.people)
		w.looking(t.looking)
		w.told(t.told)
		return w.err
	})
}

func checkEmpty(app core.App) error {
	for _, name := range []string{"communities", "places", "organisations", "listings", "members"} {
		count, err := app.CountRecords(name)
		if err != nil {
			return err
		}
		if count > 0 {
			return ErrNotEmpty
		}
	}
	return nil
}

// Command gives the verb "seed". It brings the database up to date first, so
// that it works on a data folder that is new.
func Command(app core.App) *cobra.Command {
	return &cobra.Command{
		Use:          "seed",
		Short:        "Fill an empty community with the demo town",
		Args:         cobra.NoArgs,
		SilenceUsage: true,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := app.RunAllMigrations(); err != nil {
				return err
			}
			if err := Fill(app, time.Now()); err != nil {
				return err
			}
			count, err := app.CountRecords("listings")
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "The demo town is ready, with %d things to go to or know about.\n", count)
			return err
		},
	}
}
