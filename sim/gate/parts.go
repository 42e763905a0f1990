package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// part is one test at the size of a release. It is counted in units (seeds, kills,
// fuzz targets), and runs any of them by number.
type part struct {
	name    string
	units   string
	size    int
	step    int // units of the first slice, before it is known how long one takes
	speaks  bool
	app     bool // it runs the app, too
	command func(t tools, first, count int) command
}

// tools are built once, from the code whose identity is in the ledger.
type tools struct{ kith, sim string }

const built = ".cache/gate"

func build() (tools, error) {
	dir, err := filepath.Abs(built)
	if err != nil {
		return tools{}, err
	}
	t := tools{kith: filepath.Join(dir, "kith"), sim: filepath.Join(dir, "sim.test")}
	for _, args := range [][]string{{"build", "-o", t.kith, "."}, {"test", "-c", "-o", t.sim, "./sim"}} {
		if said, err := exec.Command("go", args...).CombinedOutput(); err != nil {
			return tools{}, fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, said)
		}
	}
	return t, nil
}

// command is what a slice runs; its words can be typed to run it again.
type command struct {
	dir  string
	env  []string
	args []string
}

func (c command) String() string {
	quoted := slices.Clone(c.args)
	for i, a := range quoted {
		if strings.ContainsAny(a, "^$| ") {
			quoted[i] = "'" + a + "'"
		}
	}
	words := slices.Concat([]string{"cd", c.dir, "&&"}, c.env, quoted)
	return strings.Join(words, " ")
}

// anywhere is String without the path of this machine: the shell's $OLDPWD is the
// folder that c goes into c.dir from.
func (c command) anywhere() string {
	root, err := filepath.Abs(".")
	if err != nil {
		return c.String()
	}
	return strings.ReplaceAll(c.String(), root, "$OLDPWD")
}

func (c command) run() (string, error) {
	var said bytes.Buffer
	cmd := exec.Command(c.args[0], c.args[1:]...)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = c.dir, append(os.Environ(), c.env...), &said, &said
	err := cmd.Run()
	return said.String(), err
}

// driver is a test of sim/ that is told by variable how often, and where it begins.
func driver(name, units string, size, step int, variable, tests string) part {
	return part{name: name, units: units, size: size, step: step, speaks: true, command: func(t tools, first, count int) command {
		return command{"sim", []string{"KITH_BIN=" + t.kith, fmt.Sprintf("KITH_FIRST=%d", first), fmt.Sprintf("%s=%d", variable, count)},
			[]string{t.sim, "-test.run=" + tests, "-test.v", "-test.timeout=6h"}}
	}}
}

// whole is a part that is one slice, in words of make.
func whole(name string, app bool, args ...string) part {
	return part{name: name, units: "run", size: 1, step: 1, app: app, command: func(tools, int, int) command {
		return command{".", nil, append([]string{"make", "--no-print-directory"}, args...)}
	}}
}

