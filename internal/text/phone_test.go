package text

import "testing"

// Ensure that a number is kept as people write it, and that nothing else is taken for one.
func TestPhone_AsPeopleWriteThem(t *testing.T) {
	for s, want := range map[string]string{"": "", " 07700 900123 ": "07700 900123", "+44 (0)20 7946 0000": "+44 (0)20 7946 0000", "999": "no", "ring me": "no", "07700 900123 or 124": "no", "0\n77009001": "no"} {
		got, err := Phone(s, 20)
		if want == "no" && err == nil || want != "no" && (err != nil || got != want) {
			t.Errorf("%q: %q, %v", s, got, err)
		}
	}
}
