package device

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// LiveBody is the body of POST /api/sync/live.
type LiveBody struct {
	Protocol int    `json:"protocol"`
	Schema   int    `json:"schema"`
	Stream   string `json:"stream"`
	Ack      int64  `json:"ack"`
	Cursor   string `json:"cursor"`
}

// AskLive builds what opens a live connection, or nil while a pull must go first.
func (d *Device) AskLive() *LiveBody {
	if d.staged != nil || d.Cursor == "" {
		return nil
	}
	return &LiveBody{1, 1, d.Queue.Stream, d.Queue.ack(), d.Cursor}
}

// Live reads one live connection.
type Live struct {
	d      *Device
	epoch  string
	from   int64
	to     int64
	inside bool
	lines  []Line
	heard  []Outcome
	asked  *time.Duration // by the trusted clock, until it has told its leases
	// Closed: the device has closed it, to come back after AfterMs; Pull: by a pull.
	Closed, Pull bool
	AfterMs      int64
	// Applied and Ignored count frames.
	Applied, Ignored int
}

// Listen begins to read a connection.
func (d *Device) Listen() *Live {
	asked := d.Trusted()
	return &Live{d: d, asked: &asked}
}

// Line takes one line.
func (l *Live) Line(raw []byte) {
	if l.Closed || len(bytes.TrimSpace(raw)) == 0 {
		return
	}
	var line anyLine
	if json.Unmarshal(raw, &line) != nil {
		l.close(true, 0)
		return
	}
	switch {
	case line.Poke != nil:
		l.close(true, line.Poke.AfterMs)
	case line.Bye != nil:
		l.close(false, line.Bye.AfterMs)
	case line.Head != nil:
		if l.epoch = line.Head.Epoch; l.epoch != l.d.Epoch {
			l.close(true, 0)
		}
	case line.Frame != nil:
		l.from, l.to, l.inside, l.lines, l.heard = line.Frame.From, line.Frame.To, l.epoch != "", nil, nil
	case line.End != nil:
		l.end(line.End)
	case line.Outcome != nil:
		l.heard = append(l.heard, *line.Outcome)
	case line.Leases != nil:
		l.lease(line.Leases)
	default:
		if k, ok := line.kept(); ok {
			l.lines = append(l.lines, k)
		}
	}
}

// lease renews what the connection tells of at its beginning (protocol.md, W5).
func (l *Live) lease(seconds map[string]int64) {
	if l.asked == nil {
		return
	}
	for aud, s := range seconds {
		l.d.Leases[aud] = *l.asked + time.Duration(s)*time.Second
	}
	l.asked = nil
}

func (l *Live) close(pull bool, afterMs int64) { l.Closed, l.Pull, l.AfterMs = true, pull, afterMs }

// end counts what a frame brought (protocol.md, L2).
func (l *Live) end(end *End) {
	d := l.d
	switch {
	case !l.inside || d.staged != nil || d.Cursor == "" || d.Epoch != l.epoch:
		// NB! Without a cursor everything is to be asked for anew; a frame's would undo that.
		l.close(true, 0)
	case l.to <= d.Seq:
		l.Ignored++
	case l.from > d.Seq, slices.ContainsFunc(l.lines, tellsOfAnEnd), !d.Queue.hear(l.heard):
		l.close(true, 0)
	default:
		d.Rows.apply(l.lines)
		d.Seq, d.Cursor = l.to, end.Cursor
		d.generation++
		d.settle()
		l.Applied++
	}
	l.inside = false
}

// tellsOfAnEnd is true for a row that may be over sooner now: only an answer says how
// much of it is left (protocol.md, W5).
func tellsOfAnEnd(l Line) bool { return l.Data != nil && strings.HasPrefix(l.Aud, "address/") }
