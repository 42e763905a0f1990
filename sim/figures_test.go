package sim

import (
	"os"
	"strconv"
	"testing"
	"testing/cryptotest"
	"testing/synctest"
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

// plays plays weeks of something, each time from a seed of its own in virtual time:
// variable says how often, else otherwise. Played so often, or ten times from wherever
// the gate begins, each of the things that it is about must have come about; of the
// first of them the gate says how often.
func plays(t *testing.T, part, variable string, otherwise, enough int, play func(t *testing.T, seed uint64, total map[string]int), things ...string) {
	t.Helper()
	times, first := envCount(t, variable, otherwise), before(t)
	total := map[string]int{}
	for seed := uint64(first); seed < uint64(first+times); seed++ {
		cryptotest.SetGlobalRandom(t, seed)
		synctest.Test(t, func(t *testing.T) { play(t, seed, total) })
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
