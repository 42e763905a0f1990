package concerns

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/spf13/cobra"

	"kith/internal/audit"
	"kith/internal/concern"
)

// sealedIn are the tables that hold envelopes, what people call these, and which
// columns are their facts.
var sealedIn = []struct{ table, one, called, kind, urgency, area, hour string }{
	{"concerns", "concern", "concerns", concern.KindConcern, "urgency", "area", "hour"},
	{"concernNotes", "note about them", "notes about them", concern.KindNote, "''", "concern", "hour"},
	{"breakGlasses", "reason for opening one", "reasons for opening one", concern.KindGlass, "''", "concern", "substr(at, 1, 13)"},
	{"surgeryNotes", "note to the surgery", "notes to the surgery", concern.KindSurgery, "''", "''", "hour"},
}

// sealedSoFar says of what, and how many of each: "3 concerns and 1 note to the
// surgery are sealed".
func sealedSoFar(counts map[string]int) string {
	var parts []string
	all := 0
	for _, s := range sealedIn {
		n := counts[s.table]
		all += n
		switch {
		case n == 1:
			parts = append(parts, "1 "+s.one)
		case n > 1:
			parts = append(parts, fmt.Sprintf("%d %s", n, s.called))
		}
	}
	switch last := len(parts) - 1; {
	case last < 0:
		return "nothing is sealed"
	case last > 0:
		parts = append(parts[:last-1], parts[last-1]+" and "+parts[last])
	}
	if all == 1 {
		return parts[0] + " is sealed"
	}
	return strings.Join(parts, ", ") + " are sealed"
}

// countSealed counts what is sealed, by table; of one key where it is named. No table: 0.
func countSealed(app core.App, key string) (counts map[string]int, all int, err error) {
	counts = map[string]int{}
	for _, s := range sealedIn {
		if !app.HasTable(s.table) {
			continue
		}
		var n int
		err := app.DB().NewQuery("SELECT count(*) FROM " + s.table + " WHERE sealed <> '' AND ({:key} = '' OR keyName = {:key})").Bind(dbx.Params{"key": key}).Row(&n)
		if err != nil {
			return nil, 0, err
		}
		counts[s.table] = n
		all += n
	}
	return counts, all, nil
}

// stored is one envelope as it lies in the database.
type stored struct {
	table    string
	facts    concern.Facts
	envelope []byte
}

// everything lists all envelopes that there are.
func everything(app core.App) (list []stored, err error) {
	for _, s := range sealedIn {
		if !app.HasTable(s.table) {
			continue
		}
		var rows []struct {
			ID      string `db:"id"`
			Urgency string `db:"urgency"`
			Area    string `db:"area"`
			Hour    string `db:"hour"`
			Sealed  string `db:"sealed"`
		}
		err := app.DB().NewQuery(fmt.Sprintf("SELECT id, %s AS urgency, %s AS area, %s AS hour, sealed FROM %s WHERE sealed <> '' ORDER BY id",
			s.urgency, s.area, s.hour, s.table)).All(&rows)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			envelope, err := concern.OfText(r.Sealed)
			if err != nil {
				envelope = nil // which opens with nothing
			}
			list = append(list, stored{s.table, concern.Facts{Kind: s.kind, ID: r.ID, Urgency: r.Urgency, Area: r.Area, Hour: r.Hour}, envelope})
		}
	}
	return list, nil
}

func (v *verbs) check() *cobra.Command {
	var recovery string
	c := &cobra.Command{
		Use: "check", Short: "Says whether everything that is sealed opens, by the keys here and by the recovery key", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			var offline *concern.Recovery
			if recovery != "" {
				var err error
				if offline, err = concern.ReadRecovery(recovery); err != nil {
					return err
				}
			}
			_, keys, err := v.read()
			if err != nil && offline == nil {
				return err
			}
			if err != nil {
				if err := tell(c, "%v\n", err); err != nil {
					return err
				}
			}
			return examine(v.app, keys, offline, func(format string, args ...any) error { return tell(c, format, args...) })
		},
	}
	c.Flags().StringVar(&recovery, "recovery", "", "the recovery key, to try it as well")
	return c
}

