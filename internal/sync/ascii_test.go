package sync

import (
	"encoding/json"
	"testing"
)

// Ensure that a row says the same in ASCII, whatever is written in it, and that
// what is no UTF-8 becomes the sign for that.
func TestASCII_SaysTheSame(t *testing.T) {
	for _, text := range []string{"", "lunch", "’", "Rosa’s café", "চা at 3", "💐", "a💐b\u2028", "\"\\\n’", "\xff\xe2\x80", "\ufffd"} {
		raw, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		got := ascii(raw)
		for _, c := range got {
			if c > 0x7e {
				t.Fatalf("%q is written as %q", text, got)
			}
		}
		var want, said string
		if err := json.Unmarshal(raw, &want); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(got, &said); err != nil || said != want {
			t.Errorf("%q is written as %q, which says %q (%v)", text, got, said, err)
		}
	}
	if got := ascii([]byte("{\"a\":\"\xff\xe2\x80\"}")); string(got) != `{"a":"\ufffd\ufffd\ufffd"}` {
		t.Errorf("broken UTF-8 is written as %s", got)
	}
	if ascii(nil) != nil {
		t.Error("no row must stay no row")
	}
}
