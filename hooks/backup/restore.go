package backup

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"filippo.io/age"
	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/spf13/cobra"

	"kith/internal/audit"
	"kith/internal/backup"
)

// Opener makes a whole community of the database in a folder: migrated, with its
// triggers, and with all that features do. again erases members, as they were
// erased before, and returns those who were there to be erased.
type Opener func(dir string) (app core.App, again func(now time.Time, members []string) ([]string, error), err error)

// Restoring is one restore.
type Restoring struct {
	Data    string // the folder
	From    string // the backup
	Keys    []age.Identity
	Replace bool   // what stands there
	Audit   string // an export of the audit, where the database that knows of it is lost; may be empty
	Open    Opener
	Epoch   func(core.App) error
	Now     time.Time
	told    progress
}

// Restored is what came of it.
type Restored struct {
	Made   string `json:"made"` // when the backup was
	Was    string `json:"was"`  // the epoch and seq that it holds
	Epoch  string `json:"epoch"`
	Seq    int64  `json:"seq"`
	Kept   string `json:"kept,omitempty"`   // the database that stood there
	Erased int    `json:"erased"`           // people who were erased since, and are again
	Since  []Done `json:"since"`            // what else was done since, with power over others
	Unsure string `json:"unsure,omitempty"` // why it isn't known who was erased since
}

// Done is how often something was done.
type Done struct {
	Action string `json:"action"`
	Times  int    `json:"times"`
}

// RestoreCommand is `kith restore`.
func RestoreCommand(app core.App, open Opener, epoch func(core.App) error) *cobra.Command {
	r := Restoring{Open: open, Epoch: epoch}
	var key string
	c := &cobra.Command{
		Use: "restore FILE", Short: "Puts a backup back, with all that has to be done then", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) (err error) {
			if key == "" {
				key = os.Getenv("KITH_BACKUP_KEY")
			}
			if key != "" {
				if r.Keys, err = backup.Identities(key); err != nil {
					return err
				}
			}
			r.Data, r.From, r.Now, r.told = app.DataDir(), args[0], time.Now(), onTerminal(c.ErrOrStderr())
			out, err := r.Run(c.Context())
			if err != nil {
				return fmt.Errorf("nothing was put back: %w", err)
			}
			out.say(c.ErrOrStderr())
			return json.NewEncoder(c.OutOrStdout()).Encode(out)
		},
	}
	c.Flags().StringVar(&key, "key", "", "the file of the backup's secret key; without it KITH_BACKUP_KEY names it")
	c.Flags().BoolVar(&r.Replace, "replace", false, "take the place of the database that is there; it is kept beside the new one")
	c.Flags().StringVar(&r.Audit, "audit", "", "a file of \"kith audit export\" that is younger than the backup, where the database itself is lost: it says who was erased since")
	return c
}

func (r *Restored) say(w io.Writer) {
	fmt.Fprintf(w, "The backup of %s is back, in a new epoch. Devices fetch everything anew and bring back what is missing here.\n", r.Made)
	if r.Kept != "" {
		fmt.Fprintf(w, "The database that stood here is kept as %s. It holds what was erased: delete it when you no longer need it.\n", r.Kept)
	}
	if r.Unsure != "" {
		fmt.Fprintf(w, "Careful: %s. Who asked to be erased since the backup is back, and has to be erased again: give an export of the audit with --audit.\n", r.Unsure)
	} else {
		fmt.Fprintf(w, "%d people were erased since the backup, and have been erased again.\n", r.Erased)
	}
	for _, d := range r.Since {
		fmt.Fprintf(w, "Since then, and not in the backup: %d × %s. See whether it has to be done again.\n", d.Times, d.Action)
	}
}

// Run does all of it beside what stands there, and lets that give way at the very
// end: an error changes nothing.
func (r *Restoring) Run(ctx context.Context) (out *Restored, err error) {
	if _, err := os.Stat(r.From); err != nil {
		return nil, err
	}
	made := missing(r.Data)
	defer func() {
		if err != nil {
			for _, dir := range made {
				_ = os.Remove(dir) // one that something is in by now stays
			}
		}
	}()
	old, err := takeHold(r.Data)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, old.close()) }()
	if old.there && !r.Replace {
		return nil, fmt.Errorf("%s is there already: say --replace, which keeps it beside the new one", old.path)
	}
	dir, err := scratch(r.Data, ".restore-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	fresh := filepath.Join(dir, "data.db")
	m, err := r.unpack(ctx, fresh)
	if err != nil {
		return nil, err
	}
	rows, unsure := r.since(old, m)
	out = &Restored{Made: m.At, Was: fmt.Sprintf("%s/%d", m.Epoch, m.Seq), Since: counts(rows), Unsure: unsure}
	if err := r.revive(dir, rows, out); err != nil {
		return nil, err
	}
	if err := backup.Check(ctx, fresh); err != nil {
		return nil, err
	}
	if _, err := os.Lstat(fresh + "-wal"); !errors.Is(err, os.ErrNotExist) {
		return nil, errors.New("the new database could not be closed whole")
	}
	aside := filepath.Join(r.Data, "data.db.before-"+r.Now.UTC().Format("20060102-150405"))
	if err := old.giveWay(fresh, aside); err != nil {
		return nil, err
	}
	if old.there {
		out.Kept = aside
	}
	return out, nil
}

