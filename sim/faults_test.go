package sim

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// fault is one mistake that somebody could make: some text of a source file put
// in the place of other text, and what of the simulator must then speak up.
type fault struct {
	name   string
	file   string
	edits  []string // old, new, old, new …; FAULT in new is true while the fault is switched on
	caught string   // what catches it: invariants of the simulator (any of them), or a test of hooks
}

var faults = []fault{
	{"forget dedupe by nonce", "internal/sync/push.go", []string{
		`if known.Nonce != "" && known.Member == s.p.Member {`, `if FAULT { known.Nonce = "" }; if known.Nonce != "" && known.Member == s.p.Member {`,
		"`INSERT INTO sync_command SELECT", "`INSERT OR REPLACE INTO sync_command SELECT",
	}, "4"},
	{"outcomes not stored with effects", "internal/sync/push.go", []string{
		"if err := s.number(cmd); err != nil {\n\t\treturn err\n\t}", "if err := s.number(cmd); err != nil || (FAULT && cmd.Nonce[0] < 'Z') {\n\t\treturn err\n\t}",
	}, "4 7 10 24"},
	{"a gap is accepted", "internal/sync/push.go", []string{
		`if cmd.Number > s.last+1 {`, `if !FAULT && cmd.Number > s.last+1 {`,
	}, "5"},
	{"a failed command leaves something behind", "internal/sync/push.go", []string{
		`[]string{"ROLLBACK TO command"}`, `map[bool][]string{false: {"ROLLBACK TO command"}}[FAULT]`,
	}, "4"},
	{"poison is tried for ever", "internal/sync/push.go", []string{
		`if tries >= limits.Tries {`, `if !FAULT && tries >= limits.Tries {`,
	}, "10"},
	{"the clamp on arrival is gone", "internal/sync/push.go", []string{
		`if at.After(s.p.Now) {`, `if !FAULT && at.After(s.p.Now) {`,
	}, "TestPush_ClampsThePhonesClock"},
	{"a seq of another epoch is believed", "internal/sync/push.go", []string{
		`WHERE m.epoch = {:epoch} AND c.seq`, `WHERE (m.epoch = {:epoch} OR " + map[bool]string{true: "1", false: "0"}[FAULT] + ") AND c.seq`,
	}, "TestPush_ASeqOfAnotherEpochSaysNothingOfTime"},
	{"a reborn command keeps the seq it was made at", "sim/device/queue.go", []string{
		`c.Seen = 0 //`, `if !FAULT { c.Seen = 0 } //`,
	}, "T2"},
	{"no grant check in a pull", "internal/sync/pull.go", []string{
		`"SELECT DISTINCT aud FROM sync_grant WHERE member = ?"`, `"SELECT DISTINCT aud FROM sync_grant WHERE member = ?" + map[bool]string{true: " OR aud = 'activators'"}[FAULT]`,
	}, "13"},
	{"a cursor is kept across epochs", "internal/sync/pull.go", []string{
		`if cur.epoch != s.epoch || !cur.within(s.seq) {`, `if !FAULT && (cur.epoch != s.epoch || !cur.within(s.seq)) {`,
	}, "1 3 L1"},
	{"done although something is unsent", "internal/sync/pull.go", []string{
		`return done, nil`, `return done || FAULT, nil`,
	}, "1 3 L1"},
	{"the floor is ignored", "internal/sync/pull.go", []string{
		`held = floor <= p.base`, `held = FAULT || floor <= p.base`,
	}, "1 3 L1"},
	{"the sums are wrong", "internal/sync/pull.go", []string{
		`e.Sums[a] = sum`, `if FAULT { sum[1]++ }; e.Sums[a] = sum`,
	}, "2"},
	{"a tombstone is lost on a move", "internal/sync/schema.go", []string{
		`leave("NEW", stay)+"\n"+enter`, `map[bool]string{false: leave("NEW", stay)}[FAULT]+"\n"+enter`,
	}, "20"},
	{"the triggers of one collection are missing", "internal/sync/schema.go", []string{
		"\tstmts := aggregates()\n\tfor i := range d.Collections {", "\tstmts := aggregates()\n\tfor i := range d.Collections {\n\t\tif FAULT && d.Collections[i].Name == \"hosts\" {\n\t\t\tcontinue\n\t\t}",
	}, "20"},
	{"a new id is one version", "internal/sync/schema.go", []string{
		`"\n"+again+`, `"\n"+map[bool]string{false: again}[FAULT]+`,
	}, "TestPull_ARowWithANewIDIsGoneUnderTheOldOne"},
	{"a poke is swallowed", "internal/sync/dispatch.go", []string{
		"\t\t\th.poke(c, to)\n\t\t\tcontinue", "\t\t\tif !FAULT {\n\t\t\t\th.poke(c, to)\n\t\t\t}\n\t\t\tcontinue",
	}, "1 3 L1 13"},
	{"a frame is swallowed", "internal/sync/dispatch.go", []string{
		`h.send(c, Step{From: c.seq, To: to, Body: body})`, `if !FAULT || to%3 != 0 { h.send(c, Step{From: c.seq, To: to, Body: body}) }`,
	}, "1 3 L1"},
	{"drafts are public", "hooks/listings/listings.go", []string{
		`When: "{row}.status <> 'draft'"}`, `When: map[bool]string{true: "{row}.status <> ''", false: "{row}.status <> 'draft'"}[FAULT]}`,
	}, "20"},
	{"hosts see whose visit it is", "hooks/visits/visits.go", []string{
		`sync.Texts("listing", "occurrence"`, `sync.Texts(map[bool]string{true: "member", false: "listing"}[FAULT], "occurrence"`,
	}, "1 3 L1 13"},
	{"a suspended member is answered", "hooks/doorman/standing.go", []string{
		`case row.Standing == "suspended":`, `case FAULT && row.Standing == "suspended":
		break
	case row.Standing == "suspended":`,
	}, "13"},
	{"what is guarded is given to any device", "internal/sync/pull.go", []string{
		`if s.isTrusted || !s.decl.Guards(a) {`, `if FAULT || s.isTrusted || !s.decl.Guards(a) {`,
	}, "1 3 L1 13"},
	{"the end of an enrolment is not noticed", "hooks/doorman/doorman.go", []string{
		`When: "{row}.revoked || {row}.pending || {row}.enrolled || {row}.wipe"`, `When: map[bool]string{true: "{row}.revoked || {row}.pending", false: "{row}.revoked || {row}.pending || {row}.enrolled || {row}.wipe"}[FAULT]`,
	}, "1 3 L1 13"},
	{"a pending device is answered", "hooks/doorman/standing.go", []string{
		`case row.Pending:`, `case row.Pending && !FAULT:`,
	}, "13"},
	{"a proof is not held against its token", "hooks/doorman/doorman.go", []string{
		`p.Access != token.Access(bearer(e.Request))`, `!FAULT && p.Access != token.Access(bearer(e.Request))`,
	}, "TestGuarded_AProofIsForOneRequestAndOneToken"},
	{"leases are not told", "internal/sync/pull.go", []string{
		`s.decl.leases(granted)`, `map[bool]map[string]int64{false: s.decl.leases(granted)}[FAULT]`,
	}, "TestLeases_ComeWithEveryWholeAnswer"},
	{"a wiped device is not ended", "hooks/syncapi/exchange.go", []string{
		`if wiped {`, `if wiped && !FAULT {`,
	}, "TestWipe_TakesWhatWasDoneAndSendsNothing"},
	{"a helper goes on after the end", "hooks/acting/acting.go", []string{
		`if err == nil && !may {`, `if err == nil && !may && !FAULT {`,
	}, "24"},
	{"chunks are kept for ever", "hooks/syncapi/chunks.go", []string{
		`ok && now.Sub(h.at) < chunkAge`, `ok && (FAULT || now.Sub(h.at) < chunkAge)`,
	}, "3"},
}

