package doctor

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/security"

	"kith/internal/audit"
	"kith/internal/backup"
	"kith/internal/sync"
)

// database looks at what is in it, all in one snapshot.
func (e *examination) database() {
	e.whole()
	if !e.migrations() {
		return // what it lacks would be named as faults
	}
	faults, err := sync.ExamineTriggers(e.db, &e.registry.Declaration)
	more, moreErr := e.guards()
	e.faults("triggers", "each is there, to the byte", "start the server again, which makes them anew; what was changed meanwhile is in no index: kith reindex",
		append(faults, more...), errors.Join(err, moreErr))
	faults, err = sync.Examine(e.db, &e.registry.Declaration)
	e.faults("index", "it is what one made from scratch would be, and no row was changed behind its back",
		"find out who writes to the file. Then: kith reindex, after which each device fetches everything once more", faults, err)
	e.record()
	e.relations()
	e.clock()
	e.settings()
	e.putAside()
	e.concernKeys()
	e.cardKeys()
	e.responders()
	e.notices()
	e.balances()
}

func (e *examination) strings(query string, params ...dbx.Params) ([]string, error) {
	var out []string
	q := e.db.NewQuery(query)
	for _, p := range params {
		q = q.Bind(p)
	}
	err := q.Column(&out)
	return out, err
}

func (e *examination) whole() {
	says, err := e.strings("PRAGMA integrity_check(20)")
	switch {
	case err != nil:
		e.wrong("database", err.Error(), opened+"; if neither: put a backup back, kith restore")
	case !slices.Equal(says, []string{"ok"}):
		e.wrong("database", "SQLite finds it damaged", "stop the server, keep a copy of the folder, put a backup back: kith restore", says...)
	default:
		e.well("database", "SQLite finds it whole")
	}
}

func (e *examination) migrations() bool {
	taken, err := e.strings("SELECT file FROM _migrations")
	if err != nil {
		e.wrong("steps", "this is no database of Kith's: "+err.Error(), "name the folder of the community with --dir")
		return false
	}
	missing := []string{}
	for _, list := range []core.MigrationsList{core.SystemMigrations, core.AppMigrations} {
		for _, m := range list.Items() {
			if !slices.Contains(taken, m.File) {
				missing = append(missing, m.File)
			}
			taken = slices.DeleteFunc(taken, func(s string) bool { return s == m.File })
		}
	}
	switch {
	case len(taken) > 0:
		e.wrong("steps", "the database is of a newer Kith than this one", "take that version", taken...)
	case len(missing) > 0:
		e.add(Check{Name: "steps", State: Note, Says: "the database is of an older Kith; the rest can't be looked at", Do: "start the server, which takes these steps", Found: missing})
	default:
		e.well("steps", "the database has the shape of this version")
	}
	return len(missing) == 0
}

// triggers of the migrations, each of which keeps something true that no room has to think of.
var triggers = []string{
	"acts_stay", "stamps_close", "reports_subject",
	"notices_go", "registrations_move", "registrations_go", "notices_of_helped", "notices_of_helped_gone",
	"calls_close", "pairings_over", "pairings_go", "names_follow", "cards_go_with_roles", "cards_go_with_standing", "cards_go_with_hosts", "hosts_follow", "hosts_go",
	"circles_go", "circles_close", "circle_helpers_go", "homes_go", "slots_go", "turns_go", "turns_move", "asks_go", "neighbours_follow",
	"replies_over", "replies_go", "circle_contacts_over", "circle_contacts_go", "circle_numbers_go", "asks_of_who_is_away", "contacts_follow",
}

// guards are the triggers that refuse changes of what is written for good.
func (e *examination) guards() (faults []sync.Fault, err error) {
	var have []struct {
		Name string `db:"name"`
		SQL  string `db:"sql"`
	}
	if err := e.db.NewQuery(`SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name NOT LIKE 'sync\_%' ESCAPE '\'`).All(&have); err != nil {
		return nil, err
	}
	want := audit.Triggers()
	for _, name := range triggers {
		want[name] = ""
	}
	for _, h := range have {
		sql, known := want[h.Name]
		if !known || sql != "" && sql != h.SQL {
			faults = append(faults, sync.Fault{What: "trigger", Name: h.Name, Is: "is not one that this version of Kith makes"})
		}
		delete(want, h.Name)
	}
	for name := range want {
		faults = append(faults, sync.Fault{What: "trigger", Name: name, Is: "is missing: what it keeps true is true no more"})
	}
	return faults, nil
}

func (e *examination) record() {
	head, err := audit.Verify(e.db)
	if err != nil {
		e.wrong("audit", err.Error(), "somebody changed the record: keep a copy of the folder, and hold heads against it that were noted elsewhere (kith audit verify --head)")
		return
	}
	e.well("audit", "it is as it was written; its head is "+head.String())
}

