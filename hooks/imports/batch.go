package imports

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pocketbase/pocketbase/core"
)

// gone is the status of a listing that left its feed.
const gone = "gone"

// batch is all that one feed gave, ready to be written.
type batch struct {
	source string // "oruk:NAME" or "ical:NAME"
	noun   string // what the feed has, for the report
	read   int
	// whole is true if a row that isn't in seen has left the feed.
	whole bool
	// mayBeEmpty is true if a feed without a row says so in a way that can't be
	// mistaken for a fault. Even then nothing is marked gone.
	mayBeEmpty bool

	rows, organisations, places []row
	seen                        map[string]bool
	refused                     []refusal
	warnings                    map[string][]string // ids by code
	notes                       []string
}

// row is one record to be. Its columns are those that the feed decides on;
// organisation and place are ids in the feed.
type row struct {
	id, title           string
	organisation, place string
	columns             map[string]any
}

type refusal struct {
	row               int
	id, title, reason string
	why               string // in words, if the reason alone doesn't say
}

func (b *batch) refuse(row int, id, title, reason string) {
	b.refused = append(b.refused, refusal{row: row, id: id, title: title, reason: reason})
}

func (b *batch) warn(code, id string) {
	if b.warnings == nil {
		b.warnings = map[string][]string{}
	}
	b.warnings[code] = append(b.warnings[code], id)
}

func (b *batch) note(format string, args ...any) {
	b.notes = append(b.notes, fmt.Sprintf(format, args...))
}

// errEmpty: a feed that had rows and has none is far more often broken than empty.
var errEmpty = errors.New("it has no rows, but it had some before; if that is right, pause or end those listings by hand")

// write brings the database up to the batch, within the caller's transaction.
func (b *batch) write(tx core.App) (Counts, error) {
	listings, err := b.shelf(tx, "listings")
	if err != nil {
		return Counts{}, err
	}
	if b.read == 0 {
		b.whole = false
		if !b.mayBeEmpty && listings.present() > 0 {
			return Counts{}, errEmpty
		}
	}
	organisations, err := b.related(tx, "organisations", b.organisations)
	if err != nil {
		return Counts{}, err
	}
	places, err := b.related(tx, "places", b.places)
	if err != nil {
		return Counts{}, err
	}
	for _, r := range b.rows {
		r.columns["organisation"] = organisations[r.organisation]
		r.columns["place"] = places[r.place]
		r.columns["source"] = b.source
		if err := listings.put(tx, r); err != nil {
			return Counts{}, err
		}
	}
	left, err := b.markGone(tx, listings)
	if err != nil {
		return Counts{}, err
	}
	counts := listings.counts
	counts.Read, counts.Refused, counts.Gone = b.read, len(b.refused), left
	return counts, nil
}

// related writes organisations or places and gives record ids by feed ids.
func (b *batch) related(tx core.App, collection string, rows []row) (map[string]string, error) {
	s, err := b.shelf(tx, collection)
	if err != nil {
		return nil, err
	}
	ids := map[string]string{}
	for _, r := range rows {
		if err := s.put(tx, r); err != nil {
			return nil, err
		}
		if record := s.records[r.id]; record != nil {
			ids[r.id] = record.Id
		}
	}
	if n := s.counts; len(rows) > 0 {
		b.note("%s: %d new, %d changed, %d as before.", strings.ToUpper(collection[:1])+collection[1:], n.Created, n.Updated, n.Unchanged)
	}
	return ids, nil
}

// markGone marks the listings of this feed that it has no longer.
func (b *batch) markGone(tx core.App, listings *shelf) (int, error) {
	if !b.whole {
		return 0, nil
	}
	n := 0
	for _, id := range slices.Sorted(maps.Keys(listings.records)) {
		record := listings.records[id]
		if b.seen[id] || record.GetString("status") == gone {
			continue
		}
		record.Set("status", gone)
		if err := tx.Save(record); err != nil {
			return 0, fmt.Errorf("listing %s could not be marked gone: %w", record.Id, err)
		}
		n++
	}
	return n, nil
}
