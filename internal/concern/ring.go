package concern

import "sync/atomic"

// Ring holds the keys of a running server; it is empty where there are none, and
// concerns are off then.
type Ring struct{ keys atomic.Pointer[Keys] }

// Put puts the keys on the ring.
func (r *Ring) Put(k *Keys) { r.keys.Store(k) }

// Keys are the keys, or nil.
func (r *Ring) Keys() *Keys { return r.keys.Load() }
