package concern

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// overrides that a phone could send, and whether each is whole.
var overrides = map[string]*Override{
	"none": nil, "serious risk": {SeriousRisk, "She left the gas on."}, "lack of capacity": {LackOfCapacity, "He can't follow."},
	"without a reason": {SeriousRisk, ""}, "with a reason of spaces": {SeriousRisk, " \n "}, "on no ground": {"", "Because."}, "on another ground": {"curious", "Because."},
}

// people that a phone could name.
var people = map[string]*Person{
	"nobody": nil, "a name": {Name: "Joan Ames"}, "a name and how to reach": {"Joan Ames", "07700 900001", "mornings"},
	"how to reach, no name": {"", "07700 900001", ""}, "a name of dots": {Name: " .. "}, "a title": {Name: "Mrs"},
}

// wants is the table: what is said of each combination, written apart from the
// code that says it.
func wants(asked, override, person string) error {
	whole := override == "serious risk" || override == "lack of capacity"
	named := person == "a name" || person == "a name and how to reach"
	switch {
	case override == "none" && asked != "agreed" && person != "nobody":
		return ErrMissing
	case override == "none" && asked != "agreed":
		return nil
	case override == "none" && named, asked != "agreed" && whole && named:
		return nil
	}
	return ErrConsent
}

// Ensure that of every combination of what was asked, why they are named all the
// same, who is named and how urgent it is, exactly those are taken in which
// nobody is named without a basis; and that who didn't agree goes to the lead alone.
func TestCheck_EveryCombinationOfConsent(t *testing.T) {
	taken, cells := 0, 0
	for _, asked := range []string{Agreed, Refused, NotYet, CantSafely} {
		for o, override := range overrides {
			for p, person := range people {
				cells++
				c := good(asked)
				c.Person, c.Override = person, override
				v, err := c.Check()
				if want := wants(asked, o, p); !errors.Is(err, want) {
					t.Errorf("%s, override %s, %s: %v, not %v", asked, o, p, err, want)
				}
				if err != nil {
					if v != (Verdict{}) {
						t.Errorf("%s, %s, %s is refused and judged: %+v", asked, o, p, v)
					}
					continue
				}
				taken++
				if v.Named != (person != nil) || v.Lead != (override != nil) || v.Lead && asked == Agreed {
					t.Errorf("%s, override %s, %s: %+v", asked, o, p, v)
				}
			}
		}
	}
	if taken != 2+3+3*2*2 || cells != 4*7*6 {
		t.Errorf("%d of %d are taken", taken, cells)
	}
}

