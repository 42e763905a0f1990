package cards

import (
	"crypto/sha256"
	"strconv"
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/card"
	"kith/internal/limits"
	"kith/internal/sync"
)

// crockford is the alphabet of codes that people read out.
const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

var (
	errPrinters = sync.Reject("not_allowed", "Only a shop’s owner, an activator or a coordinator can make a printed card.")
	errMany     = sync.Reject("cards_many", "You have made as many cards as one can in a day. Go on tomorrow.")
	errCode     = sync.Reject("code_unknown", "There is no card with this code, or it is somebody’s already.")
)

// print makes a card on paper: for nobody in particular, for somebody without a phone,
// or for oneself.
func (m *room) print(c *sync.Call) (sync.Result, error) {
	args, err := sync.Args[struct {
		ID     string `json:"id"`
		Member string `json:"member"`
	}](c)
	if err != nil {
		return sync.Result{}, err
	}
	if err := mayPrint(c, args.Member); err != nil {
		return sync.Result{}, err
	}
	had, err := printedOf(c, args.Member)
	if err != nil {
		return sync.Result{}, err
	}
	code, err := freeCode(c, args.ID)
	if err != nil {
		return sync.Result{}, err
	}
	of := making{id: args.ID, member: args.Member, by: c.Member, kind: "printed", code: code}
	if args.Member == "" {
		of.account, err = newAccount(c, "")
	} else {
		of.account, err = accountOf(c, args.Member)
	}
	if err != nil {
		return sync.Result{}, err
	}
	r, err := m.make(c, of)
	if err != nil {
		return sync.Result{}, err
	}
	for _, h := range had {
		if err := end(c, h, "replaced"); err != nil {
			return sync.Result{}, err
		}
	}
	if args.Member != "" && args.Member != c.Member {
		if err := note(c, "cards.print", args.Member, nil); err != nil {
			return sync.Result{}, err
		}
	}
	return m.made(c, r, len(had))
}

// mayPrint asks who may make a printed card for whom.
func mayPrint(c *sync.Call, member string) error {
	if member != "" && member != c.Member {
		if err := c.Allowed(errPrinters, "activators"); err != nil {
			return err
		}
		m, err := c.Find("members", member, errMember)
		if err != nil {
			return err
		}
		if !m.GetBool("noPhone") || m.GetString("standing") != "active" {
			return errMember
		}
	} else {
		shops, err := shopsOf(c, "owner")
		if err != nil {
			return err
		}
		auds := []string{"activators"}
		for _, s := range shops {
			auds = append(auds, "owners/"+s)
		}
		if err := c.Allowed(errPrinters, auds...); err != nil {
			return err
		}
	}
	var n int
	err := c.App.DB().NewQuery("SELECT count(*) FROM cards WHERE by = {:by} AND issued = {:day}").Bind(dbx.Params{"by": c.Member, "day": int(card.Day(c.Now))}).Row(&n)
	if err == nil && n >= limits.CardsPerDay {
		return errMany
	}
	return err
}

var errMember = sync.Reject("member_unknown", "This person is not here any more, or has a phone of their own.")

// shopsOf are the shops in which the caller has a role.
func shopsOf(c *sync.Call, role string) (shops []string, err error) {
	err = c.App.DB().NewQuery("SELECT DISTINCT shop FROM roles WHERE member = {:member} AND role = {:role} AND shop <> '' ORDER BY shop").
		Bind(dbx.Params{"member": c.Member, "role": role}).Column(&shops)
	return shops, err
}

// printedOf are a member's printed cards that are good.
func printedOf(c *sync.Call, member string) ([]*core.Record, error) {
	if member == "" {
		return nil, nil
	}
	return c.App.FindRecordsByFilter("cards", "member = {:member} && kind = 'printed' && status = 'active'", "id", 0, 0, dbx.Params{"member": member})
}

// freeCode is what somebody can type where a printed card can't be read: as good as
// random, and the same when the call runs again.
func freeCode(c *sync.Call, id string) (string, error) {
	for n := 0; ; n++ {
		sum := sha256.Sum256([]byte("code\x00" + c.Nonce + "\x00" + id + "\x00" + strconv.Itoa(n)))
		code := make([]byte, 8)
		for i := range code {
			code[i] = crockford[sum[i]%32]
		}
		var taken bool
		err := c.App.DB().NewQuery("SELECT EXISTS (SELECT 1 FROM cards WHERE code = {:code})").Bind(dbx.Params{"code": string(code)}).Row(&taken)
		if err != nil || !taken {
			return string(code), err
		}
	}
}

// typed is a code as somebody typed it.
func typed(code string) string {
	return strings.NewReplacer("-", "", " ", "", "O", "0", "I", "1", "L", "1").Replace(strings.ToUpper(code))
}

// claim makes a printed card that was nobody's the caller's, with what it has collected.
func (m *room) claim(c *sync.Call) (sync.Result, error) {
	args, err := sync.Args[struct {
		Code string `json:"code"`
	}](c)
	if err != nil {
		return sync.Result{}, err
	}
	if err := mayGuess(c); err != nil {
		return sync.Result{}, err
	}
	found, err := c.App.FindRecordsByFilter("cards", "code = {:code} && status = 'active'", "id", 1, 0, dbx.Params{"code": typed(args.Code)})
	if err != nil {
		return sync.Result{}, err
	}
	if len(found) == 0 || typed(args.Code) == "" {
		return sync.Result{}, errCode
	}
	r := found[0]
	switch r.GetString("member") {
	case c.Member:
		return sync.Result{Merged: true, Data: map[string]string{"id": r.Id}}, nil
	case "":
	default:
		return sync.Result{}, errCode
	}
	if _, err := c.Find("accounts", r.GetString("account"), errCode); err != nil {
		return sync.Result{}, err
	}
	mine, err := accountOf(c, c.Member)
	if err != nil {
		return sync.Result{}, err
	}
	if err := m.join(c, r.GetString("account"), mine); err != nil {
		return sync.Result{}, err
	}
	return sync.Result{Data: map[string]string{"id": r.Id}}, nil
}
