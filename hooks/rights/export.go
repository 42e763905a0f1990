package rights

import (
	"encoding/json"
	"slices"

	"github.com/pocketbase/dbx"

	"kith/internal/sync"
)

// Export is everything that is kept of one member, with why and for how long.
type Export struct {
	Community string     `json:"community"`
	At        string     `json:"at"`
	Member    string     `json:"member"`
	Kept      []Kept     `json:"kept"`
	Withheld  []Withheld `json:"withheld"`
}

// Kept is one kind of rows.
type Kept struct {
	What string           `json:"what"`
	Why  string           `json:"why"`
	Kept string           `json:"kept"`
	Rows []map[string]any `json:"rows"`
}

// Withheld is a kind of rows that are not handed out. All kinds are named to
// everybody, so that nobody learns if there are any about them.
type Withheld struct {
	What string `json:"what"`
	Why  string `json:"why"`
}

// secrets would let whoever finds the file be that person; they say nothing of them.
var secrets = []string{"password", "tokenKey", "codeHash"}

// export reads what the keepings say is a member's. db is one snapshot.
func export(db dbx.Builder, keepings []sync.Keeping, member, at string) (*Export, error) {
	out := &Export{At: at, Member: member, Kept: []Kept{}, Withheld: []Withheld{}}
	if err := db.NewQuery("SELECT coalesce(max(name), '') FROM communities").Row(&out.Community); err != nil {
		return nil, err
	}
	for i := range keepings {
		k := &keepings[i]
		if k.Whose == "" {
			continue
		}
		if k.Withheld != "" { // NB! whether or not there are any: else it would say that there are
			out.Withheld = append(out.Withheld, Withheld{k.What, k.Withheld})
			continue
		}
		rows, err := rowsOf(db, k, member)
		if err != nil {
			return nil, err
		}
		if len(rows) > 0 {
			out.Kept = append(out.Kept, Kept{k.What, k.Why, kept(k), rows})
		}
	}
	return out, nil
}

func rowsOf(db dbx.Builder, k *sync.Keeping, member string) ([]map[string]any, error) {
	columns, err := columnsOf(db, k.Collection)
	if err != nil {
		return nil, err
	}
	rows, err := db.NewQuery("SELECT * FROM " + quote(k.Collection) + " WHERE " + k.Mine() + " ORDER BY " + keyOf(columns)).
		Bind(dbx.Params{"member": member}).Rows()
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []map[string]any
	for rows.Next() {
		values, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		row := map[string]any{}
		for i, c := range columns {
			if !slices.Contains(secrets, c.Name) && !k.Leaves(c.Name) {
				row[c.Name] = plain(c.Type, values[i])
			}
		}
		out = append(out, row)
	}
	return out, rows.Err()
}

// plain is a stored value as a person's program expects it.
func plain(kind string, v any) any {
	if b, is := v.([]byte); is {
		v = string(b)
	}
	switch x := v.(type) {
	case string:
		if kind == "JSON" && json.Valid([]byte(x)) {
			return json.RawMessage(x)
		}
	case int64:
		if kind == "BOOLEAN" {
			return x != 0
		}
	}
	return v
}
