package sim

import (
	"os"
	"strconv"
	"testing"
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

// before is how many tries other slices have made: chance goes on from there.
func before(t *testing.T) int {
	t.Helper()
	return envCount(t, "KITH_FIRST", 0)
}
