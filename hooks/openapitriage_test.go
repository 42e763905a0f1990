package hooks_test

import (
	"strings"

	"kith/internal/limits"
)

// desk asks for sealed words in every way that is answered differently.
func (c *contract) desk(s *stage) {
	id := s.raised(nil).Id
	c.exchange(s.town, "POST", "/api/concerns/open", s.tokens[coach], map[string]any{"id": id, "reason": "She rang me."})
	s.phones[coordinator].doesWell("concerns.assign", map[string]any{"id": id, "member": s.phones[coach].member})
	s.phones[coach].doesWell("concerns.note", s.noteArgs(id, "I rang."))
	s.make("concernNotes", map[string]any{"concern": id, "kind": "rang", "hour": "2026-11-25T15", "sealed": foreignTo(c.t)})
	tray := s.tray("Joan Ames")
	for path, asked := range map[string][]string{
		"/api/concerns/open": {id, s.raised(map[string]any{"sealed": "AAAA"}).Id, s.raised(map[string]any{"sealed": foreignTo(c.t)}).Id, newID()},
		"/api/notes/open":    {tray, s.make("surgeryNotes", map[string]any{"hour": "2026-11-25T15", "received": ago(0), "state": "new", "sealed": "AAAA"}).Id, s.foreignTray(), newID()},
	} {
		for _, w := range []who{coordinator, coach, surgery, resident, unproven, unenrolled} {
			for _, id := range asked {
				c.exchange(s.town, "POST", path, s.tokens[w], map[string]any{"id": id})
			}
		}
		c.exchange(s.town, "POST", path, s.tokens[coordinator], "{")
		c.exchange(s.town, "POST", path, s.tokens[coordinator], strings.Repeat(" ", limits.SmallBody+1))
	}
	note := s.noteAbout("Joan Ames", "")
	c.exchange(s.town, "POST", "/api/notes", "", note)
	note["sealed"] = foreignTo(c.t)
	c.exchange(s.town, "POST", "/api/notes", "", note)
	c.exchange(s.town, "POST", "/api/notes", "", map[string]any{"id": note["id"], "hour": note["hour"], "sealed": "AAAA"})
	c.exchange(s.town, "POST", "/api/notes", "", strings.Repeat(" ", limits.NoteBody+1))
	off := newTown(c.t)
	boss := off.phone("coordinator")
	for _, path := range []string{"/api/concerns/open", "/api/notes/open", "/api/notes"} {
		c.exchange(off, "POST", path, boss.token, note)
	}
}

// foreignTray is a note that was sealed to keys which this town hasn't.
func (s *stage) foreignTray() string {
	return s.make("surgeryNotes", map[string]any{"hour": "2026-11-25T15", "received": ago(0), "state": "new", "sealed": foreignTo(s.t)}).Id
}
