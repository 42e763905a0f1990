// Package seal opens what phones have sealed to this server, so that somebody
// else's phone can carry it here and read nothing of it: HPKE (RFC 9180) with
// DHKEM(P-256, HKDF-SHA256), HKDF-SHA256 and AES-256-GCM, one message a blob.
package seal

import (
	"crypto/ecdh"
	"crypto/hpke"
	"crypto/sha256"
	"errors"
)

// Info binds a blob to its use: what was sealed for another opens nowhere here.
const Info = "kith sealed outbox 1"

const (
	version = 1
	nameLen = 8
	encLen  = 65 // an uncompressed point of P-256
	tagLen  = 16
)

// Errors of Open. ErrOtherKey: it was sealed to a key that isn't this server's
// (any more); all else that is wrong is ErrBroken.
var (
	ErrBroken   = errors.New("seal: broken")
	ErrOtherKey = errors.New("seal: sealed to another key")
)

// Key is a server's transport key.
type Key struct {
	private hpke.PrivateKey
	public  []byte
	name    [nameLen]byte
}

// NewKey makes one.
func NewKey() (*Key, error) {
	private, err := hpke.DHKEM(ecdh.P256()).GenerateKey()
	if err != nil {
		return nil, err
	}
	return keyOf(private), nil
}

// KeyOfBytes is the key whose private half this is.
func KeyOfBytes(private []byte) (*Key, error) {
	key, err := hpke.DHKEM(ecdh.P256()).NewPrivateKey(private)
	if err != nil {
		return nil, err
	}
	return keyOf(key), nil
}

func keyOf(private hpke.PrivateKey) *Key {
	public := private.PublicKey().Bytes()
	return &Key{private: private, public: public, name: nameOf(public)}
}

// Public is what phones seal to.
func (k *Key) Public() []byte { return k.public }

// nameOf tells keys apart without opening anything.
func nameOf(public []byte) (name [nameLen]byte) {
	sum := sha256.Sum256(public)
	copy(name[:], sum[:])
	return name
}

// Open opens a blob: one byte of version, eight that name the key, HPKE's
// encapsulated key, and the ciphertext.
func (k *Key) Open(blob []byte) ([]byte, error) { return k.OpenFor(Info, blob) }

// OpenFor opens a blob that was sealed for another use of the same key.
func (k *Key) OpenFor(info string, blob []byte) ([]byte, error) {
	if len(blob) < 1+nameLen+encLen+tagLen || blob[0] != version {
		return nil, ErrBroken
	}
	if [nameLen]byte(blob[1:1+nameLen]) != k.name {
		return nil, ErrOtherKey
	}
	plain, err := hpke.Open(k.private, hpke.HKDFSHA256(), hpke.AES256GCM(), []byte(info), blob[1+nameLen:])
	if err != nil {
		return nil, errors.Join(ErrBroken, err)
	}
	return plain, nil
}

// Seal seals plain to the server whose public key this is, as a phone does.
func Seal(public, plain []byte) ([]byte, error) { return SealFor(Info, public, plain) }

// SealFor seals for another use of the same key.
func SealFor(info string, public, plain []byte) ([]byte, error) {
	to, err := hpke.DHKEM(ecdh.P256()).NewPublicKey(public)
	if err != nil {
		return nil, err
	}
	sealed, err := hpke.Seal(to, hpke.HKDFSHA256(), hpke.AES256GCM(), []byte(info), plain)
	if err != nil {
		return nil, err
	}
	name := nameOf(public)
	return append(append([]byte{version}, name[:]...), sealed...), nil
}
