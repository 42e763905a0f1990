// Package problem is the catalogue of everything that Kith's HTTP surface can
// say no with: a stable code that clients branch on, a sentence for a person,
// and a cause that stays inside. docs/protocol.md mirrors it, held by a test.
package problem

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/pocketbase/pocketbase/tools/router"

	"kith/internal/strict"
)

// Problem is one refusal. The zero values of the last three say nothing.
type Problem struct {
	Status     int
	Code       string
	Message    string
	RetryAfter time.Duration
	Now        string // the server's time, where the client's clock is the trouble
	cause      error
}

// The catalogue. NB! Codes are on the wire: devices branch on them for years.
var (
	BodyInvalid         = Problem{Status: 400, Code: "body_invalid", Message: "The request could not be read."}
	ProtocolUnsupported = Problem{Status: 400, Code: "protocol_unsupported", Message: "This app is too old or too new for this server. Update it."}
	CursorInvalid       = Problem{Status: 400, Code: "cursor_invalid", Message: "The app lost its place. It will start again by itself."}
	ProofInvalid        = Problem{Status: 400, Code: "proof_invalid", Message: "This device could not show that it is itself."}
	SealedInvalid       = Problem{Status: 400, Code: "sealed_invalid", Message: "This sealed part can't be opened. It may be damaged."}
	SealedElsewhere     = Problem{Status: 409, Code: "sealed_elsewhere", Message: "This was sealed to another key than this server has now. Keep it, and ask the people who run this."}
	TokenMissing        = Problem{Status: 401, Code: "token_missing", Message: "This device has to sign in again. It does so by itself."}
	ProofClock          = Problem{Status: 401, Code: "proof_clock", Message: "The clock of this device is wrong."}
	ProofUsed           = Problem{Status: 401, Code: "proof_used", Message: "This sign-in was used before."}
	ProofMissing        = Problem{Status: 401, Code: "proof_missing", Message: "This device has to show that it is itself. It does so by itself."}
	DeviceWiped         = Problem{Status: 401, Code: "device_wiped", Message: "This device was emptied, as somebody asked. Nothing of its person may stay on it."}
	DeviceUnknown       = Problem{Status: 401, Code: "device_unknown", Message: "This device is not known here any more. Ask for a new invite; nothing on this device is lost."}
	MemberSuspended     = Problem{Status: 403, Code: "member_suspended", Message: "You can't take part just now. Please talk to your coordinator."}
	DevicePending       = Problem{Status: 403, Code: "device_pending", Message: "This device isn't let in yet. Show its six digits to whoever invited you."}
	NotAllowed          = Problem{Status: 403, Code: "not_allowed", Message: "Only coordinators can see this."}
	DeviceNotEnrolled   = Problem{Status: 403, Code: "device_not_enrolled", Message: "Confirm this device with a code by e-mail first."}
	StreamForeign       = Problem{Status: 403, Code: "stream_foreign", Message: "This queue belongs to somebody else."}
	InviteInvalid       = Problem{Status: 403, Code: "invite_invalid", Message: "This invite isn't right. Check each letter, or ask for a new one."}
	InviteExpired       = Problem{Status: 403, Code: "invite_expired", Message: "This invite has run out. Ask for a new one."}
	RecoveryInvalid     = Problem{Status: 403, Code: "recovery_invalid", Message: "This code isn't right, or it was used before. Check each letter, or ask somebody who helps out."}
	CodeWrong           = Problem{Status: 403, Code: "code_wrong", Message: "That is not the code. Look at the e-mail again."}
	CodeExpired         = Problem{Status: 403, Code: "code_expired", Message: "This code has run out. Ask for a new one."}
	EmailFixed          = Problem{Status: 403, Code: "email_fixed", Message: "Confirm this device with the e-mail address you have here first. Then you can change it."}
	EmailTaken          = Problem{Status: 403, Code: "email_taken", Message: "Somebody here has this e-mail address already. Use another one."}
	NotAssigned         = Problem{Status: 403, Code: "not_assigned", Message: "You don't look into this. Take it, or say why you have to open it: the coordinators are told."}
	NotFound            = Problem{Status: 404, Code: "not_found", Message: "There is nothing at this address."}
	ConcernUnknown      = Problem{Status: 404, Code: "concern_unknown", Message: "This is not here any more, or it is somebody else's."}
	NoteUnknown         = Problem{Status: 404, Code: "note_unknown", Message: "This note is not here any more."}
	MethodNotAllowed    = Problem{Status: 405, Code: "method_not_allowed", Message: "This address is asked in another way."}
	BodyTooLarge        = Problem{Status: 413, Code: "body_too_large", Message: "That is more than fits in one request."}
	SlowDown            = Problem{Status: 429, Code: "slow_down", Message: "Too many requests. Please wait a little."}
	Internal            = Problem{Status: 500, Code: "internal", Message: "Something is wrong on our side. Nothing was changed."}
	ConcernsOff         = Problem{Status: 503, Code: "concerns_off", Message: "Worries can't be passed on here just now. If somebody is in danger, ring 999."}
	Busy                = Problem{Status: 503, Code: "busy", Message: "Very busy just now. Nothing is lost; it will be tried again."}
)

