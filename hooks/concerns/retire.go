package concerns

import (
	"errors"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/spf13/cobra"

	"kith/internal/limits"
)

func (v *verbs) retire() *cobra.Command {
	var yes, lettersLost bool
	c := &cobra.Command{
		Use: "retire NAME", Short: "Destroys an older intake key: what was sealed to it opens by the recovery key alone, in every backup too", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			name, keys, err := v.read()
			if err != nil {
				return err
			}
			now, next := time.Now(), keys.After(args[0])
			if err := keys.Retire(args[0], now); err != nil {
				return err
			}
			if err := v.sealedTo(c, args[0], next); err != nil {
				return err
			}
			if until, on := onTheirWay(next, now); on && !lettersLost {
				return fmt.Errorf("nothing was done: phones sealed to it until %s, and what they have not brought yet is taken in until %s. Do it then. With --letters-lost it is done now, and such a letter stays on its phone for ever", next, until)
			}
			if !yes {
				return errors.New("nothing was done: add --yes if nobody needs to read them any more. Other copies of the key file have to be destroyed by hand")
			}
			if err := keys.WriteFile(name, false); err != nil {
				return err
			}
			if err := noteKey(v.app, "keys.retire", args[0], now); err != nil {
				return err
			}
			return tell(c, "It is gone from %s. Destroy it in every copy of that file, too.\n", name)
		},
	}
	c.Flags().BoolVar(&yes, "yes", false, "do it")
	c.Flags().BoolVar(&lettersLost, "letters-lost", false, "do it also while letters that are sealed to it may be on their way: they can't be taken in any more")
	return c
}

// sealedTo says what opens by an intake key, and what may still come for it.
func (v *verbs) sealedTo(c *cobra.Command, key, next string) error {
	counts, all, err := countSealed(v.app, key)
	if err != nil {
		return err
	}
	var open int
	if err := v.app.DB().NewQuery("SELECT count(*) FROM concerns WHERE keyName = {:name} AND sealed <> '' AND state <> 'closed'").
		Bind(dbx.Params{"name": key}).Row(&open); err != nil {
		return err
	}
	return tell(c, "%d concerns are sealed to it, %d of them not closed, and %d notes and reasons. A phone that has had no signal since %s may still bring a letter that is.\n",
		counts["concerns"], open, all-counts["concerns"], next)
}

// onTheirWay says until when letters may come that were sealed to a key before the
// next one was made, on the day next, and whether that is still ahead.
func onTheirWay(next string, now time.Time) (until string, on bool) {
	day, err := time.Parse(time.DateOnly, next)
	if err != nil {
		return "", false // it never sealed, or nothing comes after it
	}
	last := day.AddDate(0, 0, 1).Add(limits.LetterLife) // it may have been the last second of that day
	return last.Format(time.DateOnly), now.Before(last)
}
