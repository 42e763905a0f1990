package seed

import (
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"maps"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"kith/internal/care"
	"kith/internal/ledger"
)

// rowID gives the same id for the same slug on every machine, in the form that
// devices make: 15 characters of a-z0-9.
func rowID(collection, slug string) string {
	sum := sha256.Sum256([]byte("kith demo town/" + collection + "/" + slug))
	return strings.ToLower(base32.HexEncoding.EncodeToString(sum[:]))[:15]
}

// refer is rowID for something that may be left out.
func refer(collection, slug string) string {
	if slug == "" {
		return ""
	}
	return rowID(collection, slug)
}

// writer saves rows until the first error, and keeps that.
type writer struct {
	app core.App
	now time.Time // in the community's zone
	err error
}

func (w *writer) save(collection, slug string, columns map[string]any) {
	w.saveAs(collection, rowID(collection, slug), columns)
}

// saveAs is save, of a row whose id isn't made from a slug.
func (w *writer) saveAs(collection, id string, columns map[string]any) {
	if w.err != nil {
		return
	}
	into, err := w.app.FindCachedCollectionByNameOrId(collection)
	if err != nil {
		w.err = err
		return
	}
	record := core.NewRecord(into)
	record.Id = id
	record.Load(columns)
	if into.IsAuth() {
		record.SetRandomPassword() // nobody signs in by password
	}
	if err := w.app.Save(record); err != nil {
		w.err = fmt.Errorf("seed: %s %v: %w", collection, columns, err)
	}
}

// from names the row's place in the files, for an importer or an editor.
func from(slug string) map[string]any {
	return map[string]any{"source": Source, "sourceId": slug}
}

func (w *writer) community(c community, l looking) {
	settings, err := care.Defaults().Change(l.Settings)
	if err != nil && w.err == nil {
		w.err = fmt.Errorf("seed: care.json: %w", err)
	}
	w.save("communities", c.Slug, map[string]any{
		"name": c.Name, "area": c.Area, "zone": c.Zone, "lat": c.Lat, "lon": c.Lon,
		"definition": c.Definition, "attributions": c.Attributions, "demo": c.Demo, "care": settings, "scheme": ledger.Defaults(),
	})
}

// looking is whom a responder can ring, and who has read the training cards.
func (w *writer) looking(l looking) {
	for i, n := range l.OnCall {
		w.save("onCall", n.Slug, map[string]any{"name": n.Name, "phone": n.Phone, "order": i})
	}
	for _, slug := range l.Basics {
		w.save("basics", slug, map[string]any{"member": rowID("members", slug), "version": 1, "day": w.now.AddDate(0, 0, -30).Format(dateLayout)})
	}
}

func (w *writer) places(places []place) {
	for _, p := range places {
		columns := from(p.Slug)
		maps.Copy(columns, map[string]any{
			"name": p.Name, "address": p.Address, "postcode": p.Postcode,
			"lat": p.Lat, "lon": p.Lon, "kind": p.Kind, "access": p.Access,
		})
		w.save("places", p.Slug, columns)
	}
}

func (w *writer) organisations(organisations []organisation) {
	for _, o := range organisations {
		columns := from(o.Slug)
		maps.Copy(columns, map[string]any{
			"name": o.Name, "description": o.Description, "url": o.URL, "email": o.Email, "phone": o.Phone,
		})
		w.save("organisations", o.Slug, columns)
	}
}

func (w *writer) listings(listings []listing) {
	for _, l := range listings {
		when, err := schedule(l.Schedule, w.now)
		if err != nil && w.err == nil {
			w.err = fmt.Errorf("seed: %s: %w", l.Slug, err)
		}
		if l.Prices != nil && l.Prices.Amounts == nil {
			l.Prices.Amounts = []amount{} // clients read a list
		}
		columns := from(l.Slug)
		maps.Copy(columns, map[string]any{
			"kind": l.Kind, "title": l.Title, "summary": l.Summary,
			"description":  strings.Join(l.Description, "\n\n"),
			"organisation": refer("organisations", l.Organisation),
			"place":        refer("places", l.Place), "room": l.Room, "schedule": when,
			"prices": l.Prices, "access": l.Access, "venue": l.Venue, "languages": l.Languages,
			"whoComes": l.WhoComes, "firstVisit": l.FirstVisit, "contact": l.Contact,
			"checked": w.now.AddDate(0, 0, -l.CheckedDaysAgo).Format(dateLayout),
			"status":  l.Status, "twin": refer("listings", l.Twin),
		})
		w.save("listings", l.Slug, columns)
	}
}

func (w *writer) shops(shops []shop) {
	for _, s := range shops {
		w.save("shops", s.Slug, map[string]any{
			"name": s.Name, "place": refer("places", s.Place), "status": "active", "perk": s.Perk, "chatty": s.Chatty, "hours": s.Hours, "plain": s.Plain,
			"joined": w.now.AddDate(0, 0, -s.JoinedDaysAgo).Format(dateLayout),
		})
	}
}

func (w *writer) rewards(rewards []reward, shops []shop) {
	names := map[string]string{}
	for _, s := range shops {
		names[s.Slug] = s.Name
	}
	for _, r := range rewards {
		status, at, shares := "active", []string{}, []ledger.Share{}
		if r.Ended {
			status = "ended"
		}
		for _, s := range r.Shops {
			at = append(at, names[s.Shop])
			shares = append(shares, ledger.Share{Shop: rowID("shops", s.Shop), Share: s.Share})
		}
		w.save("rewards", r.Slug, map[string]any{
			"title": r.Title, "text": r.Text, "stamps": r.Stamps, "pence": r.Pence, "status": status, "shops": shares,
			"plainText": ledger.InWords(r.Title, r.Text, r.Stamps, r.Pence, at),
		})
	}
}

func (w *writer) people(people []person) {
	created := w.now.UTC().Format("2006-01-02T15:04:05.000Z")
	for _, p := range people {
		w.save("members", p.Slug, map[string]any{"firstName": p.FirstName, "created": created, "standing": "active", "noPhone": p.NoPhone})
		member := rowID("members", p.Slug)
		if p.Helper != "" {
			w.consent(p)
		}
		for _, role := range p.Roles {
			w.save("roles", p.Slug+"/"+role, map[string]any{"member": member, "role": role, "shop": refer("shops", p.Shop)})
		}
		for _, hosted := range p.Hosts {
			w.save("hosts", p.Slug+"/"+hosted, map[string]any{"member": member, "listing": rowID("listings", hosted), "firstName": p.FirstName})
		}
	}
}

// consent is what somebody agreed to in person, with a coordinator there.
func (w *writer) consent(p person) {
	stamp := func(days int) string { return w.now.AddDate(0, 0, days).UTC().Format("2006-01-02T15:04:05.000Z") }
	helper := rowID("members", p.Helper)
	w.save("consents", p.Slug+"/"+p.Helper, map[string]any{
		"member": rowID("members", p.Slug), "helper": helper, "how": "inPerson", "witness": "Tom", "recordedBy": helper,
		"scopes": []string{"visits", "details"}, "status": "active", "starts": stamp(-10), "until": stamp(200),
	})
}
