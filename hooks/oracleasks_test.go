package hooks_test

import (
	"maps"
	"strings"
)

// The oracle's cells of small asks, and of what two write to each other. The owner asks;
// the buddy can, and was chosen; so could another resident, and so could somebody whom
// the owner has blocked. Of the owner's circle (oraclecircles_test.go) the buddy is a
// helper and the host an organiser.

// members are all who are signed in. NB! Not public: a row that `all` hold is a
// visitor's, too.
var members = append([]who{owner}, syncing...)

func init() {
	mayHold["members"]["who asks for something"] = []who{coordinator}
	mayHold["asks"] = map[string][]who{
		"open, of the owner": members, "settled, of the owner": {owner, helper, buddy}, "open, of somebody": members, "over, of somebody": nobody,
	}
	mayHold["replies"] = map[string][]who{
		"chosen, of the buddy": {owner, helper, buddy}, "of a resident": {owner, helper, resident}, "of the blocked": {blocked}, "of the ex-buddy to somebody": {exBuddy},
	}
	mayHold["contacts"] = map[string][]who{
		"owner and buddy, the owner's": {owner, helper, buddy}, "owner and buddy, the buddy's": {owner, helper, buddy}, "a resident's alone": {resident}, "of the blocked": {blocked},
		"the buddy's, to organisers": {buddy, host, owner}, "the host's, to the buddy": {host, buddy},
	}
	mayHold["messages"] = map[string][]who{
		"owner to buddy": {owner, helper, buddy}, "buddy to owner": {owner, helper, buddy}, "blocked to owner": {blocked},
		"buddy to organisers": {buddy, host, owner}, "host to buddy": {buddy, host, owner}, "at another circle": {listener, activator},
	}
	maps.Copy(columnsOf, map[string][]string{
		"asks":     {"id", "kind", "day", "part", "words", "firstName", "status"},
		"replies":  {"id", "ask", "firstName", "safety", "words", "status"},
		"contacts": {"id", "about", "side", "firstName", "phone"},
		"messages": {"id", "about", "side", "fromName", "text", "day", "at"},
	})
	maps.Copy(touch, map[string]string{"asks": "words", "replies": "words", "contacts": "phone", "messages": "text"})
}

func askCells() map[string]map[who]string {
	only := func(code string, may ...who) map[who]string {
		cells := map[who]string{}
		for _, w := range may {
			cells[w] = ""
		}
		return but(code, cells)
	}
	return map[string]map[who]string{
		"asks.make":                                   only(""),
		"asks.make, of a doctor's":                    only("args_invalid"),
		"asks.settle":                                 only(""),
		"asks.settle, of the owner's":                 only("ask_unknown", owner),
		"asks.settle, of the owner's, for the owner":  only("not_acting"),
		"asks.end":                                    only(""),
		"asks.end, of the owner's":                    only("ask_unknown", owner),
		"asks.block":                                  only(""),
		"asks.block, of a reply to them":              only(""),
		"asks.block, of a reply to the owner":         only("reply_unknown", owner),
		"asks.block, of what they reply to, blocked":  only(""),
		"asks.block, of who replied though blocked":   only("reply_unknown"),
		"asks.block, of their own":                    only("not_yourself"),
		"asks.block, of a helper of theirs":           only(""),
		"asks.block, of a helper of the owner's":      only("reply_unknown", owner, host),
		"replies.make":                                only(""),
		"replies.make, being blocked":                 only(""),
		"replies.make, to their own":                  only("not_yourself"),
		"replies.make, to what is over":               only("ask_unknown"),
		"replies.choose":                              only(""),
		"replies.choose, of the owner's":              only("reply_unknown", owner),
		"replies.choose, of whom they blocked":        only("reply_unknown"),
		"replies.end":                                 only(""),
		"replies.end, of the owner and buddy":         only("reply_unknown", owner, buddy),
		"replies.end, of whom they blocked":           only("reply_unknown"),
		"contacts.share":                              only(""),
		"contacts.share, of the owner and buddy":      only("reply_unknown", owner, buddy),
		"contacts.share, being blocked":               only(""),
		"contacts.share, in the owner's circle":       only("reply_unknown", owner, host, buddy),
		"contacts.share, of who was in the circle":    only("reply_unknown"),
		"contacts.end":                                only(""),
		"contacts.end, of the owner and buddy":        only("reply_unknown", owner, buddy),
		"messages.send":                               only(""),
		"messages.send, of the owner and buddy":       only("reply_unknown", owner, buddy),
		"messages.send, being blocked":                only(""),
		"messages.send, to whom they blocked":         only("reply_unknown"),
		"messages.send, in the owner's circle":        only("reply_unknown", owner, host, buddy),
		"messages.send, of who was in the circle":     only("reply_unknown"),
		"reports.make, about who replied to them":     only(""),
		"reports.make, about who replied to somebody": only("member_unknown"),
	}
}

