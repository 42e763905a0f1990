package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

func init() { m.Register(unnamedUp, unnamedDown, "9p_unnamed.go") }

// unnamedUp: who blocks or reports somebody by an ask, a reply or a circle isn't told who
// that is. What was done before stays as it is: no release had any of the three.
func unnamedUp(app core.App) error {
	err := changed(app, "blocks", func(c *core.Collection) {
		c.Fields.Add(text("blocked", 15), text("about", 15), hidden("whom", 15))
		c.RemoveIndex("idx_blocks_pair")
		c.AddIndex("idx_blocks_pair", true, "member, whom, about", "")
	})
	if err != nil {
		return err
	}
	if err := app.Save(base("reportSubjects", needed("about", 15))); err != nil {
		return err
	}
	return each(app, subjectsGo, "UPDATE blocks SET whom = blocked")
}

// Whom a report is about goes with it.
const subjectsGo = `CREATE TRIGGER reports_subject AFTER DELETE ON reports BEGIN DELETE FROM reportSubjects WHERE id = OLD.id; END`

func unnamedDown(app core.App) error {
	err := each(app, "DROP TRIGGER reports_subject",
		"UPDATE reports SET about = (SELECT about FROM reportSubjects s WHERE s.id = reports.id) WHERE id IN (SELECT id FROM reportSubjects)",
		"DELETE FROM blocks WHERE EXISTS (SELECT 1 FROM blocks b WHERE b.member = blocks.member AND b.whom = blocks.whom AND b.id < blocks.id)",
		"UPDATE blocks SET blocked = whom")
	if err != nil {
		return err
	}
	subjects, err := app.FindCollectionByNameOrId("reportSubjects")
	if err != nil {
		return err
	}
	if err := app.Delete(subjects); err != nil {
		return err
	}
	return changed(app, "blocks", func(c *core.Collection) {
		c.Fields.RemoveByName("whom")
		c.Fields.RemoveByName("about")
		c.Fields.Add(needed("blocked", 15))
		c.RemoveIndex("idx_blocks_pair")
		c.AddIndex("idx_blocks_pair", true, "member, blocked", "")
	})
}
