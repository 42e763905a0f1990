package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// Ensure that a gate that was stopped goes on with what is missing, in slices of
// the length that was asked for, and counts neither other code nor what failed.
func TestNext_GoesOnWithWhatIsMissing(t *testing.T) {
	p := part{name: "sim", size: 1000, step: 50, speaks: true}
	ledger := []entry{
		{Part: "sim", Code: "old", Count: 1000, Seconds: 10},
		{Part: "crash", Code: "new", Count: 1000, Seconds: 10},
	}
	check := func(wantFirst, wantCount int) {
		t.Helper()
		if first, count := next(p, ledger, "new", time.Minute, 0); first != wantFirst || count != wantCount {
			t.Errorf("next is %d from %d, not %d from %d", count, first, wantCount, wantFirst)
		}
	}
	check(0, 50)
	ledger = append(ledger, entry{Part: "sim", Code: "new", First: 0, Count: 50, Seconds: 10})
	check(50, 300) // 5 a second
	ledger = append(ledger, entry{Part: "sim", Code: "new", First: 50, Count: 300, Seconds: 60, Failed: "again"})
	check(50, 300)
	ledger = append(ledger, entry{Part: "sim", Code: "new", First: 100, Count: 900, Seconds: 180})
	check(50, 50)
	ledger = append(ledger, entry{Part: "sim", Code: "new", First: 50, Count: 50, Seconds: 10})
	check(1000, 0)
	for from, want := range map[int]int{0: 0, 700: 700, 1000: 1000, 2000: 1000} {
		if first, _ := next(p, ledger, "newer", time.Minute, from); first != want {
			t.Errorf("from %d on, next begins at %d, not at %d", from, first, want)
		}
	}
}

// Ensure that the ledger, which is in the repository, says how a slice that failed
// is run again on any machine, and nothing of the one it failed on.
func TestAnywhere_RunsAgainElsewhere(t *testing.T) {
	checkout := func() string {
		t.Helper()
		root := t.TempDir()
		if err := os.Mkdir(filepath.Join(root, "sim"), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(root, "kith"), []byte("#!/bin/sh\necho $KITH_FIRST $1 $KITH_BIN\n"), 0o700); err != nil {
			t.Fatal(err)
		}
		return root
	}
	here, there := checkout(), checkout()
	t.Chdir(here)
	bin := filepath.Join(here, "kith")
	again := command{"sim", []string{"KITH_BIN=" + bin, "KITH_FIRST=7"}, []string{bin, "^Test$"}}.anywhere()
	if strings.Contains(again, here) {
		t.Errorf("%s has the path of a machine", again)
	}
	cmd := exec.Command("sh", "-c", again)
	cmd.Dir = there
	if said, err := cmd.CombinedOutput(); err != nil || string(said) != "7 ^Test$ "+there+"/kith\n" {
		t.Errorf("%s: %v: %s", again, err, said)
	}
}

// Ensure that figures come from what a test said of this part, and that silence
// (a test that was left out, a name that no test has) is not taken for success.
func TestFigures_SilenceIsNotSuccess(t *testing.T) {
	said := "=== RUN\n    crash_test.go:1: GATE {\"part\":\"crash\",\"figures\":{\"kills\":2,\"max ms\":7}}\n" +
		"    x.go:1: GATE {\"part\":\"crash\",\"figures\":{\"kills\":3,\"max ms\":5}}\nPASS\n"
	sums, err := figures(said, "crash")
	if err != nil || sums["kills"] != 5 || sums["max ms"] != 7 {
		t.Errorf("%v %v", sums, err)
	}
	for _, silent := range []string{"PASS\n", "--- SKIP: TestCrash\n", strings.ReplaceAll(said, `"crash"`, `"power"`)} {
		if sums, err := figures(silent, "crash"); err == nil {
			t.Errorf("%q counts as %v", silent, sums)
		}
	}
}

// Ensure that figures outlive a change of words and tests, and no change of code.
func TestIdentity_IsOfTheCodeUnderTest(t *testing.T) {
	root := t.TempDir()
	write := func(at, text string) {
		t.Helper()
		path := filepath.Join(root, at)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, at := range slices.Concat(server, app) {
		if filepath.Ext(at) == "" {
			at += "/a.go"
		}
		write(at, at)
	}
	id := func() code {
		t.Helper()
		out, err := identity(root)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	first := id()
	for _, at := range []string{"README.md", "hooks/a_test.go", "sim/b.go", "internal/sync/testdata/x.json", "app/src/a.test.ts"} {
		if write(at, "new"); id() != first {
			t.Errorf("%s is not under test, and changes the code's name", at)
		}
	}
	for _, at := range []string{"hooks/a.go", "internal/calendar/days.json", "go.sum", "app/src/a.ts"} {
		before := id()
		if write(at, "new"); id() == before {
			t.Errorf("%s is under test, and does not change the code's name", at)
		}
	}
	before := id()
	write("app/src/a.ts", "newer")
	if now := id(); now.of(part{}) != before.of(part{}) || now.of(part{app: true}) == before.of(part{app: true}) {
		t.Error("the app's sources are part of the name of what runs it, and of nothing else")
	}
}

// Ensure that the report adds up slices of this code alone, and tells of failures.
func TestTable_AddsUpTheSlicesOfThisCode(t *testing.T) {
	got := table([]part{{name: "crash", units: "kills", size: 10_000}}, []entry{
		{Part: "crash", Code: "a", First: 0, Count: 1500, Seconds: 60, Figures: map[string]int64{"acknowledged": 1_234_567, "lost": 0}},
		{Part: "crash", Code: "a", First: 1500, Count: 10, Seconds: 6, Failed: "again"},
		{Part: "crash", Code: "b", First: 1500, Count: 10, Seconds: 6, Figures: map[string]int64{"lost": 7}},
	}, code{server: "a"})
	if want := "| crash | 1,500 of 10,000 kills | 1,234,567 acknowledged, 0 lost | 1m6s | 1 |"; !strings.Contains(got, want) {
		t.Errorf("%s\nwants\n%s", got, want)
	}
}
