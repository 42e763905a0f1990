package waysin

import (
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"kith/internal/limits"
	"kith/internal/problem"
	"kith/internal/sync"
	"kith/internal/token"
)

// arrival is a device that wants to come in.
type arrival struct {
	name string
	key  token.Key
	now  time.Time
	// leads puts whoever comes into what the invite leads to.
	leads Leads
}

// known is the device of a key, or nil.
func known(tx core.App, key token.Key) (*core.Record, error) {
	d, err := tx.FindFirstRecordByData("devices", "thumbprint", key.Thumbprint())
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return d, err
}

// joinWith uses an invite for a key. The same key again is the same device, and
// nothing is used up.
func (a arrival) joinWith(tx core.App, code, firstName string) (*core.Record, error) {
	before, err := known(tx, a.key)
	if err != nil {
		return nil, err
	}
	if before != nil {
		if before.GetBool("revoked") {
			return nil, problem.DeviceUnknown.Because(nil)
		}
		return before, nil
	}
	invite, err := findInvite(tx, code, a.now)
	if err != nil {
		return nil, err
	}
	invite.Set("usesLeft", invite.GetInt("usesLeft")-1)
	if err := tx.Save(invite); err != nil {
		return nil, err
	}
	waits := invite.GetString("role") == "staff" && !invite.GetBool("console")
	member := invite.GetString("member")
	if member == "" {
		if firstName == "" {
			return nil, problem.BodyInvalid.Saying("A first name has 1 to 40 letters.")
		}
		if member, err = newMember(tx, firstName, a.now); err != nil {
			return nil, err
		}
		if err := a.lead(tx, invite, member); err != nil {
			return nil, err
		}
		if !waits { // who waits gets the role when they are let in
			if err := giveRole(tx, member, invite.GetString("role"), invite.GetString("shop")); err != nil {
				return nil, err
			}
		}
	}
	values := map[string]any{}
	if invite.GetBool("console") {
		values = enrolled(a.now)
	}
	if invite.GetString("role") == "staff" {
		values["shop"] = invite.GetString("shop")
	}
	if waits {
		values["pending"], values["match"] = true, match(invite.GetString("codeHash"), a.key)
	}
	d, err := a.device(tx, member, values)
	switch {
	case err != nil:
		return nil, err
	case waits:
		err = tellWaits(tx, d, a.now)
	case invite.GetString("member") != "":
		err = tellNew(tx, d, a.now)
	}
	return d, err
}

// device stores a new device of a member.
func (a arrival) device(tx core.App, member string, values map[string]any) (*core.Record, error) {
	d, err := record(tx, "devices", map[string]any{
		"member": member, "name": a.name, "key": a.key, "thumbprint": a.key.Thumbprint(), "created": sync.Stamp(a.now),
	})
	if err != nil {
		return nil, err
	}
	d.Load(values)
	d.SetRandomPassword()
	return d, tx.Save(d)
}

// enrolled is what a device gets that may hold what the community's own people
// need, for a while.
func enrolled(now time.Time) map[string]any {
	return map[string]any{"enrolled": true, "enrolledUntil": sync.Stamp(now.Add(limits.Enrolment))}
}

// match is the six digits that a waiting device and its shop's owner both see:
// it is the same invite and the same key, so it is that phone and no other.
func match(codeHash string, key token.Key) string {
	sum := sha256.Sum256([]byte("match " + codeHash + " " + key.Thumbprint()))
	return fmt.Sprintf("%06d", binary.BigEndian.Uint64(sum[:8])%1_000_000)
}

func newMember(tx core.App, firstName string, now time.Time) (string, error) {
	m, err := record(tx, "members", map[string]any{"firstName": firstName, "created": sync.Stamp(now), "standing": "active"})
	if err != nil {
		return "", err
	}
	m.SetRandomPassword()
	return m.Id, tx.Save(m)
}

// giveRole adds a role to a member who hasn't got it. Its id is derived, so that
// a command that gives it stays deterministic.
func giveRole(tx core.App, member, role, shop string) error {
	if role == "resident" || role == oneMore {
		return nil
	}
	has, err := tx.FindAllRecords("roles", byMember(member))
	if err != nil {
		return err
	}
	for _, r := range has {
		if r.GetString("role") == role && r.GetString("shop") == shop {
			return nil
		}
	}
	r, err := record(tx, "roles", map[string]any{"member": member, "role": role, "shop": shop})
	if err != nil {
		return err
	}
	r.Id = sync.DerivedID("role", member, role, shop)
	return tx.Save(r)
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
