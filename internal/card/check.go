package card

import (
	"slices"
	"time"

	"kith/internal/limits"
)

// Opened is what was read, as far as it was found right.
type Opened struct {
	Card    Card
	Proof   *Proof
	Voucher *Voucher
}

// Facts are what a till knows beside the keys.
type Facts struct {
	Revoked Revocations
	// Seen says whether a proof was here before; nil: nobody remembers.
	Seen func(proof string) bool
	// Made says whether the community itself has made a card of exactly these bytes, so
	// that its signature needs no look; nil: nobody knows.
	Made func(packed []byte) bool
}

func (f *Facts) made(packed []byte) bool { return f != nil && f.Made != nil && f.Made(packed) }

// Open verifies all signatures of what is packed, whenever it is read.
func Open(set Set, packed []byte) (Card, *Proof, *Voucher, error) {
	c := &checking{set: set}
	if err := c.run(packed); err != nil {
		return Card{}, nil, nil, err
	}
	return c.opened.Card, c.opened.Proof, c.opened.Voucher, nil
}

// Check looks at what is packed as a till does at that time, in its order: length, key,
// signature, dates, revoked, proof, voucher. Returns OK, or the code of the first thing
// that is wrong, with what was read so far.
func Check(set Set, facts Facts, packed []byte, at time.Time) (Opened, string) {
	c := &checking{set: set, facts: &facts, at: at}
	if err := c.run(packed); err != nil {
		return c.opened, err.Code()
	}
	return c.opened, OK
}

// checking is one look; without facts only at signatures.
type checking struct {
	set    Set
	facts  *Facts
	at     time.Time
	opened Opened
}

func (c *checking) run(packed []byte) *Error {
	p, err := split(packed)
	if err != nil {
		return err
	}
	if err := c.card(p); err != nil {
		return err
	}
	if err := c.proof(p); err != nil {
		return err
	}
	return c.voucher(p)
}

func (c *checking) card(p pieces) *Error {
	key, known := c.set.key(p.card.Kid, TypCard)
	if !known {
		return ErrOther
	}
	signed := p.card.signed(c.set.Issuer)
	if !c.facts.made(p.card.Packed) && !key.verifies(signed, p.cardSig) || !key.signedAt(p.card.Issued()) {
		return ErrForged
	}
	p.card.Name = nameOf(signed)
	c.opened.Card = p.card
	if c.facts == nil {
		return nil
	}
	switch {
	case c.at.Before(p.card.Issued().Add(-limits.CardSkew)):
		return ErrEarly
	case c.at.After(p.card.Expires().Add(limits.CardSkew)):
		return ErrExpired
	case c.facts.Revoked.card(p.card):
		return ErrRevoked
	}
	return nil
}

func (c *checking) proof(p pieces) *Error {
	if p.card.Key == nil {
		return nil
	}
	if p.proof == nil {
		return ErrProofMissing
	}
	signed := p.proof.signed(whole(p.card.signed(c.set.Issuer), p.cardSig))
	if !p.card.Key.Verifies(signed, p.proofSig) {
		return ErrProofForged
	}
	p.proof.Name = nameOf(signed)
	c.opened.Proof = p.proof
	if c.facts == nil {
		return nil
	}
	switch age := c.at.Sub(p.proof.At); {
	case age > limits.CardProofAge:
		return ErrProofStale
	case age < -limits.CardSkew:
		return ErrProofEarly
	case c.facts.Seen != nil && c.facts.Seen(p.proof.Name):
		return ErrProofReplayed
	}
	return nil
}

func (c *checking) voucher(p pieces) *Error {
	v := p.voucher
	if v == nil {
		return nil
	}
	key, known := c.set.key(v.Kid, TypVoucher)
	signed := v.signed(c.set.Issuer)
	if !known || !key.verifies(signed, p.voucherSig) || !key.signedAt(v.Issued()) {
		return ErrVoucherForged
	}
	v.Name = nameOf(signed)
	c.opened.Voucher = v
	if c.facts != nil {
		switch {
		case c.at.Before(v.Issued().Add(-limits.CardSkew)):
			return ErrVoucherEarly
		case c.at.After(v.Expires().Add(limits.CardSkew)):
			return ErrVoucherExpired
		case c.facts.Revoked.voucher(*v):
			return ErrVoucherRevoked
		}
	}
	if v.Sub != p.card.Sub {
		return ErrVoucherCard
	}
	return nil
}

// revokedKey says whether nothing by this key counts any more.
func (r Revocations) revokedKey(kid byte) bool { return slices.Contains(r.Keys, int(kid)) }

func (r Revocations) card(c Card) bool { return r.revokedKey(c.Kid) || in(r.Cards, c.Sub.String()) }

func (r Revocations) voucher(v Voucher) bool {
	return r.revokedKey(v.Kid) || in(r.Vouchers, v.ID.String())
}

func in(sorted []string, id string) bool {
	_, found := slices.BinarySearch(sorted, id)
	return found
}
