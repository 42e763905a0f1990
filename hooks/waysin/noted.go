package waysin

import (
	"kith/internal/audit"
	"kith/internal/sync"
)

// noted writes what was done with power over others into the record, with it or
// not at all.
func noted(c *sync.Call, action, subject string, detail map[string]string) error {
	return audit.Append(c.App.DB(), audit.Entry{At: c.Now, Actor: c.Member, Device: c.Device, Action: action, Subject: subject, Detail: detail})
}
