package people

import (
	"github.com/pocketbase/dbx"

	"kith/internal/limits"
	"kith/internal/sync"
	"kith/internal/text"
)

// rename changes the caller's own first name.
func rename(c *sync.Call) (sync.Result, error) {
	args, err := sync.Args[struct {
		FirstName string `json:"firstName"`
	}](c)
	if err != nil {
		return sync.Result{}, err
	}
	name, err := firstName(args.FirstName)
	if err != nil {
		return sync.Result{}, err
	}
	member, err := c.App.FindRecordById("members", c.Member)
	if err != nil {
		return sync.Result{}, err
	}
	member.Set("firstName", name)
	return sync.Result{}, c.App.Save(member)
}

func firstName(s string) (string, error) {
	name, err := text.Line(s, limits.FirstName)
	if err != nil || name == "" {
		return "", sync.Reject("text_invalid", "A first name has 1 to 40 letters.")
	}
	return name, nil
}

// add takes in somebody without a phone: a first name, and nothing else is
// known of them.
func add(c *sync.Call) (sync.Result, error) {
	args, err := sync.Args[struct {
		ID        string `json:"id"`
		FirstName string `json:"firstName"`
	}](c)
	if err != nil {
		return sync.Result{}, err
	}
	says := sync.Reject("not_allowed", "Only activators and coordinators can add a person.")
	if err := c.Allowed(says, "activators"); err != nil {
		return sync.Result{}, err
	}
	name, err := firstName(args.FirstName)
	if err != nil {
		return sync.Result{}, err
	}
	m, err := c.Fresh("members", args.ID, map[string]any{"firstName": name, "created": sync.Stamp(c.Now), "standing": "active", "noPhone": true})
	if err != nil {
		return sync.Result{}, err
	}
	m.SetRandomPassword() // nobody signs in by it: no effect that anybody could tell apart
	if err := c.App.Save(m); err != nil {
		return sync.Result{}, err
	}
	return sync.Result{}, note(c, "people.add", m.Id, nil)
}

// stand suspends a member, which keeps them out until they are restored, or restores one.
// Their devices are refused from their next request on; stands sees to what others had
// from them, or they from others.
func stand(action, standing string, stands Stands) sync.Handler {
	return func(c *sync.Call) (sync.Result, error) { return standAs(c, action, standing, stands) }
}

func standAs(c *sync.Call, action, standing string, stands Stands) (sync.Result, error) {
	args, err := sync.Args[struct {
		Member string `json:"member"`
	}](c)
	if err != nil {
		return sync.Result{}, err
	}
	if err := c.Allowed(errCoordinators, "coordinators"); err != nil {
		return sync.Result{}, err
	}
	m, err := here(c, args.Member)
	if err != nil {
		return sync.Result{}, err
	}
	if m.Id == c.Member {
		return sync.Result{}, errNotYourself
	}
	if m.GetString("standing") == standing {
		return sync.Result{}, nil // two coordinators meant the same
	}
	m.Set("standing", standing)
	if err := c.App.Save(m); err != nil {
		return sync.Result{}, err
	}
	if err := stands(c, m.Id); err != nil {
		return sync.Result{}, err
	}
	return sync.Result{}, note(c, action, m.Id, nil)
}

// leave ends the caller's part in the community: their roles go, each leaver
// ends what is its own, and from the next request on they are nobody here.
func leave(leavers []Leaver) sync.Handler {
	return func(c *sync.Call) (sync.Result, error) {
		args, err := sync.Args[struct {
			Why string `json:"why"`
		}](c)
		if err != nil {
			return sync.Result{}, err
		}
		if args.Why != "left" && args.Why != "moved" {
			return sync.Result{}, sync.ErrShape
		}
		if err := notTheLast(c, c.Member); err != nil {
			return sync.Result{}, err
		}
		roles, err := c.App.FindAllRecords("roles", dbx.HashExp{"member": c.Member})
		if err != nil {
			return sync.Result{}, err
		}
		for _, r := range roles {
			if err := c.App.Delete(r); err != nil {
				return sync.Result{}, err
			}
		}
		for _, end := range leavers {
			if err := end(c); err != nil {
				return sync.Result{}, err
			}
		}
		m, err := c.App.FindRecordById("members", c.Member)
		if err != nil {
			return sync.Result{}, err
		}
		m.Set("standing", args.Why)
		if err := c.App.Save(m); err != nil {
			return sync.Result{}, err
		}
		return sync.Result{Last: true}, note(c, "people.leave", c.Member, map[string]string{"why": args.Why})
	}
}
