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
