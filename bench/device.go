package main

import (
	"bufio"
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/klauspost/compress/zstd"
	"github.com/pocketbase/dbx"

	"kith/internal/store"
	"kith/internal/sync"
)

// device is a phone that has joined.
type device struct {
	*server
	token, member, stream, cursor string
	next                          string // where the public chunks go on
	number, acked                 int
	plain                         bool // ask for answers that aren't compressed
}

// benchCode is the invite of this run, and its hash as hooks/people keeps it.
const (
	benchCode     = "BENCHBENCHBENCHX"
	benchCodeHash = "6d9de5f5964f7b51177e741fb6a12e8a7b9c5c663395d976066692bc35553597"
)

func random() string {
	raw := make([]byte, 16)
	_, _ = rand.Read(raw)
	return base64.RawURLEncoding.EncodeToString(raw)
}

// invite opens the door of the town in dir for as many devices as there may be.
func invite(dir string) error {
	db, err := store.Open(dir + "/data.db")
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.NewQuery(`INSERT OR REPLACE INTO invites (id, codeHash, role, member, usesLeft, expires, created, demo, console)
		VALUES ('bench0000000000', {:hash}, 'resident', '', 1000000, '2099-01-01T00:00:00.000Z', '', false, true)`).
		Bind(dbx.Params{"hash": benchCodeHash}).Execute()
	return err
}

func (s *server) join() (*device, error) {
	_, d, err := s.joinBy()
	return d, err
}

// joinBy is join, and the key that the phone signs its proofs by.
func (s *server) joinBy() (*ecdsa.PrivateKey, *device, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	public, err := key.PublicKey.Bytes()
	if err != nil {
		return nil, nil, err
	}
	b64 := base64.RawURLEncoding.EncodeToString
	proof := jwt.NewWithClaims(jwt.SigningMethodES256, jwt.MapClaims{"htm": "POST", "htu": s.url + "/api/join", "iat": time.Now().Unix(), "jti": random()})
	proof.Header["typ"] = "dpop+jwt"
	proof.Header["jwk"] = map[string]string{"kty": "EC", "crv": "P-256", "x": b64(public[1:33]), "y": b64(public[33:])}
	signed, err := proof.SignedString(key)
	if err != nil {
		return nil, nil, err
	}
	raw, err := s.do("POST", "/api/join", "", map[string]string{"invite": benchCode, "firstName": "Bench", "deviceName": "Bench", "proof": signed}, nil)
	if err != nil {
		return nil, nil, err
	}
	var a struct{ Token, Member string }
	err = json.Unmarshal(raw, &a)
	return key, &device{server: s, token: a.Token, member: a.Member, stream: random()}, err
}

func (d *device) request(commands []sync.Command) map[string]any {
	return map[string]any{"protocol": 1, "schema": 1, "app": "bench", "stream": d.stream, "ack": d.acked, "pending": len(commands), "commands": commands, "cursor": d.cursor}
}

// pull asks once and returns the bytes as they travelled and the rows applied.
func (d *device) pull(commands []sync.Command, rows map[string]json.RawMessage) (travelled int, done bool, err error) {
	accept := map[string]string{"Accept-Encoding": "zstd"}
	if d.plain {
		accept = nil
	}
	raw, err := d.do("POST", "/api/sync", d.token, d.request(commands), accept)
	if err != nil {
		return 0, false, err
	}
	done, err = d.apply(raw, rows)
	return len(raw), done, err
}

var unzstd, _ = zstd.NewReader(nil) // fails for wrong options alone

// apply takes the lines of an answer into rows and moves the cursor.
func (d *device) apply(raw []byte, rows map[string]json.RawMessage) (done bool, err error) {
	if !bytes.HasPrefix(raw, []byte(`{`)) {
		if raw, err = unzstd.DecodeAll(raw, nil); err != nil {
			return false, err
		}
	}
	lines := bufio.NewReaderSize(bytes.NewReader(raw), 1<<20)
	for {
		line, err := lines.ReadBytes('\n')
		if err == io.EOF {
			return done, nil
		}
		if err != nil {
			return false, err
		}
		var l struct {
			Row []json.RawMessage
			End *struct {
				Cursor, Next string
				Done         bool
			}
		}
		if err := json.Unmarshal(line, &l); err != nil {
			return false, err
		}
		if l.Row != nil {
			rows[string(l.Row[2])] = l.Row[4]
		}
		if l.End != nil {
			d.cursor, d.next, done = l.End.Cursor, l.End.Next, l.End.Done
		}
	}
}

// all pulls until done.
func (d *device) all(rows map[string]json.RawMessage) (travelled int, err error) {
	for range 1000 {
		n, done, err := d.pull(nil, rows)
		travelled += n
		if err != nil || done {
			return travelled, err
		}
	}
	return travelled, fmt.Errorf("the first sync does not end")
}
