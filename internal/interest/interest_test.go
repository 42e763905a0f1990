package interest_test

import (
	"slices"
	"testing"

	"kith/internal/interest"
)

// Ensure that what somebody picks is kept once each, in one order, and that what isn't
// known, and more than five, is not taken.
func TestPick_TakesAFewThatAreKnown(t *testing.T) {
	for name, c := range map[string]struct {
		picked, want []string
		ok           bool
	}{
		"none":    {nil, []string{}, true},
		"some":    {[]string{"walking", "art", "walking"}, []string{"art", "walking"}, true},
		"unknown": {[]string{"art", "politics"}, nil, false},
		"six":     {interest.Keys[:6], nil, false},
		"five":    {interest.Keys[3:8], interest.Keys[3:8], true},
	} {
		got, ok := interest.Pick(c.picked)
		if ok != c.ok || ok && !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, %v", name, got, ok)
		}
	}
	if !slices.IsSorted(interest.Keys) {
		t.Error("the keys have an order")
	}
}
