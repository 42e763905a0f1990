package listings

import (
	"encoding/json"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/calendar"
	"kith/internal/notice"
	"kith/internal/sync"
)

// tellComing tells those who are coming what they must know before they set out: that
// it is off, or that when or where is another than it was. Nothing else of a listing is
// worth a word to somebody's phone.
func (w *room) tellComing(c *sync.Call, was, is *core.Record) error {
	before, now := was.GetString("status") == "active", is.GetString("status") == "active"
	switch {
	case before && !now:
		if err := notice.Over(c.App.DB(), is.Id, "", "listing.changed"); err != nil {
			return err
		}
		return w.tell(c, "listing.off", is.Id, "")
	case !before && now:
		if err := notice.Over(c.App.DB(), is.Id, "", "listing.off"); err != nil {
			return err
		}
		return w.tell(c, "listing.changed", is.Id, "")
	case !now:
		return nil
	}
	moved := was.GetString("place") != is.GetString("place") || was.GetString("room") != is.GetString("room")
	if !moved && was.GetString("schedule") == is.GetString("schedule") {
		return nil
	}
	return w.tellDays(c, was, is, moved)
}

// tell tells those who are coming on a day, or on any, and those who wait for them.
func (w *room) tell(c *sync.Call, template, listing, day string) error {
	to := "coming/" + listing
	if day != "" {
		to += "/" + day
	}
	if err := notice.By(c, template, to, listing); err != nil {
		return err
	}
	return w.waiting(c, template, listing, day)
}

// tellDays tells those of each day on which somebody is coming what became of it.
func (w *room) tellDays(c *sync.Call, was, is *core.Record, moved bool) error {
	var old, new calendar.Schedule
	for of, into := range map[*core.Record]*calendar.Schedule{was: &old, is: &new} {
		if err := json.Unmarshal([]byte(or(of.GetString("schedule"), "null")), into); err != nil {
			return err
		}
	}
	var days []string
	err := c.Ask("SELECT DISTINCT occurrence FROM visits WHERE listing = {:listing} AND status = 'coming' AND occurrence >= {:yesterday} ORDER BY occurrence",
		dbx.Params{"listing": is.Id, "yesterday": c.Now.AddDate(0, 0, -1).UTC().Format(time.DateOnly)}).Column(&days)
	if err != nil {
		return err
	}
	for _, day := range days {
		template := became(old, new, day, moved, c.Now)
		if template == "" {
			continue
		}
		if err := w.tell(c, template, is.Id, day); err != nil {
			return err
		}
	}
	return nil
}

// became says what those are told who are coming on a day; "": nothing. A day that is
// not there any more was moved, as far as anybody can tell, unless nothing is left.
func became(old, new calendar.Schedule, day string, moved bool, now time.Time) string {
	before, was := old.Find(day)
	after, is := new.Find(day)
	on := is && !after.Cancelled
	switch {
	case was && !before.End.After(now):
		return ""
	case is && after.Cancelled && was && before.Cancelled:
		return ""
	case is && after.Cancelled:
		return "listing.off"
	case !is && !was:
		return ""
	case !is && len(new.Occurrences(now, now.AddDate(1, 0, 0), 1)) == 0:
		return "listing.off"
	case !on || !was || before.Cancelled, moved, !before.Start.Equal(after.Start), !before.End.Equal(after.End):
		return "listing.changed"
	}
	return ""
}

func or(s, other string) string {
	if s == "" {
		return other
	}
	return s
}
