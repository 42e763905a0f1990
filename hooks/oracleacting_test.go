package hooks_test

import (
	"crypto/rand"
	"maps"
	"time"

	"kith/internal/codes"
	"kith/internal/sync"
)

// The oracle's cells of acting for somebody, and of keeping people safe. The
// helper acts for the owner under the scope visits; the owner has blocked
// another resident.

func init() {
	mayHold["members"]["owner"] = []who{owner, helper, coordinator}
	for _, visit := range []string{"owner to the club, called off", "owner to the paused"} {
		mayHold["visits"][visit] = []who{owner, helper}
	}
	mayHold["visits"]["owner to the club"] = []who{owner, helper, host}
	mayHold["consents"] = map[string][]who{"helper for owner": {owner, helper, coordinator}, "offered by owner": {owner, coordinator}, "ended": {owner, blocked, coordinator}}
	mayHold["acts"] = map[string][]who{"helper for owner": {owner, helper, coordinator}}
	mayHold["vouches"] = map[string][]who{"of the helper": {helper, coordinator}}
	mayHold["blocks"] = map[string][]who{"of a resident by the owner": {owner}, "of who asks, by the owner": {owner}}
	mayHold["reports"] = map[string][]who{"by the owner about somebody": {owner, coordinator}, "by nobody": {coordinator}, "by the owner about who asks": {owner, coordinator}}
	mayHold["reportSubjects"] = map[string][]who{"who asks": {coordinator}}
	columnsOf["reportSubjects"] = []string{"id", "about"}
	columnsOf["consents"] = []string{"id", "member", "helper", "how", "scopes", "starts", "until", "status", "recordedBy", "witness", "endedBy", "endedAt"}
	columnsOf["acts"] = []string{"id", "consent", "member", "helper", "command", "at"}
	columnsOf["vouches"] = []string{"id", "member", "kind", "seenOn", "by", "note"}
	columnsOf["blocks"] = []string{"id", "member", "blocked", "about"}
	columnsOf["reports"] = []string{"id", "by", "about", "kind", "text", "contact", "status", "outcome", "created", "due", "closed"}
	maps.Copy(touch, map[string]string{"consents": "witness", "vouches": "note", "reports": "text"})
	maps.Copy(mayDo, map[string]map[who]string{
		"visits.come, for the owner":                  but("not_acting", map[who]string{helper: ""}),
		"visits.cancel, for the owner":                but("not_acting", map[who]string{helper: ""}),
		"people.rename, for the owner":                but("not_acting", map[who]string{}),
		"safety.block, for the owner":                 but("not_acting", map[who]string{}),
		"roles.give, for the owner":                   but("not_acting", map[who]string{}),
		"acting.record":                               but("not_allowed", map[who]string{coordinator: ""}),
		"acting.record, as themselves":                but("not_allowed", map[who]string{host: "", activator: "", coordinator: "", unenrolled: ""}),
		"acting.record, of a member with a phone":     but("not_allowed", map[who]string{host: "member_unknown", activator: "member_unknown", coordinator: "", unenrolled: "member_unknown"}),
		"acting.record, of a helper who is blocked":   but("not_allowed", map[who]string{coordinator: "helper_unknown"}),
		"acting.record, of a helper who isn't there":  but("not_allowed", map[who]string{coordinator: "helper_unknown"}),
		"acting.record, as themselves, being blocked": but("not_allowed", map[who]string{host: "member_unknown", activator: "member_unknown", coordinator: "member_unknown", unenrolled: "member_unknown"}),
		"acting.record, of nobody":                    but("not_allowed", map[who]string{host: "member_unknown", activator: "member_unknown", coordinator: "member_unknown", unenrolled: "member_unknown"}),
		"acting.offer":                                but("", map[who]string{}),
		"acting.accept":                               but("", map[who]string{}),
		"acting.accept, of one's own":                 but("offer_unknown", map[who]string{}),
		"acting.accept, being blocked":                but("offer_unknown", map[who]string{}),
		"acting.accept, of a wrong code":              but("offer_unknown", map[who]string{}),
		"acting.end":                                  but("consent_unknown", map[who]string{coordinator: ""}),
		"acting.end, as the helper":                   but("", map[who]string{}),
		"acting.end, as the person":                   but("", map[who]string{}),
		"acting.end, of what isn't there":             but("consent_unknown", map[who]string{unenrolled: "device_not_enrolled"}),
		"safety.vouch":                                but("not_allowed", map[who]string{host: "", activator: "", coordinator: "", unenrolled: ""}),
		"safety.vouch, of papers":                     but("not_allowed", map[who]string{coordinator: ""}),
		"safety.vouch, of themselves":                 but("not_allowed", map[who]string{host: "not_yourself", activator: "not_yourself", coordinator: "not_yourself", unenrolled: "not_yourself"}),
		"safety.unvouch":                              but("not_allowed", map[who]string{coordinator: ""}),
		"safety.unvouch, of their own":                but("", map[who]string{}),
		"safety.block":                                but("", map[who]string{}),
		"safety.block, of themselves":                 but("not_yourself", map[who]string{}),
		"safety.unblock":                              but("", map[who]string{}),
		"safety.unblock, of another's":                but("block_unknown", map[who]string{}),
		"reports.make":                                but("", map[who]string{}),
		"reports.make, about nobody who is here":      but("member_unknown", map[who]string{}),
		"reports.acknowledge":                         but("not_allowed", map[who]string{coordinator: ""}),
		"reports.close":                               but("not_allowed", map[who]string{coordinator: ""}),
		"reports.close, again":                        but("not_allowed", map[who]string{coordinator: "report_closed"}),
	})
}

