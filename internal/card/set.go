package card

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"kith/internal/token"
)

// Public is the half of a key that everybody is told.
type Public struct {
	Kid   byte
	Typs  []string // what it may sign, and nothing else
	X, Y  []byte
	From  int64 // when it begins to sign
	Until int64 // when it ends; 0: not yet known
	key   *ecdsa.PublicKey
}

// Set is what somebody needs who looks at cards of one community.
type Set struct {
	Issuer string // the community's id
	Keys   []Public
}

// told is Public as phones read it.
type told struct {
	Kid   int      `json:"kid"`
	Typs  []string `json:"typs"`
	X     string   `json:"x"`
	Y     string   `json:"y"`
	From  int64    `json:"from"`
	Until int64    `json:"until"`
}

// Text is how the public keys are published.
func (s Set) Text() string {
	list := make([]told, 0, len(s.Keys))
	for _, k := range s.Keys {
		list = append(list, told{int(k.Kid), k.Typs, b64(k.X), b64(k.Y), k.From, k.Until})
	}
	raw, err := json.Marshal(list)
	if err != nil {
		return "[]" // there is nothing in it that can't be written
	}
	return string(raw)
}

// ReadSet reads what was published; nothing is an empty set.
func ReadSet(issuer, text string) (Set, error) {
	s := Set{Issuer: issuer}
	if text == "" || text == "null" {
		return s, nil
	}
	var list []told
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		return Set{}, err
	}
	for _, t := range list {
		x, errX := unb64(t.X)
		y, errY := unb64(t.Y)
		if t.Kid < 1 || t.Kid > 255 || errX != nil || errY != nil {
			return Set{}, errors.New("card: a key that was published can't be read")
		}
		k, err := publicOf(byte(t.Kid), t.Typs, x, y)
		if err != nil {
			return Set{}, err
		}
		k.From, k.Until = t.From, t.Until
		s.Keys = append(s.Keys, k)
	}
	return s, nil
}

func publicOf(kid byte, typs []string, x, y []byte) (Public, error) {
	if len(x) != 32 || len(y) != 32 {
		return Public{}, token.ErrInvalid
	}
	key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), slices.Concat([]byte{4}, x, y))
	return Public{Kid: kid, Typs: typs, X: x, Y: y, key: key}, err
}

// key is the one with this number, if it may sign such a thing.
func (s Set) key(kid byte, typ string) (Public, bool) {
	for _, k := range s.Keys {
		if k.Kid == kid && slices.Contains(k.Typs, typ) {
			return k, true
		}
	}
	return Public{}, false
}

func (k Public) verifies(signed string, signature []byte) bool {
	if k.key == nil {
		return k.JWK().Verifies(signed, signature)
	}
	return token.VerifiesBy(k.key, signed, signature)
}

// signedAt says whether it was this key's time: one that is kept for what it signed long
// ago signs nothing new.
func (k Public) signedAt(t time.Time) bool {
	return t.Unix() >= k.From && (k.Until == 0 || t.Unix() < k.Until)
}

// JWK is the key as it travels.
func (k Public) JWK() token.Key { return token.Key{Kty: "EC", Crv: "P-256", X: b64(k.X), Y: b64(k.Y)} }
