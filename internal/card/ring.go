package card

import (
	"errors"
	"sync/atomic"
	"time"

	"kith/internal/token"
)

// ErrNoKey: nothing can be signed, because the key file is missing or its keys have
// ended.
var ErrNoKey = errors.New("card: no key to sign with")

// Ring holds the keys of a running server. Where the file is missing it has the public
// halves alone: what is out there is still checked, and nothing new is signed.
type Ring struct{ held atomic.Pointer[held] }

type held struct {
	keys *Keys
	set  Set
}

// Put puts keys on the ring, for the community with this id.
func (r *Ring) Put(issuer string, keys *Keys) { r.held.Store(&held{keys, keys.Set(issuer)}) }

// PutPublic puts what was published, where the private halves are missing.
func (r *Ring) PutPublic(set Set) { r.held.Store(&held{set: set}) }

// Set is what to check by.
func (r *Ring) Set() Set {
	if h := r.held.Load(); h != nil {
		return h.set
	}
	return Set{}
}

// Keys are the keys, or nil.
func (r *Ring) Keys() *Keys {
	if h := r.held.Load(); h != nil {
		return h.keys
	}
	return nil
}

// signer is what signs, for which community.
func (r *Ring) signer() (*Keys, string, error) {
	h := r.held.Load()
	if h == nil || h.keys == nil || h.set.Issuer == "" {
		return nil, "", ErrNoKey
	}
	return h.keys, h.set.Issuer, nil
}

// Card signs a card; key nil: a printed one. NB! The same card comes out each time, for
// a handler may run twice.
func (r *Ring) Card(sub ID, day uint16, ttl byte, key *token.Key) ([]byte, error) {
	keys, issuer, err := r.signer()
	if err != nil {
		return nil, err
	}
	c := Card{Sub: sub, Day: day, TTL: ttl, Key: key}
	var head []byte
	var errHead error
	_, _, sig, err := keys.sign(TypCard, c.Issued(), func(kid byte) string {
		c.Kid = kid
		head, errHead = c.head()
		return c.signed(issuer)
	})
	if err := errors.Join(err, errHead); err != nil {
		return nil, err
	}
	return append(head, sig...), nil
}

// Voucher signs a voucher: all of it but Kid, Packed and Name is read.
func (r *Ring) Voucher(v Voucher) ([]byte, error) {
	keys, issuer, err := r.signer()
	if err != nil {
		return nil, err
	}
	var head []byte
	var errHead error
	_, _, sig, err := keys.sign(TypVoucher, v.Issued(), func(kid byte) string {
		v.Kid = kid
		head, errHead = v.head()
		return v.signed(issuer)
	})
	if err := errors.Join(err, errHead); err != nil {
		return nil, err
	}
	return append(head, sig...), nil
}

// Till signs what a till shows to the server, and knows itself by.
func (r *Ring) Till(t Till) (string, error) {
	if err := t.right(); err != nil {
		return "", err
	}
	return r.text(TypTill, t.Issued, func(issuer string) string { return t.claims(issuer) })
}

// Revocations signs a list for tills.
func (r *Ring) Revocations(list Revocations) (string, error) {
	list, err := list.sorted()
	if err != nil {
		return "", err
	}
	return r.text(TypRevocations, list.Issued, func(issuer string) string { return list.claims(issuer) })
}

func (r *Ring) text(typ string, at time.Time, claims func(issuer string) string) (string, error) {
	keys, issuer, err := r.signer()
	if err != nil {
		return "", err
	}
	_, signed, sig, err := keys.sign(typ, at, func(kid byte) string { return signing(typ, kid, claims(issuer)) })
	if err != nil {
		return "", err
	}
	return whole(signed, sig), nil
}
