package concern

import (
	"encoding/json"
	"testing"
	"time"
)

var day = time.Date(2026, 11, 25, 15, 4, 0, 0, time.UTC)

func newKeys(t testing.TB) (*Keys, *Recovery) {
	t.Helper()
	k, r, err := NewKeys(day)
	must(t, err)
	return k, r
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

var facts = Facts{KindConcern, "abcdefghij12345", Normal, "Nunhead", "2026-11-25T15"}

func sealed(t testing.TB, k *Keys, plain string) []byte {
	t.Helper()
	envelope, err := k.Seal(facts, []byte(plain))
	must(t, err)
	return envelope
}

// good is a concern that is taken, by what was answered.
func good(asked string) *Concern {
	c := &Concern{V: 1, Asked: asked, Noticed: []string{"missed", "lonely"}, Since: "weeks", Words: "She forgot the kettle.\n\nTwice.",
		By: By{"abcdefghij12345", "abcdefghij67890", "", "Rosa"}, At: "2026-11-25T15:04:00.000Z"}
	if asked == Agreed {
		c.Person = &Person{"Joan Ames", "07700 900001", "mornings"}
	}
	return c
}

func jsonOf(t testing.TB, v any) []byte {
	t.Helper()
	raw, err := json.Marshal(v)
	must(t, err)
	return raw
}
