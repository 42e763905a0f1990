package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

func init() { m.Register(scopesUp, scopesDown, "9m_scopes.go") }

// scopesUp: somebody may be let arrange who helps another. Who was let do so before is
// not: it has to be agreed to.
func scopesUp(app core.App) error {
	return changed(app, "consents", func(c *core.Collection) { c.Fields.Add(many("scopes", "visits", "details", "circles")) })
}

func scopesDown(app core.App) error {
	if err := each(app, `UPDATE consents SET scopes = (SELECT json_group_array(value) FROM json_each(scopes) WHERE value <> 'circles') WHERE json_valid(scopes)`); err != nil {
		return err
	}
	return changed(app, "consents", func(c *core.Collection) { c.Fields.Add(many("scopes", "visits", "details")) })
}
