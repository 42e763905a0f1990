package hooks

import (
	"fmt"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/spf13/cobra"

	"kith/hooks/audit"
	"kith/hooks/backup"
	"kith/hooks/community"
	"kith/hooks/doctor"
	"kith/hooks/imports"
	"kith/hooks/machine"
	"kith/hooks/rights"
	"kith/hooks/syncapi"
	"kith/hooks/waysin"
	"kith/internal/sync"
	"kith/seed"
)

// Verbs are the console's commands beside serve and superuser. Each works on
// the database that --dir names, migrated and with its triggers in place.
func Verbs(app core.App, r *sync.Registry, cfg Config) []*cobra.Command {
	verbs := []*cobra.Command{
		community.Command(app), imports.Command(app), seed.Command(app), waysin.InviteCommand(app), rights.Command(app, r), audit.Command(app), epoch(app), reindex(app, r), config(cfg), keysCommand(app, cfg),
	}
	for _, v := range verbs {
		v.PersistentPreRunE = func(*cobra.Command, []string) error {
			if err := app.RunAllMigrations(); err != nil {
				return err
			}
			return syncapi.Prepare(app, r)
		}
		v.PersistentPostRunE = func(*cobra.Command, []string) error { return syncapi.Note(app, r) }
		v.SilenceUsage = true
	}
	return verbs
}

// Bare are the commands that look at the folder as it lies there. Opening it as a
// community would already mend it, or write to it; so main doesn't.
func Bare(app core.App, r *sync.Registry, cfg Config) []*cobra.Command {
	verbs := []*cobra.Command{
		backup.Command(app, backup.Settings{Version: cfg.Version, To: cfg.BackupTo}),
		backup.RestoreCommand(app, opener(app, cfg), syncapi.NewEpoch),
		machine.Command(),
		doctor.Command(app, r, func() (string, error) { return keyFile(app, cfg) }),
	}
	for _, v := range verbs {
		v.SilenceUsage = true
	}
	return verbs
}

func epoch(app core.App) *cobra.Command {
	return &cobra.Command{
		Use:   "epoch",
		Short: "Starts a new epoch: run this once after putting back a backup",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if err := syncapi.NewEpoch(app); err != nil {
				return err
			}
			fmt.Println("A new epoch began at", time.Now().Format(time.RFC3339)+". Devices fetch everything anew and bring back what is missing here.")
			return nil
		},
	}
}

func reindex(app core.App, r *sync.Registry) *cobra.Command {
	return &cobra.Command{
		Use:   "reindex",
		Short: "Makes the index of sync anew from the rows, where kith doctor found it untrue; devices fetch everything once more",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if err := syncapi.Rebuild(app, r); err != nil {
				return err
			}
			fmt.Println("The index is made anew. Devices fetch everything once more.")
			return nil
		},
	}
}

func config(cfg Config) *cobra.Command {
	return &cobra.Command{
		Use: "config", Short: "Says what was read from the environment", Args: cobra.NoArgs,
		Run: func(*cobra.Command, []string) { fmt.Println(cfg) },
	}
}
