package backup

import (
	"archive/tar"
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"filippo.io/age"
	"github.com/klauspost/compress/zstd"
)

// file is what Write needs of one.
type file interface {
	io.ReadWriteSeeker
	io.Closer
	Name() string
	Sync() error
}

// Disk is where a backup is written to.
type Disk struct {
	create func(dir, pattern string) (file, error)
}

// ThisDisk is the real one.
func ThisDisk() Disk {
	return Disk{func(dir, pattern string) (file, error) { return os.CreateTemp(dir, pattern) }}
}

// part is how files are called that are not whole yet.
const part = ".part"

// Write puts the database in the file db, of which m tells, into the backup to,
// encrypted to the recipients; with none it is only compressed. It fills in the
// manifest's Bytes and SHA256, and returns the size of what was written. to must
// not be there yet, and is there afterwards whole or not at all. told hears how
// many bytes of the database went in.
func (d Disk) Write(to, db string, m *Manifest, recipients []age.Recipient, told func(int64)) (size int64, err error) {
	if _, err := os.Lstat(to); err == nil {
		return 0, fmt.Errorf("%s is there already: name another file, or a folder", to)
	}
	if m.Bytes, m.SHA256, err = digest(db); err != nil {
		return 0, err
	}
	forgetParts(filepath.Dir(to))
	f, err := d.create(filepath.Dir(to), "."+filepath.Base(to)+".*"+part)
	if err != nil {
		return 0, err
	}
	defer func() {
		err = errors.Join(err, f.Close())
		if err != nil {
			_ = os.Remove(f.Name()) // best effort: it is a part, and the next backup takes it away
		}
	}()
	sum := sha256.New()
	if err := pack(io.MultiWriter(f, sum), db, m, recipients, told); err != nil {
		return 0, err
	}
	if err := f.Sync(); err != nil {
		return 0, err
	}
	if size, err = same(f, sum.Sum(nil)); err != nil {
		return 0, err
	}
	// NB! Not a rename, which would take the place of what came to be there meanwhile.
	if err := os.Link(f.Name(), to); err != nil {
		return 0, err
	}
	return size, errors.Join(os.Remove(f.Name()), syncFolder(filepath.Dir(to)))
}

// pack writes the tar through zstd and age. Everything is closed in order: what
// is not closed is not whole, and Read says so.
func pack(out io.Writer, db string, m *Manifest, recipients []age.Recipient, told func(int64)) error {
	buffered := bufio.NewWriterSize(out, 1<<20)
	closers := []func() error{buffered.Flush}
	var to io.Writer = buffered
	if len(recipients) > 0 {
		sealed, err := age.Encrypt(to, recipients...)
		if err != nil {
			return err
		}
		to, closers = sealed, append(closers, sealed.Close)
	}
	squeezed, err := zstd.NewWriter(to, zstd.WithEncoderConcurrency(1))
	if err != nil {
		return err
	}
	t := tar.NewWriter(squeezed)
	closers = append(closers, squeezed.Close, t.Close)
	if err := fill(t, db, m, told); err != nil {
		_ = squeezed.Close() // lets go of its memory; what it wrote counts for nothing
		return err
	}
	for i := len(closers) - 1; i >= 0; i-- {
		if err := closers[i](); err != nil {
			return err
		}
	}
	return nil
}

func fill(t *tar.Writer, db string, m *Manifest, told func(int64)) error {
	about, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	at, err := time.Parse(time.RFC3339Nano, m.At)
	if err != nil {
		return err
	}
	entry := func(name string, size int64) error {
		return t.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: size, ModTime: at.Truncate(time.Second)})
	}
	if err := entry(manifestName, int64(len(about))); err != nil {
		return err
	}
	if _, err := t.Write(about); err != nil {
		return err
	}
	if err := entry(databaseName, m.Bytes); err != nil {
		return err
	}
	in, err := os.Open(db)
	if err != nil {
		return err
	}
	defer in.Close()
	_, err = io.Copy(t, &counted{in, 0, told})
	return err
}

// counted tells how much was read.
type counted struct {
	io.Reader
	n    int64
	told func(int64)
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n += int64(n)
	c.told(c.n)
	return n, err
}

func digest(name string) (size int64, sum string, err error) {
	f, err := os.Open(name)
	if err != nil {
		return 0, "", err
	}
	defer f.Close()
	h := sha256.New()
	size, err = io.Copy(h, f)
	return size, hex.EncodeToString(h.Sum(nil)), err
}

// same reads f again and compares it with what was meant to be written.
func same(f file, want []byte) (int64, error) {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return 0, err
	}
	h := sha256.New()
	size, err := io.Copy(h, f)
	if err == nil && string(h.Sum(nil)) != string(want) {
		err = errors.New("what stands on the disk is not what was written: is the disk well?")
	}
	return size, err
}

func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// forgetParts takes away what backups left behind that were killed. It is best
// effort: a part is in nobody's way.
func forgetParts(dir string) {
	names, _ := filepath.Glob(filepath.Join(dir, ".*"+part))
	for _, name := range names {
		if info, err := os.Stat(name); err == nil && time.Since(info.ModTime()) > 24*time.Hour {
			_ = os.Remove(name)
		}
	}
}
