package rights

import (
	"fmt"
	"strings"

	"github.com/pocketbase/dbx"
)

// column of a table, as SQLite knows it.
type column struct {
	Name    string  `db:"name"`
	Type    string  `db:"type"`
	NotNull bool    `db:"notnull"`
	Default *string `db:"dflt_value"`
	Key     int     `db:"place"`
}

func columnsOf(db dbx.Builder, table string) (columns []column, err error) {
	err = db.NewQuery("SELECT name, type, \"notnull\", dflt_value, pk AS place FROM pragma_table_info({:table})").
		Bind(dbx.Params{"table": table}).All(&columns)
	if err == nil && len(columns) == 0 {
		err = fmt.Errorf("there is no table %s", table)
	}
	return columns, err
}

func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// keyOf is the columns by which a row of the table is known.
func keyOf(columns []column) string {
	var names []string
	for _, c := range columns {
		if c.Key > 0 {
			names = append(names, quote(c.Name))
		}
	}
	if len(names) == 0 {
		return "rowid"
	}
	return strings.Join(names, ", ")
}

// emptied is the SET of an UPDATE that blanks columns: each to what a new row
// would have there.
func emptied(columns []column, blanks []string) (set string, is string) {
	var sets, ises []string
	for _, c := range columns {
		for _, b := range blanks {
			if b != c.Name {
				continue
			}
			value := "NULL"
			switch {
			case c.Default != nil:
				value = *c.Default
			case c.NotNull:
				value = "''"
			}
			sets = append(sets, quote(b)+" = "+value)
			ises = append(ises, quote(b)+" IS NOT "+value)
		}
	}
	return strings.Join(sets, ", "), "(" + strings.Join(ises, " OR ") + ")"
}

// change deletes the rows that where holds for, or blanks columns of them where
// what says so; at most limit of them (0: all). It returns how many it changed:
// a row that was blank before is none.
func change(db dbx.Builder, table, what, where string, blanks []string, params dbx.Params, limit int) (int, error) {
	columns, err := columnsOf(db, table)
	if err != nil {
		return 0, err
	}
	verb := "DELETE FROM " + quote(table)
	if blanks != nil {
		set, is := emptied(columns, blanks)
		if set == "" {
			return 0, fmt.Errorf("%s has none of the columns of %q", table, what)
		}
		verb = "UPDATE " + quote(table) + " SET " + set
		where = "(" + where + ") AND " + is
	}
	if limit > 0 {
		key := keyOf(columns)
		where = fmt.Sprintf("(%s) IN (SELECT %s FROM %s WHERE %s LIMIT %d)", key, key, quote(table), where, limit)
	}
	result, err := db.NewQuery(verb + " WHERE " + where).Bind(params).Execute()
	if err != nil {
		return 0, err
	}
	n, err := result.RowsAffected()
	return int(n), err
}

// count the rows that where holds for.
func count(db dbx.Builder, table, where string, params dbx.Params) (n int, err error) {
	err = db.NewQuery("SELECT count(*) FROM " + quote(table) + " WHERE " + where).Bind(params).Row(&n)
	return n, err
}
