package cards

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strconv"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/card"
	"kith/internal/limits"
	"kith/internal/sync"
	"kith/internal/token"
)

var errCardUnknown = sync.Reject("card_unknown", "This card is not here any more.")

// making is a card that is to be.
type making struct {
	id, account, member, by string
	kind, code              string
	key                     *token.Key // nil: printed
}

// get makes the card of a phone. The one that this phone had before is replaced.
func (m *room) get(c *sync.Call) (sync.Result, error) {
	args, err := sync.Args[struct {
		ID  string          `json:"id"`
		Key json.RawMessage `json:"key"`
	}](c)
	if err != nil {
		return sync.Result{}, err
	}
	key, err := ownKey(c, args.Key)
	if err != nil {
		return sync.Result{}, err
	}
	had, err := phoneCards(c)
	if err != nil {
		return sync.Result{}, err
	}
	for _, h := range had {
		if h.GetString("key") == written(key) {
			return sync.Result{Merged: true, Data: map[string]string{"id": h.Id}}, nil
		}
	}
	if err := notMany(c); err != nil {
		return sync.Result{}, err
	}
	account, err := accountOf(c, c.Member)
	if err != nil {
		return sync.Result{}, err
	}
	r, err := m.make(c, making{id: args.ID, account: account, member: c.Member, kind: "phone", key: &key})
	if err != nil {
		return sync.Result{}, err
	}
	replaced := 0
	for i, h := range had { // newest first
		if h.GetString("device") == c.Device || i >= limits.CardsOfPhones-1 {
			if err := end(c, h, "replaced"); err != nil {
				return sync.Result{}, err
			}
			replaced++
		}
	}
	return m.made(c, r, replaced)
}

// ownKey reads the public key of a card or a till: one that was made for it, and not the
// device's, whose proofs it would then make.
func ownKey(c *sync.Call, raw []byte) (token.Key, error) {
	key, err := token.ReadKey(raw)
	if err != nil {
		return key, sync.ErrShape
	}
	var devices bool
	err = c.Ask("SELECT EXISTS (SELECT 1 FROM devices WHERE id = {:device} AND thumbprint = {:thumbprint})",
		dbx.Params{"device": c.Device, "thumbprint": key.Thumbprint()}).Row(&devices)
	if err == nil && devices {
		err = sync.ErrShape
	}
	return key, err
}

// notMany keeps one person from making cards upon cards: each that ends is on the list of
// every till, and pushes one that somebody has lost off it.
func notMany(c *sync.Call) error {
	var n int
	err := c.Ask("SELECT count(*) FROM cards WHERE member = {:member} AND kind = 'phone' AND issued = {:day}", dbx.Params{"member": c.Member, "day": int(card.Day(c.Now))}).Row(&n)
	if err == nil && n >= limits.CardsOfADay {
		return errMany
	}
	return err
}

// made ends what the making of a card is about: vouchers go with it, and tills hear of
// those that it replaced.
func (m *room) made(c *sync.Call, r *core.Record, replaced int) (sync.Result, error) {
	if err := m.bind(c.App, r.GetString("account"), r, c.Now); err != nil {
		return sync.Result{}, err
	}
	if replaced > 0 {
		if err := m.revoke(c.App, c.Now); err != nil {
			return sync.Result{}, err
		}
	}
	return sync.Result{Data: map[string]string{"id": r.Id}}, nil
}

// phoneCards are a member's cards on phones, newest first.
func phoneCards(c *sync.Call) ([]*core.Record, error) {
	return c.App.FindRecordsByFilter("cards", "member = {:member} && kind = 'phone' && status = 'active'", "-issued,-id", 0, 0, dbx.Params{"member": c.Member})
}

// accountOf finds a member's account, or makes it.
func accountOf(c *sync.Call, member string) (string, error) {
	var ids []string
	err := c.App.DB().NewQuery("SELECT id FROM accounts WHERE member = {:member} ORDER BY id LIMIT 1").Bind(dbx.Params{"member": member}).Column(&ids)
	if err != nil || len(ids) > 0 {
		return first(ids), err
	}
	return newAccount(c, member)
}

func first(ids []string) string {
	if len(ids) == 0 {
		return ""
	}
	return ids[0]
}

