package listings

import "kith/internal/sync"

// lookedAfter holds for the listings that a member looks after.
const lookedAfter = "{row}.id IN (SELECT listing FROM hosts WHERE member = {member})"

// theirs holds where the contact on such a listing is that member's: nobody else
// looks after it, or it says their name.
const theirs = lookedAfter + ` AND json_valid({row}.contact) AND (
	(SELECT count(*) FROM hosts WHERE listing = {row}.id) = 1
	OR lower(trim(json_extract({row}.contact, '$.name'))) = (SELECT lower(firstName) FROM members WHERE id = {member}))`

// keepings of what is on.
func keepings() []sync.Keeping {
	const everybodys = "So that everybody can find what is on, with or without the app."
	return []sync.Keeping{
		{Collection: "places", What: "Places: their name and address", Why: everybodys},
		{Collection: "organisations", What: "Organisations: their name and how to reach them", Why: everybodys},
		{
			Collection: "listings", What: "How to reach you, where you put it on a listing",
			Why: "So that people can ask before they come, as you chose.", Whose: theirs, AtErasure: "blank: contact",
		},
		{
			Collection: "listings", What: "Listings you look after: the words on the page of a group", Why: everybodys, Whose: lookedAfter,
			AtErasure: "stays: The group goes on, and its page belongs to the people who come.",
		},
		{
			Collection: "hosts", What: "Which listings you look after", Why: "So that you can change them and see who is coming.",
			Whose: "{row}.member = {member}", AtErasure: "delete",
		},
	}
}
