package card

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"time"

	"kith/internal/limits"
	"kith/internal/token"
)

// Purposes are what there is a key for each; one key never signs another's.
var Purposes = []string{TypCard, TypVoucher, TypTill, TypRevocations}

var (
	errKids   = errors.New("all 255 numbers of keys are used up")
	errNotOne = errors.New("there is no such key")
)

// entry is one key of the file. Without its private half it only tells what it signed.
type entry struct {
	Public
	private *ecdsa.PrivateKey
}

// Keys are the keys of a community, as the key file has them.
type Keys struct {
	entries []entry
	revoked []byte // numbers of keys that count for nothing any more
}

// NewKeys makes one key for each purpose, which sign from the beginning of that day.
// after are the public keys of a file that was lost: what they signed stays good, unless
// it was stolen, too.
func NewKeys(now time.Time, after Set, stolen bool) (*Keys, error) {
	k := &Keys{}
	today := midnight(now)
	for _, p := range after.Keys {
		tomorrow := today.Add(day).Unix()
		if stolen || p.From >= tomorrow { // one that has signed nothing yet never will
			k.revoked = append(k.revoked, p.Kid)
			continue
		}
		if p.Until == 0 || p.Until > tomorrow {
			p.Until = tomorrow
		}
		k.entries = append(k.entries, entry{Public: p})
	}
	slices.Sort(k.revoked)
	for _, typ := range Purposes {
		if err := k.add(typ, today); err != nil {
			return nil, err
		}
	}
	return k, nil
}

// add makes a key for a purpose, under the next number.
func (k *Keys) add(typ string, from time.Time) error {
	kid, err := k.nextKid()
	if err != nil {
		return err
	}
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	return k.take(kid, []string{typ}, private, from.Unix(), 0)
}

func (k *Keys) take(kid byte, typs []string, private *ecdsa.PrivateKey, from, until int64) error {
	point, err := private.PublicKey.Bytes()
	if err != nil {
		return err
	}
	p, err := publicOf(kid, typs, point[1:33], point[33:])
	if err != nil {
		return err
	}
	p.From, p.Until = from, until
	k.entries = append(k.entries, entry{p, private})
	return nil
}

// midnight is the beginning of a day: packed things know no finer time.
func midnight(t time.Time) time.Time { return t.UTC().Truncate(day) }

// Set are the public halves.
func (k *Keys) Set(issuer string) Set {
	s := Set{Issuer: issuer}
	for _, e := range k.entries {
		s.Keys = append(s.Keys, e.Public)
	}
	return s
}

// Revoked are the numbers of keys by which nothing counts any more.
func (k *Keys) Revoked() []int {
	out := []int{}
	for _, kid := range k.revoked {
		out = append(out, int(kid))
	}
	return out
}

// signer is the key that signs such a thing at that time: the one that began last.
func (k *Keys) signer(typ string, at time.Time) (entry, bool) {
	var best entry
	found := false
	for _, e := range k.entries {
		if e.private == nil || !slices.Contains(e.Typs, typ) || !e.signedAt(at) {
			continue
		}
		if !found || e.From >= best.From {
			best, found = e, true
		}
	}
	return best, found
}

// Rotate makes the next key of each purpose, which signs from limits.CardKeysAhead on.
func (k *Keys) Rotate(now time.Time) (from time.Time, err error) {
	from = midnight(now.Add(limits.CardKeysAhead))
	for _, e := range k.entries {
		if e.private != nil && e.From > now.Unix() {
			return time.Time{}, fmt.Errorf("the next keys are there already, and sign from %s", time.Unix(e.From, 0).UTC().Format(time.DateOnly))
		}
	}
	for _, typ := range Purposes {
		for i, e := range k.entries {
			if e.private != nil && slices.Contains(e.Typs, typ) && e.Until == 0 {
				k.entries[i].Until = from.Unix()
			}
		}
		if err := k.add(typ, from); err != nil {
			return time.Time{}, err
		}
	}
	return from, nil
}

func (k *Keys) nextKid() (byte, error) {
	most := byte(0)
	for _, e := range k.entries {
		most = max(most, e.Kid)
	}
	for _, kid := range k.revoked {
		most = max(most, kid)
	}
	if most == 255 {
		return 0, errKids
	}
	return most + 1, nil
}

// Retire destroys the private half of a key that signs no more; what it signed stays
// good.
func (k *Keys) Retire(kid byte, now time.Time) error {
	i := k.index(kid)
	switch {
	case i < 0:
		return errNotOne
	case k.entries[i].private == nil:
		return errors.New("its private half is destroyed already")
	case k.entries[i].Until == 0 || k.entries[i].Until > now.Unix():
		return errors.New("it still signs: kith keys rotate cards makes the next one, and it can be retired when that has taken over")
	}
	k.entries[i].private = nil
	return nil
}

// Revoke is for a key that somebody else may have: nothing by it counts any more, and
// another signs in its place at once.
func (k *Keys) Revoke(kid byte, now time.Time) error {
	i := k.index(kid)
	if i < 0 {
		return errNotOne
	}
	typs := k.entries[i].Typs
	k.entries = slices.Delete(k.entries, i, i+1)
	k.revoked = append(k.revoked, kid)
	slices.Sort(k.revoked)
	for _, typ := range typs {
		if _, signs := k.signer(typ, now); !signs {
			if err := k.add(typ, midnight(now)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (k *Keys) index(kid byte) int {
	return slices.IndexFunc(k.entries, func(e entry) bool { return e.Kid == kid })
}

// Matches says whether every key that was published is one of these, or was revoked: a
// file of other keys must not take their place.
func (k *Keys) Matches(published Set) bool {
	for _, p := range published.Keys {
		i := k.index(p.Kid)
		if i < 0 && !slices.Contains(k.revoked, p.Kid) {
			return false
		}
		if i >= 0 && !k.entries[i].key.Equal(p.key) {
			return false
		}
	}
	return true
}

// KeyState is what an operator is told of one key.
type KeyState struct {
	Kid         byte
	Typs        []string
	From, Until int64
	Private     bool // its private half is here
	Signs       bool // it is the one that signs now
}

// States lists the keys, for `kith keys check cards`.
func (k *Keys) States(now time.Time) (list []KeyState) {
	for _, e := range k.entries {
		s := KeyState{e.Kid, e.Typs, e.From, e.Until, e.private != nil, false}
		for _, typ := range e.Typs {
			signs, ok := k.signer(typ, now)
			s.Signs = s.Signs || ok && signs.Kid == e.Kid
		}
		list = append(list, s)
	}
	return list
}

// sign signs a text with the key for its typ at that time.
func (k *Keys) sign(typ string, at time.Time, text func(kid byte) string) (byte, string, []byte, error) {
	e, ok := k.signer(typ, at)
	if !ok {
		return 0, "", nil, ErrNoKey
	}
	signed := text(e.Kid)
	sig, err := token.SignRaw(e.private, signed)
	return e.Kid, signed, sig, err
}
