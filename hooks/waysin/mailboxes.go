package waysin

import (
	"time"

	"github.com/pocketbase/pocketbase/core"

	"kith/internal/limits"
	"kith/internal/problem"
)

// mailboxes bound how many codes are sent, so that nobody's mailbox is filled.
//
// NB! What a stranger asks for is counted apart: else whoever knows an address could shut
// its owner out, signed in or not, and would be told by the count that they had just
// asked themselves.
type mailboxes struct {
	strangers *limits.Rate // by address: of whoever isn't signed in
	members   *limits.Rate // by member: on all of their phones
	others    *limits.Rate // by address that isn't the member's yet: of all members
}

func newMailboxes(on bool) mailboxes {
	hourly := func() *limits.Rate { return limits.NewHourlyRate(limits.CodesPerHour, on) }
	return mailboxes{strangers: hourly(), members: hourly(), others: hourly()}
}

// allow takes one code that a member asks for, to an address that is their own or that
// isn't yet.
func (m *mailboxes) allow(member, to string, own bool, now time.Time) bool {
	return m.members.Allow(member, now) && (own || m.others.Allow(to, now))
}

// isOwn says whether an address is what a member has confirmed.
func isOwn(tx core.App, member, email string) (bool, error) {
	r, err := tx.FindRecordById("members", member)
	return err == nil && r.Email() == email, err
}

// nextCode is the answer to who asks too often.
func nextCode() error { return problem.SlowDown.After(limits.Around(time.Hour / limits.CodesPerHour)) }
