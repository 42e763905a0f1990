package hooks_test

import (
	"maps"
	"time"

	"kith/internal/calendar"
	"kith/internal/sync"
)

// The oracle's cells of the registers: of a group's own, those who host it, and nobody
// else, whatever else they are.

func init() {
	hosts := []who{host}
	mayHold["regulars"] = map[string][]who{"at the club": hosts, "the owner's line": hosts, "another name for one": nobody, "at the paused": nobody}
	mayHold["registers"] = map[string][]who{"of the club": hosts, "of the paused": nobody}
	mayHold["marks"] = map[string][]who{"at the club": hosts, "the owner's": hosts, "at the paused": nobody}
	columnsOf["regulars"] = []string{"id", "listing", "firstName", "since", "ended"}
	columnsOf["registers"] = []string{"id", "listing", "occurrence", "state", "heads", "at"}
	columnsOf["marks"] = []string{"id", "register", "listing", "regular", "state", "first", "welcomed", "introduced"}
	maps.Copy(touch, map[string]string{"hosts": "firstName", "regulars": "firstName", "registers": "at", "marks": "introduced"})
	keeper := func() map[who]string { return but("not_allowed", map[who]string{host: ""}) }
	line := func() map[who]string { return but("regular_unknown", map[who]string{host: ""}) }
	maps.Copy(mayDo, map[string]map[who]string{
		"registers.mark":                   keeper(),
		"registers.mark, of another group": but("not_allowed", map[who]string{}),
		"registers.mark, of another's":     but("not_allowed", map[who]string{host: "regular_unknown"}),
		"registers.mark, too late":         but("not_allowed", map[who]string{host: "too_late"}),
		"registers.add":                    keeper(),
		"registers.add, of the visit":      keeper(),
		"registers.count":                  keeper(),
		"registers.take":                   keeper(),
		"registers.open":                   keeper(),
		"regulars.rename":                  line(),
		"regulars.rename, of another's":    but("regular_unknown", map[who]string{}),
		"regulars.end":                     line(),
		"regulars.back":                    line(),
		"regulars.same":                    line(),
		"regulars.same, of two members":    but("regular_unknown", map[who]string{host: "regular_taken"}),
	})
}

// lastThursday is the last one on which the lunch club has begun.
func lastThursday() string {
	zone, _ := calendar.Zone("Europe/London")
	d := time.Now().In(zone).Add(-12 * time.Hour)
	for d.Weekday() != time.Thursday {
		d = d.AddDate(0, 0, -1)
	}
	return d.Format(time.DateOnly) + "T12:00"
}

// registers furnishes the register of the club, and that of a group which nobody hosts.
func (s *stage) registers() {
	for _, group := range []string{"club", "paused"} {
		listing, told := s.ids["listings"][group], `{"`+canary+`":[]}`
		row := map[string]string{"club": "at the club"}[group]
		if row == "" {
			row = "at the paused"
		}
		register := s.name("registers", "of the "+group, s.make("registers", map[string]any{
			"id": sync.DerivedID("register", listing, lastThursday()), "listing": listing, "occurrence": lastThursday(), "state": "open", "told": told,
		})).Id
		mark := func(name, regular string) {
			s.name("marks", name, s.make("marks", map[string]any{
				"id": sync.DerivedID("mark", register, regular), "register": register, "listing": listing, "regular": regular, "state": "here",
				"occurrence": lastThursday(), "occurredAt": canary, "told": told,
			}))
		}
		mary := s.name("regulars", row, s.make("regulars", map[string]any{"listing": listing, "firstName": "Mary", "since": "2026-01-08", "told": told})).Id
		mark(row, mary)
		if group == "club" {
			own := s.name("regulars", "the owner's line", s.make("regulars", map[string]any{"listing": listing, "firstName": "Rosa", "member": s.phones[owner].member})).Id
			mark("the owner's", own)
			s.name("regulars", "another name for one", s.make("regulars", map[string]any{"listing": listing, "firstName": "Marie", "same": mary}))
		}
	}
}

// registersArgs are good arguments of those commands; nil: it is none of them.
func (s *stage) registersArgs(name string) map[string]any {
	club, mary := s.ids["listings"]["club"], s.ids["regulars"]["at the club"]
	of := func(more map[string]any) map[string]any {
		args := map[string]any{"listing": club, "occurrence": lastThursday()}
		maps.Copy(args, more)
		return args
	}
	marks := func(regular string) map[string]any {
		return map[string]any{"marks": []any{map[string]any{"regular": regular, "state": "here", "first": false, "welcomed": true, "introduced": "Bo " + newID()}}}
	}
	fresh := func(member string) string {
		return s.make("regulars", map[string]any{"listing": club, "firstName": "Ann", "member": member}).Id
	}
	switch name {
	case "registers.mark":
		return of(marks(mary))
	case "registers.mark, of another group":
		args := of(marks(s.ids["regulars"]["at the paused"]))
		args["listing"] = s.ids["listings"]["paused"]
		return args
	case "registers.mark, of another's":
		return of(marks(s.ids["regulars"]["at the paused"]))
	case "registers.mark, too late":
		args := of(marks(mary))
		args["occurrence"] = "2026-01-08T12:00"
		return args
	case "registers.add":
		return of(map[string]any{"id": newID(), "firstName": "Vera", "first": true})
	case "registers.add, of the visit":
		return of(map[string]any{"id": newID(), "firstName": "Rosa", "visit": s.ids["visits"]["owner to the club"]})
	case "registers.count":
		return of(map[string]any{"heads": 40})
	case "registers.take", "registers.open":
		return of(nil)
	case "regulars.rename":
		return map[string]any{"id": mary, "firstName": "Mary " + newID()}
	case "regulars.rename, of another's":
		return map[string]any{"id": s.ids["regulars"]["at the paused"], "firstName": "Mary"}
	case "regulars.end", "regulars.back":
		return map[string]any{"id": mary}
	case "regulars.same":
		return map[string]any{"id": fresh(""), "as": mary}
	case "regulars.same, of two members":
		return map[string]any{"id": fresh(s.phones[resident].member), "as": s.ids["regulars"]["the owner's line"]}
	}
	return nil
}
