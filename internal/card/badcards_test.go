package card

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/hmac"
	"crypto/sha256"
	"math/big"
	"slices"
	"time"

	"kith/internal/limits"
	"kith/internal/token"
)

// vector is something that a till reads, and what it makes of it. The same table is
// checked by the app (testdata/card/packed.json).
type vector struct {
	What   string `json:"what"`
	Packed string `json:"packed"`
	At     int64  `json:"at"`             // when it is read
	Seen   bool   `json:"seen,omitempty"` // its proof was there before
	Code   string `json:"code"`
}

// revoked is what counts no more, in the table.
var revoked = Revocations{Cards: []string{"00000000000000ff"}, Vouchers: []string{"00000000000000ee"}, Keys: []int{5}}

// table is a town whose keys are of all sorts, with a card of each way to be wrong.
type table struct {
	*town
	list []vector
}

// newTable adds a key that was revoked (5) and one whose time is over (6).
func newTable(w *town) *table {
	must(w.t, w.keys.take(5, []string{TypCard, TypVoucher}, keyFrom(w.t, "revoked"), 0, 0))
	must(w.t, w.keys.take(6, []string{TypCard, TypVoucher}, keyFrom(w.t, "over"), 0, midnight(now).Add(-10*day).Unix()))
	w.ring.Put(issuer, w.keys)
	w.set = w.ring.Set()
	return &table{town: w}
}

func (b *table) add(code, what string, packed []byte) { b.at(code, what, packed, now) }

func (b *table) at(code, what string, packed []byte, at time.Time) {
	b.list = append(b.list, vector{What: what, Packed: b64(packed), At: at.Unix(), Code: code})
}

// changed is a copy with other bytes at a place.
func changed(packed []byte, at int, with ...byte) []byte {
	packed = slices.Clone(packed)
	copy(packed[at:], with)
	return packed
}

// signedBy is a card's head with a signature of this text by that key.
func (b *table) signedBy(key *ecdsa.PrivateKey, c Card, text string) []byte {
	b.t.Helper()
	head, err := c.head()
	must(b.t, err)
	sig, err := token.SignRaw(key, text)
	must(b.t, err)
	return append(head, sig...)
}

// order of the curve.
func orderBytes(plus int64) []byte {
	return new(big.Int).Add(p256().Params().N, big.NewInt(plus)).FillBytes(make([]byte, 32))
}

// fill makes the whole table.
func (b *table) fill() []vector {
	b.good()
	b.sizes()
	b.cardHeads()
	b.signatures("card", 13, b.printed(), "card_forged")
	b.cardTexts()
	b.cardTimes()
	b.proofs()
	b.vouchers()
	return b.list
}

func (b *table) good() {
	bound, printed, shown := b.bound(), b.printed(), b.shown()
	b.add(OK, "a printed card", printed)
	b.add(OK, "a phone's card", shown)
	b.add(OK, "a printed card with a voucher", slices.Concat(printed, b.voucher(nil)))
	b.add(OK, "a phone's card with a voucher", slices.Concat(shown, b.voucher(nil)))
	b.add(OK, "a proof in its other form", slices.Concat(shown[:149], mirrored(shown[149:])))
	b.add(OK, "a card in its other form", slices.Concat(printed[:13], mirrored(printed[13:])))
	v := b.voucher(nil)
	b.add(OK, "a voucher in its other form", slices.Concat(shown, v[:34], mirrored(v[34:])))
	b.at(OK, "just not too early", printed, midnight(now).Add(-limits.CardSkew))
	b.at(OK, "just not too late", printed, midnight(now).Add(365*day).Add(limits.CardSkew))
	b.at(OK, "a proof just young enough", b.proved(bound, now), now.Add(limits.CardProofAge))
	b.at(OK, "a proof just not too early", b.proved(bound, now), now.Add(-limits.CardSkew))
}

func (b *table) sizes() {
	bound, printed, shown, voucher := b.bound(), b.printed(), b.shown(), b.voucher(nil)
	for what, packed := range map[string][]byte{
		"nothing": {}, "a byte": {1}, "a byte less": printed[:76], "a byte more": append(slices.Clone(printed), 0),
		"a printed card with a proof": slices.Concat(printed, shown[141:]), "a proof cut short": shown[:212], "a voucher alone": voucher,
		"two cards": slices.Concat(printed, printed), "two vouchers": slices.Concat(printed, voucher, voucher), "too long by one": append(slices.Concat(shown, voucher), 0),
		"a voucher before its card": slices.Concat(voucher, printed)[:174], "four kilobytes": make([]byte, 4096),
		"version 0": changed(printed, 0, 0), "version 2": changed(shown, 0, 2),
	} {
		b.add("card_unreadable", what, packed)
	}
	b.add("proof_missing", "a phone's card alone", bound)
	b.add("proof_missing", "a phone's card alone with a voucher", slices.Concat(bound, voucher))
}

