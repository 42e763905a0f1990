package fake

import (
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// Answer is one way of Google's.
type Answer struct {
	Status int
	Body   string        // of a failure
	After  time.Duration // Retry-After, in whole seconds; 0: none
	Taken  bool          // the message is delivered
	Slow   <-chan struct{}
	Cut    bool // the connection ends without an answer
}

const fcmError = "type.googleapis.com/google.firebase.fcm.v1.FcmError"

// failure is Google's JSON of one, whose details hold one entry of the kind at, or none.
func failure(status int, canonical, message, detail string) Answer {
	if detail != "" {
		detail = `, "details": [` + detail + `]`
	}
	return Answer{Status: status, Body: fmt.Sprintf(`{"error": {"code": %d, "message": %q, "status": %q%s}}`, status, message, canonical, detail)}
}

func fcm(code string) string { return fmt.Sprintf(`{"@type": %q, "errorCode": %q}`, fcmError, code) }

func badRequest(field, description string) string {
	return fmt.Sprintf(`{"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": [{"field": %q, "description": %q}]}`, field, description)
}

// OK takes the message.
func OK() Answer { return Answer{Status: http.StatusOK, Taken: true} }

// Unregistered is an address that was good and is no more.
func Unregistered() Answer {
	return failure(404, "NOT_FOUND", "Requested entity was not found.", fcm("UNREGISTERED"))
}

// InvalidToken is an address that never was one.
func InvalidToken() Answer {
	return failure(400, "INVALID_ARGUMENT", "The registration token is not a valid FCM registration token", fcm("INVALID_ARGUMENT"))
}

// InvalidPayload is a message that is wrong in itself. It has the status of InvalidToken.
func InvalidPayload() Answer {
	const says = "Invalid value at 'message.data[0].value' (TYPE_STRING), 12"
	return failure(400, "INVALID_ARGUMENT", says, badRequest("message.data[0].value", says))
}

// TooBig is a message whose data is more than 4 KB.
func TooBig() Answer {
	return failure(400, "INVALID_ARGUMENT", "Message too big", fcm("INVALID_ARGUMENT"))
}

// SenderMismatch is an address that was given to another project.
func SenderMismatch() Answer {
	return failure(403, "PERMISSION_DENIED", "SenderId mismatch", fcm("SENDER_ID_MISMATCH"))
}

// ThirdParty is a VAPID key that isn't the project's.
func ThirdParty() Answer {
	return failure(401, "UNAUTHENTICATED", "Request is missing required authentication credential.", fcm("THIRD_PARTY_AUTH_ERROR"))
}

// Quota is too many messages. Google may name the seconds to wait, or not.
func Quota(after time.Duration) Answer {
	a := failure(429, "RESOURCE_EXHAUSTED", "Quota exceeded for quota metric 'Messages sent' and limit 'Messages sent per minute'.",
		`{"@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": [{"subject": "project", "description": "Message rate exceeded"}]}, `+fcm("QUOTA_EXCEEDED"))
	a.After = after
	return a
}

// Unavailable is Google overloaded.
func Unavailable(after time.Duration) Answer {
	a := failure(503, "UNAVAILABLE", "The service is currently unavailable.", fcm("UNAVAILABLE"))
	a.After = after
	return a
}

// Internal is a fault of Google's.
func Internal() Answer {
	return failure(500, "INTERNAL", "Internal error encountered.", fcm("INTERNAL"))
}

// Cut ends the whole connection after the message was taken: whoever sent it can't know,
// and neither can those who had a message on the same connection.
func Cut() Answer { return Answer{Cut: true, Taken: true} }

// CutBefore ends it before that.
func CutBefore() Answer { return Answer{Cut: true} }

// Slow takes the message, and says so when until is closed.
func Slow(until <-chan struct{}) Answer {
	return Answer{Status: http.StatusOK, Taken: true, Slow: until}
}

// Foreign is an answer that isn't Google's: somebody between us and them, who says yes to everything.
func Foreign() Answer {
	return Answer{Status: http.StatusOK, Body: "<html>Welcome to our hotel</html>"}
}

func apiOff() Answer {
	return failure(403, "PERMISSION_DENIED", "Firebase Cloud Messaging API has not been used in project "+Project+" before or it is disabled.",
		`{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "SERVICE_DISABLED", "domain": "googleapis.com", "metadata": {"service": "fcm.googleapis.com"}}`)
}

func unauthenticated() Answer {
	return failure(401, "UNAUTHENTICATED", "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.", "")
}

func denied() Answer {
	return failure(403, "PERMISSION_DENIED", "Permission 'cloudmessaging.messages.create' denied on resource.",
		`{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "IAM_PERMISSION_DENIED", "domain": "cloudresourcemanager.googleapis.com"}`)
}

// give writes a, of a message of that name.
func give(w http.ResponseWriter, a Answer, name string) {
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	if a.After > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(a.After/time.Second)))
	}
	w.WriteHeader(a.Status)
	if a.Status == http.StatusOK && a.Body == "" {
		fmt.Fprintf(w, `{"name": "projects/%s/messages/%s"}`, Project, name)
		return
	}
	fmt.Fprint(w, a.Body)
}
