package ledger

import (
	"encoding/json"
	"errors"
	"time"
)

// Rules are what a community has set for its card. They are public: a till has to
// know them without a signal.
type Rules struct {
	StampsPerDay  int `json:"stampsPerDay"`  // of a card, in one shop
	MinutesApart  int `json:"minutesApart"`  // between two of them
	PrintedPerDay int `json:"printedPerDay"` // of a printed card, in one shop
	PerTillHour   int `json:"perTillHour"`   // that one till can give
	UploadDays    int `json:"uploadDays"`    // before what a till wrote down is too late
	UndoMinutes   int `json:"undoMinutes"`   // in which a till can take a stamp back
	OfflinePence  int `json:"offlinePence"`  // up to which a voucher is taken without a signal
	VoucherDays   int `json:"voucherDays"`   // that a voucher is good for; like all days of a card, in fives
	CardDays      int `json:"cardDays"`      // before a phone's card is renewed
	PrintedDays   int `json:"printedDays"`   // that a printed card is good for
}

// Defaults are what holds until a coordinator says otherwise.
func Defaults() Rules {
	return Rules{
		StampsPerDay: 2, MinutesApart: 30, PrintedPerDay: 1, PerTillHour: 60, UploadDays: 14, UndoMinutes: 10,
		OfflinePence: 500, VoucherDays: 60, CardDays: 90, PrintedDays: 365,
	}
}

// Read gives the rules as they are stored; what is missing or broken is as it is
// by default.
func Read(stored string) Rules {
	r := Defaults()
	if json.Unmarshal([]byte(stored), &r) != nil || r.check() != nil {
		return Defaults()
	}
	return r
}

// ErrShape says that a change names a rule that there isn't, or has another kind
// of value.
var ErrShape = errors.New("ledger: no such rule")

// Change returns the rules with some of them set anew. An error that is not
// ErrShape is a sentence for people.
func (r Rules) Change(set map[string]json.RawMessage) (Rules, error) {
	if len(set) == 0 {
		return r, ErrShape
	}
	rules := r.fields()
	for name, raw := range set {
		at := rules[name].at
		if at == nil || raw[0] == 'n' || json.Unmarshal(raw, at) != nil {
			return r, ErrShape
		}
	}
	return r, r.check()
}

// days is the unit in which a card and a voucher say how long they are good for.
const days = 5

// rule is one number, with the least and the most that it may be.
type rule struct {
	at          *int
	least, most int
	says        string
}

func (r *Rules) fields() map[string]rule {
	return map[string]rule{
		"stampsPerDay":  {&r.StampsPerDay, 1, 5, "A card can have 1 to 5 stamps a day in one shop."},
		"minutesApart":  {&r.MinutesApart, 0, 240, "Between two stamps are 0 to 240 minutes."},
		"printedPerDay": {&r.PrintedPerDay, 1, 3, "A printed card can have 1 to 3 stamps a day in one shop."},
		"perTillHour":   {&r.PerTillHour, 10, 300, "A till can give 10 to 300 stamps an hour."},
		"uploadDays":    {&r.UploadDays, 1, 30, "A till can keep what it has for 1 to 30 days."}, // NB! less than records are kept
		"undoMinutes":   {&r.UndoMinutes, 1, 30, "A stamp can be taken back for 1 to 30 minutes."},
		"offlinePence":  {&r.OfflinePence, 0, 2000, "Without a signal, a voucher can be worth up to £20."},
		"voucherDays":   {&r.VoucherDays, 5, 180, "A voucher is good for 5 to 180 days, in steps of 5."},
		"cardDays":      {&r.CardDays, 30, 180, "A card on a phone is good for 30 to 180 days, in steps of 5."},
		"printedDays":   {&r.PrintedDays, 90, 730, "A printed card is good for 90 to 730 days, in steps of 5."},
	}
}

func (r *Rules) check() error {
	rules := r.fields()
	for _, name := range []string{"stampsPerDay", "minutesApart", "printedPerDay", "perTillHour", "uploadDays", "undoMinutes", "offlinePence", "voucherDays", "cardDays", "printedDays"} {
		b := rules[name]
		if *b.at < b.least || *b.at > b.most {
			return errors.New(b.says)
		}
	}
	for _, name := range []string{"voucherDays", "cardDays", "printedDays"} {
		if b := rules[name]; *b.at%days != 0 {
			return errors.New(b.says)
		}
	}
	if r.PrintedPerDay > r.StampsPerDay {
		return errors.New("A printed card can't have more stamps a day than one on a phone.") //nolint:staticcheck // a sentence for people
	}
	return nil
}

// TTL is a number of days in the unit of a card.
func TTL(d int) byte { return byte(d / days) }

// Undo is how long a till can take a stamp back.
func (r Rules) Undo() time.Duration { return time.Duration(r.UndoMinutes) * time.Minute }

// Apart is the least time between two stamps of a card in one shop.
func (r Rules) Apart() time.Duration { return time.Duration(r.MinutesApart) * time.Minute }
