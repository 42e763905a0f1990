// Kith is an offline-first backend with sync, and the phone app it serves, for
// community-led social prescribing. See README.md.
package main

import (
	"embed"
	"errors"
	"io/fs"
	"log"
	"net/http"
	"os"
	"path/filepath"
	"slices"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/cmd"
	"github.com/spf13/cobra"

	"kith/hooks"
	"kith/internal/store"
	_ "kith/migrations"
)

//go:embed all:pb_public
var built embed.FS

// version is set by the Makefile.
var version = "dev"

func main() {
	public, err := fs.Sub(built, "pb_public")
	if err != nil {
		log.Fatal(err)
	}
	log.SetFlags(0)
	self, err := os.Executable() // not os.Args[0]: found through PATH, that names no folder
	if err != nil {
		log.Fatal(err)
	}
	beside := filepath.Dir(self)
	cfg, err := hooks.ParseConfig(os.Getenv, public, beside)
	if err != nil {
		log.Fatal(err)
	}
	app := pocketbase.NewWithConfig(pocketbase.Config{
		HideStartBanner:  true,
		DefaultDataDir:   filepath.Join(beside, "kith_data"),
		DataMaxOpenConns: 16, DataMaxIdleConns: 8, // 32 MB of page cache each
		AuxMaxOpenConns: 4, AuxMaxIdleConns: 2,
		DBConnect: store.Open,
	})
	app.RootCmd.Use, app.RootCmd.Version = "kith", version
	app.RootCmd.Short = "Kith: a neighbourhood on its phones, also with no signal"
	cfg.Console, cfg.LogTo, cfg.Version, cfg.Connect = os.Stdout, os.Stderr, version, store.Open
	registry := hooks.Register(app, cfg)

	// NB! PocketBase drops the error of a command and exits with 0.
	var failed error
	app.RootCmd.SetErr(os.Stderr)
	app.RootCmd.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { failed = err; return err })
	bare := hooks.Bare(app, registry, cfg)
	for _, c := range slices.Concat(bare, hooks.Verbs(app, registry, cfg), []*cobra.Command{cmd.NewSuperuserCommand(app), cmd.NewServeCommand(app, false)}) {
		remember(c, &failed)
		app.RootCmd.AddCommand(c)
	}
	run := app.Execute
	if asked, _, err := app.RootCmd.Find(os.Args[1:]); err != nil {
		log.Fatal(err)
	} else if slices.ContainsFunc(bare, func(c *cobra.Command) bool { return asked == c || asked.Parent() == c }) {
		// PocketBase's would open, and so change, the folder first. What fails is said and remembered.
		run = func() error { _ = app.RootCmd.Execute(); return nil }
	}
	if err := run(); err != nil {
		log.Fatal(err)
	}
	if failed != nil {
		os.Exit(1)
	}
}

// remember keeps the error of c, or of a command under it.
func remember(c *cobra.Command, failed *error) {
	for _, sub := range c.Commands() {
		remember(sub, failed)
	}
	if check := c.Args; check != nil {
		c.Args = func(c *cobra.Command, args []string) error {
			err := check(c, args)
			if err != nil {
				*failed = err
			}
			return err
		}
	}
	if run := c.RunE; run != nil {
		c.RunE = func(c *cobra.Command, args []string) error {
			err := run(c, args)
			if err != nil && !errors.Is(err, http.ErrServerClosed) {
				*failed = err
			}
			return err
		}
	}
}
