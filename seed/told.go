package seed

import (
	"time"
)

// told is what people of the town were told, how they want to be told, and phones that
// don't exist: with FCM=fake, the Google on this machine says what it is sent for them.
type told struct {
	Notices []struct {
		To       string `json:"to"`
		Template string `json:"template"`
		About    string `json:"about"` // the collection in which ref is
		Ref      string `json:"ref"`
		HoursAgo int    `json:"hoursAgo"`
		Read     bool   `json:"read"`
	} `json:"notices"`
	Choices []struct {
		Of  string         `json:"of"`
		Set map[string]any `json:"set"`
	} `json:"choices"`
	Phones []struct {
		Of      string `json:"of"`
		Address string `json:"address"` // "gone-…": the Google on this machine knows it no more
	} `json:"phones"`
}

func (w *writer) told(t told) {
	for _, n := range t.Notices {
		at := w.now.Add(-time.Duration(n.HoursAgo) * time.Hour).UTC().Truncate(time.Minute).Format("2006-01-02T15:04:05.000Z")
		w.save("notices", n.To+"/"+n.Template, map[string]any{
			"member": rowID("members", n.To), "template": n.Template, "ref": rowID(n.About, n.Ref), "at": at, "told": at, "read": n.Read,
		})
	}
	for _, c := range t.Choices {
		values := map[string]any{"id": rowID("members", c.Of)} // NB! the row of somebody's choices has their own id
		for name, value := range c.Set {
			values[name] = value
		}
		w.save("noticeChoices", c.Of, values)
	}
	for _, p := range t.Phones {
		w.save("registrations", p.Of, map[string]any{"member": rowID("members", p.Of), "kind": "token", "value": p.Address, "day": w.now.Format(dateLayout)})
	}
}
