package sync

import (
	"strings"
	"testing"
)

// Ensure that a keeping that leaves a question open is refused, and one that
// answers all is not.
func TestKeeping_AnswersEveryQuestion(t *testing.T) {
	whole := Keeping{
		Collection: "visits", What: "Visits", Why: "So that the host expects you.", Whose: "{row}.member = {member}",
		Days: 30, From: "{row}.occurrence", Counted: "the day of the visit", AtErasure: "delete",
	}
	if err := whole.Check(); err != nil {
		t.Error(err)
	}
	for lacks, change := range map[string]func(*Keeping){
		"which rows":         func(k *Keeping) { k.What = "" },
		"why":                func(k *Keeping) { k.Why = "because" },
		"in words":           func(k *Keeping) { k.Counted = "" },
		"counted from":       func(k *Keeping) { k.From = "" },
		"an end comes":       func(k *Keeping) { k.Days, k.From, k.AtEnd = 0, "", "delete" },
		"ends by":            func(k *Keeping) { k.AtEnd = "archive" },
		"whose":              func(k *Keeping) { k.Whose = "{row}.member" },
		"at erasure":         func(k *Keeping) { k.AtErasure = "" },
		"stays says why":     func(k *Keeping) { k.AtErasure = "stays: because" },
		"withheld says why":  func(k *Keeping) { k.Withheld = "secret" },
		"nobody":             func(k *Keeping) { k.Whose = "" },
		"it ends by, blank:": func(k *Keeping) { k.AtEnd = "blank" },
	} {
		k := whole
		change(&k)
		if err := k.Check(); err == nil || !strings.Contains(err.Error(), strings.Split(lacks, ",")[0]) {
			t.Errorf("%s: %v", lacks, err)
		}
	}
}

// Ensure that the conditions name the table itself, and leave the member and the
// day to be bound.
func TestKeeping_ConditionsAreSQLOverTheTable(t *testing.T) {
	k := Keeping{
		Collection: "visits", Whose: "{row}.member = {member}", When: "{row}.status = 'coming'", Days: 30, From: "{row}.occurrence",
	}
	if got, want := k.Mine(), `("visits".member = {:member}) AND ("visits".status = 'coming')`; got != want {
		t.Errorf("mine is %s, wanted %s", got, want)
	}
	if got, want := k.Over(), `("visits".occurrence) <> '' AND substr(("visits".occurrence), 1, 10) <= {:day} AND ("visits".status = 'coming')`; got != want {
		t.Errorf("over is %s, wanted %s", got, want)
	}
	if none := (&Keeping{Collection: "places"}); none.Mine() != "" || none.Over() != "" {
		t.Errorf("about nobody, for ever: %q %q", none.Mine(), none.Over())
	}
	if got := Blanks("blank: helper, note"); len(got) != 2 || got[0] != "helper" || got[1] != "note" {
		t.Errorf("%q", got)
	}
}
