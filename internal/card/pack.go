package card

import (
	"encoding/binary"
	"math/big"
	"regexp"
	"slices"
	"time"

	"kith/internal/token"
)

// version is the first byte of a card and of a voucher.
const version = 1

// Sizes of what is packed.
const (
	SizePrinted = 1 + 1 + 8 + 2 + 1 + sizeSig                  // 77
	SizeBound   = SizePrinted + 64                             // 141, with the phone's key
	SizeProof   = 4 + 4 + sizeSig                              // 72
	SizeVoucher = 1 + 1 + 8 + 8 + 10 + 2 + 1 + 2 + 1 + sizeSig // 98
	SizePhone   = SizeBound + SizeProof                        // 213: what a phone shows
	sizeSig     = 64
)

// pieces are what one reading was cut into, before anything is believed.
type pieces struct {
	card    Card
	cardSig []byte

	proof    *Proof
	proofSig []byte

	voucher    *Voucher
	voucherSig []byte
}

// split cuts by length alone: of each there is one way.
func split(packed []byte) (p pieces, err *Error) {
	size, proof, voucher := 0, false, false
	switch len(packed) {
	case SizePrinted:
		size = SizePrinted
	case SizeBound:
		size = SizeBound
	case SizePhone:
		size, proof = SizeBound, true
	case SizePrinted + SizeVoucher:
		size, voucher = SizePrinted, true
	case SizeBound + SizeVoucher:
		size, voucher = SizeBound, true
	case SizePhone + SizeVoucher:
		size, proof, voucher = SizeBound, true, true
	default:
		return pieces{}, ErrUnreadable
	}
	if packed[0] != version {
		return pieces{}, ErrUnreadable
	}
	p.card, p.cardSig = splitCard(packed[:size])
	rest := packed[size:]
	if proof {
		p.proof, p.proofSig = splitProof(rest[:SizeProof])
		rest = rest[SizeProof:]
	}
	if voucher {
		if p.voucher, p.voucherSig, err = splitVoucher(rest); err != nil {
			return pieces{}, err
		}
	}
	return p, nil
}

func splitCard(b []byte) (Card, []byte) {
	c := Card{Kid: b[1], Sub: ID(b[2:10]), Day: binary.BigEndian.Uint16(b[10:12]), TTL: b[12], Packed: slices.Clone(b)}
	if len(b) == SizeBound {
		c.Key = &token.Key{Kty: "EC", Crv: "P-256", X: b64(b[13:45]), Y: b64(b[45:77])}
	}
	return c, c.Packed[len(b)-sizeSig:]
}

func splitProof(b []byte) (*Proof, []byte) {
	return &Proof{At: time.Unix(int64(binary.BigEndian.Uint32(b)), 0).UTC(), Nonce: [4]byte(b[4:8])}, slices.Clone(b[8:])
}

func splitVoucher(b []byte) (*Voucher, []byte, *Error) {
	reward, ok := rewardText(b[18:28])
	if !ok || b[0] != version || b[30] > 1 {
		return nil, nil, ErrVoucherForged
	}
	v := &Voucher{
		Kid: b[1], ID: ID(b[2:10]), Sub: ID(b[10:18]), Reward: reward, Pence: int(binary.BigEndian.Uint16(b[28:30])),
		Offline: b[30] == 1, Day: binary.BigEndian.Uint16(b[31:33]), TTL: b[33], Packed: slices.Clone(b),
	}
	return v, v.Packed[len(b)-sizeSig:], nil
}

func (c Card) head() ([]byte, error) {
	b := append([]byte{version, c.Kid}, c.Sub[:]...)
	b = append(binary.BigEndian.AppendUint16(b, c.Day), c.TTL)
	if c.Key == nil {
		return b, nil
	}
	if _, err := c.Key.Public(); err != nil {
		return nil, err
	}
	x, errX := unb64(c.Key.X)
	y, errY := unb64(c.Key.Y)
	if errX != nil || errY != nil {
		return nil, token.ErrInvalid
	}
	return slices.Concat(b, x, y), nil
}

func (v Voucher) head() ([]byte, error) {
	reward, ok := rewardBytes(v.Reward)
	if !ok || v.Pence < 0 || v.Pence > 0xffff {
		return nil, ErrVoucherForged
	}
	offline := byte(0)
	if v.Offline {
		offline = 1
	}
	b := slices.Concat([]byte{version, v.Kid}, v.ID[:], v.Sub[:], reward)
	b = append(binary.BigEndian.AppendUint16(b, uint16(v.Pence)), offline)
	return append(binary.BigEndian.AppendUint16(b, v.Day), v.TTL), nil
}

// A row's id in ten bytes: its 15 characters are a number to the base of 36, with 0-9
// before a-z.
const rewardLen = 15

var rowID = regexp.MustCompile(`^[a-z0-9]{15}$`)

func rewardBytes(id string) ([]byte, bool) {
	if !rowID.MatchString(id) {
		return nil, false
	}
	n, ok := new(big.Int).SetString(id, 36)
	if !ok {
		return nil, false
	}
	return n.FillBytes(make([]byte, 10)), true
}

func rewardText(raw []byte) (string, bool) {
	text := new(big.Int).SetBytes(raw).Text(36)
	if len(text) > rewardLen {
		return "", false
	}
	return "000000000000000"[len(text):] + text, true
}
