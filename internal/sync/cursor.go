package sync

import (
	"encoding/base64"
	"errors"
	"fmt"
	"sort"
	"strconv"
	"strings"

	"kith/internal/limits"
)

// ErrCursor says that a cursor was not made by this protocol.
var ErrCursor = errors.New("cursor_invalid")

// position is where a device stands in one audience: base is the seq at which
// what it holds was complete or its scan began, pos is how far the scan came.
type position struct{ base, pos int64 }

// cursor is what a device holds, in its own words: opaque to it, and the server
// keeps nothing. It is complete when every audience stands at seq.
type cursor struct {
	epoch  string
	seq    int64  // last applied checkpoint
	member string // whose audiences these are; empty: a visitor's
	// trusted: what is guarded was among them, as far as it was granted.
	trusted bool
	auds    map[string]position
}

func (c *cursor) complete() bool {
	for _, p := range c.auds {
		if p.base != c.seq || p.pos != c.seq {
			return false
		}
	}
	return c.epoch != ""
}

// encode writes "1 EPOCH SEQ MEMBER aud aud=base.pos …", base64url; a visitor is
// "-", a member on a trusted device has a "+" in front.
func (c *cursor) encode() string {
	names := make([]string, 0, len(c.auds))
	for a := range c.auds {
		names = append(names, a)
	}
	sort.Strings(names)
	var b strings.Builder
	member := c.member
	if member == "" {
		member = "-"
	}
	if c.trusted {
		member = "+" + member
	}
	fmt.Fprintf(&b, "1 %s %d %s", c.epoch, c.seq, member)
	for _, a := range names {
		b.WriteByte(' ')
		b.WriteString(a)
		if p := c.auds[a]; p.base != c.seq || p.pos != c.seq {
			fmt.Fprintf(&b, "=%d.%d", p.base, p.pos)
		}
	}
	return base64.RawURLEncoding.EncodeToString([]byte(b.String()))
}

// whole is what encode writes of a cursor that stands at seq everywhere; names
// are sorted. Each frame has one for each connection, so it is written straight.
func whole(epoch string, seq int64, member string, trusted bool, names []string) string {
	b := make([]byte, 0, 256)
	b = append(append(b, "1 "...), epoch...)
	b = strconv.AppendInt(append(b, ' '), seq, 10)
	b = append(b, ' ')
	if trusted {
		b = append(b, '+')
	}
	if member == "" {
		member = "-"
	}
	b = append(b, member...)
	for _, n := range names {
		b = append(append(b, ' '), n...)
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

// decodeCursor reads what encode wrote. Returns ErrCursor for anything else;
// the empty text is the cursor of a device that holds nothing.
func decodeCursor(text string) (*cursor, error) {
	c := &cursor{auds: map[string]position{}}
	if text == "" {
		return c, nil
	}
	if len(text) > limits.Cursor {
		return nil, ErrCursor
	}
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return nil, ErrCursor
	}
	parts := strings.Split(string(raw), " ")
	if len(parts) < 4 || parts[0] != "1" || parts[1] == "" || parts[3] == "" {
		return nil, ErrCursor
	}
	c.epoch = parts[1]
	if c.member, c.trusted = strings.CutPrefix(parts[3], "+"); c.member == "-" {
		c.member = ""
	}
	if c.seq, err = count(parts[2]); err != nil {
		return nil, err
	}
	for _, p := range parts[4:] {
		if err := c.read(p); err != nil {
			return nil, err
		}
	}
	return c, nil
}

func (c *cursor) read(part string) error {
	aud, at, partial := strings.Cut(part, "=")
	if aud == "" || aud[0] == '@' {
		return ErrCursor
	}
	if _, twice := c.auds[aud]; twice {
		return ErrCursor
	}
	p := position{c.seq, c.seq}
	if partial {
		b, s, ok := strings.Cut(at, ".")
		var err error
		if p.base, err = count(b); err != nil || !ok {
			return ErrCursor
		}
		if p.pos, err = count(s); err != nil {
			return ErrCursor
		}
	}
	c.auds[aud] = p
	return nil
}

func count(s string) (int64, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 || n > 1<<53 || strconv.FormatInt(n, 10) != s {
		return 0, ErrCursor
	}
	return n, nil
}

// CheckCursor returns ErrCursor for what was not made by this protocol, so that
// a request can be refused before it has done anything.
func CheckCursor(text string) error {
	_, err := decodeCursor(text)
	return err
}

// within says whether no position lies beyond seq: a cursor from the future was
// made by a database that has since been restored.
func (c *cursor) within(seq int64) bool {
	if c.seq > seq {
		return false
	}
	for _, p := range c.auds {
		if p.base > seq || p.pos > seq {
			return false
		}
	}
	return true
}

// PublicCursor is the cursor of a visitor who stands at (base, pos) in the
// public audience.
func PublicCursor(epoch string, base, pos int64) string {
	c := &cursor{epoch: epoch, auds: map[string]position{Public: {base, pos}}}
	if base == pos {
		c.seq = base
	}
	return c.encode()
}
