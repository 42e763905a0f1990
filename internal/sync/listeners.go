package sync

import "slices"

// listeners are the open connections by what they listen for: each of their
// audiences, and their member's marker. A commit asks for those whom it concerns,
// so that thousands who are idle cost it nothing.
type listeners map[string][]*Conn

func (c *Conn) listensFor(each func(key string)) {
	for _, a := range c.auds {
		each(a)
	}
	each("@" + c.Member)
}

func (l listeners) add(c *Conn) {
	c.listensFor(func(key string) { l[key] = append(l[key], c) })
}

func (l listeners) remove(c *Conn) {
	c.listensFor(func(key string) {
		all := l[key]
		i, last := slices.Index(all, c), len(all)-1
		if i < 0 {
			return
		}
		all[i], all[last] = all[last], nil
		if l[key] = all[:last]; last == 0 {
			delete(l, key)
		}
	})
}

// of gives each connection that listens for any of the keys, once.
func (l listeners) of(keys map[string]int64) []*Conn {
	var found []*Conn
	lists := 0
	for k := range keys {
		if all := l[k]; len(all) > 0 {
			found = append(found, all...)
			lists++
		}
	}
	if lists < 2 {
		return found
	}
	once := make(map[*Conn]bool, len(found))
	return slices.DeleteFunc(found, func(c *Conn) bool {
		again := once[c]
		once[c] = true
		return again
	})
}

// anyOf says whether somebody listens for any of the keys.
func (l listeners) anyOf(keys map[string]int64) bool {
	for k := range keys {
		if len(l[k]) > 0 {
			return true
		}
	}
	return false
}
