package waysin

import (
	"database/sql"
	"errors"

	"github.com/pocketbase/pocketbase/core"

	"kith/internal/limits"
	"kith/internal/sync"
	"kith/internal/text"
)

var errNoDevice = sync.Reject("device_unknown", "This device is not here any more.")

// theirs finds a device that the caller may do something to: its member (not
// while it waits to be let in), its shop's owner, a coordinator.
func theirs(c *sync.Call, id string) (*core.Record, error) {
	d, err := c.App.FindRecordById("devices", id)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, errNoDevice
	}
	if err != nil || d.GetString("member") == c.Member {
		return d, err
	}
	if shop := d.GetString("shop"); shop != "" {
		if own, err := c.In("owners/" + shop); own || err != nil {
			return d, err
		}
	}
	may, err := c.In("coordinators")
	if err == nil && !may {
		err = errNoDevice // NB! as if it weren't there
	}
	return d, err
}

// renameDevice says which one it is, for people.
func renameDevice(c *sync.Call) (sync.Result, error) {
	args, err := sync.Args[struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	}](c)
	if err != nil {
		return sync.Result{}, err
	}
	if err := sync.ID(args.ID); err != nil {
		return sync.Result{}, err
	}
	name, err := text.Line(args.Name, limits.DeviceName)
	if err != nil || name == "" {
		return sync.Result{}, sync.Reject("text_invalid", "A name has 1 to 60 letters.")
	}
	d, err := theirs(c, args.ID)
	if err != nil {
		return sync.Result{}, err
	}
	d.Set("name", name)
	return sync.Result{}, c.App.Save(d)
}

// revokeDevice shuts a device out, from its next request on.
func revokeDevice(c *sync.Call) (sync.Result, error) {
	return setDevice(c, "devices.revoke", map[string]any{"revoked": true, "pending": false, "match": ""})
}

// wipeDevice has a device send what it still has, and then delete everything.
func wipeDevice(c *sync.Call) (sync.Result, error) {
	return setDevice(c, "devices.wipe", map[string]any{"wipe": true})
}

func setDevice(c *sync.Call, action string, values map[string]any) (sync.Result, error) {
	id, err := idOf(c)
	if err != nil {
		return sync.Result{}, err
	}
	d, err := theirs(c, id)
	if err != nil {
		return sync.Result{}, err
	}
	d.Load(values)
	if err := c.App.Save(d); err != nil {
		return sync.Result{}, err
	}
	if d.GetBool("revoked") {
		if err := shutOut(c, d); err != nil {
			return sync.Result{}, err
		}
	}
	return sync.Result{}, noted(c, action, id, map[string]string{"member": d.GetString("member")})
}

// waiting finds a device that waits to be let in, for its shop's owner or a
// coordinator: never for itself.
func waiting(c *sync.Call, id string) (*core.Record, error) {
	d, err := theirs(c, id)
	if err == nil && (d.GetString("member") == c.Member || d.GetString("shop") == "") {
		return nil, errNoDevice
	}
	return d, err
}

// admitDevice lets a waiting device in, and makes its person staff. Who admits
// says the digits that the other screen shows.
func admitDevice(c *sync.Call) (sync.Result, error) {
	args, err := sync.Args[struct {
		ID    string `json:"id"`
		Match string `json:"match"`
	}](c)
	if err != nil {
		return sync.Result{}, err
	}
	if err := sync.ID(args.ID); err != nil {
		return sync.Result{}, err
	}
	d, err := waiting(c, args.ID)
	if err != nil {
		return sync.Result{}, err
	}
	if d.GetBool("revoked") {
		return sync.Result{}, errNoDevice
	}
	if !d.GetBool("pending") {
		return sync.Result{Merged: true}, nil // somebody else let it in meanwhile
	}
	if args.Match == "" || d.GetString("match") != args.Match {
		return sync.Result{}, sync.Reject("match_wrong", "The numbers aren't the same. Look at both screens again, or refuse this device.")
	}
	if err := giveRole(c.App, d.GetString("member"), "staff", d.GetString("shop")); err != nil {
		return sync.Result{}, err
	}
	d.Set("pending", false)
	d.Set("match", "")
	if err := c.App.Save(d); err != nil {
		return sync.Result{}, err
	}
	if err := settled(c.App, d.Id); err != nil {
		return sync.Result{}, err
	}
	return sync.Result{}, noted(c, "devices.admit", d.Id, map[string]string{"member": d.GetString("member"), "shop": d.GetString("shop")})
}

// refuseDevice turns a waiting device away. The member that was made for it goes
// with it: they were never here.
func refuseDevice(c *sync.Call) (sync.Result, error) {
	id, err := idOf(c)
	if err != nil {
		return sync.Result{}, err
	}
	d, err := waiting(c, id)
	if err != nil {
		return sync.Result{}, err
	}
	if !d.GetBool("pending") {
		return sync.Result{}, errNoDevice
	}
	member := d.GetString("member")
	if err := noted(c, "devices.refuse", id, map[string]string{"member": member, "shop": d.GetString("shop")}); err != nil {
		return sync.Result{}, err
	}
	if err := errors.Join(c.App.Delete(d), settled(c.App, id)); err != nil {
		return sync.Result{}, err
	}
	others, err := c.App.CountRecords("devices", byMember(member))
	if err != nil || others > 0 {
		return sync.Result{}, err
	}
	m, err := c.App.FindRecordById("members", member)
	if err != nil {
		return sync.Result{}, err
	}
	return sync.Result{}, c.App.Delete(m)
}
