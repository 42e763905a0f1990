package machine

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/spf13/cobra"
)

// Command is `kith health`: it asks the server of this machine how it feels, for
// supervisors that have no other way to ask.
func Command() *cobra.Command {
	var at string
	c := &cobra.Command{
		Use: "health", Short: "Asks the server of this machine how it feels; fails if it is sick, or does not answer", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			client := http.Client{Timeout: 10 * time.Second}
			res, err := client.Get("http://" + at + "/api/health/machine")
			if err != nil {
				return err
			}
			defer res.Body.Close()
			raw, err := io.ReadAll(io.LimitReader(res.Body, 64<<10))
			if err != nil {
				return err
			}
			if _, err := fmt.Fprintf(c.OutOrStdout(), "%s\n", raw); err != nil {
				return err
			}
			if res.StatusCode != http.StatusOK {
				return errors.New("the server is not well")
			}
			return nil
		},
	}
	c.Flags().StringVar(&at, "http", "127.0.0.1:8090", "where it listens")
	return c
}