// in is a stamp some days from now.
func in(days int) string { return sync.Stamp(time.Now().AddDate(0, 0, days)) }

// acting furnishes who acts for whom, and what keeps people safe.
func (s *stage) acting() {
	person, help, other := s.phones[owner].member, s.phones[helper].member, s.phones[blocked].member
	for name, v := range map[string]map[string]any{
		"helper for owner": {"helper": help, "status": "active", "scopes": []string{"visits"}},
		"offered by owner": {"status": "offered", "codeHash": canary},
		"ended":            {"helper": other, "status": "ended", "endedAt": in(-1), "scopes": []string{"visits", "details"}},
	} {
		v["member"], v["how"], v["starts"], v["until"] = person, "inPerson", in(-3), in(30)
		s.name("consents", name, s.make("consents", v))
	}
	s.name("acts", "helper for owner", s.make("acts", map[string]any{"member": person, "helper": help, "command": "visits.come", "at": in(-1)}))
	s.name("vouches", "of the helper", s.make("vouches", map[string]any{"member": help, "kind": "dbs", "seenOn": "2026-01-08"}))
	s.name("blocks", "of a resident by the owner", s.make("blocks", map[string]any{"member": person, "blocked": other, "whom": other}))
	s.name("blocks", "of who asks, by the owner", s.make("blocks", map[string]any{"member": person, "whom": other, "about": newID()}))
	s.name("reports", "by the owner about somebody", s.make("reports", map[string]any{"by": person, "about": other, "kind": "worry", "text": "Too loud", "status": "open"}))
	behind := s.make("reports", map[string]any{"by": person, "kind": "worry", "text": "Too late", "status": "open"})
	s.name("reports", "by the owner about who asks", behind)
	s.name("reportSubjects", "who asks", s.make("reportSubjects", map[string]any{"id": behind.Id, "about": other}))
	s.name("reports", "by nobody", s.make("reports", map[string]any{"kind": "complaint", "text": "Too quiet", "status": "open"}))
}

// consent makes one between two members.
func (s *stage) consent(member, helper string) string {
	return s.make("consents", map[string]any{
		"member": member, "helper": helper, "how": "phone", "status": "active", "scopes": []string{"visits", "details"}, "starts": in(-3), "until": in(30),
	}).Id
}

// offered makes an offer of a member, and returns its code.
func (s *stage) offered(member string) string {
	code := rand.Text()[:16]
	s.make("consents", map[string]any{
		"member": member, "how": "self", "status": "offered", "scopes": []string{"visits"}, "starts": in(-1), "until": in(30), "codeHash": codes.Hash(code),
	})
	return code
}

// blocking is somebody new who has blocked a member.
func (s *stage) blocking(blocked string) string {
	m := s.somebody()
	s.make("blocks", map[string]any{"member": m, "blocked": blocked, "whom": blocked})
	return m
}

