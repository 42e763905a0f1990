package card

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"
)

// Ensure that nothing of a camera makes a panic, and that nothing opens which wasn't
// signed: whatever opens is, to the byte, what the town has made, or another form of its
// signatures.
func FuzzOpenCard(f *testing.F) {
	w := newTown(f)
	good := [][]byte{w.printed(), w.shown(), slices.Concat(w.printed(), w.voucher(nil)), slices.Concat(w.shown(), w.voucher(nil))}
	for _, packed := range good {
		f.Add(packed)
		f.Add(packed[:len(packed)-1])
	}
	f.Add(w.bound())
	f.Add(make([]byte, SizePhone))
	f.Fuzz(func(t *testing.T, packed []byte) {
		c, p, v, err := Open(w.set, packed)
		if err != nil {
			return
		}
		if c.Sub != sub || c.Kid != 1 || c.Printed() == (p != nil) || v != nil && (v.ID != jti || v.Pence != 350) {
			t.Errorf("opened: %x", packed)
		}
	})
}

// Ensure that a look at a till ends in OK or in a code that a till has a sentence for, at
// any time, and that OK is said of nothing but what was signed.
func FuzzCheckCard(f *testing.F) {
	w := newTown(f)
	f.Add(w.shown(), now.Unix(), false)
	f.Add(w.printed(), int64(0), true)
	f.Add(slices.Concat(w.shown(), w.voucher(nil)), now.Unix()+91, false)
	f.Add([]byte{}, int64(1)<<62, false)
	known := map[string]bool{OK: true}
	for _, e := range []*Error{ErrUnreadable, ErrOther, ErrForged, ErrEarly, ErrExpired, ErrRevoked, ErrProofMissing, ErrProofForged, ErrProofStale, ErrProofEarly, ErrProofReplayed, ErrVoucherForged, ErrVoucherEarly, ErrVoucherExpired, ErrVoucherRevoked, ErrVoucherCard} {
		known[e.Code()] = true
	}
	f.Fuzz(func(t *testing.T, packed []byte, at int64, seen bool) {
		o, code := Check(w.set, Facts{Revoked: revoked, Seen: func(string) bool { return seen }}, packed, time.Unix(at, 0))
		if !known[code] {
			t.Errorf("code %q", code)
		}
		if _, _, _, err := Open(w.set, packed); code == OK && (err != nil || o.Card.Sub != sub || seen && o.Proof != nil) {
			t.Errorf("passed: %x", packed)
		}
	})
}

// Ensure that what is read of digits is what would be written as those digits.
func FuzzFromDigits(f *testing.F) {
	w := newTown(f)
	f.Add(Digits(w.printed()))
	f.Add(Digits(w.shown()))
	f.Add(strings.Repeat("9", width(SizePrinted)))
	f.Add("-1")
	f.Fuzz(func(t *testing.T, text string) {
		packed, err := FromDigits(text)
		if err == nil && Digits(packed) != text {
			t.Errorf("%q is read as %x", text, packed)
		}
	})
}

// Ensure that whatever is packed comes back from its digits.
func FuzzDigits(f *testing.F) {
	w := newTown(f)
	f.Add(w.shown())
	f.Add(make([]byte, SizePrinted))
	f.Fuzz(func(t *testing.T, packed []byte) {
		if !slices.Contains(shown, len(packed)) {
			return
		}
		if got, err := FromDigits(Digits(packed)); err != nil || !bytes.Equal(got, packed) {
			t.Errorf("%x comes back as %x, %v", packed, got, err)
		}
	})
}

// Ensure that no record, list or token of a till makes a panic, and that none is read
// which wasn't signed. The claims are signed here by the right key: what is read is then
// what would be written.
func FuzzReadRecord(f *testing.F) {
	w := newTown(f)
	key := jwkOf(f, w.till)
	for _, v := range w.texts() {
		f.Add(v.Raw, "")
	}
	kinds := w.kinds()
	for _, k := range kinds {
		f.Add("", k.claims)
	}
	f.Fuzz(func(t *testing.T, raw, claims string) {
		if raw != "" {
			r, err := ReadRecord(raw, key)
			if cut := strings.LastIndexByte(raw, '.'); err == nil && (r.ID != nameOf(raw[:cut]) || !r.right()) {
				t.Errorf("read: %q", raw)
			}
			_, _ = ReadTill(w.set, raw, now)
			_, _ = ReadRevocations(w.set, raw, now)
			_, _ = TillOf(raw)
			return
		}
		for _, k := range kinds {
			signed := jws(k.head, claims, by(t, k.key))
			if k.name == "record" {
				if r, err := ReadRecord(signed, key); err == nil && r.claims() != claims {
					t.Errorf("read: %q", claims)
				}
			} else if err := k.read(signed, now); err == nil && len(claims) == 0 {
				t.Error("nothing was read")
			}
		}
	})
}
