package seed

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/card"
	"kith/internal/ledger"
	"kith/internal/sync"
	"kith/internal/token"
)

// scheme is what is behind the card of the demo town.
type scheme struct {
	Weeks   int       `json:"weeks"` // that shops look back on
	Cards   int       `json:"cards"` // on paper, of nobody in particular
	Visits  []habit   `json:"visits"`
	Tills   []till    `json:"tills"` // the first one of a shop that is open has its stamps
	Unusual []unusual `json:"unusual"`
	Held    []waits   `json:"held"`
	Printed []printed `json:"printed"`
}

// habit is how often people come to a shop, and when.
type habit struct {
	Shop  string   `json:"shop"`
	AWeek int      `json:"aWeek"`
	At    []string `json:"at"`
}

type till struct {
	Slug         string `json:"slug"`
	Shop         string `json:"shop"`
	Name         string `json:"name"`
	EndedDaysAgo int    `json:"endedDaysAgo"` // 0: it is open
}

// unusual is what a coordinator should see in the report of a week.
type unusual struct {
	Shop     string `json:"shop"`
	WeeksAgo int    `json:"weeksAgo"`
	Kind     string `json:"kind"` // burst or undo
	Count    int    `json:"count"`
}

// waits is a stamp that somebody should look at.
type waits struct {
	Shop    string `json:"shop"`
	DaysAgo int    `json:"daysAgo"`
	Why     string `json:"why"`
}

// printed is a card on paper that is somebody's, with a code that can be typed.
type printed struct {
	Person string `json:"person"`
	By     string `json:"by"`
	Code   string `json:"code"`
}

// Scheme gives the demo town months of stamps and vouchers, judged as the server
// judges. night is what the server does each night, as of a time: it makes weeks,
// settlements and patterns of them, one week after the other.
func Scheme(app core.App, ring *card.Ring, now time.Time, night func(core.App, time.Time) error) error {
	t, err := readTown()
	if err != nil {
		return err
	}
	zone, err := time.LoadLocation(t.community.Zone)
	if err != nil {
		return fmt.Errorf("seed: %w", err)
	}
	var s scheme
	if err := readFile("scheme.json", &s); err != nil {
		return err
	}
	l := newLife(t, s, now.In(zone))
	l.live()
	if err := app.RunInTransaction(func(tx core.App) error {
		w := &writer{app: tx, now: now.In(zone)}
		w.tills(l, ring)
		w.cards(l, ring)
		w.records(l)
		return w.err
	}); err != nil {
		return err
	}
	for ago := s.Weeks; ago >= 0; ago-- {
		if err := night(app, now.AddDate(0, 0, -7*ago)); err != nil {
			return err
		}
	}
	return app.RunInTransaction(func(tx core.App) error { return retire(tx, now) })
}

// recordsKept is how many days records are kept.
const recordsKept = 60

// retire has the records go that would have gone by now, and says what is left.
func retire(tx core.App, now time.Time) error {
	for _, statement := range []string{
		"DELETE FROM stamps WHERE day <= {:day} AND NOT (whole AND settled = '')",
		"UPDATE accounts SET held = (SELECT count(*) FROM stamps s WHERE s.account = accounts.id AND s.state = 'held' AND s.act = 'stamp')",
		"UPDATE accounts SET stamps = max(0, closed + min(held, 1) - spent + (SELECT coalesce(sum(counted), 0) FROM stamps s WHERE s.account = accounts.id))",
		"INSERT INTO reviews (id, shop, till, at, act, codes, state) SELECT id, inShop, till, substr(at, 1, 16) || ':00.000Z', act, codes, state FROM stamps WHERE state = 'held'",
	} {
		params := dbx.Params{}
		if statement[0] == 'D' {
			params["day"] = now.AddDate(0, 0, -recordsKept).Format(dateLayout)
		}
		if _, err := tx.DB().NewQuery(statement).Bind(params).Execute(); err != nil {
			return fmt.Errorf("seed: the card's history: %w", err)
		}
	}
	return nil
}

// tills are each with a token by a key that nobody has: they are there to be seen.
func (w *writer) tills(l *life, ring *card.Ring) {
	for _, t := range l.scheme.Tills {
		key, err := nobodysKey()
		if err != nil && w.err == nil {
			w.err = err
		}
		id, shop, issued := rowID("tills", t.Slug), rowID("shops", t.Shop), w.now.UTC().Truncate(time.Second)
		until := issued.AddDate(0, 0, 30)
		raw, err := ring.Till(card.Till{ID: id, Shop: shop, Issued: issued, Expires: until, JTI: subOf(t.Slug), Key: key})
		if err != nil && w.err == nil {
			w.err = err
		}
		ended := ""
		if t.EndedDaysAgo > 0 {
			ended = sync.Stamp(w.now.AddDate(0, 0, -t.EndedDaysAgo))
		}
		w.save("tills", t.Slug, map[string]any{
			"shop": shop, "name": t.Name, "token": raw, "key": fmt.Sprintf(`{"kty":"EC","crv":"P-256","x":%q,"y":%q}`, key.X, key.Y), "opened": sync.Stamp(l.opened(t.Shop)),
			"ended": ended, "expires": int(card.Day(until)), "seq": l.seq[t.Slug], "head": l.head[t.Slug],
		})
	}
}

