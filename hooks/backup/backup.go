// Package backup is the room of `kith backup` and `kith restore`: a copy of the
// community that is whole, encrypted before it leaves the machine, and put back
// with all that a restore has to do, in one step, so that nothing of it can be
// forgotten. What a backup is as a file is internal/backup.
package backup

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"filippo.io/age"
	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/spf13/cobra"

	"kith/internal/audit"
	"kith/internal/backup"
)

// NotedIn is the file in the data folder that says when the last backup was made.
const NotedIn = "backup.json"

// Note is what stands there.
type Note struct {
	At        string `json:"at"`
	File      string `json:"file"`
	Bytes     int64  `json:"bytes"` // of the file
	Encrypted bool   `json:"encrypted"`
	Epoch     string `json:"epoch"`
	Seq       int64  `json:"seq"`
	Audit     string `json:"audit"`
}

// Settings are what the environment says, and the version of this Kith.
type Settings struct {
	Version string
	To      string // recipients; empty: none are set
}

// Command is `kith backup`.
func Command(app core.App, s Settings) *cobra.Command {
	var to, recipients string
	var plain bool
	c := &cobra.Command{
		Use: "backup", Short: "Makes a backup, encrypted, while the server goes on", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			keys, err := whoFor(recipients, s.To, plain)
			if err != nil {
				return err
			}
			note, err := Make(c.Context(), app.DataDir(), to, s.Version, keys, time.Now(), onTerminal(c.ErrOrStderr()))
			if err != nil {
				return fmt.Errorf("there is no new backup: %w", err)
			}
			return json.NewEncoder(c.OutOrStdout()).Encode(note)
		},
	}
	c.Flags().StringVar(&to, "to", ".", "a folder that is there, or the file to write, such as town.tar.zst.age, which must not be")
	c.Flags().StringVar(&recipients, "recipients", "", "a file of age's public keys, a line each; without it KITH_BACKUP_TO has them")
	c.Flags().BoolVar(&plain, "plain", false, "leave it readable for everybody who gets hold of it")
	c.AddCommand(keyCommand())
	return c
}

func keyCommand() *cobra.Command {
	return &cobra.Command{
		Use: "key FILE", Short: "Makes a key for backups: the secret half into a file, to be kept elsewhere; prints the public half", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			public, err := backup.MakeKey(args[0])
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(c.OutOrStdout(), "%s\nThat is the public key: put it into KITH_BACKUP_TO. The secret key lies in %s: take it off this machine, and keep two copies. Without it no backup opens.\n", public, args[0])
			return err
		},
	}
}

// whoFor reads the recipients; without any a backup is made only if a plain one
// was asked for.
func whoFor(file, fromEnvironment string, plain bool) ([]age.Recipient, error) {
	text := fromEnvironment
	if file != "" {
		raw, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		text = string(raw)
	}
	switch {
	case plain && file != "":
		return nil, errors.New("--plain and --recipients do not go together")
	case plain:
		return nil, nil
	case text == "":
		return nil, errors.New("nobody is named whom the backup is for: make a key with \"kith backup key FILE\", and name its public half in KITH_BACKUP_TO or --recipients. (--plain leaves it readable for everybody)")
	}
	return backup.Recipients(text)
}

// Make writes a backup of the community in the folder data to a file, or into a
// folder under a name that says when. told hears how far it is.
func Make(ctx context.Context, data, to, version string, keys []age.Recipient, now time.Time, told progress) (note Note, err error) {
	from := filepath.Join(data, "data.db")
	if _, err := os.Stat(from); err != nil {
		return Note{}, fmt.Errorf("%s holds no community: %w", data, err)
	}
	if to, err = target(to, len(keys) > 0, now); err != nil {
		return note, err
	}
	// In the data folder, because what lies there is as well kept as the database itself.
	dir, err := scratch(data, ".backup-")
	if err != nil {
		return Note{}, err
	}
	defer os.RemoveAll(dir)
	copied := filepath.Join(dir, "data.db")
	if err := backup.Copy(ctx, from, copied, told.step("Copying")); err != nil {
		return Note{}, err
	}
	if err := backup.Check(ctx, copied); err != nil {
		return Note{}, fmt.Errorf("%w. Ask kith doctor", err)
	}
	m, err := facts(copied)
	if err != nil {
		return Note{}, err
	}
	m.Format, m.Version, m.At = backup.Format, version, now.UTC().Format(time.RFC3339)
	size, err := backup.ThisDisk().Write(to, copied, &m, keys, told.upTo("Writing", &m.Bytes))
	if err != nil {
		return Note{}, err
	}
	told.end()
	note = Note{At: m.At, File: to, Bytes: size, Encrypted: len(keys) > 0, Epoch: m.Epoch, Seq: m.Seq, Audit: m.Audit}
	return note, remember(data, note)
}

