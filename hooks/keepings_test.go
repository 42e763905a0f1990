package hooks_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/sync"
)

// Ensure that whatever is stored says why, for how long, and what erasure does
// to it: every table of the database and every collection that is synced.
func TestKeepings_CoverWhateverIsStored(t *testing.T) {
	w := newTown(t)
	var stored []string
	must(t, w.app.DB().NewQuery("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'").Column(&stored))
	for _, c := range w.registry.Collections {
		if !slices.Contains(stored, c.Name) {
			stored = append(stored, c.Name)
		}
	}
	kept := map[string]bool{}
	for i := range w.registry.Keepings {
		k := &w.registry.Keepings[i]
		kept[k.Collection] = true
		if err := k.Check(); err != nil {
			t.Error(err)
		}
		if !slices.Contains(stored, k.Collection) {
			t.Errorf("a keeping of %s, which is not stored", k.Collection)
		}
	}
	for _, name := range stored {
		if !kept[name] {
			t.Errorf("nobody says why %s is kept: r.Keep in its room's keepings.go", name)
		}
	}
}

// Ensure that what a keeping says of rows is SQL over columns that are there.
func TestKeepings_AreTrueToTheTables(t *testing.T) {
	w := newTown(t)
	for i := range w.registry.Keepings {
		k := &w.registry.Keepings[i]
		for _, condition := range []string{k.Mine(), k.Over()} {
			if condition == "" {
				continue
			}
			var n int
			q := w.app.DB().NewQuery("SELECT count(*) FROM " + k.Collection + " WHERE " + condition)
			if err := q.Bind(dbx.Params{"member": "m", "day": "2026-01-01"}).Row(&n); err != nil {
				t.Errorf("%s: %v in %s", k.Collection, err, condition)
			}
		}
		for _, column := range slices.Concat(sync.Blanks(k.AtErasure), sync.Blanks(k.AtEnd)) {
			var n int
			must(t, w.app.DB().NewQuery("SELECT count(*) FROM pragma_table_info({:table}) WHERE name = {:column}").
				Bind(dbx.Params{"table": k.Collection, "column": column}).Row(&n))
			if n != 1 {
				t.Errorf("%s has no column %s to blank", k.Collection, column)
			}
		}
	}
}

// Ensure that every row that points at a member is somebody's: a column that
// names one can't be forgotten by the export and the erasure.
func TestKeepings_KnowEveryColumnThatNamesAMember(t *testing.T) {
	w := newTown(t)
	members, err := w.app.FindCollectionByNameOrId("members")
	must(t, err)
	all, err := w.app.FindAllCollections()
	must(t, err)
	for _, c := range all {
		for _, f := range c.Fields {
			if !namesAMember(f, members.Id) || slices.Contains(ofCircles[c.Name], f.GetName()) {
				continue
			}
			known := slices.ContainsFunc(w.registry.Keepings, func(k sync.Keeping) bool {
				return k.Collection == c.Name && strings.Contains(k.Whose, "{row}."+f.GetName())
			})
			if !known {
				t.Errorf("%s.%s names a member, and no keeping of %s asks for it", c.Name, f.GetName(), c.Name)
			}
		}
	}
}

// ofCircles are the columns that name a place in a circle, or a reply, and no member, or
// whom another column names, too: whose it is stands beside them.
var ofCircles = map[string][]string{
	"circleWishes": {"helper"}, "turns": {"helper"}, "everies": {"helper"}, "standbys": {"helper"}, "swaps": {"helper"}, "contacts": {"about"}, "messages": {"about"},
	"blocks": {"blocked", "about"},
}

// namesAMember says whether a field holds a member's id, as a relation or by a
// name that the product has for one.
func namesAMember(f core.Field, members string) bool {
	if r, is := f.(*core.RelationField); is {
		return r.CollectionId == members
	}
	return slices.Contains([]string{"member", "helper", "by", "about", "blocked", "whom", "openedBy", "confirmedBy", "recordedBy", "endedBy"}, f.GetName())
}
