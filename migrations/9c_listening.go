package migrations

import (
	"encoding/json"

	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"

	"kith/internal/care"
	"kith/internal/limits"
)

func init() { m.Register(listeningUp, listeningDown, "9c_listening.go") }

// listeningUp: what somebody who listens has at hand, and what the community has
// set for looking after people.
func listeningUp(app core.App) error {
	basics := base("basics",
		to(app, "member", "members", true, true),
		&core.NumberField{Name: "version", Required: true, OnlyInt: true},
		&core.TextField{Name: "day", Pattern: `^\d{4}-\d{2}-\d{2}$`, Required: true},
	)
	basics.AddIndex("idx_basics_one", true, "member, version", "")
	helplines := base("helplines",
		&core.SelectField{Name: "topic", Values: []string{"crisis", "dementia", "carers", "abuse", "bereavement", "debt", "olderPeople", "mentalHealth"}, MaxSelect: 1, Required: true},
		needed("name", limits.Title), text("phone", limits.Phone), text("text", limits.Title), text("hours", limits.ShortText),
		text("url", limits.ShortText), text("area", limits.Title),
		&core.TextField{Name: "checked", Pattern: `^(\d{4}-\d{2}-\d{2})?$`},
		&core.NumberField{Name: "order", OnlyInt: true},
	)
	onCall := base("onCall", needed("name", limits.FirstName), needed("phone", limits.Phone), &core.NumberField{Name: "order", OnlyInt: true})
	for _, c := range []*core.Collection{basics, helplines, onCall} {
		if err := app.Save(c); err != nil {
			return err
		}
	}
	if err := careUp(app); err != nil {
		return err
	}
	return nationalHelplines(app, helplines)
}

func careUp(app core.App) error {
	communities, err := app.FindCollectionByNameOrId("communities")
	if err != nil {
		return err
	}
	communities.Fields.Add(object("care"))
	if err := app.Save(communities); err != nil {
		return err
	}
	standard, err := json.Marshal(care.Defaults())
	if err != nil {
		return err
	}
	_, err = app.DB().NewQuery("UPDATE communities SET care = {:care}").Bind(map[string]any{"care": string(standard)}).Execute()
	return err
}

// national are helplines of all England, as they publish them. Where each was
// looked up is its own page; docs/helplines.md says more. Nobody here has rung
// them yet, so none is checked.
var national = []struct{ id, topic, name, phone, text, hours, url, area string }{
	{"samaritans00000", "crisis", "Samaritans", "116 123", "", "Day and night, every day", "https://www.samaritans.org", ""},
	{"shout0000000000", "crisis", "Shout", "", "SHOUT to 85258", "Day and night, every day", "https://giveusashout.org", ""},
	{"nhs111mental000", "mentalHealth", "NHS 111, mental health: choose option 2", "111", "", "Day and night, every day", "https://www.nhs.uk/nhs-services/mental-health-services", "England"},
	{"dementiasupport", "dementia", "Dementia Support Line, Alzheimer's Society", "0333 150 3456", "", "Monday to Wednesday 9am to 8pm, Thursday and Friday 9am to 5pm, weekends 10am to 4pm", "https://www.alzheimers.org.uk", "England, Wales and Northern Ireland"},
	{"admiralnurses00", "dementia", "Dementia UK, Admiral Nurses", "0800 888 6678", "", "Monday to Friday 9am to 9pm, weekends 9am to 5pm", "https://www.dementiauk.org", ""},
	{"carersuk0000000", "carers", "Carers UK", "0808 808 7777", "", "Monday to Friday 9am to 6pm", "https://www.carersuk.org", ""},
	{"domesticabuse00", "abuse", "National Domestic Abuse Helpline, Refuge", "0808 2000 247", "", "Day and night, every day", "https://www.nationaldahelpline.org.uk", "England"},
	{"mensadviceline0", "abuse", "Men's Advice Line", "0808 801 0327", "", "Monday to Friday", "https://mensadviceline.org.uk", ""},
	{"hourglass000000", "abuse", "Hourglass, for older people", "0808 808 8141", "", "Day and night, every day", "https://wearehourglass.org", ""},
	{"cruse0000000000", "bereavement", "Cruse Bereavement Support", "0808 808 1677", "", "Monday to Friday", "https://www.cruse.org.uk", "England, Wales and Northern Ireland"},
	{"nationaldebt000", "debt", "National Debtline", "0808 808 4000", "", "Monday to Friday", "https://nationaldebtline.org", "England and Wales"},
	{"silverline00000", "olderPeople", "The Silver Line", "0800 470 8090", "", "Day and night, every day", "https://www.thesilverline.org.uk", ""},
	{"ageukadvice0000", "olderPeople", "Age UK Advice Line", "0800 678 1602", "", "Every day 8am to 7pm", "https://www.ageuk.org.uk", ""},
}

func nationalHelplines(app core.App, helplines *core.Collection) error {
	for i, n := range national {
		r := core.NewRecord(helplines)
		r.Id = n.id
		r.Load(map[string]any{"topic": n.topic, "name": n.name, "phone": n.phone, "text": n.text, "hours": n.hours, "url": n.url, "area": n.area, "order": i})
		if err := app.Save(r); err != nil {
			return err
		}
	}
	return nil
}

func listeningDown(app core.App) error {
	communities, err := app.FindCollectionByNameOrId("communities")
	if err != nil {
		return err
	}
	communities.Fields.RemoveByName("care")
	if err := app.Save(communities); err != nil {
		return err
	}
	for _, name := range []string{"onCall", "helplines", "basics"} {
		c, err := app.FindCollectionByNameOrId(name)
		if err != nil {
			return err
		}
		if err := app.Delete(c); err != nil {
			return err
		}
	}
	return nil
}