func (b *table) cardHeads() {
	printed, shown := b.printed(), b.shown()
	for kid, what := range map[byte]string{0: "key 0", 9: "an unknown key", 2: "the key of vouchers", 3: "the key of tills", 4: "the key of lists"} {
		b.add("card_other", what, changed(printed, 1, kid))
	}
	b.add("card_forged", "another key of cards", changed(printed, 1, 5))
	b.add("card_forged", "another number", changed(printed, 9, 9))
	b.add("card_forged", "a later day", changed(printed, 11, printed[11]+1))
	b.add("card_forged", "a longer life", changed(printed, 12, 255))
	other, err := keyFrom(b.t, "thief").PublicKey.Bytes()
	must(b.t, err)
	b.add("card_forged", "another phone's key", changed(shown, 13, other[1:]...))
	b.add("card_forged", "no point of the curve", changed(shown, 13, bytes.Repeat([]byte{1}, 64)...))
	b.add("card_forged", "the point at infinity", changed(shown, 13, make([]byte, 64)...))
	b.add("card_forged", "a phone's card made paper", slices.Concat(shown[:13], shown[77:141]))
	b.add("card_forged", "a paper card given a key", b.proved(slices.Concat(printed[:13], shown[13:77], printed[13:]), now))
}

// signatures adds every way in which the 64 bytes of a signature can be wrong.
func (b *table) signatures(of string, at int, good []byte, code string) {
	sig := good[at : at+64]
	r, s := sig[:32], sig[32:]
	zero, ones := make([]byte, 32), bytes.Repeat([]byte{0xff}, 32)
	for what, bad := range map[string][]byte{
		"r and s zero": slices.Concat(zero, zero), "r zero": slices.Concat(zero, s), "s zero": slices.Concat(r, zero),
		"r the order": slices.Concat(orderBytes(0), s), "s the order": slices.Concat(r, orderBytes(0)),
		"r above the order": slices.Concat(orderBytes(1), s), "s above the order": slices.Concat(r, orderBytes(1)),
		"r and s one": slices.Concat(changed(zero, 31, 1), changed(zero, 31, 1)),
		"all ones":    slices.Concat(ones, ones), "r and s changed about": slices.Concat(s, r),
		"n-r": slices.Concat(mirrored(slices.Concat(s, r))[32:], s), "DER in the room of raw": derText(r, s)[:64],
		"a byte moved": slices.Concat(sig[1:], sig[:1]),
	} {
		b.add(code, of+": "+what, changed(good, at, bad...))
	}
}

// derText is a signature as ASN.1 writes it, which is longer than 64 bytes.
func derText(r, s []byte) []byte {
	part := func(n []byte) []byte { return append([]byte{2, byte(len(n) + 1), 0}, n...) }
	body := slices.Concat(part(r), part(s))
	return append([]byte{0x30, byte(len(body))}, body...)
}

