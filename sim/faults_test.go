package sim

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// fault is one mistake that somebody could make: some text of a source file put
// in the place of other text, and what must then speak up.
type fault struct {
	name   string
	file   string
	edits  []string // old, new, old, new …; FAULT in new is true while the fault is switched on
	caught string   // what catches it: invariants of the simulator (any of them), or a test of hooks, or of syncapi in it
}

var onlyFaults = flag.String("only", "", "of the planted faults only those whose name this matches")

var updateReadme = flag.Bool("update", false, "write the table of planted faults into README.md")

// Ensure that the simulator is not blind: each mistake, planted into the real
// source when this test builds, is caught, by the invariant that should. The
// product has nothing of it: go build -overlay replaces files for the build alone.
func TestFaults_EveryPlantedFaultIsCaught(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds the server again, with its faults")
	}
	start := time.Now()
	sources := plant(t, faults)
	bins := map[string]string{}
	for _, dir := range []string{".", "../hooks", "../hooks/syncapi"} {
		bins[dir] = build(t, sources, "test", "-c", dir)
	}
	shape := shapeFor(t, bins["../hooks"])
	built := time.Since(start)
	turns := make(chan struct{}, 2)
	var all sync.WaitGroup
	for _, f := range faults {
		if !regexp.MustCompile(*onlyFaults).MatchString(f.name) {
			continue
		}
		turns <- struct{}{}
		all.Go(func() {
			defer func() { <-turns }()
			if dir, test := f.test(); test != "" {
				catchByTest(t, bins[dir], dir, test, f.name, shape)
				return
			}
			catch(t, bins["."], f)
		})
	}
	all.Wait()
	t.Logf("%d faults in %v, of which building took %v", len(faults), time.Since(start).Round(time.Second), built.Round(time.Second))
	checkReadme(t)
}

// test is the test of hooks, or the small model, that catches a fault, and where it
// lies; none if the simulator does.
func (f fault) test() (dir, name string) {
	if name, is := strings.CutPrefix(f.caught, "syncapi."); is {
		return "../hooks/syncapi", name
	}
	if name, is := strings.CutPrefix(f.caught, "sim."); is {
		return ".", name
	}
	if strings.HasPrefix(f.caught, "Test") {
		return "../hooks", f.caught
	}
	return "", ""
}

// catch runs the simulator with one fault switched on.
func catch(t *testing.T, bin string, f fault) {
	said, err := []byte(nil), error(nil)
	if seed := near[f.name]; seed > 0 {
		if said, err = simulate(t, bin, f.name, seed, 1); err == nil {
			t.Logf("%q is not caught by seed %d any more", f.name, seed)
		}
	}
	if err == nil {
		said, err = simulate(t, bin, f.name, 1, 80)
	}
	line := regexp.MustCompile(`seed \d+, step \d+: (\w+): .*`).FindSubmatch(said)
	switch {
	case err == nil:
		t.Errorf("%q is not caught", f.name)
	case line == nil || !slices.Contains(strings.Fields(f.caught), string(line[1])):
		t.Errorf("%q was to be caught by %s, and was by: %q\n%s", f.name, f.caught, line, said[max(0, len(said)-1500):])
	default:
		t.Logf("%-50s %.120s", f.name, line[0])
	}
}

func simulate(t *testing.T, bin, fault string, first uint64, seeds int) ([]byte, error) {
	cmd := exec.CommandContext(t.Context(), bin, "-test.run=^TestSim_HoldsEveryInvariant$", "-test.timeout=5m", "-wide=200",
		"-first="+strconv.FormatUint(first, 10), "-seeds="+strconv.Itoa(seeds))
	cmd.Env = append(os.Environ(), "KITH_FAULT="+fault, "KITH_SIM_PART=0/1", "GOMAXPROCS=1", "GOGC=400")
	return cmd.CombinedOutput()
}

