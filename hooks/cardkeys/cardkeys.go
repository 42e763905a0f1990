// Package cardkeys keeps the keys that cards, vouchers, tills and lists are signed by: in
// a file outside of the data folder, made at the first start, their public halves told to
// everybody.
package cardkeys

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"kith/internal/card"
)

// Reload is the job that looks whether the key file was changed by a verb.
const Reload = "kithCardKeys"

// Keep puts the keys on the ring before the first request, tells everybody of their
// public halves, and looks each minute whether they were changed. file says where they
// lie. Where they are missing, what is out there is still checked, and nothing is signed.
func Keep(app core.App, ring *card.Ring, file func() (string, error), console io.Writer) {
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		k := &keeper{ring: ring, file: file}
		say(console, k.load(e.App))
		e.App.Cron().MustAdd(Reload, "* * * * *", func() {
			if err := k.load(e.App); err != nil {
				e.App.Logger().Error("the keys of cards could not be read", "error", err)
			}
		})
		e.App.OnRecordAfterCreateSuccess("communities").BindFunc(func(r *core.RecordEvent) error {
			k.seen = nil // they have an issuer from here on
			say(console, k.load(r.App))
			return r.Next()
		})
		return e.Next()
	})
}

func say(console io.Writer, err error) {
	if err != nil && console != nil {
		fmt.Fprintf(console, "\n  Careful: %v.\n  Until then no card and no voucher is made. Those that are out are checked as before.\n\n", err)
	}
}

// keeper remembers as of when the file was read, and what was wrong with it.
type keeper struct {
	ring *card.Ring
	file func() (string, error)
	seen os.FileInfo // nil: what is there could not be read
	said string
}

// load reads the file if it isn't the one that was read. What is wrong is said once, and
// again when it is something else.
func (k *keeper) load(app core.App) error {
	name, err := k.file()
	if err != nil {
		return err
	}
	if info, err := os.Stat(name); err == nil && k.same(info) {
		return nil
	}
	says := ""
	if err = k.read(app, name); err != nil {
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
	told, err := published(app)
	if err != nil {
		return err
	}
	keys, err := readOrMake(app, name, told)
	if err != nil {
		k.ring.PutPublic(told)
		return err
	}
	info, err := os.Stat(name)
	if err != nil {
		return err
	}
	// NB! First told, then signed by: nobody is to see a card whose key is known nowhere.
	if err := publish(app, keys); err != nil {
		return err
	}
	k.ring.Put(told.Issuer, keys)
	k.seen = info
	return nil
}

// readOrMake reads the keys, and makes them if none were ever told of.
func readOrMake(app core.App, name string, told card.Set) (*card.Keys, error) {
	keys, err := card.ReadFile(name)
	switch {
	case card.Missing(err) && len(told.Keys) == 0:
		if keys, err = card.NewKeys(time.Now(), card.Set{}, false); err != nil {
			return nil, err
		}
		if err := keys.WriteFile(name, true); err != nil {
			return nil, fmt.Errorf("the key file %s can't be made (%w): name a better place in KITH_CARD_KEYS", name, err)
		}
		return keys, nil
	case card.Missing(err):
		return nil, missing(app, name)
	case err != nil:
		return nil, err
	case !keys.Matches(told):
		return nil, fmt.Errorf("the keys in %s are not the ones that cards are signed by: put the right file back", name)
	}
	return keys, nil
}

// missing says that the file isn't there, and that another is no help.
func missing(app core.App, name string) error {
	c, err := countOut(app, nil)
	if err != nil {
		return err
	}
	return fmt.Errorf("the keys of cards are missing: %s by keys that belong in %s. Put that file there, and make no new one. If it is lost for good, docs/operations.md says what is left to do", c, name)
}

// published is what everybody was told of; no community yet has told nobody.
func published(app core.App) (card.Set, error) {
	c, err := community(app)
	if c == nil || err != nil {
		return card.Set{}, err
	}
	set, err := card.ReadSet(c.Id, c.GetString("cardKeys"))
	if err != nil {
		return card.Set{}, fmt.Errorf("what everybody was told of the keys of cards can't be read: %w", err)
	}
	return set, nil
}

func community(app core.App) (*core.Record, error) {
	list, err := app.FindAllRecords("communities")
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return list[0], nil
}

// publish tells everybody of the public halves, where they know others.
func publish(app core.App, keys *card.Keys) error {
	c, err := community(app)
	if c == nil || err != nil {
		return err
	}
	told, err := card.ReadSet(c.Id, c.GetString("cardKeys"))
	text := keys.Set(c.Id).Text()
	if err == nil && told.Text() == text {
		return nil
	}
	c.Set("cardKeys", text)
	return app.Save(c)
}

// Ready reads the keys for a verb, makes them where none were told of, and tells of
// them, as a server does when it starts.
func Ready(app core.App, ring *card.Ring, file func() (string, error)) error {
	k := &keeper{ring: ring, file: file}
	return k.load(app)
}
