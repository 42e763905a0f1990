package limits

import (
	"crypto/rand"
	"encoding/binary"
	"time"
)

// Around spreads a wait over half to one and a half of its middle, so that
// devices which were sent away together don't come back together.
func Around(middle time.Duration) time.Duration {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails, see crypto/rand
	return middle/2 + time.Duration(binary.LittleEndian.Uint64(b[:])%uint64(middle))
}
