package rights

import (
	"errors"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/audit"
	"kith/internal/sync"
)

// Again erases members who were erased before and came back with a backup, each
// in a transaction of its own, and returns those who were there. leavers are
// those of people.leave.
func Again(app core.App, r *sync.Registry, now time.Time, members []string, leavers ...Leaver) (gone []string, err error) {
	again := &room{registry: r, leavers: leavers}
	for _, m := range members {
		found, err := again.once(app, now, m)
		if err != nil {
			return gone, err
		}
		if found {
			gone = append(gone, m)
		}
	}
	return gone, nil
}

var errNotThere = errors.New("not there")

func (r *room) once(app core.App, now time.Time, member string) (bool, error) {
	err := app.RunInTransaction(func(tx core.App) error {
		if n, err := count(tx.DB(), "members", "id = {:member}", dbx.Params{"member": member}); err != nil {
			return err
		} else if n == 0 {
			return errNotThere
		}
		_, err := erase(tx.DB(), r.registry.Keepings, member, func() error {
			return r.leave(sync.Call{App: tx, Now: now, OccurredAt: now}, member)
		})
		if err != nil {
			return err
		}
		return audit.Append(tx.DB(), audit.Entry{
			At: now, Actor: audit.Console, Action: "people.erase", Subject: member, Detail: map[string]string{"why": "restore"},
		})
	})
	if errors.Is(err, errNotThere) {
		return false, nil
	}
	return err == nil, err
}
