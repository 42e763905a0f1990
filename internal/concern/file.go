package concern

import (
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hpke"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// The first lines say to whoever finds a file what it is.
const (
	heading         = "kith concern keys 1"
	recoveryHeading = "kith concern recovery key 1"
)

var errDamaged = errors.New("damaged")

func b64(raw []byte) string { return base64.RawURLEncoding.EncodeToString(raw) }

func unb64(text string) ([]byte, error) { return base64.RawURLEncoding.Strict().DecodeString(text) }

// text writes the keys as the file has them.
func (k *Keys) text() (string, error) {
	signing, err := k.signing.Bytes()
	if err != nil {
		return "", err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\nsigning %s\nindex %s\nrecovery %s\n", heading, b64(signing), b64(k.index), b64(k.recovery))
	for _, r := range k.retired {
		fmt.Fprintf(&b, "retired %s %s\n", r.Day, r.Name)
	}
	for _, d := range k.intake {
		raw, err := d.key.Bytes()
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&b, "intake %s %s\n", d.day, b64(raw))
	}
	return b.String(), nil
}

// parse reads what text wrote.
func parse(text string) (*Keys, error) {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	if lines[0] != heading {
		return nil, errors.New("is no file of concern keys")
	}
	k := &Keys{}
	for _, line := range lines[1:] {
		if err := k.take(strings.Fields(line)); err != nil {
			return nil, errDamaged
		}
	}
	if k.signing == nil || k.index == nil || k.recovery == nil || len(k.intake) == 0 {
		return nil, errDamaged
	}
	return k, nil
}

var nameShape = regexp.MustCompile(`^[0-9a-f]{16}$`)

// take reads one line of the file.
func (k *Keys) take(words []string) error {
	if len(words) == 0 || strings.HasPrefix(words[0], "#") {
		return nil
	}
	if len(words) < 2 {
		return errDamaged
	}
	if words[0] == "retired" || words[0] == "intake" {
		return k.takeDated(words)
	}
	raw, err := unb64(words[1])
	if err != nil || len(words) != 2 {
		return errDamaged
	}
	switch {
	case words[0] == "signing" && k.signing == nil:
		k.signing, err = ecdsa.ParseRawPrivateKey(elliptic.P256(), raw)
		return err
	case words[0] == "index" && len(raw) == 32 && k.index == nil:
		k.index = raw
	case words[0] == "recovery" && k.recovery == nil:
		k.recovery = raw
		_, err := hpke.DHKEM(ecdh.P256()).NewPublicKey(raw)
		return err
	default:
		return errDamaged
	}
	return nil
}

func (k *Keys) takeDated(words []string) error {
	if len(words) != 3 {
		return errDamaged
	}
	if _, err := time.Parse(time.DateOnly, words[1]); err != nil {
		return err
	}
	if words[0] == "retired" {
		if !nameShape.MatchString(words[2]) {
			return errDamaged
		}
		k.retired = append(k.retired, Retired{words[1], words[2]})
		return nil
	}
	key, err := privateText(words[2])
	if err != nil {
		return err
	}
	k.intake = append(k.intake, dated{words[1], key})
	return nil
}

func privateText(text string) (*private, error) {
	raw, err := unb64(text)
	if err != nil {
		return nil, err
	}
	key, err := hpke.DHKEM(ecdh.P256()).NewPrivateKey(raw)
	if err != nil {
		return nil, err
	}
	return privateOf(key), nil
}

// Missing says whether err is of a key file that isn't there.
func Missing(err error) bool { return errors.Is(err, fs.ErrNotExist) }

// ReadFile reads the key file. An absent one is fs.ErrNotExist.
func ReadFile(name string) (*Keys, error) {
	raw, err := readPrivate(name)
	if err != nil {
		return nil, err
	}
	k, err := parse(raw)
	if err != nil {
		return nil, fmt.Errorf("the file %s %w", name, orDamaged(err))
	}
	return k, nil
}

func orDamaged(err error) error {
	if errors.Is(err, errDamaged) {
		return errors.New("is damaged")
	}
	return err
}

func readPrivate(name string) (string, error) {
	info, err := os.Stat(name)
	if err != nil {
		return "", err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return "", fmt.Errorf("the key file %s can be read by others on this machine: chmod 600 it", name)
	}
	raw, err := os.ReadFile(name)
	return string(raw), err
}

// WriteFile writes the key file for its owner alone, whole or not at all, and on
// disk when it returns. first: there must be none yet.
func (k *Keys) WriteFile(name string, first bool) error {
	text, err := k.text()
	if err != nil {
		return err
	}
	if first {
		return createPrivate(name, text)
	}
	next := name + ".new"
	if err := os.Remove(next); err != nil && !Missing(err) {
		return err // of a write that was cut off
	}
	if err := createPrivate(next, text); err != nil {
		return err
	}
	if err := os.Rename(next, name); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(name))
}

// WriteFile writes the recovery key, once: it is to be carried away.
func (r *Recovery) WriteFile(name string) error {
	raw, err := r.key.key.Bytes()
	if err != nil {
		return err
	}
	return createPrivate(name, recoveryHeading+"\n"+b64(raw)+"\n")
}

// ReadRecovery reads the recovery key.
func ReadRecovery(name string) (*Recovery, error) {
	text, err := readPrivate(name)
	if err != nil {
		return nil, err
	}
	first, second, _ := strings.Cut(strings.TrimSpace(text), "\n")
	if first != recoveryHeading {
		return nil, fmt.Errorf("the file %s is no recovery key of concerns", name)
	}
	key, err := privateText(strings.TrimSpace(second))
	if err != nil {
		return nil, fmt.Errorf("the file %s is damaged", name)
	}
	return &Recovery{key}, nil
}

func createPrivate(name, text string) error {
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
