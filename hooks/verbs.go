package hooks

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"
	"github.com/spf13/cobra"

	"kith/hooks/audit"
	"kith/hooks/backup"
	"kith/hooks/buddies"
	"kith/hooks/cardkeys"
	"kith/hooks/cards"
	"kith/hooks/circles"
	"kith/hooks/community"
	"kith/hooks/concerns"
	"kith/hooks/doctor"
	"kith/hooks/imports"
	"kith/hooks/machine"
	"kith/hooks/push"
	"kith/hooks/rights"
	"kith/hooks/syncapi"
	"kith/hooks/triage"
	"kith/hooks/waysin"
	"kith/internal/card"
	"kith/internal/concern"
	"kith/internal/limits"
	"kith/internal/sync"
	"kith/seed"
)

// Verbs are the console's commands beside serve and superuser. Each works on
// the database that --dir names, migrated and with its triggers in place, which must
// be there already but for those that begin a community.
func Verbs(app core.App, r *sync.Registry, cfg Config) []*cobra.Command {
	verbs := []*cobra.Command{
		community.Command(app), imports.Command(app), demo(app, cfg), waysin.InviteCommand(app), rights.Command(app, r), audit.Command(app), epoch(app), reindex(app, r), keysCommand(app, cfg), concerns.AboutCommand(app, concernKeyFile(app, cfg)),
	}
	for _, v := range verbs {
		v.PersistentPreRunE = func(*cobra.Command, []string) error {
			if err := app.RunAllMigrations(); err != nil {
				return err
			}
			return syncapi.Prepare(app, r)
		}
		v.PersistentPostRunE = func(*cobra.Command, []string) error { return syncapi.Note(app, r) }
	}
	return verbs
}

// begins are the verbs that make a data folder where there is none.
var begins = []string{"serve", "seed", "community"}

// OnlyWhereItStands refuses to open the data folder for a verb of that name if there
// is no community in it, before anything is made there: a folder that was mistyped must
// not become an empty community. Those that begin one are let through.
func OnlyWhereItStands(app core.App, verb string) {
	if slices.Contains(begins, verb) {
		return
	}
	app.OnBootstrap().Bind(&hook.Handler[*core.BootstrapEvent]{
		Priority: -1, // before the folder is held, which makes it
		Func: func(e *core.BootstrapEvent) error {
			if _, err := os.Stat(filepath.Join(e.App.DataDir(), "data.db")); errors.Is(err, fs.ErrNotExist) {
				return fmt.Errorf("there is no community in %s: is --dir right?", e.App.DataDir())
			}
			return e.Next()
		},
	})
}

// OneServer has a verb of that name, if it is the one that serves, refuse a data folder
// that another server serves.
func OneServer(app core.App, verb string) {
	if verb == "serve" {
		backup.ServeAlone(app, limits.ServerStop)
	}
}

// Bare are the commands that look at the folder as it lies there, or at none. Opening
// it as a community would already mend it, or write to it; so main doesn't.
func Bare(app core.App, r *sync.Registry, cfg Config) []*cobra.Command {
	return []*cobra.Command{
		config(cfg),
		backup.Command(app, backup.Settings{Version: cfg.Version, To: cfg.BackupTo}),
		backup.RestoreCommand(app, opener(app, cfg), syncapi.NewEpoch),
		machine.Command(),
		push.Command(cfg.Firebase),
		doctor.Command(app, r, doctor.Keys{Transport: func() (string, error) { return keyFile(app, cfg) }, Concerns: concernKeyFile(app, cfg), Cards: cardKeyFile(app, cfg)}),
	}
}

// demo is `kith seed`: the demo town, with keys of cards and of concerns so that nothing
// of it is off. The recovery key lies beside them, which is right for a demo alone.
func demo(app core.App, cfg Config) *cobra.Command {
	c := seed.Command(app)
	fill := c.RunE
	c.RunE = func(c *cobra.Command, args []string) error {
		if err := fill(c, args); err != nil {
			return err
		}
		if err := seed.Expected(app, time.Now(), buddies.Count); err != nil {
			return err
		}
		if err := seed.Neighbours(app, time.Now(), circles.Look); err != nil {
			return err
		}
		ring := &card.Ring{}
		if err := cardkeys.Ready(app, ring, cardKeyFile(app, cfg)); err != nil {
			return err
		}
		if err := seed.Scheme(app, ring, time.Now(), cards.Nightly); err != nil {
			return err
		}
		name, err := concernKeyFile(app, cfg)()
		if err != nil {
			return err
		}
		recovery := name + "-recovery"
		switch err := concerns.NewKeys(app, name, recovery, time.Now()); {
		case errors.Is(err, fs.ErrExist):
			return nil // of a demo before this one
		case err != nil:
			return err
		}
		keys, err := concern.ReadFile(name)
		if err != nil {
			return err
		}
		if err := errors.Join(seed.Concerns(app, keys, time.Now()), triage.Count(app, time.Now())); err != nil {
			return err
		}
		_, err = fmt.Fprintf(c.OutOrStdout(), "Concerns are sealed to the keys in %s. The recovery key lies beside them, in %s: in a real town it goes into a safe.\n", name, recovery)
		return err
	}
	return c
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