// cardTexts adds cards whose signature is good, and of another text or by another key.
func (b *table) cardTexts() {
	key := keyFrom(b.t, TypCard)
	c := Card{Kid: 1, Sub: sub, Day: Day(now), TTL: 73}
	claims := `{"iss":"kithcommunity01","aud":"card","sub":"0102030405060708","iat":1795651200,"exp":1827187200}`
	text := func(head, claims string) string { return b64([]byte(head)) + "." + b64([]byte(claims)) }
	head := `{"alg":"ES256","kid":"1","typ":"card+jwt"}`
	b.add(OK, "the text as it is to be", b.signedBy(key, c, text(head, claims)))
	for what, signed := range map[string]string{
		"of another community":     text(head, `{"iss":"kithcommunity02"`+claims[24:]),
		"typ JWT":                  text(`{"alg":"ES256","kid":"1","typ":"JWT"}`, claims),
		"typ in capitals":          text(`{"alg":"ES256","kid":"1","typ":"CARD+JWT"}`, claims),
		"no typ":                   text(`{"alg":"ES256","kid":"1"}`, claims),
		"typ of a voucher":         text(`{"alg":"ES256","kid":"1","typ":"voucher+jwt"}`, claims),
		"crit":                     text(`{"alg":"ES256","crit":["exp"],"kid":"1","typ":"card+jwt"}`, claims),
		"no kid":                   text(`{"alg":"ES256","typ":"card+jwt"}`, claims),
		"kid a number":             text(`{"alg":"ES256","kid":1,"typ":"card+jwt"}`, claims),
		"alg none":                 text(`{"alg":"none","kid":"1","typ":"card+jwt"}`, claims),
		"members in another order": text(`{"typ":"card+jwt","alg":"ES256","kid":"1"}`, claims),
		"a space":                  text(head, `{ "iss"`+claims[6:]),
		"exp twice":                text(head, claims[:len(claims)-1]+`,"exp":9999999999}`),
		"SUB":                      text(head, `{"SUB":"ffffffffffffffff",`+claims[1:]),
		"aud of a till":            text(head, `{"iss":"kithcommunity01","aud":"till"`+claims[37:]),
		"no aud":                   text(head, `{"iss":"kithcommunity01"`+claims[37:]),
		"nothing":                  "",
	} {
		b.add("card_forged", "signed: "+what, b.signedBy(key, c, signed))
	}
	for what, by := range map[string]*ecdsa.PrivateKey{"a phone": b.phone, "a till": b.till, "the key of tills": keyFrom(b.t, TypTill), "a thief": keyFrom(b.t, "thief")} {
		b.add("card_forged", "signed by "+what, b.signedBy(by, c, text(head, claims)))
	}
	mac := func(secret []byte) []byte {
		h := hmac.New(sha256.New, secret)
		h.Write([]byte(text(`{"alg":"HS256","kid":"1","typ":"card+jwt"}`, claims)))
		sum := h.Sum(nil)
		return slices.Concat(sum, sum)
	}
	public, err := key.PublicKey.Bytes()
	must(b.t, err)
	b.add("card_forged", "HS256 with the public key for its secret", changed(b.printed(), 13, mac(public)...))
	b.add("card_forged", "a hash in the room of a signature", changed(b.printed(), 13, mac(nil)...))
}

func (b *table) cardTimes() {
	printed := b.printed()
	b.at("card_early", "half a minute too early, and a second", printed, midnight(now).Add(-limits.CardSkew-time.Second))
	b.at("card_early", "by a clock of 1970", printed, time.Unix(0, 0))
	b.at("card_expired", "half a minute too late, and a second", printed, midnight(now).Add(365*day).Add(limits.CardSkew+time.Second))
	b.at("card_expired", "expired, its proof good", b.proved(b.bound(), now.Add(91*day)), now.Add(91*day))
	lost := Card{Kid: 1, Sub: ID{7: 0xff}, Day: Day(now), TTL: 73}
	b.add("card_revoked", "a lost card", b.signedBy(keyFrom(b.t, TypCard), lost, lost.signed(issuer)))
	b.at("card_expired", "a lost card that is over", b.signedBy(keyFrom(b.t, TypCard), lost, lost.signed(issuer)), now.Add(400*day))
	byRevoked := Card{Kid: 5, Sub: sub, Day: Day(now), TTL: 73}
	b.add("card_revoked", "by a key that was revoked", b.signedBy(keyFrom(b.t, "revoked"), byRevoked, byRevoked.signed(issuer)))
	over := Card{Kid: 6, Sub: sub, Day: Day(now), TTL: 73}
	b.add("card_forged", "by a key whose time is over", b.signedBy(keyFrom(b.t, "over"), over, over.signed(issuer)))
	over.Day -= 11
	b.add(OK, "by that key, in its time", b.signedBy(keyFrom(b.t, "over"), over, over.signed(issuer)))
	before := Card{Kid: 1, Sub: sub, Day: Day(now) - 101, TTL: 73}
	b.add("card_forged", "by a key before its time", b.signedBy(keyFrom(b.t, TypCard), before, before.signed(issuer)))
}

