package sync

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
)

var noon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// keyed is a community in which each row of boxes is for its own member, until a
// moment that the row names.
func keyed(t *testing.T) (*Engine, func(statement string, args ...any)) {
	t.Helper()
	e, db := twoSides(t)
	r := &Registry{}
	r.Sync(Collection{Name: "boxes", Columns: Texts("code", "until"), To: []Audience{{Key: "'box/' || {row}.id"}}})
	r.Sync(Collection{Name: "news", Columns: Texts("text"), To: []Audience{{Key: "'public'"}}})
	r.Grant(Grant{Table: "boxes", Member: "{row}.member", Audience: "'box/' || {row}.id"})
	r.End("box", "SELECT until FROM boxes WHERE id = ?")
	run := func(statement string, args ...any) {
		t.Helper()
		if _, err := db.NewQuery(fmt.Sprintf(statement, args...)).Execute(); err != nil {
			t.Fatal(err)
		}
	}
	run("CREATE TABLE boxes (id TEXT PRIMARY KEY, member TEXT, code TEXT, until TEXT)")
	run("CREATE TABLE news (id TEXT PRIMARY KEY, text TEXT)")
	if err := db.Transactional(func(tx *dbx.Tx) error { return Install(tx, &r.Declaration) }); err != nil {
		t.Fatal(err)
	}
	if err := EnsureEpoch(db, func() string { return "one" }); err != nil {
		t.Fatal(err)
	}
	mine := NewEngine(e.db, &r.Declaration)
	t.Cleanup(mine.Close)
	return mine, run
}

func pulled(t *testing.T, e *Engine, p Pull) string {
	t.Helper()
	var out bytes.Buffer
	if p.MaxBytes == 0 {
		p.MaxBytes = 1 << 20
	}
	if err := e.Answer(context.Background(), NewFrames(&out), p); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func cursorIn(t *testing.T, answer string) string {
	t.Helper()
	_, after, found := strings.Cut(answer, `"cursor":"`)
	cursor, _, _ := strings.Cut(after, `"`)
	if !found {
		t.Fatalf("no cursor: %s", answer)
	}
	return cursor
}

// Ensure that what is over at a moment is given with the seconds that are left of it,
// each time fewer, and after it not at all: not to a cursor of before, nor to none, though
// nothing was written meanwhile.
func TestEnds_NothingOfAnAudienceLeavesAfterItsEnd(t *testing.T) {
	e, run := keyed(t)
	run("INSERT INTO boxes VALUES ('b1', 'ann', 'CANARY', '%s')", Stamp(noon.Add(time.Hour)))
	first := pulled(t, e, Pull{Member: "ann", Now: noon})
	if !strings.Contains(first, "CANARY") || !strings.Contains(first, `"leases":{"box/b1":3600}`) {
		t.Fatalf("%s", first)
	}
	cursor := cursorIn(t, first)
	if again := pulled(t, e, Pull{Member: "ann", Now: noon.Add(50 * time.Minute), Cursor: cursor}); !strings.Contains(again, `"leases":{"box/b1":600}`) {
		t.Errorf("nothing new, ten minutes before: %s", again)
	}
	if other := pulled(t, e, Pull{Member: "bob", Now: noon}); strings.Contains(other, "CANARY") || strings.Contains(other, "box/") {
		t.Errorf("another: %s", other)
	}
	for _, late := range []time.Duration{time.Hour - 5*time.Second, time.Hour, 3 * time.Hour} {
		after := pulled(t, e, Pull{Member: "ann", Now: noon.Add(late), Cursor: cursor})
		if !strings.Contains(after, `{"drop":"box/b1"}`) || strings.Contains(after, "leases") {
			t.Errorf("after %v with the cursor of before: %s", late, after)
		}
		if anew := pulled(t, e, Pull{Member: "ann", Now: noon.Add(late)}); strings.Contains(anew, "CANARY") || strings.Contains(anew, "box/") {
			t.Errorf("after %v from nothing: %s", late, anew)
		}
	}
	run("UPDATE boxes SET until = 'some day'")
	if odd := pulled(t, e, Pull{Member: "ann", Now: noon}); strings.Contains(odd, "CANARY") {
		t.Errorf("an end that nobody can read: %s", odd)
	}
}

// Ensure that what ends comes last, and all of it in the answer that is done: a device
// that has staged it would hold it without an end.
func TestEnds_ComeWithTheAnswerThatIsDone(t *testing.T) {
	e, run := keyed(t)
	for i := range 40 {
		run("INSERT INTO news VALUES ('n%d', '%s')", i, strings.Repeat("x", 400))
	}
	for i := range 3 {
		run("INSERT INTO boxes VALUES ('b%d', 'ann', 'CANARY %s', '%s')", i, strings.Repeat("y", 4000), Stamp(noon.Add(time.Hour)))
	}
	cursor, pages := "", 0
	for done := false; !done; pages++ {
		a := pulled(t, e, Pull{Member: "ann", Now: noon, MaxBytes: 4000, Cursor: cursor})
		cursor, done = cursorIn(t, a), strings.Contains(a, `"done":true`)
		if canaries := strings.Count(a, "CANARY"); canaries != map[bool]int{true: 3}[done] {
			t.Errorf("page %d (done: %v) holds %d", pages, done, canaries)
		}
	}
	if pages < 4 {
		t.Errorf("only %d pages", pages)
	}
}

// Ensure that an open connection says what is left of what ends, never more, and carries
// nothing of it any more once it is over, though nobody has taken the row away yet.
func TestEnds_AnOpenConnectionCarriesNothingAfterIt(t *testing.T) {
	e, run := keyed(t)
	ctx := context.Background()
	run("INSERT INTO boxes VALUES ('b1', 'ann', 'CANARY', '%s')", Stamp(noon.Add(time.Hour)))
	h := NewHub(e)
	if err := h.Dispatch(ctx); err != nil {
		t.Fatal(err)
	}
	join := func(now time.Time, cursor string) (*Conn, Step) {
		t.Helper()
		c, first, err := h.Join(ctx, Pull{Member: "ann", Now: now, Cursor: cursor})
		if err != nil {
			t.Fatal(err)
		}
		return c, first
	}
	cursor := cursorIn(t, pulled(t, e, Pull{Member: "ann", Now: noon}))
	c, first := join(noon, cursor)
	if first.Poke {
		t.Fatal("what leads on from the cursor is no reason to pull")
	}
	for at, want := range map[time.Duration]int64{0: 3600, 40 * time.Minute: 1200, 2 * time.Hour: 0} {
		if got := c.Leases(noon.Add(at)); len(got) != 1 || got["box/b1"] != want {
			t.Errorf("after %v it says %v, not %d", at, got, want)
		}
	}
	run("UPDATE boxes SET code = 'CANARY changed'")
	h.seq = c.seq
	r, err := h.read(ctx, c.seq)
	if err != nil {
		t.Fatal(err)
	}
	h.deliver(&r, noon.Add(2*time.Hour))
	if s := <-c.Steps; !s.Poke || strings.Contains(string(s.Body), "CANARY") {
		t.Errorf("%v %s", s.Poke, s.Body)
	}
	if _, first := join(noon.Add(2*time.Hour), cursor); !first.Poke || strings.Contains(string(first.Body), "CANARY") {
		t.Errorf("who comes with it after its end: %v %s", first.Poke, first.Body)
	}
}
