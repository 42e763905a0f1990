package sync

import (
	"database/sql"
	"errors"
	"strings"
	"time"

	"kith/internal/limits"
)

// Some audiences are over at a moment that a row of the community names, and not so
// long after somebody heard of them: nothing of them leaves the server after it, and
// who holds them is told how many seconds are left. They come after all others, whole,
// in the answer that is done: what a device has staged has no lease yet.

// End declares when audiences of a kind are over: query says of the part of a key after
// "/" its stamp. An audience of which it says nothing is over.
func (r *Registry) End(kind, query string) {
	if r.Ends == nil {
		r.Ends = map[string]string{}
	}
	r.Ends[kind] = query
	r.Prioritise(kind, 1000) // after all others
}

// ends says whether an audience is over at a moment, and by which query.
func (d *Declaration) ends(aud string) (query, id string, ends bool) {
	kind, id, _ := strings.Cut(aud, "/")
	query, ends = d.Ends[kind]
	return query, id, ends
}

// isOver says whether an audience is over, and notes when it will be.
//
// NB! A little early: a phone whose own count has just ended asks again at once, and
// must not be given it anew.
func (s *snapshot) isOver(aud string) (bool, error) {
	query, id, ends := s.decl.ends(aud)
	if !ends {
		return false, nil
	}
	var stamp string
	err := s.tx.QueryRowContext(s.ctx, query, id).Scan(&stamp)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return true, err
	}
	at, err := time.Parse(stampLayout, stamp)
	if err != nil || at.Sub(s.p.Now) < limits.LeaseLeast {
		return true, nil //nolint:nilerr // what nobody can read is no moment
	}
	if s.ends == nil {
		s.ends = map[string]time.Time{}
	}
	s.ends[aud] = at
	return false, nil
}

// left puts the seconds that are left at now of what is over at a moment among leases.
func left(leases map[string]int64, ends map[string]time.Time, now time.Time) map[string]int64 {
	for aud, at := range ends {
		if leases == nil {
			leases = map[string]int64{}
		}
		leases[aud] = max(0, int64(at.Sub(now)/time.Second))
	}
	return leases
}
