package sim

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing/synctest"
	"time"

	"github.com/pocketbase/dbx"

	"kith/sim/device"
)

func (w *world) db() *sql.DB { return w.s.app.ConcurrentDB().(*dbx.DB).DB() }

// observe looks at the tables after whatever may have been committed, and keeps
// what the community is now. NB! after every single commit.
func (w *world) observe() {
	var epoch string
	var seq int64
	if err := w.db().QueryRow("SELECT epoch, seq FROM sync_meta").Scan(&epoch, &seq); err != nil {
		w.fail("%v", err)
	}
	written := w.o.look()
	before := w.o.now
	if before == nil {
		before = &state{seq: -1}
	}
	w.before = before
	s, err := w.o.read(seq, time.Now(), before)
	if err != nil {
		w.fail("%v", err)
	}
	if epoch == w.epoch && seq == before.seq {
		for k, f := range s.rows {
			if f.upTo == seq && before.rows[k] == nil || before.rows[k] != nil && before.rows[k].canon != f.canon {
				w.fail("20: %v changed and no seq moved", k)
			}
		}
		if len(s.rows) != len(before.rows) {
			w.fail("20: rows came or went and no seq moved")
		}
		w.checkLedger(written)
		return
	}
	w.epoch = epoch
	w.o.keep(epoch, s)
	w.checkDesk(before)
	synctest.Wait() // the hub has handed it out
	w.checkIndex()
	w.checkLedger(written)
}

// carriedOut is how many commands did something in the commit that is looked at.
func (w *world) carriedOut() (n int) {
	if err := w.db().QueryRow("SELECT count(*) FROM sync_command WHERE rowid > ? AND status IN ('ok', 'merged')", w.ledger).Scan(&n); err != nil {
		w.fail("%v", err)
	}
	return n
}

// checkIndex holds the index against one rebuilt from the tables: invariant 20,
// and 2 on the server's side.
func (w *world) checkIndex() {
	rows, err := w.db().Query("SELECT coll, rid, aud, seq, live FROM sync_row WHERE coll <> '@'")
	if err != nil {
		w.fail("%v", err)
	}
	defer rows.Close()
	several := w.carriedOut() > 1
	type sum struct{ count, cubes int64 }
	sums, live := map[string]sum{}, 0
	for rows.Next() {
		var k device.Key
		var aud string
		var seq, isLive int64
		if err := rows.Scan(&k.Coll, &k.ID, &aud, &seq, &isLive); err != nil {
			w.fail("%v", err)
		}
		f := w.o.now.rows[k]
		in := f != nil && slices.Contains(f.auds, aud)
		switch {
		case in != (isLive == 1):
			w.fail("20: %v is in %s: %v; the index says %d", k, aud, in, isLive)
		case in && seq > f.upTo && seq > w.before.seq && seq <= w.o.now.seq && (several || slices.Contains([]string{"marks", "registers", "regulars"}, k.Coll)):
			f.after, f.upTo = w.before.seq, w.o.now.seq // done and undone by commands of one push, or by one that says much
		case in && (seq <= f.after || seq > f.upTo):
			w.fail("20: %v has version %d in the index, which is not in (%d, %d]", k, seq, f.after, f.upTo)
		}
		if in {
			live++
			s := seq % 94906249
			sums[aud] = sum{sums[aud].count + 1, sums[aud].cubes + s*s%94906249*s%94906249}
		}
	}
	want := 0
	for _, f := range w.o.now.rows {
		want += len(f.auds)
	}
	if live != want {
		w.fail("20: the index has %d live entries, the tables %d", live, want)
	}
	if w.sumsOff {
		return
	}
	told, err := w.db().Query("SELECT aud, count, checksum FROM sync_aud")
	if err != nil {
		w.fail("%v", err)
	}
	defer told.Close()
	for told.Next() {
		var aud string
		var got sum
		if err := told.Scan(&aud, &got.count, &got.cubes); err != nil || got != sums[aud] {
			w.fail("2: the sums of %s are %v, not %v (%v)", aud, got, sums[aud], err)
		}
		delete(sums, aud)
	}
	if len(sums) > 0 || told.Err() != nil {
		w.fail("2: there are no sums of %v (%v)", sums, told.Err())
	}
}

