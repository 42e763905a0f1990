package sim

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// Ensure that what a phone was told is done survives the power: the real binary
// writes on a disk that keeps only what was fsynced, and the power is cut again
// and again. KITH_CUTS says how often.
func TestPowerCut_LosesNothingAcknowledged(t *testing.T) {
	needFUSE(t)
	bin, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	cuts := envCount(t, "KITH_CUTS", 50)
	acked, lost, bytes := cutThePower(t, bin, cuts)
	figures(t, "power", map[string]int{"cuts": cuts, "acknowledged": acked, "lost": lost, "bytes taken": bytes})
	if lost > 0 {
		t.Errorf("%d acknowledged commands are gone", lost)
	}
	if bytes == 0 {
		t.Error("no cut took anything: the disk is not blind to what was not fsynced, or the cuts come at rest")
	}
	if acked < 50 {
		t.Errorf("only %d commands were acknowledged", acked)
	}
}

// Ensure that the test above can see: the same binary but for one word,
// synchronous=NORMAL, must lose what it acknowledged.
func TestPowerCut_TheControlLoses(t *testing.T) {
	needFUSE(t)
	if _, lost, _ := cutThePower(t, carelessBinary(t), 3); lost == 0 {
		t.Error("synchronous=NORMAL lost nothing, so TestPowerCut_LosesNothingAcknowledged would not see a loss")
	}
}

// carelessBinary is kith as it is, but for synchronous=NORMAL.
func carelessBinary(t *testing.T) string {
	t.Helper()
	store, err := filepath.Abs("../internal/store/store.go")
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile(store)
	if err != nil {
		t.Fatal(err)
	}
	careless := bytes.Replace(source, []byte("synchronous(FULL)"), []byte("synchronous(NORMAL)"), 1)
	if bytes.Equal(source, careless) {
		t.Fatal("internal/store opens SQLite in another way than this test knows")
	}
	return build(t, map[string][]byte{store: careless}, "build", "..")
}

// build runs the go command with some files replaced, and returns what it built.
func build(t *testing.T, files map[string][]byte, args ...string) string {
	t.Helper()
	dir, replace := t.TempDir(), map[string]string{}
	for at, source := range files {
		replace[at] = filepath.Join(dir, filepath.Base(at)+"."+filepath.Base(filepath.Dir(at)))
		if err := os.WriteFile(replace[at], source, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	overlay := filepath.Join(dir, "overlay.json")
	raw, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(overlay, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(dir, "out")
	args = slices.Insert(args, 1, "-overlay", overlay, "-o", out)
	if said, err := exec.Command("go", args...).CombinedOutput(); err != nil {
		t.Fatalf("go %v: %v\n%s", args, err, said)
	}
	return out
}

// cutThePower returns how many commands were acknowledged, how many of them were
// not there after a cut, and how many bytes the cuts took.
func cutThePower(t *testing.T, bin string, cuts int) (acked, lost, bytes int) {
	disk, dir := newPowerDisk(), t.TempDir()
	p := newProcess(t, dir)
	p.bin = bin
	unmount := disk.mount(t, dir)
	t.Cleanup(func() {
		p.kill()
		unmount()
	})
	p.verb("seed")
	code := p.invite()
	p.start()
	var writers []*writer
	for range 4 {
		writers = append(writers, join(t, p.addr, code))
	}
	disk.settle()
	chance := rand.New(rand.NewPCG(2, uint64(before(t))))
	since := make([]int, len(writers))
	for range cuts {
		// A while after some pushes were acknowledged, in the middle of others.
		writeUntilItDies(t, writers, 1+chance.IntN(8), func() {
			time.Sleep(time.Duration(chance.IntN(20)) * time.Millisecond)
			p.kill()
		})
		unmount()
		disk.cut()
		bytes += disk.lost
		unmount = disk.mount(t, dir)
		lost += lostFrom(t, disk.copy(t), writers, since)
		for i, w := range writers {
			acked += len(w.acked) - since[i]
			since[i] = len(w.acked)
		}
		if lost > 0 || t.Failed() {
			break
		}
		p.start()
	}
	t.Logf("%d acknowledged commands, %d lost; the cuts took %d bytes that nothing had been promised of", acked, lost, bytes)
	return acked, lost, bytes
}
