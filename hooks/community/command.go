package community

import (
	"errors"
	"fmt"

	"github.com/pocketbase/pocketbase/core"
	"github.com/spf13/cobra"

	"kith/internal/calendar"
	"kith/internal/text"
)

// Command is `kith community`: names the community, or changes what it is called.
func Command(app core.App) *cobra.Command {
	values := map[string]*string{}
	c := &cobra.Command{
		Use:   "community",
		Short: "Names the community: what people see at the top of the app",
		RunE: func(cmd *cobra.Command, _ []string) error {
			set := map[string]string{}
			for name, v := range values {
				if cmd.Flags().Changed(name) {
					set[name] = *v
				}
			}
			return save(app, set)
		},
	}
	for name, says := range map[string]string{
		"name": "what the community is called", "area": "where it is, in a few words", "zone": "its time zone",
		"definition": "what social prescribing means here, in its own words",
	} {
		values[name] = c.Flags().String(name, "", says)
	}
	return c
}

func save(app core.App, set map[string]string) error {
	record, err := app.FindFirstRecordByFilter("communities", "id != ''")
	if err != nil {
		coll, err := app.FindCollectionByNameOrId("communities")
		if err != nil {
			return err
		}
		record = core.NewRecord(coll)
		record.Set("zone", "Europe/London")
	}
	for name, value := range set {
		clean, err := text.Line(value, 2000)
		if name == "definition" {
			clean, err = text.Block(value, 2000)
		}
		if err != nil {
			return err
		}
		record.Set(name, clean)
	}
	if record.GetString("name") == "" {
		return errors.New(`a community has a name: kith community --name "Nunhead Neighbours"`)
	}
	if _, known := calendar.Zone(record.GetString("zone")); !known {
		return fmt.Errorf("%q is not a time zone; try Europe/London", record.GetString("zone"))
	}
	if err := app.Save(record); err != nil {
		return err
	}
	fmt.Printf("%s, %s\n", record.GetString("name"), record.GetString("zone"))
	return nil
}
