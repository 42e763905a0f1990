package hooks_test

import (
	"maps"
	"strings"
)

// The oracle's cells of the responders' desk, and of the surgery's tray.

func init() {
	desk := []who{coach, coordinator}
	mayHold["concernNotes"] = map[string][]who{"of the coach": desk, "for the lead": {coordinator}}
	mayHold["breakGlasses"] = map[string][]who{"by the coach": {coordinator}}
	mayHold["concernFigures"] = map[string][]who{"one": {coordinator}}
	mayHold["surgeryNotes"] = map[string][]who{"one": {surgery}}
	columnsOf["concernNotes"] = []string{"id", "concern", "by", "kind", "hour"}
	columnsOf["breakGlasses"] = []string{"id", "concern", "by", "at", "seen"}
	columnsOf["concernFigures"] = []string{"id", "quarter", "area", "measure", "shown"}
	columnsOf["surgeryNotes"] = []string{"id", "received", "state"}
	maps.Copy(touch, map[string]string{"concernNotes": "by", "breakGlasses": "by", "concernFigures": "measure", "surgeryNotes": "received"})
	lead := func() map[who]string { return but("not_allowed", map[who]string{coordinator: ""}) }
	both := func() map[who]string { return but("concern_unknown", map[who]string{coach: "", coordinator: ""}) }
	boss := func() map[who]string { return but("concern_unknown", map[who]string{coordinator: ""}) }
	maps.Copy(mayDo, map[string]map[who]string{
		"concerns.assign":                        lead(),
		"concerns.assign, to a resident":         but("not_allowed", map[who]string{coordinator: "member_unknown"}),
		"concerns.assign, the lead's to a coach": but("not_allowed", map[who]string{coordinator: "member_unknown"}),
		"concerns.assign, of what is withdrawn":  but("not_allowed", map[who]string{coordinator: "concern_unknown"}),
		"concerns.take":                          both(),
		"concerns.take, for the lead":            boss(),
		"concerns.take, another's":               but("concern_unknown", map[who]string{coach: "concern_taken", coordinator: "concern_taken"}),
		"concerns.take, of what is withdrawn":    but("concern_unknown", map[who]string{unenrolled: "device_not_enrolled"}),
		"concerns.take, of what is over":         but("concern_unknown", map[who]string{unenrolled: "device_not_enrolled"}),
		"concerns.release":                       both(),
		"concerns.release, another's":            boss(),
		"concerns.note":                          both(),
		"concerns.note, another's":               boss(),
		"concerns.note, of what nobody has":      but("concern_unknown", map[who]string{coordinator: "not_assigned"}),
		"concerns.note, asks a coordinator":      both(),
		"concerns.note, spoke with who noticed":  but("concern_unknown", map[who]string{coach: "not_allowed", coordinator: ""}),
		"concerns.link":                          both(),
		"concerns.link, another's":               boss(),
		"concerns.unlink":                        both(),
		"concerns.unlink, another's":             boss(),
		"concerns.close":                         both(),
		"concerns.close, another's":              boss(),
		"concerns.close, again":                  but("concern_unknown", map[who]string{coach: "concern_closed", coordinator: "concern_closed"}),
		"concerns.reopen":                        lead(),
		"breakGlasses.seen":                      lead(),
		"breakGlasses.seen, of what isn't there": but("not_allowed", map[who]string{coordinator: "glass_unknown"}),
		"surgery.done":                           but("not_allowed", map[who]string{surgery: ""}),
		"surgery.done, of what isn't there":      but("not_allowed", map[who]string{surgery: "note_unknown"}),
	})
	maps.Copy(mayAsk, map[string]map[who]string{
		"/api/concerns/open":            but("not_allowed", map[who]string{coach: "", coordinator: "", unenrolled: "device_not_enrolled"}),
		"/api/concerns/open, another's": but("not_allowed", map[who]string{coach: "not_assigned", coordinator: "", unenrolled: "device_not_enrolled"}),
		"/api/concerns/names":           but("not_allowed", map[who]string{coach: "", coordinator: "", unenrolled: "device_not_enrolled"}),
		"/api/notes/open":               but("not_allowed", map[who]string{surgery: ""}),
	})
}

