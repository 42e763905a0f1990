package hooks_test

import (
	"encoding/json"
	"strings"
	"time"

	"kith/internal/limits"
)

// comingBack asks the ways in that need no invite, and what one is for.
func (c *contract) comingBack(s *stage) {
	mails, p := s.mails(), s.phones[resident]
	s.hasEmail(p.member, "rosa@example.org")
	rec := c.exchange(s.town, "POST", "/api/code", "", map[string]any{"email": "rosa@example.org"})
	var asked struct{ ID string }
	must(c.t, json.Unmarshal(rec.Body.Bytes(), &asked))
	for _, code := range []string{"", digits(c.t, mails)} {
		c.exchange(s.town, "POST", "/api/code/confirm", "", map[string]any{"id": asked.ID, "code": code, "proof": s.stranger().proof("/api/code/confirm", time.Now())})
	}
	p.mustDo("recovery.card", map[string]any{"id": newID(), "codeHash": codeHashOf("ABCD")})
	for range 2 {
		c.exchange(s.town, "POST", "/api/recover", "", map[string]any{"code": "ABCD", "proof": s.stranger().proof("/api/recover", time.Now())})
	}
	code, _ := s.phones[shopkeeper].invites(map[string]any{"role": "staff", "shop": s.ids["shops"]["bakery"]})
	for _, invite := range []string{code, "0000"} {
		c.exchange(s.town, "POST", "/api/invite", "", map[string]any{"invite": invite})
	}
	c.exchange(s.town, "POST", "/api/invite", "none", map[string]any{"invite": code})
	till := s.stranger()
	for _, path := range []string{"/api/join", "/api/session"} {
		rec := c.exchange(s.town, "POST", path, "", map[string]any{"invite": code, "firstName": "Sid", "device": till.device, "proof": till.proof(path, time.Now())})
		till.take(rec)
	}
	for _, path := range []string{"/api/invite", "/api/recover", "/api/code", "/api/code/confirm"} {
		c.exchange(s.town, "POST", path, "", "{")
		c.exchange(s.town, "POST", path, "", strings.Repeat(" ", limits.SmallBody+1))
		if path == "/api/recover" || path == "/api/code/confirm" {
			c.exchange(s.town, "POST", path, "", map[string]any{"id": newID(), "code": "0", "proof": p.proof(path, time.Now().Add(-time.Hour))})
		}
	}
}

// confirming gives the coach an address.
func (c *contract) confirming(s *stage) {
	mails, p := s.mails(), s.phones[coach]
	sent := ""
	for _, email := range []any{"", "coach@example.org"} {
		c.exchange(s.town, "POST", "/api/email", p.token, map[string]any{"email": email})
		sent = digits(c.t, mails)
	}
	for _, code := range []string{"", sent} {
		c.exchange(s.town, "POST", "/api/email/confirm", p.token, map[string]any{"code": code})
	}
	for _, path := range []string{"/api/email", "/api/email/confirm"} {
		c.exchange(s.town, "POST", path, p.token, "{")
		c.exchange(s.town, "POST", path, p.token, strings.Repeat(" ", limits.SmallBody+1))
		for _, w := range everybody {
			if _, no := refused[w]; no {
				c.exchange(s.town, "POST", path, s.tokens[w], "{}")
			}
		}
	}
}
