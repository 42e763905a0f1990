package seal

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// heading says to whoever finds the file what it is.
const heading = "kith transport key 1"

// Read reads the key file. An absent one is fs.ErrNotExist.
func Read(name string) (*Key, error) {
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
	first, second, _ := strings.Cut(strings.TrimSpace(string(raw)), "\n")
	if first != heading {
		return nil, fmt.Errorf("%s is no key file of Kith", name)
	}
	bytes, err := base64.RawURLEncoding.DecodeString(strings.TrimSpace(second))
	if err != nil {
		return nil, fmt.Errorf("the key file %s is damaged", name)
	}
	key, err := KeyOfBytes(bytes)
	if err != nil {
		return nil, fmt.Errorf("the key file %s is damaged", name)
	}
	return key, nil
}

// Make makes a key file that isn't there yet, for its owner alone, and on disk
// when it returns.
func Make(name string) (*Key, error) {
	key, err := NewKey()
	if err != nil {
		return nil, err
	}
	bytes, err := key.private.Bytes()
	if err != nil {
		return nil, err
	}
	text := heading + "\n" + base64.RawURLEncoding.EncodeToString(bytes) + "\n"
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	_, err = f.WriteString(text)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return nil, errors.Join(err, os.Remove(name))
	}
	return key, syncFolder(filepath.Dir(name))
}

func syncFolder(name string) error {
	folder, err := os.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

// Missing says whether err is of a key file that isn't there.
func Missing(err error) bool { return errors.Is(err, fs.ErrNotExist) }
