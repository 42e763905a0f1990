package rights

import (
	"fmt"
	"strings"

	"kith/internal/sync"
)

// Line is what the privacy notice says of one kind of rows, in sentences for
// the person whom they are about.
type Line struct {
	What    string `json:"what"`
	Why     string `json:"why"`
	Who     string `json:"who"`
	Kept    string `json:"kept"`
	Erasure string `json:"erasure"`
}

// elsewhere is what lies beside the database.
var elsewhere = []Line{
	{
		What: "E-mails that could not be sent, where no mail server is set up", Why: "So that somebody can hand you the code that is in it.",
		Who: "the people who run the machine", Kept: fmt.Sprintf("%d days.", mailDays), Erasure: "Deleted when the days are over.",
	},
	{
		What: "What went wrong: when, at which address of ours, and a short code; not who, and not from where",
		Why:  "So that the people who run this can mend it.", Who: "the people who run the machine", Kept: "7 days.", Erasure: "There is nothing of yours in it.",
	},
	{
		What: "Copies of everything, in case the machine breaks", Why: "So that what you did is not lost.",
		Who: "the people who run the machine; the copies are locked", Kept: "35 days.", Erasure: "The copies run out by themselves. A copy that is put back is erased of you again.",
	},
}

// you says a cell of docs/permissions.md to the person themselves.
var you = strings.NewReplacer(
	"the member whose visit it is", "you", "the member, in their export", "you, in what you take with you",
	"the member", "you", "a superuser", "the people who run the machine",
)

// Notice says what is kept of people. who tells, for a collection, who can see
// its rows, as docs/permissions.md does.
func Notice(keepings []sync.Keeping, who func(collection string) string) []Line {
	about := map[string]bool{}
	for i := range keepings {
		about[keepings[i].Collection] = about[keepings[i].Collection] || keepings[i].Whose != ""
	}
	var lines []Line
	for i := range keepings {
		k := &keepings[i]
		if about[k.Collection] {
			lines = append(lines, Line{k.What, k.Why, you.Replace(who(k.Collection)), kept(k), atErasure(k)})
		}
	}
	return append(lines, elsewhere...)
}

func kept(k *sync.Keeping) string {
	_, stays := sync.Stays(k.AtErasure)
	switch {
	case k.Days == 0 && stays:
		return "As long as the community goes on."
	case k.Days == 0:
		return "As long as you take part."
	case k.Counted == "":
		return duration(k.Days) + "."
	case k.AtEnd == "erase":
		return duration(k.Days) + ", counted from " + k.Counted + ". Then everything about you is erased."
	}
	return duration(k.Days) + ", counted from " + k.Counted + "."
}

// duration says days as people do: months where they are some.
func duration(days int) string {
	switch months := days * 12 / 365; {
	case days == 1:
		return "1 day"
	case days >= 365 && days-months*365/12 < 3:
		return fmt.Sprintf("%d months", months)
	}
	return fmt.Sprintf("%d days", days)
}

func atErasure(k *sync.Keeping) string {
	reason, stays := sync.Stays(k.AtErasure)
	switch {
	case stays:
		return "Stays. " + reason
	case k.AtErasure == "delete":
		return "Deleted."
	case k.AtErasure != "":
		return "What is left of it says nothing of you."
	}
	return "Deleted when the day is over."
}

// Table writes lines as a table of Markdown.
func Table(lines []Line) string {
	var b strings.Builder
	b.WriteString("| what | why | who can see it | how long | if you are erased |\n|---|---|---|---|---|\n")
	for _, l := range lines {
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", l.What, l.Why, l.Who, l.Kept, l.Erasure)
	}
	return b.String()
}
