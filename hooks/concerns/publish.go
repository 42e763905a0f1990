package concerns

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"kith/internal/concern"
)

// Reload is the job that looks whether the key file was changed by a verb.
const Reload = "kithConcernKeys"

// Keep puts the keys on the ring before the first request, tells phones of them,
// and looks each minute whether they were rotated. file says where they lie. It
// says on the console where there are none: concerns are off then, and nothing
// falls back to plain text.
func Keep(app core.App, ring *concern.Ring, file func() (string, error), console io.Writer) {
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		k := &keeper{ring: ring, file: file}
		say(console, k.load(e.App))
		e.App.Cron().MustAdd(Reload, "* * * * *", func() {
			if err := k.load(e.App); err != nil {
				e.App.Logger().Error("the keys of concerns could not be read", "error", err)
			}
		})
		e.App.OnRecordAfterCreateSuccess("communities").BindFunc(func(r *core.RecordEvent) error {
			if err := publish(r.App, ring.Keys()); err != nil {
				return err
			}
			return r.Next()
		})
		return e.Next()
	})
}

// keeper remembers as of when the file was read, and what was wrong with it.
type keeper struct {
	ring *concern.Ring
	file func() (string, error)
	seen os.FileInfo // nil: what is there could not be read
	said string
}

// load reads the file if it isn't the one that was read. Keys that can't be read
// are no keys. What is wrong is said once, and again when it is something else.
func (k *keeper) load(app core.App) error {
	name, err := k.file()
	if err != nil {
		return err
	}
	if info, err := os.Stat(name); err == nil && k.same(info) {
		return nil
	}
	err = errors.Join(k.read(app, name), publish(app, k.ring.Keys()))
	says := ""
	if err != nil {
		says = err.Error()
	}
	if says == k.said {
		return nil
	}
	k.said = says
	return err
}

func (k *keeper) same(info os.FileInfo) bool {
	return k.seen != nil && os.SameFile(info, k.seen) && info.ModTime().Equal(k.seen.ModTime()) && info.Mode() == k.seen.Mode()
}

func (k *keeper) read(app core.App, name string) error {
	k.seen = nil
	info, errStat := os.Stat(name) // NB! before it is read: one that is replaced meanwhile is read again
	keys, err := concern.ReadFile(name)
	k.ring.Put(keys)
	switch {
	case concern.Missing(err):
		return missing(app, name)
	case err == nil && errStat == nil:
		k.seen = info
	}
	return err
}

func say(console io.Writer, err error) {
	if err != nil && console != nil {
		fmt.Fprintf(console, "\n  Concerns are off: %v.\n  Nobody can pass on a worry until then. Nothing else is touched by that.\n\n", err)
	}
}

// publish tells phones what to seal to, or that there is nothing.
func publish(app core.App, keys *concern.Keys) error {
	communities, err := app.FindAllRecords("communities")
	if err != nil {
		return err
	}
	for _, c := range communities {
		told := c.GetString("keys")
		if keys == nil && told == "" || keys != nil && keys.Says(c.Id, told) {
			continue
		}
		bundle := ""
		if keys != nil {
			if bundle, err = keys.Bundle(c.Id, time.Now()); err != nil {
				return err
			}
		}
		c.Set("keys", bundle)
		if err := app.Save(c); err != nil {
			return err
		}
	}
	return nil
}
