package sync

import (
	"encoding/json"
	"io"
	"strconv"
	"time"
)

// Frames writes the lines of an answer (protocol.md, 4). The first write error
// sticks; it is read once, at the end.
type Frames struct {
	w       io.Writer
	buf     []byte
	written int
	err     error
}

// NewFrames writes to w, a line at a time, gathered into blocks of 32 KiB. It
// begins with room for "nothing new", which most answers are, and grows.
func NewFrames(w io.Writer) *Frames { return &Frames{w: w, buf: make([]byte, 0, 1<<10)} }

// Bytes written so far, before compression.
func (f *Frames) Bytes() int { return f.written + len(f.buf) }

// Flush writes out what is gathered and returns the first error of all writes.
func (f *Frames) Flush() error {
	if len(f.buf) > 0 && f.err == nil {
		_, f.err = f.w.Write(f.buf)
	}
	f.written += len(f.buf)
	f.buf = f.buf[:0]
	return f.err
}

func (f *Frames) endLine() {
	f.buf = append(f.buf, '\n')
	if len(f.buf) > 32<<10 {
		_ = f.Flush() // the error sticks and is returned by the last Flush
	}
}

// line writes {"key": value}.
func (f *Frames) line(key string, value any) {
	raw, err := json.Marshal(value)
	if err != nil && f.err == nil {
		f.err = err
	}
	f.buf = append(append(append(f.buf, `{"`...), key...), `":`...)
	f.buf = append(append(f.buf, raw...), '}')
	f.endLine()
}

type head struct {
	Protocol int    `json:"protocol"`
	Epoch    string `json:"epoch"`
	Seq      int64  `json:"seq"`
	Now      string `json:"now"`
	Schema   [2]int `json:"schema"`
}

func (f *Frames) head(epoch string, seq int64, now time.Time) {
	f.line("head", head{Protocol, epoch, seq, Stamp(now), [2]int{SchemaOldest, SchemaNewest}})
}

// row writes one row or, without data, one tombstone.
func (f *Frames) row(aud, coll, rid string, seq int64, data []byte) {
	if data == nil {
		f.buf = append(f.buf, `{"gone":[`...)
	} else {
		f.buf = append(f.buf, `{"row":[`...)
	}
	f.text(aud)
	f.buf = append(f.buf, ',')
	f.text(coll)
	f.buf = append(f.buf, ',')
	f.text(rid)
	f.buf = append(f.buf, ',')
	f.buf = strconv.AppendInt(f.buf, seq, 10)
	if data != nil {
		f.buf = append(append(f.buf, ','), data...)
	}
	f.buf = append(f.buf, ']', '}')
	f.endLine()
}

// text writes s as JSON; ids and keys are plain, so this hardly ever encodes.
func (f *Frames) text(s string) {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < 0x20 || c > 0x7e || c == '"' || c == '\\' {
			raw, _ := json.Marshal(s) // a string always encodes
			f.buf = append(f.buf, raw...)
			return
		}
	}
	f.buf = append(append(append(f.buf, '"'), s...), '"')
}

type end struct {
	Cursor string              `json:"cursor"`
	Done   bool                `json:"done"`
	Next   string              `json:"next,omitempty"`
	Sums   map[string][2]int64 `json:"sums,omitempty"`
	Leases map[string]int64    `json:"leases,omitempty"` // seconds
}

// Stamp is a time as it stands on the wire and in the database.
func Stamp(t time.Time) string { return t.UTC().Format(stampLayout) }

const stampLayout = "2006-01-02T15:04:05.000Z"

// Head writes the first line of a live answer.
func (f *Frames) Head(c *Conn, seq int64, now time.Time) { f.head(c.epoch, seq, now) }
