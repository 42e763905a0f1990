package hooks_test

import (
	"crypto/ecdsa"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"kith/hooks"
	"kith/internal/card"
	"kith/internal/sync"
	"kith/internal/token"
)

// street is a town with the keys of its cards, which are older than it is: so its cards
// can be, too.
type street struct {
	*town
	ring *card.Ring
	keys *card.Keys
	noon time.Time // of yesterday: what happened then is nobody's midnight
}

func newStreet(t testing.TB) *street {
	t.Helper()
	keys, err := card.NewKeys(time.Now().AddDate(0, 0, -100), card.Set{}, false)
	must(t, err)
	return streetBy(t, keys)
}

// streetBy is a street whose cards are by those keys, in a community with the same id.
func streetBy(t testing.TB, keys *card.Keys) *street {
	t.Helper()
	data := migrated(t)
	must(t, keys.WriteFile(data+".card-keys", true))
	w, err := raise(t, data, hooks.Config{Public: page})
	must(t, err)
	w.make("communities", map[string]any{"id": "street000000000", "name": "Test town", "zone": "Europe/London"})
	zone, err := time.LoadLocation("Europe/London")
	must(t, err)
	y, m, d := time.Now().In(zone).AddDate(0, 0, -1).Date()
	s := &street{town: w, ring: &card.Ring{}, keys: keys, noon: time.Date(y, m, d, 12, 0, 0, 0, zone)}
	s.ring.Put("street000000000", keys)
	return s
}

func jwkOf(t testing.TB, key *ecdsa.PrivateKey) token.Key {
	t.Helper()
	k, err := token.KeyOf(&key.PublicKey)
	must(t, err)
	return k
}

// counter is a shop's till, and a phone of somebody who works there.
type counter struct {
	*street
	key        *ecdsa.PrivateKey
	shop, till string
	staff      *phone
	seq        int
	prev       string
	owner      *phone
}

// counter opens a shop that has had a till for a month.
func (s *street) counter() *counter {
	s.t.Helper()
	c := &counter{street: s, key: newKey(s.t), shop: s.make("shops", map[string]any{"name": "Bakery", "status": "active"}).Id}
	key, err := json.Marshal(jwkOf(s.t, c.key))
	must(s.t, err)
	c.till = s.make("tills", map[string]any{"shop": c.shop, "name": "Counter", "key": string(key), "opened": in(-80), "expires": card.Day(time.Now()) + 20}).Id
	c.staff = s.phone("resident").ofShop("staff", c.shop)
	return c
}

// boss is the shop's owner.
func (c *counter) boss() *phone {
	if c.owner == nil {
		c.owner = c.phone("resident").ofShop("owner", c.shop)
	}
	return c.owner
}

// bearer is somebody with a card that is some weeks old.
type bearer struct {
	*street
	phone         *phone
	key           *ecdsa.PrivateKey // nil: on paper
	account, card string
	packed        []byte
	code          string
}

// bearer makes a member with a card on their phone.
func (s *street) bearer() *bearer {
	b := &bearer{street: s, phone: s.phone("resident"), key: newKey(s.t)}
	b.account = s.make("accounts", map[string]any{"member": b.phone.member}).Id
	key := jwkOf(s.t, b.key)
	b.give(&key, b.phone.member)
	return b
}

// paper makes a printed card that is nobody's.
func (s *street) paper() *bearer {
	b := &bearer{street: s, account: s.make("accounts", nil).Id}
	b.give(nil, "")
	return b
}

// give makes the card itself, of three weeks ago.
func (b *bearer) give(key *token.Key, member string) {
	b.t.Helper()
	var sub card.ID
	_, _ = rand.Read(sub[:])
	day := card.Day(time.Now()) - 21
	var err error
	b.packed, err = b.ring.Card(sub, day, card.Units(90), key)
	must(b.t, err)
	kind := map[bool]string{true: "phone", false: "printed"}[key != nil]
	row := map[string]any{"account": b.account, "member": member, "sub": sub.String(), "kind": kind, "packed": b64(b.packed), "status": "active", "issued": day, "expires": day + 90}
	if key == nil {
		b.code = strings.ToUpper(sub.String()[:8])
		row["code"] = b.code
	} else {
		row["device"] = b.phone.device
	}
	b.card = b.make("cards", row).Id
}

// shows is the card as a till reads it at that time.
func (b *bearer) shows(at time.Time) []byte {
	b.t.Helper()
	if b.key == nil {
		return b.packed
	}
	var nonce [4]byte
	_, _ = rand.Read(nonce[:])
	shown, err := card.SignProof(b.key, "street000000000", b.packed, at.Add(-5*time.Second), nonce)
	must(b.t, err)
	return shown
}

func (b *bearer) balance() int { return b.record("accounts", b.account).GetInt("stamps") }

// minutes after noon of yesterday.
func (s *street) minutes(n float64) time.Time {
	return s.noon.Add(time.Duration(n * float64(time.Minute)))
}

