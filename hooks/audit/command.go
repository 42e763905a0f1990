package audit

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/spf13/cobra"

	"kith/internal/audit"
)

// Command is `kith audit`: whether the record holds, what is in it, and its head
// to note on paper.
func Command(app core.App) *cobra.Command {
	parent := &cobra.Command{
		Use: "audit", Short: "Proves, hands out or heads the record of who did what with power over others",
	}
	parent.AddCommand(verify(app), export(app), head(app))
	return parent
}

func verify(app core.App) *cobra.Command {
	var noted []string
	c := &cobra.Command{
		Use: "verify", Short: "Says whether every entry is as it was written; fails at the first that isn't", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			heads := make([]audit.Head, len(noted))
			for i, s := range noted {
				h, err := audit.ParseHead(s)
				if err != nil {
					return err
				}
				heads[i] = h
			}
			last, err := audit.Verify(app.DB(), heads...)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(c.OutOrStdout(), "%d entries hold, and %d heads that were noted. The head is now\n%s\n", last.Number, len(heads), last)
			return err
		},
	}
	c.Flags().StringArrayVar(&noted, "head", nil, "a head that was noted earlier, which must still hold; may be given several times")
	return c
}

func export(app core.App) *cobra.Command {
	return &cobra.Command{
		Use: "export", Short: "Prints every entry as a line of JSON, oldest first, and notes that it did", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := audit.Append(app.DB(), audit.Entry{At: time.Now(), Actor: audit.Console, Action: "audit.export"}); err != nil {
				return err
			}
			out := json.NewEncoder(c.OutOrStdout())
			return audit.Each(app.DB(), func(r *audit.Row) error { return out.Encode(r) })
		},
	}
}

func head(app core.App) *cobra.Command {
	return &cobra.Command{
		Use: "head", Short: "Prints the head: note it away from the machine, and give it to verify later", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			last, err := audit.Last(app.DB())
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(c.OutOrStdout(), last)
			return err
		},
	}
}
