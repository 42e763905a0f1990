package sync

import (
	"sync"

	"kith/internal/limits"
)

// rowCache keeps rows as they go out. A seq names one version of one row, so
// what is kept under it is never wrong and never has to be thrown away, but for
// a new epoch, which counts anew. It has two generations: when the young one is
// half of limits.RowCache it becomes the old one, and what nobody has asked for
// since then is forgotten.
type rowCache struct {
	mu         sync.Mutex
	epoch      string
	young, old map[int64][]byte
	bytes      int // of young
}

func (c *rowCache) get(epoch string, seq int64) ([]byte, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.epoch != epoch {
		return nil, false
	}
	if data, ok := c.young[seq]; ok {
		return data, true
	}
	data, ok := c.old[seq]
	if ok {
		c.add(seq, data)
	}
	return data, ok
}

// put keeps data, which nobody may change any more.
func (c *rowCache) put(epoch string, seq int64, data []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.epoch != epoch {
		c.epoch, c.young, c.old, c.bytes = epoch, nil, nil, 0
	}
	c.add(seq, data)
}

func (c *rowCache) add(seq int64, data []byte) {
	if c.bytes > limits.RowCache/2 {
		c.old, c.young, c.bytes = c.young, nil, 0
	}
	if c.young == nil {
		c.young = map[int64][]byte{}
	}
	if _, has := c.young[seq]; !has {
		c.bytes += len(data) + 64 // about what the map takes beside
	}
	c.young[seq] = data
}
