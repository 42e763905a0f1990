package sync

import (
	"database/sql"
	"errors"

	"github.com/pocketbase/dbx"

	"kith/internal/limits"
)

// errCrowded is what a command is told that would put somebody into more audiences than a
// cursor has room for: whatever kind they are of, so that none needs a bound of its own.
var errCrowded = Reject("groups_full", "That is more groups, circles and shops than one person can be in. They have to leave one first.")

// carry carries a command out, unless somebody would be in too many audiences by it.
//
// NB! Who is in too many already, in a database that is older than the bound, can still be
// let out, and suspended: only then is a command carried out twice, which is as if it
// were once.
func (s *session) carry(cmd *Command, call *Call) (res Result, fault, err error) {
	res, fault = s.registry.call(cmd.Name, call)
	if fault != nil {
		return res, fault, nil
	}
	after, err := s.crowded()
	if err != nil || len(after) == 0 {
		return res, nil, err
	}
	if err := s.savepoint("ROLLBACK TO command"); err != nil {
		return res, nil, err
	}
	for member, n := range after {
		before, err := s.audiences(member)
		if err != nil {
			return res, nil, err
		}
		if n > before {
			return Result{}, errCrowded, nil
		}
	}
	res, fault = s.registry.call(cmd.Name, call)
	if fault != nil {
		return res, fault, nil
	}
	return res, nil, s.ask("SELECT seq FROM sync_meta", nil).Row(&s.seq)
}

// crowded are the members whose audiences have changed since the last command, and who
// are in too many.
func (s *session) crowded() (map[string]int, error) {
	var now int64
	var members []string
	if err := s.ask("SELECT seq FROM sync_meta", nil).Row(&now); err != nil || now == s.seq {
		return nil, err
	}
	err := s.ask("SELECT rid FROM sync_row INDEXED BY sync_row_seq WHERE seq > {:seq} AND coll = '@'", dbx.Params{"seq": s.seq}).Column(&members)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, err
	}
	var many map[string]int
	for _, m := range members {
		n, err := s.audiences(m)
		if err != nil {
			return nil, err
		}
		if n > limits.Audiences {
			if many == nil {
				many = map[string]int{}
			}
			many[m] = n
		}
	}
	if many == nil {
		s.seq = now
	}
	return many, nil
}

// audiences is how many a member is in, but for the public one.
func (s *session) audiences(member string) (n int, err error) {
	err = s.ask("SELECT count(DISTINCT aud) FROM sync_grant WHERE member = {:member}", dbx.Params{"member": member}).Row(&n)
	return n, err
}
