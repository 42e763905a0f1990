package hooks

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/spf13/cobra"

	"kith/hooks/cardkeys"
	"kith/hooks/concerns"
	"kith/internal/seal"
)

// promised is where the database remembers which key phones were told of.
const promised = "kithSealTo"

// keyFile is where the transport key lies: never in the data folder, of which
// backups are made.
func keyFile(app core.App, cfg Config) (string, error) {
	return outside(app, "KITH_KEYS", cfg.Keys, ".keys")
}

// concernKeyFile is where the keys of concerns lie, as far from the backups.
func concernKeyFile(app core.App, cfg Config) func() (string, error) {
	return func() (string, error) {
		return outside(app, "KITH_CONCERN_KEYS", cfg.ConcernKeys, ".concern-keys")
	}
}

// cardKeyFile is where the keys of cards lie.
func cardKeyFile(app core.App, cfg Config) func() (string, error) {
	return func() (string, error) { return outside(app, "KITH_CARD_KEYS", cfg.CardKeys, ".card-keys") }
}

// outside is a file outside of the data folder: as it was named, or beside it.
func outside(app core.App, variable, name, ending string) (string, error) {
	if name == "" {
		name = strings.TrimRight(app.DataDir(), string(filepath.Separator)) + ending
	}
	name, err := filepath.Abs(name)
	if err != nil {
		return "", err
	}
	data, err := filepath.Abs(app.DataDir())
	if err != nil {
		return "", err
	}
	if strings.HasPrefix(name, data+string(filepath.Separator)) || concerns.Within(data, name) {
		return "", errors.New(variable + " names a file inside of the data folder, and so of every backup: name one outside")
	}
	return name, nil
}

// keepKeys puts the transport key on the ring before the first request.
func keepKeys(app core.App, ring *seal.Ring, cfg Config) {
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		name, err := keyFile(e.App, cfg)
		if err != nil {
			return err
		}
		key, err := transportKey(e.App, name)
		if err != nil {
			// NB! Not a reason to stop: nothing is lost while phones keep what they have sealed.
			e.App.Logger().Error("the transport key could not be read", "error", err)
			say(cfg.Console, err)
		}
		ring.Put(key)
		return e.Next()
	})
}

func say(console io.Writer, err error) {
	if console != nil {
		fmt.Fprintf(console, "\n  Careful: %v.\n  Until then nothing that was sealed on a shared device can be taken in.\n\n", err)
	}
}

// transportKey reads the key, and makes it if none was ever promised.
func transportKey(app core.App, name string) (*seal.Key, error) {
	was, err := promisedKey(app)
	if err != nil {
		return nil, err
	}
	key, err := seal.Read(name)
	switch {
	case seal.Missing(err) && was == "":
		if key, err = seal.Make(name); err != nil {
			return nil, fmt.Errorf("the key file %s can't be made (%w): name a better place in KITH_KEYS", name, err)
		}
	case seal.Missing(err):
		return nil, fmt.Errorf("the key file %s is missing, and phones have sealed to it: put it back, or run \"kith keys new\" if it is lost for good", name)
	case err != nil:
		return nil, err
	}
	if ring := address(key); ring != was {
		return key, promise(app, ring)
	}
	return key, nil
}

func address(key *seal.Key) string {
	var ring seal.Ring
	ring.Put(key)
	return ring.Address()
}

func promisedKey(app core.App) (string, error) {
	var found []string
	err := app.DB().NewQuery("SELECT json_extract(value, '$') FROM _params WHERE id = {:id}").Bind(dbx.Params{"id": promised}).Column(&found)
	if err != nil || len(found) == 0 {
		return "", err
	}
	return found[0], nil
}

func promise(app core.App, address string) error {
	_, err := app.DB().NewQuery(`INSERT INTO _params (id, value) VALUES ({:id}, json_quote({:value}))
		ON CONFLICT (id) DO UPDATE SET value = excluded.value`).Bind(dbx.Params{"id": promised, "value": address}).Execute()
	return err
}

// keysCommand is for an operator who has lost the key file.
func keysCommand(app core.App, cfg Config) *cobra.Command {
	keys := &cobra.Command{Use: "keys", Short: "The transport key, to which shared devices seal what they could not send; the keys of concerns; and those of cards"}
	concernKeys, others := concerns.KeyCommands(app, concernKeyFile(app, cfg))
	transport := &cobra.Command{
		Use:   "new",
		Short: "Makes a new transport key in the place of one that is lost: what was sealed to that can't be opened any more. kith keys new concerns makes those of concerns, kith keys new cards those of cards",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			name, err := keyFile(app, cfg)
			if err != nil {
				return err
			}
			key, err := seal.Make(name)
			if err != nil {
				return fmt.Errorf("the old key file must be gone first: %w", err)
			}
			if err := promise(app, address(key)); err != nil {
				return err
			}
			fmt.Println("A new transport key lies in", name+". Start the server again. Keep a copy of the file apart from the backups.")
			return nil
		},
	}
	ofCards := cardkeys.Commands(app, cardKeyFile(app, cfg))
	transport.AddCommand(concernKeys, ofCards.New)
	under := map[string]*cobra.Command{"rotate": ofCards.Rotate, "retire": ofCards.Retire, "check": ofCards.Check}
	for _, c := range others {
		if v := under[c.Name()]; v != nil {
			c.AddCommand(v)
		}
	}
	keys.AddCommand(append(others, transport)...)
	return keys
}
