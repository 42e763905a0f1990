package syncapi

import (
	"sync"
	"time"
)

const (
	chunkAge   = 30 * time.Second
	chunkBytes = 32 << 20
)

// chunkCache holds encoded public chunks for chunkAge, up to chunkBytes.
type chunkCache struct {
	mu    sync.Mutex
	held  map[string]heldChunk
	bytes int
}

type heldChunk struct {
	body   []byte
	coding string
	at     time.Time
}

func (c *chunkCache) get(key string, now time.Time) (heldChunk, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	h, ok := c.held[key]
	return h, ok && now.Sub(h.at) < chunkAge
}

func (c *chunkCache) put(key string, h heldChunk) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.held == nil || c.bytes+len(h.body) > chunkBytes {
		c.held, c.bytes = map[string]heldChunk{}, 0
	}
	c.bytes += len(h.body) - len(c.held[key].body)
	c.held[key] = h
}
