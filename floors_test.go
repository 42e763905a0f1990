package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// goPackage is what `go list -json` tells of one.
type goPackage struct {
	ImportPath                         string
	Imports, TestImports, XTestImports []string
}

// acrossInternal are the only steps from one internal package to another, each
// with its reason. All may import internal/limits.
var acrossInternal = map[string]string{
	"kith/internal/card -> kith/internal/token":                "a till's record and the lists it is sent are signed tokens, and there is one parser of those",
	"kith/internal/care -> kith/internal/text":                 "what coordinators set is words that strangers read, checked where it is known what may be set",
	"kith/internal/icalendar -> kith/internal/calendar":        "an event's times become a schedule, and only the calendar knows what one is",
	"kith/internal/concern -> kith/internal/text":              "who names somebody writes words, and only text knows which those may be",
	"kith/internal/concern -> kith/internal/token":             "the bundle of keys is a signed token, and there is one parser of those",
	"kith/internal/ledger -> kith/internal/figures":            "what is unusual at a till is shown as every count is that could point at somebody",
	"kith/internal/notice -> kith/internal/calendar":           "quiet hours are read off a wall's clock, and only the calendar knows what one shows",
	"kith/internal/notice -> kith/internal/sync":               "a telling's id is made, and its time written, as those of every row that a handler adds",
	"kith/internal/openreferral -> kith/internal/calendar":     "a service's times become a schedule, checked as a person's would be",
	"kith/internal/problem -> kith/internal/strict":            "every door reads its body strictly, and refuses it in the catalogue's words",
	"kith/internal/push/fake/serve -> kith/internal/push/fake": "the fake as a program is the fake with a command line",
	"kith/internal/sync -> kith/internal/strict":               "what a command says is judged as every reader of it would read it",
	"kith/internal/calendar -> kith/internal/strict":           "a schedule is read on phones, too, by readers that know a key in its own letters alone",
	"kith/internal/ledger -> kith/internal/strict":             "of opening hours and shares that say two things neither is stored",
	"kith/internal/notice -> kith/internal/strict":             "a choice that no server knows is refused, and not taken for made",
	"kith/internal/token -> kith/internal/strict":              "the key of a proof has the four members that are hashed, each once",
	"kith/internal/openreferral -> kith/internal/text":         "other people's HTML becomes safe text as it is read, never later",
}

// aboveInternal are the only packages of PocketBase that internal/* may use,
// each with its reason. None of them serves HTTP.
var aboveInternal = map[string]string{
	"kith/internal/sync -> github.com/pocketbase/pocketbase/core":            "a command runs inside PocketBase's transaction",
	"kith/internal/problem -> github.com/pocketbase/pocketbase/tools/router": "PocketBase's own refusals are said in our words",
}

// connects are the packages of hooks/ that may import features: the table of
// contents itself.
var connects = []string{"kith/hooks"}

// shared are the packages of hooks/ that features may import, each with its reason.
var shared = map[string]string{
	"kith/hooks/doorman": "who is asking is said in one place, for every route that needs a token",
}

// Ensure that each floor stands on the ones below it alone; see ARCHITECTURE.md.
func TestFloors_StandOnTheOnesBelow(t *testing.T) {
	used := map[string]bool{}
	for _, p := range ours(t) {
		for _, imp := range p.Imports {
			if why := ban(p.ImportPath, imp, used); why != "" {
				t.Errorf("%s imports %s: %s", p.ImportPath, imp, why)
			}
		}
		for _, imp := range slices.Concat(p.Imports, p.TestImports, p.XTestImports) {
			if under(imp, "kith/sim") && !under(p.ImportPath, "kith/sim") {
				t.Errorf("%s imports %s: the simulator may import all, and nobody imports it", p.ImportPath, imp)
			}
		}
	}
	for _, list := range []map[string]string{acrossInternal, aboveInternal} {
		for step := range list {
			if !used[step] {
				t.Errorf("%s is allowed and not used: take it off the list", step)
			}
		}
	}
}

