package sync

import (
	"fmt"
	"regexp"
	"sort"
	"strings"
	"time"
)

// Kind is how a column is stored, which decides how it is written as JSON.
type Kind int

// The kinds of column. Text and Number go out as they are, Bool as true or
// false, JSON (also multi-selects) as the JSON it holds, or null.
const (
	Text Kind = iota
	Number
	Bool
	JSON
)

// Column is one column that leaves the server. A column that isn't declared
// stays: that is how a host never learns a visitor's member id.
type Column struct {
	Name string
	Kind Kind
}

// Texts declares plain columns.
func Texts(names ...string) []Column { return columns(Text, names) }

// Numbers declares numeric columns.
func Numbers(names ...string) []Column { return columns(Number, names) }

// Bools declares yes-or-no columns.
func Bools(names ...string) []Column { return columns(Bool, names) }

// Objects declares columns that hold JSON.
func Objects(names ...string) []Column { return columns(JSON, names) }

func columns(k Kind, names []string) []Column {
	out := make([]Column, len(names))
	for i, n := range names {
		out[i] = Column{n, k}
	}
	return out
}

// Audience says who may hold a row, as SQL over the row's own columns, written
// {row}.column. Key yields the audience's key; When decides whether it counts.
type Audience struct {
	Key  string // e.g. "'host/' || {row}.listing"
	When string // e.g. "{row}.status <> 'draft'"; empty: always
}

// Collection declares what of one collection is synced, and to whom.
type Collection struct {
	Name    string
	Columns []Column
	To      []Audience
}

// Grant declares that rows of Table put members into audiences: who (Member)
// and what (Audience) are SQL over the row's own columns, as in Audience.
//
// Without an Audience it grants nothing; but a change of it sends the member's
// open connections away, to be asked again who they are.
type Grant struct {
	Table    string
	Member   string
	Audience string
	When     string
}

// Declaration is the whole of a community's audiences: the only place that says
// who gets what. Priorities order audiences by the part of their key before
// "/"; lower goes first.
type Declaration struct {
	Collections []Collection
	Grants      []Grant
	Priorities  map[string]int
	// Guarded kinds of audience go to trusted devices alone; Trusted is the SQL
	// that says of a device's id whether it is one, read in the snapshot that is
	// answered.
	Guarded map[string]bool
	Trusted string
	// Leases of kinds of audience: how long a device that hears nothing may go on
	// holding them.
	Leases map[string]time.Duration
	// Ends of kinds of audience; see Registry.End.
	Ends map[string]string
}

// leases are the seconds of each leased audience among auds; nil: none is.
func (d *Declaration) leases(auds []string) (out map[string]int64) {
	for _, a := range auds {
		kind, _, _ := strings.Cut(a, "/")
		if lease, leased := d.Leases[kind]; leased {
			if out == nil {
				out = map[string]int64{}
			}
			out[a] = int64(lease / time.Second)
		}
	}
	return out
}

// Guards says whether an audience goes to trusted devices alone.
func (d *Declaration) Guards(aud string) bool {
	kind, _, _ := strings.Cut(aud, "/")
	return d.Guarded[kind]
}

// Priority of an audience; unknown kinds go last.
func (d *Declaration) Priority(aud string) int {
	kind, _, _ := strings.Cut(aud, "/")
	if p, ok := d.Priorities[kind]; ok {
		return p
	}
	return 100
}

func (c *Collection) byName() []Column {
	all := append([]Column{{"id", Text}}, c.Columns...)
	sort.Slice(all, func(i, j int) bool { return all[i].Name < all[j].Name })
	return all
}

// object is the SQL expression of a row's JSON. json_valid guards against a
// value that raw SQL broke: one bad cell must not stop everybody's sync.
func (c *Collection) object(row string) string {
	parts := make([]string, 0, len(c.Columns)+1)
	for _, col := range c.byName() {
		v := row + "." + quote(col.Name)
		switch col.Kind {
		case Bool:
			v = fmt.Sprintf("json(iif(%s, 'true', 'false'))", v)
		case JSON:
			v = fmt.Sprintf("json(iif(json_valid(%s), %s, 'null'))", v, v)
		case Text, Number:
		}
		parts = append(parts, fmt.Sprintf("'%s', %s", col.Name, v))
	}
	return "json_object(" + strings.Join(parts, ", ") + ")"
}

// audiences is the SQL that yields the keys of the audiences of a row.
func (c *Collection) audiences(row string) string {
	parts := make([]string, 0, len(c.To))
	for _, a := range c.To {
		s := "SELECT " + inRow(a.Key, row) + " AS aud"
		if a.When != "" {
			s += " WHERE " + inRow(a.When, row)
		}
		parts = append(parts, s)
	}
	return strings.Join(parts, " UNION ")
}

// changed is the SQL that is true if anything that leaves the server, or
// decides to whom it goes, differs between OLD and NEW.
func (c *Collection) changed() string {
	parts := []string{"OLD.id IS NOT NEW.id"}
	for _, col := range c.Columns {
		parts = append(parts, fmt.Sprintf("OLD.%[1]s IS NOT NEW.%[1]s", quote(col.Name)))
	}
	for _, a := range c.To {
		for _, e := range []string{a.Key, a.When} {
			if strings.Contains(e, "{row}") {
				parts = append(parts, fmt.Sprintf("(%s) IS NOT (%s)", inRow(e, "OLD"), inRow(e, "NEW")))
			}
		}
	}
	return strings.Join(parts, " OR ")
}

func inRow(expr, row string) string { return strings.ReplaceAll(expr, "{row}", row) }

func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// fits says whether a table with these columns can have the collection's triggers.
func (c *Collection) fits(have map[string]bool) bool {
	for _, col := range c.Columns {
		if !have[col.Name] {
			return false
		}
	}
	for _, a := range c.To {
		if !fitsAll(have, a.Key, a.When) {
			return false
		}
	}
	return have["id"]
}

var rowColumn = regexp.MustCompile(`\{row\}\.(\w+)`)

func fitsAll(have map[string]bool, exprs ...string) bool {
	for _, e := range exprs {
		for _, m := range rowColumn.FindAllStringSubmatch(e, -1) {
			if !have[m[1]] {
				return false
			}
		}
	}
	return len(have) > 0
}
