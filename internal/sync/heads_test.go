package sync

import (
	"context"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"kith/internal/store"
)

// twoSides are an engine, and another connection that commits behind its back.
func twoSides(t *testing.T) (*Engine, *dbx.DB) {
	t.Helper()
	path := t.TempDir() + "/data.db"
	var sides [2]*dbx.DB
	for i := range sides {
		db, err := store.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		sides[i] = db
	}
	for _, q := range tables {
		if _, err := sides[1].NewQuery(q).Execute(); err != nil {
			t.Fatal(err)
		}
	}
	e := NewEngine(sides[0].DB(), &Declaration{})
	t.Cleanup(e.Close)
	return e, sides[1]
}

// Ensure that what committed before somebody asked is known to their answer,
// whoever looked in the meantime, and that a look which began after they asked
// is not repeated.
func TestHeads_KnowAllThatCommittedBeforeSomebodyAsked(t *testing.T) {
	e, other := twoSides(t)
	write := func(epoch string) {
		t.Helper()
		if _, err := other.NewQuery("UPDATE sync_meta SET epoch = {:epoch}").Bind(dbx.Params{"epoch": epoch}).Execute(); err != nil {
			t.Fatal(err)
		}
	}
	look := func(asked time.Time) string {
		t.Helper()
		if err := e.refresh(context.Background(), asked); err != nil {
			t.Fatal(err)
		}
		return e.epoch
	}
	write("one")
	before := time.Now()
	if got := look(time.Now()); got != "one" {
		t.Errorf("the first look finds %q", got)
	}
	write("two")
	if got := look(before); got != "one" {
		t.Errorf("who asked before the last look began had another: %q", got)
	}
	if got := look(time.Now()); got != "two" {
		t.Errorf("who asks after a commit finds %q", got)
	}
	write("three")
	if got := look(time.Time{}); got != "three" {
		t.Errorf("who doesn't say when they asked finds %q", got)
	}
	e.forget()
	if got := look(before); got != "three" {
		t.Errorf("after the connection was lost %q is known", got)
	}
}
