package ledger

import (
	"errors"
	"slices"
	"time"

	"kith/internal/strict"
)

// Hours are when a shop is open: of each day its spans, in order, by the clock on
// the wall. A day without any is a day off. Hours without any day say nothing.
type Hours map[string][][2]string

// weekdays as they stand in Hours, from Sunday as Go counts them.
var weekdays = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// spansADay: a shop that shuts for lunch and again for the afternoon.
const spansADay = 3

// ErrHours says in a sentence what hours can't be.
var ErrHours = errors.New("Opening hours are up to 3 spans a day, one after the other, each from an earlier to a later time.") //nolint:staticcheck // a sentence for people

// ReadHours reads hours as a device sent them.
func ReadHours(raw []byte) (Hours, error) {
	var spans map[string][][]string
	if strict.Read(raw, &spans) != nil || spans == nil {
		return nil, ErrHours
	}
	h := Hours{}
	for day, of := range spans {
		if !slices.Contains(weekdays, day) || len(of) > spansADay {
			return nil, ErrHours
		}
		last := ""
		for _, span := range of {
			if len(span) != 2 || !clock(span[0]) || !clock(span[1]) || span[0] >= span[1] || span[0] < last {
				return nil, ErrHours
			}
			last = span[1]
			h[day] = append(h[day], [2]string{span[0], span[1]})
		}
	}
	return h, nil
}

// clock says whether s is a time of day, 00:00 to 24:00. NB! As texts they are in
// the order of the times.
func clock(s string) bool {
	if s == "24:00" {
		return true
	}
	_, err := time.Parse("15:04", s)
	return err == nil && len(s) == len("15:04")
}

// slack is how long before it opens and after it shuts a shop may serve somebody.
const slack = 30 * time.Minute

// Open says whether a shop is open at a time, which is in the zone of the
// community, give or take half an hour. One that has not said when is always open.
func (h Hours) Open(at time.Time) bool {
	if len(h) == 0 {
		return true
	}
	for _, d := range []time.Duration{0, -slack, slack} {
		if h.within(at.Add(d)) {
			return true
		}
	}
	return false
}

func (h Hours) within(at time.Time) bool {
	now := at.Format("15:04")
	for _, span := range h[weekdays[at.Weekday()]] {
		if now >= span[0] && now < span[1] {
			return true
		}
	}
	return false
}
