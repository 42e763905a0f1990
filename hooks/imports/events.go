package imports

import (
	"context"
	"net/url"
	"slices"
	"unicode/utf8"

	"kith/internal/calendar"
	"kith/internal/icalendar"
	"kith/internal/limits"
	"kith/internal/openreferral"
	"kith/internal/text"
)

// loadEvents reads an iCalendar file. A calendar without events is whole and
// valid, yet marks nothing gone: that is what a calendar looks like whose owner
// has just moved it elsewhere.
func loadEvents(ctx context.Context, from source) (*batch, error) {
	data, err := newReader().read(ctx, from)
	if err != nil {
		return nil, err
	}
	found, err := icalendar.Read(data)
	if err != nil {
		return nil, err
	}
	b := &batch{noun: "events", read: len(found.Events) + len(found.Refused), seen: map[string]bool{}, whole: true, mayBeEmpty: true}
	if b.read == 0 {
		b.note("0 events, nothing marked gone.")
	}
	for _, e := range found.Events {
		b.event(e)
	}
	for _, r := range found.Refused {
		b.refused = append(b.refused, refusal{id: text.OneLine(r.UID), title: plain(r.Summary), reason: r.Code, why: r.Message})
		b.seen[r.UID] = true
		if r.UID == "" && b.whole {
			b.whole = false
			b.note("An event without an id could be any event that was here before, so nothing was marked gone.")
		}
	}
	return b, nil
}

// plain is a feed's short text as one safe line.
func plain(s string) string { return text.OneLine(text.FromHTML(s)) }

// event adds one event, or its refusal. A LOCATION is words about where, often
// with a time or a second room in it: it never becomes a place of its own.
func (b *batch) event(e icalendar.Event) {
	b.seen[e.UID] = true
	title := plain(e.Summary)
	if clean, err := text.Line(e.UID, openreferral.MaxID); err != nil || clean != e.UID {
		b.refuse(0, text.OneLine(e.UID), title, openreferral.IDInvalid)
		return
	}
	if title == "" {
		b.refuse(0, e.UID, "", openreferral.NameMissing)
		return
	}
	body := text.FromHTML(e.Description)
	short, body := b.fit(e.UID, "name_cut", title, limits.Title, body)
	room, body := b.fit(e.UID, "room_cut", plain(e.Location), limits.ShortText, body)
	description, cut := text.Cut(body, limits.Description)
	if cut {
		b.warn("description_cut", e.UID)
	}
	b.rows = append(b.rows, row{id: e.UID, title: short, columns: map[string]any{
		"kind": kindOf(e.Schedule), "title": short, "description": description, "room": room,
		"schedule": e.Schedule, "status": statusOf(e.Status), "sourceUrl": b.webAddress(e.UID, e.URL),
	}})
}

// fit cuts a line that is longer than its column, and then keeps the whole of
// it in front of the description.
func (b *batch) fit(id, code, line string, max int, body string) (short, longer string) {
	if utf8.RuneCountInString(line) <= max {
		return line, body
	}
	b.warn(code, id)
	short, _ = text.Cut(line, max)
	if body == "" {
		return short, line
	}
	return short, line + "\n\n" + body
}

// kindOf: what comes again is a group, what comes once is an event.
func kindOf(schedule calendar.Schedule) string {
	if slices.ContainsFunc(schedule, func(item calendar.Item) bool { return item.RRule != "" }) {
		return "group"
	}
	return "event"
}

// statusOf: a calendar's TENTATIVE is still the time to come.
func statusOf(status string) string {
	if status == "CANCELLED" {
		return "ended"
	}
	return "active"
}

// maxAddress is as long as an address may be that somebody types here.
const maxAddress = 500

func (b *batch) webAddress(id, found string) string {
	if found == "" {
		return ""
	}
	u, err := url.Parse(text.OneLine(found))
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.User != nil || len(u.String()) > maxAddress {
		b.warn("url_invalid", id)
		return ""
	}
	return u.String()
}
