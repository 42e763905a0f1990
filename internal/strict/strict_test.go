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
	First string                     `json:"firstName"`
	Count int64                      `json:"count"`
	List  []inner                    `json:"list"`
	Next  *inner                     `json:"next"`
	Set   map[string]json.RawMessage `json:"set"`
	Raw   json.RawMessage            `json:"raw"`
	At    time.Time                  `json:"at"`
}

// Ensure that what says two things, or nothing, is refused, however deep it is, and
// however its key is written.
func TestRead_RefusesWhatTwoReadersReadDifferently(t *testing.T) {
	for _, raw := range []string{
		`{"firstName":"A","firstName":"B"}`, `{"firstName":"A","first\u004eame":"B"}`, `{"list":[{"name":"A","name":"A"}]}`,
		`{"set":{"a":1,"a":2}}`, `{"what":1,"what":2}`, `{"raw":{"x":1,"x":2}}`, `{"new":{"b":[{"c":1,"c":2}]}}`,
		``, `{`, `[]`, `{"firstName":1}`, `{"count":"1"}`, `{"count":1.5}`, `{"count":9223372036854775808}`, `{} {}`, `NaN`, `{"count":NaN}`,
	} {
		if err := Read([]byte(raw), &outer{}); err == nil {
			t.Errorf("%s is read", raw)
		}
	}
	for _, raw := range []string{"{\"firstName\":\"a\xff\xfeb\"}", "{\"raw\":{\"text\":\"\xc3\"}}", "{\"unknown\":\"\xed\xa0\x80\"}", "{\"\xff\":1}"} {
		if err := Read([]byte(raw), &outer{}); !errors.Is(err, ErrText) {
			t.Errorf("%q: %v", raw, err)
		}
	}
}

// Ensure that a key in other letters is another key, and that everything else is read
// as it always was: keys that nobody knows, null, and what is kept as it came.
func TestRead_TakesEverythingElse(t *testing.T) {
	var o outer
	for _, raw := range []string{
		`null`, `{}`, `{"new":{"a":1,"A":2}}`, `{"raw":{"firstname":1}}`, `{"list":null,"next":null,"set":null,"count":null}`,
		`{"list":[],"set":{"a":{"firstname":1},"A":2},"at":"2026-06-01T09:00:00Z"}`,
	} {
		if err := Read([]byte(raw), &outer{}); err != nil {
			t.Errorf("%s: %v", raw, err)
		}
	}
	if err := Read([]byte(`{"firstname":"B","FIRSTNAME":"C","fir\u017ftName":"D","next":{"NAME":"E"}}`), &o); err != nil || o.First != "" || o.Next.Name != "" {
		t.Errorf("in other letters: %v %+v", err, o)
	}
	if err := Read([]byte(`{"firstName":"\ud83d","list":[{"name":"C"}],"next":{"name":"D"},"raw":{"a": 1}}`), &o); err != nil || o.First != "\ufffd" || o.List[0].Name != "C" || o.Next.Name != "D" || string(o.Raw) != `{"a": 1}` {
		t.Errorf("%v %+v", err, o)
	}
	if Exactly([]byte(`{"firstname":"B"}`), &o) == nil || Exactly([]byte(`{"firstName":"B"}`), &o) != nil {
		t.Error("exactly its keys")
	}
	if err := Envelope([]byte(`{"raw":{"x":1,"x":2}}`), &o); err != nil || Read(o.Raw, &struct{}{}) == nil {
		t.Errorf("what is in an envelope: %v %s", err, o.Raw)
	}
	var list map[string]json.RawMessage
	if err := Read([]byte(`{"a":1,"A":2}`), &list); err != nil || len(list) != 2 {
		t.Errorf("%v %v", err, list)
	}
}
