package codes

import "testing"

// Ensure that a code is the same however it is typed, and another is another.
func TestHash_ReadsCodesAsPeopleTypeThem(t *testing.T) {
	code := Hash("7Q2K-M4XD-9T01-2H3J")
	for _, typed := range []string{"7q2km4xd9t012h3j", " 7Q2K M4XD 9TOI 2H3J ", "7q2k-m4xd-9tol-2h3j"} {
		if Hash(typed) != code {
			t.Errorf("%q is another code", typed)
		}
	}
	if Hash("7Q2K-M4XD-9T01-2H3K") == code || Hash("") == code {
		t.Error("two codes are the same")
	}
	if !IsHash(code) || IsHash("7Q2K-M4XD-9T01-2H3J") || IsHash(code+"0") || IsHash(code+"\n") {
		t.Error("a hash is not told from what isn't one")
	}
}
