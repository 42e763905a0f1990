package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"

	"kith/internal/limits"
)

func init() { m.Register(safetyUp, safetyDown, "9_safety.go") }

// safetyUp: who is known by whom, who wants nothing to do with whom, and what
// somebody told the coordinators.
func safetyUp(app core.App) error {
	vouches := base("vouches",
		to(app, "member", "members", true, true),
		&core.SelectField{Name: "kind", Values: []string{"known", "reference", "dbs"}, MaxSelect: 1, Required: true},
		&core.TextField{Name: "seenOn", Pattern: `^\d{4}-\d{2}-\d{2}$`, Required: true},
		text("by", 15), text("note", limits.ShortText),
	)
	vouches.AddIndex("idx_vouches_member", false, "member", "")
	blocks := base("blocks", to(app, "member", "members", true, true), needed("blocked", 15))
	blocks.AddIndex("idx_blocks_pair", true, "member, blocked", "")
	reports := base("reports",
		text("by", 15), text("about", 15),
		&core.SelectField{Name: "kind", Values: []string{"worry", "safety", "correction", "complaint"}, MaxSelect: 1, Required: true},
		needed("text", limits.Report), text("contact", limits.ShortText),
		&core.SelectField{Name: "status", Values: []string{"open", "acknowledged", "closed"}, MaxSelect: 1, Required: true},
		text("outcome", limits.Report), text("created", 30), text("due", 30), text("closed", 30),
	)
	reports.AddIndex("idx_reports_by", false, "by", "")
	for _, c := range []*core.Collection{vouches, blocks, reports} {
		if err := app.Save(c); err != nil {
			return err
		}
	}
	return nil
}

func safetyDown(app core.App) error {
	for _, name := range []string{"reports", "blocks", "vouches"} {
		c, err := app.FindCollectionByNameOrId(name)
		if err != nil {
			return err
		}
		if err := app.Delete(c); err != nil {
			return err
		}
	}
	return nil
}
