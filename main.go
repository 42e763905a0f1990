// Kith is an offline-first backend with sync, and the phone app it serves, for
// community-led social prescribing. See README.md.
package main

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

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
	cfg.Tick = time.Second
	registry := hooks.Register(app, cfg)

	// NB! PocketBase drops the error of a command and exits with 0.
	var failed error
	app.RootCmd.SetErr(os.Stderr)
	app.RootCmd.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { failed = err; return err })
	bare := hooks.Bare(app, registry, cfg)
	app.RootCmd.AddCommand(slices.Concat(bare, hooks.Verbs(app, registry, cfg), []*cobra.Command{cmd.NewSuperuserCommand(app), cmd.NewServeCommand(app, false)})...)
	asked, _, err := app.RootCmd.Find(os.Args[1:])
	if err != nil {
		log.Fatal(err)
	}
	run := app.Execute
	if !asked.Runnable() || slices.ContainsFunc(bare, func(c *cobra.Command) bool { return asked == c || asked.Parent() == c }) {
		// PocketBase's would open, and so change, the folder first. What fails is said and remembered.
		run = func() error { _ = app.RootCmd.Execute(); return nil }
	}
	hooks.OnlyWhereItStands(app, asked.Name())
	hooks.OneServer(app, asked.Name())
	for _, c := range app.RootCmd.Commands() {
		remember(c, &failed)
	}
	if err := run(); err != nil {
		log.Fatal(err)
	}
	if failed != nil {
		os.Exit(1)
	}
}

// remember keeps the error of c, or of a command under it. Only a command that was
// called in a wrong way shows how it is called, below its error.
func remember(c *cobra.Command, failed *error) {
	for _, sub := range c.Commands() {
		remember(sub, failed)
	}
	if !c.Runnable() {
		c.Args, c.RunE = which, func(*cobra.Command, []string) error { return nil }
	}
	check := c.Args
	c.Args = func(c *cobra.Command, args []string) error {
		if check != nil {
			if err := check(c, args); err != nil {
				*failed = err
				return err
			}
		}
		c.SilenceUsage = true
		return nil
	}
	for _, step := range []*func(*cobra.Command, []string) error{&c.PersistentPreRunE, &c.RunE, &c.PersistentPostRunE} {
		do := *step
		if do == nil {
			continue
		}
		*step = func(c *cobra.Command, args []string) error {
			err := do(c, args)
			if err != nil && !errors.Is(err, http.ErrServerClosed) {
				*failed = err
			}
			return err
		}
	}
}

// which is what a command says that does nothing without one of those under it. NB! Of
// its arguments, so that nothing is opened for it.
func which(c *cobra.Command, args []string) error {
	var known []string
	for _, sub := range c.Commands() {
		known = append(known, c.CommandPath()+" "+sub.Use)
	}
	says := "say what to do: " + strings.Join(known, ", ")
	if len(args) > 0 {
		says = fmt.Sprintf("there is no %s %s: %s", c.CommandPath(), args[0], says)
	}
	return errors.New(says)
}
