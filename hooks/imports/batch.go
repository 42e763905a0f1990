package imports

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pocketbase/dbx"
	validation "github.com/pocketbase/ozzo-validation/v4"
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

// shelf is what one feed has in one collection.
type shelf struct {
	batch      *batch
	collection *core.Collection
	records    map[string]*core.Record // by the feed's id
	counts     Counts
}

func (b *batch) shelf(tx core.App, name string) (*shelf, error) {
	collection, err := tx.FindCollectionByNameOrId(name)
	if err != nil {
		return nil, fmt.Errorf("the collection %s is not there: %w", name, err)
	}
	found, err := tx.FindAllRecords(collection, dbx.HashExp{"source": b.source})
	if err != nil {
		return nil, err
	}
	s := &shelf{batch: b, collection: collection, records: make(map[string]*core.Record, len(found))}
	for _, record := range found {
		s.records[record.GetString("sourceId")] = record
	}
	return s, nil
}

// present counts the rows that haven't left.
func (s *shelf) present() (n int) {
	for _, record := range s.records {
		if record.GetString("status") != gone {
			n++
		}
	}
	return n
}

// put creates or updates one row, or leaves it alone. A row that the database
// refuses is refused by name; only a fault of the database itself is an error.
func (s *shelf) put(tx core.App, r row) error {
	wanted := core.NewRecord(s.collection)
	wanted.Load(r.columns)
	hash, err := hashOf(wanted, r.columns)
	if err != nil {
		return err
	}
	record, known := s.records[r.id]
	back := known && record.GetString("status") == gone
	switch {
	case known && record.GetString("sourceHash") == hash && !back:
		s.counts.Unchanged++
		return nil
	case known && record.GetString("sourceHash") == hash:
		record.Set("status", r.columns["status"]) // what was edited here stays
	case known:
		if now, err := hashOf(record, r.columns); err != nil || (now != record.GetString("sourceHash") && !back) {
			s.batch.warn("local_edit_replaced", r.id)
		}
		record.Load(r.columns)
	default:
		record = wanted
		record.Set("source", s.batch.source)
		record.Set("sourceId", r.id)
	}
	record.Set("sourceHash", hash)
	if err := tx.Save(record); err != nil {
		return s.notSaved(r, err)
	}
	s.records[r.id] = record
	if known {
		s.counts.Updated++
	} else {
		s.counts.Created++
	}
	return nil
}

func (s *shelf) notSaved(r row, err error) error {
	var invalid validation.Errors
	if !errors.As(err, &invalid) {
		return fmt.Errorf("%s %s could not be saved: %w", s.collection.Name, r.id, err)
	}
	if s.collection.Name != "listings" {
		s.batch.warn("related_row_refused", r.id)
		return nil
	}
	s.batch.refuse(0, r.id, r.title, "column_invalid: "+strings.Join(slices.Sorted(maps.Keys(invalid)), ", "))
	return nil
}

// hashOf is over the columns that the feed decides on, as the database stores them.
func hashOf(record *core.Record, columns map[string]any) (string, error) {
	stored := make(map[string]any, len(columns))
	for name := range columns {
		raw, err := json.Marshal(record.Get(name))
		if err != nil {
			return "", err
		}
		var value any
		if err := json.Unmarshal(raw, &value); err != nil {
			return "", err
		}
		stored[name] = value
	}
	canonical, err := json.Marshal(stored) // keys are sorted
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(canonical)
	return hex.EncodeToString(sum[:]), nil
}
