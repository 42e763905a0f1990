package cards

import (
	"encoding/base64"
	"runtime"
	gosync "sync"

	"kith/internal/card"
	"kith/internal/ledger"
)

// verify checks the signatures of tills.
func (t *taking) verify() error {
	t.together(func(i *incoming) {
		r, err := card.ReadRecord(i.raw, i.till.key)
		if err != nil || r.Till != i.till.ID || r.Shop != i.till.Shop {
			i.no(ledger.Forged)
			return
		}
		i.record = r
	})
	return nil
}

// check looks at cards, proofs and vouchers as a till does. The signature of a card that
// is here as it was made needs no look.
func (t *taking) check() error {
	set, revoked := t.ring.Set(), card.Revocations{}
	if k := t.ring.Keys(); k != nil {
		revoked.Keys = k.Revoked()
	}
	t.together(func(i *incoming) {
		if i.code = card.OK; i.stamp == nil || len(i.record.Card) == 0 {
			return
		}
		made := func(packed []byte) bool {
			k := t.cards[subOf(packed)]
			return k != nil && k.Packed == base64.RawURLEncoding.EncodeToString(packed)
		}
		i.opened, i.code = card.Check(set, card.Facts{Revoked: revoked, Made: made}, i.record.Packed(), i.record.At)
	})
	return nil
}

// subOf is the number of a packed card, of which nothing is verified yet.
func subOf(packed []byte) string { return card.ID(packed[2:10]).String() }

// together does the same with each record that is still open. Signatures are nine tenths
// of the work, and need nothing but what is at hand, so every core does some.
func (t *taking) together(do func(*incoming)) {
	work := make(chan *incoming, len(t.came))
	for _, i := range t.came {
		if i.open() {
			work <- i
		}
	}
	close(work)
	var workers gosync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(work)) {
		workers.Go(func() {
			for i := range work {
				i.carefully(do)
			}
		})
	}
	workers.Wait()
}

// carefully refuses a record that breaks us. NB! In a goroutine of ours it would end the
// server.
func (i *incoming) carefully(do func(*incoming)) {
	defer func() {
		if recover() != nil {
			i.no(ledger.Forged)
			i.stamp = nil
		}
	}()
	do(i)
}
