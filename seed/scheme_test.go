package seed

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"kith/internal/card"
	"kith/internal/ledger"
)

// schemed is a demo town with what is behind its card, and the keys that it is by.
func schemed(t *testing.T, now time.Time) (core.App, *card.Ring) {
	t.Helper()
	app, ring := emptyApp(t), &card.Ring{}
	fill(t, app, now)
	keys, err := card.NewKeys(now, card.Set{}, false)
	if err != nil {
		t.Fatal(err)
	}
	ring.Put(rowID("communities", "nunhead"), keys)
	if err := Scheme(app, ring, now, func(core.App, time.Time) error { return nil }); err != nil {
		t.Fatal(err)
	}
	return app, ring
}

func TestScheme_TheBooksAreRight(t *testing.T) {
	app, ring := schemed(t, london(t, "2026-11-26T10:00"))
	accounts, err := app.FindAllRecords("accounts")
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range accounts {
		var spent, counted, waiting int
		err := app.DB().NewQuery(`SELECT coalesce((SELECT sum(stamps) FROM vouchers WHERE account = {:a} AND status IN ('open', 'redeemed')), 0),
			coalesce((SELECT sum(counted) FROM stamps WHERE account = {:a}), 0), (SELECT count(*) FROM stamps WHERE account = {:a} AND state = 'held')`).
			Bind(map[string]any{"a": a.Id}).Row(&spent, &counted, &waiting)
		if err != nil {
			t.Fatal(err)
		}
		want := ledger.Shown(a.GetInt("closed"), spent, counted, waiting)
		if a.GetInt("spent") != spent || a.GetInt("stamps") != want || a.GetInt("held") != waiting {
			t.Errorf("%s spent %d of %d, shows %d of %d", a.Id, a.GetInt("spent"), spent, a.GetInt("stamps"), want)
		}
	}
	open, err := app.FindRecordsByFilter("vouchers", "status = 'open'", "", 0, 0)
	if err != nil || len(open) == 0 {
		t.Fatalf("%d vouchers, %v", len(open), err)
	}
	for _, v := range open {
		packed, err := base64.RawURLEncoding.DecodeString(v.GetString("packed"))
		if err != nil {
			t.Fatal(err)
		}
		if _, code := card.Check(ring.Set(), card.Facts{}, packed, london(t, "2026-11-26T12:00")); code != card.OK {
			t.Errorf("a voucher of the demo is %s", code)
		}
	}
}

func TestScheme_WhatSomebodyShouldLookAtIsWhatTheFileSays(t *testing.T) {
	app, _ := schemed(t, london(t, "2026-11-26T10:00"))
	for what, where := range map[int]string{3: "state = 'held'", 0: "state = 'rejected'", 8: "act = 'undo'"} {
		var n int
		if err := app.DB().NewQuery("SELECT count(*) FROM stamps WHERE " + where).Row(&n); err != nil || n != what {
			t.Errorf("%d where %s, not %d (%v)", n, where, what, err)
		}
	}
	var shown, plain int
	err := app.DB().NewQuery("SELECT count(*), coalesce(sum(s.shop <> ''), 0) FROM stamps s JOIN shops p ON p.id = s.inShop WHERE p.plain").Row(&plain, &shown)
	if err != nil || plain == 0 || shown != 0 {
		t.Errorf("%d stamps of a pharmacy, of which %d say so (%v)", plain, shown, err)
	}
}

// Ensure that the demo can be seeded on any day and at any time of it.
func TestScheme_OnAnyDay(t *testing.T) {
	for _, at := range []string{"2026-01-01T00:05", "2026-03-29T02:30", "2028-02-29T23:59"} {
		app, _ := schemed(t, london(t, at))
		if n, err := app.CountRecords("stamps"); err != nil || n < 500 {
			t.Errorf("on %s: %d stamps, %v", at, n, err)
		}
	}
}

// Ensure that a week in which something was unusual is over, and has been looked at, on
// whichever weekday the demo is seeded: where a shop is shut it was before.
func TestScheme_WhatWasUnusualIsLongEnoughAgo(t *testing.T) {
	town := load(t)
	var s scheme
	if err := readFile("scheme.json", &s); err != nil {
		t.Fatal(err)
	}
	for weekday := range 7 {
		now := london(t, "2026-11-26T10:00").AddDate(0, 0, weekday)
		l := newLife(town, s, now)
		for _, u := range s.Unusual {
			last, n := now.AddDate(0, 0, -7*u.WeeksAgo), 0
			for ago := range 7 * s.Weeks {
				for _, r := range l.happens(ago, now.AddDate(0, 0, -ago)) {
					if r.Shop != u.Shop || r.At.Format("15:04") < "11:05" || len(r.Hold) > 0 || r.Act == ledger.ActUndo {
						continue
					}
					n++
					if r.At.After(last.AddDate(0, 0, 1)) || r.At.Before(last.AddDate(0, 0, -6)) || len(l.shop(u.Shop).Hours[strings.ToLower(r.At.Weekday().String()[:3])]) == 0 {
						t.Errorf("seeded on a %s: %s on %s", now.Weekday(), u.Kind, r.At)
					}
				}
			}
			if n != u.Count {
				t.Errorf("seeded on a %s: %d of %s", now.Weekday(), n, u.Kind)
			}
		}
	}
}

func TestScheme_EverySlugLeadsSomewhere(t *testing.T) {
	town := load(t)
	var s scheme
	if err := readFile("scheme.json", &s); err != nil {
		t.Fatal(err)
	}
	shops := map[string]bool{}
	for _, shop := range town.shops {
		shops[shop.Slug] = true
		for day, spans := range shop.Hours {
			if len(spans) == 0 {
				t.Errorf("%s: %s has no hours: leave it out", shop.Slug, day)
			}
		}
	}
	for _, r := range town.rewards {
		sum := 0
		for _, share := range r.Shops {
			sum += share.Share
			if !shops[share.Shop] || town.shops[indexOf(town, share.Shop)].Plain {
				t.Errorf("%s: %s isn't there, or is plain", r.Slug, share.Shop)
			}
		}
		if sum != 100 {
			t.Errorf("%s: shares of %d", r.Slug, sum)
		}
	}
	for _, h := range s.Visits {
		if !shops[h.Shop] {
			t.Errorf("visits to %q", h.Shop)
		}
	}
	for _, till := range s.Tills {
		if !shops[till.Shop] {
			t.Errorf("a till of %q", till.Shop)
		}
	}
}

func indexOf(t *town, slug string) int {
	for i, s := range t.shops {
		if s.Slug == slug {
			return i
		}
	}
	return 0
}
