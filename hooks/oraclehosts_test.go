package hooks_test

import (
	"crypto/rand"

	"kith/internal/codes"
)

// hostArgs are good arguments of the commands of those who run a group together; nil: it
// is none of them.
func (s *stage) hostArgs(name string) map[string]any {
	walk := func() string {
		return s.make("listings", map[string]any{"kind": "group", "title": "Walk", "status": "active"}).Id
	}
	switch name {
	case "hosts.join":
		return map[string]any{"code": s.hostLink(walk())}
	case "hosts.join, of a wrong code":
		return map[string]any{"code": "AAAA-BBBB-CCCC-DDDD"}
	case "hosts.end":
		return map[string]any{"id": s.make("hosts", map[string]any{"listing": s.ids["listings"]["club"], "member": s.somebody()}).Id}
	case "hosts.end, of the last":
		return map[string]any{"id": s.make("hosts", map[string]any{"listing": walk(), "member": s.phones[host].member}).Id}
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
