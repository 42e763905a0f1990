// Package sim proves the sync: the simulator, and the drivers that kill the
// process, cut the power and plant faults. See README.md.
package sim

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/cryptotest"
	"testing/synctest"
	"time"
)

var (
	seeds  = flag.Int("seeds", 40, "how many seeds the simulator plays")
	first  = flag.Uint64("first", 1, "the first of them")
	length = flag.Int("steps", 120, "how many things happen in one seed")
	wide   = flag.Int("wide", 400, "how much of each line of the trace is told when a seed fails")
	tall   = flag.Int("tall", 60, "how many lines of the trace are told when a seed fails")
	single = flag.Uint64("seed", envSeed(), "the seed that TestSim_Replay plays; also SEED=…")
)

func envSeed() uint64 {
	n, err := strconv.ParseUint(os.Getenv("SEED"), 10, 64)
	if err != nil {
		return 1
	}
	return n
}

// playSeed is one seed: the hash of its trace, and what happened how often.
func playSeed(t *testing.T, seed uint64) (hash string, coverage map[string]int) {
	town := needTown(t)
	cryptotest.SetGlobalRandom(t, seed)
	coverage = map[string]int{}
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(monday))
		w := newWorld(t, town, seed, coverage)
		defer w.cleanUp()
		defer w.stop()
		w.run(*length)
		hash = hex.EncodeToString(w.trace.Sum(nil))
	})
	return hash, coverage
}

// scratch are folders that outlive a test, to be removed at the end.
var scratch []string

func TestMain(m *testing.M) {
	code := m.Run()
	for _, dir := range scratch {
		_ = os.RemoveAll(dir) // a leftover is the system's to clear
	}
	os.Exit(code)
}

// TestSim_HoldsEveryInvariant plays -seeds seeds, half of them in each of two
// processes where there are two cores: randomness is global to a process, and a
// seed that is alone in it can be played again.
func TestSim_HoldsEveryInvariant(t *testing.T) {
	if part := os.Getenv("KITH_SIM_PART"); part != "" {
		playPart(t, part)
		return
	}
	start, parts := time.Now(), min(runtime.NumCPU(), *seeds)
	results := make(chan partResult, parts)
	for i := range parts {
		go func() { results <- startPart(t, i, parts) }()
	}
	total := map[string]int{}
	for range parts {
		r := <-results
		for what, n := range r.Coverage {
			total[what] += n
		}
		if r.err != nil {
			t.Errorf("%v\n%s", r.err, r.output)
		}
	}
	figures(t, "sim", map[string]int{"seeds": *seeds, "checkpoints": total["checkpoints"], "restores": total["restores"]})
	took := time.Since(start)
	t.Logf("%d seeds in %v: %.1f a second, on %d cores", *seeds, took.Round(time.Second), float64(*seeds)/took.Seconds(), parts)
	for _, what := range slices.Sorted(maps.Keys(total)) {
		t.Logf("%8d  %s", total[what], what)
	}
	if *seeds >= 100 && !t.Failed() {
		for _, what := range mustHappen {
			if total[what] == 0 {
				t.Errorf("%q never happened: the simulator is blind there", what)
			}
		}
	}
}

type partResult struct {
	Coverage map[string]int `json:"coverage"`
	output   string
	err      error
}

const resultMark = "KITH-SIM-PART "

func startPart(t *testing.T, part, parts int) (r partResult) {
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestSim_HoldsEveryInvariant$", "-test.timeout=0",
		"-seeds="+strconv.Itoa(*seeds), "-first="+strconv.FormatUint(*first, 10), "-steps="+strconv.Itoa(*length))
	cmd.Env = append(os.Environ(), fmt.Sprintf("KITH_SIM_PART=%d/%d", part, parts), "GOMAXPROCS=1", "GOGC=1600")
	raw, err := cmd.CombinedOutput()
	before, after, _ := bytes.Cut(raw, []byte(resultMark))
	r.output, r.err = string(before), err
	line, rest, _ := bytes.Cut(after, []byte("\n"))
	r.output += string(rest)
	if jsonErr := json.Unmarshal(line, &r); jsonErr != nil && err == nil {
		r.err = fmt.Errorf("part %d said nothing: %w", part, jsonErr)
	}
	return r
}

