package register

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// week gives the name of a Thursday's session.
func week(n int) string { return fmt.Sprint("week ", n) }

// sessionsOf writes a group's sessions in short: one word a week, from week 0. A word
// is the mark (h, a, e, n; - where the register was not taken), and then off, off by
// the visitor, or as it is.
func sessionsOf(line string) (sessions []Session) {
	marks := map[byte]string{'h': Here, 'a': Away, 'e': Excused, 'n': None, '.': ""}
	for i, w := range strings.Fields(line) {
		start := noon.AddDate(0, 0, 7*i)
		taken := !strings.HasPrefix(w, "-")
		w = strings.TrimPrefix(w, "-")
		sessions = append(sessions, Session{
			Key: week(i), Start: start, End: start.Add(2 * time.Hour), Taken: taken,
			Mark: marks[w[0]], Off: strings.HasSuffix(w, "off"), CalledOff: strings.HasSuffix(w, "sorry"),
		})
	}
	return sessions
}

// after is some hours after the session of a week has ended.
func after(n int) time.Time { return noon.AddDate(0, 0, 7*n).Add(3 * time.Hour) }

func call(n int, state, outcome string) Call {
	return Call{Occurrence: week(n), State: state, Outcome: outcome, Due: after(n).Format(time.DateOnly)}
}

// paired since before the first session.
var paired = Pairing{Open: true, Opened: noon.AddDate(0, 0, -1)}

// Ensure that the missed-visit rule is right in each case.
func TestRule_Cases(t *testing.T) {
	for name, c := range map[string]struct {
		p        Pairing
		sessions string
		calls    []Call
		now      time.Time
		want     string
	}{
		"they weren't there the next time":                {paired, "h a", nil, after(1), "make week 1"},
		"nobody ticked them, and that was everybody":      {paired, "h n", nil, after(1), "make week 1"},
		"they aren't on the register at all":              {paired, "h .", nil, after(1), "make week 1"},
		"the register wasn't taken":                       {paired, "h -a", nil, after(1), ""},
		"nor the first one, but they were seen there":     {paired, "-h a", nil, after(1), "make week 1"},
		"they were there":                                 {paired, "h h", nil, after(1), ""},
		"they have never been there":                      {paired, "a a", nil, after(1), ""},
		"they are excused":                                {paired, "h e", nil, after(1), ""},
		"they had called their visit off":                 {paired, "h nsorry", nil, after(1), ""},
		"excused, and then missing":                       {paired, "h e n", nil, after(2), "make week 2"},
		"it was cancelled":                                {paired, "h noff", nil, after(1), ""},
		"it was cancelled, and they missed the next":      {paired, "h noff n", nil, after(2), "make week 2"},
		"it has not ended":                                {paired, "h n", nil, after(1).Add(-2 * time.Hour), ""},
		"it ends this minute":                             {paired, "h n", nil, after(1).Add(-time.Hour), "make week 1"},
		"the register came ten days late":                 {paired, "h n", nil, after(1).AddDate(0, 0, 10), "make week 1"},
		"the register came after two weeks":               {paired, "h n", nil, after(1).AddDate(0, 0, 14), ""},
		"two missed, the first register late":             {paired, "h n n", []Call{call(2, Due, "")}, after(2), ""},
		"two missed while it waits":                       {paired, "h n n", []Call{call(1, Due, "")}, after(2).Add(-4 * time.Hour), ""},
		"two missed at once: the first of them":           {paired, "h n n", nil, after(2), "make week 1"},
		"the late register says that they came":           {paired, "h n h n", []Call{call(3, Due, "")}, after(3), ""},
		"corrected to here":                               {paired, "h h", []Call{call(1, Due, "")}, after(1), "void week 1"},
		"corrected to excused":                            {paired, "h e", []Call{call(1, Due, "")}, after(1), "void week 1"},
		"corrected, and corrected again":                  {paired, "h n", []Call{call(1, Void, "")}, after(1), "make week 1"},
		"corrected again when a week is over":             {paired, "h n", []Call{call(1, Void, "")}, after(1).AddDate(0, 0, 8), ""},
		"reached after all, and what followed is void":    {paired, "h n n", []Call{call(1, Done, "spoke"), call(2, Void, "")}, after(2), ""},
		"not rung after all":                              {paired, "h n n", []Call{call(1, Due, "")}, after(2), ""},
		"corrected after it was done":                     {paired, "h h", []Call{call(1, Done, "fine")}, after(1), ""},
		"cancelled after the call was made":               {paired, "h noff", []Call{call(1, Due, "")}, after(1), "void week 1"},
		"the register is open again":                      {paired, "h -n", []Call{call(1, Due, "")}, after(1), "void week 1"},
		"their first time is corrected away":              {paired, "n n", []Call{call(1, Due, "")}, after(1), "void week 1"},
		"it has been due for a week":                      {paired, "h n", []Call{call(1, Due, "")}, after(1).AddDate(0, 0, 7), ""},
		"it has been due for more":                        {paired, "h n", []Call{call(1, Due, "")}, after(1).AddDate(0, 0, 8), "void week 1"},
		"due for more, and missed again":                  {paired, "h n n", []Call{call(1, Void, "")}, after(2).AddDate(0, 0, 2), "make week 2"},
		"they came since":                                 {paired, "h n h", []Call{call(1, Due, "")}, after(2).Add(-4 * time.Hour), "void week 1"},
		"they were spoken to":                             {paired, "h n n n", []Call{call(1, Done, "fine")}, after(3), ""},
		"they need something":                             {paired, "h n n", []Call{call(1, Done, "needs")}, after(2), ""},
		"spoken to, came, and missed again":               {paired, "h n h n", []Call{call(1, Done, "fine")}, after(3), "make week 3"},
		"no answer, and missed again":                     {paired, "h n n", []Call{call(1, Done, NoAnswer)}, after(2), "make week 2"},
		"no answer, and nothing since":                    {paired, "h n -n", []Call{call(1, Done, NoAnswer)}, after(2), ""},
		"no answer, and a late register of before":        {paired, "h n n", []Call{call(2, Done, NoAnswer)}, after(2), ""},
		"no answer twice":                                 {paired, "h n n n", []Call{call(1, Done, NoAnswer), call(2, Done, NoAnswer)}, after(3), "hosts week 2"},
		"no answer twice, and the hosts know":             {paired, "h n n n", []Call{call(1, Done, NoAnswer), {week(2), Done, NoAnswer, "", true}}, after(3), ""},
		"no answer, came, and no answer":                  {paired, "h n h n", []Call{call(1, Done, NoAnswer), call(3, Done, NoAnswer)}, after(3), ""},
		"the newcomer left":                               {Pairing{Open: true, Opened: paired.Opened, Left: true}, "h n", nil, after(1), ""},
		"the newcomer left after the call was made":       {Pairing{Open: true, Opened: paired.Opened, Left: true}, "h n", []Call{call(1, Due, "")}, after(1), "void week 1"},
		"the pairing has ended":                           {Pairing{Opened: paired.Opened}, "h n", nil, after(1), ""},
		"the pairing ended after the call was made":       {Pairing{Opened: paired.Opened}, "h n", []Call{call(1, Due, "")}, after(1), "void week 1"},
		"paired after the one they missed":                {Pairing{Open: true, Opened: after(1)}, "h n", nil, after(1), ""},
		"paired after the one they missed, missed again":  {Pairing{Open: true, Opened: after(1)}, "h n n", nil, after(2), "make week 2"},
		"another buddy after two without an answer":       {Pairing{Open: true, Opened: after(2)}, "h n n n", []Call{call(1, Done, NoAnswer), call(2, Done, NoAnswer)}, after(3), "make week 3"},
		"they came to what was cancelled":                 {paired, "h hoff n", nil, after(2), "make week 2"},
		"they came before that, and to no register since": {paired, "h -. -. -.", nil, after(3), ""},
	} {
		sessions := sessionsOf(c.sessions)
		slices.Reverse(sessions) // the rule sorts
		if got := said(Rule(c.p, sessions, c.calls, c.now)); got != c.want {
			t.Errorf("%s: %q, not %q", name, got, c.want)
		}
	}
}

