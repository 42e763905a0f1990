package token

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"encoding/asn1"
	"encoding/base64"
	"errors"
	"math/big"
	"slices"
	"strings"

	"github.com/golang-jwt/jwt/v5"
)

// Verifies says whether the raw signature r‖s of signed is by this key. Nothing is
// parsed: the caller has made signed itself.
//
// NB! (r, n−s) verifies too: whatever must not come twice is told apart by the hash of
// what was signed, never by its signature.
func (k Key) Verifies(signed string, signature []byte) bool {
	public, err := k.public()
	return err == nil && VerifiesBy(public, signed, signature)
}

// VerifiesBy is Verifies with a key that was read before.
func VerifiesBy(public *ecdsa.PublicKey, signed string, signature []byte) bool {
	return jwt.SigningMethodES256.Verify(signed, signature, public) == nil
}

// Public reads a key; it is refused if it is no point of the curve.
func (k Key) Public() (*ecdsa.PublicKey, error) { return k.public() }

// SignRaw signs text that the caller has made, with r‖s. The same key and text give the
// same signature (RFC 6979), so that a handler which is run twice says the same.
func SignRaw(private *ecdsa.PrivateKey, text string) ([]byte, error) {
	if private.Curve != elliptic.P256() {
		return nil, ErrInvalid
	}
	hash := crypto.SHA256.New()
	hash.Write([]byte(text))
	der, err := private.Sign(nil, hash.Sum(nil), crypto.SHA256)
	if err != nil {
		return nil, err
	}
	var sig struct{ R, S *big.Int }
	if rest, err := asn1.Unmarshal(der, &sig); err != nil || len(rest) > 0 {
		return nil, errors.Join(ErrInvalid, err)
	}
	return slices.Concat(sig.R.FillBytes(make([]byte, 32)), sig.S.FillBytes(make([]byte, 32))), nil
}

// VerifyBy checks a token whose key the reader knows: of this typ, at most max bytes
// long, ES256. find is told the header's kid, empty where there is none. Returns the
// text of the header and of the claims, which are the caller's to judge.
func VerifyBy(raw, typ string, max int, find func(kid string) (Key, bool)) (header, claims string, err error) {
	if len(raw) > max || strings.ContainsAny(raw, "\r\n ") {
		return "", "", ErrInvalid
	}
	_, err = parser().ParseWithClaims(raw, jwt.MapClaims{}, func(t *jwt.Token) (any, error) {
		kid, _ := t.Header["kid"].(string)
		_, has := t.Header["kid"]
		if t.Header["typ"] != typ || has != (kid != "") || len(t.Header) != map[bool]int{false: 2, true: 3}[has] {
			return nil, ErrInvalid
		}
		key, known := find(kid)
		if !known {
			return nil, ErrInvalid
		}
		return key.public()
	})
	if err != nil {
		return "", "", ErrInvalid
	}
	parts := strings.Split(raw, ".")
	head, errHead := base64.RawURLEncoding.Strict().DecodeString(parts[0])
	body, errBody := base64.RawURLEncoding.Strict().DecodeString(parts[1])
	if errHead != nil || errBody != nil {
		return "", "", ErrInvalid
	}
	return string(head), string(body), nil
}
