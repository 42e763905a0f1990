package card

import (
	"crypto/ecdsa"
	"crypto/sha256"
	"encoding/binary"
	"math/big"
	"slices"
	"testing"
	"time"

	"kith/internal/token"
)

const (
	issuer = "kithcommunity01"
	reward = "abcdefghij12345"
	tillID = "till00000000001"
	shopID = "shop00000000001"
)

// now is an hour in the middle of a day.
var now = time.Date(2026, 11, 26, 10, 30, 0, 0, time.UTC)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// keyFrom makes the same key for the same words, so that nothing here is by chance.
func keyFrom(t testing.TB, words string) *ecdsa.PrivateKey {
	t.Helper()
	for i := byte(0); ; i++ {
		sum := sha256.Sum256(append([]byte(words), i))
		if key, err := ecdsa.ParseRawPrivateKey(p256(), sum[:]); err == nil {
			return key
		}
	}
}

func jwkOf(t testing.TB, key *ecdsa.PrivateKey) token.Key {
	t.Helper()
	k, err := token.KeyOf(&key.PublicKey)
	must(t, err)
	return k
}

// town is a community with its keys, somebody's phone, and a till.
type town struct {
	t     testing.TB
	keys  *Keys
	ring  *Ring
	set   Set
	phone *ecdsa.PrivateKey
	till  *ecdsa.PrivateKey
}

func newTown(t testing.TB) *town {
	t.Helper()
	k := &Keys{}
	for i, typ := range Purposes {
		must(t, k.take(byte(i+1), []string{typ}, keyFrom(t, typ), midnight(now).Add(-100*day).Unix(), 0))
	}
	w := &town{t: t, keys: k, ring: &Ring{}, phone: keyFrom(t, "phone"), till: keyFrom(t, "till")}
	w.ring.Put(issuer, k)
	w.set = w.ring.Set()
	return w
}

var (
	sub = ID{1, 2, 3, 4, 5, 6, 7, 8}
	jti = ID{9, 8, 7, 6, 5, 4, 3, 2}
)

func (w *town) bound() []byte {
	w.t.Helper()
	key := jwkOf(w.t, w.phone)
	packed, err := w.ring.Card(sub, Day(now), Units(90), &key)
	must(w.t, err)
	return packed
}

func (w *town) printed() []byte {
	w.t.Helper()
	packed, err := w.ring.Card(sub, Day(now), Units(365), nil)
	must(w.t, err)
	return packed
}

// proved adds a proof of the phone to its packed card.
func (w *town) proved(packed []byte, at time.Time) []byte {
	w.t.Helper()
	return w.provedBy(w.phone, packed, at)
}

func (w *town) provedBy(key *ecdsa.PrivateKey, packed []byte, at time.Time) []byte {
	w.t.Helper()
	p, err := split(packed)
	if err != nil {
		w.t.Fatal(err)
	}
	proof := Proof{At: time.Unix(at.Unix(), 0), Nonce: [4]byte{0xde, 0xad, 0xbe, 0xef}}
	sig, errSign := token.SignRaw(key, proof.signed(whole(p.card.signed(issuer), p.cardSig)))
	must(w.t, errSign)
	out := binary.BigEndian.AppendUint32(slices.Clone(packed), uint32(proof.At.Unix()))
	return slices.Concat(out, proof.Nonce[:], sig)
}

func (w *town) shown() []byte { return w.proved(w.bound(), now) }

func (w *town) voucher(change func(*Voucher)) []byte {
	w.t.Helper()
	v := Voucher{ID: jti, Sub: sub, Reward: reward, Pence: 350, Offline: true, Day: Day(now), TTL: Units(60)}
	if change != nil {
		change(&v)
	}
	packed, err := w.ring.Voucher(v)
	must(w.t, err)
	return packed
}

func (w *town) record(change func(*Record)) Record {
	r := Record{Till: tillID, JTI: jti, At: now, Seq: 1, Shop: shopID, Act: ActStamp, Card: w.shown(), Offset: -1200}
	if change != nil {
		change(&r)
	}
	return r
}

func (w *town) check(packed []byte) string {
	_, code := Check(w.set, Facts{}, packed, now)
	return code
}

// mirrored is the other signature that verifies: (r, n−s).
func mirrored(sig []byte) []byte {
	s := new(big.Int).Sub(p256().Params().N, new(big.Int).SetBytes(sig[32:]))
	return slices.Concat(sig[:32], s.FillBytes(make([]byte, 32)))
}
