package push

import (
	"errors"
	"net/http"
	"regexp"
	"testing"
	"time"

	"kith/internal/limits"
)

// FuzzAnswer: whatever answers in Google's place, each message ends in one of four
// ways, with a code that coordinators can be shown and no longer wait than is kept to;
// and none counts as sent, or as sent to nobody, but by Google's own word.
func FuzzAnswer(f *testing.F) {
	f.Add(200, `{"name":"projects/p/messages/1"}`, "projects/p/messages/1", "", false)
	f.Add(404, `{"error":{"status":"NOT_FOUND","details":[{"@type":"type.googleapis.com/google.firebase.fcm.v1.FcmError","errorCode":"UNREGISTERED"}]}}`, "", "", false)
	f.Add(400, `{"error":{"status":"INVALID_ARGUMENT","message":"The registration token is not a valid FCM registration token"}}`, "", "", false)
	f.Add(400, `{"error":{"status":"INVALID_ARGUMENT","details":[{"fieldViolations":[{"field":"message.fid"}]}]}}`, "", "", false)
	f.Add(429, `{"error":{"status":"RESOURCE_EXHAUSTED"}}`, "", "3600", false)
	f.Add(503, `<html>`, "", "Fri, 27 Nov 2026 12:00:00 GMT", false)
	f.Add(401, `{"error":{"status":"<script>"}}`, "", "-1", true)
	f.Add(403, `{"error":{"details":[{"reason":"SERVICE_DISABLED"}]}}`, "", "99999999999999999999", false)
	shown := regexp.MustCompile(`^[A-Za-z0-9_]{1,40}$`)
	now := time.Date(2026, 11, 27, 11, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, status int, body, name, wait string, stale bool) {
		if status < 100 || status > 999 {
			return // no answer has it
		}
		a := answer{status: status, body: []byte(body), after: after(wait, now), stale: stale}
		out := a.outcome(name, nil)
		var gone *Gone
		var later *Later
		var broken *Broken
		code := "SENT"
		switch {
		case out == nil:
			if status/100 != 2 || name == "" {
				t.Errorf("%d %q counts as sent", status, body)
			}
		case errors.As(out, &gone):
			// A registration is deleted for it.
			if code = gone.Code; status < http.StatusMultipleChoices {
				t.Errorf("%d %q: gone", status, body)
			}
		case errors.As(out, &later):
			if code = later.Code; later.After < 0 || later.After > limits.PushAfter {
				t.Errorf("%q: wait for %v", wait, later.After)
			}
		case errors.As(out, &broken):
			code = broken.Code
		default:
			t.Errorf("%d %q: %v", status, body, out)
		}
		if !shown.MatchString(code) {
			t.Errorf("%d %q: the code is %q", status, body, code)
		}
	})
}
