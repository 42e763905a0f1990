package concern

import (
	"crypto/ecdh"
	"crypto/hpke"
	"errors"
	"time"

	"kith/internal/token"
)

const (
	// TypBundle is the typ header of a bundle.
	TypBundle = "keys+jwt"
	maxBundle = 4096
)

// Bundle is what phones are told: to which keys they seal. They remember the
// first signing key that they saw, and take no bundle by another, nor one with a
// lower Seq.
type Bundle struct {
	Issuer           string // the community's id
	Seq              int
	Intake, Recovery []byte // public keys, uncompressed points
	Signer           string // the thumbprint of the key that signed it
}

// ErrBundle is a bundle that can't be trusted.
var ErrBundle = errors.New("concern: no bundle of keys")

// seq rises with each rotation, and with nothing else.
func (k *Keys) seq() int { return len(k.intake) + len(k.retired) }

// Bundle signs what phones of this community are told.
func (k *Keys) Bundle(issuer string, now time.Time) (string, error) {
	half := func(public []byte) map[string]any {
		return map[string]any{"name": nameOf(public), "key": b64(public)}
	}
	return token.Sign(k.signing, TypBundle, map[string]any{
		"iss": issuer, "iat": now.Unix(), "seq": k.seq(), "intake": half(k.newest().public), "recovery": half(k.recovery),
	})
}

// Says tells whether a bundle is by these keys and says what they would say now.
func (k *Keys) Says(issuer, bundle string) bool {
	b, err := ReadBundle(bundle)
	if err != nil {
		return false
	}
	signer, err := token.KeyOf(&k.signing.PublicKey)
	return err == nil && b.Issuer == issuer && b.Seq == k.seq() && b.Signer == signer.Thumbprint() &&
		string(b.Intake) == string(k.newest().public) && string(b.Recovery) == string(k.recovery)
}

// ReadBundle checks a bundle as a phone does. Whether its signer is the one that
// was seen first is the caller's to remember.
func ReadBundle(raw string) (Bundle, error) {
	key, claims, err := token.Verify(raw, TypBundle, maxBundle)
	if err != nil {
		return Bundle{}, ErrBundle
	}
	seq, whole := claims["seq"].(float64)
	issuer, _ := claims["iss"].(string)
	intake, errIntake := publicOf(claims["intake"])
	recovery, errRecovery := publicOf(claims["recovery"])
	if !whole || seq < 1 || seq != float64(int(seq)) || issuer == "" || errIntake != nil || errRecovery != nil {
		return Bundle{}, ErrBundle
	}
	return Bundle{issuer, int(seq), intake, recovery, key.Thumbprint()}, nil
}

func publicOf(claim any) ([]byte, error) {
	half, _ := claim.(map[string]any)
	text, _ := half["key"].(string)
	public, err := unb64(text)
	if err != nil {
		return nil, err
	}
	if half["name"] != nameOf(public) {
		return nil, ErrBundle
	}
	_, err = hpke.DHKEM(ecdh.P256()).NewPublicKey(public)
	return public, err
}