// ban says why from may not import to, or nothing. It notes in used which
// exceptions it made.
func ban(from, to string, used map[string]bool) string {
	step := from + " -> " + to
	allowed := func(list map[string]string) bool {
		used[step] = true
		return list[step] != ""
	}
	switch {
	case from == "kith/internal/limits" && under(to, "kith"):
		return "the bounds are the lowest floor: everybody may read them, so they read nobody"
	case under(from, "kith/internal") && under(to, "kith/hooks"):
		return "an idea that deserves tests without a server knows no feature"
	case under(from, "kith/internal") && to == "kith/internal/limits":
		return ""
	case under(from, "kith/internal") && under(to, "kith/internal") && !allowed(acrossInternal):
		return "an internal package that needs another says why in acrossInternal"
	case under(from, "kith/internal") && under(to, "kith") && !under(to, "kith/internal"):
		return "below are no migrations, no seed and no main"
	case under(from, "kith/internal") && strings.HasPrefix(to, "github.com/pocketbase/pocketbase") && !allowed(aboveInternal):
		return "HTTP and the rest of PocketBase are hooks/' business"
	case shared[from] != "" && under(to, "kith/hooks"):
		return "what features share knows none of them"
	case under(from, "kith/hooks") && !slices.Contains(connects, from) && under(to, "kith/hooks") && shared[to] == "":
		return "a feature never imports another: it says what happened, and hooks.go connects them"
	case under(from, "kith/hooks") && to == "kith/migrations":
		return "features declare, migrations shape; main brings them together"
	case under(to, "kith/internal/push/fake") && !under(from, "kith/internal/push/fake") && from != "kith/bench":
		return "a Google that isn't one is for tests and for measuring, and no part of the server"
	case under(from, "kith/migrations") && (under(to, "kith/hooks") || under(to, "kith/seed")):
		return "a step of long ago must not change its meaning with a feature"
	}
	return ""
}

func under(path, root string) bool { return path == root || strings.HasPrefix(path, root+"/") }

// ours lists the project's own packages, from one run of the go tool.
func ours(t *testing.T) (out []goPackage) {
	t.Helper()
	var complaint bytes.Buffer
	list := exec.Command("go", "list", "-deps", "-json=ImportPath,Imports,TestImports,XTestImports", "./...")
	list.Stderr = &complaint
	raw, err := list.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, complaint.String())
	}
	for d := json.NewDecoder(bytes.NewReader(raw)); ; {
		var p goPackage
		err := d.Decode(&p)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if under(p.ImportPath, "kith") {
			out = append(out, p)
		}
	}
	if len(out) < 15 {
		t.Fatalf("the go tool lists %d packages of the project", len(out))
	}
	return out
}

// Ensure that the bans bite.
func TestFloors_NoticeAStepUp(t *testing.T) {
	for from, to := range map[string]string{
		"kith/internal/limits":  "kith/internal/text",
		"kith/internal/text":    "kith/internal/calendar",
		"kith/internal/sync":    "github.com/pocketbase/pocketbase/apis",
		"kith/internal/token":   "kith/hooks/people",
		"kith/hooks/visits":     "kith/hooks/listings",
		"kith/internal/problem": "kith/migrations",
		"kith/migrations":       "kith/hooks/listings",
		"kith/hooks/people":     "kith/migrations",
		"kith/hooks/doorman":    "kith/hooks/people",
	} {
		if ban(from, to, map[string]bool{}) == "" {
			t.Errorf("%s may import %s", from, to)
		}
	}
	for from, to := range map[string]string{"kith/hooks": "kith/hooks/visits", "kith/hooks/visits": "kith/internal/calendar", "kith/internal/text": "kith/internal/limits"} {
		if why := ban(from, to, map[string]bool{}); why != "" {
			t.Errorf("%s may not import %s: %s", from, to, why)
		}
	}
}