// parts is the gate.
func parts() ([]part, error) {
	targets, err := listed("scripts/fuzz", "list")
	if err != nil {
		return nil, err
	}
	packages, err := listed("go", "list", "./...")
	if err != nil {
		return nil, err
	}
	packages = slices.DeleteFunc(packages, func(p string) bool { return p == "kith/sim" })
	ruled, err := withRules("internal", "hooks")
	if err != nil {
		return nil, err
	}
	return []part{
		whole("tests", true, "check", "unit"),
		{name: "sim", units: "seeds", size: 100_000, step: 300, speaks: true, command: func(t tools, first, count int) command {
			return command{"sim", nil, []string{t.sim, "-test.run=^TestSim_HoldsEveryInvariant$", "-test.v", "-test.timeout=0",
				fmt.Sprintf("-first=%d", first+1), fmt.Sprintf("-seeds=%d", count)}}
		}},
		{name: "model", units: "run, in every place", size: 1, step: 1, speaks: true, command: func(t tools, _, _ int) command {
			return command{"sim", nil, []string{t.sim, "-test.run=^TestModel_", "-test.v", "-test.timeout=1h", "-one-in=1"}}
		}},
		{name: "soak", units: "years", size: 20, step: 1, speaks: true, command: func(t tools, first, _ int) command {
			return command{"sim", []string{"KITH_SOAK=365", fmt.Sprintf("KITH_FIRST=%d", first)}, []string{t.sim, "-test.run=^TestSoak_", "-test.v", "-test.timeout=3h"}}
		}},
		driver("partitions", "runs", 1_000, 4, "KITH_PARTITIONS", "^TestPartitions_"),
		driver("crash", "kills", 10_000, 100, "KITH_KILLS", "^TestCrash_Loses"),
		driver("restorekill", "kills of each", 1_000, 25, "KITH_RESTOREKILLS", "^TestCrash_AKilledRestore"),
		driver("firststart", "kills", 500, 20, "KITH_FIRSTSTARTS", "^TestCrash_AKilledFirstStart"),
		driver("told", "kills", 2_000, 20, "KITH_TOLD", "^TestCrash_Whoever"),
		driver("registers", "clubs", 200, 20, "KITH_REGISTERS", "^TestRegisters_"),
		driver("rotas", "circles", 100, 10, "KITH_ROTAS", "^TestCircles_"),
		driver("addresses", "months", 20, 2, "KITH_ADDRESSES", "^TestAddresses_"),
		driver("power", "cuts", 2_000, 50, "KITH_CUTS", "^TestPowerCut_"),
		driver("histories", "histories", 5_000, 100, "KITH_HISTORIES", "^TestHistory_CanBe"),
		driver("disk", "kinds of error", 12, 1, "KITH_DISK", "^TestDisk_AFailing"),
		driver("herd", "phones", 10_000, 10_000, "KITH_HERD", "^TestHerd_"),
		driver("upgrade", "statements a release", 100, 100, "KITH_UPGRADES", "^TestUpgrade_"),
		driver("restore", "drills", 50, 5, "KITH_RESTORES", "^TestRestore_"),
		whole("faults", false, "faults"),
		{name: "controls", units: "run", size: 1, step: 1, speaks: true, command: func(t tools, _, _ int) command {
			return command{"sim", nil, []string{t.sim, "-test.run=^TestHistory_EveryPlanted|^TestCrash_TheControl|^TestDisk_TheControl", "-test.v", "-test.timeout=1h"}}
		}},
		{name: "rules", units: "packages, 1,000,000 tries each", size: len(ruled), step: 1, command: func(_ tools, first, count int) command {
			return command{".", nil, append(append([]string{"go", "test", "-count=1", "-timeout=2h"}, ruled[first:first+count]...), "-rapid.checks=1000000")}
		}},
		{name: "fuzz", units: "targets, 400,000 inputs each", size: len(targets), step: 1, command: func(_ tools, first, _ int) command {
			return command{".", nil, []string{"scripts/fuzz", "400000x", targets[first]}}
		}},
		{name: "race", units: "packages", size: len(packages), step: 1, command: func(_ tools, first, count int) command {
			return command{".", []string{"CGO_ENABLED=1"}, append([]string{"go", "test", "-race", "-count=1", "-timeout=2h"}, packages[first:first+count]...)}
		}},
		whole("e2e", true, "e2e", "KITH_STEPS=all"),
	}, nil
}

func listed(name string, args ...string) ([]string, error) {
	out, err := exec.Command(name, args...).Output()
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", name, strings.Join(args, " "), err)
	}
	return strings.Fields(string(out)), nil
}

// withRules are the packages with rules that rapid tries to break.
func withRules(folders ...string) (packages []string, err error) {
	for _, at := range folders {
		err = errors.Join(err, filepath.WalkDir(at, func(path string, d fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, "_test.go") {
				return err
			}
			raw, err := os.ReadFile(path)
			if name := "./" + filepath.ToSlash(filepath.Dir(path)); bytes.Contains(raw, []byte("rapid.Check(")) && !slices.Contains(packages, name) {
				packages = append(packages, name)
			}
			return err
		}))
	}
	return packages, err
}

// choose returns the parts that are named, in the gate's order.
func choose(names string) ([]part, error) {
	all, err := parts()
	if err != nil || names == "" {
		return all, err
	}
	var out []part
	asked := strings.Split(names, ",")
	for _, p := range all {
		if i := slices.Index(asked, p.name); i >= 0 {
			out, asked = append(out, p), slices.Delete(asked, i, i+1)
		}
	}
	if len(asked) > 0 {
		return nil, fmt.Errorf("the gate has no part %q", asked[0])
	}
	return out, nil
}
