package doctor

import (
	"errors"
	"fmt"

	"kith/internal/concern"
)

// concernKeys looks whether what is sealed could be opened. A community without
// concerns may have none.
func (e *examination) concernKeys() {
	name, err := e.key.Concerns()
	var keys *concern.Keys
	if err == nil {
		keys, err = concern.ReadFile(name)
	}
	names, readErr := e.sealedTo()
	if readErr != nil {
		e.wrong("concern keys", "what is sealed can't be read: "+readErr.Error(), opened)
		return
	}
	switch {
	case concern.Missing(err) && len(names) == 0:
		e.note("concern keys", "there are none, so worries can't be passed on", "kith keys new concerns, if they are to be: docs/operations.md")
		return
	case concern.Missing(err):
		e.wrong("concern keys", "the file "+name+" is missing, and something is sealed to it", "put that file back, and make no new keys; if it is lost for good: docs/operations.md")
		return
	case err != nil:
		e.wrong("concern keys", err.Error(), "put right what it says")
		return
	}
	if strangers := unknownTo(keys, names); len(strangers) > 0 {
		e.add(Check{Name: "concern keys", State: Wrong, Says: "something is sealed to keys that are not in the file", Do: "put the right file back: kith keys check says which open", Found: strangers})
		return
	}
	e.well("concern keys", "they are there, and their owner's alone")
}

// sealedTo are the names of the keys to which anything is sealed, with the table: concerns,
// notes about them, reasons for opening one, notes to the surgery, and whatever table
// has both columns after them.
func (e *examination) sealedTo() (names []sealedName, err error) {
	tables, err := e.strings(`SELECT t.name FROM sqlite_master t JOIN pragma_table_info(t.name) k ON k.name = 'keyName' JOIN pragma_table_info(t.name) s ON s.name = 'sealed'
		WHERE t.type = 'table' ORDER BY t.name`)
	for _, table := range tables {
		keys, readErr := e.strings(fmt.Sprintf("SELECT DISTINCT keyName FROM %q WHERE sealed <> ''", table))
		err = errors.Join(err, readErr)
		for _, key := range keys {
			names = append(names, sealedName{table, key})
		}
	}
	return names, err
}

// sealedName is a key to which rows of a table are sealed.
type sealedName struct{ table, key string }

// unknownTo are the names of keys which are neither there nor destroyed on purpose.
func unknownTo(keys *concern.Keys, names []sealedName) (unknown []string) {
	known := map[string]bool{}
	for _, k := range keys.Intake() {
		known[k.Name] = true
	}
	for _, k := range keys.Retired() {
		known[k.Name] = true
	}
	for _, name := range names {
		if !known[name.key] {
			unknown = append(unknown, name.key+" in "+name.table)
		}
	}
	return unknown
}
