package imports

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// reasons says in words why a row was refused.
var reasons = map[string]string{
	"row_invalid":    "it can't be read as a service",
	"id_missing":     "it has no id, so the next import couldn't find it again",
	"id_invalid":     "its id is too long or has hidden characters",
	"duplicate_id":   "another row has the same id and came first",
	"repeated":       "the very same row is in the feed twice",
	"name_missing":   "it has no name",
	"status_unknown": "its status says neither open nor closed",
	"column_invalid": "the database refused a column",
}

// warnings says in words what was not taken as it was.
var warnings = map[string]string{
	"status_missing":          "no status, taken as active",
	"name_cut":                "a name was too long and was cut",
	"description_cut":         "a description was too long and was cut after a paragraph",
	"address_cut":             "an address was too long and was cut",
	"room_cut":                "a room was too long and was cut; the description has all of it",
	"contact_cut":             "a contact's name was too long and was cut",
	"price_cut":               "words about the price were too long and were cut",
	"url_invalid":             "a web address can't be opened, and was kept as words or left out",
	"email_invalid":           "an e-mail address can't be one, and was kept as words or left out",
	"phone_invalid":           "a telephone number can't be dialled as it is, and was kept as words",
	"date_invalid":            "a date doesn't exist, and was left out",
	"position_invalid":        "a position isn't on the map, and was left out",
	"price_invalid":           "a price can't be shown in pounds and pence, and was kept as words",
	"language_unknown":        "a language isn't known by that name, and was kept as words",
	"schedule_unclear":        "times can't be read as a rule, and were kept as words",
	"organisation_incomplete": "an organisation has no id or no name",
	"organisation_differs":    "an organisation is described in two ways; the first was taken",
	"place_incomplete":        "a place has no id or no name, and was kept as words",
	"related_row_refused":     "the database refused a place or an organisation",
	"local_edit_replaced":     "the feed changed, and replaced what somebody had edited here",
}

// shown is how many ids a warning gives as examples.
const shown = 3

// report writes what happened, for the person who ran the import.
func report(w io.Writer, b *batch, c Counts) {
	line := func(format string, args ...any) { _, _ = fmt.Fprintf(w, format+"\n", args...) }
	line("%s: %d %s read.", b.source, c.Read, b.noun)
	line("  %d created, %d updated, %d unchanged, %d refused; %d gone from the feed.", c.Created, c.Updated, c.Unchanged, c.Refused, c.Gone)
	for _, note := range b.notes {
		line("  %s", note)
	}
	if len(b.refused) > 0 {
		line("Refused:")
	}
	for _, r := range b.refused {
		why := r.why
		if why == "" {
			code, _, _ := strings.Cut(r.reason, ":")
			why = reasons[code]
		}
		where := ""
		if r.row > 0 {
			where = fmt.Sprintf("row %d, ", r.row)
		}
		line("  %sid %q, name %q: %s (%s)", where, r.id, r.title, r.reason, why)
	}
	if len(b.warnings) > 0 {
		line("Warnings:")
	}
	for _, code := range slices.Sorted(maps.Keys(b.warnings)) {
		ids := b.warnings[code]
		examples := strings.Join(ids[:min(shown, len(ids))], ", ")
		if len(ids) > shown {
			examples += " …"
		}
		line("  %d × %s: %s. %s", len(ids), code, warnings[code], examples)
	}
}