// Ensure that a concern is taken as an app writes it, and of nothing else in any
// other letter, order or number.
func TestRead_TakesNothingThatAnAppDoesNotWrite(t *testing.T) {
	whole := string(jsonOf(t, good(Agreed)))
	if c, err := Read(Pad([]byte(whole), Step)); err != nil || c.Person.Name != "Joan Ames" {
		t.Fatalf("%+v, %v", c, err)
	}
	for what, change := range map[string]func(string) string{
		"an unknown key":       func(s string) string { return strings.Replace(s, `{`, `{"address":"1 Elm Road",`, 1) },
		"another case":         func(s string) string { return strings.Replace(s, `"person"`, `"Person"`, 1) },
		"a key twice":          func(s string) string { return strings.Replace(s, `"v":1`, `"v":1,"v":1`, 1) },
		"a person twice":       func(s string) string { return strings.Replace(s, `"by"`, `"person":{"name":"x"},"by"`, 1) },
		"nothing for a person": func(s string) string { return strings.Replace(s, `"by"`, `"override":null,"by"`, 1) },
		"more after it":        func(s string) string { return s + `{}` },
		"a list":               func(s string) string { return `[` + s + `]` },
		"a number for a word":  func(s string) string { return strings.Replace(s, `"asked":"agreed"`, `"asked":1`, 1) },
		"nothing":              func(string) string { return "" },
		"too much":             func(s string) string { return s + strings.Repeat(" ", MaxPlain) },
	} {
		if _, err := Read([]byte(change(whole))); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// Ensure that codes, ids and words are held to their bounds.
func TestCheck_HoldsCodesAndWords(t *testing.T) {
	for what, c := range map[string]struct {
		change func(*Concern)
		want   error
	}{
		"another version":   {func(c *Concern) { c.V = 2 }, ErrInvalid},
		"another answer":    {func(c *Concern) { c.Asked = "maybe" }, ErrInvalid},
		"nothing noticed":   {func(c *Concern) { c.Noticed = nil }, ErrInvalid},
		"noticed twice":     {func(c *Concern) { c.Noticed = []string{"lonely", "lonely"} }, ErrInvalid},
		"a diagnosis":       {func(c *Concern) { c.Noticed = []string{"dementia"} }, ErrInvalid},
		"another span":      {func(c *Concern) { c.Since = "ages" }, ErrInvalid},
		"no day":            {func(c *Concern) { c.At = "" }, ErrInvalid},
		"no member":         {func(c *Concern) { c.By.Member = "" }, ErrInvalid},
		"a shop by name":    {func(c *Concern) { c.By.Shop = "Bakery" }, ErrInvalid},
		"too many words":    {func(c *Concern) { c.Words = strings.Repeat("x", 1001) }, ErrText},
		"hidden characters": {func(c *Concern) { c.Words = "a\u202eb" }, ErrText},
		"a name of lines":   {func(c *Concern) { c.Person.Name = "Joan\nAmes" }, ErrText},
		"a long name":       {func(c *Concern) { c.Person.Name = strings.Repeat("x", 81) }, ErrText},
		"as many as fit":    {func(c *Concern) { c.Words = strings.Repeat("ж", 1000) }, nil},
		"spaces around":     {func(c *Concern) { c.Person.Name = " Joan " }, nil},
	} {
		one := good(Agreed)
		c.change(one)
		if _, err := one.Check(); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// Ensure that the reason of an override has its bound, too.
func TestCheck_HoldsTheReason(t *testing.T) {
	c := good(Refused)
	c.Person, c.Override = &Person{Name: "Joan"}, &Override{SeriousRisk, strings.Repeat("x", 501)}
	if _, err := c.Check(); !errors.Is(err, ErrText) {
		t.Error(err)
	}
}

// Ensure that one name is found however somebody writes it, that another isn't,
// and that without the key of the index nobody can look.
func TestPerson_IsTheSameForTheSameName(t *testing.T) {
	k, _ := newKeys(t)
	other, _ := newKeys(t)
	want := k.Person("Joan O'Neill")
	for _, same := range []string{" joan  o’neill", "O'NEILL, Joan", "Mrs Joan ONeill", "Dr. Joan O'Neill", "Jóan O'Neill"} {
		if k.Person(same) != want {
			t.Errorf("%q is somebody else", same)
		}
	}
	for _, another := range []string{"Joan", "Jean O'Neill", "Joan O'Neill Smith"} {
		if k.Person(another) == want {
			t.Errorf("%q is the same", another)
		}
	}
	if k.Person("") != "" || k.Person(" Mr. ") != "" || other.Person("Joan O'Neill") == want || len(want) != 64 {
		t.Error(want)
	}
	for a, b := range map[string]string{"Łukasz Wójcik": "lukasz wojcik", "Bjørn Æbelø": "Bjorn Aebelo", "𝐉oan Ⓐmes": "Joan Ames", "Joan Ames": "Joan Ames", "ＪＯＡＮ": "joan", "İlkay Işık": "ilkay isik"} {
		if k.Person(a) != k.Person(b) || k.Person(a) == k.Noted(a) || k.Noted(a) != k.Noted(b) {
			t.Errorf("%q and %q", a, b)
		}
	}
	if k.Till("d", "2026-11-25") == k.Till("d", "2026-11-26") || k.Person("Zoë") != k.Person("ZOE") {
		t.Error("tills and accents")
	}
}

// Ensure that facts are such as a phone makes, and no line of them can pass for two.
func TestFacts_HaveTheirShape(t *testing.T) {
	for i, f := range []Facts{
		{KindConcern, facts.ID, "high", "", facts.Hour}, {KindConcern, facts.ID, Urgent, "a\nb", facts.Hour}, {KindConcern, facts.ID, Urgent, "a\n", facts.Hour}, {KindConcern, facts.ID, Urgent, "a\x00", facts.Hour},
		{KindConcern, "x", Urgent, "", facts.Hour}, {KindConcern, facts.ID, Urgent, "", "2026-11-25T15:04"}, {KindConcern, facts.ID, Urgent, "", "2026-13-25T15"},
		{KindNote, facts.ID, "", "", facts.Hour}, {KindNote, facts.ID, Urgent, facts.ID, facts.Hour}, {KindSurgery, facts.ID, "", "a", facts.Hour}, {"", facts.ID, "", "", facts.Hour},
	} {
		if f.Valid() {
			t.Errorf("%d: %+v", i, f)
		}
	}
	for _, f := range []Facts{facts, {KindConcern, facts.ID, Urgent, "", facts.Hour}, {KindConcern, facts.ID, Urgent, " Cafe\u0301  Rise ", facts.Hour}, {KindNote, facts.ID, "", facts.ID, facts.Hour}, {KindSurgery, facts.ID, "", "", HourOf(day)}} {
		if !f.Valid() {
			t.Errorf("%+v", f)
		}
	}
}

// Ensure that letters are of their size and shape, and nothing more.
func TestReadLetter_TakesWhatAPhoneWrites(t *testing.T) {
	k, _ := newKeys(t)
	say := func(s Says) Says {
		if s.Kind == KindConcern {
			s.ID, s.Area, s.Hour, s.Sealed = facts.ID, facts.Area, facts.Hour, b64(sealed(t, k, "{}"))
		}
		return s
	}
	secret := strings.Repeat("a", 22)
	concern := say(Says{Kind: KindConcern, Urgency: Normal, Receipt: ReceiptOf(secret)})
	withdraw := Says{Kind: KindWithdraw, ID: facts.ID, Receipt: secret}
	read := func(s Says) error {
		_, _, err := ReadLetter(Pad(jsonOf(t, Letter{"t", "p", s}), LetterStep))
		return err
	}
	for what, s := range map[string]Says{"a concern": concern, "a withdrawal": withdraw} {
		if err := read(s); err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	for what, change := range map[string]func(*Says){
		"another kind":         func(s *Says) { s.Kind = "note" },
		"no receipt":           func(s *Says) { s.Receipt = "" },
		"the secret":           func(s *Says) { s.Receipt = secret },
		"no envelope":          func(s *Says) { s.Sealed = "" },
		"half an envelope":     func(s *Says) { s.Sealed = s.Sealed[:200] },
		"no hour":              func(s *Says) { s.Hour = "" },
		"withdrawn with words": func(s *Says) { s.Kind, s.Receipt = KindWithdraw, secret },
	} {
		bad := concern
		change(&bad)
		if err := read(bad); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: %v", what, err)
		}
	}
	for what, plain := range map[string][]byte{
		"not padded": jsonOf(t, Letter{"t", "p", concern}), "nothing": nil, "too much": Pad([]byte(`{}`), MaxLetter+LetterStep), "no JSON": Pad([]byte("x"), LetterStep),
	} {
		if _, _, err := ReadLetter(plain); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// Ensure that no error says a word of what was sealed.
func TestErrors_SayNothingOfAConcern(t *testing.T) {
	c := good(Refused)
	c.Person = &Person{Name: "canary7nobodyreadsthis"}
	_, check := c.Check()
	_, read := Read([]byte(`{"person":{"name":"canary7nobodyreadsthis"`))
	_, _, letter := ReadLetter([]byte(`{"token":"canary7nobodyreadsthis"}`))
	for _, err := range []error{check, read, letter} {
		if err == nil || strings.Contains(fmt.Sprintf("%+v", err), "canary7") {
			t.Error(err)
		}
	}
}
