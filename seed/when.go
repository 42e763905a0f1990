package seed

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"kith/internal/calendar"
)

// rhythm is a calendar.Item as it is written in the files: some of its dates
// may be counted from the seeding day, so that a town is fresh whenever it is
// filled.
type rhythm struct {
	Start    string   `json:"start"` // local; or On
	On       *on      `json:"on"`
	Minutes  int      `json:"minutes"`
	RRule    string   `json:"rrule"`
	AllDay   bool     `json:"allDay"`
	ClosedOn []string `json:"closedOn"`
	// UntilInDays ends the rule with that day. 0: it goes on.
	UntilInDays int     `json:"untilInDays"`
	Ahead       []ahead `json:"ahead"`
}

// on is the first day of that weekday at least InDays from the seeding day.
type on struct {
	InDays  int    `json:"inDays"`
	Weekday string `json:"weekday"` // MO … SU; empty: any
	At      string `json:"at"`      // 18:30; empty for all-day
}

// ahead changes the Nth occurrence, from 1, that begins after the seeding and
// that no bank holiday has taken.
type ahead struct {
	Nth       int    `json:"nth"`
	Cancelled bool   `json:"cancelled"`
	Days      int    `json:"days"` // later
	At        string `json:"at"`   // another time of day; empty: the same
	Note      string `json:"note"`
}

const (
	dateLayout  = "2006-01-02"
	clockLayout = "15:04"
	// horizon is how far ahead an occurrence to be changed is looked for.
	horizon = 2 * 366 * 24 * time.Hour
	// holidayRuns is more than the occurrences that bank holidays can take in
	// between.
	holidayRuns = 20
)

var weekdays = []string{"SU", "MO", "TU", "WE", "TH", "FR", "SA"} // as time.Weekday

// schedule works out the rhythms for a seeding at now, which must be in the
// community's zone.
func schedule(rhythms []rhythm, now time.Time) (calendar.Schedule, error) {
	all := calendar.Schedule{}
	for _, r := range rhythms {
		item, err := r.item(now)
		if err != nil {
			return nil, err
		}
		all = append(all, item)
	}
	return all, all.Check()
}

func (r rhythm) item(now time.Time) (calendar.Item, error) {
	item := calendar.Item{
		Start: r.Start, Minutes: r.Minutes, Zone: now.Location().String(),
		RRule: r.RRule, AllDay: r.AllDay, ClosedOn: r.ClosedOn,
	}
	if r.On != nil {
		start, err := r.On.start(now)
		if err != nil {
			return item, err
		}
		item.Start = start
	}
	if r.UntilInDays > 0 {
		item.RRule += ";UNTIL=" + now.AddDate(0, 0, r.UntilInDays).Format("20060102")
	}
	for _, a := range r.Ahead {
		change, err := a.change(item, now)
		if err != nil {
			return item, err
		}
		item.Changes = append(item.Changes, change)
	}
	return item, nil
}

func (o on) start(now time.Time) (string, error) {
	day := now.AddDate(0, 0, o.InDays)
	if o.Weekday != "" {
		wanted := slices.Index(weekdays, o.Weekday)
		if wanted < 0 {
			return "", fmt.Errorf("seed: there is no weekday %q", o.Weekday)
		}
		day = day.AddDate(0, 0, (wanted-int(day.Weekday())+7)%7)
	}
	at := o.At
	if at == "" {
		at = "00:00"
	}
	return day.Format(dateLayout) + "T" + at, nil
}

// change finds the occurrence in item, which has no changes from before that
// count, and says what differs.
func (a ahead) change(item calendar.Item, now time.Time) (calendar.Change, error) {
	item.Changes = nil
	coming := calendar.Schedule{item}.Occurrences(now, now.Add(horizon), a.Nth+holidayRuns)
	coming = slices.DeleteFunc(coming, func(o calendar.Occurrence) bool {
		return o.Cancelled || !o.Start.After(now)
	})
	if a.Nth < 1 || a.Nth > len(coming) {
		return calendar.Change{}, errors.New("seed: there is no such occurrence ahead to change")
	}
	change := calendar.Change{From: coming[a.Nth-1].Key, Cancelled: a.Cancelled, Note: a.Note}
	if a.Days == 0 && a.At == "" {
		return change, nil
	}
	from, err := time.Parse(calendar.Local, change.From)
	if err != nil {
		return change, err
	}
	at := from.Format(clockLayout)
	if a.At != "" {
		at = a.At
	}
	change.Start = from.AddDate(0, 0, a.Days).Format(dateLayout) + "T" + at
	return change, nil
}