// writes has the till write down a record, in its chain.
func (c *counter) writes(at time.Time, change func(*card.Record)) string {
	c.t.Helper()
	c.seq++
	var jti card.ID
	_, _ = rand.Read(jti[:])
	r := card.Record{Till: c.till, JTI: jti, At: at.Truncate(time.Second).UTC(), Seq: c.seq, Prev: c.prev, Shop: c.shop, Act: card.ActStamp}
	change(&r)
	raw, err := card.SignRecord(c.key, r)
	must(c.t, err)
	read, err := card.ReadRecord(raw, jwkOf(c.t, c.key))
	must(c.t, err)
	c.prev = read.ID
	return raw
}

func (c *counter) stamps(b *bearer, at time.Time) string {
	return c.writes(at, func(r *card.Record) { r.Card = b.shows(at) })
}

// proved stamps by a proof that is at hand.
func (c *counter) proved(shown []byte, at time.Time) string {
	return c.writes(at, func(r *card.Record) { r.Card = shown })
}

func (c *counter) typed(code string, at time.Time) string {
	return c.writes(at, func(r *card.Record) { r.Code = code })
}

func (c *counter) redeems(b *bearer, voucher []byte, at time.Time) string {
	return c.writes(at, func(r *card.Record) { r.Act, r.Card, r.Voucher = card.ActRedeem, b.shows(at), voucher })
}

func (c *counter) undoes(raw string, at time.Time) string {
	of := nameOf(c.t, raw)
	return c.writes(at, func(r *card.Record) { r.Act, r.Of = card.ActUndo, of })
}

// nameOf is a record's id.
func nameOf(t testing.TB, raw string) string {
	t.Helper()
	return token.Access(raw[:strings.LastIndexByte(raw, '.')])
}

// rowOf is the row of a record.
func rowOf(t testing.TB, raw string) string { return sync.DerivedID("stamp", nameOf(t, raw)) }

// brings records and says the verdicts, in order.
func (p *phone) brings(records ...string) []string {
	p.t.Helper()
	raws := make([]any, len(records))
	for i, r := range records {
		raws[i] = r
	}
	return p.bringsRaw(raws...)
}

func (p *phone) bringsRaw(records ...any) (verdicts []string) {
	p.t.Helper()
	for part := range slices.Chunk(records, 20) {
		a := p.doesWell("stamps.record", map[string]any{"records": part})
		var said struct {
			Verdicts []struct{ ID, Verdict string }
		}
		must(p.t, json.Unmarshal(a.last().Result, &said))
		for _, v := range said.Verdicts {
			verdicts = append(verdicts, v.Verdict)
		}
	}
	return verdicts
}

// says holds verdicts against what was expected.
func says(t testing.TB, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: %q, not %q", what, got, want)
	}
}

// state of a stored record, with its codes.
func (s *street) state(raw string) string {
	s.t.Helper()
	r := s.record("stamps", rowOf(s.t, raw))
	var codes []string
	must(s.t, json.Unmarshal([]byte(r.GetString("codes")), &codes))
	return strings.Join(append([]string{r.GetString("state")}, codes...), " ")
}

// voucher gets a voucher of a reward that shops take, and is as long ago as the card.
func (b *bearer) voucher(pence int, shops ...string) (jti string, packed []byte) {
	b.t.Helper()
	var shares []map[string]any
	for _, s := range shops {
		shares = append(shares, map[string]any{"shop": s, "share": 100 / len(shops)})
	}
	reward := b.make("rewards", map[string]any{"title": "Tea", "stamps": 1, "pence": pence, "status": "active", "shops": shares}).Id
	var id card.ID
	_, _ = rand.Read(id[:])
	row := b.record("cards", b.card)
	sub, _ := card.ReadID(row.GetString("sub"))
	day := card.Day(time.Now()) - 21
	packed, err := b.ring.Voucher(card.Voucher{ID: id, Sub: sub, Reward: reward, Pence: pence, Offline: pence <= 500, Day: day, TTL: card.Units(60)})
	must(b.t, err)
	b.make("vouchers", map[string]any{
		"account": b.account, "member": row.GetString("member"), "reward": reward, "jti": id.String(), "packed": base64.RawURLEncoding.EncodeToString(packed), "status": "open",
		"issued": day, "expires": day + 60, "pence": pence, "offline": pence <= 500, "stamps": 1, "card": b.card,
	})
	account := b.record("accounts", b.account)
	account.Set("spent+", 1)
	must(b.t, b.app.Save(account))
	return id.String(), packed
}

func (s *street) voucherIs(jti string) string {
	s.t.Helper()
	v, err := s.app.FindFirstRecordByData("vouchers", "jti", jti)
	must(s.t, err)
	return v.GetString("status")
}

func base64Of(v any) ([]byte, error) {
	text, _ := v.(string)
	return base64.RawURLEncoding.DecodeString(text)
}