// relations looks for ids that lead nowhere.
func (e *examination) relations() {
	var columns []struct {
		Table  string `db:"tab"`
		Column string `db:"col"`
		Target string `db:"target"`
	}
	err := e.db.NewQuery(`SELECT c.name AS tab, json_extract(f.value, '$.name') AS col, t.name AS target FROM _collections c, json_each(c.fields) f
		JOIN _collections t ON t.id = json_extract(f.value, '$.collectionId')
		WHERE c.type <> 'view' AND json_extract(f.value, '$.type') = 'relation' AND coalesce(json_extract(f.value, '$.maxSelect'), 1) < 2`).All(&columns)
	var found []string
	for _, c := range columns {
		ids, lookErr := e.strings(fmt.Sprintf("SELECT id FROM %[1]q WHERE %[2]q <> '' AND %[2]q NOT IN (SELECT id FROM %[3]q) LIMIT 5", c.Table, c.Column, c.Target))
		err = errors.Join(err, lookErr)
		for _, id := range ids {
			found = append(found, c.Table+" "+id+": its "+c.Column+" leads nowhere")
		}
	}
	switch {
	case err != nil:
		e.wrong("relations", err.Error(), "see the line on the database")
	case len(found) > 0:
		e.wrong("relations", "rows name others that are not there", "somebody deleted by hand: mend these in the dashboard", found...)
	default:
		e.well("relations", "no id leads nowhere")
	}
}

// clock: what is written can't be of tomorrow.
func (e *examination) clock() {
	newest, err := e.strings("SELECT max(at) FROM (SELECT max(at) AS at FROM sync_clock UNION ALL SELECT max(at) FROM audit UNION ALL SELECT max(at) FROM sync_command) WHERE at IS NOT NULL HAVING max(at) IS NOT NULL")
	const do = "set the clock, and let it be kept by NTP: timedatectl set-ntp true"
	switch {
	case err != nil:
		e.wrong("clock", err.Error(), "see the line on the database")
	case e.now.Year() < 2026 || e.now.Year() > 2100:
		e.wrong("clock", "it says that this is the year "+e.now.Format("2006"), do)
	case len(newest) > 0 && newest[0] > sync.Stamp(e.now.Add(2*time.Minute)):
		e.wrong("clock", "it says "+sync.Stamp(e.now)+", and something was written at "+newest[0], do)
	default:
		e.well("clock", "it goes on from what was written last")
	}
}

// settings are those of PocketBase that make it unsafe.
func (e *examination) settings() {
	s, err := e.readSettings()
	if err != nil {
		e.wrong("settings", err.Error(), "see --encryptionEnv")
		return
	}
	var found []string
	for what, unsafe := range map[string]bool{
		"the batch API is on":                            s.Batch.Enabled,
		"the limits of requests are off":                 !s.RateLimits.Enabled,
		"client addresses are logged":                    s.Logs.LogIP,
		"who is signed in is logged":                     s.Logs.LogAuthID,
		"logs are kept for longer than 7 days":           s.Logs.MaxDays > 7,
		"PocketBase's own backups are on":                s.Backups.Cron != "",
		"the leftmost address of a proxy's list is used": s.TrustedProxy.UseLeftmostIP,
	} {
		if unsafe {
			found = append(found, what)
		}
	}
	slices.Sort(found)
	if len(found) > 0 {
		e.wrong("settings", "some make PocketBase unsafe", "put them back in the dashboard, under Settings", found...)
	} else {
		e.well("settings", "none makes PocketBase unsafe")
	}
	if s.SMTP.Enabled {
		e.well("mail", "a mail server is set up")
	} else {
		e.note("mail", "no mail server is set up: codes lie in a folder", "name one in the dashboard, under Settings")
	}
}

// settings as PocketBase stores them.
type settings struct {
	Batch      struct{ Enabled bool }
	RateLimits struct{ Enabled bool }
	Logs       struct {
		LogIP, LogAuthID bool
		MaxDays          int
	}
	Backups      struct{ Cron string }
	TrustedProxy struct{ UseLeftmostIP bool }
	SMTP         struct{ Enabled bool }
}

func (e *examination) readSettings() (s settings, err error) {
	raw, err := e.strings("SELECT value FROM _params WHERE id = 'settings'")
	if err != nil || len(raw) == 0 {
		return s, errors.Join(err, errors.New("there are none"))
	}
	plain := []byte(raw[0])
	if key := os.Getenv(e.encryption); e.encryption != "" && key != "" {
		var sealed string
		if json.Unmarshal(plain, &sealed) != nil {
			sealed = strings.TrimSpace(raw[0])
		}
		if plain, err = security.Decrypt(sealed, key); err != nil {
			return s, err
		}
	}
	return s, json.Unmarshal(plain, &s)
}

// promised says whether phones were ever told of a transport key.
func (e *examination) promised() bool {
	db, err := backup.Open(e.file("data.db"))
	if err != nil {
		return false
	}
	defer db.Close()
	var n int
	err = db.QueryRow("SELECT count(*) FROM _params WHERE id = 'kithSealTo'").Scan(&n)
	return err == nil && n > 0
}

func (e *examination) putAside() {
	names, err := e.strings("SELECT name || ' ' || nonce FROM sync_command WHERE status = 'quarantined' ORDER BY at DESC LIMIT 20")
	switch {
	case err != nil:
		e.wrong("commands", err.Error(), "see the line on the database")
	case len(names) > 0:
		e.add(Check{Name: "commands", State: Note, Says: "some failed on our side and are put aside", Do: "their payload is in sync_command; tell whoever makes Kith", Found: names})
	default:
		e.well("commands", "none is put aside")
	}
}