// missing are the folders that have to be made for this one, itself first.
func missing(dir string) (made []string) {
	for {
		if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
			return made
		}
		made = append(made, dir)
		dir = filepath.Dir(dir)
	}
}

// unpack reads the backup and holds it against its manifest.
func (r *Restoring) unpack(ctx context.Context, to string) (m backup.Manifest, err error) {
	size := int64(0)
	if info, err := os.Stat(r.From); err == nil {
		size = info.Size()
	}
	if m, err = backup.Read(r.From, to, r.Keys, r.told.upTo("Reading", &size)); err != nil {
		return m, err
	}
	r.told.end()
	if err := backup.Check(ctx, to); err != nil {
		return m, fmt.Errorf("%w (%w)", backup.ErrDamaged, err)
	}
	found, err := facts(to)
	if err != nil {
		return m, err
	}
	if m.Format == "" { // a bare database
		found.At = "an unknown time"
		return found, nil
	}
	if m.Epoch != found.Epoch || m.Seq != found.Seq || m.Audit != found.Audit {
		return m, fmt.Errorf("%w: it holds another database than it says", backup.ErrDamaged)
	}
	return m, nil
}

// since reads what was done since the backup from the audit of what stands there,
// or from an export of it, or says why it can't.
func (r *Restoring) since(old *standing, m backup.Manifest) (rows []audit.Row, unsure string) {
	head, err := audit.ParseHead(m.Audit)
	if err != nil {
		return nil, err.Error()
	}
	later := func(row *audit.Row) error {
		// NB! Of erasures all: whoever is still in the backup and was ever erased, is to be gone.
		if row.Number > head.Number || row.Action == erasure {
			rows = append(rows, *row)
		}
		return nil
	}
	switch {
	case r.Audit != "":
		err = exported(r.Audit, later)
	case old.db != nil:
		err = audit.Each(old.db, later)
	case old.broken != nil:
		err = fmt.Errorf("the database that stood here can't be read (%w)", old.broken)
	default:
		err = errors.New("no database stood here")
	}
	if err != nil {
		return rows, err.Error()
	}
	return rows, ""
}

const erasure = "people.erase"

// exported reads a file of kith audit export.
func exported(name string, f func(*audit.Row) error) error {
	in, err := os.Open(name)
	if err != nil {
		return err
	}
	defer in.Close()
	for d := json.NewDecoder(in); ; {
		var row audit.Row
		if err := d.Decode(&row); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("%s is not an export of the audit: %w", name, err)
		}
		if err := f(&row); err != nil {
			return err
		}
	}
}

func counts(rows []audit.Row) []Done {
	out := []Done{}
	for _, row := range rows {
		if row.Action == erasure {
			continue
		}
		i := slices.IndexFunc(out, func(d Done) bool { return d.Action == row.Action })
		if i < 0 {
			i, out = len(out), append(out, Done{Action: row.Action})
		}
		out[i].Times++
	}
	return out
}

// revive makes a community of the unpacked database: a new epoch, and without
// those who were erased since.
func (r *Restoring) revive(dir string, rows []audit.Row, out *Restored) error {
	app, again, err := r.Open(dir)
	if err != nil {
		return err
	}
	gone, err := r.renew(app, again, rows, out)
	out.Erased = len(gone)
	end := app.OnTerminate().Trigger(&core.TerminateEvent{App: app}, func(e *core.TerminateEvent) error { return e.App.ResetBootstrapState() })
	return errors.Join(err, end)
}

func (r *Restoring) renew(app core.App, again func(time.Time, []string) ([]string, error), rows []audit.Row, out *Restored) ([]string, error) {
	if err := r.Epoch(app); err != nil {
		return nil, err
	}
	var members []string
	for _, row := range rows {
		if row.Action == erasure {
			members = append(members, row.Subject)
		}
	}
	gone, err := again(r.Now, members)
	if err != nil {
		return gone, err
	}
	detail := map[string]string{"erased": fmt.Sprint(len(gone)), "was": out.Was}
	if n := len(rows); n > 0 && r.Audit == "" {
		detail["replaced"] = fmt.Sprint(rows[n-1].Number)
	}
	if err := audit.Append(app.DB(), audit.Entry{At: r.Now, Actor: audit.Console, Action: "backup.restore", Detail: detail}); err != nil {
		return gone, err
	}
	if err := app.DB().NewQuery("SELECT epoch, seq FROM sync_meta").Row(&out.Epoch, &out.Seq); err != nil {
		return gone, err
	}
	// What was erased again is in no byte of the file.
	if err := app.Vacuum(); err != nil {
		return gone, err
	}
	return gone, truncate(app.NonconcurrentDB())
}

func truncate(db dbx.Builder) error {
	_, err := db.NewQuery("PRAGMA wal_checkpoint(TRUNCATE)").Execute()
	return err
}
