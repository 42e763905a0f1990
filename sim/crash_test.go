package sim

import (
	"math/rand/v2"
	"testing"
	"time"
)

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
	since, acked, lost, otherwise := make([]int, len(writers)), 0, 0, 0
	pause := rand.New(rand.NewPCG(1, uint64(before(t))))
	for range kills {
		writeUntilItDies(t, writers, 0, func() {
			time.Sleep(20*time.Millisecond + time.Duration(pause.IntN(380))*time.Millisecond)
			p.kill()
		})
		gone := lostFrom(t, p.dir, writers, since)
		p.start()
		again := differently(t, writers, since)
		if lost, otherwise = lost+gone, otherwise+again; lost+otherwise > 0 {
			t.Errorf("%d acknowledged commands are gone, %d outcomes are told in another way than before", gone, again)
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
	figures(t, "crash", map[string]int{"kills": kills, "acknowledged": acked, "lost": lost, "told otherwise": otherwise})
	if acked < kills {
		t.Errorf("only %d commands were acknowledged: the kills come too early to prove anything", acked)
	}
}
