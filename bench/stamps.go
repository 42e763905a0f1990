package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/pocketbase/dbx"

	"kith/internal/card"
	"kith/internal/limits"
	"kith/internal/store"
	"kith/internal/sync"
	"kith/internal/token"
)

// cardKeys writes keys that are older than the town, so that its cards can be, too.
func cardKeys(dir string) error {
	keys, err := card.NewKeys(time.Now().AddDate(0, 0, -100), card.Set{}, false)
	if err != nil {
		return err
	}
	return keys.WriteFile(dir+".card-keys", true)
}

// stamps: 1,000 records that a till wrote down without a signal, of 500 cards on phones,
// beside three bare checks of a signature for each: of the record, the card, the proof.
func stamps(s *server, r *report) error {
	const n, runs = 1000, 7
	var cpu, wall, bare []float64
	for run := range runs {
		c, err := s.counter(run, n/2)
		if err != nil {
			return err
		}
		pushes, err := c.fortnight(n)
		if err != nil {
			return err
		}
		var used, took time.Duration
		if err := s.profile("stamps", func() (err error) {
			used, took, err = s.times(1, func(int) error { return c.send(pushes, n) })
			return err
		}); err != nil {
			return err
		}
		checks, err := signatures(3 * n)
		if err != nil {
			return err
		}
		cpu, wall, bare = append(cpu, n/used.Seconds()), append(wall, n/took.Seconds()), append(bare, n/checks.Seconds())
	}
	r.against("1,000 records of a till: records a second of server CPU", median(cpu), "/s", "three bare signature checks each", median(bare), false, 0.5)
	r.plain("1,000 records of a till: records a second, from start to end", median(wall), "/s")
	return nil
}

// signatures is how long so many checks take this process, of P-256 and nothing else.
func signatures(n int) (time.Duration, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return 0, err
	}
	sum := sha256.Sum256([]byte("bench"))
	sig, err := ecdsa.SignASN1(rand.Reader, key, sum[:])
	if err != nil {
		return 0, err
	}
	before := own()
	for range n {
		if !ecdsa.VerifyASN1(&key.PublicKey, sum[:], sig) {
			return 0, fmt.Errorf("a signature is wrong")
		}
	}
	return own() - before, nil
}

// tillside is a till, somebody who works at it, and cards that come to it.
type tillside struct {
	*server
	d         *device
	key, till *ecdsa.PrivateKey
	id, shop  string
	issuer    string
	cards     []bearer
}

type bearer struct {
	key    *ecdsa.PrivateKey
	packed []byte
}

func (s *server) counter(run, cards int) (*tillside, error) {
	db, err := store.Open(s.dir + "/data.db")
	if err != nil {
		return nil, err
	}
	defer db.Close()
	c := &tillside{server: s, id: fmt.Sprintf("benchtill%06d", run), shop: fmt.Sprintf("benchshop%06d", run)}
	if c.till, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		return nil, err
	}
	if c.key, c.d, err = s.joinBy(); err != nil {
		return nil, err
	}
	if err := db.NewQuery("SELECT id FROM communities LIMIT 1").Row(&c.issuer); err != nil {
		return nil, err
	}
	public, err := token.KeyOf(&c.till.PublicKey)
	if err != nil {
		return nil, err
	}
	jwk, err := json.Marshal(public)
	if err != nil {
		return nil, err
	}
	for _, statement := range []string{
		"INSERT INTO shops (id, name, status) VALUES ({:shop}, 'Bench', 'active')",
		"INSERT INTO roles (id, member, role, shop) VALUES (substr({:till} || 'role', 5, 15), {:member}, 'staff', {:shop})",
		"INSERT INTO tills (id, shop, name, key, opened, expires) VALUES ({:till}, {:shop}, 'Bench', {:key}, '2026-01-01T00:00:00.000Z', 99999)",
	} {
		if _, err := db.NewQuery(statement).Bind(dbx.Params{"shop": c.shop, "till": c.id, "member": c.d.member, "key": string(jwk)}).Execute(); err != nil {
			return nil, err
		}
	}
	return c, c.make(db, run, cards)
}

