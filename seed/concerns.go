package seed

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"kith/internal/concern"
)

// worry is a concern of the demo town, about somebody who is invented.
type worry struct {
	Slug     string          `json:"slug"`
	DaysAgo  int             `json:"daysAgo"`
	Urgency  string          `json:"urgency"`
	Assignee string          `json:"assignee"` // who looks into it, by slug
	By       string          `json:"by"`       // who noticed, by slug
	Concern  concern.Concern `json:"concern"`
}

// Concerns puts the demo town's concerns into its tray, sealed to its keys as a
// phone would seal them, and what is left of those of two quarters of long ago.
func Concerns(app core.App, keys *concern.Keys, now time.Time) error {
	var worries []worry
	if err := readFile("concerns.json", &worries); err != nil {
		return err
	}
	var before []past
	if err := readFile("past.json", &before); err != nil {
		return err
	}
	return app.RunInTransaction(func(tx core.App) error {
		town, err := tx.FindFirstRecordByFilter("communities", "id != ''")
		if err != nil {
			return err
		}
		w := &writer{app: tx, now: now}
		for i := range worries {
			w.worry(&worries[i], keys, town.GetString("area"))
		}
		w.past(before, town.GetString("area"))
		return w.err
	})
}

// past are concerns of a quarter that is long over, alike in all that is left of them.
type past struct {
	QuartersAgo int    `json:"quartersAgo"`
	Urgency     string `json:"urgency"`
	Outcome     string `json:"outcome"`
	Prompt      bool   `json:"prompt"` // somebody took them in time
	Count       int    `json:"count"`
}

// past puts them there as the retention leaves them: without words, for figures alone.
func (w *writer) past(all []past, area string) {
	for i, p := range all {
		quarter := quarterBefore(w.now, p.QuartersAgo)
		for n := range p.Count {
			w.save("concerns", fmt.Sprintf("past/%d/%d", i, n), map[string]any{
				"urgency": p.Urgency, "area": area, "quarter": quarter, "state": "closed", "outcome": p.Outcome, "prompt": p.Prompt,
			})
		}
	}
}

// quarterBefore is the quarter so many before that of a time.
func quarterBefore(t time.Time, ago int) string {
	t = t.UTC()
	n := t.Year()*4 + (int(t.Month())-1)/3 - ago
	return fmt.Sprintf("%d-Q%d", n/4, n%4+1)
}

func (w *writer) worry(d *worry, keys *concern.Keys, area string) {
	at := w.now.UTC().AddDate(0, 0, -d.DaysAgo)
	c := d.Concern
	c.V, c.At = 1, at.Format("2006-01-02T15:04:05.000Z")
	c.By = concern.By{Member: rowID("members", d.By), Device: rowID("devices", d.By), FirstName: "Femi"}
	verdict, err := c.Check()
	if err != nil && w.err == nil {
		w.err = fmt.Errorf("seed: concern %s: %w", d.Slug, err)
	}
	f := concern.Facts{Kind: concern.KindConcern, ID: rowID("concerns", d.Slug), Urgency: d.Urgency, Area: area, Hour: concern.HourOf(at)}
	sealed, name, err := sealedBy(keys, f, c)
	if err != nil && w.err == nil {
		w.err = fmt.Errorf("seed: concern %s: %w", d.Slug, err)
	}
	row := map[string]any{
		"urgency": d.Urgency, "area": area, "hour": f.Hour, "received": at.Truncate(time.Hour).Format("2006-01-02 15:04:05.000Z"),
		"quarter": quarterBefore(at, 0), "state": "new", "lead": verdict.Lead, "keyName": name, "sealed": sealed,
		"receipt": concern.ReceiptOf("demo " + d.Slug),
	}
	if c.Person != nil {
		row["person"] = keys.Person(c.Person.Name)
	}
	if d.Assignee != "" {
		row["state"], row["assignee"], row["picked"], row["prompt"] = "assigned", rowID("members", d.Assignee), at.Format(dateLayout), true
	}
	w.save("concerns", d.Slug, row)
}

func sealedBy(keys *concern.Keys, f concern.Facts, c concern.Concern) (sealed, name string, err error) {
	plain, err := json.Marshal(c)
	if err != nil {
		return "", "", err
	}
	raw, err := keys.Seal(f, plain)
	if err != nil {
		return "", "", err
	}
	name, _, err = concern.Names(raw)
	return base64.RawURLEncoding.EncodeToString(raw), name, err
}
