package sim

import (
	"bytes"
	"cmp"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"kith/internal/token"
	"kith/sim/device"
)

// writer is one phone that adds places as fast as it is answered. What it was
// told stays in its ledger; what it was not told it sends again.
type writer struct {
	addr    string
	key     *ecdsa.PrivateKey
	member  string
	token   string
	stream  string
	cursor  string
	whole   bool // the last answer left nothing unsent
	page    int  // how much of an answer it takes at once; 0: little
	number  int64
	waiting []*write
	acked   []*write
	does    func(id string) (name string, args map[string]any) // nil: it adds places
}

type write struct {
	number int64
	nonce  string
	id     string
	status string // of its outcome
	seq    int64
}

func base64url(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails, see crypto/rand
	return base64.RawURLEncoding.EncodeToString(b)
}

// newID is a row's id, as a phone makes it.
func newID() string { return strings.ToLower(rand.Text())[:15] }

var codePattern = regexp.MustCompile(`code ([0-9A-Z-]{19})`)

// invite makes a code for any number of writers.
func (p *process) invite() string {
	m := codePattern.FindStringSubmatch(p.verb("invite", "--role", "activator", "--uses", "1000"))
	if m == nil {
		p.t.Fatal("kith invite printed no code")
	}
	return m[1]
}

// join makes a key and a device of it, by the real way in.
func join(t *testing.T, addr, code string) *writer {
	t.Helper()
	w, err := tryJoin(addr, code)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// tryJoin is join for where many join at once.
func tryJoin(addr, code string) (*writer, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	w := &writer{addr: addr, stream: base64url(16), key: key}
	proof, err := w.proof("/api/join")
	if err != nil {
		return nil, err
	}
	status, body, err := w.post("/api/join", mustJSON(map[string]any{"invite": code, "firstName": "Writer", "deviceName": "Phone", "proof": proof}))
	if err != nil || status != 200 {
		return nil, fmt.Errorf("join: %d %s %w", status, body, err)
	}
	var account struct{ Member, Token string }
	if err := json.Unmarshal(body, &account); err != nil {
		return nil, err
	}
	w.member, w.token = account.Member, account.Token
	return w, nil
}

// proof shows that a request comes from this phone: it has a role, so it sends one
// with each.
func (w *writer) proof(path string) (string, error) {
	claims := jwt.MapClaims{"htm": "POST", "htu": "http://" + w.addr + path, "iat": time.Now().Unix(), "jti": base64url(16)}
	if w.token != "" {
		claims["ath"] = token.Access(w.token)
	}
	t := jwt.NewWithClaims(jwt.SigningMethodES256, claims)
	t.Header["typ"], t.Header["jwk"] = token.TypProof, publicHalf(w.key)
	return t.SignedString(w.key)
}

// request is one with this phone's token and proof.
func (w *writer) request(ctx context.Context, path string, body []byte) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+w.addr+path, bytes.NewReader(body))
	if err != nil || w.token == "" {
		return r, err
	}
	proof, err := w.proof(path)
	r.Header.Set("Authorization", "Bearer "+w.token)
	r.Header.Set("DPoP", proof)
	return r, err
}

