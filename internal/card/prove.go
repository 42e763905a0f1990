package card

import (
	"crypto/ecdsa"
	"encoding/binary"
	"slices"
	"time"

	"kith/internal/token"
)

// SignProof adds to a packed card the proof that its phone is here, as the phone does.
func SignProof(private *ecdsa.PrivateKey, issuer string, packed []byte, at time.Time, nonce [4]byte) ([]byte, error) {
	if len(packed) != SizeBound {
		return nil, ErrUnreadable
	}
	p, wrong := split(packed)
	if wrong != nil {
		return nil, wrong
	}
	proof := Proof{At: at, Nonce: nonce}
	sig, err := token.SignRaw(private, proof.signed(whole(p.card.signed(issuer), p.cardSig)))
	if err != nil {
		return nil, err
	}
	return slices.Concat(binary.BigEndian.AppendUint32(slices.Clone(packed), uint32(at.Unix())), nonce[:], sig), nil
}
