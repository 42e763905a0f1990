package migrations_test

import (
	"slices"
	"testing"
)

// Ensure that going back keeps the invites that the older shape has a word for,
// and going forward again takes them as the console's.
func TestWaysIn_InvitesAreCarriedBothWays(t *testing.T) {
	app := migrated(t)
	for id, rest := range map[string]string{
		"poster": "'resident', 7, false", "coach": "'coach', 1, false", "ended": "'resident', 3, true",
	} {
		exec(t, app, `INSERT INTO invites (id, codeHash, role, usesLeft, ended) VALUES ('`+id+`', '`+id+`', `+rest+`)`)
	}
	must(t, step(t, "9o_together.go").Down(app)) // a trigger of it ends invites
	must(t, step(t, "5_waysin.go").Down(app))
	if got := texts(t, app, "SELECT id FROM invites ORDER BY id"); !slices.Equal(got, []string{"poster"}) {
		t.Errorf("%v stay", got)
	}
	must(t, step(t, "5_waysin.go").Up(app))
	if got := texts(t, app, "SELECT id || ' ' || uses FROM invites WHERE console AND NOT ended"); !slices.Equal(got, []string{"poster 7"}) {
		t.Errorf("%v", got)
	}
}
