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
