package hooks_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// Ensure that docs/permissions-cells.md shows the oracle's cells as they are, so
// that what is asked for real can be read without reading Go.
//
// After a change: go test ./hooks -run TestOracle_ThePage -update
func TestOracle_ThePageShowsEveryCell(t *testing.T) {
	holds(t, "../docs/permissions-cells.md", func(string) string { return cellsPage() })
}

// columns of the page, as it names them.
var columnWords = map[who]string{
	owner: "owner", resident: "resident", host: "host", activator: "activator", listener: "listener", shopkeeper: "shopkeeper", shopStaff: "staff",
	coach: "coach", surgery: "surgery", helper: "helper", coordinator: "coordinator", unenrolled: "unenrolled", exStaff: "ex-staff",
	buddy: "buddy", exBuddy: "ex-buddy",
	blocked: "blocked", forgedResident: "forged",
}

func cellsPage() string {
	var b strings.Builder
	b.WriteString("# Who may do what, cell by cell\n\n" +
		"What [permissions.md](permissions.md) says in words, as the cells that `TestOracle_…` asks for real. They are written by hand in `hooks/oracle*_test.go`, apart from the code that makes them true; this page is written from there (`go test ./hooks -run TestOracle_ThePageShowsEveryCell -update`), and a test fails when they part.\n\n" +
		"## Who asks\n\n| column | who |\n|---|---|\n")
	for _, w := range syncing {
		fmt.Fprintf(&b, "| %s | %s |\n", columnWords[w], w)
	}
	b.WriteString("\nAll others are told the same at every door of sync, whatever they ask for:\n\n| who | is told |\n|---|---|\n")
	for _, w := range everybody {
		if no, is := refused[w]; is {
			fmt.Fprintf(&b, "| %s | %d `%s` |\n", w, no.status, no.code)
		}
	}
	b.WriteString("\n## Which rows they may hold\n\nBy a pull, from nothing, and by a live connection. A row that all may hold is public: a visitor gets it too. A row that bears the name of a column is about them. No other door gives any row to anybody but a superuser on the machine itself ([permissions.md](permissions.md), Doors).\n")
	for _, collection := range slices.Sorted(maps.Keys(mayHold)) {
		rows := mayHold[collection]
		fmt.Fprintf(&b, "\n### %s\n\n%s", collection, head("row"))
		for _, row := range slices.Sorted(maps.Keys(rows)) {
			line(&b, row, func(w who) string {
				return map[bool]string{true: "yes"}[len(rows[row]) == len(all) || slices.Contains(rows[row], standIn(w))]
			}, "")
		}
	}
	b.WriteString("\n## What they may do\n\nAn empty cell is refused with the last column's code, and changes nothing.\n\n" + head("command", "else"))
	for _, name := range slices.Sorted(maps.Keys(mayDo)) {
		cells := mayDo[name]
		els := usual(cells)
		line(&b, name, func(w who) string {
			switch code := cells[standIn(w)]; code {
			case "":
				return "yes"
			case els:
				return ""
			default:
				return "`" + code + "`"
			}
		}, last(els))
	}
	return b.String()
}

// usual is the refusal that most are given; "" where there is none.
func usual(cells map[who]string) (code string) {
	counts := map[string]int{}
	for _, w := range syncing {
		if c := cells[standIn(w)]; c != "" {
			counts[c]++
		}
	}
	for _, c := range slices.Sorted(maps.Keys(counts)) {
		if counts[c] > counts[code] {
			code = c
		}
	}
	return code
}

func head(first string, more ...string) string {
	names := []string{first}
	for _, w := range syncing {
		names = append(names, columnWords[w])
	}
	names = append(names, more...)
	return "| " + strings.Join(names, " | ") + " |\n" + strings.Repeat("|---", len(names)) + "|\n"
}

func line(b *strings.Builder, first string, cell func(who) string, last string) {
	b.WriteString("| " + first + " |")
	for _, w := range syncing {
		b.WriteString(" " + cell(w) + " |")
	}
	b.WriteString(last + "\n")
}

func last(code string) string {
	if code == "" {
		return " |"
	}
	return " `" + code + "` |"
}
