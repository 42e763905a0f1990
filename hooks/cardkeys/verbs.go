package cardkeys

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/spf13/cobra"

	"kith/internal/audit"
	"kith/internal/card"
)

// Verbs are `kith keys new cards`, rotate cards, retire cards and check cards, each to
// be hung under the verb that it goes with.
type Verbs struct{ New, Rotate, Retire, Check *cobra.Command }

// Commands are the verbs of whoever has the machine. file says where the keys lie.
func Commands(app core.App, file func() (string, error)) Verbs {
	v := &verbs{app, file}
	return Verbs{v.create(), v.rotate(), v.retire(), v.check()}
}

type verbs struct {
	app  core.App
	file func() (string, error)
}

func note(app core.App, action, key string, now time.Time) error {
	return audit.Append(app.DB(), audit.Entry{At: now, Actor: audit.Console, Action: action, Subject: key})
}

func tell(c *cobra.Command, format string, args ...any) error {
	_, err := fmt.Fprintf(c.OutOrStdout(), format, args...)
	return err
}

// read reads the keys for a verb that needs them.
func (v *verbs) read() (name string, keys *card.Keys, told card.Set, err error) {
	if name, err = v.file(); err != nil {
		return "", nil, card.Set{}, err
	}
	if told, err = published(v.app); err != nil {
		return "", nil, card.Set{}, err
	}
	keys, err = card.ReadFile(name)
	switch {
	case card.Missing(err) && len(told.Keys) == 0:
		err = fmt.Errorf("there are no keys of cards in %s yet: the server makes them when it starts", name)
	case card.Missing(err):
		err = missing(v.app, name)
	case err == nil && !keys.Matches(told):
		err = fmt.Errorf("the keys in %s are not the ones that cards are signed by: put the right file back", name)
	}
	return name, keys, told, err
}

func (v *verbs) create() *cobra.Command {
	var lost, stolen bool
	c := &cobra.Command{
		Use: "cards", Short: "Makes new keys for cards in the place of those that are lost", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			name, err := v.file()
			if err != nil {
				return err
			}
			if _, err := os.Lstat(name); err == nil {
				return fmt.Errorf("there are keys already, in %s: kith keys check cards says whether they are right", name)
			}
			told, err := published(v.app)
			if err != nil {
				return err
			}
			if len(told.Keys) > 0 && !lost {
				return v.lostFirst(name)
			}
			return v.makeNew(c, name, told, stolen)
		},
	}
	c.Flags().BoolVar(&lost, "lost", false, "the old keys are lost for good")
	c.Flags().BoolVar(&stolen, "stolen", false, "somebody else may have them: what they signed counts no more")
	return c
}

// lostFirst says what would break, and does nothing.
func (v *verbs) lostFirst(name string) error {
	o, err := countOut(v.app, nil)
	if err != nil {
		return err
	}
	return fmt.Errorf("nothing was done: %s by keys that belong in %s. Put that file back if there is any copy of it. If it is lost for good, add --lost: what is out stays good until its day, and a till that has heard nothing since then does not know the new cards. If somebody else may have the file, add --stolen as well: nothing that it signed counts any more, and every card on paper has to be printed again", o, name)
}

func (v *verbs) makeNew(c *cobra.Command, name string, told card.Set, stolen bool) error {
	now := time.Now()
	keys, err := card.NewKeys(now, told, stolen)
	if err != nil {
		return err
	}
	if err := keys.WriteFile(name, true); err != nil {
		return fmt.Errorf("the key file %s can't be made (%w): name a better place in KITH_CARD_KEYS", name, err)
	}
	if err := publish(v.app, keys); err != nil {
		return err
	}
	if err := note(v.app, "cardKeys.new", signing(keys), now); err != nil {
		return err
	}
	return tell(c, "New keys of cards lie in %s. Start the server again if it runs. Keep a copy of the file apart from the backups.\n", name)
}

// signing are the numbers of the keys that sign.
func signing(keys *card.Keys) string {
	var kids []string
	for _, s := range keys.States(time.Now()) {
		if s.Signs {
			kids = append(kids, strconv.Itoa(int(s.Kid)))
		}
	}
	return strings.Join(kids, ",")
}

