// Package notice is what people are told: which things, to whom, when, and by which
// way. A room says in its own transaction that somebody is to be told (Tell); the rest
// is hooks/notices. A notice holds no word, no name and no number: a template that the
// app has words for, and the id of a row that whoever is told holds anyway.
package notice

import (
	"fmt"
	"strings"
	"time"

	"github.com/pocketbase/dbx"

	"kith/internal/sync"
)

// Telling is what a room puts down: somebody is to be told something.
type Telling struct {
	// Key makes it one of its kind: told twice with the same Key, To, Template and Ref
	// it is told once. In a command it is the call's nonce; a job or a route says what
	// it is about, such as "concern abc escalated".
	Key string
	// To is "member/<id>", any audience that members are granted ("coordinators",
	// "owners/<shop>", "host/<listing>"), or "coming/<listing>" and
	// "coming/<listing>/<occurrence>": whoever said that they would come.
	To string
	// But is a member who is not told: the one who did it.
	But      string
	Template string // a name of the catalogue
	Ref      string // the id of a row that whoever is told holds, or ""
	At       time.Time
}

// Tell puts a telling down, in the caller's transaction: both are there, or neither.
func Tell(db dbx.Builder, t Telling) error {
	tpl, there := Find(t.Template)
	if !there {
		return fmt.Errorf("notice: no template is called %q", t.Template)
	}
	_, err := db.NewQuery(`INSERT INTO tellings (id, whom, but, template, ref, at, rank, "after", done)
		VALUES ({:id}, {:whom}, {:but}, {:template}, {:ref}, {:at}, {:rank}, '', FALSE) ON CONFLICT (id) DO NOTHING`).
		Bind(dbx.Params{
			"id": sync.DerivedID("telling", t.Key, t.To, t.Template, t.Ref), "whom": t.To, "but": t.But,
			"template": t.Template, "ref": t.Ref, "at": tpl.Stamp(t.At), "rank": tpl.Rank(),
		}).Execute()
	return err
}

// Stamp is a time as it may stand beside a notice of this template.
func (t Template) Stamp(at time.Time) string {
	if t.Hourly {
		return sync.Stamp(at.Truncate(time.Hour))
	}
	return sync.Stamp(at.Truncate(time.Minute))
}

// Member is the To of one member.
func Member(id string) string { return "member/" + id }

// Only says whether to is one member, and which.
func Only(to string) (member string, is bool) { return strings.CutPrefix(to, "member/") }

// Coming says whether to is whoever comes to a listing, and to which occurrence; none:
// to any that is still to come.
func Coming(to string) (listing, occurrence string, is bool) {
	rest, is := strings.CutPrefix(to, "coming/")
	listing, occurrence, _ = strings.Cut(rest, "/")
	return listing, occurrence, is
}
