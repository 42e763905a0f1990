package sync

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Keeping says of some rows of a table whose they are, why they are kept, for
// how long, and what is left of them when the person they are about is erased.
// The export, the erasure, the retention jobs and the privacy notice all read
// this and nothing else. A table whose rows are of different kinds has several.
//
// Whose, When and From are SQL over the row's own columns, as in Audience.
type Keeping struct {
	Collection string // a collection or another table
	What       string // what people call these rows: "Your visits: where you said you would come"
	Why        string // a sentence for people

	// Whose is true for the rows that are about a member, written {member}, e.g.
	// "{row}.member = {member}". Empty: these rows are about nobody.
	Whose string
	// When says which rows of the table this is about; empty: all.
	When string

	// Days that a row is kept, counted from the day From; 0: as long as there is
	// what it is about. From yields a date or a stamp, or "" where no end is in sight.
	Days int
	From string
	// Counted says From in words, after "counted from": "the day of the visit".
	Counted string
	// AtEnd is what happens then: "" or "delete", "blank: column, …", or "erase":
	// the member whose row it is is erased, with everything that is theirs.
	AtEnd string

	// AtErasure is what is done when the member is erased: "delete",
	// "blank: column, …" or "stays: " and the reason, a sentence for people.
	AtErasure string
	// Withheld is why these rows are not part of what a member can take with
	// them, a sentence for people; empty: they are.
	Withheld string
	// Without are columns that are left out of what a member can take with them,
	// "column, …": who somebody else is, where the rows name them by what they chose.
	Without string
}

// Keep declares why rows are kept and for how long.
func (r *Registry) Keep(k ...Keeping) { r.Keepings = append(r.Keepings, k...) }

// Blanks returns the columns of an AtEnd or AtErasure "blank: column, …".
func Blanks(what string) []string {
	list, is := strings.CutPrefix(what, "blank:")
	if !is {
		return nil
	}
	return names(list)
}

func names(list string) []string {
	names := strings.Split(list, ",")
	for i := range names {
		names[i] = strings.TrimSpace(names[i])
	}
	return names
}

// Leaves says whether a column is left out of what a member can take with them.
func (k *Keeping) Leaves(column string) bool { return slices.Contains(names(k.Without), column) }

// Stays returns the reason of an AtErasure "stays: …".
func Stays(what string) (reason string, stays bool) {
	reason, stays = strings.CutPrefix(what, "stays:")
	return strings.TrimSpace(reason), stays
}

// Mine is the SQL condition, over the table by its own name, that holds for the
// rows of this keeping that are a member's; the member is the parameter
// {:member}. It is empty if the rows are about nobody.
func (k *Keeping) Mine() string {
	if k.Whose == "" {
		return ""
	}
	row := quote(k.Collection)
	mine := "(" + inRow(strings.ReplaceAll(k.Whose, "{member}", "{:member}"), row) + ")"
	if k.When != "" {
		mine += " AND (" + inRow(k.When, row) + ")"
	}
	return mine
}

// Over is the SQL condition for the rows whose days are over; the last day that
// is too old is the parameter {:day} (YYYY-MM-DD). It is empty if there is no limit.
func (k *Keeping) Over() string {
	if k.Days == 0 {
		return ""
	}
	row := quote(k.Collection)
	from := "(" + inRow(k.From, row) + ")"
	over := from + " <> '' AND substr(" + from + ", 1, 10) <= {:day}"
	if k.When != "" {
		over += " AND (" + inRow(k.When, row) + ")"
	}
	return over
}

// Check says what a keeping lacks.
func (k *Keeping) Check() error {
	var errs []error
	need := func(ok bool, what string) {
		if !ok {
			errs = append(errs, fmt.Errorf("keeping of %s: %s", k.Collection, what))
		}
	}
	sentence := func(s string) bool { return strings.HasSuffix(s, ".") && strings.Contains(s, " ") }
	need(k.Collection != "" && k.What != "", "it says of which rows")
	need(sentence(k.Why), "why is a sentence")
	need((k.Days == 0) == (k.From == ""), "days are counted from something")
	need(k.Days == 0 || k.Whose == "" || k.Counted != "", "it says in words what days are counted from")
	need(k.Days > 0 || k.AtEnd == "", "an end comes after days")
	need(k.AtEnd == "" || k.AtEnd == "delete" || k.AtEnd == "erase" || Blanks(k.AtEnd) != nil, "it ends by delete, blank or erase")
	need(k.Whose == "" || strings.Contains(k.Whose, "{member}"), "whose is about a {member}")
	reason, stays := Stays(k.AtErasure)
	switch {
	case k.Whose == "":
		need(k.AtErasure == "" && k.Withheld == "", "what is about nobody is not erased for anybody")
	case stays:
		need(sentence(reason), "what stays says why in a sentence")
	default:
		need(k.AtErasure == "delete" || Blanks(k.AtErasure) != nil, "at erasure it is deleted, blanked, or stays")
	}
	need(k.Without == "" || k.Whose != "" && k.Withheld == "", "columns are left out of what is handed out")
	need(k.Withheld == "" || sentence(k.Withheld), "what is withheld says why in a sentence")
	return errors.Join(errs...)
}
