// Package limits holds every bound of Kith in one place, each with its reason.
// Sizes are in bytes, times in time.Duration, unless the name says otherwise.
//
// NB! Devices depend on the bounds marked "wire": lowering one strands queued work.
package limits

import "time"

// One request to POST /api/sync.
const (
	// SyncBody (wire) bounds a push: 1 MiB is a month of hard offline work, and
	// small enough to hold in memory for every request that is admitted.
	SyncBody = 1 << 20
	// CommandsPerPush (wire): one push is one write transaction; 1,000 commands
	// take about a third of a second on a small machine, in which nobody else writes.
	CommandsPerPush = 1000
	// Pending (wire) is more than any device has waiting.
	Pending = 1 << 31
	// PushTime is how long one request may have the one writer: most commands take a
	// third of a millisecond, but one about a whole rota a hundred times that, and a
	// thousand of those would shut everybody else out for a minute.
	PushTime = 5 * time.Second
	// CommandArgs (wire): the longest listing is under 30 kB.
	CommandArgs = 64 << 10
	// PageDefault, PageMin and PageMax bound the rows of one answer, before
	// compression. A page is what a phone stages in one piece: 1 MiB is about
	// 1,500 listings, under a second on an old phone.
	PageDefault = 1 << 20
	PageMin     = 16 << 10
	PageMax     = 4 << 20
	// Cursor (wire) is as long as one of somebody in all Audiences, each by the longest name
	// and in the middle of a pull. Without a bound on both, a phone would be given what it is
	// then refused.
	Cursor = 64 << 10
	// Audiences that one member is in at a time, of all kinds: ten times as many as anybody
	// has been seen in.
	Audiences = 800
	// AudienceName is as long as the longest of them: a kind, and an id.
	AudienceName = 24
	// OutcomesPerAnswer: a device acknowledges in between, so this is never reached in ordinary use.
	OutcomesPerAnswer = 2000
)

// POST /api/sync/sealed.
const (
	// SealedPerRequest (wire): one person's waiting commands, 256 KiB at a time;
	// four of them as base64url fill SyncBody.
	SealedPerRequest = 16
	// SealedPerMinute is for one address: a tablet brings what two or three
	// people left on it, and opening a blob costs less than one signature.
	SealedPerMinute = 60
)

// Join and session.
const (
	// SmallBody (wire) bounds every request that isn't a push.
	SmallBody = 8 << 10
	// FirstName in characters.
	FirstName = 40
	// DeviceName in characters.
	DeviceName = 60
	// Proof bounds a JWS before it is parsed; a P-256 proof is about 600 bytes.
	Proof = 2 << 10
	// ProofAge is how far a proof's time may be from the server's.
	ProofAge = 90 * time.Second
	// Enrolment is how long a device may hold what needs an enrolled one: a
	// quarter, so that a phone which nobody uses any more lapses by itself.
	Enrolment = 90 * 24 * time.Hour
	// LeaseOffice, LeaseHelped and LeaseHost (wire) are how long a device that
	// hears nothing keeps showing rows about other people: a long weekend for
	// those who hold most, the time between two visits, between two clubs.
	LeaseOffice = 72 * time.Hour
	LeaseHelped = 7 * 24 * time.Hour
	LeaseHost   = 14 * 24 * time.Hour
	// LeaseLeast is how long before its end an audience that is over at a moment is
	// given no more: longer than a request is on its way.
	LeaseLeast = 10 * time.Second
	// LeaseBeat is how often an open connection says that the leases go on.
	LeaseBeat = time.Hour
)