// desk furnishes what responders wrote, with a canary in every column that nobody
// may read.
func (s *stage) desk() {
	for name, lead := range map[string]bool{"of the coach": false, "for the lead": true} {
		s.name("concernNotes", name, s.make("concernNotes", map[string]any{
			"concern": s.ids["concerns"][name], "kind": "rang", "hour": "2026-11-25T15", "lead": lead, "by": s.phones[coach].member, "keyName": canary[:16], "sealed": canary,
		}))
	}
	s.name("breakGlasses", "by the coach", s.make("breakGlasses", map[string]any{
		"concern": s.ids["concerns"]["new"], "by": s.phones[coach].member, "at": in(-1), "keyName": canary[:16], "sealed": canary,
	}))
	s.name("concernFigures", "one", s.make("concernFigures", map[string]any{"quarter": "2026-Q1", "measure": "raised", "shown": "10"}))
	s.name("surgeryNotes", "one", s.make("surgeryNotes", map[string]any{"hour": "2026-11-25T15", "received": "2026-11-25 15:00:00.000Z", "state": "new", "keyName": canary[:16], "sealed": canary, "person": canary}))
}

// triageArgs are good arguments of those commands; nil: it is none of them.
func (s *stage) triageArgs(name string) map[string]any {
	command, kind, _ := strings.Cut(name, ", ")
	me := s.phones[s.asks].member
	whose := me
	if kind == "another's" {
		whose = s.somebody()
	}
	of := func(set map[string]any) string { return s.raised(set).Id }
	held := func(by string) string { return of(map[string]any{"state": "assigned", "assignee": by}) }
	switch command {
	case "concerns.assign":
		to, set := s.phones[coach].member, map[string]any{}
		switch kind {
		case "to a resident":
			to = s.phones[resident].member
		case "the lead's to a coach":
			set["lead"] = true
		case "of what is withdrawn":
			set["state"] = "withdrawn"
		}
		return map[string]any{"id": of(set), "member": to}
	case "concerns.take":
		return map[string]any{"id": of(map[string]map[string]any{
			"": {}, "for the lead": {"lead": true}, "another's": {"state": "assigned", "assignee": whose}, "of what is withdrawn": {"state": "withdrawn"}, "of what is over": {"state": "closed", "received": "", "sealed": ""},
		}[kind])}
	case "concerns.note":
		if kind == "of what nobody has" {
			return s.noteArgs(of(nil), "I rang.")
		}
		args := s.noteArgs(held(whose), "I rang.")
		if act := map[string]string{"asks a coordinator": "askedCoordinator", "spoke with who noticed": "spokeListener"}[kind]; act != "" {
			args["kind"] = act
		}
		return args
	case "concerns.link":
		return map[string]any{"id": held(whose), "other": held(me)}
	case "concerns.unlink":
		group := newID()
		of(map[string]any{"grouped": group, "link": group})
		return map[string]any{"id": of(map[string]any{"grouped": group, "link": group, "state": "assigned", "assignee": whose})}
	case "concerns.release":
		return map[string]any{"id": held(whose)}
	case "concerns.close":
		id := held(whose)
		if kind == "again" {
			id = of(map[string]any{"state": "closed", "assignee": me, "outcome": "helped", "closedOn": "2026-11-25"})
		}
		return map[string]any{"id": id, "outcome": "helped"}
	case "concerns.reopen":
		return map[string]any{"id": of(map[string]any{"state": "closed", "assignee": s.phones[coach].member, "outcome": "helped", "closedOn": "2026-11-25"})}
	}
	return s.traysArgs(name)
}

func (s *stage) traysArgs(name string) map[string]any {
	switch name {
	case "breakGlasses.seen":
		return map[string]any{"id": s.make("breakGlasses", map[string]any{"concern": s.ids["concerns"]["new"], "by": s.phones[coach].member, "at": in(-1)}).Id}
	case "surgery.done":
		return map[string]any{"id": s.make("surgeryNotes", map[string]any{"hour": "2026-11-25T15", "received": "2026-11-25 15:00:00.000Z", "state": "new"}).Id}
	case "breakGlasses.seen, of what isn't there", "surgery.done, of what isn't there":
		return map[string]any{"id": newID()}
	}
	return nil
}

// openBody is what a door of sealed words is asked; nil: it is none of them.
func (s *stage) openBody(path string) map[string]any {
	switch path {
	case "/api/concerns/open":
		return map[string]any{"id": s.raised(map[string]any{"state": "assigned", "assignee": s.phones[coach].member}).Id}
	case "/api/concerns/open, another's":
		return map[string]any{"id": s.raised(nil).Id}
	case "/api/notes/open":
		return map[string]any{"id": s.tray("Joan Ames")}
	}
	return nil
}
