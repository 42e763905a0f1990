package openreferral

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// The shapes below take both versions: where 3.0 renamed a key, both are there.

type service struct {
	ID, Name, Description, URL, Email, Status, Fees, Alert word
	Accreditations                                         word
	AssuredDate                                            word                  `json:"assured_date"`
	MinimumAge                                             word                  `json:"minimum_age"`
	MaximumAge                                             word                  `json:"maximum_age"`
	AttendingType                                          word                  `json:"attending_type"`
	AttendingAccess                                        word                  `json:"attending_access"`
	AttendingMore                                          word                  `json:"pc_attendingAccess_additionalInfo"`
	DeliverableType                                        word                  `json:"deliverable_type"`
	TargetAudience                                         list[audience]        `json:"pc_targetAudience"`
	Organization                                           list[organization]    `json:"organization"`
	Locations                                              list[serviceLocation] `json:"service_at_locations"`
	Schedules                                              list[schedule]        `json:"schedules"`
	RegularSchedules                                       list[schedule]        `json:"regular_schedules"` // 1.0
	CostOptions                                            list[costOption]      `json:"cost_options"`
	Languages                                              list[languageName]    `json:"languages"`
	Contacts                                               list[contact]         `json:"contacts"`
	Phones                                                 list[phone]           `json:"phones"`
}

type audience struct {
	Type word `json:"audienceType"`
}

type organization struct {
	ID, Name, Description, Email, Website, URL, URI word
	Phones                                          list[phone]
}

type serviceLocation struct {
	Location         list[location]
	Schedules        list[schedule]
	RegularSchedules list[schedule] `json:"regular_schedules"` // 1.0
}

type location struct {
	ID, Name, Description word
	Type                  word `json:"location_type"`
	Latitude, Longitude   word
	Addresses             list[streetAddress]
	PhysicalAddresses     list[streetAddress] `json:"physical_addresses"` // 1.0
	Accessibility         list[accessibility]
	Accessibility1        list[accessibility] `json:"accessibility_for_disabilities"` // 1.0
}

type streetAddress struct {
	Address1   word `json:"address_1"`
	City       word
	Region     word
	State      word `json:"state_province"`
	PostalCode word `json:"postal_code"`
	Type       word `json:"address_type"`
}

type accessibility struct {
	Description, Details, Accessibility word
}

type schedule struct {
	ValidFrom   word `json:"valid_from"`
	ValidTo     word `json:"valid_to"`
	Start       word `json:"dtstart"`
	Freq        word
	Interval    word
	Until       word
	Count       word
	WeekStart   word `json:"wkst"`
	ByDay       word
	ByMonthDay  word
	ByWeekNo    word
	ByYearDay   word
	Description word
	Notes       word
	OpensAt     word `json:"opens_at"`
	ClosesAt    word `json:"closes_at"`
}

type costOption struct {
	ValidFrom word `json:"valid_from"`
	ValidTo   word `json:"valid_to"`
	Option    word
	Amount    word
	More      word `json:"amount_description"`
	Currency  word
}

type languageName struct {
	Code, Name, Language word // Language is 1.0
}

type contact struct {
	Name, Title, Email word
	Phones             list[phone]
}

type phone struct {
	Number, Extension, Description word
}

// word is a string, trimmed; a number or a boolean gives its own spelling, null
// the empty string.
type word string

// UnmarshalJSON refuses lists and objects.
func (w *word) UnmarshalJSON(raw []byte) error {
	switch raw[0] {
	case '"':
		var s string
		if err := json.Unmarshal(raw, &s); err != nil {
			return err
		}
		*w = word(strings.TrimSpace(s))
	case '{', '[':
		return fmt.Errorf("a text was expected, not %.20s", raw)
	case 'n':
		*w = ""
	default:
		*w = word(raw)
	}
	return nil
}

// list is a list; a single object stands for a list of one; null, "" and an
// empty object for an empty list. Elements that are null are left out.
type list[T any] []T

// UnmarshalJSON refuses other scalars.
func (l *list[T]) UnmarshalJSON(raw []byte) error {
	*l = nil
	var elements []json.RawMessage
	switch {
	case raw[0] == '[':
		if err := json.Unmarshal(raw, &elements); err != nil {
			return err
		}
	case string(raw) == "null" || string(raw) == `""`:
		return nil
	default:
		elements = []json.RawMessage{raw}
	}
	for _, element := range elements {
		if len(element) < 16 && (string(element) == "null" || string(bytes.Join(bytes.Fields(element), nil)) == "{}") {
			continue
		}
		var v T
		if err := json.Unmarshal(element, &v); err != nil {
			return err
		}
		*l = append(*l, v)
	}
	return nil
}

func (l list[T]) first() *T {
	if len(l) == 0 {
		return nil
	}
	return &l[0]
}

// count is a whole number, perhaps in quotes; anything else is 0.
type count int

// UnmarshalJSON never fails: paging is a hint, the services are what matters.
func (c *count) UnmarshalJSON(raw []byte) error {
	n, err := strconv.Atoi(strings.Trim(string(raw), `" `))
	if err != nil || n < 0 {
		n = 0
	}
	*c = count(n)
	return nil
}

// flag is true for true and "true".
type flag bool

// UnmarshalJSON never fails, as count's.
func (f *flag) UnmarshalJSON(raw []byte) error {
	*f = strings.Trim(string(raw), `"`) == "true"
	return nil
}
