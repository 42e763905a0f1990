package rights

import (
	"fmt"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/spf13/cobra"

	"kith/internal/sync"
)

// Command is `kith retention run`: what the server does by itself every night.
func Command(app core.App, r *sync.Registry) *cobra.Command {
	parent := &cobra.Command{Use: "retention", Short: "Ends what has been kept for long enough"}
	var dry bool
	run := &cobra.Command{
		Use: "run", Short: "Ends it now; the server does so every night by itself", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			run := Retain
			if dry {
				run = Rehearse
			}
			ended, err := run(app, r.Keepings, time.Now())
			for _, e := range ended {
				fmt.Printf("%7d  %s\n", e.Rows, e.What)
			}
			return err
		},
	}
	run.Flags().BoolVar(&dry, "dry-run", false, "only say how many rows it would end")
	parent.AddCommand(run)
	return parent
}
