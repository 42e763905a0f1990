package concern

import (
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hpke"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Keys are a community's keys of concerns.
type Keys struct {
	signing  *ecdsa.PrivateKey
	index    []byte
	recovery []byte  // the public half; the private one lies offline
	intake   []dated // oldest first; the newest seals, and every one opens
	retired  []Retired
}

type dated struct {
	day string
	*private
}

// Retired is an intake key that was destroyed.
type Retired struct{ Day, Name string }

// Recovery is the key that lies offline.
type Recovery struct{ key *private }

// NewKeys makes a community's first keys, and the recovery key that is to be
// carried away.
func NewKeys(now time.Time) (*Keys, *Recovery, error) {
	signing, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	recovery, err := fresh()
	if err != nil {
		return nil, nil, err
	}
	k := &Keys{signing: signing, index: make([]byte, 32), recovery: recovery.public}
	if _, err := rand.Read(k.index); err != nil {
		return nil, nil, err
	}
	return k, &Recovery{recovery}, k.Rotate(now)
}

func fresh() (*private, error) {
	key, err := hpke.DHKEM(ecdh.P256()).GenerateKey()
	if err != nil {
		return nil, err
	}
	return privateOf(key), nil
}

// Rotate makes a new intake key, to which phones seal from the next time they sync.
func (k *Keys) Rotate(now time.Time) error {
	made, err := fresh()
	if err != nil {
		return err
	}
	k.intake = append(k.intake, dated{now.UTC().Format(time.DateOnly), made})
	return nil
}

// Retire forgets an older intake key: what was sealed to it opens by the recovery
// key alone.
func (k *Keys) Retire(name string, now time.Time) error {
	i := slices.IndexFunc(k.intake, func(d dated) bool { return d.name == name })
	switch {
	case i < 0:
		return fmt.Errorf("there is no intake key named %q here", name)
	case i == len(k.intake)-1:
		return errors.New("this is the key that phones seal to: rotate first, and retire it when what it opens is closed")
	}
	k.intake = slices.Delete(k.intake, i, i+1)
	k.retired = append(k.retired, Retired{now.UTC().Format(time.DateOnly), name})
	return nil
}

// After is the day since which phones seal to another intake key than the one of a name.
func (k *Keys) After(name string) string {
	i := slices.IndexFunc(k.intake, func(d dated) bool { return d.name == name })
	if i < 0 || i == len(k.intake)-1 {
		return ""
	}
	return k.intake[i+1].day
}

// Named is an intake key by name.
type Named struct {
	Day, Name string
	Seals     bool // the newest: phones seal to it
}

// Intake lists the intake keys, oldest first.
func (k *Keys) Intake() (list []Named) {
	for i, d := range k.intake {
		list = append(list, Named{d.day, d.name, i == len(k.intake)-1})
	}
	return list
}

// Retired lists what was destroyed.
func (k *Keys) Retired() []Retired { return slices.Clone(k.retired) }

// Open opens an envelope with the intake key that it names.
func (k *Keys) Open(f Facts, envelope []byte) ([]byte, error) {
	intake, recovery, err := Names(envelope)
	if err != nil {
		return nil, err
	}
	for _, d := range k.intake {
		// NB! An envelope that the recovery key can't open would be lost with this file.
		if d.name == intake && recovery == nameOf(k.recovery) {
			return d.open(f, envelope)
		}
	}
	return nil, ErrOtherKey
}

// Seal seals what the server itself writes, as a phone would.
func (k *Keys) Seal(f Facts, plain []byte) ([]byte, error) {
	return Seal(k.newest().public, k.recovery, f, plain)
}

// Anew seals once more what was opened by an intake key, by its name, to that key and to
// the recovery key. Whether what a phone sealed to the recovery key opens can't be
// tried here, and with this file lost it would be too late to find out.
func (k *Keys) Anew(f Facts, name string, plain []byte) ([]byte, error) {
	for _, d := range k.intake {
		if d.name == name {
			return Seal(d.public, k.recovery, f, plain)
		}
	}
	return nil, ErrOtherKey
}

func (k *Keys) newest() dated { return k.intake[len(k.intake)-1] }

// Open opens an envelope with the recovery key.
func (r *Recovery) Open(f Facts, envelope []byte) ([]byte, error) {
	if _, recovery, err := Names(envelope); err != nil || recovery != r.key.name {
		return nil, errors.Join(ErrOtherKey, err)
	}
	return r.key.open(f, envelope)
}

// Of says whether this is the recovery key that belongs to these keys.
func (r *Recovery) Of(k *Keys) bool { return r.key.name == nameOf(k.recovery) }
