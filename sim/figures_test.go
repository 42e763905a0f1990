package sim

import (
	"os"
	"strconv"
	"testing"
	"testing/cryptotest"
	"testing/synctest"
	"time"
)

// figures is what a test measured, by name, for the release gate (sim/gate) to add
// up. NB! Only what was counted in this run.
func figures(t *testing.T, part string, counted map[string]int) {
	t.Helper()
	t.Logf("GATE %s", mustJSON(map[string]any{"part": part, "figures": counted}))
}

// envCount is how often a driver tries, where the gate or a person says so.
func envCount(t *testing.T, name string, otherwise int) int {
	t.Helper()
	v := os.Getenv(name)
	if v == "" {
		return otherwise
	}
	n, err := strconv.Atoi(v)
	if err != nil || n < 0 {
		t.Fatalf("%s is %q", name, v)
	}
	return n
}

// plays plays weeks of something, each time in a world of its own, in virtual time from
// when it begins: variable says how often, else otherwise. Worlds are numbered from base.
// Played enough times, or ten from wherever the gate begins, each of the things that it
// is about must have come about; of the first of them the gate says how often.
func plays(t *testing.T, part, variable string, otherwise, enough int, base uint64, begins func(seed uint64) time.Time, play func(w *world, seed uint64), things ...string) {
	t.Helper()
	town, times, first := needTown(t), envCount(t, variable, otherwise), before(t)
	total := map[string]int{}
	for seed := uint64(first); seed < uint64(first+times); seed++ {
		cryptotest.SetGlobalRandom(t, seed)
		synctest.Test(t, func(t *testing.T) {
			time.Sleep(time.Until(begins(seed)))
			w := newWorld(t, town, base+seed, total)
			defer w.cleanUp()
			defer w.stop()
			play(w, seed)
		})
	}
	for _, what := range things {
		if total[what] == 0 && times >= enough && (first == 0 || times >= 10) {
			t.Errorf("%q never happened: the test is blind there", what)
		}
	}
	t.Log(total)
	figures(t, part, map[string]int{"played": times, things[0]: total[things[0]]})
}

// before is how many tries other slices have made: chance goes on from there.
func before(t *testing.T) int {
	t.Helper()
	return envCount(t, "KITH_FIRST", 0)
}
