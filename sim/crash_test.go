package sim

import (
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"
)

func envCount(t *testing.T, name string, otherwise int) int {
	t.Helper()
	v := os.Getenv(name)
	if v == "" {
		return otherwise
	}
	n, err := strconv.Atoi(v)
	if err != nil || n < 1 {
		t.Fatalf("%s is %q", name, v)
	}
	return n
}

// Ensure that what a phone was told is done is there, once, whenever the process
// dies: 8 phones write, SIGKILL after 20 to 400 ms, again and again on one folder.
// KITH_KILLS says how often.
func TestCrash_LosesAndDoublesNothingThatWasAcknowledged(t *testing.T) {
	kills := envCount(t, "KITH_KILLS", 100)
	p := newProcess(t, t.TempDir())
	p.verb("seed")
	code := p.invite()
	p.start()
	var writers []*writer
	for range 8 {
		writers = append(writers, join(t, p.addr, code))
	}
	since, acked := make([]int, len(writers)), 0
	pause := rand.New(rand.NewPCG(1, uint64(kills)))
	for range kills {
		writeUntilItDies(t, writers, 0, func() {
			time.Sleep(20*time.Millisecond + time.Duration(pause.IntN(380))*time.Millisecond)
			p.kill()
		})
		if n := lostFrom(t, p.dir, writers, since); n > 0 {
			t.Errorf("%d acknowledged commands are gone", n)
		}
		p.start()
		if n := differently(t, writers, since); n > 0 {
			t.Errorf("%d outcomes are told in another way than before", n)
		}
		if t.Failed() {
			break
		}
		for i, w := range writers {
			acked += len(w.acked) - since[i]
			since[i] = len(w.acked)
		}
	}
	p.kill()
	clear(since)
	if n := lostFrom(t, p.dir, writers, since); n > 0 {
		t.Errorf("at the end %d acknowledged commands are gone", n)
	}
	t.Logf("%d kills, %d acknowledged commands", kills, acked)
	if acked < kills {
		t.Errorf("only %d commands were acknowledged: the kills come too early to prove anything", acked)
	}
}
