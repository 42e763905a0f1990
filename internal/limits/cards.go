package limits

import "time"

// Cards.
const (
	// CardRecord (wire) bounds a till's record before it is parsed: one that redeems, of
	// a phone, is about 1,100 bytes.
	CardRecord = 2 << 10
	// TillToken bounds a till's token, which is about 600 bytes.
	TillToken = 1 << 10
	// CardSkew (wire) is how far the clocks of a till and of whoever signed may be apart.
	CardSkew = 30 * time.Second
	// CardProofAge (wire): a new proof is shown every 15 seconds, and somebody may take
	// a minute from their seat to the till.
	CardProofAge = 90 * time.Second
	// CardKeysAhead is how long before it signs a key is published, so that tills which
	// hear nothing for a month know it.
	CardKeysAhead = 30 * 24 * time.Hour
	// RevocationList bounds the list of what was revoked: 8,000 lost cards, each on it
	// until its own end.
	RevocationList = 256 << 10
)

// Cards and tills.
const (
	// Perk and Chatty are what a shop says on What's on, in characters: a line of a phone.
	Perk   = 140
	Chatty = 200
	// RecordsPerCommand (wire): 20 records fill half of CommandArgs.
	RecordsPerCommand = 20
	// RecordsAhead is how far a record's place can be from the last that came: no till keeps
	// so many to itself.
	RecordsAhead = 50_000
	// CardsPerDay is how many cards one person can print in a day: a stall at a fair.
	CardsPerDay = 60
	// CardsOfADay is how many cards somebody's phones can have made in one.
	CardsOfADay = 10
	// CardsOfPhones is how many phones of one person have a card at a time.
	CardsOfPhones = 3
	// CardRenew and TillRenew are how many days before its end a card, and a till's
	// token, is signed anew: a phone is online once a month, a till once a week.
	CardRenew = 30
	TillRenew = 20
	// TillsPerShop that are open.
	TillsPerShop = 20
	// TillDays is how long a till's own token is good for.
	TillDays = 30
	// RecordsKept is how many days a record is kept, from its day. RecordsLate, after
	// which none is taken, and ReviewDays, in which one can be looked into, are so much
	// shorter that all records of a day are there whenever one of them is judged.
	RecordsKept = 60
	RecordsLate = 45
	ReviewDays  = 57
	// Rewards that are on at a time: a screen of a phone, twice.
	Rewards = 24
	// RewardStamps and RewardPence are the most that one costs, and is worth: a thank-you
	// and no currency, and a voucher's two bytes.
	RewardStamps = 50
	RewardPence  = 5_000
	// PlainText is a reward in words, with its shops.
	PlainText = 3_000
	// WrongCodes is how many codes that no card has one person can try in a day: a pile
	// of cards in bad handwriting. WrongCodesTill is of one till, for as long as its records
	// are kept: five a day.
	WrongCodes     = 30
	WrongCodesTill = 300
	// Cancelled is how many vouchers that have not run out an account can have given
	// back: each one is on the list of every till.
	Cancelled = 5
	// RevokedCards, RevokedTills and RevokedVouchers are how many a list names, newest
	// first: 50 kB at the most, in the memory of every till. What is left out the server
	// refuses when the record comes.
	RevokedCards    = 1_200
	RevokedTills    = 100
	RevokedVouchers = 600
)