func (b *table) proofs() {
	bound, shown := b.bound(), b.shown()
	b.signatures("proof", 149, shown, "proof_forged")
	b.add("proof_forged", "by another phone", b.provedBy(keyFrom(b.t, "thief"), bound, now))
	b.add("proof_forged", "by the community's key", b.provedBy(keyFrom(b.t, TypCard), bound, now))
	key := jwkOf(b.t, b.phone)
	other, err := b.ring.Card(ID{42}, Day(now), 18, &key)
	must(b.t, err)
	b.add("proof_forged", "of another card of that phone", slices.Concat(bound, b.proved(other, now)[141:]))
	b.add("proof_forged", "of the card in its other form", slices.Concat(bound[:77], mirrored(bound[77:]), shown[141:]))
	b.add("proof_forged", "another second", changed(shown, 144, shown[144]+1))
	b.add("proof_forged", "another nonce", changed(shown, 148, shown[148]+1))
	b.at("proof_stale", "a second too old", shown, now.Add(limits.CardProofAge+time.Second))
	b.at("proof_stale", "a picture of two minutes ago", shown, now.Add(2*time.Minute))
	b.at("proof_early", "a second too early", shown, now.Add(-limits.CardSkew-time.Second))
	b.at("proof_stale", "of a phone with a clock of 1970", b.proved(bound, time.Unix(0, 0)), now)
	b.at("proof_early", "of the last second that there is", b.proved(bound, time.Unix(1<<32-1, 0)), now)
	b.add("proof_replayed", "for the second time", shown)
	b.list[len(b.list)-1].Seen = true
	b.add("proof_replayed", "for the second time, in its other form", slices.Concat(shown[:149], mirrored(shown[149:])))
	b.list[len(b.list)-1].Seen = true
}

func (b *table) vouchers() {
	shown := b.shown()
	with := func(v []byte) []byte { return slices.Concat(shown, v) }
	v := b.voucher(nil)
	b.signatures("voucher", SizePhone+34, with(v), "voucher_forged")
	for what, bad := range map[string][]byte{
		"version 0": changed(v, 0, 0), "an unknown key": changed(v, 1, 9), "the key of cards": changed(v, 1, 1), "another id": changed(v, 9, 0),
		"for another card": changed(v, 17, 9), "another reward": changed(v, 27, v[27]+1), "a reward of sixteen letters": changed(v, 18, bytes.Repeat([]byte{0xff}, 10)...),
		"more pence": changed(v, 28, 0xff), "no more offline": changed(v, 30, 0), "offline 2": changed(v, 30, 2), "a later day": changed(v, 32, v[32]+1), "a longer life": changed(v, 33, 255),
	} {
		b.add("voucher_forged", "a voucher: "+what, with(bad))
	}
	signed := func(key string, change func(*Voucher)) []byte {
		x := Voucher{Kid: 2, ID: jti, Sub: sub, Reward: reward, Pence: 350, Day: Day(now), TTL: 12}
		change(&x)
		head, err := x.head()
		must(b.t, err)
		sig, err := token.SignRaw(keyFrom(b.t, key), x.signed(issuer))
		must(b.t, err)
		return with(append(head, sig...))
	}
	b.add(OK, "a voucher that is not for offline", signed(TypVoucher, func(*Voucher) {}))
	b.add("voucher_forged", "a voucher that is not for offline, in another byte", changed(signed(TypVoucher, func(*Voucher) {}), SizePhone+30, 2))
	b.add(OK, "a voucher of nothing, and the first of ids", signed(TypVoucher, func(v *Voucher) { v.Pence, v.Reward = 0, "000000000000000" }))
	b.add(OK, "a voucher of the most, and the last of ids", signed(TypVoucher, func(v *Voucher) { v.Pence, v.Reward = 0xffff, "zzzzzzzzzzzzzzz" }))
	b.add("voucher_forged", "a voucher by the key of cards", signed(TypCard, func(*Voucher) {}))
	b.add("voucher_forged", "a voucher by a key whose time is over", signed("over", func(v *Voucher) { v.Kid = 6 }))
	b.add("voucher_early", "a voucher of tomorrow", signed(TypVoucher, func(v *Voucher) { v.Day++ }))
	b.add("voucher_expired", "a voucher that is over", signed(TypVoucher, func(v *Voucher) { v.Day -= 61 }))
	b.add("voucher_revoked", "a voucher that was given back", signed(TypVoucher, func(v *Voucher) { v.ID = ID{7: 0xee} }))
	b.add("voucher_revoked", "a voucher by a key that was revoked", signed("revoked", func(v *Voucher) { v.Kid = 5 }))
	b.add("voucher_card", "another's voucher", signed(TypVoucher, func(v *Voucher) { v.Sub = ID{42} }))
	b.add("card_forged", "a good voucher with a forged card", changed(with(v), 9, 9))
}

// bit flips one bit.
func bit(packed []byte, i int) []byte {
	packed = slices.Clone(packed)
	packed[i/8] ^= 0x80 >> (i % 8)
	return packed
}
