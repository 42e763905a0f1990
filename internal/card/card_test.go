package card

import (
	"bytes"
	"crypto/elliptic"
	"slices"
	"strings"
	"testing"
	"time"
)

func p256() elliptic.Curve { return elliptic.P256() }

// Ensure that what is packed has the sizes that the QR codes are made for.
func TestPacked_HasItsSize(t *testing.T) {
	w := newTown(t)
	for name, c := range map[string]struct {
		packed []byte
		size   int
		digits int
	}{
		"printed":            {w.printed(), 77, 186},
		"bound":              {w.bound(), 141, 0},
		"phone":              {w.shown(), 213, 513},
		"voucher":            {w.voucher(nil), 98, 0},
		"paper with voucher": {slices.Concat(w.printed(), w.voucher(nil)), 175, 422},
		"phone with voucher": {slices.Concat(w.shown(), w.voucher(nil)), 311, 749},
	} {
		if len(c.packed) != c.size {
			t.Errorf("%s: %d bytes, not %d", name, len(c.packed), c.size)
		}
		if got := len(Digits(c.packed)); c.digits > 0 && got != c.digits {
			t.Errorf("%s: %d digits, not %d", name, got, c.digits)
		}
	}
}

// Ensure that a good card passes, of each kind, and is read as it was signed.
func TestCheck_PassesWhatIsGood(t *testing.T) {
	w := newTown(t)
	for name, packed := range map[string][]byte{
		"printed": w.printed(), "phone": w.shown(),
		"paper with voucher":      slices.Concat(w.printed(), w.voucher(nil)),
		"phone with voucher":      slices.Concat(w.shown(), w.voucher(nil)),
		"phone's other signature": func() []byte { p := w.shown(); return slices.Concat(p[:149], mirrored(p[149:])) }(),
	} {
		o, code := Check(w.set, Facts{}, packed, now)
		if code != OK || o.Card.Sub != sub || o.Card.Printed() != (len(packed) == 77 || len(packed) == 175) {
			t.Errorf("%s: %s, %+v", name, code, o)
		}
		if (o.Voucher != nil) != (len(packed) > 213 || len(packed) == 175) || o.Voucher != nil && (o.Voucher.Reward != reward || o.Voucher.Pence != 350 || !o.Voucher.Offline || o.Voucher.ID != jti) {
			t.Errorf("%s: %+v", name, o.Voucher)
		}
		if c, p, v, err := Open(w.set, packed); err != nil || c.Name != o.Card.Name || (p == nil) != (o.Proof == nil) || (v == nil) != (o.Voucher == nil) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Ensure that the texts which are signed are those of the protocol, to the letter.
func TestSigned_IsTheTextOfTheProtocol(t *testing.T) {
	w := newTown(t)
	p, err := split(slices.Concat(w.shown(), w.voucher(nil)))
	if err != nil {
		t.Fatal(err)
	}
	key := jwkOf(t, w.phone)
	jws := whole(p.card.signed(issuer), p.cardSig)
	for _, c := range []struct{ got, head, claims string }{
		{p.card.signed(issuer), `{"alg":"ES256","kid":"1","typ":"card+jwt"}`, `{"iss":"kithcommunity01","aud":"card","sub":"0102030405060708","iat":1795651200,"exp":1803427200,"cnf":{"jwk":{"kty":"EC","crv":"P-256","x":"` + key.X + `","y":"` + key.Y + `"}}}`},
		{p.proof.signed(jws), `{"alg":"ES256","typ":"kb+jwt"}`, `{"aud":"till","iat":1795689000,"nonce":"deadbeef","sd_hash":"` + nameOf(jws) + `"}`},
		{p.voucher.signed(issuer), `{"alg":"ES256","kid":"2","typ":"voucher+jwt"}`, `{"iss":"kithcommunity01","aud":"till","sub":"0102030405060708","jti":"0908070605040302","reward":"abcdefghij12345","pence":350,"offline":"yes","iat":1795651200,"exp":1800835200}`},
	} {
		if want := b64([]byte(c.head)) + "." + b64([]byte(c.claims)); c.got != want {
			head, body, _ := strings.Cut(c.got, ".")
			h, _ := unb64(head)
			b, _ := unb64(body)
			t.Errorf("%s.%s", h, b)
		}
	}
}

// Ensure that a handler which runs twice signs the same bytes.
func TestRing_SignsTheSameTwice(t *testing.T) {
	w := newTown(t)
	if !bytes.Equal(w.bound(), w.bound()) || !bytes.Equal(w.voucher(nil), w.voucher(nil)) {
		t.Error("two signatures of one text")
	}
	till := Till{ID: tillID, Shop: shopID, Issued: now, Expires: now.Add(30 * day), JTI: jti, Key: jwkOf(t, w.till)}
	one, err := w.ring.Till(till)
	must(t, err)
	two, err := w.ring.Till(till)
	must(t, err)
	if one != two {
		t.Error("two tokens of one till")
	}
}

// Ensure that a till and a list are read as they were signed, for their time.
func TestText_IsReadAsItWasSigned(t *testing.T) {
	w := newTown(t)
	till := Till{ID: tillID, Shop: shopID, Issued: now, Expires: now.Add(30 * day), JTI: jti, Key: jwkOf(t, w.till)}
	raw, err := w.ring.Till(till)
	must(t, err)
	if got, err := ReadTill(w.set, raw, now); err != nil || got != till {
		t.Errorf("%+v, %v", got, err)
	}
	list := Revocations{Seq: 7, Issued: now, Expires: now.Add(7 * day), Cards: []string{"ffffffffffffffff", "0102030405060708", "0102030405060708"}, Keys: []int{9, 3}}
	raw, err = w.ring.Revocations(list)
	must(t, err)
	got, err := ReadRevocations(w.set, raw, now)
	if err != nil || got.Seq != 7 || !slices.Equal(got.Cards, []string{"0102030405060708", "ffffffffffffffff"}) || !slices.Equal(got.Keys, []int{3, 9}) || len(got.Tills) != 0 {
		t.Errorf("%+v, %v", got, err)
	}
	if _, code := Check(w.set, Facts{Revoked: got}, w.shown(), now); code != "card_revoked" {
		t.Error(code)
	}
}

// Ensure that a record is read as its till signed it, and is named by what was signed.
func TestReadRecord_ReadsWhatWasSigned(t *testing.T) {
	w := newTown(t)
	hash := strings.Repeat("a", 43)
	for name, change := range map[string]func(*Record){
		"stamp":  nil,
		"typed":  func(r *Record) { r.Card, r.Code = nil, "7Q2KM4XD" },
		"paper":  func(r *Record) { r.Card = w.printed() },
		"redeem": func(r *Record) { r.Act, r.Voucher, r.Seq, r.Prev = ActRedeem, w.voucher(nil), 2, hash },
		"undo":   func(r *Record) { r.Act, r.Card, r.Of, r.Seq, r.Prev, r.Offset = ActUndo, nil, hash, 9, hash, 0 },
	} {
		want := w.record(change)
		raw, err := SignRecord(w.till, want)
		must(t, err)
		got, err := ReadRecord(raw, jwkOf(t, w.till))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if till, ok := TillOf(raw); !ok || till != tillID {
			t.Errorf("%s: of till %q", name, till)
		}
		cut := strings.LastIndexByte(raw, '.')
		if got.ID != nameOf(raw[:cut]) || got.claims() != want.claims() || !bytes.Equal(got.Packed(), want.Packed()) {
			t.Errorf("%s: %+v", name, got)
		}
		sig, err := unb64(raw[cut+1:])
		must(t, err)
		if other, err := ReadRecord(raw[:cut+1]+b64(mirrored(sig)), jwkOf(t, w.till)); err != nil || other.ID != got.ID {
			t.Errorf("%s: its other form is another record: %v", name, err)
		}
	}
}

// Ensure that the fixed facts of time hold: days, steps of five days, ends.
func TestDays_AreCountedInUTC(t *testing.T) {
	if Day(now) != 20783 || Units(90) != 18 || Units(365) != 73 || Units(60) != 12 || Units(1) != 1 || Units(0) != 1 || Units(5000) != 255 {
		t.Errorf("%d %d %d", Day(now), Units(90), Units(365))
	}
	c := Card{Day: 20783, TTL: 18}
	if !c.Issued().Equal(midnight(now)) || c.Expires().Sub(c.Issued()) != 90*24*time.Hour {
		t.Errorf("%v to %v", c.Issued(), c.Expires())
	}
}
