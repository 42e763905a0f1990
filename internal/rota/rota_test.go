package rota

import (
	"reflect"
	"slices"
	"testing"
	"time"
)

var anybody = Helpers{"a": {May: true}, "b": {May: true}, "c": {May: true}, "dear": {May: true, Preferred: true}, "new": {}}

// Ensure that the first to arrive has it and keeps it, and that it is the same twice.
func TestTake_TheFirstHasIt(t *testing.T) {
	var turn Turn
	for _, c := range []struct {
		who  string
		want Outcome
	}{{"a", Yours}, {"b", Taken}, {"a", Already}, {"b", Taken}} {
		if got := turn.Take(c.who, "1"); got != c.want || turn.Helper != "a" {
			t.Errorf("%s: %v, and %q has it", c.who, got, turn.Helper)
		}
	}
}

// Ensure that of those who stand by the preferred come first, then who said so first,
// and nobody who may not.
func TestDrop_WhoStandsByTakesOver(t *testing.T) {
	for _, c := range []struct {
		by   []Standby
		want string
	}{
		{nil, ""},
		{[]Standby{{"b", "2"}, {"c", "1"}}, "c"},
		{[]Standby{{"b", "1"}, {"c", "1"}}, "b"},
		{[]Standby{{"b", "1"}, {"dear", "9"}}, "dear"},
		{[]Standby{{"new", "1"}, {"b", "2"}}, "b"},
		{[]Standby{{"gone", "1"}}, ""},
	} {
		turn := Turn{Helper: "a", Standbys: slices.Clone(c.by)}
		if !turn.Drop("a", anybody, "1") || turn.Helper != c.want || turn.Drop("a", anybody, "1") {
			t.Errorf("%v: %q has it", c.by, turn.Helper)
		}
		if slices.ContainsFunc(turn.Standbys, func(s Standby) bool { return s.Helper == c.want }) {
			t.Errorf("%v: %q has it and stands by", c.by, turn.Helper)
		}
	}
}

// Ensure that a yes counts only as long as it is theirs to give, and ends what else they
// had asked.
func TestYes_CountsWhileItIsTheirs(t *testing.T) {
	turn := Turn{Helper: "a"}
	if turn.Ask(Swap{"1", "a", "b"}) != Yours || turn.Ask(Swap{"2", "a", "c"}) != Yours || turn.Ask(Swap{"3", "a", "b"}) != Already || turn.Ask(Swap{"4", "b", "c"}) != Taken {
		t.Error("asked wrongly")
	}
	if turn.Yes("3", "1") || !turn.Yes("2", "1") || turn.Helper != "c" || len(turn.Swaps) != 0 || turn.Yes("1", "1") {
		t.Errorf("%+v", turn)
	}
	if turn = (Turn{Helper: "b", Swaps: []Swap{{"1", "a", "c"}}}); turn.Yes("1", "1") {
		t.Error("who has it no more gave it away")
	}
}

// Ensure that an organiser's word counts over anybody's, and that who takes every one of
// them isn't given what they gave back.
func TestEvery_NeverOverSomebodyNorWhatWasGivenBack(t *testing.T) {
	var turn Turn
	if !turn.Every("a", "1") || !turn.ByEvery || turn.Every("a", "1") {
		t.Error("not given")
	}
	turn.Drop("a", anybody, "1")
	if turn.Every("a", "1") {
		t.Error("given what they gave back")
	}
	turn.Take("b", "1")
	if turn.Every("c", "1") {
		t.Error("given over somebody")
	}
	if turn.Assign("c", anybody, "1"); turn.Helper != "c" || turn.ByEvery {
		t.Errorf("%+v", turn)
	}
}

// Ensure what somebody is told, of all that they can know and that can be so.
func TestSay_WhatIsNewAndNothingElse(t *testing.T) {
	at, later := Theirs("10:30"), Theirs("11:00")
	for _, c := range []struct{ knows, is, want string }{
		{"", "", ""},
		{"", at, SayYours},
		{"", Lost, SayNotYours},
		{"", Off, ""},
		{at, at, ""},
		{at, later, SayMoved},
		{at, "", SayNotYours},
		{at, Lost, SayNotYours},
		{at, Off, SayOff},
		{Off, "", ""},
		{Off, Off, ""},
		{Off, at, SayYours},
		{Lost, "", ""},
		{Lost, Lost, ""},
		{Lost, at, SayYours},
	} {
		if got := Say(c.knows, c.is); got != c.want {
			t.Errorf("who knows %q is told %q of %q", c.knows, got, c.is)
		}
	}
}

