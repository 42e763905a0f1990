package seal

import (
	"encoding/base64"
	"sync"
)

// Ring holds the transport key of a running server; it is empty until the key
// file was read, and stays so when that is missing.
type Ring struct {
	mu  sync.RWMutex
	key *Key
}

// Put puts the key on the ring.
func (r *Ring) Put(key *Key) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.key = key
}

// Key is the key, or nil.
func (r *Ring) Key() *Key {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.key
}

// Address is the public half as phones are told of it, base64url; empty: seal
// nothing to this server.
func (r *Ring) Address() string {
	if key := r.Key(); key != nil {
		return base64.RawURLEncoding.EncodeToString(key.Public())
	}
	return ""
}