func (w *writer) post(path string, body []byte) (int, []byte, error) {
	r, err := w.request(context.Background(), path, body)
	if err != nil {
		return 0, nil, err
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, nil, err
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	return res.StatusCode, raw, err
}

// add does so many more things, which wait then.
func (w *writer) add(n int) {
	for range n {
		w.number++
		w.waiting = append(w.waiting, &write{number: w.number, nonce: base64url(16), id: newID()})
	}
}

// push sends what waits, some new places with it. It returns an error
// when it got no whole answer, and what is wrong with one that it got.
func (w *writer) push(add int) (lost error, wrong error) {
	w.add(add)
	a, lost, wrong := w.send(w.waiting)
	if lost != nil || wrong != nil {
		return lost, wrong
	}
	return nil, w.hear(a)
}

// hear takes what an answer says of all that waits.
func (w *writer) hear(a *device.Answer) error {
	if a.Stop != nil {
		return fmt.Errorf("stopped: %+v", *a.Stop)
	}
	outcomes := byNonce(a)
	w.cursor, w.whole = a.End.Cursor, a.End.Done
	for _, c := range slices.Clone(w.waiting) {
		o, told := outcomes[c.nonce]
		if !told {
			return fmt.Errorf("an answer says nothing of number %d", c.number)
		}
		if c.status, c.seq = o.Status, o.Seq; o.Status != "ok" {
			return fmt.Errorf("number %d is %s (%s): %s", c.number, o.Status, o.Code, o.Message)
		}
		w.acked = append(w.acked, c)
	}
	w.waiting = nil
	return nil
}

func byNonce(a *device.Answer) map[string]device.Outcome {
	outcomes := map[string]device.Outcome{}
	for _, o := range a.Outcomes {
		outcomes[o.Nonce] = o
	}
	return outcomes
}

// body is a request with these commands.
func (w *writer) body(list []*write) []byte {
	does, commands := w.does, []map[string]any{}
	if does == nil {
		does = addsPlace
	}
	for _, c := range list {
		name, args := does(c.id)
		commands = append(commands, map[string]any{"number": c.number, "nonce": c.nonce, "name": name, "v": 1, "at": "2026-06-01T09:00:00.000Z", "args": args})
	}
	ack := int64(0)
	if len(list) > 0 {
		ack = list[0].number - 1
	}
	return w.bodyOf(commands, ack)
}

func addsPlace(id string) (name string, args map[string]any) {
	return "places.add", map[string]any{"id": id, "name": "Hall " + id, "kind": "hall"}
}

func (w *writer) bodyOf(commands []map[string]any, ack int64) []byte {
	return mustJSON(map[string]any{
		"protocol": 1, "schema": 1, "app": "sim", "stream": w.stream, "ack": ack, "pending": len(commands), "commands": commands, "cursor": w.cursor, "maxBytes": cmp.Or(w.page, 16<<10),
	})
}

// send sends commands and returns the answer.
func (w *writer) send(list []*write) (a *device.Answer, lost, wrong error) {
	status, raw, err := w.post("/api/sync", w.body(list))
	if err != nil {
		return nil, err, nil
	}
	if status == http.StatusServiceUnavailable {
		return nil, fmt.Errorf("busy: %s", raw), nil
	}
	if status != http.StatusOK {
		return nil, nil, &refused{status, raw}
	}
	if a = device.ParseAnswer(raw); a == nil {
		return nil, fmt.Errorf("the answer was cut"), nil
	}
	return a, nil, nil
}

// refused is an answer that is none.
type refused struct {
	status int
	raw    []byte
}

func (r *refused) Error() string { return fmt.Sprintf("%d %s", r.status, r.raw) }

// writeUntilItDies lets all writers push at once until the server is gone. It
// calls killer in a goroutine once so many pushes were acknowledged.
func writeUntilItDies(t *testing.T, writers []*writer, after int, killer func()) {
	var all sync.WaitGroup
	var acks atomic.Int64
	if after == 0 {
		all.Go(killer)
	}
	for i, w := range writers {
		all.Go(func() {
			for n := 0; ; n++ {
				lost, wrong := w.push(1 + (n+i)%7)
				if wrong != nil {
					t.Errorf("writer %d: %v", i, wrong)
				}
				if lost != nil || wrong != nil {
					return
				}
				if acks.Add(1) == int64(after) {
					all.Go(killer)
				}
			}
		})
	}
	all.Wait()
}

// differently asks the running server again for what was acknowledged since, and
// returns how many outcomes are not what they were.
func differently(t *testing.T, writers []*writer, since []int) (lost int) {
	t.Helper()
	for i, w := range writers {
		for _, part := range slices.Collect(slices.Chunk(w.acked[since[i]:], 100)) {
			outcomes, gone, wrong := w.again(part)
			if gone != nil {
				t.Fatalf("writer %d: %v", i, gone)
			}
			if wrong != nil { // a gap or a fork: the stream has forgotten what it said
				lost += len(part)
				continue
			}
			for _, c := range part {
				if o := outcomes[c.nonce]; o.Status != c.status || o.Seq != c.seq {
					lost++
				}
			}
		}
	}
	return lost
}

// again asks for outcomes that were given before, on the same stream.
func (w *writer) again(list []*write) (outcomes map[string]device.Outcome, lost, wrong error) {
	for {
		a, lost, wrong := w.send(list)
		switch {
		case lost != nil && strings.HasPrefix(lost.Error(), "busy"):
			continue
		case lost != nil || wrong != nil:
			return nil, lost, wrong
		case a.Stop != nil:
			return nil, nil, fmt.Errorf("stopped: %+v", *a.Stop)
		}
		w.cursor = a.End.Cursor
		return byNonce(a), nil, nil
	}
}

// lostFrom looks into the database of a server that is down, before anybody can send
// anything again: how much of what was acknowledged since is not there once.
func lostFrom(t *testing.T, dir string, writers []*writer, since []int) (lost int) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "data.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for i, w := range writers {
		for _, c := range w.acked[since[i]:] {
			var rows, seq int64
			err := db.QueryRow(`SELECT (SELECT count(*) FROM places WHERE id = ?),
				(SELECT coalesce(sum(seq), 0) FROM sync_command WHERE nonce = ? AND status = 'ok')`, c.id, c.nonce).Scan(&rows, &seq)
			if err != nil {
				t.Fatal(err)
			}
			if rows != 1 || seq != c.seq {
				lost++
			}
		}
	}
	doubled(t, db)
	return lost
}

// doubled is how many places there are beside those of the confirmed commands.
func doubled(t *testing.T, db *sql.DB) (n int) {
	t.Helper()
	var places, commands, nonces int
	err := db.QueryRow(`SELECT (SELECT count(*) FROM places WHERE name = 'Hall ' || id), (SELECT count(*) FROM sync_command WHERE name = 'places.add' AND status = 'ok'),
		(SELECT count(DISTINCT nonce) FROM sync_command WHERE name = 'places.add')`).Scan(&places, &commands, &nonces)
	if err != nil {
		t.Fatal(err)
	}
	if places != commands || commands != nonces {
		t.Errorf("%d places, %d confirmed commands, %d nonces", places, commands, nonces)
	}
	return max(places-nonces, 0)
}