// asking furnishes the board, with a canary in every column that nobody may read.
func (s *stage) asking() {
	of := func(w who) string { return s.phones[w].member }
	other := s.name("members", "who asks for something", s.record("members", s.somebody())).Id
	for name, a := range map[string][2]string{
		"open, of the owner": {of(owner), "open"}, "settled, of the owner": {of(owner), "settled"}, "open, of somebody": {other, "open"}, "over, of somebody": {other, "over"},
	} {
		s.name("asks", name, s.record("asks", s.askOf(a[0], a[1])))
	}
	for name, r := range map[string]struct {
		ask    string
		of     who
		status string
		apart  bool
	}{
		"chosen, of the buddy": {"settled, of the owner", buddy, "chosen", false}, "of a resident": {"open, of the owner", resident, "offered", false},
		"of the blocked": {"open, of the owner", blocked, "offered", true}, "of the ex-buddy to somebody": {"open, of somebody", exBuddy, "offered", false},
	} {
		ask := s.ids["asks"][r.ask]
		id := s.replyOf(ask, of(r.of), r.status)
		s.set("replies", id, map[string]any{"apart": r.apart, "at": canary})
		s.name("replies", name, s.record("replies", id))
	}
	s.talking()
}

func (s *stage) talking() {
	of := func(w who) string { return s.phones[w].member }
	reply, circle := s.ids["replies"]["chosen, of the buddy"], s.ids["circles"]["the owner's"]
	help, there := s.ids["circleHelpers"]["the buddy"], s.ids["circleHelpers"]["at another circle"]
	for name, c := range map[string]map[string]any{
		"owner and buddy, the owner's": {"about": reply, "side": "asks", "member": of(owner), "other": of(buddy), "both": true},
		"owner and buddy, the buddy's": {"about": reply, "side": "helps", "member": of(buddy), "other": of(owner), "both": true},
		"a resident's alone":           {"about": s.ids["replies"]["of a resident"], "side": "helps", "member": of(resident), "other": of(owner)},
		"of the blocked":               {"about": s.ids["replies"]["of the blocked"], "side": "helps", "member": of(blocked), "other": of(owner)},
		"the buddy's, to organisers":   {"about": help, "side": "helps", "member": of(buddy), "circle": circle, "both": true},
		"the host's, to the buddy":     {"about": help, "side": "asks", "member": of(host), "other": of(buddy), "circle": circle, "both": true},
	} {
		c["firstName"], c["phone"], c["at"] = "Rosa", "07700 900123", canary
		s.name("contacts", name, s.make("contacts", c))
	}
	for name, m := range map[string]map[string]any{
		"owner to buddy":      {"about": reply, "side": "asks", "member": of(owner), "to": of(buddy)},
		"buddy to owner":      {"about": reply, "side": "helps", "member": of(buddy), "to": of(owner)},
		"blocked to owner":    {"about": s.ids["replies"]["of the blocked"], "side": "helps", "member": of(blocked), "to": of(owner), "apart": true},
		"buddy to organisers": {"about": help, "side": "helps", "member": of(buddy), "circle": circle},
		"host to buddy":       {"about": help, "side": "asks", "member": of(host), "to": of(buddy), "circle": circle},
		"at another circle":   {"about": there, "side": "helps", "member": of(listener), "circle": s.ids["circles"]["another's"]},
	} {
		m["fromName"], m["text"], m["day"], m["at"] = "Rosa", "Ring twice", "2026-01-08", in(-1)
		s.name("messages", name, s.make("messages", m))
	}
}

// askOf is something that a member asks for.
func (s *stage) askOf(member, status string) string {
	return s.make("asks", map[string]any{
		"kind": "walk", "day": dayIn(3), "part": "any", "words": "To the salon", "firstName": "Rosa", "status": status, "member": member,
	}).Id
}

// replyOf is a member's reply to an ask.
func (s *stage) replyOf(ask, member, status string) string {
	return s.make("replies", map[string]any{
		"ask": ask, "member": member, "asker": s.record("asks", ask).GetString("member"),
		"firstName": "Sam", "safety": "known", "words": "I can", "status": status,
	}).Id
}

