package problem

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/pocketbase/pocketbase/tools/router"
)

// Ensure that every refusal has a code of its own, a sentence for a person and
// a status that clients know what to do with.
func TestAll_IsACatalogueForPeopleAndClients(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range All() {
		if seen[p.Code] || strings.ContainsFunc(p.Code, func(r rune) bool { return r != '_' && !unicode.IsLower(r) }) {
			t.Errorf("code %q", p.Code)
		}
		seen[p.Code] = true
		if !strings.HasSuffix(p.Message, ".") || !unicode.IsUpper([]rune(p.Message)[0]) || strings.ContainsAny(p.Message, "_{}<>") {
			t.Errorf("%s says %q", p.Code, p.Message)
		}
		if p.Status < 400 || p.Status > 503 || p.RetryAfter != 0 || p.Now != "" || p.cause != nil {
			t.Errorf("%+v", p)
		}
	}
}

// Ensure that the cause of a refusal stays inside, and that the catalogue's own
// entries are never changed by a use.
func TestWrite_NeverTellsTheCause(t *testing.T) {
	p := Busy.After(1500 * time.Millisecond).Because(errors.New("disk of Rosa Brown is full"))
	rec := httptest.NewRecorder()
	if err := p.Write(rec); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(rec.Body.String(), "Rosa") {
		t.Errorf("told %s", rec.Body)
	}
	if !strings.Contains(p.Error(), "Rosa") || !errors.Is(p, p.cause) {
		t.Errorf("the log would not tell: %v", p)
	}
	var body map[string]any
	if err := json.Unmarshal(rec.Body.Bytes(), &body); err != nil {
		t.Fatal(err)
	}
	if rec.Code != 503 || body["code"] != "busy" || body["retryAfterMs"] != 1500.0 || len(body) != 3 {
		t.Errorf("%d %v", rec.Code, body)
	}
	if h := rec.Header(); h.Get("Retry-After") != "2" || h.Get("Cache-Control") != "no-store" || h.Get("Content-Type") != "application/json" {
		t.Errorf("%v", rec.Header())
	}
	if Busy.cause != nil || Busy.RetryAfter != 0 || InviteInvalid.Saying("x").Message != "x" || InviteInvalid.Message == "x" || ProofClock.At("now").Now != "now" || ProofClock.Now != "" {
		t.Error("the catalogue was changed")
	}
}

// Ensure that what PocketBase refuses is said in our words, none of its own.
func TestOf_SaysPocketBasesRefusalsInOurWords(t *testing.T) {
	for status, want := range map[int]string{
		400: "body_invalid", 401: "token_missing", 403: "token_missing", 404: "not_found", 405: "method_not_allowed",
		409: "body_invalid", 413: "body_too_large", 418: "body_invalid", 429: "slow_down", 500: "internal", 502: "internal",
	} {
		p := Of(router.NewApiError(status, "Something private.", nil))
		if p.Code != want || strings.Contains(p.Message, "private") {
			t.Errorf("%d became %s: %s", status, p.Code, p.Message)
		}
	}
	if Of(router.NewApiError(429, "", nil)).RetryAfter == 0 {
		t.Error("slow_down without a time to wait")
	}
}

// Ensure that PocketBase's request log reads the status and the code of ours.
func TestProblem_IsReadByTheRequestLog(t *testing.T) {
	var api *router.ApiError
	if !errors.As(error(MemberSuspended.Because(nil)), &api) || api.Status != http.StatusForbidden || !strings.Contains(strings.ToLower(api.Message), "member_suspended") {
		t.Errorf("%+v", api)
	}
	var other *json.SyntaxError
	if errors.As(error(MemberSuspended.Because(nil)), &other) {
		t.Error("a refusal is everything")
	}
}
