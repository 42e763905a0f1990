package hooks_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/pocketbase/dbx"

	"kith/internal/sync"
)

// actingTown lets one phone act for one member under some scopes, and notes
// what was done.
type actingTown struct {
	*town
	helper, person *phone
	scopes         map[string]bool
	noted          []string
	fails          bool
}

func newActingTown(t *testing.T) *actingTown {
	a := &actingTown{scopes: map[string]bool{}}
	a.town = newTown(t, func(r *sync.Registry) {
		r.Acting = func(c *sync.Call, scope string) error {
			if c.Member == a.person.member && c.Helper == a.helper.member && a.scopes[scope] {
				return nil
			}
			return sync.Reject("not_acting", "Not you.")
		}
		r.Acted = func(c *sync.Call, name string) error {
			if a.fails {
				return errors.New("can't note it")
			}
			a.noted = append(a.noted, name+" "+c.Member+" "+c.Helper+" "+c.Nonce)
			return nil
		}
	})
	a.helper, a.person = a.phone("resident"), a.phone("resident")
	return a
}

func (a *actingTown) does(name string, args map[string]any) (map[string]any, sync.Outcome) {
	c := a.helper.command(name, args)
	c["for"] = a.person.member
	got := a.helper.sync(c)
	return c, got.outcomes[len(got.outcomes)-1]
}

// Ensure that a helper does for somebody only what they are let do, that it
// becomes that person's, and that it is noted with who did it.
func TestActing_IsAskedForInsideTheCommand(t *testing.T) {
	a := newActingTown(t)
	club := a.weekly("Lunch club")
	if _, o := a.does("visits.come", comeArgs(club.Id)); o.Code != "not_acting" || a.count("visits") != 0 {
		t.Fatalf("without leave: %+v", o)
	}
	a.scopes["visits"] = true
	sent, o := a.does("visits.come", comeArgs(club.Id))
	if o.Status != sync.OK {
		t.Fatalf("%+v", o)
	}
	visit, err := a.app.FindFirstRecordByFilter("visits", "")
	must(t, err)
	if visit.GetString("member") != a.person.member {
		t.Errorf("the visit is %s's", visit.GetString("member"))
	}
	if want := "visits.come " + a.person.member + " " + a.helper.member + " " + sent["nonce"].(string); len(a.noted) != 1 || a.noted[0] != want {
		t.Errorf("noted %q, not %q", a.noted, want)
	}
	if got := a.helper.sync(sent); len(a.noted) != 1 || a.count("visits") != 1 || got.outcomes[len(got.outcomes)-1].Status != sync.OK {
		t.Errorf("sent again: %s, noted %q", got.raw, a.noted)
	}
	if _, o := a.does("visits.cancel", map[string]any{"id": visit.Id}); o.Status != sync.OK {
		t.Errorf("%+v", o)
	}
	if _, o := a.does("people.rename", map[string]any{"firstName": "Eve"}); o.Code != "not_acting" {
		t.Errorf("under another scope: %+v", o)
	}
	if _, o := a.does("listings.check", map[string]any{"id": club.Id}); o.Code != "not_acting" {
		t.Errorf("what nobody can do for another: %+v", o)
	}
}

// Ensure that a rejected command isn't noted, and that one which can't be noted
// isn't done.
func TestActing_WhatCannotBeNotedIsNotDone(t *testing.T) {
	a := newActingTown(t)
	club := a.weekly("Lunch club")
	a.scopes["visits"] = true
	wrong := comeArgs(club.Id)
	wrong["listing"] = newID()
	if _, o := a.does("visits.come", wrong); o.Code != "listing_unknown" || len(a.noted) != 0 {
		t.Errorf("%+v, noted %q", o, a.noted)
	}
	a.fails = true
	c := a.helper.command("visits.come", comeArgs(club.Id))
	c["for"] = a.person.member
	if got := a.helper.sync(c); len(got.stops) != 1 || got.stops[0].Reason != sync.Retry || a.count("visits") != 0 {
		t.Errorf("%s", got.raw)
	}
	for range 2 {
		a.helper.sync(c)
	}
	var payload string
	must(t, a.app.DB().NewQuery("SELECT payload FROM sync_command WHERE nonce = {:nonce}").Bind(dbx.Params{"nonce": c["nonce"]}).Row(&payload))
	var kept struct{ For string }
	if json.Unmarshal([]byte(payload), &kept) != nil || kept.For != a.person.member {
		t.Errorf("put aside as %s", payload)
	}
}

// Ensure that a room which doesn't say who may act lets nobody, and that what
// is no member's id is refused with the request.
func TestActing_IsNobodysUntilSomebodySaysSo(t *testing.T) {
	a := newActingTown(t)
	a.registry.Acting = nil
	if _, o := a.does("people.rename", map[string]any{"firstName": "Eve"}); o.Code != "not_acting" {
		t.Errorf("%+v", o)
	}
	c := a.helper.command("people.rename", map[string]any{"firstName": "Eve"})
	c["for"] = "not an id"
	if got := a.helper.exchange(map[string]any{"commands": []any{c}}); got.code != 400 {
		t.Errorf("%d %s", got.code, got.raw)
	}
}
