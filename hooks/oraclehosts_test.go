package hooks_test

import (
	"crypto/rand"

	"kith/internal/codes"
)

// hostArgs are good arguments of the commands of those who run a group together; nil: it
// is none of them.
func (s *stage) hostArgs(name string) map[string]any {
	club := s.ids["listings"]["club"]
	switch name {
	case "hosts.join":
		return map[string]any{"code": s.hostLink(s.ids["listings"]["paused"])}
	case "hosts.join, of a wrong code":
		return map[string]any{"code": "AAAA-BBBB-CCCC-DDDD"}
	case "hosts.end":
		return map[string]any{"id": s.make("hosts", map[string]any{"listing": club, "member": s.somebody()}).Id}
	case "hosts.end, of the last":
		alone := s.make("listings", map[string]any{"kind": "group", "title": "Walk", "status": "active"}).Id
		return map[string]any{"id": s.make("hosts", map[string]any{"listing": alone, "member": s.phones[host].member}).Id}
	}
	return nil
}

// hostLink is the code of an invite to run a listing, from the console.
func (s *stage) hostLink(listing string) string {
	code := rand.Text()[:16]
	s.make("invites", map[string]any{
		"role": "resident", "uses": 1, "usesLeft": 1, "codeHash": codes.Hash(code), "created": in(-1), "expires": in(1), "console": true, "listing": listing,
	})
	return code
}
