// Package backup is what a backup of Kith is as a file: one tar with a manifest
// and the database, compressed with zstd and encrypted with age, so that these
// three tools open it where there is no Kith any more:
//
//	age -d -i KEY FILE | zstd -d | tar x
//
// A file is written under another name, to the disk, and gets its own name only
// then; whatever is read is checked to its last byte before anything is done
// with it. Which rows are in it is not this package's business.
package backup

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"filippo.io/age"
)

// Format is the first word of every manifest.
const Format = "kith backup 1"

// Manifest says what is in a backup. It names nobody.
type Manifest struct {
	Format  string `json:"format"`
	Version string `json:"version"` // of the Kith that made it
	At      string `json:"at"`
	Epoch   string `json:"epoch"`
	Seq     int64  `json:"seq"`
	Audit   string `json:"audit"` // head of the audit, as kith audit head prints it
	Bytes   int64  `json:"bytes"` // of the database
	SHA256  string `json:"sha256"`
}

// The names inside of the tar.
const (
	manifestName = "manifest.json"
	databaseName = "data.db"
)

// How the three kinds of files begin that Read takes.
const (
	ageBegins    = "age-encryption.org/v1\n"
	zstdBegins   = "\x28\xb5\x2f\xfd"
	sqliteBegins = "SQLite format 3\x00"
)

// Recipients reads whom a backup is encrypted to: age's public keys, a line
// each, of a file's content or of an environment variable, where spaces or
// commas may stand for line ends.
func Recipients(text string) ([]age.Recipient, error) {
	if !strings.Contains(text, "\n") {
		text = strings.NewReplacer(" ", "\n", ",", "\n").Replace(text)
	}
	r, err := age.ParseRecipients(strings.NewReader(text))
	if err != nil {
		return nil, fmt.Errorf("that is not a list of age's public keys, each beginning with age1: %w", err)
	}
	return r, nil
}

// Identities reads the secret keys that open a backup from a file.
func Identities(name string) ([]age.Identity, error) {
	raw, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	ids, err := age.ParseIdentities(bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("%s is not a file of age's secret keys, each beginning with AGE-SECRET-KEY-: %w", name, err)
	}
	return ids, nil
}

// MakeKey writes a new secret key to a file that must not be there yet, and
// returns the public one.
func MakeKey(name string) (public string, err error) {
	id, err := age.GenerateX25519Identity()
	if err != nil {
		return "", err
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", err
	}
	public = id.Recipient().String()
	_, err = fmt.Fprintf(f, "# Opens the backups of Kith that were made for\n# %s\n%s\n", public, id)
	return public, errors.Join(err, f.Sync(), f.Close())
}

// begins says how a reader's next bytes begin.
func begins(r io.ReaderAt, with string) bool {
	head := make([]byte, len(with))
	n, _ := r.ReadAt(head, 0) // what is too short begins with nothing
	return string(head[:n]) == with
}

// IsDatabase looks at how a file begins, and fails for one that is no SQLite
// database, without having SQLite touch it.
func IsDatabase(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	if !begins(f, sqliteBegins) {
		return fmt.Errorf("%s is no database", name)
	}
	return nil
}
