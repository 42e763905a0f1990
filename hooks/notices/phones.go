package notices

import (
	"regexp"
	"time"

	"github.com/pocketbase/dbx"

	"kith/internal/limits"
	"kith/internal/sync"
)

// What Firebase hands out: an installation's id, or the token of before.
var addresses = map[string]*regexp.Regexp{
	"fid":   regexp.MustCompile(`^[A-Za-z0-9_-]{22}$`),
	"token": regexp.MustCompile(`^[A-Za-z0-9_:.-]{20,}$`),
}

// putRegistration notes where the calling phone is reached. An address is one phone's: it
// moves with whoever has the phone now.
func putRegistration(c *sync.Call) (sync.Result, error) {
	args, err := sync.Args[struct {
		Kind  string `json:"kind"`
		Value string `json:"value"`
	}](c)
	if err != nil {
		return sync.Result{}, err
	}
	if shape := addresses[args.Kind]; shape == nil || len(args.Value) > limits.Registration || !shape.MatchString(args.Value) {
		return sync.Result{}, sync.Reject("registration_invalid", "Your phone sent an address that it can't be reached at. Switch it off and on again.")
	}
	device, err := c.Find("devices", c.Device, sync.ErrShape)
	if err != nil {
		return sync.Result{}, err
	}
	if device.GetString("shop") != "" {
		return sync.Result{}, sync.Reject("not_on_shared", "This device is the shop's. Others would see what is for you.")
	}
	params := dbx.Params{"id": c.Device, "member": c.Member, "kind": args.Kind, "value": args.Value, "day": c.Now.UTC().Format(time.DateOnly)}
	if _, err := c.Ask("DELETE FROM registrations WHERE value = {:value} AND id <> {:id}", params).Execute(); err != nil {
		return sync.Result{}, err
	}
	_, err = c.Ask(`INSERT INTO registrations (id, member, kind, value, day) VALUES ({:id}, {:member}, {:kind}, {:value}, {:day})
		ON CONFLICT (id) DO UPDATE SET member = excluded.member, kind = excluded.kind, value = excluded.value, day = excluded.day`, params).Execute()
	return sync.Result{}, err
}

// endRegistration has the calling phone told nothing any more.
func endRegistration(c *sync.Call) (sync.Result, error) {
	_, err := c.Ask("DELETE FROM registrations WHERE id = {:id}", dbx.Params{"id": c.Device}).Execute()
	return sync.Result{}, err
}
