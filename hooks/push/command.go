package push

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"kith/internal/push"
)

// What the app calls where a phone is told (app/src/words).
const (
	screen = "How you are told"
	button = "Tell me on this phone"
	trial  = "Send me a trial"
)

// Command is `kith push`.
func Command(s Setting) *cobra.Command {
	c := &cobra.Command{Use: "push", Short: "Push to phones, through Firebase"}
	c.AddCommand(&cobra.Command{
		Use: "check", Short: "Asks Google whether a message would be taken, sends none, and says what is wrong", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			switch {
			case s.Wrong != nil:
				return s.Wrong
			case s.Credentials == nil:
				return errors.New("push isn't set up: KITH_FCM and KITH_FCM_WEB are empty. Everything works without it; docs/operations.md says how to set it up")
			}
			if err := push.Check(c.Context(), s.Credentials); err != nil {
				return err
			}
			_, err := fmt.Fprintf(c.OutOrStdout(), "Push is set up: Google would take a message for the project %s. None was sent. A phone says for sure: in the app, You, %s, %s; then %s.\n",
				s.Credentials.Project, screen, button, trial)
			return err
		},
	})
	return c
}
