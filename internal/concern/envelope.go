package concern

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/hpke"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
)

// Sizes of an envelope's parts, in bytes.
const (
	version  = 1
	nameLen  = 8
	encLen   = 65 // an uncompressed point of P-256
	dataKey  = 32
	tagLen   = 16
	wrapLen  = nameLen + encLen + dataKey + tagLen
	nonceLen = 12
	headLen  = 1 + 2*wrapLen + nonceLen

	// Step is what a plaintext is padded to: how much somebody wrote shows no finer.
	Step = 1024
	// MaxPlain bounds the padded plaintext.
	MaxPlain = 8 * Step
	// MaxEnvelope bounds an envelope.
	MaxEnvelope = headLen + MaxPlain + tagLen
)

// Errors of Open. ErrOtherKey: it was sealed to a key that isn't in the file (any
// more); all else that is wrong is ErrBroken.
var (
	ErrBroken   = errors.New("concern: broken")
	ErrOtherKey = errors.New("concern: sealed to another key")
)

// nameOf tells keys apart without opening anything.
func nameOf(public []byte) string {
	sum := sha256.Sum256(public)
	return hex.EncodeToString(sum[:nameLen])
}

// Names are the keys that an envelope was sealed to, in hex.
func Names(envelope []byte) (intake, recovery string, err error) {
	if len(envelope) < headLen+tagLen || len(envelope) > MaxEnvelope || envelope[0] != version {
		return "", "", ErrBroken
	}
	return hex.EncodeToString(envelope[1 : 1+nameLen]), hex.EncodeToString(envelope[1+wrapLen : 1+wrapLen+nameLen]), nil
}

// Text is an envelope as it is sent and stored.
func Text(envelope []byte) string { return b64(envelope) }

// OfText reads what Text wrote, letter by letter: of the texts that Go would read as
// the same bytes it takes that one, so that whoever reads it later reads it too.
func OfText(text string) ([]byte, error) {
	envelope, err := unb64(text)
	if err != nil || b64(envelope) != text {
		return nil, ErrBroken
	}
	return envelope, nil
}

// Pad fills up a plaintext as a phone does.
func Pad(plain []byte, step int) []byte {
	n := max(step, (len(plain)+step-1)/step*step)
	return append(bytes.Clone(plain), bytes.Repeat([]byte(" "), n-len(plain))...)
}

// Seal makes an envelope as a phone does: to an intake key, and to the recovery key.
func Seal(intake, recovery []byte, f Facts, plain []byte) ([]byte, error) {
	plain = Pad(plain, Step)
	if len(plain) > MaxPlain {
		return nil, errors.New("concern: too long")
	}
	random := make([]byte, dataKey+nonceLen)
	if _, err := rand.Read(random); err != nil {
		return nil, err
	}
	key, nonce := random[:dataKey], random[dataKey:]
	aad := f.bound(nameOf(intake))
	out := []byte{version}
	for _, public := range [][]byte{intake, recovery} {
		wrapped, err := wrap(public, key, aad)
		if err != nil {
			return nil, err
		}
		out = append(out, wrapped...)
	}
	aead, err := gcm(key)
	if err != nil {
		return nil, err
	}
	return aead.Seal(append(out, nonce...), nonce, plain, aad), nil
}

func wrap(public, key, aad []byte) ([]byte, error) {
	to, err := hpke.DHKEM(ecdh.P256()).NewPublicKey(public)
	if err != nil {
		return nil, err
	}
	enc, sender, err := hpke.NewSender(to, hpke.HKDFSHA256(), hpke.AES256GCM(), []byte(Info))
	if err != nil {
		return nil, err
	}
	ct, err := sender.Seal(aad, key)
	if err != nil {
		return nil, err
	}
	name, err := hex.DecodeString(nameOf(public))
	return append(append(name, enc...), ct...), err
}

func gcm(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// private is one key that opens.
type private struct {
	key    hpke.PrivateKey
	public []byte
	name   string
}

func privateOf(key hpke.PrivateKey) *private {
	public := key.PublicKey().Bytes()
	return &private{key, public, nameOf(public)}
}

// open opens an envelope by the wrap that is for this key.
func (p *private) open(f Facts, envelope []byte) ([]byte, error) {
	intake, recovery, err := Names(envelope)
	if err != nil {
		return nil, err
	}
	at := 1
	switch p.name {
	case intake:
	case recovery:
		at += wrapLen
	default:
		return nil, ErrOtherKey
	}
	aad, wrapped := f.bound(intake), envelope[at+nameLen:at+wrapLen]
	r, err := hpke.NewRecipient(wrapped[:encLen], p.key, hpke.HKDFSHA256(), hpke.AES256GCM(), []byte(Info))
	if err != nil {
		return nil, ErrBroken
	}
	key, err := r.Open(aad, wrapped[encLen:])
	if err != nil || len(key) != dataKey {
		return nil, ErrBroken
	}
	aead, err := gcm(key)
	if err != nil {
		return nil, ErrBroken
	}
	plain, err := aead.Open(nil, envelope[headLen-nonceLen:headLen], envelope[headLen:], aad)
	if err != nil || len(plain) == 0 || len(plain)%Step != 0 {
		return nil, ErrBroken
	}
	return plain, nil
}
