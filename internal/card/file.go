package card

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// heading says to whoever finds the file what it is.
const heading = "kith card keys 1"

var errDamaged = errors.New("is damaged")

// text writes the keys as the file has them: a line each.
func (k *Keys) text() (string, error) {
	var b strings.Builder
	b.WriteString(heading + "\n")
	for _, kid := range k.revoked {
		fmt.Fprintf(&b, "revoked %d\n", kid)
	}
	for _, e := range k.entries {
		kind, half := "public", slices.Concat(e.X, e.Y)
		if e.private != nil {
			raw, err := e.private.Bytes()
			if err != nil {
				return "", err
			}
			kind, half = "key", raw
		}
		fmt.Fprintf(&b, "%s %d %s %d %d %s\n", kind, e.Kid, strings.Join(e.Typs, ","), e.From, e.Until, b64(half))
	}
	return b.String(), nil
}

// parse reads what text wrote.
func parse(text string) (*Keys, error) {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	if lines[0] != heading {
		return nil, errors.New("is no file of card keys")
	}
	k := &Keys{}
	for _, line := range lines[1:] {
		words := strings.Fields(line)
		if len(words) == 0 || strings.HasPrefix(words[0], "#") {
			continue
		}
		if err := k.line(words); err != nil {
			return nil, errDamaged
		}
	}
	if len(k.entries) == 0 {
		return nil, errDamaged
	}
	return k, nil
}

func (k *Keys) line(words []string) error {
	if len(words) < 2 {
		return errDamaged
	}
	kid, err := strconv.ParseUint(words[1], 10, 8)
	if err != nil || kid == 0 || k.index(byte(kid)) >= 0 || slices.Contains(k.revoked, byte(kid)) {
		return errDamaged
	}
	if words[0] == "revoked" && len(words) == 2 {
		k.revoked = append(k.revoked, byte(kid))
		return nil
	}
	if len(words) != 6 {
		return errDamaged
	}
	typs := strings.Split(words[2], ",")
	from, errFrom := strconv.ParseInt(words[3], 10, 64)
	until, errUntil := strconv.ParseInt(words[4], 10, 64)
	half, errHalf := unb64(words[5])
	known := !slices.ContainsFunc(typs, func(t string) bool { return !slices.Contains(Purposes, t) })
	if err := errors.Join(errFrom, errUntil, errHalf); err != nil || !known {
		return errDamaged
	}
	return k.half(words[0], byte(kid), typs, from, until, half)
}

func (k *Keys) half(kind string, kid byte, typs []string, from, until int64, half []byte) error {
	switch {
	case kind == "key":
		private, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), half)
		if err != nil {
			return err
		}
		return k.take(kid, typs, private, from, until)
	case kind == "public" && len(half) == 64:
		p, err := publicOf(kid, typs, half[:32], half[32:])
		if err != nil {
			return err
		}
		p.From, p.Until = from, until
		k.entries = append(k.entries, entry{Public: p})
		return nil
	}
	return errDamaged
}

// Missing says whether err is of a key file that isn't there.
func Missing(err error) bool { return errors.Is(err, fs.ErrNotExist) }

// ReadFile reads the key file. An absent one is fs.ErrNotExist.
func ReadFile(name string) (*Keys, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("the key file %s can be read by others on this machine: chmod 600 it", name)
	}
	raw, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	k, err := parse(string(raw))
	if err != nil {
		return nil, fmt.Errorf("the key file %s %w", name, err)
	}
	return k, nil
}

// WriteFile writes the key file for its owner alone, whole or not at all, and on disk
// when it returns. first: there must be none yet.
func (k *Keys) WriteFile(name string, first bool) error {
	text, err := k.text()
	if err != nil {
		return err
	}
	if first {
		return create(name, text)
	}
	next := name + ".new"
	if err := os.Remove(next); err != nil && !Missing(err) {
		return err // of a write that was cut off
	}
	if err := create(next, text); err != nil {
		return err
	}
	if err := os.Rename(next, name); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(name))
}

func create(name, text string) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return errors.Join(err, os.Remove(name))
	}
	return syncFolder(filepath.Dir(name))
}

func syncFolder(name string) error {
	folder, err := os.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