func (s *stage) actingArgs(name string) map[string]any {
	me := s.phones[s.asks].member
	record := func(member, helper string) map[string]any {
		return map[string]any{"id": newID(), "member": member, "helper": helper, "how": "inPerson", "witness": "Pearl", "scopes": []string{"visits"}, "until": in(30)}
	}
	switch name {
	case "visits.come, for the owner":
		return comeArgs(s.ids["listings"]["club"])
	case "visits.cancel, for the owner":
		return map[string]any{"id": s.ids["visits"]["owner to the club"]}
	case "people.rename, for the owner":
		return map[string]any{"firstName": "Eve"}
	case "safety.block, for the owner":
		return map[string]any{"id": newID(), "blocked": s.somebody()}
	case "roles.give, for the owner":
		return map[string]any{"id": newID(), "member": s.somebody(), "role": "coach"}
	case "acting.record":
		return record(s.somebody(), s.somebody())
	case "acting.record, as themselves":
		return record(s.somebody(), me)
	case "acting.record, of a member with a phone":
		m := s.somebody()
		s.set("members", m, map[string]any{"noPhone": false})
		return record(m, me)
	case "acting.record, of a helper who is blocked":
		h := s.somebody()
		return record(s.blocking(h), h)
	case "acting.record, of a helper who isn't there":
		return record(s.somebody(), newID())
	case "acting.record, as themselves, being blocked":
		return record(s.blocking(me), me)
	case "acting.record, of nobody":
		return record(newID(), me)
	case "acting.offer":
		return map[string]any{"id": newID(), "codeHash": codes.Hash(rand.Text()), "scopes": []string{"visits", "details"}, "until": in(300)}
	case "acting.accept":
		return map[string]any{"code": s.offered(s.somebody())}
	case "acting.accept, of one's own":
		return map[string]any{"code": s.offered(me)}
	case "acting.accept, being blocked":
		return map[string]any{"code": s.offered(s.blocking(me))}
	case "acting.accept, of a wrong code":
		return map[string]any{"code": "AAAA-BBBB-CCCC-DDDD"}
	case "acting.end":
		return map[string]any{"id": s.consent(s.somebody(), s.somebody())}
	case "acting.end, as the helper":
		return map[string]any{"id": s.consent(s.somebody(), me)}
	case "acting.end, as the person":
		return map[string]any{"id": s.consent(me, s.somebody())}
	case "acting.end, of what isn't there":
		return map[string]any{"id": newID()}
	}
	return s.safetyArgs(name)
}

func (s *stage) safetyArgs(name string) map[string]any {
	me := s.phones[s.asks].member
	vouch := func(member, kind string) map[string]any {
		return map[string]any{"id": newID(), "member": member, "kind": kind, "seenOn": "2026-01-08", "note": "For years"}
	}
	report := func(status string) map[string]any {
		r := s.make("reports", map[string]any{"kind": "worry", "text": "Too loud", "status": status})
		return map[string]any{"id": r.Id, "outcome": "We talked"}
	}
	switch name {
	case "safety.vouch":
		return vouch(s.somebody(), "known")
	case "safety.vouch, of papers":
		return vouch(s.somebody(), "dbs")
	case "safety.vouch, of themselves":
		return vouch(me, "known")
	case "safety.unvouch":
		return map[string]any{"id": s.make("vouches", map[string]any{"member": s.somebody(), "kind": "known", "seenOn": "2026-01-08"}).Id}
	case "safety.unvouch, of their own":
		return map[string]any{"id": s.make("vouches", map[string]any{"member": s.somebody(), "kind": "known", "seenOn": "2026-01-08", "by": me}).Id}
	case "safety.block":
		return map[string]any{"id": newID(), "blocked": s.somebody()}
	case "safety.block, of themselves":
		return map[string]any{"id": newID(), "blocked": me}
	case "safety.unblock":
		return map[string]any{"id": s.make("blocks", map[string]any{"member": me, "whom": s.somebody()}).Id}
	case "safety.unblock, of another's":
		return map[string]any{"id": s.make("blocks", map[string]any{"member": s.somebody(), "whom": me}).Id}
	case "reports.make":
		return map[string]any{"id": newID(), "about": s.somebody(), "kind": "safety", "text": "The door was open all night.", "contact": "Ring me"}
	case "reports.make, about nobody who is here":
		return map[string]any{"id": newID(), "about": newID(), "kind": "worry", "text": "Too loud"}
	case "reports.acknowledge":
		return map[string]any{"id": report("open")["id"]}
	case "reports.close":
		return report("acknowledged")
	case "reports.close, again":
		return report("closed")
	}
	return map[string]any{}
}
