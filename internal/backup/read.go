package backup

import (
	"archive/tar"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"filippo.io/age"
	"github.com/klauspost/compress/zstd"
)

// What can be wrong with a file, in words for whoever holds it.
var (
	ErrKey     = errors.New("this key does not open this backup: it was made for another one")
	ErrNoKey   = errors.New("this backup is encrypted: name the file of its secret key with --key")
	ErrNotOne  = errors.New("this file is not a backup of Kith")
	ErrDamaged = errors.New("this backup is damaged: it was cut short or changed after it was written. Take another one")
)

// Read checks the backup from to its last byte, and leaves its database in the
// file db, which must not be there yet. A bare SQLite file, as backups were
// before there were manifests, is taken too; it has no manifest, and Format is
// empty. Errors: ErrKey, ErrNoKey, ErrNotOne, ErrDamaged, or what the disk says.
func Read(from, db string, ids []age.Identity, told func(int64)) (m Manifest, err error) {
	f, err := os.Open(from)
	if err != nil {
		return m, err
	}
	defer f.Close()
	var plain io.Reader = &counted{f, 0, told}
	switch {
	case begins(f, sqliteBegins):
		return m, save(db, plain, nil)
	case begins(f, ageBegins) && len(ids) == 0:
		return m, ErrNoKey
	case begins(f, ageBegins):
		if plain, err = age.Decrypt(plain, ids...); err != nil {
			var other *age.NoIdentityMatchError
			if errors.As(err, &other) {
				return m, ErrKey
			}
			return m, fmt.Errorf("%w (%w)", ErrDamaged, err)
		}
	case !begins(f, zstdBegins):
		return m, ErrNotOne
	}
	m, err = unpack(plain, db)
	if err != nil {
		_ = os.Remove(db) // best effort: it lies in a folder that goes as well
	}
	return m, err
}

// unpack reads the whole of a tar. NB! To the end of plain, too: only there does
// age say whether the file was cut short.
func unpack(plain io.Reader, db string) (m Manifest, err error) {
	z, err := zstd.NewReader(plain, zstd.WithDecoderConcurrency(1))
	if err != nil {
		return m, damaged(err)
	}
	defer z.Close()
	t := tar.NewReader(z)
	if h, err := t.Next(); err != nil || h.Name != manifestName || h.Size > 1<<16 {
		return m, damaged(err)
	}
	if err := json.NewDecoder(t).Decode(&m); err != nil {
		return m, damaged(err)
	}
	if m.Format != Format {
		return m, fmt.Errorf("this backup was made by another Kith (%q, of %s): take the version of Kith that made it", m.Format, m.Version)
	}
	if h, err := t.Next(); err != nil || h.Name != databaseName || h.Size != m.Bytes {
		return m, damaged(err)
	}
	sum := sha256.New()
	if err := save(db, t, sum); err != nil {
		return m, err
	}
	if hex.EncodeToString(sum.Sum(nil)) != m.SHA256 {
		return m, damaged(nil)
	}
	if _, err := t.Next(); !errors.Is(err, io.EOF) {
		return m, damaged(err)
	}
	if _, err := io.Copy(io.Discard, z); err != nil {
		return m, damaged(err)
	}
	if _, err := io.Copy(io.Discard, plain); err != nil {
		return m, damaged(err)
	}
	return m, nil
}

func damaged(err error) error {
	if err == nil {
		return ErrDamaged
	}
	return fmt.Errorf("%w (%w)", ErrDamaged, err)
}

// reading is an error of the source, as opposed to one of our own disk.
type reading struct{ io.Reader }

func (r reading) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = damaged(err)
	}
	return n, err
}

// save writes all of r to a new file, and to the disk.
func save(name string, r io.Reader, also io.Writer) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	var to io.Writer = f
	if also != nil {
		to = io.MultiWriter(f, also)
	}
	_, err = io.Copy(to, reading{r})
	return errors.Join(err, f.Sync(), f.Close())
}
