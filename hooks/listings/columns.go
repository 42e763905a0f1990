package listings

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/pocketbase/pocketbase/core"
	"golang.org/x/text/language"

	"kith/internal/calendar"
	"kith/internal/limits"
	"kith/internal/strict"
	"kith/internal/sync"
	"kith/internal/text"
)

// cleaner reads one column as a device sent it and returns what is stored, or a
// rejection.
type cleaner func(tx core.App, raw json.RawMessage) (any, error)

var venues = []string{"hall", "cafe", "pub", "faith", "library", "school", "shop", "health", "outdoors", "sports", "home", "online", "other"}
var access = []string{"stepFree", "toilet", "hearingLoop", "parking", "quiet", "seating", "dogs", "childcare"}

// columns that a person may set on a listing.
var columns = map[string]cleaner{
	"kind":         one(true, "group", "event", "service", "notice"),
	"title":        line(limits.Title, true),
	"summary":      line(limits.Summary, false),
	"description":  block(limits.Description),
	"organisation": related("organisations", "organisation_unknown"),
	"place":        related("places", "place_unknown"),
	"room":         line(limits.ShortText, false),
	"schedule":     schedule,
	"prices":       shaped(prices),
	"access":       many(access...),
	"venue":        one(false, venues...),
	"languages":    shaped(languages),
	"whoComes":     line(limits.ShortText, false),
	"firstVisit":   shaped(firstVisit),
	"contact":      shaped(contact),
	"status":       one(true, "draft", "active", "paused", "ended"),
	"twin":         related("listings", "listing_unknown"),
}

// placeColumns that a person may set on a place.
var placeColumns = map[string]cleaner{
	"name":     line(limits.Title, true),
	"address":  line(limits.ShortText, false),
	"postcode": line(12, false),
	"lat":      number(-90, 90),
	"lon":      number(-180, 180),
	"kind":     one(false, venues...),
	"access":   many(access...),
}

var errShape = sync.Reject("args_invalid", "The app sent something the server could not read.")

func textInvalid(err error) error {
	var t *text.Error
	if errors.As(err, &t) {
		return sync.Reject("text_invalid", t.Message)
	}
	return sync.Reject("text_invalid", err.Error())
}

func line(max int, needed bool) cleaner {
	return func(_ core.App, raw json.RawMessage) (any, error) {
		var s string
		if json.Unmarshal(raw, &s) != nil {
			return nil, errShape
		}
		s, err := text.Line(s, max)
		if err != nil {
			return nil, textInvalid(err)
		}
		if needed && s == "" {
			return nil, sync.Reject("text_invalid", "A title or name can't be empty.")
		}
		return s, nil
	}
}

func block(max int) cleaner {
	return func(_ core.App, raw json.RawMessage) (any, error) {
		var s string
		if json.Unmarshal(raw, &s) != nil {
			return nil, errShape
		}
		s, err := text.Block(s, max)
		if err != nil {
			return nil, textInvalid(err)
		}
		return s, nil
	}
}

func one(needed bool, values ...string) cleaner {
	return func(_ core.App, raw json.RawMessage) (any, error) {
		var s string
		if json.Unmarshal(raw, &s) != nil || (s == "" && needed) || (s != "" && !slices.Contains(values, s)) {
			return nil, errShape
		}
		return s, nil
	}
}

func many(values ...string) cleaner {
	return func(_ core.App, raw json.RawMessage) (any, error) {
		var list []string
		if json.Unmarshal(raw, &list) != nil || len(list) > len(values) {
			return nil, errShape
		}
		for i, s := range list {
			if !slices.Contains(values, s) || slices.Contains(list[:i], s) {
				return nil, errShape
			}
		}
		return list, nil
	}
}

func number(low, high float64) cleaner {
	return func(_ core.App, raw json.RawMessage) (any, error) {
		var n float64
		if json.Unmarshal(raw, &n) != nil || n < low || n > high {
			return nil, errShape
		}
		return n, nil
	}
}

