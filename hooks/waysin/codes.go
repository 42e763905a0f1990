package waysin

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
	"net/mail"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/limits"
	"kith/internal/problem"
	"kith/internal/sync"
)

// codeKey is in the memory of this process and nowhere else: six digits can be
// guessed from a hash in no time, but not from one that needs this. Codes of a
// process that is gone are worth nothing, see forgetCodes.
type codeKey [32]byte

func newCodeKey() (k codeKey) {
	_, _ = rand.Read(k[:]) // never fails, see crypto/rand
	return k
}

// hash of a code, for one row.
func (k *codeKey) hash(row, salt, digits string) string {
	m := hmac.New(sha256.New, k[:])
	m.Write([]byte(row + " " + salt + " " + digits))
	return hex.EncodeToString(m.Sum(nil))
}

// newCode stores a code by e-mail and returns its row and its six digits.
// values say what it is for.
func (k *codeKey) newCode(tx core.App, values map[string]any, now time.Time) (*core.Record, string, error) {
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		return nil, "", err
	}
	digits := fmt.Sprintf("%06d", n)
	r, err := record(tx, "codes", values)
	if err != nil {
		return nil, "", err
	}
	r.Id = strings.ToLower(rand.Text())[:15]
	salt := rand.Text()
	r.Set("salt", salt)
	r.Set("codeHash", k.hash(r.Id, salt, digits))
	r.Set("created", sync.Stamp(now))
	r.Set("expires", sync.Stamp(now.Add(limits.CodeLife)))
	return r, digits, tx.Save(r)
}

// guess is a refusal that is written down, unlike all others: else a code could
// be guessed for ever.
type guess struct{ why error }

func (g guess) Error() string { return g.why.Error() }

// try holds digits against a code's row, once. Each code counts its own tries,
// wherever they come from; after the last it is dead, also for who has it.
func (k *codeKey) try(tx core.App, row *core.Record, digits string, now time.Time) error {
	if row.GetBool("used") || row.GetInt("tries") >= limits.CodeTries || row.GetString("expires") <= sync.Stamp(now) {
		return problem.CodeExpired.Because(nil)
	}
	row.Set("tries", row.GetInt("tries")+1)
	right := k.right(row, digits)
	// NB! A row for nobody is held to the same work: its code was sent to nobody.
	row.Set("used", right && row.GetString("member") != "")
	if err := tx.Save(row); err != nil {
		return err
	}
	if !row.GetBool("used") {
		return guess{problem.CodeWrong.Because(nil)}
	}
	return nil
}

func (k *codeKey) right(row *core.Record, digits string) bool {
	digits = strings.ReplaceAll(strings.TrimSpace(digits), " ", "")
	sum := k.hash(row.Id, row.GetString("salt"), digits)
	return subtle.ConstantTimeCompare([]byte(sum), []byte(row.GetString("codeHash"))) == 1
}

// newest is the last code that was sent for a device's e-mail.
func newest(tx core.App, device string) (*core.Record, error) {
	row := &core.Record{}
	err := tx.RecordQuery("codes").AndWhere(dbx.HashExp{"device": device, "kind": "email"}).OrderBy("created DESC").Limit(1).One(row)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, problem.CodeExpired.Because(nil)
	}
	return row, err
}

// forgetCodes deletes codes that ran out by now; with now far away, all.
func forgetCodes(app core.App, now time.Time) error {
	_, err := app.DB().Delete("codes", dbx.NewExp("expires <= {:now}", dbx.Params{"now": sync.Stamp(now)})).Execute()
	return err
}

// address reads an e-mail address as people type it. Upper and lower case are
// one address here: nobody has two that differ in that alone.
func address(s string) (string, bool) {
	s = strings.ToLower(strings.TrimSpace(s))
	if len(s) > limits.Email {
		return "", false
	}
	a, err := mail.ParseAddress(s)
	return s, err == nil && a.Name == "" && a.Address == s && strings.Contains(s, ".") && !strings.ContainsAny(s, "\"<>()[]\\,;: \t\r\n")
}
