package listening

import (
	"encoding/json"
	"net/url"
	"slices"

	"github.com/pocketbase/pocketbase/core"

	"kith/internal/care"
	"kith/internal/limits"
	"kith/internal/sync"
	"kith/internal/text"
)

// list is a list of numbers to ring that coordinators look after.
type list struct {
	collection string
	most       int
	columns    map[string]cleaner
	needed     []string // columns without which nothing is added
	unknown    error
	// wrong says what is still amiss with a row as a whole, in a rejection.
	wrong func(r *core.Record) error
	// changed is told of a row that was edited, before it is saved.
	changed func(r *core.Record)
}

// cleaner reads one column as a device sent it and returns what is stored, or a
// rejection.
type cleaner func(raw json.RawMessage) (any, error)

var topics = []string{"crisis", "dementia", "carers", "abuse", "bereavement", "debt", "olderPeople", "mentalHealth"}

var (
	errHelpline = sync.Reject("helpline_unknown", "This helpline is not on the list any more.")
	errPhone    = sync.Reject("phone_invalid", "A phone number has 3 to 15 digits, and nothing else but spaces and a plus in front.")
)

var helplines = list{
	collection: "helplines", most: limits.HelplineRows, unknown: errHelpline, needed: []string{"topic", "name"},
	columns: map[string]cleaner{
		"topic": topic, "name": line(limits.Title, true), "phone": phone, "text": line(limits.Title, false), "hours": line(limits.ShortText, false),
		"url": address, "area": line(limits.Title, false), "order": order,
	},
	wrong: func(r *core.Record) error {
		if r.GetString("phone") == "" && r.GetString("text") == "" {
			return sync.Reject("phone_invalid", "A helpline has a number to ring or to text.")
		}
		return nil
	},
	// Who checked the old number has not checked the new one.
	changed: func(r *core.Record) {
		if was := r.Original(); was.GetString("phone") != r.GetString("phone") || was.GetString("text") != r.GetString("text") {
			r.Set("checked", "")
		}
	},
}

var onCall = list{
	collection: "onCall", most: limits.OnCallRows, unknown: sync.Reject("on_call_unknown", "This number is not on the list any more."),
	needed:  []string{"name"},
	columns: map[string]cleaner{"name": line(limits.FirstName, true), "phone": phone, "order": order},
	wrong: func(r *core.Record) error {
		if r.GetString("phone") == "" {
			return errPhone
		}
		return nil
	},
	changed: func(*core.Record) {},
}

func line(most int, needed bool) cleaner {
	return func(raw json.RawMessage) (any, error) {
		var s string
		if json.Unmarshal(raw, &s) != nil {
			return nil, sync.ErrShape
		}
		clean, err := text.Line(s, most)
		if err != nil {
			return nil, sync.Reject("text_invalid", err.Error())
		}
		if needed && clean == "" {
			return nil, sync.Reject("text_invalid", "A name can't be empty.")
		}
		return clean, nil
	}
}

func topic(raw json.RawMessage) (any, error) {
	var s string
	if json.Unmarshal(raw, &s) != nil || !slices.Contains(topics, s) {
		return nil, sync.ErrShape
	}
	return s, nil
}

func phone(raw json.RawMessage) (any, error) {
	var s string
	if json.Unmarshal(raw, &s) != nil {
		return nil, sync.ErrShape
	}
	clean, ok := care.Phone(s)
	if !ok && s != "" {
		return nil, errPhone
	}
	return clean, nil
}

// address is of the helpline's own page, where its number can be looked up.
func address(raw json.RawMessage) (any, error) {
	var s string
	if json.Unmarshal(raw, &s) != nil {
		return nil, sync.ErrShape
	}
	clean, err := text.Line(s, limits.ShortText)
	if err != nil {
		return nil, sync.Reject("text_invalid", err.Error())
	}
	if u, err := url.Parse(clean); clean != "" && (err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil) {
		return nil, sync.Reject("text_invalid", "A web address begins with https://")
	}
	return clean, nil
}

func order(raw json.RawMessage) (any, error) {
	var n int
	if json.Unmarshal(raw, &n) != nil || n < 0 || n > 1000 {
		return nil, sync.ErrShape
	}
	return n, nil
}