// Ways in.
const (
	// Note is what somebody writes to themselves about an invite, in characters.
	Note = 80
	// InviteUses is for a poster; InviteUsesTrusted for roles with more to lose.
	InviteUses        = 200
	InviteUsesTrusted = 10
	// Hosts of a listing: those who see who comes. HostDays is for a link that is handed over.
	Hosts    = 12
	HostDays = 7
	// Hosting is how many listings one person runs at a time, with those that are over and
	// which they haven't left: a week's whole list of a town. The rest of Audiences is for
	// circles, shops and asks.
	Hosting = 300
	// InviteDays: a poster hangs for a season.
	InviteDays = 90
	// CardDays: a recovery card lies in a drawer for a year and a day.
	CardDays = 366
	// DeskOpen is how long a recovery waits for its second pair of eyes, DeskReady
	// how long the person at the desk has for typing its code.
	DeskOpen  = 24 * time.Hour
	DeskReady = 15 * time.Minute
	// CodeLife and CodeTries bound a code by e-mail: five guesses at a million,
	// wherever they come from.
	CodeLife  = 10 * time.Minute
	CodeTries = 5
	// CodeMoment is when a request for a code is answered, known address or not: a
	// good deal later than the slowest of them is done.
	CodeMoment = 400 * time.Millisecond
	// CodesPerHour is for one e-mail address, of strangers; and for one member, who is
	// signed in: nobody's mailbox is filled, and a guesser gets 30 tries at a million an hour.
	CodesPerHour = 6
	// Email in bytes, as of RFC 5321.
	Email = 254
	// MailQueue is how many mails may wait for a mail server that is slow.
	MailQueue = 500
	// MailKept is how long a mail stays as a file where no mail server is set up.
	MailKept = 24 * time.Hour
	// MailStop is how long the end of the server waits for a mail that is going out.
	MailStop = 3 * time.Second
	// ServerStop is how long a new server waits for the one before it on the same data
	// folder: a second for those who listen, and MailStop.
	ServerStop = 5 * time.Second
)

// Commands that keep failing on our side.
const (
	// Tries before a command is quarantined: one for a hiccup, one for bad luck.
	Tries = 3
	// RetryAfter is the middle of the randomised wait a device is told.
	RetryAfter = 4 * time.Second
)

// ClockReach is how long ago a person may have acted: a phone that lay in a
// drawer for a year comes back; one that says more has lost its clock.
const ClockReach = 400 * 24 * time.Hour

// Live connections.
const (
	// LiveDevices is the ceiling of open live connections of one process;
	// beyond it a device is told to poll.
	LiveDevices = 10_000
	// LiveQueue is how many frames may wait for one slow reader before its
	// connection is closed: it catches up faster by a pull.
	LiveQueue = 32
	// LiveWrite is how long one write may take.
	LiveWrite = 10 * time.Second
	// LiveStop is how long a server that stops waits for its goodbyes to be written.
	LiveStop = time.Second
	// LiveBeat is the time between empty lines that keep proxies from cutting in.
	LiveBeat = 25 * time.Second
	// LiveAge is the middle of a connection's life; jittered by a fifth so that
	// devices which came together don't come back together.
	LiveAge = 45 * time.Minute
	// FrameRows: a larger change is a poke, so that devices come at their own pace.
	FrameRows = 500
	// Spread is how far pokes and goodbyes spread devices out.
	Spread = 5 * time.Second
	// CommitPoll is how often commits that no hook announced (raw SQL, another
	// tool) are looked for.
	CommitPoll = time.Second
)