// playPart plays every parts-th seed, until one fails.
func playPart(t *testing.T, part string) {
	var mine, parts int
	if _, err := fmt.Sscanf(part, "%d/%d", &mine, &parts); err != nil {
		t.Fatal(err)
	}
	total := map[string]int{}
	for i := mine; i < *seeds && !t.Failed(); i += parts {
		seed := *first + uint64(i)
		t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) {
			_, coverage := playSeed(t, seed)
			for what, n := range coverage {
				total[what] += n
			}
		})
	}
	fmt.Println(resultMark + string(mustJSON(partResult{Coverage: total})))
}

// TestSim_Replay plays one seed and tells all of it: SEED=42 go test ./sim -run TestSim_Replay -v
func TestSim_Replay(t *testing.T) {
	hash, coverage := playSeed(t, *single)
	t.Logf("seed %d: trace %s", *single, hash)
	if coverage["checkpoints"] == 0 {
		t.Error("no device ever had everything")
	}
}

func TestSim_IsTheSameForTheSameSeed(t *testing.T) {
	for _, seed := range []uint64{3, 8, 21} {
		one, first := playSeed(t, seed)
		two, second := playSeed(t, seed)
		if one != two || !maps.Equal(first, second) {
			t.Errorf("seed %d went two ways: %s and %s", seed, one, two)
		}
	}
	if one, _ := playSeed(t, 3); strings.Repeat("0", len(one)) == one {
		t.Error("the trace is empty")
	}
}

// mustHappen are the faults, and the ways back from them, that a run of a
// hundred seeds or more must have met.
var mustHappen = []string{
	"REPLACE INTO", "answers built on what has moved on", "answers cut", "answers doubled", "answers lost after the commit",
	"answers that came late", "audiences dropped", "audiences reset in an epoch", "backups", "bulk deletes", "checkpoints",
	"clocks held back", "clocks set back while closed", "leases over", "clocks held forward", "clocks that are days off", "clocks that jumped", "collections reshaped", "commands merged",
	"commands ok", "commands quarantined", "commands rejected", "creates", "deletes with cascades", "devices enrolled: false",
	"devices enrolled: true", "devices pending: true", "devices revoked: true",
	"disks damaged", "disks mended by the sums", "edits", "hosts given", "hosts taken", "ids changed", "kills", "kills after asking",
	"kills after taking", "live: cut", "live: frames applied", "live: frames doubled", "live: frames ignored", "live: frames lost",
	"live: frames swapped", "live: opened", "live: pokes", "live: refused", "live: sent to pull", "live: goodbyes",
	"more rows at once than a frame has", "moves between audiences", "nights", "nothing new, from memory", "pages that were not done",
	"phones cloned", "phones that gave up on the sums", "phones wiped", "public chunks from a CDN", "raw SQL", "raw SQL deletes", "raw SQL moves",
	"rebirths after a fork or a gap", "rebirths after a restore", "refusals", "refusals: device_pending", "refusals: proof_clock",
	"refusals: proof_missing", "refusals: proof_used", "requests doubled", "requests lost", "requests that came late",
	"restarts", "restores", "roles given", "roles taken", "second tabs", "server sums right again", "server sums wrong", "stops: fork",
	"agreements begun", "agreements ended", "done for somebody", "refused: not acting", "done: acting.offer", "done: acting.accept",
	"done: acting.end", "done: safety.block", "done: people.leave", "done: people.add", "done: reports.make",
	"days lost", "devices told to wipe", "disks full", "disks full at a commit", "disks that fail once", "grants changed in mid-page",
	"kills between statements", "kills in the last third of a write", "live: stalled",
	"outboxes sealed", "people signed out", "phones wiped from afar", "pushes of an old schema", "sealed: taken in", "wipes ended", "wipes told by a refusal",
	"concerns picked up", "letters: again, under a new epoch", "letters: merged", "letters: ok", "letters: ok (taken back)", "letters: requests lost", "letters: taken back",
	"letters: rejected picked_up (taken back)", "picked up after it was taken back", "done: concerns.take", "concerns opened", "concerns not opened",
	"asked with another's cursor", "another's taken back: rejected concern_unknown",
	"stops: gap", "stops: retry", "standing: active", "standing: suspended", "tombstones", "tombstones pruned", "visitors who joined",
}