func said(r Ruling) string {
	var parts []string
	for _, v := range r.Void {
		parts = append(parts, "void "+v)
	}
	for _, h := range r.ToHosts {
		parts = append(parts, "hosts "+h)
	}
	if r.Make != "" {
		parts = append(parts, "make "+r.Make)
	}
	return strings.Join(parts, ", ")
}

// Ensure that whatever the registers say, in whatever order they come in, one call is
// due at a time, and only of what was missed; and that who rules again rules the same.
func TestRule_OneAtATimeAndOnlyOfWhatWasMissed(t *testing.T) {
	words := []string{"h", "a", "e", "n", ".", "-h", "-n", "noff", "nsorry"}
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 6).Draw(t, "weeks")
		line := make([]string, n)
		var calls []Call
		for i := range line {
			line[i] = "-."
		}
		now := after(n)
		for range rapid.IntRange(1, 12).Draw(t, "changes") {
			line[rapid.IntRange(0, n-1).Draw(t, "week")] = rapid.SampledFrom(words).Draw(t, "word")
			calls = carryOut(Rule(paired, sessionsOf(strings.Join(line, " ")), calls, now), calls, now)
			sessions := sessionsOf(strings.Join(line, " "))
			if again := said(Rule(paired, sessions, calls, now)); again != "" {
				t.Fatalf("%v: ruled again: %s", line, again)
			}
			due := 0
			for _, c := range calls {
				i := slices.IndexFunc(sessions, func(s Session) bool { return s.Key == c.Occurrence })
				if c.State != Due {
					continue
				}
				if due++; due > 1 || !sessions[i].missed(now) {
					t.Fatalf("%v: %v", line, calls)
				}
			}
			if rapid.Bool().Draw(t, "done") {
				for i := range calls {
					if calls[i].State == Due {
						calls[i].State, calls[i].Outcome = Done, rapid.SampledFrom([]string{"fine", NoAnswer}).Draw(t, "outcome")
					}
				}
				calls = carryOut(Rule(paired, sessionsOf(strings.Join(line, " ")), calls, now), calls, now)
			}
		}
	})
}

// carryOut does what the room does of a ruling.
func carryOut(r Ruling, calls []Call, now time.Time) []Call {
	for i, c := range calls {
		switch {
		case slices.Contains(r.Void, c.Occurrence):
			calls[i].State = Void
		case slices.Contains(r.ToHosts, c.Occurrence):
			calls[i].ToHosts = true
		case c.Occurrence == r.Make:
			calls[i].State = Due
			r.Make = ""
		}
	}
	if r.Make != "" {
		calls = append(calls, Call{Occurrence: r.Make, State: Due, Due: now.Format(time.DateOnly)})
	}
	return calls
}