// Admission and rate.
const (
	// SnapshotsAtOnce: first syncs that run side by side; each is CPU-bound.
	SnapshotsAtOnce = 4
	// PushesAtOnce wait for the one writer; more would only wait longer.
	PushesAtOnce = 64
	// DeltasAtOnce: catching up takes a millisecond, so these are through in a
	// quarter of a second; it leaves them room for a push that waits in each.
	DeltasAtOnce = 256
	// SnapshotTakes, PushTakes and DeltaTakes are what one request of each class
	// keeps a machine of 2 cores from doing for others: who is sent away is sent
	// for as long as all before them take.
	SnapshotTakes = 25 * time.Millisecond
	PushTakes     = 3 * time.Millisecond
	DeltaTakes    = time.Millisecond
	// AdmissionWait is how long a request waits for a place: shorter than a person
	// looks at a spinner. WaitersPerPlace of them may, the others are sent away at
	// once, before they cost memory.
	AdmissionWait   = 2 * time.Second
	WaitersPerPlace = 16
	// BusyFirst and BusyLongest are the middle of the wait of who is sent away: of
	// the first one of a crowd, and at the most.
	BusyFirst   = 3 * time.Second
	BusyLongest = time.Minute
	// AnswerWrite is how long a reader may take nothing of an answer: a phone at
	// 1 kB a second is slow, one that takes less is gone.
	AnswerWrite = 30 * time.Second
	// DeviceBurst and DevicePerMinute: an up-to-date device asks once and then
	// listens; a device with a month of work asks perhaps forty times.
	DeviceBurst     = 60
	DevicePerMinute = 120
	// PublicPerMinute is for one address, which may be a whole hall behind one router.
	PublicPerMinute = 1200
	// JoinPerMinute is for one address: an 80-bit code can't be guessed at any
	// rate; this bounds the rows that one address can make.
	JoinPerMinute = 60
	// SessionPerMinute is for one address.
	SessionPerMinute = 240
)

// RowCache bounds the rows that are kept encoded in memory: a town's listings
// (10,000 of 1.7 kB) twice over.
const RowCache = 40 << 20

// Acting for somebody, and what is told to the coordinators.
const (
	// ConsentDays: after a year somebody should be asked again whether it still suits.
	ConsentDays = 366
	// OfferAge is how long the code of an offer works: it is handed over, not kept.
	OfferAge = 7 * 24 * time.Hour
	// Report is what somebody can say in one report, and what came of it, in characters.
	Report = 4000
	// Until when somebody should have dealt with a report. The law gives a month
	// for a complaint and for a correction; harm can't wait for that.
	DueSafety = 2 * 24 * time.Hour
	DueWorry  = 7 * 24 * time.Hour
	DueByLaw  = 30 * 24 * time.Hour
)

// Retention.
const (
	// Outcomes are kept this long after a device acknowledged them: four times
	// as long as a device keeps its journal.
	Outcomes = 56 * 24 * time.Hour
	// Tombstones are kept this long; a device that was away for longer gets the
	// audience anew.
	Tombstones = 90 * 24 * time.Hour
)

// Complaints of people without an account.
const (
	// ComplaintBody bounds one: 4,000 letters of any script, escaped.
	ComplaintBody = 32 << 10
	// ComplaintsPerHour is for one address, which may be a whole hall behind one
	// router: nobody reads more than that in earnest.
	ComplaintsPerHour = 10
)

// Concerns.
const (
	// ConcernArea is as long as the area of a community.
	ConcernArea = 80
	// ConcernSealed is 8 KiB of words and their keys, in base64url.
	ConcernSealed = 12_000
	// KeyBundle is three keys and a signature.
	KeyBundle = 4096
	// LettersPerRequest (wire): a tablet that was without a signal for a day has
	// less than that; LettersBody is as many, of the size that nearly all have.
	LettersPerRequest = 16
	LettersBody       = 512 << 10
	// LetterLife is how long after it was sealed a letter is taken whose token has run
	// out: a token is good for 30 days, and a phone without a signal can't renew it.
	LetterLife = 60 * 24 * time.Hour
	// ConcernIdle is how many days the words of a concern are kept that nobody closed, from
	// when anybody last did something about it: as those of one that was dealt with.
	ConcernIdle = 366
	// ConcernIdleTold is how many days before that coordinators are told, each Monday:
	// whoever is away for three weeks still hears of it.
	ConcernIdleTold = 31
	// LettersPerMinute is for one address, as SealedPerMinute.
	LettersPerMinute = 60
	// LettersAtOnce: opening one is a millisecond of a core, and then the one writer.
	LettersAtOnce = 16
	// ReceiptsPerRequest (wire): always as many, so that nobody sees how many
	// somebody has.
	ReceiptsPerRequest = 8
	// ReceiptsPerMinute is for one address: a phone asks once a day.
	ReceiptsPerMinute = 60
)

// One page of the audit: as many as are read at one look, which is recorded.
const (
	AuditPage    = 50
	AuditPageMax = 200
)

