package imports

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	"kith/internal/openreferral"
)

// maxPages ends a feed that always has one more page.
const maxPages = 10_000

// loadServices reads Open Referral UK, all pages of it.
func loadServices(ctx context.Context, from source) (*batch, error) {
	p := &pager{reader: newReader(), from: from}
	if err := p.all(ctx); err != nil {
		return nil, err
	}
	feed := openreferral.Read(p.items)
	b := &batch{noun: "services", read: feed.Read, seen: feed.Seen, whole: true, notes: p.notes}
	for _, o := range feed.Organisations {
		b.organisations = append(b.organisations, organisationRow(o))
	}
	for _, place := range feed.Places {
		b.places = append(b.places, placeRow(place))
	}
	for _, l := range feed.Listings {
		b.rows = append(b.rows, serviceRow(l))
	}
	for _, r := range feed.Refused {
		b.refuse(r.Row, r.ID, r.Name, r.Reason)
		if !feed.Seen[r.ID] {
			b.whole = false
		}
	}
	if len(b.refused) > 0 && !b.whole {
		b.note("A row without an id could be any row that was here before, so nothing was marked gone.")
	}
	if p.missing {
		b.whole = false
	}
	for _, w := range feed.Warnings {
		b.warn(w.Code, w.ID)
	}
	return b, nil
}

func organisationRow(o openreferral.Organisation) row {
	return row{id: o.SourceID, title: o.Name, columns: map[string]any{
		"name": o.Name, "description": o.Description, "url": o.URL, "email": o.Email, "phone": o.Phone,
	}}
}

func placeRow(p openreferral.Place) row {
	return row{id: p.SourceID, title: p.Name, columns: map[string]any{
		"name": p.Name, "address": p.Address, "postcode": p.Postcode, "lat": p.Lat, "lon": p.Lon, "access": p.Access,
	}}
}

func serviceRow(l openreferral.Listing) row {
	return row{id: l.SourceID, title: l.Title, organisation: l.Organisation, place: l.Place, columns: map[string]any{
		"kind": l.Kind, "title": l.Title, "description": l.Description, "schedule": l.Schedule, "prices": l.Prices,
		"access": l.Access, "venue": l.Venue, "languages": l.Languages, "whoComes": l.WhoComes, "contact": l.Contact,
		"checked": l.Checked, "status": l.Status, "sourceUrl": l.SourceURL,
	}}
}

// pager collects the items of all pages of a feed.
type pager struct {
	reader *reader
	from   source
	items  []json.RawMessage
	notes  []string
	// missing is true if the feed says that it has more than was read.
	missing bool
}

func (p *pager) all(ctx context.Context) error {
	data, err := p.reader.read(ctx, p.from)
	if err != nil {
		return err
	}
	first, err := openreferral.Parse(data)
	if err != nil {
		return err
	}
	p.items = first.Items
	chosen := p.from.url != nil && p.from.url.Query().Has("page")
	if more(first, 1) && p.from.url != nil && !chosen {
		if err := p.rest(ctx, first, data); err != nil {
			return err
		}
	} else if more(first, 1) || chosen {
		p.miss("This is one page of several, so nothing was marked gone.")
	}
	if first.Total > len(p.items) && !p.missing {
		p.miss(fmt.Sprintf("The feed says that it has %d services, but it gave %d, so nothing was marked gone.", first.Total, len(p.items)))
	}
	return nil
}

func (p *pager) miss(note string) {
	p.missing = true
	p.notes = append(p.notes, note)
}

// more says whether a page follows this one, the n-th that was read.
func more(page openreferral.Page, n int) bool {
	if page.Pages > 0 {
		return n < page.Pages
	}
	return page.Paged && !page.Last && len(page.Items) > 0
}

// rest reads the second page and all that follow.
func (p *pager) rest(ctx context.Context, first openreferral.Page, data []byte) error {
	before := first
	if !first.Paged {
		before.Number = 1
	}
	shift := 0
	for n := 1; more(before, n); n++ {
		if n == maxPages {
			return fmt.Errorf("it has more than %d pages", maxPages)
		}
		next, raw, err := p.page(ctx, before.Number+1+shift)
		if err == nil && n == 1 && shift == 0 && next.Paged && next.Number == first.Number {
			// Some 1.0 servers answer from 0 and are asked from 1.
			shift = 1
			next, raw, err = p.page(ctx, before.Number+1+shift)
		}
		switch {
		case err != nil:
			return fmt.Errorf("page %d: %w", n+1, err)
		case next.Paged && next.Number != before.Number+1, !next.Paged && bytes.Equal(raw, data):
			return fmt.Errorf("page %d: the server answers with another page than it was asked for", n+1)
		case len(next.Items) == 0 && before.Pages > 0:
			return fmt.Errorf("page %d: it is empty, though the feed says that it has more", n+1)
		}
		if !next.Paged {
			next.Number = before.Number + 1
		}
		if next.Pages == 0 {
			next.Pages = before.Pages
		}
		p.items = append(p.items, next.Items...)
		before, data = next, raw
	}
	return nil
}

func (p *pager) page(ctx context.Context, number int) (openreferral.Page, []byte, error) {
	u := *p.from.url
	query := u.Query()
	query.Set("page", strconv.Itoa(number))
	u.RawQuery = query.Encode()
	data, err := p.reader.fetch(ctx, &u)
	if err != nil {
		return openreferral.Page{}, nil, err
	}
	page, err := openreferral.Parse(data)
	return page, data, err
}
