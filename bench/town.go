package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/hooks"
	"kith/hooks/syncapi"
	"kith/internal/store"
	_ "kith/migrations"
	"kith/seed"
)

// lengths are how long 819 real descriptions of services are, in characters of
// safe text: every 5th percentile of a city's open feed (Bristol, 2024).
var lengths = []int{0, 64, 99, 149, 199, 270, 336, 397, 469, 532, 595, 682, 790, 887, 978, 1112, 1282, 1477, 1713, 2245, 7833}

// fill makes a migrated database with the demo town and n listings in it.
func fill(dir string, n int) error {
	app := core.NewBaseApp(core.BaseAppConfig{DataDir: dir, DBConnect: store.Open})
	if err := app.Bootstrap(); err != nil {
		return err
	}
	defer app.ResetBootstrapState() //nolint:errcheck // the figures come from another process
	registry := hooks.Register(app, hooks.Config{})
	if err := app.RunAllMigrations(); err != nil {
		return err
	}
	if err := syncapi.Prepare(app, registry); err != nil {
		return err
	}
	if err := seed.Fill(app, time.Now()); err != nil {
		return err
	}
	return app.RunInTransaction(func(tx core.App) error {
		have, err := tx.CountRecords("listings")
		if err != nil {
			return err
		}
		var words []string
		if err := tx.DB().NewQuery("SELECT description FROM listings").Column(&words); err != nil {
			return err
		}
		w := &writer{rand.New(rand.NewPCG(1, 2)), strings.Fields(strings.Join(words, " "))}
		for i := int(have); i < n; i++ {
			if err := w.listing(tx, i); err != nil {
				return err
			}
		}
		return nil
	})
}

// writer makes texts from the words of the demo town: as long as real ones, and
// no two alike, so that compression has to work.
type writer struct {
	*rand.Rand
	words []string
}

func (w *writer) text(chars int) string {
	var b strings.Builder
	for b.Len() < chars {
		from := w.IntN(len(w.words) - 4)
		b.WriteString(strings.Join(w.words[from:from+1+w.IntN(4)], " "))
		b.WriteByte(' ')
	}
	return b.String()
}

// listing copies the columns of a seeded one, with texts of its own. It is raw
// SQL on purpose: whatever writes a row moves the index.
func (w *writer) listing(tx core.App, i int) error {
	at := w.IntN(len(lengths) - 1)
	chars := lengths[at] + w.IntN(lengths[at+1]-lengths[at])
	_, err := tx.DB().NewQuery(`INSERT INTO listings (id, kind, title, summary, description, organisation, place, room, schedule, prices, access, venue,
			languages, whoComes, firstVisit, contact, checked, status, source, sourceUrl, twin, sourceId, sourceHash)
		SELECT {:id}, kind, {:title}, {:summary}, {:description}, organisation, place, room, schedule, prices, access, venue,
			languages, whoComes, firstVisit, contact, checked, 'active', source, sourceUrl, '', {:id}, '' FROM listings WHERE source = 'demo' ORDER BY id LIMIT 1 OFFSET {:like}`).
		Bind(dbx.Params{
			"id": fmt.Sprintf("bench%010d", i), "title": w.text(24), "summary": w.text(80), "description": w.text(chars), "like": w.IntN(150),
		}).Execute()
	return err
}
