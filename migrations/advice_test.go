package migrations_test

import (
	"slices"
	"testing"
)

// Ensure that going back keeps each note and each concern that ended with advice,
// as what the shape of before can say; and that going forward again takes them.
func TestAdvice_NothingIsLostBothWays(t *testing.T) {
	app := migrated(t)
	for i, kind := range []string{"rang", "askedCoordinator", "spokeListener"} {
		exec(t, app, `INSERT INTO concernNotes (id, concern, kind, hour) VALUES ('n`+string(rune('1'+i))+`', 'c1', '`+kind+`', '2026-11-25T15')`)
	}
	exec(t, app, `INSERT INTO concerns (id, state, outcome, receipt) VALUES ('c1', 'closed', 'advised', 'a'), ('c2', 'closed', 'declined', 'b')`)
	advice := step(t, "9f_advice.go")
	must(t, advice.Down(app))
	if got := texts(t, app, "SELECT kind FROM concernNotes ORDER BY id"); !slices.Equal(got, []string{"rang", "other", "other"}) {
		t.Errorf("kinds: %v", got)
	}
	if got := texts(t, app, "SELECT outcome FROM concerns ORDER BY id"); !slices.Equal(got, []string{"helped", "declined"}) {
		t.Errorf("outcomes: %v", got)
	}
	saves := func(outcome string) error {
		r, err := app.FindRecordById("concerns", "c1")
		must(t, err)
		r.Set("outcome", outcome)
		return app.Save(r)
	}
	if saves("advised") == nil {
		t.Error("the shape of before takes what it doesn't know")
	}
	must(t, advice.Up(app))
	must(t, saves("advised"))
}
