package registers

import (
	"kith/internal/limits"
	"kith/internal/sync"
)

// keepings of the registers: 13 months, as of visits. Whoever is erased goes from every
// register; how many there were stays.
func keepings() []sync.Keeping {
	const (
		line    = "{row}.regular IN (SELECT r.id FROM regulars r WHERE r.member = {member} AND r.member <> '')"
		others  = "It is about others of the group, and says of you only that you wrote it down."
		session = "the day of the session"
	)
	return []sync.Keeping{
		{
			Collection: "regulars", What: "Your line on the register of a group: a first name, and since when you come",
			Why: "So that the people who run it know who comes, and notice who doesn't any more.", Whose: "{row}.member = {member} AND {row}.member <> ''",
			Days: limits.RegisterKept, From: "coalesce(nullif({row}.last, ''), {row}.since)", Counted: "the last time you were on the register", Without: "told", AtErasure: "delete",
		},
		{
			Collection: "regulars", What: "Lines of the register that are no member's: a first name, and since when they come",
			Why: "So that somebody without an account is missed, too.", When: "{row}.member = ''",
			Days: limits.RegisterKept, From: "coalesce(nullif({row}.last, ''), {row}.since)", Counted: "the last time they were on the register",
		},
		{
			Collection: "registers", What: "The register of each session of a group: the day, whether it was taken, and how many there were",
			Why: "So that a group can be told from one that has stopped.", Days: limits.RegisterKept, From: "{row}.occurrence", Counted: session,
		},
		{
			Collection: "registers", What: "That it was you who took a register", Why: "So that it can be asked who did.",
			Whose: "{row}.by = {member}", AtErasure: "blank: by", Withheld: others,
		},
		{
			Collection: "marks", What: "When you were at a group, or excused, and whether somebody welcomed you",
			Why: "So that somebody notices when you don't come any more.", Whose: line,
			Days: limits.RegisterKept, From: "{row}.occurrence", Counted: session, Without: "by, told, clock", AtErasure: "delete",
		},
		{
			Collection: "marks", What: "That it was you who ticked somebody on a register", Why: "So that it can be asked who did.",
			Whose: "{row}.by = {member}", AtErasure: "blank: by", Withheld: others,
		},
		{
			Collection: "marks", What: "When somebody who is no member was at a group", Why: "So that somebody without an account is missed, too.",
			When: "{row}.regular IN (SELECT r.id FROM regulars r WHERE r.member = '')", Days: limits.RegisterKept, From: "{row}.occurrence", Counted: session,
		},
	}
}
