package backup

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"filippo.io/age"
)

// tight is a file on a disk with room for so many bytes, whose fsync may fail.
type tight struct {
	*os.File
	room    int
	unsound bool
}

func (f *tight) Write(p []byte) (int, error) {
	if len(p) > f.room {
		n, _ := f.File.Write(p[:f.room])
		f.room = 0
		return n, syscall.ENOSPC
	}
	f.room -= len(p)
	return f.File.Write(p)
}

func (f *tight) Sync() error {
	if f.unsound {
		return syscall.EIO
	}
	return f.File.Sync()
}

// Ensure that a disk that is full at any point of a backup, or fails to keep it,
// leaves no file, neither whole nor in part.
func TestWrite_AFullDiskLeavesNothing(t *testing.T) {
	db := filepath.Join(t.TempDir(), "data.db")
	if err := os.WriteFile(db, make([]byte, 1<<16), 0o600); err != nil {
		t.Fatal(err)
	}
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	write := func(dir string, room int, unsound bool) error {
		d := Disk{func(dir, pattern string) (file, error) {
			f, err := os.CreateTemp(dir, pattern)
			return &tight{f, room, unsound}, err
		}}
		m := Manifest{Format: Format, At: "2026-06-04T11:00:00Z"}
		_, err := d.Write(filepath.Join(dir, "b"), db, &m, []age.Recipient{id.Recipient()}, func(int64) {})
		return err
	}
	fits := 0
	for room := 0; fits == 0; room += 10 {
		dir := t.TempDir()
		err := write(dir, room, false)
		left, _ := os.ReadDir(dir)
		switch {
		case err == nil && len(left) == 1:
			fits = room
		case !errors.Is(err, syscall.ENOSPC) || len(left) > 0:
			t.Fatalf("with room for %d bytes: %v, and %d files are left", room, err, len(left))
		}
	}
	dir := t.TempDir()
	err = write(dir, fits, true)
	if left, _ := os.ReadDir(dir); !errors.Is(err, syscall.EIO) || len(left) > 0 {
		t.Errorf("with a disk that doesn't keep it: %v, and %d files are left", err, len(left))
	}
}
