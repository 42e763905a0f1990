package strict

import (
	"encoding/json"
	"errors"
	"testing"
	"time"
)

type inner struct {
	Name string `json:"name"`
}

type outer struct {
	inner
	First string                     `json:"firstName"`
	List  []inner                    `json:"list"`
	Next  *inner                     `json:"next"`
	Set   map[string]json.RawMessage `json:"set"`
	Raw   json.RawMessage            `json:"raw"`
	At    time.Time                  `json:"at"`
	Plain string
}

// Ensure that what says two things, or says one thing in other letters, is refused,
// however deep it is, and however its key is written.
func TestRead_RefusesWhatTwoReadersReadDifferently(t *testing.T) {
	for _, raw := range []string{
		`{"firstname":"A"}`, `{"FIRSTNAME":"A"}`, `{"fir\u017ftName":"A"}`, `{"firstName":"A","firstName":"B"}`, `{"firstName":"A","first\u004eame":"B"}`,
		`{"firstName":"A","firstname":"B"}`, `{"Name":"A"}`, `{"list":[{"name":"A"},{"Name":"B"}]}`, `{"list":[{"name":"A","name":"A"}]}`,
		`{"next":{"NAME":"A"}}`, `{"set":{"a":1,"a":2}}`, `{"what":1,"what":2}`, `{"plain":"A"}`,
	} {
		if err := Read([]byte(raw), &outer{}); !errors.Is(err, ErrKey) {
			t.Errorf("%s: %v", raw, err)
		}
	}
	for _, raw := range []string{"{\"firstName\":\"a\xff\xfeb\"}", "{\"raw\":{\"text\":\"\xc3\"}}", "{\"unknown\":\"\xed\xa0\x80\"}", "{\"\xff\":1}"} {
		if err := Read([]byte(raw), &outer{}); !errors.Is(err, ErrText) {
			t.Errorf("%q: %v", raw, err)
		}
	}
	for _, raw := range []string{``, `{`, `[]`, `{"firstName":1}`, `{} {}`, `NaN`} {
		if err := Read([]byte(raw), &outer{}); err == nil {
			t.Errorf("%s is read", raw)
		}
	}
}

// Ensure that everything else is read as it always was: keys that nobody knows, null,
// and what is kept as it came.
func TestRead_TakesEverythingElse(t *testing.T) {
	for _, raw := range []string{
		`null`, `{}`, `{"new":{"a":1,"A":2,"b":[{"c":1,"c":2}]}}`, `{"raw":{"firstname":1,"x":1,"x":2}}`, `{"list":null,"next":null,"set":null}`,
		`{"list":[],"set":{"a":{"firstname":1},"A":2},"at":"2026-06-01T09:00:00Z","Plain":"A"}`,
	} {
		if err := Read([]byte(raw), &outer{}); err != nil {
			t.Errorf("%s: %v", raw, err)
		}
	}
	var o outer
	if err := Read([]byte(`{"name":"A","firstName":"\ud83d","list":[{"name":"C"}],"next":{"name":"D"}}`), &o); err != nil || o.Name != "A" || o.First != "\ufffd" || o.List[0].Name != "C" || o.Next.Name != "D" {
		t.Errorf("%v %+v", err, o)
	}
	var list map[string]json.RawMessage
	if err := Read([]byte(`{"a":1,"A":2}`), &list); err != nil || len(list) != 2 {
		t.Errorf("%v %v", err, list)
	}
}
