package sim

import (
	"compress/gzip"
	"database/sql"
	"encoding/json"
	"flag"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"kith/sim/device"
)

// keptAs names the release whose data folder is to be kept: see README.md.
var keptAs = flag.String("keep", "", "the release whose data is kept under testdata/upgrade by TestKeep_ADataFolderOfARelease")

const upgrades = "../testdata/upgrade"

// keptPhone is a phone of a kept folder: what it sent and was told, and what it had
// not sent yet.
type keptPhone struct {
	Release  string            `json:"release"`
	Device   string            `json:"device"`
	Member   string            `json:"member"`
	Sent     json.RawMessage   `json:"sent"`     // the last request with commands
	Outcomes map[string]string `json:"outcomes"` // of its commands, by nonce
	Cursor   string            `json:"cursor"`
	Rows     int               `json:"rows"` // that it held
	Waits    json.RawMessage   `json:"waits"`
}

// Ensure that a release's data can be kept: the demo town, some people who join it
// and do things, and a phone that has more to say. With -keep v1.2.3 it is written
// down, for TestUpgrade_… of all that comes later.
func TestKeep_ADataFolderOfARelease(t *testing.T) {
	h := newHall(t)
	for i, c := range h.clients[:3] {
		c.do("places.add", map[string]any{"id": newID(), "name": "Hall", "kind": "hall"})
		c.do("people.add", map[string]any{"id": newID(), "firstName": "Edna"})
		c.do("listings.edit", map[string]any{"id": h.listings[i%2], "set": map[string]any{"title": "Edited"}, "was": map[string]any{"title": "Group"}})
		c.do("listings.check", map[string]any{"id": "nothing00000001"}) // rejected
	}
	c := h.clients[3]
	c.do("people.rename", map[string]any{"firstName": "Rosa"})
	c.do("reports.make", map[string]any{"id": newID(), "kind": "worry", "text": "The lift is broken."})
	c.do("safety.block", map[string]any{"id": newID(), "blocked": h.clients[0].member})
	c.do("recovery.card", map[string]any{"id": newID(), "codeHash": "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"})
	sent := c.phone.Ask(10, 4<<20).Bytes()
	for _, c := range h.clients {
		c.catchUp(t)
	}
	phone := keptPhone{Release: *keptAs, Member: c.member, Sent: sent, Outcomes: map[string]string{}, Cursor: c.phone.Cursor, Rows: len(c.phone.Rows)}
	for _, j := range c.phone.Queue.Journal {
		phone.Outcomes[j.Nonce] = j.Outcome.Status
	}
	c.do("people.rename", map[string]any{"firstName": "Rosa Ann"})
	phone.Waits = c.phone.Ask(10, 4<<20).Bytes()
	if len(phone.Outcomes) < 4 {
		t.Fatalf("it was told %v", phone.Outcomes)
	}
	if err := h.p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	<-h.p.ended
	db := openFile(t, filepath.Join(h.p.dir, "data.db"))
	if err := db.QueryRow("SELECT id FROM devices WHERE member = ?", c.member).Scan(&phone.Device); err != nil {
		t.Fatal(err)
	}
	if *keptAs != "" {
		keep(t, db, phone)
	}
}

func openFile(t *testing.T, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() }) // its folder goes with it
	return db
}

// keep writes the database, small, and the phone.
func keep(t *testing.T, db *sql.DB, phone keptPhone) {
	t.Helper()
	small, dir := filepath.Join(t.TempDir(), "data.db"), filepath.Join(upgrades, *keptAs)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("VACUUM INTO ?", small); err != nil {
		t.Fatal(err)
	}
	from, err := os.Open(small)
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	to, err := os.Create(filepath.Join(dir, "data.db.gz"))
	if err != nil {
		t.Fatal(err)
	}
	z, err := gzip.NewWriterLevel(to, gzip.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(z, from); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := to.Close(); err != nil {
		t.Fatal(err)
	}
	raw, err := json.MarshalIndent(phone, "", "\t")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "phone.json"), append(raw, '\n'), 0o644); err != nil {
		t.Fatal(err)
	}
}

// unpackRelease lays a kept folder out in dir.
func unpackRelease(release, dir string) error {
	from, err := os.Open(filepath.Join(release, "data.db.gz"))
	if err != nil {
		return err
	}
	defer from.Close()
	z, err := gzip.NewReader(from)
	if err != nil {
		return err
	}
	raw, err := io.ReadAll(z)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "data.db"), raw, 0o600)
}

// outcomesOf are the statuses of an answer, by nonce.
func outcomesOf(a *device.Answer) map[string]string {
	out := map[string]string{}
	for nonce, o := range byNonce(a) {
		out[nonce] = o.Status
	}
	return out
}
