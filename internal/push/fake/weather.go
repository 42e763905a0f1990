package fake

import (
	"encoding/binary"
	"hash/fnv"
	"math"
	"time"
)

// Weather is how often what goes wrong, each of 1. The same seed gives the same weather:
// who is gone follows from the address, the rest from the turn of the request.
type Weather struct {
	Seed                          uint64
	Gone, Quota, Unavailable, Cut float64
	After                         time.Duration // Retry-After of the second and third
}

// Decide is for Server.Decide.
func (w Weather) Decide(r Request) Answer {
	if w.IsGone(r.To) {
		return Unregistered()
	}
	at := w.chance(binary.LittleEndian.AppendUint64(nil, uint64(r.Turn)))
	for _, bad := range []struct {
		share float64
		way   Answer
	}{{w.Quota, Quota(w.After)}, {w.Unavailable, Unavailable(w.After)}, {w.Cut, Cut()}} {
		if at < bad.share {
			return bad.way
		}
		at -= bad.share
	}
	return OK()
}

// IsGone says whether nobody is at an address in this weather.
func (w Weather) IsGone(to string) bool { return w.chance([]byte(to)) < w.Gone }

// chance is a number of [0,1) that follows from the seed and b.
func (w Weather) chance(b []byte) float64 {
	h := fnv.New64a()
	_, _ = h.Write(binary.LittleEndian.AppendUint64(nil, w.Seed))
	_, _ = h.Write(b)
	x := h.Sum64() // FNV's high bits lag behind its low ones, so they are mixed once more
	x ^= x >> 33
	x *= 0xff51afd7ed558ccd
	x ^= x >> 33
	return float64(x) / math.MaxUint64
}
