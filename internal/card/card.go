// Package card is what a shop's till reads off a card, and what both sides sign: cards,
// proofs that their bearer's phone is here, vouchers, the tokens of tills, lists of what
// was revoked, and the records of a till.
//
// A card, a proof and a voucher travel packed, in bytes of a fixed place each, from which
// both sides rebuild the same JWS and verify that: nothing that came through a camera is
// ever parsed. docs/protocol.md has the bytes and the texts.
package card

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"time"

	"kith/internal/token"
)

// The typ headers, which are also what a key may be for.
const (
	TypCard        = "card+jwt"
	TypProof       = "kb+jwt"
	TypVoucher     = "voucher+jwt"
	TypTill        = "dev+jwt"
	TypRevocations = "rev+jwt"
	TypRecord      = "stamp+jwt"
)

// TTLUnit is the step in which packed things count how long they last.
const TTLUnit = 5 * day

const day = 24 * time.Hour

// ID is the number of a card, or of a voucher: 64 bits that say nothing of anybody.
type ID [8]byte

// String is how an ID is written in a token: 16 hexadecimal digits.
func (i ID) String() string { return hex.EncodeToString(i[:]) }

// ReadID reads what String wrote.
func ReadID(text string) (id ID, ok bool) {
	raw, err := hex.DecodeString(text)
	if err != nil || len(raw) != len(id) || hex.EncodeToString(raw) != text {
		return ID{}, false
	}
	return ID(raw), true
}

// Card is a card as it was signed.
type Card struct {
	Kid byte
	Sub ID         // which card this is; another at each re-issue, never a member's id
	Day uint16     // of its signing, days since 1970
	TTL byte       // in steps of five days
	Key *token.Key // the phone's; nil: a printed card
	// Packed are its own bytes, Name is the hash of what was signed.
	Packed []byte
	Name   string
}

// Printed says whether a card is on paper, which is the lower tier: nothing shows that
// it isn't a copy.
func (c Card) Printed() bool { return c.Key == nil }

// Issued is when its day began.
func (c Card) Issued() time.Time { return dayStart(c.Day) }

// Expires is when its last day has ended.
func (c Card) Expires() time.Time { return ends(c.Day, c.TTL) }

// Proof shows that the card's phone was there.
type Proof struct {
	At    time.Time
	Nonce [4]byte
	Name  string // the hash of what was signed: to be refused the second time
}

// Voucher is a reward that its bearer has paid for with stamps.
type Voucher struct {
	Kid     byte
	ID      ID // jti
	Sub     ID // of the card that it goes with
	Reward  string
	Pence   int  // what it is worth at most
	Offline bool // it may be redeemed where there is no signal
	Day     uint16
	TTL     byte
	Packed  []byte
	Name    string
}

// Issued is when its day began.
func (v Voucher) Issued() time.Time { return dayStart(v.Day) }

// Expires is when its last day has ended.
func (v Voucher) Expires() time.Time { return ends(v.Day, v.TTL) }

// Day of a time, as packed things count: days since 1970, UTC.
func Day(t time.Time) uint16 { return uint16(t.Unix() / int64(day/time.Second)) }

// Units are the steps of five days that hold so many days.
func Units(days int) byte {
	n := (days + 4) / 5
	return byte(min(max(n, 1), 255))
}

func dayStart(d uint16) time.Time { return time.Unix(int64(d)*int64(day/time.Second), 0).UTC() }

func ends(d uint16, ttl byte) time.Time { return dayStart(d).Add(time.Duration(ttl) * TTLUnit) }

func b64(raw []byte) string { return base64.RawURLEncoding.EncodeToString(raw) }

func unb64(text string) ([]byte, error) { return base64.RawURLEncoding.Strict().DecodeString(text) }

// nameOf is how anything that is signed is told apart: NB! by what was signed, never by
// its signature, of which there is always a second form that verifies as well.
func nameOf(signed string) string {
	sum := sha256.Sum256([]byte(signed))
	return b64(sum[:])
}
