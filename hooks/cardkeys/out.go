package cardkeys

import (
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/pocketbase/pocketbase/core"

	"kith/internal/card"
)

// out counts what is in people's hands.
type out struct{ cards, paper, vouchers, tills int }

func (o out) String() string {
	return fmt.Sprintf("%s (%d of them on paper), %s and %s are signed",
		many(o.cards, "card"), o.paper, many(o.vouchers, "voucher"), many(o.tills, "till"))
}

func many(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// each are the columns in which something signed lies that is still good.
var each = []struct{ table, column, where, kind string }{
	{"cards", "packed", "status = 'active'", card.TypCard},
	{"vouchers", "packed", "status = 'open'", card.TypVoucher},
	{"tills", "token", "ended = ''", card.TypTill},
}

// countOut counts what is out; of those that one key signed where it is named.
func countOut(app core.App, kid *byte) (o out, err error) {
	err = everything(app, func(kind, id, signed string) {
		raw := packedIn(kind, signed)
		byKid := kid == nil || kind == card.TypTill && strings.HasPrefix(signed, card.Header(kind, *kid)+".") || kind != card.TypTill && len(raw) > 1 && raw[1] == *kid
		switch {
		case !byKid:
		case kind == card.TypCard:
			o.cards++
			if len(raw) == card.SizePrinted {
				o.paper++
			}
		case kind == card.TypVoucher:
			o.vouchers++
		default:
			o.tills++
		}
	})
	return o, err
}

// packedIn are the bytes of a card or a voucher; one on paper stands after its card.
func packedIn(kind, signed string) []byte {
	raw, err := base64.RawURLEncoding.DecodeString(signed)
	if err == nil && kind == card.TypVoucher && len(raw) > card.SizeVoucher {
		return raw[len(raw)-card.SizeVoucher:]
	}
	return raw
}

// everything goes through all that was signed and is out.
func everything(app core.App, do func(kind, id, signed string)) error {
	for _, e := range each {
		if !app.HasTable(e.table) {
			continue
		}
		var rows []struct {
			ID     string `db:"id"`
			Signed string `db:"signed"`
		}
		err := app.DB().NewQuery(fmt.Sprintf("SELECT id, %s AS signed FROM %s WHERE %s AND %[1]s <> '' ORDER BY id", e.column, e.table, e.where)).All(&rows)
		if err != nil {
			return err
		}
		for _, r := range rows {
			do(e.kind, r.ID, r.Signed)
		}
	}
	return nil
}

// unreadable lists what is out and isn't by these keys.
func unreadable(app core.App, set card.Set) (o out, bad []string, err error) {
	err = everything(app, func(kind, id, signed string) {
		raw := packedIn(kind, signed)
		if !card.IsBy(set, kind, signed, raw) {
			bad = append(bad, kind+" "+id)
		}
	})
	if err != nil {
		return out{}, nil, err
	}
	o, err = countOut(app, nil)
	return o, bad, err
}
