package doctor

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"kith/internal/limits"
	"kith/internal/seal"
)

func (e *examination) file(name string) string { return filepath.Join(e.data, name) }

// machine looks at what lies around the database.
func (e *examination) machine() {
	e.folder()
	e.disk()
	e.log()
	e.transportKey()
	e.backups()
	e.replaced()
}

func (e *examination) folder() {
	info, err := os.Stat(e.data)
	switch {
	case err != nil:
		e.wrong("folder", err.Error(), "name the folder of the community with --dir")
	case info.Mode().Perm()&0o077 != 0:
		e.wrong("folder", fmt.Sprintf("%s is open to other users of this machine (%v)", e.data, info.Mode().Perm()), "chmod 700 "+e.data)
	default:
		e.well("folder", "only its owner can open it")
	}
}

func (e *examination) disk() {
	var fs syscall.Statfs_t
	if err := syscall.Statfs(e.data, &fs); err != nil {
		e.wrong("disk", err.Error(), "see whether the disk is there")
		return
	}
	free := int64(fs.Bavail) * fs.Bsize //nolint:gosec // no disk is that large
	need := 2*e.size("data.db") + limits.DiskSpare
	says := fmt.Sprintf("%d MB are free", free>>20)
	switch {
	case free < limits.DiskSpare:
		e.wrong("disk", says, "make room: what phones send is refused once it is full")
	case free < need:
		e.note("disk", says, fmt.Sprintf("make room for %d MB: the nightly run writes the database anew, and a backup copies it", need>>20))
	default:
		e.well("disk", says)
	}
}

func (e *examination) size(name string) int64 {
	info, err := os.Stat(e.file(name))
	if err != nil {
		return 0
	}
	return info.Size()
}

func (e *examination) log() {
	size := e.size("data.db-wal")
	says := fmt.Sprintf("the log of the database is %d MB", size>>20)
	if size > limits.LogRunaway {
		e.wrong("log", says, "somebody reads the database and does not let go, such as an open sqlite3: end that, or start the server again")
		return
	}
	e.well("log", says)
}

func (e *examination) transportKey() {
	name, err := e.key.Transport()
	if err == nil {
		_, err = seal.Read(name)
	}
	switch {
	case err == nil:
		e.well("transport key", "it is there, and its owner's alone")
	case seal.Missing(err) && !e.promised():
		e.note("transport key", "there is none yet", "nothing: the server makes it at its first start")
	case seal.Missing(err):
		e.wrong("transport key", "the file "+name+" is missing, and phones have sealed to it", "put it back; if it is lost for good: kith keys new")
	default:
		e.wrong("transport key", err.Error(), "put right what it says")
	}
}

// replaced looks for databases that a restore kept: whoever was erased since is in
// them.
func (e *examination) replaced() {
	names, err := filepath.Glob(e.file("data.db.before-*"))
	if err != nil || len(names) == 0 {
		return
	}
	c := Check{Name: "old databases", State: Note, Says: "a restore kept what it replaced; who was erased is in it", Do: "delete it once the new one is known to be good", Found: names}
	for _, name := range names {
		if info, err := os.Stat(name); err == nil && e.now.Sub(info.ModTime()) > limits.BackupKept {
			c.State, c.Says = Wrong, "a database of before a restore is kept for longer than the privacy notice says"
		}
	}
	e.add(c)
}

// backups looks at what the last one said of itself.
func (e *examination) backups() {
	raw, err := os.ReadFile(e.file("backup.json"))
	if errors.Is(err, os.ErrNotExist) {
		e.note("backup", "none was ever made by kith backup", "kith backup, once a day: docs/operations.md")
		return
	}
	var last struct {
		At        time.Time `json:"at"`
		Encrypted bool      `json:"encrypted"`
	}
	if err == nil {
		err = json.Unmarshal(raw, &last)
	}
	switch age := e.now.Sub(last.At); {
	case err != nil:
		e.wrong("backup", "what the last one said can't be read: "+err.Error(), "make one")
	case age > limits.BackupAge:
		e.wrong("backup", "the last one is of "+last.At.Format(time.RFC3339), "make one, and see why there is none each day")
	case !last.Encrypted:
		e.note("backup", "the last one, of "+last.At.Format(time.RFC3339)+", is readable for whoever has it", "leave out --plain")
	default:
		e.well("backup", "the last one is of "+last.At.Format(time.RFC3339))
	}
}
