package waysin

import (
	"github.com/pocketbase/dbx"

	"kith/internal/sync"
)

// Left ends all ways in of a member who leaves: their devices, their recovery
// card and what waits at the desk for them, their e-mail address. The answer that
// says so still reaches the device that asked. (Their invites end by themselves:
// who isn't here may give nothing.)
func Left(c *sync.Call) error {
	devices, err := c.App.FindAllRecords("devices", byMember(c.Member))
	if err != nil {
		return err
	}
	for _, d := range devices {
		d.Set("revoked", true)
		if err := c.App.Save(d); err != nil {
			return err
		}
	}
	recoveries, err := c.App.FindAllRecords("recoveries", byMember(c.Member), dbx.In("status", "open", "ready"))
	if err != nil {
		return err
	}
	for _, r := range recoveries {
		if err := c.App.Delete(r); err != nil {
			return err
		}
		if err := settled(c.App, r.Id); err != nil {
			return err
		}
	}
	member, err := c.App.FindRecordById("members", c.Member)
	if err != nil {
		return err
	}
	member.SetEmail("")
	member.SetVerified(false)
	return c.App.Save(member)
}
