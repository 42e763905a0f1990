package doorman

import (
	"context"
	"database/sql"
	"errors"
	gosync "sync"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/limits"
	"kith/internal/problem"
	"kith/internal/sync"
)

// standing remembers what was found out about devices, as long as nothing about
// them has changed: every change of a member's standing, roles, grants or devices
// moves their marker in the index, and the engine sees every commit before it
// answers.
type standing struct {
	mu   gosync.Mutex
	good map[string]*known // by device
}

// known is what was found out, and as of when. NB! never changed in place.
type known struct {
	epoch          string
	seq            int64
	member         string
	thumbprint     string
	seen           string
	zone           *time.Location
	roles          []string
	enrolled, wipe bool
}

// mustProve: who has power over others, however little, must show with each
// request that it comes from their own device.
func (k *known) mustProve() bool { return len(k.roles) > 0 }

func (k *known) today(now time.Time) string { return now.In(k.zone).Format(time.DateOnly) }

func (s *standing) check(ctx context.Context, e *sync.Engine, c Caller, ask func() (*known, error)) (*known, error) {
	epoch, seq, err := e.Touched(ctx, c.Member)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	k := s.good[c.Device]
	s.mu.Unlock()
	if k != nil && k.epoch == epoch && k.seq == seq && k.member == c.Member {
		return k, nil
	}
	if k, err = ask(); err != nil {
		return nil, err
	}
	k.epoch, k.seq, k.member = epoch, seq, c.Member
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.good == nil || len(s.good) > limits.LiveDevices {
		s.good = map[string]*known{}
	}
	s.good[c.Device] = k
	return k, nil
}

func (s *standing) of(c Caller) *known {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.good[c.Device]
}

func (s *standing) forget(c Caller) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.good, c.Device)
}

// look reads a device's standing, or refuses it.
func (d *Doorman) look(app core.App, c Caller) (*known, error) {
	var row struct {
		Member     string `db:"member"`
		Revoked    bool   `db:"revoked"`
		Pending    bool   `db:"pending"`
		Enrolled   bool   `db:"enrolled"`
		Wipe       bool   `db:"wipe"`
		Standing   string `db:"standing"`
		Thumbprint string `db:"thumbprint"`
		Seen       string `db:"seen"`
		Zone       string `db:"zone"`
	}
	err := app.DB().NewQuery(`SELECT d.member, d.revoked, d.pending, d.enrolled, d.wipe, d.thumbprint, d.seen, m.standing,
		coalesce((SELECT zone FROM communities LIMIT 1), '') AS zone
		FROM devices d JOIN members m ON m.id = d.member WHERE d.id = {:id}`).Bind(dbx.Params{"id": c.Device}).One(&row)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil, problem.TokenMissing.Because(err)
	case err != nil: // NB! our fault, and no judgement: a phone lets go of what is refused
		return nil, err
	case row.Member == c.Member && row.Revoked && row.Wipe:
		return nil, problem.DeviceWiped.Because(nil) // it may never have read the answer that told it so
	case row.Revoked || row.Member != c.Member:
		return nil, problem.DeviceUnknown.Because(nil)
	case row.Pending:
		return nil, problem.DevicePending.Because(nil)
	case row.Standing == "suspended":
		return nil, problem.MemberSuspended.Because(nil)
	case row.Standing != "active": // left, or moved away
		return nil, problem.DeviceUnknown.Because(nil)
	}
	k := &known{thumbprint: row.Thumbprint, seen: row.Seen, enrolled: row.Enrolled, wipe: row.Wipe, zone: time.UTC}
	if zone, err := time.LoadLocation(row.Zone); err == nil {
		k.zone = zone
	}
	return k, app.DB().NewQuery("SELECT DISTINCT role FROM roles WHERE member = {:member} ORDER BY role").
		Bind(dbx.Params{"member": c.Member}).Column(&k.roles)
}