// target is the file that a backup goes into: to, or in the folder to one whose name
// says when.
//
// NB! No folder is made, and a name with nothing behind a dot is taken for that of a
// folder that isn't there: a disk that was not mounted must not be mistaken for one.
func target(to string, encrypted bool, now time.Time) (string, error) {
	info, err := os.Stat(to)
	switch {
	case to == "":
		return "", errors.New("--to is empty: name a folder that is there, or a file")
	case err == nil && info.IsDir():
		name := "kith-" + now.UTC().Format("20060102-150405") + ".tar.zst"
		if encrypted {
			name += ".age"
		}
		to = filepath.Join(to, name)
	case errors.Is(err, os.ErrNotExist) && (os.IsPathSeparator(to[len(to)-1]) || filepath.Ext(to) == ""):
		return "", fmt.Errorf("there is no folder %s: make it first, or name a file that ends in .tar.zst.age", to)
	}
	return filepath.Abs(to)
}

// facts reads what a manifest says of a database.
func facts(name string) (m backup.Manifest, err error) {
	db, err := backup.Open(name)
	if err != nil {
		return m, err
	}
	defer db.Close()
	b := dbx.NewFromDB(db, "sqlite")
	if err := b.NewQuery("SELECT epoch, seq FROM sync_meta").Row(&m.Epoch, &m.Seq); err != nil {
		return m, fmt.Errorf("this is no database of Kith's: %w", err)
	}
	head, err := audit.Last(b)
	m.Audit = head.String()
	return m, err
}

func remember(data string, note Note) error {
	raw, err := json.Marshal(note)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(data, NotedIn), append(raw, '\n'), 0o600)
}

// scratch makes a folder in the data folder, and takes away those that a killed
// run left behind.
func scratch(data, prefix string) (string, error) {
	left, err := filepath.Glob(filepath.Join(data, prefix+"*"))
	if err != nil {
		return "", err
	}
	for _, old := range left {
		if info, err := os.Stat(old); err == nil && time.Since(info.ModTime()) > time.Hour { // not one of now
			if err := os.RemoveAll(old); err != nil {
				return "", err
			}
		}
	}
	return os.MkdirTemp(data, prefix)
}

// progress tells a person at a terminal how far something is; nil tells nobody.
type progress func(what string, done, of int64)

// onTerminal writes progress to w if somebody sits there.
func onTerminal(w io.Writer) progress {
	f, is := w.(*os.File)
	if !is {
		return nil
	}
	if info, err := f.Stat(); err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return nil
	}
	last := time.Time{}
	return func(what string, done, of int64) {
		if now := time.Now(); of > 0 && now.Sub(last) > 200*time.Millisecond {
			last = now
			fmt.Fprintf(f, "\r%s: %3d %% of %d MB ", what, min(done*100/of, 100), of>>20)
		}
		if what == "" {
			fmt.Fprint(f, "\r\033[K")
		}
	}
}

func (p progress) step(what string) func(done, of int64) {
	return func(done, of int64) {
		if p != nil {
			p(what, done, of)
		}
	}
}

// upTo is for what knows how much it has done, but not of how much.
func (p progress) upTo(what string, of *int64) func(int64) {
	return func(done int64) {
		if p != nil {
			p(what, done, *of)
		}
	}
}

func (p progress) end() {
	if p != nil {
		p("", 0, 0)
	}
}