// examine tries everything, and fails if something doesn't open that should. keys
// or offline may be nil. What comes out is thrown away.
func examine(app core.App, keys *concern.Keys, offline *concern.Recovery, tell func(string, ...any) error) error {
	list, err := everything(app)
	if err != nil {
		return err
	}
	var bad []string
	retired, opened, recovered, counts := 0, 0, 0, map[string]int{}
	for _, s := range list {
		counts[s.table]++
		if keys != nil {
			switch _, err := keys.Open(s.facts, s.envelope); {
			case err == nil:
				opened++
			case wasRetired(keys, s.envelope):
				retired++
			default:
				bad = append(bad, fmt.Sprintf("%s %s: %v", s.table, s.facts.ID, err))
			}
		}
		if offline != nil {
			if _, err := offline.Open(s.facts, s.envelope); err != nil {
				bad = append(bad, fmt.Sprintf("%s %s, by the recovery key: %v", s.table, s.facts.ID, err))
				continue
			}
			recovered++
		}
	}
	says := []error{tell("%s.\n", sealedSoFar(counts))}
	if keys != nil {
		says = append(says, tell("%d open by the keys here, %d are of a key that was destroyed.\n", opened, retired))
		for _, k := range keys.Intake() {
			says = append(says, tell("intake key %s of %s%s\n", k.Name, k.Day, map[bool]string{true: ", to which phones seal"}[k.Seals]))
		}
		if offline != nil && !offline.Of(keys) {
			bad = append(bad, "this recovery key is not the one of the keys here")
		}
	}
	if offline != nil {
		says = append(says, tell("%d open by the recovery key.\n", recovered))
	}
	if len(bad) > 0 {
		says = append(says, errors.New(strings.Join(bad, "\n")))
	}
	return errors.Join(says...)
}

func wasRetired(keys *concern.Keys, envelope []byte) bool {
	intake, _, err := concern.Names(envelope)
	for _, r := range keys.Retired() {
		if err == nil && r.Name == intake {
			return true
		}
	}
	return false
}

func (v *verbs) rescue() *cobra.Command {
	var recovery string
	c := &cobra.Command{
		Use: "rescue", Short: "After the key file was lost and new keys were made: seals everything anew, opened by the old recovery key", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if recovery == "" {
				return errors.New("say which key opens what is left: --recovery FILE, the recovery key of the keys that were lost")
			}
			offline, err := concern.ReadRecovery(recovery)
			if err != nil {
				return err
			}
			_, keys, err := v.read()
			if err != nil {
				return err
			}
			n, broken, err := rescue(v.app, keys, offline, time.Now())
			if err != nil {
				return err
			}
			for _, b := range broken {
				if err := tell(c, "%s: it opens by no key, and stays as it is.\n", b); err != nil {
					return err
				}
			}
			return tell(c, "%d were sealed anew, to the keys that are here now.\n", n)
		},
	}
	c.Flags().StringVar(&recovery, "recovery", "", "the recovery key of the keys that were lost")
	return c
}

// rescue seals anew what the keys here don't open and the recovery key does: all of
// it, or nothing. No word of it is shown.
//
// NB! One that was sealed to this recovery key, and badly, is named and left: it must
// not keep the others shut for ever.
func rescue(app core.App, keys *concern.Keys, offline *concern.Recovery, now time.Time) (n int, broken []string, err error) {
	err = app.RunInTransaction(func(tx core.App) error {
		list, err := everything(tx)
		if err != nil {
			return err
		}
		for _, s := range list {
			if _, err := keys.Open(s.facts, s.envelope); err == nil || wasRetired(keys, s.envelope) {
				continue
			}
			switch err := reseal(tx, keys, offline, s); {
			case err == nil:
				n++
			case errors.Is(err, concern.ErrBroken):
				broken = append(broken, s.table+" "+s.facts.ID)
			default:
				return fmt.Errorf("%s %s: %w", s.table, s.facts.ID, err)
			}
		}
		return audit.Append(tx.DB(), audit.Entry{At: now, Actor: audit.Console, Action: "keys.rescue"})
	})
	return n, broken, err
}

func reseal(tx core.App, keys *concern.Keys, offline *concern.Recovery, s stored) error {
	plain, err := offline.Open(s.facts, s.envelope)
	if err != nil {
		return err
	}
	envelope, err := keys.Seal(s.facts, plain)
	if err != nil {
		return err
	}
	intake, _, err := concern.Names(envelope)
	if err != nil {
		return err
	}
	values := dbx.Params{"sealed": concern.Text(envelope), "keyName": intake}
	if c, err := concern.Read(plain); s.table == "concerns" && err == nil && c.Person != nil {
		values["person"] = keys.Person(c.Person.Name)
	}
	if n, err := concern.ReadSurgery(plain); s.table == "surgeryNotes" && err == nil {
		values["person"] = keys.Noted(n.About.Name)
	}
	_, err = tx.DB().Update(s.table, values, dbx.HashExp{"id": s.facts.ID}).Execute()
	return err
}
