package openreferral

import (
	"strings"
	"unicode/utf8"

	"kith/internal/limits"
	"kith/internal/text"
)

// plain is a feed's short text as one safe line.
func plain(s string) string { return text.OneLine(text.FromHTML(s)) }

// normal is a word for comparing: lower case, single spaces.
func normal(s string) string { return strings.ToLower(plain(s)) }

// words collects what a listing says in prose: the description, and behind it
// everything that has no column of its own.
type words struct {
	body []string
	more []string
}

func (w *words) add(label, s string) {
	if s = text.FromHTML(s); s != "" {
		w.more = append(w.more, label+s)
	}
}

func (r *reader) listing(s *service, status string) Listing {
	id := string(s.ID)
	if s.Status == "" {
		r.warn(id, "status_missing", "taken as active")
	}
	w := &words{}
	l := Listing{
		SourceID: id, Kind: kinds[normal(string(s.DeliverableType))], Status: status,
		Title: r.short(id, "name_cut", plain(string(s.Name)), limits.Title), Venue: venues[normal(string(s.AttendingType))],
		WhoComes: whoComes(s), Checked: r.date(id, string(s.AssuredDate)),
	}
	if l.Kind == "" {
		l.Kind = "service"
	}
	if name := plain(string(s.Name)); name != l.Title {
		w.body = append(w.body, name)
	}
	for _, part := range []word{s.Alert, s.Description} {
		if part := text.FromHTML(string(part)); part != "" {
			w.body = append(w.body, part)
		}
	}
	w.add("How to take part: ", string(s.AttendingAccess))
	w.add("", string(s.AttendingMore))
	l.Organisation = r.organisation(id, s.Organization.first(), w)
	l.Place, l.Access, l.Venue = r.place(id, s, l.Venue, w)
	l.Schedule = r.schedule(id, s, w)
	l.Prices = r.prices(id, s, w)
	l.Languages = r.languages(id, s, w)
	l.Contact = r.contact(id, s, w)
	if l.Contact != nil {
		l.SourceURL = l.Contact.URL
	}
	w.add("Accreditations: ", string(s.Accreditations))
	l.Description = r.description(id, w)
	return l
}

// kinds are the few types of 1.0 that say that people meet.
var kinds = map[string]string{"social activity": "group", "peer group": "group", "specialist-led group": "group"}

// venues are the ways to attend that name a kind of venue.
var venues = map[string]string{"online": "online", "home visit": "home"}

// whoComes is whom the service says that it is for.
func whoComes(s *service) string {
	var who []string
	seen := map[string]bool{}
	for _, a := range s.TargetAudience {
		name := strings.ReplaceAll(plain(string(a.Type)), ">", ": ")
		if name != "" && !seen[name] {
			seen[name] = true
			who = append(who, name)
		}
	}
	low, high := plain(string(s.MinimumAge)), plain(string(s.MaximumAge))
	switch {
	case low != "" && low != "0" && high != "":
		who = append(who, "Ages "+low+" to "+high)
	case low != "" && low != "0":
		who = append(who, "Ages "+low+" and over")
	case high != "":
		who = append(who, "Ages up to "+high)
	}
	short, _ := text.Cut(strings.Join(who, ", "), limits.ShortText)
	return short
}

// description puts the words together. What stands behind the description is
// short and of use, so a description that is too long makes room for it.
func (r *reader) description(id string, w *words) string {
	more, cut := text.Cut(strings.Join(w.more, "\n\n"), limits.Description/2)
	body := strings.Join(w.body, "\n\n")
	room := limits.Description
	if more != "" {
		room -= utf8.RuneCountInString(more) + 2
	}
	shorter, cutBody := text.Cut(body, room)
	if cut || cutBody {
		r.warn(id, "description_cut", "only the beginning was kept")
	}
	if shorter != "" && more != "" {
		shorter += "\n\n"
	}
	return shorter + more
}

// short cuts a line, with a warning, if it is longer than its column.
func (r *reader) short(id, code, s string, max int) string {
	shorter, cut := text.Cut(s, max)
	if cut {
		r.warn(id, code, s)
	}
	return shorter
}

func (r *reader) organisation(service string, o *organization, w *words) string {
	if o == nil {
		return ""
	}
	id, name := string(o.ID), plain(string(o.Name))
	if clean, err := text.Line(id, MaxID); id == "" || name == "" || err != nil || clean != id {
		r.warn(service, "organisation_incomplete", name)
		w.add("Run by: ", name)
		return ""
	}
	found := Organisation{
		SourceID: id, Name: r.short(id, "name_cut", name, limits.ShortText),
		Description: r.description(id, &words{body: []string{text.FromHTML(string(o.Description))}}),
		Email:       r.email(id, string(o.Email), &words{}), Phone: r.phone(id, o.Phones.first(), &words{}),
	}
	for _, address := range []word{o.Website, o.URL, o.URI} {
		if found.URL == "" {
			found.URL = r.address(id, string(address), nil)
		}
	}
	if earlier, ok := r.organisations[id]; ok {
		if earlier != found {
			r.warn(service, "organisation_differs", name)
		}
		return id
	}
	r.organisations[id] = found
	r.feed.Organisations = append(r.feed.Organisations, found)
	return id
}

func (r *reader) contact(id string, s *service, w *words) *Contact {
	var c Contact
	c.URL = r.address(id, string(s.URL), w)
	c.Email = r.email(id, string(s.Email), w)
	phones := s.Phones
	for i, person := range s.Contacts {
		name := person.label()
		if i == 0 {
			c.Name = name
			if c.Email == "" {
				c.Email = r.email(id, string(person.Email), w)
			} else if !strings.EqualFold(c.Email, string(person.Email)) {
				w.add("Email: ", string(person.Email))
			}
			phones = append(phones, person.Phones...)
			continue
		}
		w.add("Also: ", strings.Join(nonEmpty(name, string(person.Email), person.numbers()), ", "))
	}
	for _, p := range phones {
		number := r.phone(id, &p, w)
		if c.Phone == "" {
			c.Phone = number
		} else if number != c.Phone {
			w.add("Phone: ", number)
		}
	}
	if whole := c.Name; utf8.RuneCountInString(whole) > maxContactName {
		w.add("Contact: ", whole)
		c.Name = r.short(id, "contact_cut", whole, maxContactName)
	}
	if c == (Contact{}) {
		return nil
	}
	return &c
}

// label is a contact's name, with what they do behind it.
func (c *contact) label() string {
	name, title := plain(string(c.Name)), plain(string(c.Title))
	if name != "" && title != "" {
		return name + " (" + title + ")"
	}
	return name + title
}

func (c *contact) numbers() string {
	var numbers []string
	for _, p := range c.Phones {
		numbers = append(numbers, plain(string(p.Number)))
	}
	return strings.Join(nonEmpty(numbers...), ", ")
}

func nonEmpty(words ...string) []string {
	var kept []string
	for _, s := range words {
		if s != "" {
			kept = append(kept, s)
		}
	}
	return kept
}
