package notice

import (
	"encoding/json"

	"github.com/pocketbase/dbx"
)

// Over says that what some notices are about is done, or isn't so any more: nobody is
// told of it from here on, and for whom was told it counts as read. member: of one
// member alone; "": of all.
//
// NB! The notices stay. A phone may show one of them, and whoever taps on it must be
// led to where they can see how it stands.
func Over(db dbx.Builder, ref, member string, templates ...string) error {
	return both(db, ref, templates, map[string]string{
		"UPDATE notices SET read = TRUE, due = '' WHERE NOT read": "member = {:member}",
		"UPDATE tellings SET done = TRUE WHERE done = FALSE":      "whom = 'member/' || {:member}",
	}, member)
}

// Gone takes back what was told, and leaves nothing of it: for what must not be known to
// have been, such as a concern that was withdrawn.
func Gone(db dbx.Builder, ref string, templates ...string) error {
	return both(db, ref, templates, map[string]string{"DELETE FROM notices WHERE TRUE": "", "DELETE FROM tellings WHERE TRUE": ""}, "")
}

// both does something to the notices and the tellings of some templates about one row,
// and maybe of one member.
func both(db dbx.Builder, ref string, templates []string, statements map[string]string, member string) error {
	raw, err := json.Marshal(templates)
	if err != nil {
		return err
	}
	for statement, theirs := range statements {
		statement += " AND ref = {:ref} AND template IN (SELECT value FROM json_each({:templates}))"
		params := dbx.Params{"ref": ref, "templates": string(raw)}
		if member != "" {
			statement, params["member"] = statement+" AND "+theirs, member
		}
		if _, err := db.NewQuery(statement).Bind(params).Execute(); err != nil {
			return err
		}
	}
	return nil
}
