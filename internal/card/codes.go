package card

// Error is a refusal with its code; the till has a sentence for each.
type Error struct{ code string }

func (e *Error) Error() string { return "card: " + e.code }

// Code is the refusal's name, the same in the app.
func (e *Error) Code() string { return e.code }

// OK is the code of what was found right.
const OK = "ok"

// What can be wrong with a card, its proof and a voucher, in the order in which a till
// looks.
var (
	ErrUnreadable     = &Error{"card_unreadable"}
	ErrOther          = &Error{"card_other"} // by a key that isn't this community's
	ErrForged         = &Error{"card_forged"}
	ErrEarly          = &Error{"card_early"}
	ErrExpired        = &Error{"card_expired"}
	ErrRevoked        = &Error{"card_revoked"}
	ErrProofMissing   = &Error{"proof_missing"}
	ErrProofForged    = &Error{"proof_forged"}
	ErrProofStale     = &Error{"proof_stale"}
	ErrProofEarly     = &Error{"proof_early"}
	ErrProofReplayed  = &Error{"proof_replayed"}
	ErrVoucherForged  = &Error{"voucher_forged"}
	ErrVoucherEarly   = &Error{"voucher_early"}
	ErrVoucherExpired = &Error{"voucher_expired"}
	ErrVoucherRevoked = &Error{"voucher_revoked"}
	ErrVoucherCard    = &Error{"voucher_card"} // of another card
)

// What can be wrong with what is never packed.
var (
	ErrRecordForged = &Error{"record_forged"}
	ErrTillForged   = &Error{"till_forged"}
	ErrTillEnded    = &Error{"till_ended"} // its token is over
	ErrTillEarly    = &Error{"till_early"}
	ErrListForged   = &Error{"list_forged"} // a list of what was revoked
	ErrListExpired  = &Error{"list_expired"}
)
