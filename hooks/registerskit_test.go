package hooks_test

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/pocketbase/dbx"

	"kith/internal/calendar"
	"kith/internal/sync"
)

// hall is a group with two who host it, each with a phone of their own.
type hall struct {
	*town
	listing      string
	host, helper *phone
	at, wall     time.Time // of the session that has just been, and what clocks there showed
}

// inHall has a group that meets every third day, and has just met: whatever day it is.
func (w *town) inHall(host, helper *phone) *hall {
	zone, _ := calendar.Zone("Europe/London")
	at := time.Now().In(zone).Add(-4 * time.Hour).Truncate(time.Minute)
	if at.Hour() == 23 { // what is said of it a little later is said on the same day
		at = at.Add(-time.Hour)
	}
	wall, err := time.Parse(calendar.Local, at.Format(calendar.Local))
	must(w.t, err)
	h := &hall{town: w, host: host, helper: helper, at: at, wall: wall}
	h.listing = w.make("listings", map[string]any{
		"kind": "group", "title": "Lunch club", "status": "active",
		"schedule": `[{"start":"` + wall.AddDate(0, 0, -60).Format(calendar.Local) + `","minutes":120,"zone":"Europe/London","rrule":"FREQ=DAILY;INTERVAL=3"}]`,
	}).Id
	for _, p := range []*phone{host, helper} {
		w.make("hosts", map[string]any{"listing": h.listing, "member": p.member})
	}
	return h
}

// day names a session: 0 has just been, -1 is the one before.
func (h *hall) day(n int) string { return h.wall.AddDate(0, 0, 3*n).Format(calendar.Local) }

// of gives the arguments of what is said of a session.
func (h *hall) of(n int, more map[string]any) map[string]any {
	args := map[string]any{"listing": h.listing, "occurrence": h.day(n)}
	for k, v := range more {
		args[k] = v
	}
	return args
}

// marks are the arguments of one mark.
func (h *hall) marks(n int, regular, state string) map[string]any {
	return h.of(n, map[string]any{"marks": []any{map[string]any{"regular": regular, "state": state}}})
}

// adds puts somebody on the register.
func (h *hall) adds(p *phone, n int, name string) string {
	h.t.Helper()
	id := newID()
	p.doesWell("registers.add", h.of(n, map[string]any{"id": id, "firstName": name}))
	return id
}

// contradicted is what the phone is told of that: "column was>is".
func contradicted(o sync.Outcome) []string {
	var data struct {
		Replaced []struct{ Column, Was, Is string }
	}
	_ = json.Unmarshal(o.Result, &data)
	var out []string
	for _, r := range data.Replaced {
		out = append(out, r.Column+" "+r.Was+">"+r.Is)
	}
	return out
}

// asAt is a command that was given some minutes after the session that has just been
// began, whenever it comes.
func (h *hall) asAt(p *phone, minutes int, name string, args map[string]any) map[string]any {
	cmd := p.command(name, args)
	cmd["at"] = sync.Stamp(h.at.Add(time.Duration(minutes) * time.Minute))
	return cmd
}

// register is a session's as a host's phone has it: "state heads", and then each line
// "name state first? welcomed? introduced".
func (h *hall) register(n int) string {
	h.t.Helper()
	id := sync.DerivedID("register", h.listing, h.day(n))
	var head string
	must(h.t, h.app.DB().NewQuery("SELECT coalesce((SELECT state || ' ' || heads FROM registers WHERE id = {:id}), 'none')").Bind(dbx.Params{"id": id}).Row(&head))
	var lines []string
	must(h.t, h.app.DB().NewQuery(`SELECT trim(r.firstName || ' ' || m.state || iif(m.first, ' first', '') || iif(m.welcomed, ' welcomed', '') || ' ' || m.introduced)
		FROM marks m JOIN regulars r ON r.id = m.regular WHERE m.register = {:id} ORDER BY r.firstName, r.id`).Bind(dbx.Params{"id": id}).Column(&lines))
	return strings.Join(append([]string{head}, lines...), "; ")
}

// paired has a buddy and a regular of the group be paired since long ago.
func (h *hall) paired(buddy *phone, regular string) string {
	h.t.Helper()
	offer := h.make("buddies", map[string]any{"listing": h.listing, "member": buddy.member, "firstName": "Bo", "status": "approved"})
	return h.make("pairings", map[string]any{
		"listing": h.listing, "regular": regular, "buddy": offer.Id, "buddyMember": buddy.member, "buddyName": "Bo", "newcomerName": "Nell",
		"status": "open", "since": "2026-01-01", "opened": sync.Stamp(h.at.AddDate(0, 0, -59)),
	}).Id
}

// calls of a group: "occurrence state member|hosts".
func (w *town) calls(listing string) []string {
	w.t.Helper()
	var out []string
	must(w.t, w.app.DB().NewQuery(`SELECT occurrence || ' ' || state || ' ' || member || iif(toHosts, ' hosts', '') FROM calls WHERE listing = {:listing} ORDER BY occurrence`).
		Bind(dbx.Params{"listing": listing}).Column(&out))
	return out
}

// hasCalls checks them.
func (h *hall) hasCalls(what string, want ...string) {
	h.t.Helper()
	if got := h.calls(h.listing); !slices.Equal(got, want) {
		h.t.Errorf("%s: calls are %q, not %q", what, got, want)
	}
}

// orders are all orders in which n things can come.
func orders(n int) [][]int {
	if n == 0 {
		return [][]int{nil}
	}
	var all [][]int
	for _, rest := range orders(n - 1) {
		for i := range n {
			all = append(all, slices.Insert(slices.Clone(rest), i, n-1))
		}
	}
	return all
}
