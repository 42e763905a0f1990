package cards

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	gosync "sync"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"kith/internal/card"
	"kith/internal/ledger"
	"kith/internal/sync"
	_ "kith/migrations"
)

// street is a community with a scheme, and nobody at the door.
type street struct {
	t *testing.T
	*scheme
	app core.App
	now time.Time
	n   int
}

// shape is what all begin with, as the migrations leave it.
var shape = gosync.OnceValues(func() ([]byte, error) {
	data, err := os.MkdirTemp("", "kith-cards-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(data)
	app := core.NewBaseApp(core.BaseAppConfig{DataDir: data})
	if err := app.Bootstrap(); err != nil {
		return nil, err
	}
	if err := errors.Join(app.RunAllMigrations(), app.ResetBootstrapState()); err != nil {
		return nil, err
	}
	return os.ReadFile(filepath.Join(data, "data.db"))
})

func newStreet(t *testing.T) *street {
	t.Helper()
	raw, err := shape()
	if err != nil {
		t.Fatal(err)
	}
	data := t.TempDir()
	if err := os.WriteFile(filepath.Join(data, "data.db"), raw, 0o600); err != nil {
		t.Fatal(err)
	}
	app := core.NewBaseApp(core.BaseAppConfig{DataDir: data})
	if err := app.Bootstrap(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := app.ResetBootstrapState(); err != nil {
			t.Error(err)
		}
	})
	s := &street{t: t, app: app, now: time.Date(2026, 6, 17, 9, 30, 0, 0, time.UTC), scheme: &scheme{ring: &card.Ring{}}}
	town := s.make("communities", map[string]any{"name": "Rye", "zone": "Europe/London", "scheme": ledger.Defaults()})
	keys, err := card.NewKeys(s.now.AddDate(-1, 0, 0), card.Set{}, false)
	if err != nil {
		t.Fatal(err)
	}
	s.ring.Put(town.Id, keys)
	return s
}

func (s *street) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *street) make(collection string, values map[string]any) *core.Record {
	s.t.Helper()
	c, err := s.app.FindCachedCollectionByNameOrId(collection)
	s.must(err)
	r := core.NewRecord(c)
	r.Id = s.id()
	r.Load(values)
	if c.IsAuth() {
		r.SetRandomPassword()
	}
	s.must(s.app.Save(r))
	return r
}

// id is an id that nobody had yet, the same in each run.
func (s *street) id() string {
	s.n++
	return sync.DerivedID("test", fmt.Sprint(s.n))
}

func (s *street) again(r *core.Record) *core.Record {
	s.t.Helper()
	r, err := s.app.FindRecordById(r.Collection().Name, r.Id)
	s.must(err)
	return r
}

func (s *street) shop(name string) *core.Record {
	return s.make("shops", map[string]any{"name": name, "status": "active"})
}

func (s *street) reward(stamps, pence int, shares ...ledger.Share) *core.Record {
	return s.make("rewards", map[string]any{"title": "Tea", "stamps": stamps, "pence": pence, "status": "active", "shops": shares})
}

// bearer is a member with a card and so many stamps.
func (s *street) bearer(stamps int) (member, account, with *core.Record) {
	member = s.make("members", map[string]any{"firstName": "Maya", "created": sync.Stamp(s.now), "standing": "active"})
	account = s.make("accounts", map[string]any{"member": member.Id, "closed": stamps, "stamps": stamps})
	return member, account, s.card(account, "phone")
}

func (s *street) card(account *core.Record, kind string) *core.Record {
	s.n++
	return s.make("cards", map[string]any{
		"account": account.Id, "member": account.GetString("member"), "kind": kind, "sub": fmt.Sprintf("%016x", s.n),
		"status": "active", "issued": dayNumber(s.now), "expires": dayNumber(s.now) + 90,
	})
}

// call carries out one command as that member, and says the code of a refusal.
func (s *street) call(do sync.Handler, member *core.Record, args string) string {
	s.t.Helper()
	s.n++
	var code string
	err := s.app.RunInTransaction(func(tx core.App) error {
		_, err := do(&sync.Call{App: tx, Member: member.Id, Device: "device000000000", Nonce: fmt.Sprint("nonce", s.n), Args: []byte(args), Now: s.now, OccurredAt: s.now})
		return err
	})
	var no *sync.Rejection
	if errors.As(err, &no) {
		return no.Code
	}
	s.must(err)
	return code
}

// get gets a voucher; it must be had.
func (s *street) get(member, reward *core.Record) *core.Record {
	s.t.Helper()
	id := s.id()
	if code := s.call(s.getVoucher, member, fmt.Sprintf(`{"id":%q,"reward":%q}`, id, reward.Id)); code != "" {
		s.t.Fatal(code)
	}
	v, err := s.app.FindRecordById("vouchers", id)
	s.must(err)
	return v
}

// took is a record by which a shop took a voucher, as it is stored.
func (s *street) took(v, shop *core.Record, received time.Time, whole bool) *core.Record {
	s.n++
	return s.make("stamps", map[string]any{
		"record": fmt.Sprint("record", s.n), "till": "till00000000000", "seq": s.n, "inShop": shop.Id, "shop": shop.Id, "account": v.GetString("account"),
		"act": "redeem", "at": sync.Stamp(received), "day": received.Format(time.DateOnly), "received": sync.Stamp(received), "voucher": v.GetString("jti"), "state": "ok", "whole": whole,
	})
}

// stamped is a stamp as it is stored.
func (s *street) stamped(account, shop *core.Record, at time.Time) *core.Record {
	s.n++
	return s.make("stamps", map[string]any{
		"record": fmt.Sprint("record", s.n), "till": "till00000000000", "seq": s.n, "inShop": shop.Id, "shop": shop.Id, "account": account.Id,
		"act": "stamp", "at": sync.Stamp(at), "day": at.Format(time.DateOnly), "received": sync.Stamp(at), "state": "ok", "counted": 1,
	})
}

// balance is what an account shows, and what it has spent.
func (s *street) balance(account *core.Record) (stamps, spent int) {
	a := s.again(account)
	return a.GetInt("stamps"), a.GetInt("spent")
}

func (s *street) turned(v *core.Record, to string) {
	s.t.Helper()
	s.must(s.app.RunInTransaction(func(tx core.App) error {
		r, err := tx.FindRecordById("vouchers", v.Id)
		if err != nil {
			return err
		}
		return turn(tx, r, to, s.now)
	}))
}

// rows are the rows of a collection by some of their columns.
func (s *street) rows(collection string, columns ...string) (out []string) {
	s.t.Helper()
	all, err := s.app.FindAllRecords(collection)
	s.must(err)
	for _, r := range all {
		line := ""
		for _, c := range columns {
			line += r.GetString(c) + " "
		}
		out = append(out, line[:len(line)-1])
	}
	return out
}