// checkLedger looks at the commands that were carried out since the last time:
// invariants 4 and 5, and that what was answered "ok" was done.
func (w *world) checkLedger(written func(tables ...string) bool) {
	rows, err := w.db().Query("SELECT rowid, nonce, stream, number, member, name, status, code, at FROM sync_command WHERE rowid > ? ORDER BY rowid", w.ledger)
	if err != nil {
		w.fail("%v", err)
	}
	defer rows.Close()
	names := map[string]string{} // member -> what the last rename made them
	for rows.Next() {
		var nonce, stream, member, name, status, code, at string
		var number int64
		if err := rows.Scan(&w.ledger, &nonce, &stream, &number, &member, &name, &status, &code, &at); err != nil {
			w.fail("%v", err)
		}
		w.note("ledger %s %s %s %s", nonce, name, status, code)
		w.done[nonce] = status
		w.count("commands " + status)
		d := w.did[nonce]
		switch {
		case code == "not_acting":
			w.count("refused: not acting")
		case name == "concerns.take" && code == "concern_unknown" && d != nil && w.withdrawn(d.args["id"].(string)):
			w.count("picked up after it was taken back")
		}
		if d == nil || d.name != name || d.member != member {
			w.fail("4: %s is in the ledger as %s of %s, and nobody did that", nonce, name, member)
		}
		if status == "ok" || status == "merged" {
			w.count("done: " + name)
			w.checkEffect(nonce, d)
			if d.forWhom != "" {
				w.checkActed(nonce, d, w.before)
			}
			if name == "people.rename" {
				names[d.whom()] = d.args["firstName"].(string)
			}
		}
	}
	for member, name := range names {
		if f := w.o.now.rows[device.Key{Coll: "members", ID: member}]; f == nil || f.col["firstName"] != name {
			w.fail("7: %s was renamed to %s, and isn't", member, name)
		}
	}
	if written("sync_command", "acts") {
		w.checkActs()
	}
	if written("sync_command", "sync_number", "sync_stream", "communities", "places") {
		w.checkOnce()
	}
}

// checkEffect: confirmed implies applied (7). A later command of the same push
// may have changed the row again, so only what nothing undoes is looked at.
func (w *world) checkEffect(nonce string, d *deed) {
	find := func(coll string, want map[string]any) *fact {
		for k, f := range w.o.now.rows {
			if k.Coll != coll {
				continue
			}
			same := true
			for c, v := range want {
				same = same && f.col[c] == fmt.Sprint(v)
			}
			if same {
				return f
			}
		}
		w.fail("7: %s %s was confirmed, and there is no such row in %s: %v", nonce, d.name, coll, want)
		return nil
	}
	switch d.name {
	case "visits.come":
		find("visits", map[string]any{"member": d.whom(), "listing": d.args["listing"], "occurrence": d.args["occurrence"]})
		w.checkClock(nonce, d)
	case "listings.add":
		find("listings", map[string]any{"id": d.args["id"]})
		if w.standing(d.member) == "active" { // who leaves hosts nothing any more
			find("hosts", map[string]any{"listing": d.args["id"], "member": d.member})
		}
	case "concerns.take":
		if f := w.o.now.rows[device.Key{Coll: "concerns", ID: d.args["id"].(string)}]; f == nil || f.col["state"] == "withdrawn" || f.col["picked"] == "" {
			w.fail("7: %s picked up %s, and it is %+v", d.member, d.args["id"], f)
		}
	case "places.add":
		find("places", map[string]any{"id": d.args["id"], "name": d.args["name"]})
	}
}

// checkClock: what is stored as the time of an act is the phone's, corrected,
// unless that lies before what the person saw or after arrival (protocol.md, T2).
func (w *world) checkClock(nonce string, d *deed) {
	var at, status string
	err := w.db().QueryRow("SELECT occurredAt, status FROM visits WHERE member = ? AND listing = ? AND occurrence = ?", d.whom(), d.args["listing"], d.args["occurrence"]).Scan(&at, &status)
	if err != nil {
		w.fail("%v", err)
	}
	stored, err := time.Parse(time.RFC3339Nano, at)
	if err != nil {
		w.fail("T2: %v", err)
	}
	if w.again(nonce, d) {
		return // a later command of this push changed the same visit
	}
	said, now := d.at.Add(time.Duration(d.offset)*time.Millisecond), time.Now()
	seen := w.o.committed(d.seenEpoch, d.seen)
	switch {
	case stored.After(now):
		w.fail("T2: %s is stored as done at %v, after it arrived at %v", nonce, stored, now)
	case said.After(now):
		w.count("clocks held back")
	case !said.Before(seen):
		if !stored.Equal(said) {
			w.fail("T2: %s was done at %v, having seen what was there at %v, and is stored as %v", nonce, said, seen, stored)
		}
	default:
		w.count("clocks held forward")
		if stored.After(seen.Add(time.Millisecond)) || stored.Before(said) {
			w.fail("T2: %s says %v, saw %v, and is stored as %v", nonce, said, seen, stored)
		}
	}
}

// again says whether another command about the same visit was carried out later.
func (w *world) again(nonce string, d *deed) bool {
	rows, err := w.db().Query("SELECT nonce FROM sync_command WHERE rowid > (SELECT rowid FROM sync_command WHERE nonce = ?) AND status IN ('ok', 'merged')", nonce)
	if err != nil {
		w.fail("%v", err)
	}
	defer rows.Close()
	for rows.Next() {
		var other string
		if err := rows.Scan(&other); err != nil {
			w.fail("%v", err)
		}
		o := w.did[other]
		if o != nil && o.whom() == d.whom() && o.name == "visits.come" && o.args["listing"] == d.args["listing"] && o.args["occurrence"] == d.args["occurrence"] {
			return true
		}
	}
	return false
}