// All is the catalogue as a list.
func All() []Problem {
	return []Problem{
		BodyInvalid, ProtocolUnsupported, CursorInvalid, ProofInvalid, SealedInvalid, SealedElsewhere, TokenMissing, ProofClock, ProofUsed, ProofMissing, DeviceUnknown, DeviceWiped,
		MemberSuspended, DevicePending, NotAllowed, DeviceNotEnrolled, StreamForeign, InviteInvalid, InviteExpired,
		RecoveryInvalid, CodeWrong, CodeExpired, EmailFixed, EmailTaken, NotAssigned, NotFound, ConcernUnknown, NoteUnknown, MethodNotAllowed, BodyTooLarge, SlowDown, Internal, ConcernsOff, Busy,
	}
}

// Because returns p with a cause, which is logged and never shown.
func (p Problem) Because(cause error) *Problem { p.cause = cause; return &p }

// Saying returns p with another sentence.
func (p Problem) Saying(message string) *Problem { p.Message = message; return &p }

// After returns p with a time to wait.
func (p Problem) After(wait time.Duration) *Problem { p.RetryAfter = wait; return &p }

// At returns p with the server's time.
func (p Problem) At(now string) *Problem { p.Now = now; return &p }

func (p *Problem) Error() string {
	if p.cause != nil {
		return p.Code + ": " + p.cause.Error()
	}
	return p.Code
}

func (p *Problem) Unwrap() error { return p.cause }

// As lets PocketBase's request log read the status.
func (p *Problem) As(target any) bool {
	if api, ok := target.(**router.ApiError); ok {
		*api = router.NewApiError(p.Status, p.Code, nil)
		return true
	}
	return false
}

// Of turns PocketBase's own refusals into the catalogue's.
func Of(err *router.ApiError) *Problem {
	switch err.Status {
	case http.StatusNotFound:
		return NotFound.Because(err)
	case http.StatusMethodNotAllowed:
		return MethodNotAllowed.Because(err)
	case http.StatusRequestEntityTooLarge:
		return BodyTooLarge.Because(err)
	case http.StatusTooManyRequests:
		return SlowDown.After(10 * time.Second)
	case http.StatusUnauthorized, http.StatusForbidden:
		return TokenMissing.Because(err)
	}
	if err.Status < http.StatusInternalServerError {
		return BodyInvalid.Because(err)
	}
	return Internal.Because(err)
}

// OfBody says why a body couldn't be read to its end: it is more than its door takes, or
// it was cut on its way, which is no reason to send less.
func OfBody(err error) *Problem {
	var api *router.ApiError
	if errors.As(err, &api) {
		return Of(api)
	}
	return BodyInvalid.Because(err)
}

// Body reads a request's body into a struct, whole and strictly, for every door. What is
// no such body writes nothing.
func Body(from io.Reader, into any) error {
	return body(from, into, strict.Read)
}

// Envelope is Body for what carries JSON that others read and refuse.
func Envelope(from io.Reader, into any) error { return body(from, into, strict.Envelope) }

func body(from io.Reader, into any, read func([]byte, any) error) error {
	raw, err := io.ReadAll(from)
	if err != nil {
		return OfBody(err)
	}
	if err := read(raw, into); err != nil {
		return BodyInvalid.Because(err)
	}
	return nil
}

// NoBody reads the body of a request that has nothing to say: none, or an object.
func NoBody(from io.Reader) error {
	raw, err := io.ReadAll(from)
	if err != nil {
		return OfBody(err)
	}
	if raw = bytes.TrimSpace(raw); len(raw) == 0 {
		return nil
	}
	if raw[0] != '{' { // null, say
		return BodyInvalid.Because(nil)
	}
	return body(bytes.NewReader(raw), &struct{}{}, strict.Read)
}

// Write answers a request with p.
func (p *Problem) Write(w http.ResponseWriter) error {
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-store")
	body := struct {
		Code         string `json:"code"`
		Message      string `json:"message"`
		RetryAfterMs int64  `json:"retryAfterMs,omitempty"`
		Now          string `json:"now,omitempty"`
	}{p.Code, p.Message, p.RetryAfter.Milliseconds(), p.Now}
	if p.RetryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(int((p.RetryAfter+time.Second-1)/time.Second)))
	}
	w.WriteHeader(p.Status)
	return json.NewEncoder(w).Encode(body)
}
