package hooks_test

import (
	"maps"
	"slices"
)

// The oracle's cells of what is at hand for those who listen, and of what the
// community has set.

func init() {
	desk := []who{coach, coordinator}
	mayHold["basics"] = map[string][]who{"of the listener": {listener, coordinator}}
	mayHold["helplines"] = map[string][]who{"crisis": all}
	mayHold["onCall"] = map[string][]who{"duty phone": desk}
	columnsOf["basics"] = []string{"id", "member", "version", "day"}
	columnsOf["helplines"] = []string{"id", "topic", "name", "phone", "text", "hours", "url", "area", "checked", "order"}
	columnsOf["onCall"] = []string{"id", "name", "phone", "order"}
	columnsOf["communities"] = append(columnsOf["communities"], "care")
	maps.Copy(touch, map[string]string{"helplines": "name", "onCall": "name"})
	of := func() map[who]string { return but("not_allowed", map[who]string{coordinator: ""}) }
	maps.Copy(mayDo, map[string]map[who]string{
		"listening.basics":              but("not_allowed", map[who]string{listener: "", host: "", activator: "", coach: "", coordinator: "", unenrolled: ""}),
		"listening.basics, again":       but("not_allowed", map[who]string{listener: "", host: "", activator: "", coach: "", coordinator: "", unenrolled: ""}),
		"community.care":                of(),
		"community.care, out of bounds": but("not_allowed", map[who]string{coordinator: "care_invalid"}),
		"helplines.add":                 of(),
		"helplines.add, without number": but("not_allowed", map[who]string{coordinator: "phone_invalid"}),
		"helplines.edit":                of(),
		"helplines.check":               of(),
		"helplines.remove":              of(),
		"helplines.remove, again":       but("not_allowed", map[who]string{coordinator: "helpline_unknown"}),
		"onCall.add":                    of(),
		"onCall.edit":                   of(),
		"onCall.remove":                 of(),
		"onCall.remove, again":          but("not_allowed", map[who]string{coordinator: "on_call_unknown"}),
	})
}

// listening furnishes what is at hand.
func (s *stage) listening() {
	_, err := s.app.DB().NewQuery("DELETE FROM helplines").Execute() // those of the whole country
	must(s.t, err)
	s.name("helplines", "crisis", s.make("helplines", map[string]any{"topic": "crisis", "name": "Samaritans", "phone": "116 123"}))
	s.name("onCall", "duty phone", s.make("onCall", map[string]any{"name": "Tom", "phone": "020 7946 0001"}))
	s.name("basics", "of the listener", s.make("basics", map[string]any{"member": s.phones[listener].member, "version": 1, "day": "2026-01-08"}))
}

// listeningArgs are good arguments of those commands; nil: it is none of them.
func (s *stage) listeningArgs(name string) map[string]any {
	row := func(collection string) map[string]any {
		if s.asks != coordinator { // who may not: the lists have an end
			return map[string]any{"id": s.ids[collection][map[string]string{"helplines": "crisis", "onCall": "duty phone"}[collection]]}
		}
		values := map[string]any{"topic": "debt", "name": "Debtline", "phone": "020 7946 0002"}
		if collection == "onCall" {
			delete(values, "topic")
		}
		return map[string]any{"id": s.make(collection, values).Id}
	}
	with := func(args map[string]any, set map[string]any) map[string]any { args["set"] = set; return args }
	switch name {
	case "listening.basics":
		return map[string]any{"id": newID(), "version": 1 + s.count("basics")}
	case "listening.basics, again":
		if me := s.phones[s.asks].member; slices.Contains([]who{listener, host, activator, coach, coordinator}, s.asks) {
			n := 500 + s.count("basics")
			s.make("basics", map[string]any{"member": me, "version": n, "day": "2026-01-08"})
			return map[string]any{"id": newID(), "version": n}
		}
		return map[string]any{"id": newID(), "version": 1}
	case "community.care":
		return map[string]any{"set": map[string]any{"urgentName": newID(), "urgentPhone": "020 7946 0003"}}
	case "community.care, out of bounds":
		return map[string]any{"set": map[string]any{"escalateMinutes": 1}}
	case "helplines.add":
		return map[string]any{"id": newID(), "topic": "carers", "name": "Carers", "phone": "020 7946 0002", "text": "", "hours": "Weekdays", "url": "https://example.org", "area": "Peckham", "order": 3}
	case "helplines.add, without number":
		return map[string]any{"id": newID(), "topic": "carers", "name": "Carers"}
	case "helplines.edit":
		return with(row("helplines"), map[string]any{"hours": newID()})
	case "onCall.add":
		return map[string]any{"id": newID(), "name": "Ruth", "phone": "020 7946 0004", "order": 2}
	case "onCall.edit":
		return with(row("onCall"), map[string]any{"name": newID()})
	case "helplines.check", "helplines.remove":
		return row("helplines")
	case "onCall.remove":
		return row("onCall")
	case "helplines.remove, again", "onCall.remove, again":
		return map[string]any{"id": newID()}
	}
	return nil
}
