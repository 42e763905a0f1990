package sim

import (
	"fmt"
	"strings"
	"testing"
)

// historyFaults are mistakes in the real binary that only something happening at
// once brings to light; caught names who must speak up.
var historyFaults = []fault{
	{"what comes again is done again", "internal/sync/push.go", []string{
		`if known.Nonce != "" && known.Member == s.p.Member {`, `if known.Nonce != "" && FAULT {
			for _, table := range []string{"sync_command", "sync_number"} {
				if _, err := s.db.NewQuery("DELETE FROM " + table + " WHERE nonce = {:nonce}").Bind(dbx.Params{"nonce": cmd.Nonce}).Execute(); err != nil {
					return nil, err
				}
			}
			known.Nonce, s.last = "", cmd.Number-1
		}
		if known.Nonce != "" && known.Member == s.p.Member {`,
	}, "porcupine causal"},
	{"a commit is noticed late", "internal/sync/heads.go", []string{
		`if version != e.version {`, `if version != e.version && !(FAULT && version%4 != 0 && e.version != 0) {`,
	}, "porcupine"},
	{"an answer is of two snapshots", "internal/sync/pull.go", []string{
		`rows, err := s.tx.QueryContext(s.ctx, pieces,`, "read := s.tx.QueryContext\n\tif FAULT { time.Sleep(2 * time.Millisecond); read = s.db.QueryContext }\n\trows, err := read(s.ctx, pieces,",
	}, "causal"},
	{"a tombstone is lost", "internal/sync/schema.go", []string{
		`leave("NEW", stay)+"\n"+enter`, `map[bool]string{false: leave("NEW", stay)}[FAULT]+"\n"+enter`,
	}, "causal"},
	{"a change is skipped by the cursor", "internal/sync/heads.go", []string{
		`if e.head[a] > cur.seq || (`, `if (e.head[a] > cur.seq && !FAULT) || (`,
	}, "porcupine causal"},
	{"an edit does nothing", "hooks/listings/commands.go", []string{
		`r.Set(name, value)
	}
	if err := c.App.Save(r)`, `if !FAULT || c.Now.UnixMilli()%3 != 0 { r.Set(name, value) }
	}
	if err := c.App.Save(r)`,
	}, "porcupine causal"},
	{"nobody is told what they replaced", "hooks/listings/commands.go", []string{
		`if len(replaced) > 0 {`, `if len(replaced) > 0 && !FAULT {`,
	}, "porcupine causal"},
}

// Ensure that the two checkers of histories are not blind: each mistake, planted
// into the real binary, is found, by whom it should be.
func TestHistory_EveryPlantedFaultIsCaught(t *testing.T) {
	bin := plantedBinary(t)
	for _, f := range historyFaults {
		t.Run(f.name, func(t *testing.T) {
			missing := map[string]bool{}
			for _, who := range strings.Fields(f.caught) {
				missing[who] = true
			}
			h := newHallOf(t, bin, "KITH_FAULT="+f.name)
			for seed := range uint64(60) {
				one := h.play(t, seed)
				if one.linearizable() != nil {
					delete(missing, "porcupine")
				}
				if err := one.causal(); err != nil {
					delete(missing, "causal")
				}
				if len(missing) == 0 || t.Failed() {
					t.Logf("caught by history %d", seed)
					return
				}
			}
			t.Errorf("60 histories, and not caught by %v", missing)
		})
	}
	figures(t, "controls", map[string]int{"faults of histories": len(historyFaults)})
	holdTable(t, "history faults", tableOfHistoryFaults())
}

func tableOfHistoryFaults() string {
	var b strings.Builder
	b.WriteString("<!-- history faults -->\n| planted fault | in | caught by |\n|---|---|---|\n")
	for _, f := range historyFaults {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", f.name, f.file, strings.ReplaceAll(f.caught, " ", " and "))
	}
	b.WriteString("<!-- end -->")
	return b.String()
}
