package limits

import "time"

// First visits, registers and buddies.
const (
	// Say is what a newcomer says of themselves, in their own words, in characters: read at a door.
	Say = 200
	// Introduced is to whom somebody was introduced, in characters: two first names.
	Introduced = 40
	// HostCard is what stands under an activator's name, in characters: a line of a phone.
	HostCard = 80
	// CardListings is how many groups one activator is asked for at: all that a week holds.
	CardListings = 10
	// ContactPhone is a number that somebody hands over, in characters.
	ContactPhone = 20
	// MarksPerCommand (wire): a hall of a hundred, ticked at one go.
	MarksPerCommand = 100
	// Regulars of one group: a lunch club of 60, and all who came once in a year.
	Regulars = 600
	// Heads is the most that are counted at one session: the hall is full.
	Heads = 2000
	// RegisterLate is how long after an occurrence something can be said of it: a register
	// that was printed, and typed in after the holiday.
	RegisterLate = 14 * 24 * time.Hour
	// RegisterEarly is how long before it begins somebody can be ticked: whoever sets out
	// the chairs, and a clock that is off.
	RegisterEarly = 24 * time.Hour
	// RegisterAhead is how long before it somebody can say that they come, or send
	// apologies: to what is once a year, too. Further off, what they said and the register
	// would be kept for as long as anybody liked.
	RegisterAhead = 400 * 24 * time.Hour
	// CallDays is how many days a call is due: after a week it is too late to ask.
	CallDays = 7
	// RegisterKept is how many days a register is kept: 13 months, as visits are.
	RegisterKept = 396
)

// Neighbours: circles and small asks.
const (
	// CircleName, CircleWords: what a circle is called, and what helpers should know.
	CircleName  = 60
	CircleWords = 300
	// CircleHelpers are in at most: more than anybody knows by name.
	CircleHelpers = 40
	// Organisers of one circle: who shares it out can still be asked who does what.
	Organisers = 3
	// CirclesOfOne person that are open at a time.
	CirclesOfOne = 10
	// EveningBefore is the hour of the evening before a turn at which its helper is
	// reminded, and from which they have the address.
	EveningBefore = 18
	// AddressGrace is how long after its turn a helper still has the address. Whoever is late
	// for an errand of a quarter of an hour would stand at the door without it, and whoever
	// brings somebody home later than planned without the code. Half an hour is as late as
	// somebody comes who doesn't ring first; longer, more phones would know where somebody
	// lives than have anything to do there.
	AddressGrace = 30 * time.Minute
	// RotaLook is how long a rota isn't looked at where nothing of it has changed and no hour
	// of a turn strikes: of a helper who is vouched for or restored it knows by then.
	RotaLook = time.Hour
	// CircleSlots that are on at a time.
	CircleSlots = 40
	// TurnsAhead is how many days ahead somebody can take a turn: what a hospital writes of
	// is within a year.
	TurnsAhead = 366
	// SlotPlace, SlotNote: where from and where to in words, and what to bring.
	SlotPlace = 80
	SlotNote  = 120
	// HomeAddress, HomeDoor: what is on an envelope, and how to get in.
	HomeAddress = 200
	HomeDoor    = 120
	// AskWords of a small ask or of a reply; Relayed of one message.
	AskWords = 200
	Relayed  = 300
	// AsksOpen of one member, and RepliesOpen: more than somebody can see to.
	AsksOpen    = 5
	RepliesOpen = 20
	// AskAhead is how many days ahead something can be asked for, AskThanks how many days
	// after it the two can still write to each other.
	AskAhead  = 28
	AskThanks = 7
	// MessagesDay is how many messages somebody can have relayed in a day.
	MessagesDay = 60
	// LeaseCircle is how long a phone that hears nothing holds a circle: somebody's week,
	// and when they are out.
	LeaseCircle = 7 * 24 * time.Hour
	// TurnsKept, MessagesKept, AsksKept, CirclesKept, in days: so long that last month can
	// be looked at, and no longer.
	TurnsKept    = 60
	MessagesKept = 30
	AsksKept     = 30
	CirclesKept  = 30
)
