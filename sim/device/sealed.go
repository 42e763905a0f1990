package device

import (
	"bytes"
	"encoding/json"
)

// Sealable is what is left of a queue when a person's turn on a shared device
// ends, in plain: the body of a push on a stream of its own, and what it is to be
// judged by (protocol.md, 4.3). Nil: nothing waits.
func (d *Device) Sealable(stream, token, proof string) []byte {
	b := struct {
		Body
		Token string `json:"token"`
		Proof string `json:"proof"`
	}{Body{Protocol: 1, Schema: 1, App: "1.0.0", Stream: stream, Cursor: d.Cursor, MaxBytes: 1 << 20}, token, proof}
	for _, c := range d.Queue.Entries {
		if c.Pending() {
			n := int64(len(b.Commands) + 1)
			b.Commands = append(b.Commands, command{n, c.Nonce, c.Name, 1, c.Args, c.At, c.Offset, c.Seen, c.For})
		}
	}
	if b.Pending = len(b.Commands); b.Pending == 0 {
		return nil
	}
	raw, err := json.Marshal(b)
	if err != nil {
		panic(err) // plain values
	}
	const step = 1 << 10 // spaces hide how much it is
	return append(raw, bytes.Repeat([]byte{' '}, step-len(raw)%step)...)
}

// Forget deletes all that is the person's, and begins an empty queue.
func (d *Device) Forget() {
	*d.Disk = Disk{Rows: Rows{}, generation: d.generation + 1}
	d.Queue.Stream, d.Queue.Next = d.Nonce(), 1
}
