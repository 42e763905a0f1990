package concerns

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/spf13/cobra"

	"kith/internal/audit"
	"kith/internal/concern"
)

// verbs of whoever has the machine: all of them are noted in the record.
type verbs struct {
	app  core.App
	file func() (string, error)
}

// KeyCommands are `kith keys new concerns`, rotate, retire, rescue and check. file
// says where the keys lie.
func KeyCommands(app core.App, file func() (string, error)) (first *cobra.Command, others []*cobra.Command) {
	v := &verbs{app, file}
	return v.create(), []*cobra.Command{v.rotate(), v.retire(), v.rescue(), v.check()}
}

func (v *verbs) create() *cobra.Command {
	var recovery string
	var lost bool
	c := &cobra.Command{
		Use: "concerns", Short: "Makes the keys that concerns are sealed to, and a recovery key to carry away", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			name, err := v.file()
			if err != nil {
				return err
			}
			if recovery == "" {
				return errors.New("say where the recovery key goes: --recovery FILE, on something that you take away from this machine")
			}
			if _, err := os.Lstat(name); err == nil {
				return fmt.Errorf("there are keys already, in %s: kith keys check says whether they are right", name)
			}
			counts, n, err := countSealed(v.app, "")
			if err != nil {
				return err
			}
			if n > 0 && !lost {
				return fmt.Errorf("%s already, and would open by none of the new keys: put the old file back in %s. If it is lost for good, add --lost, and run kith keys rescue then", sealedSoFar(counts), name)
			}
			if err := NewKeys(v.app, name, recovery, time.Now()); err != nil {
				return err
			}
			return tell(c, "The keys of concerns lie in %s. Keep a copy apart from the backups of the database.\n"+
				"The recovery key lies in %s. Take it off this machine now, to where two people can find it: with it alone every concern can be opened.\n", name, recovery)
		},
	}
	c.Flags().StringVar(&recovery, "recovery", "", "the file to which the recovery key is written, once")
	c.Flags().BoolVar(&lost, "lost", false, "older keys, to which something is sealed, are lost for good")
	return c
}

// NewKeys makes the keys of a community in name, and the recovery key beside.
func NewKeys(app core.App, name, recovery string, now time.Time) error {
	keys, offline, err := concern.NewKeys(now)
	if err != nil {
		return err
	}
	if Within(app.DataDir(), recovery) {
		return errors.New("the recovery key would lie in the data folder, and so in every backup: name a file outside, on something that you take away")
	}
	// NB! The recovery key first: a running server takes the others up at once, and what
	// is sealed to them must have somebody who can open it when they are lost.
	if err := offline.WriteFile(recovery); err != nil {
		return fmt.Errorf("the recovery key can't be written: %w", err)
	}
	if err := keys.WriteFile(name, true); err != nil {
		return errors.Join(fmt.Errorf("there are keys already, or they can't be written there: %w", err), os.Remove(recovery))
	}
	return noteKey(app, "keys.new", keys.Intake()[0].Name, now)
}

// Within says whether a file would lie in a folder, by whatever names both are called.
// In a folder that isn't there yet nothing lies.
func Within(folder, file string) bool {
	folder, errFolder := resolved(folder)
	parent, errParent := resolved(filepath.Dir(file))
	return errFolder == nil && errParent == nil && (parent == folder || strings.HasPrefix(parent, folder+string(filepath.Separator)))
}

func resolved(name string) (string, error) {
	name, err := filepath.Abs(name)
	if err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(name)
}

func noteKey(app core.App, action, key string, now time.Time) error {
	return audit.Append(app.DB(), audit.Entry{At: now, Actor: audit.Console, Action: action, Subject: key})
}

func tell(c *cobra.Command, format string, args ...any) error {
	_, err := fmt.Fprintf(c.OutOrStdout(), format, args...)
	return err
}

// read reads the keys for a verb that needs them.
func (v *verbs) read() (name string, keys *concern.Keys, err error) {
	if name, err = v.file(); err != nil {
		return "", nil, err
	}
	keys, err = concern.ReadFile(name)
	if concern.Missing(err) {
		err = missing(v.app, name)
	}
	return name, keys, err
}

// missing says that there is no key file: where something is sealed already, there was
// one, and another is no help.
func missing(app core.App, name string) error {
	counts, n, err := countSealed(app, "")
	switch {
	case err != nil:
		return err
	case n == 0:
		return fmt.Errorf("there are no keys of concerns in %s: kith keys new concerns makes them", name)
	}
	return fmt.Errorf("the keys of concerns are missing: %s, to keys that belong in %s. Put that file there, and make no new one. If it is lost for good, docs/operations.md says what is left to do", sealedSoFar(counts), name)
}

func (v *verbs) rotate() *cobra.Command {
	return &cobra.Command{
		Use: "rotate", Short: "Makes a new intake key for what comes from now on; older ones still open. Once a quarter", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			name, keys, err := v.read()
			if err != nil {
				return err
			}
			now := time.Now()
			if err := keys.Rotate(now); err != nil {
				return err
			}
			if err := keys.WriteFile(name, false); err != nil {
				return err
			}
			list := keys.Intake()
			made := list[len(list)-1].Name
			if err := noteKey(v.app, "keys.rotate", made, now); err != nil {
				return err
			}
			return tell(c, "Phones seal to %s from their next sync on; a running server takes it up within a minute. Copy %s again, apart from the backups.\n", made, name)
		},
	}
}