// catchByTest runs one test with one fault switched on. That it passes without is
// what `make unit` says.
func catchByTest(t *testing.T, bin, dir, test, name, shape string) {
	cmd := exec.CommandContext(t.Context(), bin, "-test.run=^"+test+"$", "-test.v", "-test.timeout=2m")
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "KITH_FAULT="+name, shape)
	said, err := cmd.CombinedOutput()
	if !bytes.Contains(said, []byte("--- FAIL: "+test+" ")) {
		t.Errorf("%q is not caught by %s: %v %s", name, test, err, said[max(0, len(said)-1500):])
		return
	}
	t.Logf("%-50s %s", name, test)
}

// shapeFor runs the migrations once for all processes of a binary of the tests of
// hooks, with no fault switched on. Returned is what is said to them in their environment.
func shapeFor(t *testing.T, bin string) string {
	t.Helper()
	env := "KITH_SHAPE=" + t.TempDir()
	cmd := exec.CommandContext(t.Context(), bin, "-test.run=^TestStatic_ComesPackedToWhoUnpacksIt$", "-test.v")
	cmd.Dir, cmd.Env = "../hooks", append(os.Environ(), env)
	if said, err := cmd.CombinedOutput(); err != nil || !bytes.Contains(said, []byte("--- PASS")) {
		t.Fatalf("with no fault switched on: %v\n%s", err, said)
	}
	return env
}

// plant returns the sources with all faults in them, each behind its switch.
func plant(t *testing.T, faults []fault) map[string][]byte {
	t.Helper()
	sources := map[string][]byte{}
	for _, f := range faults {
		at, err := filepath.Abs("../" + f.file)
		if err != nil {
			t.Fatal(err)
		}
		if sources[at] == nil {
			if sources[at], err = os.ReadFile(at); err != nil {
				t.Fatal(err)
			}
		}
		dir := filepath.Dir(at)
		sources[filepath.Join(dir, "planted.go")] = fmt.Appendf(nil,
			"package %s\n\nimport \"os\"\n\nvar switchedOn = os.Getenv(\"KITH_FAULT\")\n\nfunc planted(name string) bool { return switchedOn == name }\n", filepath.Base(dir))
		for i := 0; i < len(f.edits); i += 2 {
			now := strings.ReplaceAll(f.edits[i+1], "FAULT", fmt.Sprintf("planted(%q)", f.name))
			if n := bytes.Count(sources[at], []byte(f.edits[i])); n == 0 {
				t.Fatalf("%q: %s has no %q any more", f.name, f.file, f.edits[i])
			}
			sources[at] = bytes.ReplaceAll(sources[at], []byte(f.edits[i]), []byte(now))
		}
	}
	return sources
}

// checkReadme holds the table in README.md to the list above.
func checkReadme(t *testing.T) {
	t.Helper()
	holdTable(t, "faults", tableOfFaults())
}

func tableOfFaults() string {
	var b strings.Builder
	b.WriteString("<!-- faults -->\n| planted fault | in | caught by |\n|---|---|---|\n")
	for _, f := range faults {
		by := "`TestSim_HoldsEveryInvariant`, " + strings.Join(strings.Fields(f.caught), " or ")
		if _, test := f.test(); test != "" {
			by = "`" + test + "`"
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", f.name, f.file, by)
	}
	for i, f := range driverFaults {
		if i == 0 || f.name != driverFaults[i-1].name {
			fmt.Fprintf(&b, "| %s | %s | `%s` |\n", f.name, f.file, f.caught)
		}
	}
	b.WriteString("| commits without an fsync | internal/store/store.go | `TestPowerCut_TheControlLoses` |\n<!-- end -->")
	return b.String()
}

// holdTable holds what README.md says after <!-- name -->, to its <!-- end -->, to
// what it should.
func holdTable(t *testing.T, name, table string) {
	t.Helper()
	raw, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok1 := strings.Cut(string(raw), "<!-- "+name+" -->")
	_, after, ok2 := strings.Cut(rest, "<!-- end -->")
	now := before + table + after
	if *updateReadme && ok1 && ok2 {
		if err := os.WriteFile("README.md", []byte(now), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if now != string(raw) {
		t.Error("README.md tells of other " + name + ": go test ./sim -run TestFaults -update")
	}
}
