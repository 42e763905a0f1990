package device

import (
	"encoding/json"
	"time"
)

// Taken says what came of an answer.
type Taken int

// The ways an answer can end. Cut: thrown away. Stale: it was built on what has
// moved on since, and nothing was written. Page: staged. Done: applied.
// Wiped: the device has forgotten all that was its person's.
const (
	Refused Taken = iota
	Cut
	Stale
	Page
	Done
	Wiped
)

// schema is the one that this device speaks.
const schema = 1

// Take takes the answer to ask.
func (d *Device) Take(ask *Ask, status int, body []byte) Taken {
	if status != 200 {
		if d.refused(ask, body); d.Fault == "device_wiped" {
			d.Forget()
			return Wiped
		}
		return Refused
	}
	return d.TakeParsed(ask, ParseAnswer(body))
}

// TakeParsed takes an answer that was read already; nil is one that was cut.
func (d *Device) TakeParsed(ask *Ask, a *Answer) Taken {
	if a == nil {
		return Cut
	}
	if a.Wipe {
		d.Forget()
		return Wiped
	}
	if ask.generation != d.generation {
		return Stale
	}
	d.Fault, d.WaitMs = "", 0
	if a.Head.Schema[0] > schema {
		d.Fault = "app_old"
	}
	if a.Stop != nil && a.Stop.Reason == "retry" {
		d.WaitMs = a.Stop.RetryAfterMs
	}
	d.hearAnswer(ask, a)
	if now, err := time.Parse(time.RFC3339Nano, a.Head.Now); err == nil {
		d.Offset, d.Told = now.Sub(d.Now()).Milliseconds(), now
	}
	d.stage(ask, a)
	if !a.End.Done {
		return Page
	}
	d.apply(a.Head.Seq, a.End)
	d.lease(ask.asked, a.End.Leases)
	d.compare(a.End.Sums, ask.Body != nil)
	return Done
}

// hearAnswer takes what an answer says about the queue.
func (d *Device) hearAnswer(ask *Ask, a *Answer) {
	if d.Seen != "" && d.Seen != a.Head.Epoch {
		d.Queue.rebirth(d.Nonce(), true)
		return
	}
	if ask.stream != d.Queue.Stream {
		return
	}
	sound := d.Queue.hear(a.Outcomes)
	if !sound || a.Stop != nil && (a.Stop.Reason == "gap" || a.Stop.Reason == "fork") {
		d.Queue.rebirth(d.Nonce(), false)
	}
}

// stage adds an answer's lines to what waits. An answer that began from nothing,
// or is of another epoch than what it follows, replaces all that is held.
func (d *Device) stage(ask *Ask, a *Answer) {
	epoch := d.Epoch
	if d.staged != nil {
		epoch = d.staged.epoch
	}
	if d.staged == nil || ask.cursor == "" || epoch != a.Head.Epoch {
		d.staged = &staged{fresh: ask.cursor == "" || epoch != a.Head.Epoch || d.staged != nil && d.staged.fresh}
	}
	s := d.staged
	s.lines, s.epoch, s.cursor, s.next = append(s.lines, a.Lines...), a.Head.Epoch, a.End.Cursor, a.End.Next
	d.Seen = a.Head.Epoch
	d.generation++
}

// apply shows what was staged, in one step.
func (d *Device) apply(seq int64, end *End) {
	if d.staged.fresh {
		d.Rows = Rows{}
	}
	d.Rows.apply(d.staged.lines)
	d.Epoch, d.Seq, d.Cursor, d.PublicNext = d.staged.epoch, seq, end.Cursor, end.Next
	d.staged = nil
	d.settle()
}

func (d *Device) settle() {
	for _, c := range d.Queue.settle(d.Seq, d.Told) {
		if d.Settled != nil {
			d.Settled(c)
		}
	}
}

// compare sets sums beside one's own: if they differ, everything is asked for
// anew, once; if they differ again, the person is told (protocol.md, R6).
func (d *Device) compare(theirs map[string][2]int64, whole bool) {
	switch {
	case theirs == nil:
	case d.Rows.agree(theirs, whole):
		d.Repair = 0
	case d.Repair == 0:
		d.Repair = 1
		d.startOver()
	default:
		d.Repair = 2
	}
	if d.Repair == 2 {
		d.Fault = "sums"
	}
}

func (d *Device) startOver() {
	d.staged, d.Cursor, d.PublicNext = nil, "", ""
	d.generation++
}

// Refuse does what an error answer to a live connection asks for.
func (d *Device) Refuse(body []byte) { d.refused(&Ask{}, body) }

// refused does what an error answer asks for.
func (d *Device) refused(ask *Ask, body []byte) {
	var e struct {
		Code         string `json:"code"`
		Message      string `json:"message"`
		RetryAfterMs int64  `json:"retryAfterMs"`
		Now          string `json:"now"`
	}
	_ = json.Unmarshal(body, &e) // a proxy's page is an error without a code
	d.WaitMs, d.Fault = e.RetryAfterMs, ""
	switch e.Code {
	case "device_unknown", "device_wiped", "member_suspended", "protocol_unsupported":
		d.Fault = e.Code
	case "proof_missing":
		d.Proves = true
	case "proof_clock":
		if now, err := time.Parse(time.RFC3339Nano, e.Now); err == nil {
			d.Offset = now.Sub(d.Now()).Milliseconds()
		}
	case "stream_foreign":
		d.Queue.rebirth(d.Nonce(), false)
	case "cursor_invalid":
		d.startOver()
	case "body_invalid", "body_too_large":
		d.setAside(ask, e.Code, e.Message)
	}
}

// setAside ends a command that alone made the whole request be refused.
func (d *Device) setAside(ask *Ask, code, message string) {
	if ask.Body == nil || len(ask.Body.Commands) != 1 {
		return
	}
	if c := d.Queue.find(ask.Body.Commands[0].Nonce); c != nil && c.Pending() {
		d.Queue.take(c)
		c.Outcome, c.Settled, c.Number = &Outcome{Nonce: c.Nonce, Status: "rejected", Code: code, Message: message}, true, 0
		d.Queue.Entries = append([]*Command{c}, d.Queue.Entries...)
	}
}
