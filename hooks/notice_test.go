package hooks_test

import (
	"encoding/json"
	"flag"
	"os"
	"strings"
	"testing"

	"kith/hooks/rights"
)

var update = flag.Bool("update", false, "write the privacy notice's table anew, into docs/privacy.md and app/src/about/keeping.json")

// Ensure that the privacy notice, on paper and in the app, says what the rooms
// declare of their rows and what docs/permissions.md says of who sees them:
// nobody is told one thing while another is done.
//
// After a change: go test ./hooks -run TestNotice -update
func TestNotice_SaysWhatIsKept(t *testing.T) {
	lines := privacyNotice(t)
	raw, err := json.MarshalIndent(lines, "", "  ")
	must(t, err)
	holds(t, "../app/src/about/keeping.json", func(string) string { return string(raw) + "\n" })
	holds(t, "../docs/privacy.md", func(page string) string {
		const from, to = "<!-- keepings -->\n", "<!-- /keepings -->"
		before, rest, begun := strings.Cut(page, from)
		_, after, ended := strings.Cut(rest, to)
		if !begun || !ended {
			t.Fatal("docs/privacy.md has no place for the table")
		}
		return before + from + rights.Table(lines) + to + after
	})
}

// privacyNotice is the table as it must be.
func privacyNotice(t *testing.T) []rights.Line {
	t.Helper()
	raw, err := os.ReadFile("../docs/permissions.md")
	must(t, err)
	rows := rowsOf(string(raw))
	return rights.Notice(newTown(t).registry.Keepings, func(collection string) string {
		cells := rows[collection]
		if len(cells) == 0 {
			t.Errorf("docs/permissions.md doesn't say who may see %s", collection)
			return ""
		}
		return strings.TrimSpace(cells[len(cells)-1])
	})
}

func holds(t *testing.T, file string, want func(string) string) {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil && !*update {
		t.Fatal(err)
	}
	wanted := want(string(raw))
	if string(raw) == wanted {
		return
	}
	if *update {
		must(t, os.WriteFile(file, []byte(wanted), 0o644)) //nolint:gosec // a page that everybody may read
		return
	}
	t.Errorf("%s is not what the rooms declare: go test ./hooks -run TestNotice -update", file)
}