// Ensure that what hasn't gone out is taken back, and only what is new at last is said.
func TestSettle_WhatHasNotGoneOutIsTakenBack(t *testing.T) {
	var turn Turn
	out := map[string]bool{}
	settle := func(when string, want ...Word) {
		t.Helper()
		got, err := turn.Settle(when, nil, nil, func(h string) (bool, error) {
			was := out[h]
			delete(out, h)
			return was, nil
		})
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%v, %v", got, err)
		}
		for _, w := range got {
			out[w.Helper] = true
		}
	}
	turn.Take("a", "1")
	settle("10:30", Word{"a", SayYours})
	settle("11:00", Word{"a", SayYours})
	turn.Drop("a", anybody, "1")
	settle("11:00")
	turn.Take("a", "1")
	settle("11:00", Word{"a", SayYours})
	out = map[string]bool{} // it has gone out
	settle("12:00", Word{"a", SayMoved})
	settle("11:00")
	turn.Over()
	settle("", Word{"a", SayOff})
	out = map[string]bool{}
	settle("")
	settle("11:00")
}

// Ensure that who asked in vain is told so once, however often they ask and whatever
// others do meanwhile; and anew, if it had been nobody's.
func TestSettle_WhoAskedInVainIsToldOnce(t *testing.T) {
	turn := Turn{Helper: "a"}
	in := func(lost ...string) []Word {
		t.Helper()
		words, err := turn.Settle("10:30", []string{"a"}, lost, func(string) (bool, error) { return false, nil })
		if err != nil {
			t.Error(err)
		}
		return words
	}
	for i, c := range []struct{ lost, told string }{{"b", "b"}, {"c", "c"}, {"b", ""}} {
		words := in(c.lost)
		if len(words) != min(1, len(c.told)) || len(words) == 1 && words[0] != (Word{c.told, SayNotYours}) {
			t.Errorf("%d: %v", i, words)
		}
	}
	turn.Drop("a", anybody, "1")
	if words := in(); words != nil {
		t.Errorf("free: %v", words)
	}
	turn.Take("a", "1")
	if words := in("b"); !slices.Equal(words, []Word{{"b", SayNotYours}}) {
		t.Errorf("anew: %v", words)
	}
}

// Ensure that every one is five weeks of it, but each fourth until a week before, and
// nothing that is off or was.
func TestFill_LeavesEachFourthToOthers(t *testing.T) {
	now := time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC)
	var all []Occurrence
	for week := -2; week < 8; week++ {
		at := now.AddDate(0, 0, 7*week).Add(90 * time.Minute)
		all = append(all, Occurrence{Key: at.Format("2006-01-02T15:04"), Start: at, Off: week == 2})
	}
	slices.Reverse(all) // in whatever order
	days := func(now time.Time) (got []string) {
		for _, f := range Fill(all, now) {
			day := f.Key[5:10]
			if f.Late {
				day += " late"
			}
			got = append(got, day)
		}
		return got
	}
	for _, c := range []struct {
		now  time.Time
		want []string
	}{
		{now, []string{"11-26", "12-17", "12-24"}}, // 12-03 is a fourth, 12-10 is off, and 12-31 is a fourth
		{now.Add(90 * time.Minute), []string{"12-03 late", "12-17", "12-24"}},
		{now.AddDate(0, 0, 8), []string{"12-17", "12-24", "01-07"}},
		{now.AddDate(0, 0, 28).Add(90 * time.Minute), []string{"12-31 late", "01-07", "01-14"}},
	} {
		if got := days(c.now); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%v: %v", c.now, got)
		}
	}
}

// Ensure who is told that somebody is needed, by how long there is.
func TestOpen_TellsThePreferredThenAllThenTheOrganisers(t *testing.T) {
	for _, c := range []struct {
		before     time.Duration
		want       []string
		organisers bool
	}{
		{73 * time.Hour, nil, false},
		{72 * time.Hour, []string{"dear"}, false},
		{49 * time.Hour, []string{"dear"}, false},
		{48 * time.Hour, []string{"b", "c", "dear"}, false},
		{24 * time.Hour, []string{"b", "c", "dear"}, true},
		{0, nil, false},
		{-time.Hour, nil, false},
	} {
		turn := Turn{Memory: Memory{Notes: map[string]Note{"a": {Gave: true}}}}
		got, organisers := turn.Open(anybody, c.before)
		if !slices.Equal(got, c.want) || organisers != c.organisers {
			t.Errorf("%v before: %v %v", c.before, got, organisers)
		}
		turn.Helper = "b"
		if got, organisers := turn.Open(anybody, c.before); got != nil || organisers {
			t.Errorf("%v before, with a helper: %v", c.before, got)
		}
	}
}

// Ensure who is known enough, of all that can be asked for and can be there.
func TestEnough_IsWhatTheCircleAsksFor(t *testing.T) {
	for _, c := range []struct {
		requires string
		link     bool
		vouches  string
		want     bool
	}{
		{"known", false, "", false}, {"known", true, "", true}, {"known", false, "known", true}, {"known", false, "dbs", true},
		{"reference", true, "known", false}, {"reference", false, "reference", true}, {"reference", false, "dbs", true},
		{"dbs", true, "reference", false}, {"dbs", false, "dbs", true}, {"", true, "dbs", false},
	} {
		if got := Enough(c.requires, c.link, []string{c.vouches}); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
}
