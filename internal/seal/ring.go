package seal

import (
	"encoding/base64"
	"sync/atomic"
)

// Ring holds the transport key of a running server; it is empty until the key
// file was read, and stays so when that is missing.
type Ring struct{ key atomic.Pointer[Key] }

// Put puts the key on the ring.
func (r *Ring) Put(key *Key) { r.key.Store(key) }

// Key is the key, or nil.
func (r *Ring) Key() *Key { return r.key.Load() }

// Address is the public half as phones are told of it, base64url; empty: seal
// nothing to this server.
func (r *Ring) Address() string {
	if key := r.Key(); key != nil {
		return base64.RawURLEncoding.EncodeToString(key.Public())
	}
	return ""
}