func (v *verbs) rotate() *cobra.Command {
	return &cobra.Command{
		Use: "cards", Short: "Makes the next keys of cards, which are told to everybody now and sign in 30 days. Once a year", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			name, keys, _, err := v.read()
			if err != nil {
				return err
			}
			now := time.Now()
			from, err := keys.Rotate(now)
			if err != nil {
				return fmt.Errorf("nothing was done: %w", err)
			}
			if err := keys.WriteFile(name, false); err != nil {
				return err
			}
			if err := note(v.app, "cardKeys.rotate", from.Format(time.DateOnly), now); err != nil {
				return err
			}
			return tell(c, "The next keys sign from %s on. Tills learn of them until then; a running server takes them up within a minute. Copy %s again, apart from the backups.\n", from.Format(time.DateOnly), name)
		},
	}
}

func (v *verbs) retire() *cobra.Command {
	var stolen, yes bool
	c := &cobra.Command{
		Use: "cards NUMBER", Short: "Destroys the private half of a key that signs no more; with --stolen: nothing that it signed counts any more", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			kid, err := strconv.ParseUint(args[0], 10, 8)
			if err != nil {
				return errors.New("say which key by its number: kith keys check cards lists them")
			}
			name, keys, _, err := v.read()
			if err != nil {
				return err
			}
			if stolen {
				return v.revoke(c, name, keys, byte(kid), yes)
			}
			now := time.Now()
			if err := keys.Retire(byte(kid), now); err != nil {
				return fmt.Errorf("nothing was done: %w", err)
			}
			if err := keys.WriteFile(name, false); err != nil {
				return err
			}
			if err := note(v.app, "cardKeys.retire", args[0], now); err != nil {
				return err
			}
			return tell(c, "It signs nothing more, and what it signed stays good until its day. Destroy it in every copy of %s, too.\n", name)
		},
	}
	c.Flags().BoolVar(&stolen, "stolen", false, "somebody else may have it: nothing that it signed counts any more, and a new key signs in its place at once")
	c.Flags().BoolVar(&yes, "yes", false, "do it")
	return c
}

func (v *verbs) revoke(c *cobra.Command, name string, keys *card.Keys, kid byte, yes bool) error {
	o, err := countOut(v.app, &kid)
	if err != nil {
		return err
	}
	now := time.Now()
	if err := keys.Revoke(kid, now); err != nil {
		return fmt.Errorf("nothing was done: %w", err)
	}
	if !yes {
		return fmt.Errorf("nothing was done: %s by it, and none of them would count any more: phones fetch new ones by themselves, and cards on paper have to be printed again. Add --yes to do it", o)
	}
	if err := keys.WriteFile(name, false); err != nil {
		return err
	}
	if err := note(v.app, "cardKeys.revoke", strconv.Itoa(int(kid)), now); err != nil {
		return err
	}
	return tell(c, "Nothing that it signed counts any more: %s by it. A running server takes that up within a minute, and tills when they next hear of it. Copy %s again, apart from the backups.\n", o, name)
}

func (v *verbs) check() *cobra.Command {
	return &cobra.Command{
		Use: "cards", Short: "Says which keys of cards there are, and whether everything that is out is signed by them", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			_, keys, told, err := v.read()
			if err != nil {
				return err
			}
			set := keys.Set(told.Issuer)
			o, bad, err := unreadable(v.app, set)
			if err != nil {
				return err
			}
			if err := tell(c, "%s.\n", o); err != nil {
				return err
			}
			for _, s := range keys.States(time.Now()) {
				if err := tell(c, "%s\n", lineOf(s)); err != nil {
					return err
				}
			}
			if len(bad) > 0 {
				return fmt.Errorf("%d of them are by no key here: %s", len(bad), strings.Join(bad, ", "))
			}
			return nil
		},
	}
}

func lineOf(s card.KeyState) string {
	date := func(at int64) string { return time.Unix(at, 0).UTC().Format(time.DateOnly) }
	line := fmt.Sprintf("key %d for %s, from %s", s.Kid, strings.Join(s.Typs, ", "), date(s.From))
	if s.Until != 0 {
		line += " until " + date(s.Until)
	}
	switch {
	case s.Signs:
		line += ", which signs now"
	case !s.Private:
		line += ", of which the private half is gone"
	}
	return line
}