// make makes the cards, each of a member of its own.
func (c *tillside) make(db *dbx.DB, run, cards int) error {
	keys, err := card.ReadFile(c.dir + ".card-keys")
	if err != nil {
		return err
	}
	ring := &card.Ring{}
	ring.Put(c.issuer, keys)
	day := card.Day(time.Now()) - 30
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after a commit there is nothing to take back
	for i := range cards {
		b := bearer{}
		if b.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
			return err
		}
		key, err := token.KeyOf(&b.key.PublicKey)
		if err != nil {
			return err
		}
		sum := sha256.Sum256([]byte(fmt.Sprint("bench", run, i)))
		if b.packed, err = ring.Card(card.ID(sum[:8]), day, card.Units(90), &key); err != nil {
			return err
		}
		params := dbx.Params{
			"id": fmt.Sprintf("bench%03d%07d", run, i), "member": fmt.Sprintf("bearer%02d%07d", run, i), "sub": hex.EncodeToString(sum[:8]), "packed": base64.RawURLEncoding.EncodeToString(b.packed), "day": int(day),
		}
		for _, statement := range []string{
			"INSERT INTO accounts (id, member) VALUES ({:id}, {:member})",
			"INSERT INTO cards (id, account, member, sub, kind, packed, issued, expires, status) VALUES ({:id}, {:id}, {:member}, {:sub}, 'phone', {:packed}, {:day}, {:day} + 90, 'active')",
		} {
			if _, err := tx.NewQuery(statement).Bind(params).Execute(); err != nil {
				return err
			}
		}
		c.cards = append(c.cards, b)
	}
	return tx.Commit()
}

// fortnight are the records of a till that heard nothing for 13 days, as pushes.
func (c *tillside) fortnight(n int) (pushes [][]sync.Command, err error) {
	prev, began, first := "", time.Now().AddDate(0, 0, -13).Truncate(time.Second), true
	var records []string
	var commands []sync.Command
	for i := range n {
		at := began.Add(time.Duration(i) * 13 * 24 * time.Hour / time.Duration(n))
		b := c.cards[i%len(c.cards)]
		shown, err := card.SignProof(b.key, c.issuer, b.packed, at.Add(-5*time.Second), [4]byte{byte(i), byte(i >> 8)})
		if err != nil {
			return nil, err
		}
		raw, err := card.SignRecord(c.till, card.Record{Till: c.id, JTI: card.ID{byte(i), byte(i >> 8)}, At: at, Seq: i + 1, Prev: prev, Shop: c.shop, Act: card.ActStamp, Card: shown})
		if err != nil {
			return nil, err
		}
		prev = token.Access(raw[:strings.LastIndexByte(raw, '.')])
		if records = append(records, raw); len(records) == limits.RecordsPerCommand || i == n-1 {
			args, err := json.Marshal(map[string]any{"records": records})
			if err != nil {
				return nil, err
			}
			c.d.number++
			commands = append(commands, sync.Command{Number: int64(c.d.number), Nonce: random(), Name: "stamps.record", V: 1, Args: args, At: sync.Stamp(time.Now())})
			records, first = nil, false
		}
		if len(commands) == 25 && !first && records == nil || i == n-1 {
			pushes, commands = append(pushes, commands), nil
		}
	}
	return pushes, nil
}

// send uploads them, and looks that each record counts.
func (c *tillside) send(pushes [][]sync.Command, n int) error {
	counted := 0
	for _, commands := range pushes {
		raw, err := c.d.do("POST", "/api/sync", c.d.token, c.d.request(commands), map[string]string{"DPoP": c.dpop()})
		if err != nil {
			return err
		}
		c.d.acked = int(commands[len(commands)-1].Number)
		got := strings.Count(string(raw), `"verdict":"ok"`)
		if counted += got; got == 0 {
			return fmt.Errorf("stamps: %.600s", raw)
		}
	}
	if counted != n {
		return fmt.Errorf("stamps: %d of %d records count", counted, n)
	}
	return nil
}

func (c *tillside) dpop() string {
	raw, err := token.Sign(c.key, token.TypProof, map[string]any{
		"htm": "POST", "htu": c.url + "/api/sync", "iat": time.Now().Unix(), "jti": random(), "ath": token.Access(c.d.token),
	})
	if err != nil {
		return "" // which the server refuses
	}
	return raw
}
