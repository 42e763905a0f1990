package register

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var noon = time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)

// drawPhones gives what some phones say of one mark, each in its own order: a wrong
// clock, the same second on several, and taps that are taken back.
func drawPhones(t *rapid.T) [][]Said {
	phones := make([][]Said, rapid.IntRange(1, 4).Draw(t, "phones"))
	n := 0
	for i := range phones {
		for range rapid.IntRange(1, 4).Draw(t, "taps") {
			n++
			phones[i] = append(phones[i], Said{
				Phone: fmt.Sprint("phone", i), Value: rapid.SampledFrom([]string{Here, Away, Excused, None}).Draw(t, "says"),
				At:    noon.Add(time.Duration(rapid.IntRange(0, 3).Draw(t, "second")) * time.Second),
				Nonce: fmt.Sprintf("%02d", rapid.IntRange(0, 5).Draw(t, "nonce")*20+n),
			})
		}
	}
	return phones
}

// arrive takes in what the phones say in the order that next gives: which phone's turn
// it is, of as many as still have something to say.
func arrive(phones [][]Said, next func(n int) int) Said {
	queues := slices.Clone(phones)
	told := Told{}
	for {
		queues = slices.DeleteFunc(queues, func(q []Said) bool { return len(q) == 0 })
		if len(queues) == 0 {
			now, _ := told.Now("state")
			return now
		}
		i := next(len(queues))
		told.Say("state", queues[i][0])
		queues[i] = queues[i][1:]
	}
}

// Ensure that in whatever order what phones said arrives, the same is left.
func TestMerge_AnyOrderOfArrivalLeavesTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		phones := drawPhones(t)
		one := arrive(phones, func(int) int { return 0 })
		other := arrive(phones, func(n int) int { return rapid.IntRange(0, n-1).Draw(t, "turn") })
		if one != other {
			t.Fatalf("one after the other leaves %v, mixed %v", one, other)
		}
	})
}

// Ensure the same of every single order, of three phones that say two things each.
func TestMerge_EveryOrderOfArrivalLeavesTheSame(t *testing.T) {
	said := func(phone, value, nonce string, seconds int) Said {
		return Said{phone, value, noon.Add(time.Duration(seconds) * time.Second), nonce}
	}
	phones := [][]Said{
		{said("a", Here, "5", 1), said("a", Away, "1", 1)}, // the same second: a phone whose clock is held
		{said("b", Here, "3", 1), said("b", Here, "4", 0)}, // its clock was put back
		{said("c", Excused, "9", 1), said("c", None, "2", 1)},
	}
	orders := 0
	var walk func(turns []int, left [3]int)
	walk = func(turns []int, left [3]int) {
		if len(turns) == 6 {
			orders++
			i := 0
			told := Told{}
			at := [3]int{}
			for ; i < 6; i++ {
				p := turns[i]
				told.Say("state", phones[p][at[p]])
				at[p]++
			}
			if now, _ := told.Now("state"); now.Value != Here || now.Phone != "b" {
				t.Errorf("%v leaves %v", turns, now)
			}
			return
		}
		for p := range left {
			if left[p] > 0 {
				next := left
				next[p]--
				walk(append(slices.Clone(turns), p), next)
			}
		}
	}
	walk(nil, [3]int{2, 2, 2})
	if orders != 90 {
		t.Errorf("%d orders", orders)
	}
}

// Ensure that each rule is what docs/protocol.md says.
func TestMerge_WhatWins(t *testing.T) {
	at := func(s int) time.Time { return noon.Add(time.Duration(s) * time.Second) }
	for name, c := range map[string]struct {
		said []Said
		want string
	}{
		"what was said later":                            {[]Said{{"a", Here, at(1), "1"}, {"b", Away, at(2), "2"}}, Away},
		"what was said later, whichever came first":      {[]Said{{"b", Away, at(2), "2"}, {"a", Here, at(1), "1"}}, Away},
		"undoing, like anything else":                    {[]Said{{"a", Here, at(1), "1"}, {"b", None, at(2), "2"}}, None},
		"at the same time, that somebody is here":        {[]Said{{"a", Here, at(1), "1"}, {"b", Away, at(1), "2"}}, Here},
		"at the same time, of two others, the larger":    {[]Said{{"a", Excused, at(1), "1"}, {"b", Away, at(1), "2"}}, Away},
		"what one phone said last, at the same time":     {[]Said{{"a", Here, at(1), "2"}, {"a", None, at(1), "1"}}, None},
		"what one phone said last, whatever its clock":   {[]Said{{"a", Here, at(9), "1"}, {"a", None, at(1), "2"}}, None},
		"who changed their mind leaves it to the others": {[]Said{{"a", Away, at(2), "1"}, {"b", Excused, at(1), "2"}, {"a", None, at(3), "3"}}, None},
		"that a register was taken":                      {[]Said{{"a", Taken, at(1), "1"}, {"b", Open, at(1), "2"}}, Taken},
		"a tick":                                         {[]Said{{"a", Yes, at(1), "1"}, {"b", No, at(1), "2"}}, Yes},
	} {
		told := Told{}
		for _, s := range c.said {
			told.Say("x", s)
		}
		if now, _ := told.Now("x"); now.Value != c.want {
			t.Errorf("%s: %v", name, now)
		}
	}
}

// Ensure that who contradicts another phone is told so, and whose word stands.
func TestMerge_ToldWhatItReplaced(t *testing.T) {
	told := Told{}
	if _, replaced := told.Take("state", Said{"a", Away, noon, "1"}); replaced {
		t.Error("the first one replaces nothing")
	}
	if _, replaced := told.Take("state", Said{"a", Excused, noon.Add(time.Second), "2"}); replaced {
		t.Error("a phone contradicts itself all day")
	}
	if _, replaced := told.Take("state", Said{"b", Excused, noon, "3"}); replaced {
		t.Error("who says the same contradicts nobody")
	}
	got, replaced := told.Take("state", Said{"b", Here, noon.Add(2 * time.Second), "4"})
	if want := (Replaced{Column: "state", Was: Excused, Is: Here}); !replaced || got != want {
		t.Errorf("%v %v", got, replaced)
	}
	got, replaced = told.Take("state", Said{"c", Away, noon, "5"})
	if want := (Replaced{Column: "state", Was: Here, Is: Here}); !replaced || got != want {
		t.Errorf("the earlier one: %v %v", got, replaced)
	}
}
