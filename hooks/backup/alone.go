package backup

import (
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"kith/internal/backup"
)

// ErrInUse says that somebody works on the folder.
var ErrInUse = errors.New("a server, or another command, is using this data folder: stop it first")

// ErrRestoring says that a restore works on it.
var ErrRestoring = errors.New("a backup is being put back into this data folder: wait until that is done")

// ErrServed says that another server is there.
var ErrServed = errors.New("a server serves this data folder already: stop it first, or give this one another --dir")

// Register makes whoever opens the community hold its folder while they do, side
// by side with all others, so that no backup is put back under them.
//
// NB! It is the folder itself that is held, by flock: that leaves no file behind,
// and ends with the process however it dies.
func Register(app core.App) {
	whileItRuns(app, 0, func(dir string) (*os.File, error) { return hold(dir, syscall.LOCK_SH, ErrRestoring) })
}

// ServeAlone makes the server the only one of its folder. Who finds another there
// waits for so long, since that may be stopping, and then refuses.
//
// NB! Other verbs hold the folder beside the server, so that this is a lock of its
// own. Its file stays; the lock on it ends with the process however it dies. It is not
// data.db: whoever closes that, drops SQLite's own locks.
func ServeAlone(app core.App, wait time.Duration) {
	const first = -1 // before anything in the folder is opened, and so mended
	whileItRuns(app, first, func(dir string) (*os.File, error) { return holdFile(dir, wait) })
}

// whileItRuns takes a lock on the folder when the community is opened, and lets it go at
// the end.
func whileItRuns(app core.App, priority int, take func(dir string) (*os.File, error)) {
	var held *os.File
	app.OnBootstrap().Bind(&hook.Handler[*core.BootstrapEvent]{Priority: priority, Func: func(e *core.BootstrapEvent) (err error) {
		if held == nil {
			if held, err = take(e.App.DataDir()); err != nil {
				return err
			}
		}
		return e.Next()
	}})
	app.OnTerminate().BindFunc(func(e *core.TerminateEvent) error {
		err := e.Next()
		if held != nil {
			err = errors.Join(err, held.Close())
			held = nil
		}
		return err
	})
}

func holdFile(dir string, wait time.Duration) (*os.File, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(filepath.Join(dir, "serving"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	for end := time.Now().Add(wait); ; time.Sleep(20 * time.Millisecond) {
		if err = flock(f, syscall.LOCK_EX, ErrServed); err == nil {
			return f, nil
		}
		if !errors.Is(err, ErrServed) || time.Now().After(end) {
			return nil, errors.Join(fmt.Errorf("%s: %w", dir, err), f.Close())
		}
	}
}

func hold(dir string, how int, taken error) (*os.File, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	d, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	if err := flock(d, how, taken); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

func flock(f *os.File, how int, taken error) error {
	err := syscall.Flock(int(f.Fd()), how|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return taken
	}
	return err
}

// standing is the database that is in a folder before a restore, held so that
// nobody else opens it. db is nil where it can't be read at all.
type standing struct {
	folder *os.File
	path   string
	there  bool
	broken error
	db     *dbx.DB
}

// takeHold takes the folder, and the database in it.
func takeHold(data string) (*standing, error) {
	folder, err := hold(data, syscall.LOCK_EX, ErrInUse)
	if err != nil {
		return nil, err
	}
	s := &standing{folder: folder, path: filepath.Join(data, "data.db")}
	if _, err := os.Lstat(s.path); errors.Is(err, os.ErrNotExist) {
		return s, nil
	} else if err != nil {
		return nil, errors.Join(err, folder.Close())
	}
	s.there = true
	switch err := s.open(); {
	case isBusy(err): // sqlite3, or a Kith of before this was so
		return nil, errors.Join(ErrInUse, s.close())
	case err != nil:
		s.broken = err
		if s.db != nil {
			_ = s.db.Close() // it can't be read anyway
			s.db = nil
		}
	}
	return s, nil
}

// open takes an exclusive lock that stays for as long as the connection does.
//
// NB! SQLite deletes the log beside a file that is no database of its own.
func (s *standing) open() error {
	if err := backup.IsDatabase(s.path); err != nil {
		return err
	}
	abs, err := filepath.Abs(s.path)
	if err != nil {
		return err
	}
	at := url.URL{Scheme: "file", Path: abs, RawQuery: "mode=rw&_pragma=busy_timeout(0)&_pragma=locking_mode(EXCLUSIVE)&_pragma=synchronous(FULL)"}
	db, err := sql.Open("sqlite", at.String())
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(1)
	db.SetConnMaxLifetime(0)
	s.db = dbx.NewFromDB(db, "sqlite")
	for _, q := range []string{"BEGIN EXCLUSIVE", "SELECT count(*) FROM sync_meta", "COMMIT"} {
		if _, err := db.Exec(q); err != nil {
			return err
		}
	}
	return nil
}

func isBusy(err error) bool {
	var e *sqlite.Error
	return errors.As(err, &e) && (e.Code()&0xff == sqlite3.SQLITE_BUSY || e.Code()&0xff == sqlite3.SQLITE_LOCKED)
}

// close lets go of everything.
func (s *standing) close() error {
	var err error
	if s.db != nil {
		err = s.db.Close()
	}
	return errors.Join(err, s.folder.Close())
}

// giveWay puts the database in the file fresh in the place of what stands there,
// which is kept under the name aside. Whenever the machine dies, data.db is the
// one or the other, whole.
func (s *standing) giveWay(fresh, aside string) error {
	if err := s.keep(aside); err != nil {
		return err
	}
	if err := s.handOver(fresh); err != nil {
		return err
	}
	if err := os.Rename(fresh, s.path); err != nil {
		return err
	}
	return s.folder.Sync()
}

// handOver gives the database to whom the folder belongs: root may put back what
// the server's own user has to open.
func (s *standing) handOver(fresh string) error {
	info, err := s.folder.Stat()
	if err != nil {
		return err
	}
	if owner, is := info.Sys().(*syscall.Stat_t); is && os.Geteuid() == 0 {
		return os.Chown(fresh, int(owner.Uid), int(owner.Gid))
	}
	return nil
}

// keep gives what stands there a second name.
//
// NB! No -wal and -shm of it may be left when the other takes its place: SQLite
// would play them into that. A database that can be read takes its -wal in
// itself; of one that can't, they go along.
func (s *standing) keep(aside string) error {
	if s.db != nil {
		var mode string
		if err := s.db.NewQuery("PRAGMA journal_mode=DELETE").Row(&mode); err != nil {
			return err
		}
		if mode != "delete" {
			return fmt.Errorf("the old database stays in the mode %s", mode)
		}
	}
	if s.there {
		if err := os.Link(s.path, aside); err != nil {
			return err
		}
	}
	for _, tail := range []string{"-wal", "-shm"} {
		if err := os.Rename(s.path+tail, aside+tail); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return s.folder.Sync()
}
