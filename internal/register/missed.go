package register

import (
	"cmp"
	"slices"
	"time"

	"kith/internal/limits"
)

// Session is one occurrence of a group that has a register, and what it says of one
// regular. Its times are as the calendar has them now: a session that moved is the same.
type Session struct {
	Key        string
	Start, End time.Time
	Off        bool   // cancelled, a bank holiday, or not in the calendar any more
	Taken      bool   // somebody said that this is everybody
	Mark       string // Here, Away, Excused, None or ""
	CalledOff  bool   // they had said they'd come, and that they wouldn't
}

// missed says whether somebody wasn't there, of a register that says so.
func (s *Session) missed(now time.Time) bool {
	return s.Taken && !s.Off && !s.CalledOff && s.Mark != Here && s.Mark != Excused && !s.End.After(now)
}

// Pairing is a newcomer and their buddy.
type Pairing struct {
	Open   bool
	Opened time.Time // since when
	Left   bool      // the newcomer: gone, suspended or erased
}

// The states of a call, and how one can have gone.
const (
	Due  = "due"
	Done = "done"
	Void = "void"

	NoAnswer = "noAnswer"
)

// Call is one that was due once.
type Call struct {
	Occurrence     string
	State, Outcome string
	Due            string // the day since when, YYYY-MM-DD
	ToHosts        bool
}

// Ruling is what is to be done about the calls of one pairing.
type Ruling struct {
	Make    string   // the occurrence that somebody is to be rung about; "": none
	Void    []string // those whose call isn't due any more
	ToHosts []string // those whose call the hosts are to see: two in a row weren't answered
}

// Rule is the missed-visit rule. A newcomer who was there once, and isn't the next time
// that a register is taken, is rung, and once. If there was no answer it is tried once
// more after the next time they miss; after that the hosts see it. When they come, or
// have another buddy, it begins anew.
//
// now is in the group's own zone: its day is the day.
func Rule(p Pairing, sessions []Session, calls []Call, now time.Time) (r Ruling) {
	slices.SortFunc(sessions, func(a, b Session) int { return cmp.Or(a.Start.Compare(b.Start), cmp.Compare(a.Key, b.Key)) })
	since := slices.DeleteFunc(sinceLast(sessions), func(s Session) bool { return s.Start.Before(p.Opened) })
	r.Void = overtaken(p, since, calls, now)
	if !p.Open || p.Left {
		return r
	}
	var tried int
	for i := range since {
		c, there := of(calls, since[i].Key)
		switch {
		case there && c.State == Due && !slices.Contains(r.Void, c.Occurrence):
			r.Make = ""
			return r // one at a time
		case there && c.State == Done && c.Outcome != NoAnswer:
			r.Make = ""
			return r // they were spoken to
		case there && c.State == Done:
			r.Make = "" // what was missed before that was rung about, too
			if tried++; tried > 1 && !c.ToHosts {
				r.ToHosts = append(r.ToHosts, c.Occurrence)
			}
		case r.Make == "" && tried < 2 && ring(&since[i], c, there, now):
			r.Make = since[i].Key
		}
	}
	return r
}

// sinceLast are the sessions after the last one they were at; none, if they never were.
func sinceLast(sessions []Session) []Session {
	for i := len(sessions) - 1; i >= 0; i-- {
		if sessions[i].Mark == Here {
			return sessions[i+1:]
		}
	}
	return nil
}

func of(calls []Call, occurrence string) (Call, bool) {
	i := slices.IndexFunc(calls, func(c Call) bool { return c.Occurrence == occurrence })
	if i < 0 {
		return Call{}, false
	}
	return calls[i], true
}

// ring says whether a missed session is one to ring about, not too long ago. One whose call was void because the register had said something
// else is due again when it says so again.
func ring(s *Session, c Call, there bool, now time.Time) bool {
	if !s.missed(now) || now.Sub(s.End) > limits.RegisterLate {
		return false
	}
	return !there || c.State == Void && !late(c, now)
}

// late says whether a call has been due for too long.
func late(c Call, now time.Time) bool {
	due, err := time.Parse(time.DateOnly, c.Due)
	return err != nil || now.Format(time.DateOnly) > due.AddDate(0, 0, limits.CallDays).Format(time.DateOnly)
}

// overtaken are the calls that are due and shouldn't be any more.
func overtaken(p Pairing, since []Session, calls []Call, now time.Time) (keys []string) {
	for _, c := range calls {
		if c.State != Due {
			continue
		}
		missed := slices.ContainsFunc(since, func(s Session) bool { return s.Key == c.Occurrence && s.missed(now) })
		if !missed || !p.Open || p.Left || late(c, now) {
			keys = append(keys, c.Occurrence)
		}
	}
	return keys
}
