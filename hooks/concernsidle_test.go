package hooks_test

import (
	"strings"
	"testing"

	"kith/internal/concern"
)

// Ensure that the record, which only grows, is read once for all concerns and not once
// for each: the retention holds the one writer meanwhile.
func TestConcerns_TheRecordIsReadOnceForAllOfThem(t *testing.T) {
	w := newTown(t)
	var plan []struct {
		Detail string `db:"detail"`
	}
	must(t, w.app.DB().NewQuery("EXPLAIN QUERY PLAN SELECT "+concern.Touched("concerns")+" FROM concerns").All(&plan))
	said := ""
	for _, step := range plan {
		said += step.Detail + "\n"
	}
	if !strings.Contains(said, "MATERIALIZE touch") || strings.Count(said, "SCAN audit") != 1 {
		t.Error(said)
	}
}