var updateReadme = flag.Bool("update", false, "write the table of planted faults into README.md")

// Ensure that the simulator is not blind: each mistake, planted into the real
// source when this test builds, is caught, by the invariant that should. The
// product has nothing of it: go build -overlay replaces files for the build alone.
func TestFaults_EveryPlantedFaultIsCaught(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds the server again, with its faults")
	}
	start := time.Now()
	sources := plant(t, faults)
	simulator, hooks := build(t, sources, "test", "-c", "."), build(t, sources, "test", "-c", "../hooks")
	turns := make(chan struct{}, 2)
	var all sync.WaitGroup
	for _, f := range faults {
		turns <- struct{}{}
		all.Go(func() {
			defer func() { <-turns }()
			if strings.HasPrefix(f.caught, "Test") {
				catchByTest(t, hooks, f)
				return
			}
			catch(t, simulator, f)
		})
	}
	all.Wait()
	t.Logf("%d faults in %v", len(faults), time.Since(start).Round(time.Second))
	checkReadme(t)
}

// catch runs the simulator with one fault switched on.
func catch(t *testing.T, bin string, f fault) {
	cmd := exec.CommandContext(t.Context(), bin, "-test.run=^TestSim_HoldsEveryInvariant$", "-seeds=80", "-test.timeout=5m", "-wide=200")
	cmd.Env = append(os.Environ(), "KITH_FAULT="+f.name, "KITH_SIM_PART=0/1")
	said, err := cmd.CombinedOutput()
	line := regexp.MustCompile(`seed \d+, step \d+: (\w+): .*`).FindSubmatch(said)
	switch {
	case err == nil:
		t.Errorf("%q is not caught", f.name)
	case line == nil || !slices.Contains(strings.Fields(f.caught), string(line[1])):
		t.Errorf("%q was to be caught by %s, and was by: %q\n%s", f.name, f.caught, line, said[max(0, len(said)-1500):])
	default:
		t.Logf("%-45s %.120s", f.name, line[0])
	}
}