// checkOnce: effects that can be counted were had once per nonce (4), numbers
// rise in each stream without a hole (5), and what failed left nothing behind.
func (w *world) checkOnce() {
	var counted, told int
	err := w.db().QueryRow("SELECT (SELECT CAST(round(lat - 51.46) AS INTEGER) FROM communities), (SELECT count(*) FROM sync_command WHERE name = 'sim.count' AND status = 'ok')").Scan(&counted, &told)
	if err != nil {
		w.fail("%v", err)
	}
	if counted != told {
		w.fail("4: %d counting commands were confirmed, and %d were done", told, counted)
	}
	var holes, falls int
	err = w.db().QueryRow(`SELECT (SELECT count(*) FROM sync_stream s WHERE s.last <> (SELECT coalesce(max(number), 0) FROM sync_number n WHERE n.stream = s.id)
			OR s.last <> (SELECT count(*) FROM sync_number n WHERE n.stream = s.id)),
		(SELECT count(*) FROM sync_command a JOIN sync_command b ON b.stream = a.stream AND b.rowid > a.rowid AND b.number <= a.number)`).Scan(&holes, &falls)
	if err != nil {
		w.fail("%v", err)
	}
	if holes > 0 || falls > 0 {
		w.fail("5: %d streams have a hole, %d numbers fall", holes, falls)
	}
	for k, f := range w.o.now.rows {
		if k.Coll == "places" && f.col["name"] == "half done" {
			w.fail("4: %v is left of a command that failed", k)
		}
	}
}

// confirmed: what a phone was told is so (7).
func (w *world) confirmed(p *phone, c *device.Command) {
	if p.disk.Seen != w.epoch {
		return // an answer of an epoch that a restore has ended since
	}
	if status := w.done[c.Nonce]; status != c.Outcome.Status {
		w.fail("7: %s was told %q of %s, and the ledger says %q", p.name, c.Outcome.Status, c.Nonce, status)
	}
}

// checkpoint holds a phone that has just applied something against what the
// community was at that seq: invariants 1 and 2.
func (w *world) checkpoint(p *phone) {
	d := p.disk
	if p.rotten || w.sumsOff {
		if p.rotten && d.Repair == 0 && d.Cursor != "" && w.differs(p) == "" {
			p.rotten = false
			w.count("disks mended by the sums")
		}
		return
	}
	if diff := w.differs(p); diff != "" {
		w.fail("1: %s (%s) at %s/%d: %s", p.name, p.member, d.Epoch, d.Seq, diff)
	}
	if d.Repair == 1 && d.Cursor == "" {
		w.fail("2: the sums that %s was given at %s/%d are not its own, %v", p.name, d.Epoch, d.Seq, d.Rows.Sums())
	}
	if d.Repair == 2 {
		w.fail("22: %s believes that the sums are wrong", p.name)
	}
}

func (w *world) differs(p *phone) string {
	d := p.disk
	s := w.o.history[d.Epoch][d.Seq]
	if s == nil {
		return "no commit ended there"
	}
	return w.o.differs(s, p.member, w.town.device[p.token], d.Rows)
}

// checkBytes reads what was sent to a member as the network sees it: no audience
// that they weren't in at the snapshot, no row that wasn't in the audience, and
// nothing guarded but to dev, a device that proved itself and was enrolled (13).
func (w *world) checkBytes(member, dev, epoch string, seq int64, lines [][]byte) {
	s := w.o.history[epoch][seq]
	if s == nil {
		w.fail("1: an answer is of %s/%d, and no commit ended there", epoch, seq)
	}
	granted := s.grants[member]
	for _, raw := range lines {
		l, ok := w.o.line(raw)
		if !ok {
			continue
		}
		if !granted[l.aud] || guarded(l.aud) && !s.trusts(dev) {
			w.fail("13: %s was sent %s, which is not theirs at %d: %s", member, l.aud, seq, raw)
		}
		if l.isRow {
			if f := s.rows[l.key]; f == nil || !slices.Contains(f.auds, l.aud) {
				w.fail("13: %s was sent %v for %s, where it isn't at %d", member, l.key, l.aud, seq)
			}
		}
		if strings.HasPrefix(l.aud, "host/") && bytes.Contains(raw, []byte(`"member`)) {
			w.fail("13: a host was sent whose visit it is: %s", raw)
		}
	}
}

// sent is what one line of an answer tells of.
type sent struct {
	aud   string
	key   device.Key
	isRow bool
	tells bool
}

// line reads a line; the same bytes are read once.
func (o *oracle) line(raw []byte) (sent, bool) {
	if l, known := o.lines[string(raw)]; known {
		return l, l.tells
	}
	var l struct {
		Row, Gone []json.RawMessage
		Reset     string
	}
	if json.Unmarshal(raw, &l) != nil {
		return sent{}, false
	}
	parts := append(l.Row, l.Gone...)
	s := sent{aud: l.Reset, isRow: len(l.Row) > 0, tells: len(parts) >= 3 || l.Reset != ""}
	if len(parts) >= 3 {
		_ = json.Unmarshal(parts[0], &s.aud) // the device has read the same line
		_ = json.Unmarshal(parts[1], &s.key.Coll)
		_ = json.Unmarshal(parts[2], &s.key.ID)
	}
	o.lines[string(raw)] = s
	return s, s.tells
}
