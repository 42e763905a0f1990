// Package care is what a community has set for the part of Kith that looks after
// people: whom to ring when somebody may be in danger, and how long a concern
// may wait before somebody else is told.
package care

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"kith/internal/limits"
	"kith/internal/text"
)

// Settings of one community. They are public: a shop needs the numbers to ring
// before anybody has an account there.
type Settings struct {
	CouncilName  string `json:"councilName"`  // who takes worries about abuse and neglect
	CouncilPhone string `json:"councilPhone"` // empty: nobody has entered it yet
	UrgentName   string `json:"urgentName"`   // whom to ring when an urgent concern can't be sent
	UrgentPhone  string `json:"urgentPhone"`
	OutOfHours   string `json:"outOfHours"`  // what is said when nobody is on call
	SurgeryName  string `json:"surgeryName"` // whose people read notes to the surgery; empty: nobody's, and none can be written
	SurgeryPhone string `json:"surgeryPhone"`

	AmberDays        int `json:"amberDays"` // working days that a concern may lie unassigned
	RedDays          int `json:"redDays"`
	UnsentMinutes    int `json:"unsentMinutes"` // before a phone says that an urgent one didn't go
	PerHour          int `json:"perHour"`       // concerns of one till
	PerDay           int `json:"perDay"`
	EscalateMinutes  int `json:"escalateMinutes"`  // before an urgent one goes to all responders
	PhoneListMinutes int `json:"phoneListMinutes"` // before the desk says whom to ring
}

// Defaults are what holds until a coordinator says otherwise.
func Defaults() Settings {
	return Settings{AmberDays: 1, RedDays: 2, UnsentMinutes: 5, PerHour: 3, PerDay: 10, EscalateMinutes: 10, PhoneListMinutes: 20}
}

// Read gives the settings as they are stored; what is missing or broken is as it
// is by default.
func Read(stored string) Settings {
	s := Defaults()
	if json.Unmarshal([]byte(stored), &s) != nil || s.check() != nil {
		return Defaults()
	}
	return s
}

// ErrShape says that a change names a setting that there isn't, or has another
// kind of value.
var ErrShape = errors.New("care: no such setting")

// Change returns the settings with some of them set anew. An error that is not
// ErrShape is a sentence for people.
func (s Settings) Change(set map[string]json.RawMessage) (Settings, error) {
	if len(set) == 0 {
		return s, ErrShape
	}
	texts, numbers := s.fields()
	for name, raw := range set {
		switch {
		case texts[name] != nil && raw[0] == '"' && json.Unmarshal(raw, texts[name]) == nil:
		case numbers[name].at != nil && raw[0] != 'n' && json.Unmarshal(raw, numbers[name].at) == nil:
		default:
			return s, ErrShape
		}
	}
	return s, s.check()
}

// Within says how much time some minutes are.
func Within(minutes int) time.Duration { return time.Duration(minutes) * time.Minute }

// bound is one number with the least and the most that it may be.
type bound struct {
	at          *int
	least, most int
	says        string
}

func (s *Settings) fields() (map[string]*string, map[string]bound) {
	return map[string]*string{
			"councilName": &s.CouncilName, "councilPhone": &s.CouncilPhone, "urgentName": &s.UrgentName, "urgentPhone": &s.UrgentPhone, "outOfHours": &s.OutOfHours,
			"surgeryName": &s.SurgeryName, "surgeryPhone": &s.SurgeryPhone,
		}, map[string]bound{
			"amberDays":        {&s.AmberDays, 1, 10, "Amber comes after 1 to 10 working days."},
			"redDays":          {&s.RedDays, 1, 20, "Red comes after 1 to 20 working days."},
			"unsentMinutes":    {&s.UnsentMinutes, 1, 60, "A phone can wait for 1 to 60 minutes."},
			"perHour":          {&s.PerHour, 1, 20, "A till can pass on 1 to 20 concerns an hour."},
			"perDay":           {&s.PerDay, 1, 50, "A till can pass on 1 to 50 concerns a day."},
			"escalateMinutes":  {&s.EscalateMinutes, 5, 120, "Others are told after 5 to 120 minutes."},
			"phoneListMinutes": {&s.PhoneListMinutes, 10, 240, "The phone list comes after 10 to 240 minutes."},
		}
}

// check cleans the texts, and says in a sentence what can't be so.
func (s *Settings) check() error {
	for _, p := range []*string{&s.CouncilName, &s.UrgentName, &s.SurgeryName} {
		clean, err := text.Line(*p, limits.Title)
		if err != nil {
			return errors.New("A name has up to 120 letters, on one line.") //nolint:staticcheck // a sentence for people
		}
		*p = clean
	}
	for _, p := range []*string{&s.CouncilPhone, &s.UrgentPhone, &s.SurgeryPhone} {
		clean, ok := Phone(*p)
		if !ok && *p != "" {
			return errors.New("A phone number has 3 to 15 digits, and nothing else but spaces and a plus in front.") //nolint:staticcheck // as above
		}
		*p = clean
	}
	says, err := text.Block(s.OutOfHours, limits.OutOfHours)
	if err != nil {
		return fmt.Errorf("What is said out of hours has up to %d letters.", limits.OutOfHours) //nolint:staticcheck // as above
	}
	s.OutOfHours = says
	return s.bounds()
}

func (s *Settings) bounds() error {
	_, numbers := s.fields()
	for _, b := range numbers {
		if *b.at < b.least || *b.at > b.most {
			return errors.New(b.says)
		}
	}
	switch {
	case s.RedDays < s.AmberDays:
		return errors.New("Red can't come before amber.") //nolint:staticcheck // as above
	case s.PerDay < s.PerHour:
		return errors.New("A day can't have less room than an hour.") //nolint:staticcheck // as above
	case s.PhoneListMinutes <= s.EscalateMinutes:
		return errors.New("The phone list comes after the others were told.") //nolint:staticcheck // as above
	}
	return nil
}

// Phone gives a number as it is shown, single spaces between its groups, if it
// has the shape of one that a phone can dial: 3 to 15 digits, as of E.164.
func Phone(s string) (string, bool) {
	clean, err := text.Line(s, limits.Phone)
	if err != nil {
		return s, false
	}
	var out []byte
	digits := 0
	for i := range len(clean) {
		switch c := clean[i]; {
		case c >= '0' && c <= '9':
			digits++
			out = append(out, c)
		case c == '+' && i == 0:
			out = append(out, c)
		case c == ' ' && out[len(out)-1] != ' ':
			out = append(out, c)
		case c == ' ':
		default:
			return s, false
		}
	}
	return string(out), digits >= 3 && digits <= 15
}