// RetentionBatch is how many rows the retention ends in one transaction: a push
// waits for it no longer than for another push.
const RetentionBatch = 500

// Numbers to ring, and who may be rung.
const (
	// Phone in characters: 15 digits with their spaces, as of E.164.
	Phone = 24
	// OutOfHours is what is said when nobody is on call: a screen of a phone, in characters.
	OutOfHours = 500
	// HelplineRows and OnCallRows: every phone of the town holds the helplines, and
	// a list that is longer than a screen helps nobody in a hurry.
	HelplineRows = 60
	OnCallRows   = 20
	// NoteBody bounds a note to the surgery: an envelope in base64url, and its name.
	NoteBody = 16 << 10
	// NotesPerHour is for one address, which may be a whole hall behind one router.
	NotesPerHour = 20
	// GlassReason is why somebody opens what isn't theirs, in characters.
	GlassReason = 500
	// BasicsVersion is the highest that the training cards will ever have.
	BasicsVersion = 999
)

// Being told.
const (
	// NoticeDays is how long a line of somebody's inbox is kept: whoever was away for a
	// summer finds what they missed.
	NoticeDays = 60
	// RegistrationDays is how long the address of a phone is kept that doesn't confirm it:
	// Google forgets one that is as old.
	RegistrationDays = 270
	// Registration in bytes: Google says nothing of how long one can be, and all are under 300.
	Registration = 4096
	// IDsPerCommand is how many rows one command marks: more than anybody has unread.
	IDsPerCommand = 100
	// TrialsPerHour is how often somebody can see whether their phone is reached.
	TrialsPerHour = 5
	// NoticePage is how many people are told, or decided for, in one transaction: a push
	// waits for it no longer than for another push.
	NoticePage = 500
	// NoticePages are done before something is brought: what is told to one person at
	// once is one message.
	NoticePages = 20
	// DeliveryBatch is how many messages are in hand at a time, DeliveriesAtOnce how many
	// of them are under way; after each DeliveryGroup what became of them is on disk.
	DeliveryBatch    = 200
	DeliveriesAtOnce = 8
	DeliveryGroup    = 50
	// DeliveryLease is how long whoever has taken a message has it alone: none is begun
	// after DeliveryBegin, and none takes longer than DeliveryTakes.
	DeliveryLease = time.Minute
	DeliveryBegin = 40 * time.Second
	DeliveryTakes = 15 * time.Second
	// MailsAtOnce are under way, with those that nobody waits for any more: a mail server
	// that takes connections and says nothing must not use them all up.
	MailsAtOnce = 32
	// MailCalm is how long after a mail that isn't urgent the next one is sent.
	MailCalm = 15 * time.Minute
	// PauseMost is how long push is left alone by everybody, whatever an answer asks for:
	// what nobody tries, nobody knows to be back.
	PauseMost = time.Hour
)

// Text of listings, in characters.
const (
	Title       = 120
	Summary     = 200
	Description = 20_000
	ShortText   = 300
	JSONColumn  = 64 << 10 // bytes
)

// What the machine must keep free, and what is past a hiccup.
const (
	// DiskSpare is left for what phones send while somebody makes room: weeks of a town.
	DiskSpare = 200 << 20
	// LogRunaway is past journal_size_limit (200 MB): a log that large is one that
	// can't be taken in, because somebody reads and doesn't let go.
	LogRunaway = 400 << 20
	// BackupAge is two daily ones missed, and a morning to notice.
	BackupAge = 60 * time.Hour
	// BackupKept is what the privacy notice says of backups.
	BackupKept = 35 * 24 * time.Hour
	// HandedLate: the dispatcher looks each second (CommitPoll), so this is stuck.
	HandedLate = 30 * time.Second
	// BusyFor is how long after the last device that was sent away a server is
	// called busy: longer than what they are told to wait.
	BusyFor = 30 * time.Second
	// WriteProbe is how long health waits for the one writer: a large push is done by then.
	WriteProbe = 3 * time.Second
)
