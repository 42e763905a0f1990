// Package device is the second, small client of docs/protocol.md: what the
// simulator's phones run. It is written from that page alone, keeps its state in
// memory as if on a disk (Disk survives a kill, everything else doesn't) and
// draws nothing: rows, outbox and journal are there to be looked at.
package device

import (
	"encoding/json"
	"maps"
	"slices"
	"time"
)

// Transport makes one request and returns the status and the whole body.
type Transport func(method, path string, body []byte, token string) (int, []byte)

// staged is what came in answers that were not done.
type staged struct {
	lines  []Line
	cursor string
	epoch  string
	next   string
	fresh  bool // all that is held goes when it is applied
}

// Disk is what survives a kill.
type Disk struct {
	Epoch      string // of Rows
	Seq        int64  // of Rows
	Cursor     string
	Rows       Rows
	Queue      Queue
	Seen       string // the epoch last heard of
	PublicNext string
	Offset     int64
	Told       time.Time                // the server's clock in the last answer: the journal's, since a phone's can be set by weeks
	Proves     bool                     // it was told to send a proof with each request
	Repair     int                      // 0: sums agreed, 1: asking anew because they didn't, 2: they still don't
	Leases     map[string]time.Duration // when each is over, by the trusted clock
	clock      trusted
	generation int // moves with everything that an answer may build on
	staged     *staged
}

// Clone copies a disk, as a phone's backup does onto a second phone.
func (d *Disk) Clone() *Disk {
	c := *d
	c.Rows, c.Leases = maps.Clone(d.Rows), maps.Clone(d.Leases)
	if d.staged != nil {
		own := *d.staged
		own.lines = slices.Clone(own.lines)
		c.staged = &own
	}
	c.Queue.Journal = slices.Clone(d.Queue.Journal)
	c.Queue.Entries = make([]*Command, len(d.Queue.Entries))
	for i, e := range d.Queue.Entries {
		own := *e
		c.Queue.Entries[i] = &own
	}
	return &c
}

// Staged says whether answers wait that were not done.
func (d *Disk) Staged() bool { return d.staged != nil }

// Device is one open app (or tab) on a disk. Several may share one.
type Device struct {
	*Disk
	Now   func() time.Time // this phone's clock
	Nonce func() string    // 128 random bits
	// Settled, if set, hears of each command that leaves force.
	Settled func(c *Command)
	// Fault is what keeps sync from working until somebody acts.
	Fault string
	// WaitMs is how long the server asked to be left alone.
	WaitMs int64
}

// New opens an empty device.
func New(now func() time.Time, nonce func() string) *Device {
	d := &Device{Disk: &Disk{Rows: Rows{}}, Now: now, Nonce: nonce}
	d.Queue.Stream, d.Queue.Next = nonce(), 1
	return d
}

// Open opens the app on a disk: after a kill, or as one more tab.
func Open(disk *Disk, like *Device) *Device {
	d := &Device{Disk: disk, Now: like.Now, Nonce: like.Nonce, Settled: like.Settled}
	d.wake()
	return d
}

// Do saves what the person did.
func (d *Device) Do(nonce, name string, args json.RawMessage, at string) *Command {
	c := &Command{Number: d.Queue.Next, Nonce: nonce, Name: name, Args: args, At: at, Offset: d.Offset}
	if d.Epoch == d.Seen {
		c.Seen = d.Seq
	}
	d.Queue.Next++
	d.Queue.Entries = append(d.Queue.Entries, c)
	return c
}

// ServerNow is the server's time, as far as this phone knows it.
func (d *Device) ServerNow() time.Time {
	return d.Now().Add(time.Duration(d.Offset) * time.Millisecond)
}

// Withdraw takes a command back, which is possible while it never left.
func (d *Device) Withdraw(nonce string) bool {
	c := d.Queue.find(nonce)
	if c == nil || c.Sent || !c.Pending() {
		return false
	}
	d.Queue.take(c)
	return true
}

// Dismiss forgets a command that the person was told about.
func (d *Device) Dismiss(nonce string) {
	d.Queue.Entries = slices.DeleteFunc(d.Queue.Entries, func(c *Command) bool { return c.Nonce == nonce && c.Settled })
}

// Body is the body of POST /api/sync.
type Body struct {
	Protocol int       `json:"protocol"`
	Schema   int       `json:"schema"`
	App      string    `json:"app"`
	Stream   string    `json:"stream"`
	Ack      int64     `json:"ack"`
	Pending  int       `json:"pending"`
	Commands []command `json:"commands"`
	Cursor   string    `json:"cursor"`
	MaxBytes int       `json:"maxBytes"`
}

type command struct {
	Number int64           `json:"number"`
	Nonce  string          `json:"nonce"`
	Name   string          `json:"name"`
	V      int             `json:"v"`
	Args   json.RawMessage `json:"args"`
	At     string          `json:"at"`
	Offset int64           `json:"offset"`
	Seen   int64           `json:"seen"`
	For    string          `json:"for,omitempty"`
}

// Ask is one request, and what its answer will be compared with.
type Ask struct {
	Path       string
	Body       *Body // nil: a GET of a public chunk
	cursor     string
	stream     string
	generation int
	asked      time.Duration // by the trusted clock
}

// Method of the request.
func (a *Ask) Method() string {
	if a.Body == nil {
		return "GET"
	}
	return "POST"
}

// Bytes of the request's body.
func (a *Ask) Bytes() []byte {
	if a.Body == nil {
		return nil
	}
	raw, err := json.Marshal(a.Body)
	if err != nil {
		panic(err) // plain values
	}
	return raw
}

func (d *Device) cursor() string {
	if d.staged != nil {
		return d.staged.cursor
	}
	return d.Cursor
}

// Ask builds the next POST /api/sync with at most so many commands.
func (d *Device) Ask(commands, maxBytes int) *Ask {
	b := &Body{
		Protocol: 1, Schema: 1, App: "1.0.0", Stream: d.Queue.Stream, Ack: d.Queue.ack(), Pending: d.Queue.Pending(),
		Commands: []command{}, Cursor: d.cursor(), MaxBytes: maxBytes,
	}
	for _, c := range d.Queue.Entries {
		if c.Pending() && len(b.Commands) < commands {
			c.Sent = true
			b.Commands = append(b.Commands, command{c.Number, c.Nonce, c.Name, 1, c.Args, c.At, c.Offset, c.Seen, c.For})
		}
	}
	return &Ask{Path: "/api/sync", Body: b, cursor: b.Cursor, stream: b.Stream, generation: d.generation, asked: d.Trusted()}
}

const publicStart = "/api/sync/public/-/0/0"

// AskPublic builds the next GET of somebody with no account.
func (d *Device) AskPublic() *Ask {
	a := &Ask{Path: d.PublicNext, cursor: d.cursor(), generation: d.generation}
	if d.staged != nil {
		a.Path = d.staged.next
	}
	if a.Path == "" {
		a.Path, a.cursor = publicStart, ""
	}
	return a
}
