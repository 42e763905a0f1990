package device

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// State is all of a disk as text: two disks of the same state go on in the same way.
func (d *Disk) State() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %d %s %s %s %d %v %d %v %d\n", d.Epoch, d.Seq, d.Cursor, d.Seen, d.PublicNext, d.Offset, d.Proves, d.Repair, d.Leases, d.generation)
	for _, k := range slices.SortedFunc(maps.Keys(d.Rows), func(a, b Key) int { return cmp.Or(cmp.Compare(a.Coll, b.Coll), cmp.Compare(a.ID, b.ID)) }) {
		h := d.Rows[k]
		fmt.Fprintf(&b, "%v %d %v %s\n", k, h.Seq, h.Auds, h.Data)
	}
	_ = json.NewEncoder(&b).Encode(d.Queue) // plain values
	if s := d.staged; s != nil {
		fmt.Fprintf(&b, "%s %s %s %v\n", s.cursor, s.epoch, s.next, s.fresh)
		_ = json.NewEncoder(&b).Encode(s.lines) // plain values
	}
	return b.String()
}

// State is all of a request as text.
func (a *Ask) State() string { return fmt.Sprintf("%s %s %d", a.Path, a.Bytes(), a.generation) }
