// Package audit is the record of who did what with power over others: who gave a
// role, ended a device, read the record itself. It is append-only: triggers
// refuse every other way of writing, and each entry carries the SHA-256 of the
// one before, so that a change made behind the triggers' back shows.
//
// It holds ids and short codes, never a name and never what somebody wrote:
// after an erasure its ids lead to nobody.
//
// What the chain can't show by itself is an end that was cut off, or a chain that
// somebody made anew from some entry on. Both show as soon as a Head that was
// noted earlier is held against it; a head says nothing of anybody and can be
// pinned to a wall.
package audit

import (
	"bytes"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
)

// Entry is one thing that was done, as a caller tells it.
type Entry struct {
	At      time.Time
	Actor   string // a member's id, "console", or "" where nobody is signed in
	Device  string
	Action  string // e.g. "roles.give"
	Subject string // the id of whom or what it was done to
	Detail  map[string]string
}

// Console is the actor of what was done on the machine itself.
const Console = "console"

// Head names the newest entry: its number and its hash. Number 0: no entry.
type Head struct {
	Number int64  `json:"number"`
	Hash   string `json:"hash"`
}

// String is how a head is written on paper.
func (h Head) String() string { return strconv.FormatInt(h.Number, 10) + "-" + h.Hash }

var headPattern = regexp.MustCompile(`^(0|[1-9][0-9]{0,17})-([0-9a-f]{64})$`)

// ParseHead reads what String wrote.
func ParseHead(s string) (Head, error) {
	m := headPattern.FindStringSubmatch(strings.TrimSpace(s))
	if m == nil {
		return Head{}, errors.New("a head is a number, a dash and 64 hexadecimal digits, as kith audit head prints it")
	}
	n, err := strconv.ParseInt(m[1], 10, 64)
	return Head{n, m[2]}, err
}

// Origin is what the first entry follows.
var Origin = Head{0, strings.Repeat("0", 64)}

// Row is one entry as it is stored.
type Row struct {
	Number  int64  `json:"number" db:"number"`
	At      string `json:"at" db:"at"`
	Actor   string `json:"actor" db:"actor"`
	Device  string `json:"device" db:"device"`
	Action  string `json:"action" db:"action"`
	Subject string `json:"subject" db:"subject"`
	Detail  string `json:"detail" db:"detail"` // a JSON object with sorted names
	Prev    string `json:"prev" db:"prev"`
	Hash    string `json:"hash" db:"hash"`
}

// Digest is what Hash must be: the SHA-256, in hexadecimal digits, over
// "kith audit 1" and every other column, each written as its length in bytes, a
// colon, its bytes and a comma, so that no two rows have the same bytes.
func (r *Row) Digest() string {
	var b bytes.Buffer
	for _, v := range []string{"kith audit 1", strconv.FormatInt(r.Number, 10), r.Prev, r.At, r.Actor, r.Device, r.Action, r.Subject, r.Detail} {
		fmt.Fprintf(&b, "%d:%s,", len(v), v)
	}
	sum := sha256.Sum256(b.Bytes())
	return hex.EncodeToString(sum[:])
}

var (
	action = regexp.MustCompile(`^[a-z][a-zA-Z]*(\.[a-zA-Z]+)*$`)
	token  = regexp.MustCompile(`^[A-Za-z0-9_.,:/+-]{0,64}$`) // an id, a code, a date: no sentence fits
)

// Append adds one entry. db is the transaction of what it tells of, so that
// neither is there without the other.
func Append(db dbx.Builder, e Entry) error {
	r, err := e.row()
	if err != nil {
		return err
	}
	last, err := Last(db)
	if err != nil {
		return err
	}
	r.Number, r.Prev = last.Number+1, last.Hash
	r.Hash = r.Digest()
	_, err = db.NewQuery("INSERT INTO audit VALUES ({:number}, {:at}, {:actor}, {:device}, {:action}, {:subject}, {:detail}, {:prev}, {:hash})").
		Bind(dbx.Params{
			"number": r.Number, "at": r.At, "actor": r.Actor, "device": r.Device, "action": r.Action,
			"subject": r.Subject, "detail": r.Detail, "prev": r.Prev, "hash": r.Hash,
		}).Execute()
	return err
}

func (e *Entry) row() (*Row, error) {
	if !action.MatchString(e.Action) {
		return nil, fmt.Errorf("audit: %q is not the name of an action", e.Action)
	}
	for _, v := range []string{e.Actor, e.Device, e.Subject} {
		if !token.MatchString(v) {
			return nil, fmt.Errorf("audit: %s tells more than an id", e.Action)
		}
	}
	detail := e.Detail
	if detail == nil {
		detail = map[string]string{}
	}
	for name, v := range detail {
		if !token.MatchString(name) || !token.MatchString(v) {
			return nil, fmt.Errorf("audit: %s tells more than a code in %s", e.Action, name)
		}
	}
	raw, err := json.Marshal(detail) // sorts the names
	if err != nil {
		return nil, err
	}
	at := e.At.UTC().Format("2006-01-02T15:04:05.000Z")
	return &Row{At: at, Actor: e.Actor, Device: e.Device, Action: e.Action, Subject: e.Subject, Detail: string(raw)}, nil
}

// Last returns the head.
func Last(db dbx.Builder) (Head, error) {
	h := Origin
	err := db.NewQuery("SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1").Row(&h.Number, &h.Hash)
	if errors.Is(err, sql.ErrNoRows) {
		return Origin, nil
	}
	return h, err
}

// Page returns up to limit entries before a number, newest first; before 0 means
// from the newest.
func Page(db dbx.Builder, before int64, limit int) ([]Row, error) {
	rows := []Row{}
	err := db.NewQuery("SELECT * FROM audit WHERE {:before} = 0 OR number < {:before} ORDER BY number DESC LIMIT {:limit}").
		Bind(dbx.Params{"before": before, "limit": limit}).All(&rows)
	return rows, err
}