// catchByTest runs one test of hooks with and without the fault.
func catchByTest(t *testing.T, bin string, f fault) {
	for _, name := range []string{"", f.name} {
		cmd := exec.CommandContext(t.Context(), bin, "-test.run=^"+f.caught+"$", "-test.v")
		cmd.Dir, cmd.Env = "../hooks", append(os.Environ(), "KITH_FAULT="+name)
		said, err := cmd.CombinedOutput()
		failed := bytes.Contains(said, []byte("--- FAIL: "+f.caught))
		switch {
		case name == "" && err != nil:
			t.Errorf("%s fails without a fault: %s", f.caught, said)
		case name != "" && !failed:
			t.Errorf("%q is not caught by %s: %v %s", f.name, f.caught, err, said)
		case failed:
			t.Logf("%-45s %s", f.name, f.caught)
		}
	}
}

// plant returns the sources with all faults in them, each behind its switch.
func plant(t *testing.T, faults []fault) map[string][]byte {
	t.Helper()
	sources := map[string][]byte{}
	for _, f := range faults {
		at, err := filepath.Abs("../" + f.file)
		if err != nil {
			t.Fatal(err)
		}
		if sources[at] == nil {
			if sources[at], err = os.ReadFile(at); err != nil {
				t.Fatal(err)
			}
		}
		dir := filepath.Dir(at)
		sources[filepath.Join(dir, "planted.go")] = fmt.Appendf(nil,
			"package %s\n\nimport \"os\"\n\nfunc planted(name string) bool { return os.Getenv(\"KITH_FAULT\") == name }\n", filepath.Base(dir))
		for i := 0; i < len(f.edits); i += 2 {
			now := strings.ReplaceAll(f.edits[i+1], "FAULT", fmt.Sprintf("planted(%q)", f.name))
			if n := bytes.Count(sources[at], []byte(f.edits[i])); n == 0 {
				t.Fatalf("%q: %s has no %q any more", f.name, f.file, f.edits[i])
			}
			sources[at] = bytes.ReplaceAll(sources[at], []byte(f.edits[i]), []byte(now))
		}
	}
	return sources
}

// checkReadme holds the table in README.md to the list above.
func checkReadme(t *testing.T) {
	t.Helper()
	holdTable(t, "faults", tableOfFaults())
}

func tableOfFaults() string {
	var b strings.Builder
	b.WriteString("<!-- faults -->\n| planted fault | in | caught by |\n|---|---|---|\n")
	for _, f := range faults {
		by := "`" + f.caught + "`"
		if !strings.HasPrefix(f.caught, "Test") {
			by = "`TestSim_HoldsEveryInvariant`, " + strings.Join(strings.Fields(f.caught), " or ")
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", f.name, f.file, by)
	}
	b.WriteString("| commits without an fsync | internal/store/store.go | `TestPowerCut_TheControlLoses` |\n<!-- end -->")
	return b.String()
}

// holdTable holds what README.md says after <!-- name -->, to its <!-- end -->, to
// what it should.
func holdTable(t *testing.T, name, table string) {
	t.Helper()
	raw, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok1 := strings.Cut(string(raw), "<!-- "+name+" -->")
	_, after, ok2 := strings.Cut(rest, "<!-- end -->")
	now := before + table + after
	if *updateReadme && ok1 && ok2 {
		if err := os.WriteFile("README.md", []byte(now), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if now != string(raw) {
		t.Error("README.md tells of other " + name + ": go test ./sim -run TestFaults -update")
	}
}
