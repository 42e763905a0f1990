package waysin

import (
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/base32"
	"encoding/hex"
	"errors"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/limits"
	"kith/internal/problem"
	"kith/internal/sync"
	"kith/internal/token"
)

// crockford has no I, L, O or U: a code can be read out over a counter.
var crockford = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

// Invite says what a new code lets its bearer become.
type Invite struct {
	Role   string // resident, activator or coordinator
	Member string // an existing member who gets one more device; else empty
	Uses   int
	Until  time.Time
	Demo   bool
}

// NewInvite stores an invite and returns its code: 80 random bits as
// XXXX-XXXX-XXXX-XXXX. Only a hash is kept, so a copy of the database opens nothing.
func NewInvite(app core.App, in Invite, now time.Time) (string, error) {
	raw := make([]byte, 10)
	if _, err := rand.Read(raw); err != nil {
		return "", err
	}
	code := crockford.EncodeToString(raw)
	c, err := app.FindCollectionByNameOrId("invites")
	if err != nil {
		return "", err
	}
	r := core.NewRecord(c)
	r.Set("codeHash", hash(code))
	r.Set("role", in.Role)
	r.Set("member", in.Member)
	r.Set("usesLeft", in.Uses)
	r.Set("expires", sync.Stamp(in.Until))
	r.Set("created", sync.Stamp(now))
	r.Set("demo", in.Demo)
	if err := app.Save(r); err != nil {
		return "", err
	}
	return strings.Join([]string{code[:4], code[4:8], code[8:12], code[12:]}, "-"), nil
}

// hash of a code as a person typed it.
func hash(code string) string {
	plain := strings.NewReplacer("-", "", " ", "", "O", "0", "I", "1", "L", "1").Replace(strings.ToUpper(code))
	sum := sha256.Sum256([]byte(plain))
	return hex.EncodeToString(sum[:])
}

func byMember(id string) dbx.Expression { return dbx.HashExp{"member": id} }

// enrol uses an invite for a key. The same key again is the same device, and
// nothing is used up.
func enrol(tx core.App, code, firstName, deviceName string, key token.Key, now time.Time) (*core.Record, error) {
	known, err := tx.FindFirstRecordByData("devices", "thumbprint", key.Thumbprint())
	if err == nil {
		if known.GetBool("revoked") {
			return nil, problem.DeviceUnknown.Because(nil)
		}
		return known, nil
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return nil, err
	}
	invite, err := tx.FindFirstRecordByData("invites", "codeHash", hash(code))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, problem.InviteInvalid.Because(nil)
	}
	if err != nil {
		return nil, err
	}
	if invite.GetInt("usesLeft") < 1 || invite.GetString("expires") <= sync.Stamp(now) {
		return nil, problem.InviteExpired.Because(nil)
	}
	invite.Set("usesLeft", invite.GetInt("usesLeft")-1)
	if err := tx.Save(invite); err != nil {
		return nil, err
	}
	member := invite.GetString("member")
	if member == "" {
		if firstName == "" {
			return nil, problem.BodyInvalid.Saying("A first name has 1 to 40 letters.")
		}
		if member, err = newMember(tx, firstName, invite.GetString("role"), now); err != nil {
			return nil, err
		}
	}
	return newDevice(tx, member, deviceName, key, now)
}

func newMember(tx core.App, firstName, role string, now time.Time) (string, error) {
	m, err := record(tx, "members", map[string]any{"firstName": firstName, "created": sync.Stamp(now), "standing": "active"})
	if err != nil {
		return "", err
	}
	m.SetRandomPassword()
	if err := tx.Save(m); err != nil {
		return "", err
	}
	if role == "resident" || role == "" {
		return m.Id, nil
	}
	r, err := record(tx, "roles", map[string]any{"member": m.Id, "role": role})
	if err != nil {
		return "", err
	}
	return m.Id, tx.Save(r)
}

func newDevice(tx core.App, member, name string, key token.Key, now time.Time) (*core.Record, error) {
	d, err := record(tx, "devices", map[string]any{
		"member": member, "name": name, "key": key, "thumbprint": key.Thumbprint(), "created": sync.Stamp(now),
		"enrolled": true, "enrolledUntil": sync.Stamp(now.Add(limits.Enrolment)), // all invites are made on this machine
	})
	if err != nil {
		return nil, err
	}
	d.SetRandomPassword()
	return d, tx.Save(d)
}

func record(app core.App, collection string, values map[string]any) (*core.Record, error) {
	c, err := app.FindCollectionByNameOrId(collection)
	if err != nil {
		return nil, err
	}
	r := core.NewRecord(c)
	r.Load(values)
	return r, nil
}
