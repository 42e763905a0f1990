package limits

import (
	"fmt"
	"testing"
	"time"
)

// Ensure that whoever has a whole network of addresses is counted as one, and that
// others, and keys that are no addresses, are counted for themselves.
func TestRate_ANetworkOfAddressesIsOne(t *testing.T) {
	now := time.Now()
	for _, c := range []struct {
		key  string // of the i-th request
		want int
	}{
		{"2001:db8:7:9::%x", 3}, {"2001:db8:7:%x::1", 8}, {"fe80::%x%%eth0", 3}, {"192.0.2.%d", 8}, {"::ffff:192.0.2.%d", 8}, {"device%d", 8}, {"mail%d@example.org", 8},
	} {
		r, passed := NewRate(1, 3, true), 0
		for i := range 8 {
			if r.Allow(fmt.Sprintf(c.key, i+1), now) {
				passed++
			}
		}
		if passed != c.want {
			t.Errorf("%s: %d of 8 passed, not %d", c.key, passed, c.want)
		}
	}
}
