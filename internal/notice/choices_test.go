package notice

import (
	"errors"
	"strings"
	"testing"

	"kith/internal/sync"
)

func ptr[T any](v T) *T { return &v }

// Ensure that what can't be chosen is refused in a sentence, and changes nothing.
func TestChoices_WhatCantBeIsRefused(t *testing.T) {
	for name, ch := range map[string]Change{
		"a zone that there isn't":    {Zone: ptr("Europe/Atlantis")},
		"a path":                     {Zone: ptr("../../etc/passwd")},
		"a time in words":            {QuietFrom: ptr("nine")},
		"a time of 25 hours":         {QuietUntil: ptr("25:00")},
		"a time without its zero":    {DigestAt: ptr("7:00")},
		"no time":                    {DigestAt: ptr("")},
		"a way that there isn't":     {Notice: ptr("never")},
		"a digest of one's tasks":    {Task: ptr(InDigest)},
		"a digest of one's account":  {Account: ptr(InDigest)},
		"a good one and then a bad":  {Loyalty: ptr(AtOnce), Task: ptr("")},
		"nothing of a category":      {Loyalty: ptr("")},
		"a time with something more": {QuietFrom: ptr("21:00:00")},
	} {
		c := Choices{}
		err := c.Set(ch)
		var no *sync.Rejection
		if !errors.As(err, &no) || no.Code != "choices_invalid" || !strings.HasSuffix(no.Message, ".") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Ensure that what isn't set stays as it was, and what was never chosen has its default.
func TestChoices_OnlyWhatIsSetChanges(t *testing.T) {
	c := Choices{Zone: "Europe/Paris", Loyalty: InboxOnly}
	if err := c.Set(Change{QuietFrom: ptr("22:30"), Email: ptr(true), Zone: ptr("")}); err != nil {
		t.Fatal(err)
	}
	if want := (Choices{QuietFrom: "22:30", Loyalty: InboxOnly, Email: true}); c != want {
		t.Errorf("%+v", c)
	}
	want := Choices{Zone: "Europe/London", QuietFrom: "22:30", QuietUntil: "08:00", DigestAt: "17:00", Loyalty: InboxOnly, Notice: AtOnce, Task: AtOnce, Account: AtOnce, Email: true}
	if whole := c.Whole("Europe/London"); whole != want {
		t.Errorf("%+v", whole)
	}
}

// Ensure that each template is of a category that there is, and that what is urgent or
// about one's account goes by e-mail too: nobody depends on push alone.
func TestCatalogue_IsWhole(t *testing.T) {
	for _, name := range Names() {
		tpl, _ := Find(name)
		switch tpl.Category {
		case Loyalty, Notice, Task, Account:
		default:
			t.Errorf("%s is of %q", name, tpl.Category)
		}
		if (tpl.Urgent || tpl.Security) && !tpl.Mail {
			t.Errorf("%s goes by push alone", name)
		}
		if strings.HasPrefix(name, "concern.") != tpl.Hourly && name != "note.new" {
			t.Errorf("%s: by the hour is %v", name, tpl.Hourly)
		}
	}
}
