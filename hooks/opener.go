package hooks

import (
	"fmt"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"kith/hooks/backup"
	"kith/hooks/rights"
	"kith/hooks/syncapi"
)

// opener makes a whole community of a database that lies in a folder by itself,
// as that of a backup does: migrated, and with its triggers in place.
func opener(of core.App, cfg Config) backup.Opener {
	return func(dir string) (core.App, func(time.Time, []string) ([]string, error), error) {
		app := core.NewBaseApp(core.BaseAppConfig{DataDir: dir, DBConnect: cfg.Connect, EncryptionEnv: of.EncryptionEnv(), DataMaxOpenConns: 4, DataMaxIdleConns: 2, AuxMaxOpenConns: 2, AuxMaxIdleConns: 1})
		cfg.Console = nil
		r := Register(app, cfg)
		if err := app.Bootstrap(); err != nil {
			return nil, nil, err
		}
		err := sameOrOlder(app)
		if err == nil {
			err = app.RunAllMigrations()
		}
		if err == nil {
			err = syncapi.Prepare(app, r)
		}
		if err != nil {
			_ = app.ResetBootstrapState() // what can be said is said already
			return nil, nil, err
		}
		again := func(now time.Time, members []string) ([]string, error) {
			return rights.Again(app, r, now, members, leavers()...)
		}
		return app, again, nil
	}
}

// sameOrOlder refuses a database that has taken steps which this Kith doesn't know.
func sameOrOlder(app core.App) error {
	known := map[string]bool{}
	for _, list := range []core.MigrationsList{core.SystemMigrations, core.AppMigrations} {
		for _, m := range list.Items() {
			known[m.File] = true
		}
	}
	var taken []string
	if err := app.DB().NewQuery("SELECT file FROM _migrations").Column(&taken); err != nil {
		return err
	}
	for _, file := range taken {
		if !known[file] {
			return fmt.Errorf("this database is of a newer Kith (it has taken the step %s): take that version", file)
		}
	}
	return nil
}