// related names another record, which must be there, or nothing.
func related(collection, code string) cleaner {
	return func(tx core.App, raw json.RawMessage) (any, error) {
		var id string
		if json.Unmarshal(raw, &id) != nil {
			return nil, errShape
		}
		if id == "" {
			return "", nil
		}
		if err := sync.ID(id); err != nil {
			return nil, err
		}
		found, err := exists(tx, collection, id)
		if err != nil {
			return nil, err
		}
		if !found {
			return nil, sync.Reject(code, "What this points to is not here any more. Choose again.")
		}
		return id, nil
	}
}

func schedule(_ core.App, raw json.RawMessage) (any, error) {
	s, err := calendar.Parse(raw)
	var e *calendar.Error
	if errors.As(err, &e) {
		return nil, sync.Reject("schedule_invalid", e.Message)
	}
	if err != nil {
		return nil, errShape
	}
	return s, nil
}

// shaped reads raw into the type that clean takes: unknown members are dropped,
// so that what is stored has only the shape of protocol.md.
func shaped[T any](clean func(*T) error) cleaner {
	return func(_ core.App, raw json.RawMessage) (any, error) {
		var v T
		if len(raw) > limits.JSONColumn || strict.Read(raw, &v) != nil {
			return nil, errShape
		}
		return v, clean(&v)
	}
}

// Prices of a listing (C9). Pence are whole numbers; free is a real 0.
type Prices struct {
	Mode    string `json:"mode"`
	Amounts []struct {
		Pence int    `json:"pence"`
		Who   string `json:"who"`
	} `json:"amounts"`
	FirstFree bool   `json:"firstFree"`
	Why       string `json:"why"`
}

func prices(p *Prices) error {
	if !slices.Contains([]string{"free", "donation", "payWhatYouCan", "fixed", "unknown"}, p.Mode) || len(p.Amounts) > 12 {
		return errShape
	}
	for i := range p.Amounts {
		if p.Amounts[i].Pence < 0 || p.Amounts[i].Pence > 1_000_000 {
			return sync.Reject("price_invalid", "A price is between 0 and 10,000 pounds.")
		}
		if err := clean(&p.Amounts[i].Who, 60); err != nil {
			return err
		}
	}
	return clean(&p.Why, limits.ShortText)
}

// FirstVisit tells a newcomer what to expect (C7).
type FirstVisit struct {
	Meets        string `json:"meets"`
	Happens      string `json:"happens"`
	LeaveEarly   bool   `json:"leaveEarly"`
	BringSomeone bool   `json:"bringSomeone"`
	ComeAndLook  bool   `json:"comeAndLook"`
	WalkWithMe   bool   `json:"walkWithMe"`
}

func firstVisit(f *FirstVisit) error {
	return errors.Join(clean(&f.Meets, limits.ShortText), clean(&f.Happens, 600))
}

// Contact is what its owner chose to make public.
type Contact struct {
	Name  string `json:"name"`
	Phone string `json:"phone"`
	Email string `json:"email"`
	URL   string `json:"url"`
}

var phonePattern = regexp.MustCompile(`^[+0-9 ()-]*$`)

func contact(c *Contact) error {
	if err := errors.Join(clean(&c.Name, 60), clean(&c.Phone, 40), clean(&c.Email, 254), clean(&c.URL, 500)); err != nil {
		return err
	}
	if !phonePattern.MatchString(c.Phone) {
		return sync.Reject("text_invalid", "A phone number has digits, spaces and + only.")
	}
	if c.Email != "" && !strings.Contains(c.Email, "@") {
		return sync.Reject("text_invalid", "An e-mail address has an @ in it.")
	}
	if u, err := url.Parse(c.URL); c.URL != "" && (err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "") {
		return sync.Reject("text_invalid", "A web address begins with https://")
	}
	return nil
}

func languages(list *[]string) error {
	if len(*list) > 20 {
		return errShape
	}
	for i, s := range *list {
		tag, err := language.Parse(s)
		if err != nil {
			return sync.Reject("text_invalid", fmt.Sprintf("%q is not the code of a language.", s))
		}
		(*list)[i] = tag.String()
	}
	return nil
}

func clean(s *string, max int) (err error) {
	if *s, err = text.Line(*s, max); err != nil {
		return textInvalid(err)
	}
	return nil
}