// newAccount makes one. Its id is of the call, and not of the member: whoever prints a
// card sees it.
func newAccount(c *sync.Call, member string) (string, error) {
	day, err := today(c)
	if err != nil {
		return "", err
	}
	r, err := c.Fresh("accounts", sync.DerivedID("account", c.Nonce), map[string]any{"member": member, "used": day})
	if err != nil {
		return "", err
	}
	return r.Id, c.App.Save(r)
}

// make signs a card and stores it.
func (m *room) make(c *sync.Call, of making) (*core.Record, error) {
	sub, err := freeSub(c, of.id)
	if err != nil {
		return nil, err
	}
	r, err := c.Fresh("cards", of.id, map[string]any{
		"account": of.account, "member": of.member, "by": of.by, "device": map[bool]string{true: c.Device}[of.key != nil],
		"sub": sub.String(), "kind": of.kind, "code": of.code, "status": "active",
	})
	if err != nil {
		return nil, err
	}
	if of.key != nil {
		r.Set("key", written(*of.key))
	}
	if err := m.sign(c, r, sub, of.key); err != nil {
		return nil, err
	}
	return r, c.App.Save(r)
}

// sign makes a card good from today on, for as long as the rules say.
func (m *room) sign(c *sync.Call, r *core.Record, sub card.ID, key *token.Key) error {
	rules, _, err := settings(c.App)
	if err != nil {
		return err
	}
	days := rules.CardDays
	if key == nil {
		days = rules.PrintedDays
	}
	day, units := card.Day(c.Now), card.Units(days)
	packed, err := m.ring.Card(sub, day, units, key)
	if errors.Is(err, card.ErrNoKey) {
		return errNoKeys
	}
	if err != nil {
		return err
	}
	r.Set("packed", base64.RawURLEncoding.EncodeToString(packed))
	r.Set("issued", int(day))
	r.Set("expires", int(day)+5*int(units))
	return nil
}

// freeSub is the number of a new card: as good as random, and the same when the call
// runs again.
func freeSub(c *sync.Call, id string) (card.ID, error) {
	for n := 0; ; n++ {
		sum := sha256.Sum256([]byte("card\x00" + c.Nonce + "\x00" + id + "\x00" + strconv.Itoa(n)))
		sub := card.ID(sum[:8])
		var taken bool
		err := c.App.DB().NewQuery("SELECT EXISTS (SELECT 1 FROM cards WHERE sub = {:sub})").Bind(dbx.Params{"sub": sub.String()}).Row(&taken)
		if err != nil || !taken {
			return sub, err
		}
	}
}

// written is a key as it is stored.
func written(k token.Key) string {
	raw, err := json.Marshal(k)
	if err != nil {
		return "" // four texts can always be written
	}
	return string(raw)
}

// renew signs a phone's card anew when it is good for less than a month, or when it is
// by a key that counts no more.
func (m *room) renew(c *sync.Call) (sync.Result, error) {
	id, err := sync.IDArg(c)
	if err != nil {
		return sync.Result{}, err
	}
	r, err := c.Find("cards", id, errCardUnknown)
	if err != nil {
		return sync.Result{}, err
	}
	if r.GetString("member") != c.Member || r.GetString("kind") != "phone" || r.GetString("status") != "active" {
		return sync.Result{}, errCardUnknown
	}
	packed, err := base64.RawURLEncoding.DecodeString(r.GetString("packed"))
	if err != nil {
		return sync.Result{}, err
	}
	if r.GetInt("expires")-int(card.Day(c.Now)) >= limits.CardRenew && card.IsBy(m.ring.Set(), card.TypCard, "", packed) {
		return sync.Result{}, nil // another request was first
	}
	var key token.Key
	sub, ok := card.ReadID(r.GetString("sub"))
	if err := json.Unmarshal([]byte(r.GetString("key")), &key); err != nil || !ok {
		return sync.Result{}, errors.Join(err, errCardUnknown)
	}
	if err := m.sign(c, r, sub, &key); err != nil {
		return sync.Result{}, err
	}
	if err := c.App.Save(r); err != nil {
		return sync.Result{}, err
	}
	return m.made(c, r, 0)
}

// end makes a card good for nothing, as of now.
func end(c *sync.Call, r *core.Record, status string) error {
	r.Set("status", status)
	r.Set("ended", sync.Stamp(c.Now))
	return c.App.Save(r)
}

// today is the day on which a call came, where the community is.
func today(c *sync.Call) (string, error) {
	_, z, err := settings(c.App)
	return c.Now.In(z).Format(time.DateOnly), err
}
