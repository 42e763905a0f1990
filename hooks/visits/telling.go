package visits

import (
	"time"

	"github.com/pocketbase/dbx"

	"kith/internal/notice"
	"kith/internal/sync"
)

// tellHosts tells those who host a listing that somebody means to come.
//
// NB! The listing, and nothing of the visit: which member it is a host never learns,
// and what that person chose to say stands with the visit, for as long as they are
// coming.
func tellHosts(c *sync.Call, listing string) error {
	return notice.By(c, "visit.new", "host/"+listing, listing)
}

// nobodyElse ends what the hosts were told, when nobody is coming any more: a line
// that says "somebody is coming" must not stand there.
func nobodyElse(c *sync.Call, listing string) error {
	var still bool
	err := c.Ask("SELECT EXISTS (SELECT 1 FROM visits WHERE listing = {:listing} AND status = 'coming' AND occurrence >= {:yesterday})",
		dbx.Params{"listing": listing, "yesterday": yesterday(c.Now)}).Row(&still)
	if err != nil || still {
		return err
	}
	return notice.Over(c.App.DB(), listing, "", "visit.new")
}

// yesterday as occurrences are named. NB! By their wall clock, anywhere: a day's slack
// is enough.
func yesterday(now time.Time) string { return now.AddDate(0, 0, -1).UTC().Format(time.DateOnly) }
