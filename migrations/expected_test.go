package migrations_test

import (
	"slices"
	"testing"
)

// Ensure that going back leaves nobody unmet who asked to be met, and that going forward
// again takes what there was.
func TestExpected_WelcomesAreCarriedBothWays(t *testing.T) {
	app := migrated(t)
	for _, welcome := range []string{"door", "walk", "look", "none"} {
		exec(t, app, `INSERT INTO visits (id, member, listing, occurrence, welcome, status) VALUES ('`+welcome+`', 'm`+welcome+`', 'l', '2026-11-26T10:00', '`+welcome+`', 'coming')`)
	}
	must(t, step(t, "9n_asks.go").Down(app))
	must(t, step(t, "9l_circles.go").Down(app))
	must(t, step(t, "9k_buddies.go").Down(app))
	must(t, step(t, "9j_expected.go").Down(app))
	if got := texts(t, app, "SELECT id || ' ' || welcome FROM visits ORDER BY id"); !slices.Equal(got, []string{"door door", "look none", "none none", "walk door"}) {
		t.Errorf("%v", got)
	}
	must(t, step(t, "9j_expected.go").Up(app))
	must(t, step(t, "9k_buddies.go").Up(app))
	must(t, step(t, "9l_circles.go").Up(app))
	must(t, step(t, "9n_asks.go").Up(app))
	if got := texts(t, app, "SELECT id FROM visits WHERE welcome <> '' ORDER BY id"); len(got) != 4 {
		t.Errorf("%v", got)
	}
}
