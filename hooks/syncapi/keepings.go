package syncapi

import (
	"time"

	"kith/internal/limits"
	"kith/internal/sync"
)

// days of a bound in internal/limits.
func days(d time.Duration) int { return int(d / (24 * time.Hour)) }

// keepings of what sync keeps of itself.
func keepings() []sync.Keeping {
	return append(aboutPeople(), bookkeeping()...)
}

func aboutPeople() []sync.Keeping {
	const mine, gone = "{row}.member = {member}", "{row}.member NOT IN (SELECT id FROM members)"
	const once = "So that nothing you do is done twice, and your phone can tell you what became of it."
	// since is a time at which the row's seq was surely there: nothing is ended too
	// early, and nothing that a running hub has yet to hand out.
	const since = "coalesce((SELECT c.at FROM sync_clock c WHERE c.seq >= {row}.seq ORDER BY c.seq LIMIT 1), '')"
	const told = "So that your last phone can still hear that it was done."
	return []sync.Keeping{
		{
			Collection: "sync_command", What: "What your phones sent: the kind of thing, when, and what became of it", Why: once,
			Whose: mine, Days: days(limits.Outcomes), From: "coalesce((SELECT s.day FROM sync_settled s WHERE s.nonce = {row}.nonce), '')",
			Counted:   "the day your phone knew what became of it",
			AtErasure: "blank: message, result, payload",
		},
		{
			Collection: "sync_command", What: "What you sent, word for word, where our side failed to carry it out",
			Why: "So that the people who run this can mend it and not lose what you did.", Whose: mine, When: "{row}.payload <> ''",
			Days: 90, From: "{row}.at", Counted: "the day it was sent", AtEnd: "blank: payload", AtErasure: "blank: payload",
		},
		{
			Collection: "sync_command", What: "After you were erased: that your phones sent something, without what it was", Why: told,
			When: gone, Days: 1, From: "{row}.at",
		},
		{
			Collection: "sync_stream", What: "How far each of your phones has come, and when it last asked", Why: once, Whose: mine,
			AtErasure: "stays: Your last phone has to hear that it was done; the night after, this is deleted too.",
		},
		{
			Collection: "sync_stream", What: "After you were erased: that your phones were here", Why: told,
			When: "{row}.device NOT IN (SELECT id FROM devices)", Days: 1, From: "{row}.at",
		},
		{
			Collection: "sync_aud", What: "How many rows you can see, and a checksum", Why: "So that your phone notices when it lacks one.",
			Whose: "{row}.aud IN ('member/' || {member}, 'helped/' || {member}, '@' || {member})", AtErasure: "stays: It goes with the marks of your rows.",
		},
		{
			Collection: "sync_row", What: "Marks of your rows: which are there, and which are gone, without what is in them",
			Why:   "So that every phone that held a row deletes its copy, too.",
			Whose: "{row}.aud IN ('member/' || {member}, 'helped/' || {member}, '@' || {member})", When: "{row}.live = 0", Days: days(limits.Tombstones), From: since,
			Counted:   "the day the row went",
			AtErasure: "stays: The phones of others have to learn that your rows are gone; there is nothing in a mark but an id.",
			Withheld:  "A mark says nothing that the row itself doesn't say.",
		},
		{
			Collection: "sync_row", What: "After you were erased: marks that only your own phones would have asked for", Why: told,
			When: "{row}.live = 0 AND ({row}.aud LIKE 'member/%' AND substr({row}.aud, 8) NOT IN (SELECT id FROM members)" +
				" OR {row}.aud LIKE '@%' AND substr({row}.aud, 2) NOT IN (SELECT id FROM members))",
			Days: 1, From: since,
		},
	}
}

// bookkeeping holds numbers and random codes.
func bookkeeping() []sync.Keeping {
	const why = "So that nothing is lost, doubled or out of order."
	nobodys := func(table, what string) sync.Keeping { return sync.Keeping{Collection: table, What: what, Why: why} }
	return []sync.Keeping{
		nobodys("sync_meta", "The number of the newest change"),
		nobodys("sync_shape", "What of each row is sent to whom, to notice when a newer version sends more"),
		nobodys("sync_print", "A checksum of each row as it is sent, to notice one that was changed where nobody was told; it goes within a minute of the row"),
		nobodys("sync_number", "The numbers of what was sent"),
		nobodys("sync_settled", "Since when a phone knows what became of what it sent"),
		{
			Collection: "sync_attempt", What: "How often something was tried that failed on our side", Why: why, Days: 90, From: "{row}.at",
		},
		{Collection: "sync_clock", What: "Which change was the newest at what time", Why: why, Days: days(limits.ClockReach) + 1, From: "{row}.at"},
	}
}
