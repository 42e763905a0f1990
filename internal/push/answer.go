package push

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"kith/internal/limits"
)

// Codes of our own, beside Google's, which are in capitals.
const (
	Network      = "network"       // no connection, or one that was cut: it may have arrived
	Timeout      = "timeout"       // no answer in time: it may have arrived
	Unreadable   = "unreadable"    // an answer that isn't Google's: a proxy, a sign-in page of a hotel
	KeyClock     = "key_clock"     // refused a token: this machine's clock is wrong
	KeyRefused   = "key_refused"   // refused a token: the key was deleted, or belongs to nobody
	NotPermitted = "not_permitted" // the key may not send for this project
	APIOff       = "api_off"       // Firebase Cloud Messaging is switched off in the project
	NotPlain     = "not_plain"     // what was to be sent is more than an id and a kind
	NoProject    = "no_project"    // there is no such project
)

// answer is what was seen on the wire of one try.
type answer struct {
	token   error // there was no token to be had
	network error // no answer came
	status  int
	body    []byte
	after   time.Duration
	stale   bool // the token that was refused had been good before
}

// failure is an error as Google's APIs write it:
// https://firebase.google.com/docs/cloud-messaging/error-codes
type failure struct {
	Error struct {
		Status  string `json:"status"`
		Message string `json:"message"`
		Details []struct {
			Type      string `json:"@type"`
			ErrorCode string `json:"errorCode"` // of an FcmError
			Reason    string `json:"reason"`    // of an ErrorInfo
			Fields    []struct {
				Field string `json:"field"`
			} `json:"fieldViolations"` // of a BadRequest
		} `json:"details"`
	} `json:"error"`
}

// status is what Google's look like.
var status = regexp.MustCompile(`^[A-Z_]{1,40}$`)

const fcmError = "type.googleapis.com/google.firebase.fcm.v1.FcmError"

// outcome says what became of a message that the SDK got name or err for.
func (a *answer) outcome(name string, err error) error {
	switch {
	case a.token != nil:
		return tokenOutcome(a.token)
	case a.network != nil:
		return lost(a.network)
	case a.status == 0:
		return &Broken{Code: Unreadable} // the SDK sent nothing: it found the message itself wrong
	case a.status/100 == 2 && err == nil && name != "":
		return nil
	case a.status/100 == 2:
		return &Later{Code: Unreadable}
	}
	var f failure
	_ = json.Unmarshal(a.body, &f) // what isn't Google's is judged by its status
	if !status.MatchString(f.Error.Status) {
		f.Error.Status = "" // NB! It is a reason that coordinators read, and whatever stands in between could write there
	}
	code, reason := "", ""
	for _, d := range f.Error.Details {
		if d.Type == fcmError {
			code = d.ErrorCode
		}
		if d.Reason != "" {
			reason = d.Reason
		}
	}
	if out := byCode(code, &f, a.after); out != nil {
		return out
	}
	return a.byStatus(&f, reason)
}

// byCode judges what Firebase itself says.
func byCode(code string, f *failure, after time.Duration) error {
	switch code {
	case "UNREGISTERED", "SENDER_ID_MISMATCH":
		return &Gone{Code: code}
	case "QUOTA_EXCEEDED":
		return &Later{Code: code, After: quota(after)}
	case "UNAVAILABLE", "INTERNAL":
		return &Later{Code: code, After: after}
	case "THIRD_PARTY_AUTH_ERROR":
		return &Broken{Code: code, Setup: true} // our VAPID key isn't the project's
	case "INVALID_ARGUMENT":
		return invalid(f)
	}
	return nil
}

// invalid tells an address that is none from a message that is wrong, which have one code.
// A registration is deleted for the first alone: were a fault of ours taken for it, one
// bad release would unsubscribe a town.
func invalid(f *failure) error {
	said := strings.ToLower(f.Error.Message)
	if strings.Contains(said, "registration token") || strings.Contains(said, "installation id") {
		return &Gone{Code: "INVALID_ARGUMENT"}
	}
	for _, d := range f.Error.Details {
		for _, v := range d.Fields {
			if v.Field == "message.token" || v.Field == "message.fid" {
				return &Gone{Code: "INVALID_ARGUMENT"}
			}
		}
	}
	return &Broken{Code: "INVALID_ARGUMENT"}
}

// byStatus judges what comes from in front of Firebase, or from nobody we know.
func (a *answer) byStatus(f *failure, reason string) error {
	switch s := a.status; {
	case s == http.StatusTooManyRequests:
		return &Later{Code: "QUOTA_EXCEEDED", After: quota(a.after)}
	case s >= 500 || s == http.StatusRequestTimeout:
		return &Later{Code: or(f.Error.Status, strconv.Itoa(s)), After: a.after}
	case s == http.StatusUnauthorized && a.stale:
		return &Later{Code: "UNAUTHENTICATED"} // with a new token it may be let in
	case s == http.StatusUnauthorized:
		return &Broken{Code: "UNAUTHENTICATED", Setup: true}
	case s == http.StatusForbidden && reason == "SERVICE_DISABLED":
		return &Broken{Code: APIOff, Setup: true}
	case s == http.StatusForbidden:
		return &Broken{Code: NotPermitted, Setup: true}
	case s == http.StatusNotFound:
		return &Broken{Code: NoProject, Setup: true}
	case s == http.StatusBadRequest:
		return invalid(f)
	default:
		return &Broken{Code: or(f.Error.Status, strconv.Itoa(s))}
	}
}

// tokenOutcome judges why there was no token.
func tokenOutcome(err error) error {
	var refused *oauth2.RetrieveError
	if !errors.As(err, &refused) {
		return lost(err)
	}
	s := refused.Response.StatusCode
	switch said := string(refused.Body); {
	case s == http.StatusTooManyRequests || s >= 500:
		return &Later{Code: strconv.Itoa(s), After: after(refused.Response.Header.Get("Retry-After"), time.Now())}
	case strings.Contains(said, "reasonable timeframe"):
		return &Broken{Code: KeyClock, Setup: true}
	default:
		return &Broken{Code: KeyRefused, Setup: true}
	}
}

// lost is a message of which nobody knows whether it arrived.
func lost(err error) error {
	var slow interface{ Timeout() bool }
	if errors.Is(err, context.DeadlineExceeded) || errors.As(err, &slow) && slow.Timeout() {
		return &Later{Code: Timeout}
	}
	return &Later{Code: Network}
}

// after reads Retry-After, which is seconds or a date.
func after(value string, now time.Time) time.Duration {
	var d time.Duration
	if n, err := strconv.Atoi(value); err == nil {
		d = time.Duration(min(n, int(limits.PushAfter/time.Second))) * time.Second
	} else if at, err := http.ParseTime(value); err == nil {
		d = at.Sub(now)
	}
	return min(max(d, 0), limits.PushAfter)
}

// quota is what a 429 asks for, or by Google's advice a minute where it says nothing:
// https://firebase.google.com/docs/cloud-messaging/scale-fcm
func quota(after time.Duration) time.Duration {
	if after == 0 {
		return limits.PushQuota
	}
	return after
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