// askArgsOf are good arguments of those commands; nil: it is none of them.
func (s *stage) askArgsOf(name string) map[string]any {
	command, kind, _ := strings.Cut(name, ", ")
	kind = strings.TrimSuffix(kind, ", for the owner")
	me := s.phones[s.asks].member
	id := func(id string) map[string]any { return map[string]any{"id": id} }
	switch command {
	case "asks.make":
		args := map[string]any{"id": newID(), "kind": "walk", "day": dayIn(3), "part": "any", "words": "To the salon"}
		if kind != "" {
			args["kind"] = "gp"
		}
		return args
	case "asks.settle", "asks.end":
		if kind != "" {
			me = s.phones[owner].member
		}
		return id(s.askOf(me, "settled"))
	case "replies.make":
		return s.replyArgs(kind)
	case "replies.choose":
		if kind == "" { // NB! What was asked for before is settled, so that there aren't too many.
			s.exec("UPDATE asks SET status = 'settled' WHERE member = '" + me + "' AND status = 'open' AND id <> '" + s.ids["asks"]["open, of the owner"] + "'")
			return id(s.replyOf(s.askOf(me, "open"), s.somebody(), "offered"))
		}
		return id(s.between(kind))
	case "replies.end":
		return id(s.between(kind))
	case "asks.block":
		return map[string]any{"id": newID(), "about": s.behind(kind)}
	case "contacts.share", "contacts.end":
		return map[string]any{"about": s.between(kind), "phone": "07700 900123"}
	case "messages.send":
		return map[string]any{"id": newID(), "about": s.between(kind), "text": "Ring twice"}
	case "reports.make":
		args := map[string]any{"id": newID(), "kind": "worry", "text": "Rude"}
		switch kind {
		case "about who replied to them":
			args["about"] = s.between("")
			return args
		case "about who replied to somebody":
			args["about"] = s.replyOf(s.askOf(s.somebody(), "open"), s.somebody(), "offered")
			return args
		}
	}
	return nil
}

func (s *stage) replyArgs(kind string) map[string]any {
	me, whose, status := s.phones[s.asks].member, s.somebody(), "open"
	switch kind {
	case "being blocked":
		whose = s.blocking(me)
	case "to their own":
		whose, status = me, "settled"
	case "to what is over":
		status = "over"
	}
	return map[string]any{"id": newID(), "ask": s.askOf(whose, status), "words": "I can"}
}

// between is a reply of which somebody is one of the two, or a helper's row.
func (s *stage) between(kind string) string {
	me, of := s.phones[s.asks].member, func(w who) string { return s.phones[w].member }
	switch kind {
	case "of the owner's", "of the owner and buddy":
		return s.replyOf(s.askOf(of(owner), "settled"), of(buddy), "chosen")
	case "of whom they blocked", "to whom they blocked":
		r := s.replyOf(s.askOf(me, "settled"), s.somebody(), "offered")
		s.set("replies", r, map[string]any{"apart": true})
		return r
	case "being blocked":
		r := s.replyOf(s.askOf(s.blocking(me), "open"), me, "chosen")
		s.set("replies", r, map[string]any{"apart": true})
		return r
	case "in the owner's circle":
		return s.ids["circleHelpers"]["the buddy"]
	case "of who was in the circle":
		return s.ids["circleHelpers"]["the ex-buddy, over"]
	}
	return s.replyOf(s.askOf(me, "settled"), s.somebody(), "offered")
}

// behind is what somebody is behind whom another wants nothing to do with.
func (s *stage) behind(kind string) string {
	me, of := s.phones[s.asks].member, func(w who) string { return s.phones[w].member }
	switch kind {
	case "of a reply to them":
		return s.between("")
	case "of a reply to the owner": // NB! of somebody with whom nobody here has anything else
		return s.replyOf(s.askOf(of(owner), "settled"), s.somebody(), "offered")
	case "of what they reply to, blocked":
		return s.between("being blocked")
	case "of who replied though blocked":
		return s.between("of whom they blocked")
	case "of their own":
		return s.circleAround(me, "").helper(me, "in") // behind it is whom the circle is around
	case "of a helper of theirs":
		return s.circleAround(s.somebody(), me).helper(s.somebody(), "in")
	case "of a helper of the owner's":
		c := s.circleAround(s.somebody(), of(host))
		s.make("organisers", map[string]any{"circle": c.id, "member": of(owner), "firstName": "Rosa"})
		return c.helper(s.somebody(), "in")
	}
	return s.askOf(s.somebody(), "open")
}
