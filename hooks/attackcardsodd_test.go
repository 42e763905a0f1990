package hooks_test

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"kith/hooks/rights"
	"kith/internal/card"
)

// Ensure that a till can't make a place in its chain so high that, when that record ends,
// nothing it writes is ever taken again.
func TestStamps_APlaceFarAheadIsNotTaken(t *testing.T) {
	s := newStreet(t)
	c, b := s.counter(), s.bearer()
	first := c.stamps(b, s.minutes(0))
	ahead := *c
	ahead.seq = math.MaxInt32 - 1
	far := ahead.stamps(s.bearer(), s.minutes(1))
	says(t, "far ahead", c.staff.brings(first, far), "ok", "rejected:record_forged")
	_, err := rights.Retain(s.app, s.registry.Keepings, time.Now().AddDate(0, 0, 62))
	must(t, err)
	says(t, "the next", c.staff.brings(c.stamps(b, s.minutes(60))), "ok")
}

// Ensure that whatever a till has signed, each record has a verdict and none is a fault.
func TestStamps_WhateverIsSignedHasAVerdict(t *testing.T) {
	s := newStreet(t)
	c, b, paper := s.counter(), s.bearer(), s.paper()
	_, voucher := b.voucher(300, c.shop)
	hash := strings.Repeat("A", 43)
	r := rand.New(rand.NewPCG(1, 2))
	pick := func(n int64, more ...int64) int64 { return append(more, n)[r.IntN(len(more)+1)] }
	var raws []string
	for range 120 {
		at := time.Unix(pick(s.noon.Unix()+int64(r.IntN(7200)), 0, 1, math.MaxUint32, s.noon.Unix()-40*86400, s.noon.Unix()+86400*2), 0).UTC()
		rec := card.Record{Till: c.till, At: at, Seq: int(pick(int64(1+r.IntN(60)), 1, 2, 49_000)), Shop: c.shop, Offset: pick(0, 1<<43, -(1 << 43))}
		for k := range rec.JTI {
			rec.JTI[k] = byte(r.IntN(256))
		}
		if rec.Seq > 1 {
			rec.Prev = hash
			if len(raws) > 0 && r.IntN(2) == 0 {
				rec.Prev = nameOf(t, raws[r.IntN(len(raws))])
			}
		}
		switch r.IntN(6) {
		case 0:
			rec.Act, rec.Card = card.ActStamp, paper.packed
		case 1:
			rec.Act, rec.Code = card.ActStamp, paper.code
		case 2:
			rec.Act, rec.Card, rec.Voucher = card.ActRedeem, b.shows(s.noon), voucher
		case 3:
			rec.Act, rec.Card, rec.Voucher = card.ActRedeem, b.packed, voucher
		case 4:
			rec.Act, rec.Of = card.ActUndo, hash
			if len(raws) > 0 {
				rec.Of = nameOf(t, raws[r.IntN(len(raws))])
			}
		default:
			rec.Act, rec.Card = card.ActStamp, b.shows(s.noon)
		}
		raw, err := card.SignRecord(c.key, rec)
		must(t, err)
		raws = append(raws, raw)
	}
	verdicts := c.staff.brings(raws...)
	if len(verdicts) != len(raws) {
		t.Fatalf("%d verdicts", len(verdicts))
	}
	for i, v := range verdicts {
		if kind, _, _ := strings.Cut(v, ":"); kind != "ok" && kind != "held" && kind != "rejected" {
			t.Errorf("%d: %q", i, v)
		}
	}
	for i, v := range c.staff.brings(raws...) {
		if v != "duplicate" && !strings.HasPrefix(v, "rejected") {
			t.Errorf("%d again: %q", i, v)
		}
	}
}

// Ensure that a till can't write down that it stands in another shop.
func TestStamps_ATillStandsWhereItWasOpened(t *testing.T) {
	s := newStreet(t)
	c, other, b := s.counter(), s.counter(), s.bearer()
	raw := c.writes(s.minutes(0), func(r *card.Record) { r.Card, r.Shop = b.shows(s.minutes(0)), other.shop })
	says(t, "of another shop", c.staff.brings(raw), "rejected:record_forged")
}
