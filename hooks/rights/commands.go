package rights

import (
	"database/sql"
	"errors"
	"strconv"

	"github.com/pocketbase/dbx"

	"kith/internal/audit"
	"kith/internal/sync"
)

var (
	errUnknown     = sync.Reject("member_unknown", "This person is not here any more.")
	errNotAllowed  = sync.Reject("not_allowed", "Only a coordinator can erase somebody else.")
	errHasPhone    = sync.Reject("has_phone", "They have a phone of their own, and can do it there: You, then “Erase me”.")
	errLastOfRoles = sync.Reject("last_coordinator", "You are the only coordinator. Make somebody else one first, so that people still have whom to ask.")
)

// eraseCommand is people.erase: everybody themselves, at once and for good; a
// coordinator somebody who has no phone to do it with.
func (r *room) eraseCommand(c *sync.Call) (sync.Result, error) {
	args, err := sync.Args[struct {
		Member string `json:"member"`
	}](c)
	if err != nil {
		return sync.Result{}, err
	}
	member := c.Member
	if args.Member != "" && args.Member != c.Member {
		if err := sync.ID(args.Member); err != nil {
			return sync.Result{}, err
		}
		member = args.Member
		if err := mayErase(c, member); err != nil {
			return sync.Result{}, err
		}
	}
	if err := lastCoordinator(c, member); err != nil {
		return sync.Result{}, err
	}
	erased, err := erase(c.App.DB(), r.registry.Keepings, member, func() error { return r.leave(*c, member) })
	if err != nil {
		return sync.Result{}, err
	}
	err = audit.Append(c.App.DB(), audit.Entry{
		At: c.Now, Actor: c.Member, Device: c.Device, Action: "people.erase", Subject: member,
		Detail: map[string]string{"kinds": strconv.Itoa(len(erased.Gone))},
	})
	return sync.Result{Data: erased, Last: member == c.Member}, err
}

// leave ends what the going of a member means for others, as people.leave does.
func (r *room) leave(c sync.Call, member string) error {
	c.Member = member
	for _, end := range r.leavers {
		if err := end(&c); err != nil {
			return err
		}
	}
	return nil
}

// mayErase asks whether the caller may erase another.
func mayErase(c *sync.Call, member string) error {
	if in, err := c.In("coordinators"); err != nil {
		return err
	} else if !in {
		return errNotAllowed
	}
	if _, err := c.App.FindRecordById("members", member); errors.Is(err, sql.ErrNoRows) {
		return errUnknown
	} else if err != nil {
		return err
	}
	phones, err := count(c.App.DB(), "devices", "member = {:member} AND NOT revoked", dbx.Params{"member": member})
	if err == nil && phones > 0 {
		return errHasPhone
	}
	return err
}

// lastCoordinator refuses to leave a community without anybody to turn to.
func lastCoordinator(c *sync.Call, member string) error {
	var is, others int
	err := c.App.DB().NewQuery(`SELECT coalesce(sum(r.member = {:member}), 0), coalesce(sum(r.member <> {:member} AND m.standing = 'active'), 0)
		FROM roles r JOIN members m ON m.id = r.member WHERE r.role = 'coordinator'`).
		Bind(dbx.Params{"member": member}).Row(&is, &others)
	if err == nil && is > 0 && others == 0 {
		return errLastOfRoles
	}
	return err
}
