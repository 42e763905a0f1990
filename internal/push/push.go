// Package push sends the one message that leaves Kith for Google: that a phone should
// look. It holds the id of a notice and one of four kinds; what happened is in the
// phone's own words, which never travel. See docs/adr/0022.
package push

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"time"
)

// The four kinds that Google can tell apart. A kind is also the collapse key: of what
// waits for a phone that is off, Google keeps the last of each.
const (
	Loyalty = "loyalty"
	Notice  = "notice"
	Task    = "task"
	Account = "account"
)

// Message is one push to one phone.
//
// NB! Nothing may be added here that differs from one event to another but N: no time, no
// count, and no time to live of its own. How long a message keeps and how urgent it is
// follow from K alone, or they would say something of what happened.
type Message struct {
	To  string // a Firebase installation id, or a registration token
	FID bool   // To is an installation id
	N   string // the notice's id
	K   string // Loyalty, Notice, Task or Account
}

// id is what a notice's id looks like. Words don't.
var id = regexp.MustCompile(`^[a-z0-9]{1,40}$`)

// plain says whether m is an id and a kind. It is looked at before each message leaves.
func (m Message) plain() bool {
	return id.MatchString(m.N) && slices.Contains([]string{Loyalty, Notice, Task, Account}, m.K)
}

// Sender hands one message over, once: it never tries again by itself. A nil error says
// that it was accepted. Every other outcome is *Gone, *Later or *Broken (errors.As).
type Sender interface {
	Send(ctx context.Context, m Message) error
}

// Gone says that nobody will ever be reached at this address again.
type Gone struct{ Code string }

// Later says that another try may work, not before After has passed if that was said. It
// may have arrived all the same: a connection can be cut after the message was accepted.
type Later struct {
	Code  string
	After time.Duration // 0: nothing was said
}

// Broken says that another try is no use until somebody mends something.
type Broken struct {
	Code  string
	Setup bool // every message would fare the same: credentials, permission, project
}

func (e *Gone) Error() string { return "nobody is at this address any more: " + e.Code }

func (e *Later) Error() string {
	if e.After > 0 {
		return fmt.Sprintf("not now: %s, again in %s", e.Code, e.After)
	}
	return "not now: " + e.Code
}

func (e *Broken) Error() string { return "not until somebody mends it: " + e.Code }
