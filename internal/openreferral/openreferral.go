// Package openreferral reads services published in Open Referral UK: the list
// items of version 1.0, and the pages, lists and single services of 3.0
// (https://docs.openreferraluk.org).
//
// Real feeds bend the standard, so reading is lenient about form and strict
// about meaning. A number may stand for a string, an empty string for an
// absent list; ids needn't be UUIDs. But an id, a date or a price is never made
// up: what can't be read as a column stays as words in the description or is
// left out with a warning, and a service that can't be kept is refused with a
// reason. Every item of a feed is either in Listings or in Refused.
package openreferral

import (
	"bytes"
	"encoding/json"

	"kith/internal/calendar"
	"kith/internal/limits"
	"kith/internal/text"
)

// Reasons for which a service is refused.
const (
	RowInvalid    = "row_invalid"    // not an object, or a field has a type that says nothing
	IDMissing     = "id_missing"     // without one, the next import couldn't find it again
	IDInvalid     = "id_invalid"     // longer than MaxID, or with characters that can't be seen
	DuplicateID   = "duplicate_id"   // another service of this feed has the id, and came first
	Repeated      = "repeated"       // the very same service stands in this feed twice
	NameMissing   = "name_missing"   // nothing to show
	StatusUnknown = "status_unknown" // neither open nor closed: nobody should be sent there
)

// MaxID is the longest id of a service, place or organisation, in characters.
const MaxID = 200

// Feed is all that one reading found.
type Feed struct {
	Read          int // items, kept and refused
	Listings      []Listing
	Organisations []Organisation // each that a listing names, once
	Places        []Place        // each that a listing names, once
	Refused       []Refusal
	Warnings      []Warning
	// Seen has the id of every item, refused ones too: they have not left the feed.
	Seen map[string]bool
}

// Listing is one service in the words of docs/protocol.md, section 7.
// Organisation and Place are ids in the feed, not in the database.
type Listing struct {
	SourceID     string
	Kind         string // group or service
	Title        string
	Description  string
	Organisation string
	Place        string
	Schedule     calendar.Schedule
	Prices       *Prices // nil: nothing is known
	Access       []string
	Venue        string
	Languages    []string // BCP 47
	WhoComes     string
	Contact      *Contact // nil: none
	Checked      string   // YYYY-MM-DD or empty
	Status       string   // active, paused or ended
	SourceURL    string
}

// Organisation is who runs a service.
type Organisation struct {
	SourceID, Name, Description, URL, Email, Phone string
}

// Place is where a service meets. Lat and Lon are degrees; both 0: not known.
type Place struct {
	SourceID, Name, Address, Postcode string
	Lat, Lon                          float64
	Access                            []string
}

// Prices is what it costs. Mode is free, fixed or unknown.
type Prices struct {
	Mode      string   `json:"mode"`
	Amounts   []Amount `json:"amounts"`
	FirstFree bool     `json:"firstFree"`
	Why       string   `json:"why"`
}

// Amount is one price point.
type Amount struct {
	Pence int64  `json:"pence"`
	Who   string `json:"who"`
}

// Contact is how to ask.
type Contact struct {
	Name  string `json:"name"`
	Phone string `json:"phone"`
	Email string `json:"email"`
	URL   string `json:"url"`
}

// Refusal says why an item of the feed was not taken.
type Refusal struct {
	Row      int // from 1
	ID, Name string
	Reason   string // one of the constants above
}

// Warning says what of a service could not be taken as it was.
type Warning struct {
	ID     string // the service's, place's or organisation's
	Code   string // description_cut, url_invalid, email_invalid, place_id_missing …
	Detail string // what was found; it may be personal, so it is for a report and never for a log
}

// reader is the state of one reading.
type reader struct {
	feed          Feed
	kept          map[string][]byte // canonical JSON by id
	organisations map[string]Organisation
	places        map[string]Place
}

// Read reads the items of all pages of one feed.
func Read(items []json.RawMessage) Feed {
	r := &reader{
		feed: Feed{Read: len(items), Seen: map[string]bool{}}, kept: map[string][]byte{},
		organisations: map[string]Organisation{}, places: map[string]Place{},
	}
	for i, raw := range items {
		r.item(i+1, raw)
	}
	return r.feed
}

func (r *reader) item(row int, raw json.RawMessage) {
	var s service
	err := json.Unmarshal(raw, &s)
	id, name := string(s.ID), plain(string(s.Name))
	refuse := func(reason string) {
		r.feed.Refused = append(r.feed.Refused, Refusal{Row: row, ID: text.OneLine(id), Name: name, Reason: reason})
	}
	if err != nil || !bytes.HasPrefix(bytes.TrimSpace(raw), []byte("{")) {
		r.see(raw)
		refuse(RowInvalid)
		return
	}
	if id == "" {
		refuse(IDMissing)
		return
	}
	if clean, err := text.Line(id, MaxID); err != nil || clean != id {
		refuse(IDInvalid)
		return
	}
	r.feed.Seen[id] = true
	status, known := statuses[normal(string(s.Status))]
	canonical := canonicalJSON(raw)
	switch earlier, taken := r.kept[id]; {
	case taken && bytes.Equal(earlier, canonical):
		refuse(Repeated)
	case taken:
		refuse(DuplicateID)
	case name == "":
		refuse(NameMissing)
	case !known:
		refuse(StatusUnknown)
	default:
		r.kept[id] = canonical
		r.feed.Listings = append(r.feed.Listings, r.listing(&s, status))
	}
}

// see notes the id of a row whose other fields can't be read.
func (r *reader) see(raw json.RawMessage) {
	var s struct {
		ID word `json:"id"`
	}
	if json.Unmarshal(raw, &s) == nil && s.ID != "" {
		r.feed.Seen[string(s.ID)] = true
	}
}

func canonicalJSON(raw json.RawMessage) []byte {
	var v any
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	if decoder.Decode(&v) != nil {
		return raw
	}
	canonical, err := json.Marshal(v)
	if err != nil {
		return raw
	}
	return canonical
}

func (r *reader) warn(id, code, detail string) {
	detail, _ = text.Cut(text.OneLine(detail), limits.ShortText)
	r.feed.Warnings = append(r.feed.Warnings, Warning{ID: id, Code: code, Detail: detail})
}

// statuses maps the standard's words to ours. Bare lists of 1.0 may have none.
var statuses = map[string]string{
	"active": "active", "": "active", "inactive": "ended", "defunct": "ended", "temporarily closed": "paused",
}