func nobodysKey() (token.Key, error) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return token.Key{}, err
	}
	return token.KeyOf(&private.PublicKey)
}

// cards are all on paper: a phone makes its own. NB! They are of today, as the demo's
// keys are: no key signs what is older than itself.
func (w *writer) cards(l *life, ring *card.Ring) {
	for _, b := range l.bearers {
		w.save("accounts", b.slug, map[string]any{"member": refer("members", b.person), "spent": b.spent, "used": w.now.Format(dateLayout)})
		packed, err := ring.Card(subOf(b.slug), card.Day(w.now), card.Units(365), nil)
		if err != nil && w.err == nil {
			w.err = err
		}
		w.save("cards", b.slug, map[string]any{
			"account": rowID("accounts", b.slug), "member": refer("members", b.person), "by": refer("members", b.by), "sub": subOf(b.slug).String(), "kind": "printed",
			"packed": base64.RawURLEncoding.EncodeToString(packed), "code": b.code, "issued": int(card.Day(w.now)), "expires": int(card.Day(w.now)) + 365, "status": "active",
		})
	}
	for _, v := range l.vouchers {
		w.voucher(v, ring)
	}
}

func (w *writer) voucher(v *voucher, ring *card.Ring) {
	day := card.Day(v.at)
	if v.status == "open" {
		day = card.Day(w.now)
	}
	row := map[string]any{
		"account": rowID("accounts", v.of.slug), "member": refer("members", v.of.person), "reward": rowID("rewards", v.reward.Slug), "jti": subOf(v.slug).String(), "status": v.status,
		"issued": int(day), "expires": int(day) + 60, "pence": v.reward.Pence, "offline": v.reward.Pence <= ledger.Defaults().OfflinePence, "printed": true, "stamps": v.reward.Stamps, "card": rowID("cards", v.of.slug),
	}
	if v.status == "open" {
		packed, err := ring.Voucher(card.Voucher{
			ID: subOf(v.slug), Sub: subOf(v.of.slug), Reward: rowID("rewards", v.reward.Slug), Pence: v.reward.Pence, Offline: v.reward.Pence <= ledger.Defaults().OfflinePence, Day: day, TTL: card.Units(60),
		})
		if err != nil && w.err == nil {
			w.err = err
		}
		onPaper, err := ring.Card(subOf(v.of.slug), card.Day(w.now), card.Units(365), nil)
		if err != nil && w.err == nil {
			w.err = err
		}
		row["packed"] = base64.RawURLEncoding.EncodeToString(append(onPaper, packed...))
	}
	w.save("vouchers", v.slug, row)
}

// records are what the tills wrote down, as they are stored once they were judged.
func (w *writer) records(l *life) {
	plain := map[string]bool{}
	for _, s := range l.town.shops {
		plain[s.Slug] = s.Plain
	}
	verdicts := l.judged()
	for _, r := range l.records {
		if w.err != nil {
			return
		}
		v := verdicts[r.ID]
		shown := rowID("shops", r.Shop)
		if plain[r.Shop] {
			shown = ""
		}
		codes := "[]"
		if len(v.Codes) > 0 {
			codes = fmt.Sprintf("[%q]", v.Codes[0])
		}
		_, w.err = w.app.DB().Insert("stamps", dbx.Params{
			"id": sync.DerivedID("stamp", r.ID), "record": r.ID, "till": rowID("tills", r.Till), "seq": r.Seq, "prv": r.Prev, "of": r.Of, "shop": shown, "inShop": rowID("shops", r.Shop),
			"account": rowID("accounts", r.by.slug), "member": refer("members", r.by.person), "card": rowID("cards", r.by.slug), "paper": true, "act": r.Act,
			"at": sync.Stamp(r.At), "day": r.Day, "received": sync.Stamp(r.At.Add(time.Minute)), "proof": "", "voucher": r.Voucher,
			"own": r.own(), "linked": !r.gap, "forked": false, "busy": false, "state": v.State, "codes": codes, "counted": v.Counted, "whole": v.Whole, "settled": "", "reviewed": "",
		}).Execute()
	}
}
