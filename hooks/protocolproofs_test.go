package hooks_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Ensure that a test which a page names is there: a promise names its proof.
func TestProtocol_EveryNamedTestExists(t *testing.T) {
	var tests []string
	defined := regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)
	var pages []string
	must(t, filepath.WalkDir("..", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || d.Name() == "shared" || len(d.Name()) > 2 && d.Name()[0] == '.') {
			return filepath.SkipDir
		}
		switch {
		case strings.HasSuffix(name, "_test.go"):
			raw, err := os.ReadFile(name)
			for _, m := range defined.FindAllStringSubmatch(string(raw), -1) {
				tests = append(tests, m[1])
			}
			return err
		case strings.HasSuffix(name, ".md"):
			pages = append(pages, name)
		}
		return nil
	}))
	named := regexp.MustCompile(`\b((?:Test|Fuzz)[A-Z]\w*)(…?)`)
	for _, page := range pages {
		raw, err := os.ReadFile(page)
		must(t, err)
		for _, m := range named.FindAllStringSubmatch(string(raw), -1) {
			found := slices.ContainsFunc(tests, func(test string) bool {
				return test == m[1] || strings.HasPrefix(test, m[1]+"_") || m[2] != "" && strings.HasPrefix(test, m[1])
			})
			if !found {
				t.Errorf("%s names %s, which isn't there", page, m[0])
			}
		}
	}
}

// Ensure that each MUST of the protocol names what holds it: a test here, or a
// file of the app's tests or of the scenarios that both engines play; and that a
// number is of one statement.
func TestProtocol_EveryMustNamesItsProof(t *testing.T) {
	raw, err := os.ReadFile("../docs/protocol.md")
	must(t, err)
	numbered, numbers := regexp.MustCompile(`^\*\*[A-Z]\d+\*\*`), map[string]bool{}
	named := regexp.MustCompile("`(Test[A-Z]\\w*…?|(?:app|testdata)/[^`]+)`")
	musts := 0
	for i, line := range strings.Split(string(raw), "\n") {
		if number := numbered.FindString(line); number != "" {
			if numbers[number] {
				t.Errorf("docs/protocol.md:%d: %s stands twice", i+1, number)
			}
			numbers[number] = true
		}
		if !strings.Contains(line, "MUST") {
			continue
		}
		musts++
		proofs := named.FindAllStringSubmatch(line, -1)
		if len(proofs) == 0 {
			t.Errorf("docs/protocol.md:%d says MUST and names no proof: %.100s", i+1, line)
		}
		for _, p := range proofs {
			if file := p[1]; !strings.HasPrefix(file, "Test") {
				if _, err := os.Stat("../" + file); err != nil {
					t.Errorf("docs/protocol.md:%d names %s, which isn't there", i+1, file)
				}
			}
		}
	}
	if musts < 40 {
		t.Errorf("only %d lines with MUST were found", musts)
	}
}
