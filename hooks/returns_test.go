package hooks_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"kith/hooks/buddies"
)

// registersOf a group of one year, a week apart, with people who come, stay away, are
// new, and are excused.
func (w *town) registersOf(chance *rand.Rand, listing string, people int) {
	w.t.Helper()
	var regulars []string
	for i := range people {
		set := map[string]any{"listing": listing, "firstName": "Ada", "since": "2026-01-01"}
		if i > 0 && chance.IntN(9) == 0 { // two phones added them
			set["same"] = regulars[chance.IntN(len(regulars))]
		}
		regulars = append(regulars, w.make("regulars", set).Id)
	}
	for week := range 44 {
		day := time.Date(2026, 1, 1+7*week, 0, 0, 0, 0, time.UTC).Format(time.DateOnly) + "T12:00"
		state := []string{"taken", "taken", "open"}[chance.IntN(3)]
		register := w.make("registers", map[string]any{"listing": listing, "occurrence": day, "state": state}).Id
		for i, r := range regulars {
			// Each has a time of the year, and weeks in it, in which they come.
			if from := i * 40 / people; week < from || week > from+3+i%17 || chance.IntN(4) == 0 {
				continue
			}
			w.make("marks", map[string]any{
				"register": register, "listing": listing, "regular": r, "occurrence": day,
				"state": []string{"here", "here", "here", "away", "excused", "none"}[chance.IntN(6)], "first": chance.IntN(5) == 0,
			})
		}
	}
}

// newReturns is a town with some groups of which registers are kept.
func newReturns(t *testing.T) *town {
	w := newTown(t)
	chance := rand.New(rand.NewPCG(11, 26))
	app := w.app
	must(t, app.RunInTransaction(func(tx core.App) error { // a disk is asked once, and not a thousand times
		w.app = tx
		defer func() { w.app = app }()
		for i, people := range []int{30, 12, 6, 2} {
			club := w.weekly("Club")
			club.Set("venue", []string{"hall", "pub"}[i%2])
			club.Set("prices", []string{`{"mode":"free"}`, `{"mode":"fixed","amounts":[{"pence":250}]}`, `{"mode":"free"}`, `{"mode":"donation"}`}[i])
			must(t, w.app.Save(club))
			w.registersOf(chance, club.Id, people)
		}
		return nil
	}))
	return w
}

// Ensure that what is published of who came back is what a script finds that shares no
// line with the server, of every figure; and that it is made once.
func TestReturns_AreWhatAnIndependentScriptCounts(t *testing.T) {
	w := newReturns(t)
	must(t, buddies.Count(w.app, time.Date(2026, 11, 24, 23, 0, 0, 0, time.UTC)))
	var periods []string
	must(t, w.app.DB().NewQuery("SELECT DISTINCT period FROM returnFigures ORDER BY 1").Column(&periods))
	if fmt.Sprint(periods) != "[2026-Q1 2026-Q2]" {
		t.Errorf("the quarters that are settled are %v", periods)
	}
	before := w.dump()["returnFigures"]
	w.exec("UPDATE marks SET state = 'away'")
	must(t, buddies.Count(w.app, time.Date(2026, 11, 24, 23, 0, 0, 0, time.UTC)))
	if w.dump()["returnFigures"] != before {
		t.Error("figures that were made are made anew: two of them tell of one person")
	}
	w = newReturns(t)
	must(t, buddies.Count(w.app, time.Date(2027, 4, 1, 0, 0, 0, 0, time.UTC)))
	if said, err := w.comingBack(); err != nil || !strings.Contains(said, "160 figures, 0 differ") {
		t.Errorf("%v: %s", err, said)
	}
	w.exec(`UPDATE returnFigures SET shown = '95' WHERE "of" = '' AND measure = 'people' AND period = '2026-Q2'`)
	if said, err := w.comingBack(); err == nil {
		t.Errorf("a figure that isn't so is not noticed: %s", said)
	}
}

// comingBack runs the script over the town's database.
func (w *town) comingBack() (string, error) {
	w.t.Helper()
	python, err := exec.LookPath("python3")
	if err != nil {
		w.t.Skip("python3 is not installed")
	}
	said, err := exec.Command(python, "../scripts/coming-back", filepath.Join(w.app.DataDir(), "data.db")).CombinedOutput()
	var failed *exec.ExitError
	if err != nil && !errors.As(err, &failed) {
		w.t.Fatal(err)
	}
	return string(said), err
}
