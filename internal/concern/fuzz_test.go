package concern

import (
	"bytes"
	"testing"
)

// Ensure that no envelope makes a panic or opens by chance.
func FuzzOpen(f *testing.F) {
	k, _ := newKeys(f)
	good := sealed(f, k, "{}")
	f.Add(good)
	f.Add(good[:headLen])
	f.Add(good[:headLen+tagLen])
	f.Add([]byte{})
	f.Add(append(bytes.Clone(good[:9]), make([]byte, MaxEnvelope)...))
	f.Fuzz(func(t *testing.T, envelope []byte) {
		// NB! The wrap of the other key is not looked at.
		same := len(envelope) == len(good) && bytes.Equal(envelope[:1+wrapLen], good[:1+wrapLen]) && bytes.Equal(envelope[1+2*wrapLen:], good[1+2*wrapLen:])
		if plain, err := k.Open(facts, envelope); err == nil && !same {
			t.Errorf("opened: %q", plain)
		}
	})
}

// Ensure that no plaintext of a concern makes a panic, and none that is taken
// names somebody without a basis.
func FuzzRead(f *testing.F) {
	for _, asked := range answers {
		f.Add(jsonOf(f, good(asked)))
	}
	named := good(Refused)
	named.Person = &Person{Name: "Joan"}
	f.Add(jsonOf(f, named))
	f.Add([]byte(`{"person":{"person":{"person":{}}}}`))
	f.Fuzz(func(t *testing.T, plain []byte) {
		c, err := Read(plain)
		if err != nil {
			return
		}
		if v, err := c.Check(); err == nil && c.Person != nil && c.Asked != Agreed && (c.Override == nil || !v.Lead) {
			t.Errorf("taken: %q", plain)
		}
	})
}

// Ensure that no letter makes a panic, and none that is taken has an envelope
// that names no keys.
func FuzzReadLetter(f *testing.F) {
	k, _ := newKeys(f)
	secret := "aaaaaaaaaaaaaaaaaaaaaa"
	f.Add(jsonOf(f, Letter{"t", "p", Says{KindConcern, facts.ID, facts.Urgency, facts.Area, facts.Hour, ReceiptOf(secret), b64(sealed(f, k, "{}"))}}))
	f.Add(jsonOf(f, Letter{"t", "p", Says{Kind: KindWithdraw, ID: facts.ID, Receipt: secret}}))
	f.Add([]byte(`[]`))
	f.Fuzz(func(t *testing.T, plain []byte) {
		if len(plain) > MaxLetter {
			return
		}
		l, envelope, err := ReadLetter(Pad(plain, LetterStep))
		if err != nil {
			return
		}
		if _, _, err := Names(envelope); (l.Says.Kind == KindConcern) != (err == nil) {
			t.Errorf("taken: %q", plain)
		}
	})
}
